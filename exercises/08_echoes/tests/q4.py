from otter.test_files import test_case

OK_FORMAT = False

name = "q4"
points = 5
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_drift(step_back):
    """How a step of 0.001 depends on the score and on x, with the same noise; k = 2, T = 3."""
    import numpy as np

    assert callable(step_back), "There is no function `step_back`: run the cell that defines it"

    def step(x, slope):
        start = np.full(6, x)
        new = step_back(start, 0.5, 0.001, lambda x, t: 0 * x + slope, 2.0, 3.0, np.random.default_rng(8))
        assert new is not None, "Not answered yet? `step_back` gives nothing back"
        assert np.shape(new) == (6,), f"Six points stay six points: shape (6,), not {np.shape(new)}"
        assert np.all(start == x), "The points `x` have been changed: return new ones"
        return np.asarray(new, dtype=float)

    again = np.array_equal(step(0.0, 0.0), step(0.0, 0.0))
    assert again, "The same rng gave two results: draw from the given `rng` only"
    by_score = np.mean(step(0.0, 1.0) - step(0.0, 0.0)) / 0.001
    slips = [
        (3, "Half of the score's drift: it leads back, and it also has to undo the fresh noise"),
        (2, "Where is T? Heat spreads with the velocity -T s(x), so T multiplies the score"),
        (1, "The score's drift is too small: where is T, and what undoes the fresh noise?"),
        (-6, "Backwards the score leads up the slope, to where points are many: look at its sign"),
        (-3, "Backwards the score leads up the slope, to where points are many: look at its sign"),
        (0, "The score does not move the points: where is s(x) in the drift?"),
        (6000, "The drift acts for a time dt only: multiply it by dt"),
        (12, "Too much of the score: count once what leads back, once what undoes the noise"),
    ]
    hint = f"A score of 1 adds a velocity of 6 at T = 3, and yours adds {by_score:.3g}"
    for slip, mistake in slips:
        hint = mistake if np.isclose(by_score, slip, rtol=0.03, atol=0.05) else hint
    assert np.isclose(by_score, 6, rtol=0.03), hint
    by_place = (np.mean(step(1.0, 0.0) - step(0.0, 0.0)) - 1) / 0.001
    slips = [
        (-2, "Backwards the spring's velocity changes its sign: it pushes outwards"),
        (0, "Where is the spring? Its velocity -k x changes its sign, too"),
        (1, "Where is k? The spring's velocity is -k x before its sign changes"),
    ]
    hint = f"Per unit of x the spring adds a velocity of 2, and yours adds {by_place:.3g}"
    for slip, mistake in slips:
        hint = mistake if np.isclose(by_place, slip, rtol=0.03, atol=0.05) else hint
    assert np.isclose(by_place, 2, rtol=0.03), hint


@test_case(points=None, hidden=False)
def test_noise(step_back):
    """The noise of 40 000 points in a step of 0.001; T = 3."""
    import numpy as np

    x = np.zeros(40000)
    new = step_back(x, 0.5, 0.001, lambda x, t: 0 * x, 2.0, 3.0, np.random.default_rng(9))
    assert new is not None, "Not answered yet? `step_back` gives nothing back"
    new = np.asarray(new, dtype=float)
    common = "All points get the same noise: draw one number for each, `size=x.shape`"
    assert new.size > 1 and (np.ptp(new) > 0 or abs(new.flat[0]) < 1e-12), common
    rate = np.var(new) / 0.001
    slips = [
        (3, "The noise is too weak by sqrt(2): its variance is 2 T dt"),
        (2, "Where is T in the noise? Its variance is 2 T dt"),
        (1, "The noise is too weak: its variance is 2 T dt"),
        (0, "There is no noise, or far too little: add sqrt(2 T dt) z"),
        (0.036, "The noise grows with the root of time: its standard deviation is sqrt(2 T dt)"),
        (0.006, "The noise grows with the root of time: its standard deviation is sqrt(2 T dt)"),
        (18, "T stands under the root: sqrt(2 T dt), not T sqrt(2 dt)"),
        (12, "2 stands under the root: sqrt(2 T dt), not 2 sqrt(T dt)"),
    ]
    hint = f"The variance should grow by 6 per unit of time at T = 3, and yours grows by {rate:.3g}"
    for slip, mistake in slips:
        hint = mistake if np.isclose(rate, slip, rtol=0.05, atol=0.003) else hint
    assert np.isclose(rate, 6, rtol=0.05), hint
    drawn = abs(np.mean(new)) < 0.003
    assert drawn, "The noise has a mean: z is normal with mean 0, `rng.normal(...)`"
