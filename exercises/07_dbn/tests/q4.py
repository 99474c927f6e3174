from otter.test_files import test_case

OK_FORMAT = False

name = "q4"
points = 4
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_label_is_held(dream):
    """A memory that is sure what belongs to each label, and whose label units would rather be others."""
    import numpy as np

    assert callable(dream), "There is no function `dream`: run the cell that defines it"
    W = np.array([[100, -100], [-100, 100], [100, 100], [800, 0], [0, 800]])
    b_v, b_h = (np.array([0, 0, -50, -900, 900]), np.array([-400, -400]))
    copy = [(200 * np.eye(3), np.full(3, -100))]
    with np.errstate(over="ignore"):
        found = dream(copy, (W, b_v, b_h), np.array([0, 1, 0]), 2, 5, np.random.default_rng(0))
    assert found is not None, "Not answered yet? `dream` gives nothing back"
    found = np.asarray(found, dtype=float)
    assert found.shape == (3, 3), f"Three chains, pictures of 3 units: the shape is (3, 3), not {found.shape}"
    pictures = ["".join(("01"[int(x > 0.5)] for x in row)) for row in found]
    let_go = "Hold the labels in every sweep: left alone, these label units go where they like"
    assert pictures[0] != "011" and pictures[2] == pictures[0], let_go
    exchanged = "Label 0 is the first of the label units, which come after the features"
    assert pictures == ["101", "011", "101"], exchanged


@test_case(points=None, hidden=False)
def test_everything_above_is_drawn(dream):
    """A top unit that is a fair coin, with two features that do what it does; then coins on the way down."""
    import numpy as np

    W = np.array([[40.0], [40.0], [0.0]])
    copy = [(200 * np.eye(2), np.full(2, -100))]
    memory = (W, np.array([-20.0, -20.0, 0.0]), np.array([-40.0]))
    found = dream(copy, memory, np.zeros(200, dtype=int), 1, 1, np.random.default_rng(1))
    assert found is not None, "Not answered yet? `dream` gives nothing back"
    found = np.asarray(found, dtype=float)
    sure = np.all((found < 1e-06) | (found > 1 - 1e-06)) and np.array_equal(
        found[:, 0] > 0.5, found[:, 1] > 0.5
    )
    assert sure, (
        "Two features that do what one top unit does must agree: draw the top units, and the features from them"
    )
    coins = [*copy, (np.zeros((2, 2)), np.zeros(2))]
    found = np.asarray(
        dream(coins, memory, np.zeros(200, dtype=int), 1, 1, np.random.default_rng(2)), dtype=float
    )
    between = "Layers on the way down are drawn, 0 or 1: only of the picture are probabilities returned"
    assert np.all((found < 1e-06) | (found > 1 - 1e-06)), between
    assert len(np.unique(found.round(), axis=0)) == 4, "Each unit of each chain is a coin of its own"
    grey = np.asarray(dream([(np.zeros((3, 2)), np.zeros(3))], memory, [0], 1, 1, np.random.default_rng(3)))
    assert np.allclose(grey, 0.5), "Return the probabilities of the picture's units, not states"
