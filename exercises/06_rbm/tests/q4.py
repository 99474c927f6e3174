from otter.test_files import test_case

OK_FORMAT = False

name = "q4"
points = 3
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_three_and_two(log_likelihood):
    """Three visible and two hidden units, two examples."""
    import numpy as np

    assert callable(log_likelihood), "There is no function `log_likelihood`: run the cell that defines it"
    W, b_v, b_h = (np.array([[1, -2], [3, 1], [-2, 4]]), np.array([1, -2, 3]), np.array([-1, 2]))
    found = log_likelihood(W, b_v, b_h, np.array([[1, 1, 0], [0, 0, 1]]))
    assert found is not None, "Not answered yet? `log_likelihood` gives nothing back"
    found = np.asarray(found, dtype=float)
    assert found.shape == (2,), f"One number for each example, here the shape (2,), not {found.shape}"
    right = np.array([-6.642457, -0.953243])
    mistakes = [
        (
            [3.361849, 9.051063],
            "That is -F(v): a probability is e^(-F) divided by Z, so log Z is still to be subtracted",
        ),
        ([-13.366155, -19.055369], "p(v) is e^(-F)/Z: look at the sign of F"),
        ([13.366155, 19.055369], "Z divides: log Z is subtracted, not added"),
        ([-8.819011, -3.129797], "Hidden units are 0 or 1: these are the states of a list of +1 and -1"),
        ([-5.107339, 0.581875], "In Z each hidden state has its own factor: is e^(b_h.h) in it?"),
        ([-4.801317, 0.887898], "The visible units of Z have biases too: is b_v in their fields?"),
        ([0.001304, 0.385489], "That is p(v): its logarithm is asked for"),
    ]
    hint = f"Here log p is -6.642 and -0.953; yours is {found[0]:.4g} and {found[1]:.4g}"
    for values, mistake in mistakes:
        hint = mistake if np.allclose(found, values, rtol=0, atol=0.0001) else hint
    assert np.allclose(found, right, rtol=0, atol=1e-05), hint


@test_case(points=None, hidden=False)
def test_large_machine(log_likelihood):
    """900 visible units: Z is larger than any number the computer has."""
    import numpy as np

    with np.errstate(all="ignore"):
        found = log_likelihood(np.zeros((900, 2)), np.full(900, 2.0), np.zeros(2), np.ones((1, 900)))
    assert found is not None, "Not answered yet? `log_likelihood` gives nothing back"
    found = np.asarray(found, dtype=float)
    assert np.isfinite(found).all(), "Z is too large for the computer here: keep to log Z throughout"
    one = found.size == 1 and np.isclose(found.ravel()[0], -114.2352, rtol=0, atol=0.001)
    assert one, (
        "Of 900 independent units, each on with p = 0.88, all are on with log p = 900 log 0.88 = -114.2"
    )
