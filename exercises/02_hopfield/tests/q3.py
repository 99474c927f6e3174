from otter.test_files import test_case

OK_FORMAT = False

name = "q3"
points = 5
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_four_units(sweep):
    """Four units, visited in the order 1, 2, 0, 3."""
    import numpy as np

    assert callable(sweep), "There is no function `sweep`: run the cell that defines it"
    W = np.array([[0, 1, -1, -2], [1, 0, 0, 2], [-1, 0, 0, 0], [-2, 2, 0, 0]])
    b = np.array([1, 0, 0, -1])
    s = np.array([-1, 1, 1, -1])
    flips = sweep(W, b, s, np.array([1, 2, 0, 3]))
    after = "".join(np.where(s > 0, "+", "-"))
    assert flips is not None or after != "-++-", "Not answered yet: `sweep` does nothing"
    mistakes = {
        "-++-": "No unit has flipped in `s`: change the array you are given, not a copy of it",
        "+-++": "Update one unit at a time: unit 0 must see the new unit 1",
        "-+--": "The field pulls a unit towards its own sign: look at the sign",
        "+---": "Visit the units in the given order: here 1, 2, 0, 3",
        "--+-": "The field is sum_j w_ij s_j + b_i: is the bias in it?",
        "--++": "The bias is added to the field: look at its sign",
        "-+++": "Visit the units in the given order: here 1, 2, 0, 3, first to last",
    }
    hint = f"From -++- the sweep should lead to +-+-, and yours led to {after}"
    assert np.all(np.abs(s) == 1), "Every state must stay +1 or -1"
    assert after == "+-+-", mistakes.get(after, hint)
    assert np.size(flips) == 1 and flips is not None, "Return the number of flips, one number"
    assert flips == 2, f"Two units flip here, 1 and 0, but {flips} were reported"


@test_case(points=None, hidden=False)
def test_field_of_zero(sweep):
    """Where nothing pulls, nothing moves."""
    import numpy as np

    s = np.array([1, -1, 1])
    flips = sweep(np.zeros((3, 3)), np.zeros(3), s, np.array([2, 0, 1]))
    assert flips is not None, "Not answered yet? `sweep` gives nothing back"
    assert np.array_equal(s, [1, -1, 1]), "A unit whose field is exactly 0 keeps its state"
    assert np.size(flips) > 1 or flips == 0, "A unit that keeps its state does not count as a flip"
