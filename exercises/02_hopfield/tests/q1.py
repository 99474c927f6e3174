from otter.test_files import test_case

OK_FORMAT = False

name = "q1"
points = 3
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_three_units(energy):
    """Three units, small enough to do by hand."""
    import numpy as np

    assert callable(energy), "There is no function `energy`: run the cell that defines it"
    W = np.array([[0, 1, -2], [1, 0, 3], [-2, 3, 0]])
    E = energy(W, np.array([1, 2, -1]), np.array([1, -1, 1]))
    assert E is not None, "Not answered yet? `energy` gives nothing back"
    assert np.size(E) == 1, "The energy of a state is one number, not an array"
    E = np.asarray(E, dtype=float).item()
    mistakes = {
        14: "Each pair is counted twice in s.W.s: is there a factor 1/2?",
        5: "Each pair is counted half: the 1/2 goes with the sum over all i and j, not over pairs",
        7: "The factor 1/2 belongs to the pairs only: a bias acts on one unit and counts once",
        -8: "A pair that gets its way lowers the energy: look at the sign of the whole",
        -4: "A pair that gets its way lowers the energy: look at the sign of the first term",
        4: "A unit that follows its bias lowers the energy: look at the sign of b.s",
        6: "The biases are missing: is there a term b.s?",
    }
    hint = f"For `W3`, `b3` and s = (1, -1, 1) the energy is 8; yours is {E:.4g}"
    assert np.isclose(E, 8), mistakes.get(round(E, 6), hint)
