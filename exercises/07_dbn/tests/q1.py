from otter.test_files import test_case

OK_FORMAT = False

name = "q1"
points = 4
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_upside_down(upside_down):
    """Two visible and two hidden units."""
    import numpy as np

    assert callable(upside_down), "There is no function `upside_down`: run the cell that defines it"
    second = upside_down((np.array([[1, 2], [3, 4]]), np.array([5, 6]), np.array([7, 8])))
    assert second is not None, "Not answered yet? `upside_down` gives nothing back"
    triple = isinstance(second, (tuple, list)) and len(second) == 3
    assert triple, "Return a machine: a tuple of three arrays, W, b_v and b_h"
    W, b_v, b_h = (np.asarray(x, dtype=float) for x in second)
    turned = "Weight w_ij now joins visible unit j and hidden unit i: W must be transposed"
    assert np.array_equal(W, [[1, 3], [2, 4]]), turned
    exchanged = "The biases change places too: the features, hidden below, are the visible units here"
    assert np.array_equal(b_v, [7, 8]) and np.array_equal(b_h, [5, 6]), exchanged


@test_case(points=None, hidden=False)
def test_two_layers(log_p):
    """Two visible units, two features, one unit on top: two pictures."""
    import numpy as np

    assert callable(log_p), "There is no function `log_p`: run the cell that defines it"
    first = (np.array([[1, -2], [3, 1]]), np.array([-1, 1]), np.array([2, -1]))
    second = (np.array([[2], [-1]]), np.array([1, -2]), np.array([-1]))
    found = log_p(first, second, np.array([[1, 0], [0, 1]]))
    assert found is not None, "Not answered yet? `log_p` gives nothing back"
    found = np.asarray(found, dtype=float)
    assert found.shape == (2,), f"One number for each picture, here the shape (2,), not {found.shape}"
    mistakes = [
        (
            [-1.653965, 1.86663],
            "The second machine's p(h) is e^(-F(h)) divided by its Z: is log Z subtracted?",
        ),
        ([-0.288407, -0.830229], "The picture comes from the features: p(v | h), not p(h | v)"),
        ([-29.25974, -11.25974], "Add probabilities, not logarithms: log p(v) is the log of the sum over h"),
        ([-2.870248, -1.245506], "The visible units have biases: is b_v in their fields?"),
        ([-5.066056, -0.463368], "That is the first machine alone: the features come from the second"),
        ([0.015471, 0.522981], "That is p(v): its logarithm is asked for"),
    ]
    hint = f"Here log p is -4.169 and -0.648; yours is {found[0]:.4g} and {found[1]:.4g}"
    for values, mistake in mistakes:
        hint = mistake if np.allclose(found, values, rtol=0, atol=0.0001) else hint
    assert np.allclose(found, [-4.168804, -0.64821], rtol=0, atol=1e-05), hint
