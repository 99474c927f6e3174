from otter.test_files import test_case

OK_FORMAT = False

name = "q1"
points = 3
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_free(averages):
    """Three units at T = 2, none of them clamped."""
    import numpy as np

    assert callable(averages), "There is no function `averages`: run the cell that defines it"
    W, b = (np.array([[0, 2, -1], [2, 0, 3], [-1, 3, 0]]), np.array([1, -2, -1]))
    found = averages(W, b, 2, np.zeros(3, dtype=int), np.zeros(3, dtype=bool))
    assert found is not None, "Not answered yet? `averages` gives nothing back"
    found = np.asarray(found, dtype=float)
    assert found.shape == (3, 3), f"For three units the shape is (3, 3), not {found.shape}"
    mistakes = {
        0.7436: "Each pair is counted twice in s.W.s: is there a factor 1/2 in the energy?",
        0.5265: "The biases are missing: is there a term b.s in the energy?",
        0.6439: "The temperature is missing: a state has the weight e^(-E/T)",
        0.865: "The hotter, the more alike states are: divide the energy by T",
        0.1015: "Low energy is likely: look at the sign in the exponent",
        4.367: "Probabilities add up to 1: divide by the sum of the weights",
        0.25: "All states count the same in your average: weigh them by e^(-E/T)",
        0.0924: "Units are 0 or 1 in this chapter, not -1 and +1",
    }
    hint = f"Units 0 and 1 are on together with probability 0.455; yours: {found[0, 1]:.4g}"
    assert np.isclose(found[0, 1], 0.455054, atol=1e-05), mistakes.get(float(f"{found[0, 1]:.4g}"), hint)
    diagonal = "The diagonal says how often each unit is on: 0.690, 0.598, 0.514"
    assert np.allclose(np.diag(found), [0.690058, 0.597591, 0.51386], atol=1e-05), diagonal
    rest = np.allclose(found[2, :2], [0.346455, 0.387456], atol=1e-05) and np.allclose(found, found.T)
    assert rest, "Units i and j are on together as often as j and i: the matrix is symmetric"


@test_case(points=None, hidden=False)
def test_clamped(averages):
    """The same machine with unit 0 clamped on."""
    import numpy as np

    W, b = (np.array([[0, 2, -1], [2, 0, 3], [-1, 3, 0]]), np.array([1, -2, -1]))
    found = averages(W, b, 2, np.array([1, 0, 0]), np.array([True, False, False]))
    assert found is not None, "Not answered yet? `averages` gives nothing back"
    found = np.asarray(found, dtype=float)
    assert found.shape == (3, 3), f"For three units the shape is (3, 3), not {found.shape}"
    ignored = "Unit 0 is clamped on: only states in which it is on are left"
    assert np.isclose(found[0, 0], 1), ignored
    frozen = "Units 1 and 2 are not clamped: what `s` says about them means nothing"
    assert found[1, 2] > 0, frozen
    hint = f"Units 1 and 2 are then on together with probability 0.410; yours: {found[1, 2]:.4g}"
    assert np.isclose(found[1, 2], 0.410477, atol=1e-05), hint
