from otter.test_files import test_case

OK_FORMAT = False

name = "q3"
points = 5
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_two_pictures(bound):
    """Two visible units, two features, one unit on top: two pictures."""
    import numpy as np

    assert callable(bound), "There is no function `bound`: run the cell that defines it"
    first = (np.array([[1, -2], [3, 1]]), np.array([-1, 1]), np.array([2, -1]))
    second = (np.array([[2], [-1]]), np.array([1, -2]), np.array([-1]))
    found = bound(first, second, np.array([[1, 0], [0, 1]]))
    assert found is not None, "Not answered yet? `bound` gives nothing back"
    found = np.asarray(found, dtype=float)
    assert found.shape == (2,), f"One number for each picture, here the shape (2,), not {found.shape}"
    mistakes = [
        (
            [-5.147307, -1.945896],
            "The entropy of the guess is missing: without it the bound is lower than it need be",
        ),
        (
            [-5.529037, -2.679223],
            "The entropy is -sum q log q, a positive number, and it raises the bound: look at its sign",
        ),
        (
            [-4.168804, -0.64821],
            "That is log p(v) itself: the bound is a mean of logarithms, not the logarithm of a mean",
        ),
        ([-4.345862, 0.311], "Is log p(h) of the second machine in the mean?"),
        ([-0.037985, -0.790243], "Is log p(v | h) of the first machine in the mean?"),
        (
            [-4.21776, 0.384928],
            "Each h counts with its probability q(h | v): this is a plain mean over all h",
        ),
        (
            [-2.250737, 1.30227],
            "The second machine's p(h) is e^(-F(h)) divided by its Z: is log Z subtracted?",
        ),
    ]
    hint = f"Here the bound is -4.766 and -1.213; yours is {found[0]:.4g} and {found[1]:.4g}"
    for values, mistake in mistakes:
        hint = mistake if np.allclose(found, values, rtol=0, atol=0.0001) else hint
    assert np.allclose(found, [-4.765577, -1.212569], rtol=0, atol=1e-05), hint


@test_case(points=None, hidden=False)
def test_bound_of_an_upside_down_machine(bound):
    """The guess is exact, so bound and likelihood are one."""
    import numpy as np

    W, b_v, b_h = (np.array([[1, -2], [3, 1]]), np.array([-1, 1]), np.array([2, -1]))
    found = bound((W, b_v, b_h), (W.T, b_h, b_v), np.array([[1, 0], [0, 1]]))
    assert found is not None, "Not answered yet? `bound` gives nothing back"
    alone = np.shape(found) == (2,) and np.allclose(found, [-5.066056, -0.463368], rtol=0, atol=1e-05)
    assert alone, (
        "With the first machine upside down on top, the bound is log p(v) of the first machine alone"
    )
