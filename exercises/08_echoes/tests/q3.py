from otter.test_files import test_case

OK_FORMAT = False

name = "q3"
points = 4
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_two_hills(score):
    """Two hills, at 0 and 4, of shares 1/4 and 3/4 and variance 2, seen from 1 and from 2."""
    import numpy as np

    assert callable(score), "There is no function `score`: run the cell that defines it"
    found = score(np.array([1.0, 2.0]), np.array([0.0, 4.0]), 2.0, np.array([0.25, 0.75]))
    assert found is not None, "Not answered yet? `score` gives nothing back"
    shape = f"Two points have two scores: the shape is (2,), not {np.shape(found)}"
    assert np.shape(found) == (2,), shape
    found = np.asarray(found, dtype=float)
    mistakes = [
        ((-0.2616, 0.0), "The shares are missing: a hill's weight is its share times its exponential"),
        ((-0.3958, 0.5), "The exponent is -(x - c)^2 / (2 v): where is the 2?"),
        ((0.5493, 0.5), "v is the variance already: do not square it"),
        ((-0.1988, 0.5), "v is the variance already: do not take its root in the exponent"),
        ((0.1551, 1.0), "The factor of each term is (c - x) / v: divide by the variance"),
        ((0.1096, 0.7071), "The factor of each term is (c - x) / v: divide by the variance, not by its root"),
        ((-0.0775, -0.5), "The slope of log p leads up, towards the hills: look at the sign"),
        ((0.006, 0.0519), "That is the slope of p: the score is the slope of log p, which is p'/p"),
        ((0.0212, 0.1839), "The weights must add up to 1: divide by their sum, as p'/p says"),
        ((-0.5, 1.0), "That is the best hill alone: take the mean over all, each with its weight"),
        ((1.0, 0.5), "A hill's weight depends on x: its share times its exponential at x"),
        ((1.1551, 3.0), "That is the best guess of where x came from: the score is (guess - x) / v"),
        ((-2.5611, -2.2655), "That is log p itself: the score is its slope"),
        ((-0.0055, 0.4565), "For each point the weights of all hills add up to 1, not the other way round"),
    ]
    hint = f"The scores there are 0.0776 and 0.5, and yours {found.round(4)}"
    for slip, mistake in mistakes:
        hint = mistake if np.allclose(found, slip, rtol=0, atol=0.0002) else hint
    assert np.allclose(found, [0.07753081, 0.5]), hint


@test_case(points=None, hidden=False)
def test_far_out(score):
    """Where every hill is low."""
    import numpy as np

    found = score(np.array([-90.0, 124.0]), np.array([0.0, 4.0]), 2.0, np.array([0.25, 0.75]))
    assert found is not None, "Not answered yet? `score` gives nothing back"
    found = np.asarray(found, dtype=float)
    lost = "Far out all exponentials vanish, 0/0: first subtract the largest exponent of each point"
    assert np.isfinite(found).all(), lost
    assert np.allclose(found, [45, -60]), "Far out the nearest hill alone should pull"
