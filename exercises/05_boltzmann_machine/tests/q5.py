from otter.test_files import test_case

OK_FORMAT = False

name = "q5"
points = 4
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_one_of_three_is_known(fill):
    """Three visible and two hidden units at T = 2, unit 0 known to be on."""
    import numpy as np

    assert callable(fill), "There is no function `fill`: run the cell that defines it"
    W = np.array([[0, -1, -2, -1, 3], [0, 0, -3, 3, 0], [0, 0, 0, 3, -1], [0, 0, 0, 0, 1], [0] * 5])
    found = fill(W + W.T, np.array([-1, 0, 2, 2, -2]), 2, np.array([1, 1, 0]), np.array([True, False, False]))
    assert found is not None, "Not answered yet? `fill` gives nothing back"
    two = isinstance(found, tuple | list) and len(found) == 2
    assert two, "Return two things: a visible state, and its probability"
    v, p = (np.asarray(found[0], dtype=float), np.asarray(found[1], dtype=float))
    assert v.shape == (3,) and p.size == 1, "A visible state has the shape (3,), a probability is a number"
    assert v[0] == 1, "Unit 0 is known to be on, and stays on"
    states = {
        (1, 1, 1): "Unit by unit that is likelier than not, but not as a whole: compare states of both",
        (1, 1, 0): "That is in the likeliest state of all five units: sum over the hidden ones",
        (1, 0, 0): "That is likeliest while the hidden units are off: sum over all they may do",
    }
    assert np.array_equal(v, [1, 0, 1]), states.get(tuple(v.astype(int)), f"The state is 1, 0, 1; yours: {v}")
    numbers = {
        0.083: "That is p(u, k): divide by the probability of what is known",
        0.431: "The temperature is missing: a state has the weight e^(-E/T)",
    }
    p = p.item()
    assert np.isclose(p, 0.355012, atol=1e-05), numbers.get(
        round(p, 3), f"Its probability is 0.355; yours: {p:.4g}"
    )
