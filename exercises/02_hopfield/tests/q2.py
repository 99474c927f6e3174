from otter.test_files import test_case

OK_FORMAT = False

name = "q2"
points = 3
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_weights_between_units(hebb):
    """Three patterns of five units: the weights off the diagonal."""
    import numpy as np

    assert callable(hebb), "There is no function `hebb`: run the cell that defines it"
    W = hebb(np.array([[1, 1, 1, -1, -1], [1, -1, 1, 1, -1], [-1, -1, 1, 1, 1]]))
    assert W is not None, "Not answered yet? `hebb` gives nothing back"
    W = np.asarray(W, dtype=float)
    shape = f"W joins units to units: for 3 patterns of 5 units its shape is (5, 5), not {W.shape}"
    assert W.shape == (5, 5), shape
    i, j = np.triu_indices(5, 1)
    assert np.allclose(W, W.T), "Units i and j share one weight: W must be symmetric"
    votes = np.array([1, 1, -1, -3, -1, -3, -1, 1, -1, 1])
    mistakes = {
        5 / 3: "Divide by the number of units n, not by the number of patterns P",
        5.0: "The sum over the patterns still has to be divided by n, the number of units",
        1 / 3: "Divide by n only: Hebb's rule adds the patterns up, it does not average them",
        5 / 4: "Divide by n, not by n - 1",
        -1.0: "Units that agree in a pattern should attract: look at the sign",
    }
    strange = np.sum(~np.isclose(W[i, j], votes / 5))
    hint = f"Of the 10 weights off the diagonal {strange} differ from the votes divided by n"
    for factor, mistake in mistakes.items():
        hint = mistake if np.allclose(W[i, j], factor * votes / 5) else hint
    assert np.allclose(W[i, j], votes / 5), hint


@test_case(points=None, hidden=False)
def test_no_unit_pushes_itself(hebb):
    """The diagonal."""
    import numpy as np

    W = hebb(np.array([[1, 1, 1, -1, -1], [1, -1, 1, 1, -1], [-1, -1, 1, 1, 1]]))
    assert W is not None, "Not answered yet? `hebb` gives nothing back"
    units = np.shape(W) == (5, 5)
    assert not units or np.allclose(np.diag(W), 0), "A unit does not push itself: the diagonal of W must be 0"
