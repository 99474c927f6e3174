from otter.test_files import test_case

OK_FORMAT = False

name = "q2"
points = 5
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_coins_that_are_sure(sweep):
    """Fields so large that every coin falls one way: three visible and two hidden units."""
    import numpy as np

    assert callable(sweep), "There is no function `sweep`: run the cell that defines it"
    W = np.array([[-200, 200], [200, -200], [-100, -300]])
    b_v, b_h, v = (np.array([50, 50, -250]), np.array([-150, 50]), np.array([[0, 1, 1], [0, 1, 1]]))
    with np.errstate(over="ignore"):
        found = sweep(W, b_v, b_h, v, np.zeros(3, dtype=int), np.random.default_rng(0))
    assert found is not None, "Not answered yet? `sweep` gives nothing back"
    assert np.array_equal(v, [[0, 1, 1], [0, 1, 1]]), "The old `v` has been overwritten: work on a copy"
    pair = isinstance(found, (tuple, list)) and len(found) == 2
    assert pair, "Return two arrays: the new `v`, and the `h` that was drawn"
    new, h = (np.asarray(x, dtype=float) for x in found)
    shapes = f"Here `v` has the shape (2, 3) and `h` (2, 2); yours have {new.shape} and {h.shape}"
    assert new.shape == (2, 3) and h.shape == (2, 2), shapes
    bits = np.isin(new, (0, 1)).all() and np.isin(h, (0, 1)).all()
    assert bits, "Return states, 0 or 1, not probabilities"
    mistakes = {
        "01010": "The field on a hidden unit is v.W + b_h: is its bias in it?",
        "00000": "The field on a visible unit is W.h + b_v: is its bias in it?",
        "11011": "A field above 0 turns a hidden unit on: look at the sign in the sigmoid",
        "00100": "A field above 0 turns a visible unit on: look at the sign in the sigmoid",
    }
    got = "".join((str(int(x)) for x in (*new[0], *h[0])))
    hint = f"Here v must become 110, with h = 00; yours became {got[:3]}, with h = {got[3:]}"
    assert got == "11000", mistakes.get(got, hint)
    assert np.array_equal(new[0], new[1]), "Both rows start alike and every coin is sure: they must end alike"


@test_case(points=None, hidden=False)
def test_fair_coins(sweep):
    """All weights and biases 0: each unit of each of 400 chains is a fair coin."""
    import numpy as np

    v, known = (np.zeros((400, 2), dtype=int), np.zeros(2, dtype=int))
    found = sweep(np.zeros((2, 3)), np.zeros(2), np.zeros(3), v, known, np.random.default_rng(1))
    assert found is not None, "Not answered yet? `sweep` gives nothing back"
    layers = [np.asarray(x, dtype=float) for x in found]
    for name, x in zip("vh", layers, strict=True):
        alike = np.unique(x, axis=0)
        fixed = f"Every chain got the same `{name}`: toss a coin for each unit of each chain"
        assert len(alike) > 1, fixed
        one = len(np.unique(x, axis=1)[0]) > 1 and all((len(set(row)) == 1 for row in x.tolist()))
        assert not one, f"All units of a chain got the same `{name}`: toss a coin for each unit"
        assert abs(x.mean() - 0.5) < 0.15, f"A unit of `{name}` with the field 0 is on half of the time"
    again = sweep(np.zeros((2, 3)), np.zeros(2), np.zeros(3), v, known, np.random.default_rng(1))
    same = all((np.array_equal(x, y) for x, y in zip(layers, again, strict=True)))
    assert same, "The same rng gave two results: draw from the given `rng` only"


@test_case(points=None, hidden=False)
def test_visible_units_follow(sweep):
    """The example by hand, 200 times: the two visible units always agree."""
    import numpy as np

    v = np.ones((200, 2), dtype=int)
    arguments = (np.array([[100], [100]]), np.array([-50, -50]), np.array([-200]))
    found = sweep(*arguments, v, np.zeros(2, dtype=int), np.random.default_rng(2))
    assert found is not None, "Not answered yet? `sweep` gives nothing back"
    new, h = (np.asarray(x) for x in found)
    agree = np.array_equal(new[:, 0], new[:, 1])
    assert agree, "Two visible units that do what h does must agree: draw v from the h that was drawn"
    assert np.array_equal(new[:, 0], h[:, 0]), "Return the `h` from which the new `v` was drawn"


@test_case(points=None, hidden=False)
def test_known_units_are_held(sweep):
    """Four visible units, two of them held against strong biases."""
    import numpy as np

    v, known = (np.array([[0, 1, 0, 1]] * 3), np.array([1, 1, 0, 0]))
    arguments = (np.zeros((4, 1)), np.array([50, -50, 50, -50]), np.zeros(1))
    found = sweep(*arguments, v, known, np.random.default_rng(3))
    assert found is not None, "Not answered yet? `sweep` gives nothing back"
    new = np.asarray(found[0])
    assert np.array_equal(new[:, :2], v[:, :2]), "Units that are known keep their states"
    assert np.array_equal(new[:, 2:], [[1, 0]] * 3), "Units that are not known are drawn anew"
