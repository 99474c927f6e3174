from otter.test_files import test_case

OK_FORMAT = False

name = "q5"
points = 5
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_three_examples(own_weight):
    """Three examples of two numbers, at t = ln 2, when half of each is left and Delta = 3/4."""
    import numpy as np

    assert callable(own_weight), "There is no function `own_weight`: run the cell that defines it"
    examples = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 4.0]])
    x = np.array([[0.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    found = own_weight(examples, x, np.log(2))
    assert found is not None, "Not answered yet? `own_weight` gives nothing back"
    shape = f"Each of the 3 points has one own weight: the shape is (3,), not {np.shape(found)}"
    assert np.shape(found) == (3,), shape
    found = np.asarray(found, dtype=float)
    mistakes = [
        ((0.7884, 0.6548, 0.9774), "The exponent is -|x - ...|^2 / (2 Delta): where is the 2?"),
        ((0.935, 0.4988, 0.3333), "After a time t an example lies at e^-t times where it was"),
        ((0.7214, 0.5761, 0.9362), "The noise has the variance Delta = 1 - e^-2t: look at the 2"),
        ((0.6022, 0.4711, 0.7836), "Delta is the variance of the noise already: do not take its root"),
        ((0.6946, 0.5488, 0.9107), "Delta is the variance of the noise already: do not square it"),
        ((0.5627, 0.3972, 0.5123), "The exponent has the square of the distance"),
        (
            (0.7697, 0.4683, 0.6065),
            "For each point the weights of all examples add up to 1, not the other way round",
        ),
        ((1.7156, 0.9739, 4.8824), "Divide by the sum over all examples, the own one included"),
        ((1, 0.5134, 0.5134), "Divide by the sum over all examples: weights add up to 1"),
        ((0.6318, 0.2533, 0.0577), "Point i came from example i: take the diagonal, not the first column"),
    ]
    hint = f"The own weights here are 0.632, 0.493, 0.830, and yours {found.round(3)}"
    for slip, mistake in mistakes:
        hint = mistake if np.allclose(found, slip, rtol=0, atol=0.0002) else hint
    assert np.allclose(found, [0.63175162, 0.49338026, 0.83000037]), hint


@test_case(points=None, hidden=False)
def test_many_dimensions(own_weight):
    """Two equal examples in 3000 dimensions, a point one noise away from both."""
    import numpy as np

    found = own_weight(np.zeros((2, 3000)), np.ones((2, 3000)), np.log(2))
    assert found is not None, "Not answered yet? `own_weight` gives nothing back"
    lost = "In 3000 dimensions all exponentials vanish, 0/0: first subtract each point's largest exponent"
    found = np.asarray(found, dtype=float)
    assert np.isfinite(found).all() and (found > 0.01).all(), lost
    assert np.allclose(found, 0.5), "Two equal examples should have equal weights, in any dimension"


@test_case(points=None, hidden=False)
def test_measurement(t_half, error):
    """The numbers read off: 40 sets of 64 examples in 12 dimensions."""
    import numpy as np

    missing = [x is None or x is Ellipsis for x in (t_half, error)]
    assert not any(missing), "Not answered yet: `t_half` and `error` are still `...`"
    assert np.size(t_half) == 1 and np.size(error) == 1, "`t_half` and `error` are one number each"
    t_half, error = (np.asarray(t_half, dtype=float).item(), np.asarray(error, dtype=float).item())
    theory = "0.347 is the theory for infinitely many dimensions: what do your 40 runs say for 12?"
    assert abs(t_half - 0.3466) > 0.01, theory
    hint = f"In 12 dimensions the own weight falls through 1/2 near 0.396, and yours at {t_half:.3g}"
    assert 0.372 < t_half < 0.42, hint
    same = "Forty equal results: make the rng once, and let all 40 runs draw from it"
    assert error > 1e-09, same
    spread = "That is the spread of single sets: the mean of 40 is known better, by the root of 40"
    assert not 0.008 < error < 0.05, spread
    assert 0.0021 < error < 0.008, "The standard error should be near 0.0043"
