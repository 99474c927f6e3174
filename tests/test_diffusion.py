"""Diffusion: the score against finite differences, the motions against the distribution they should have."""

import math

import numpy as np
import pytest
from scipy import stats

from ebm import diffusion
from ebm.diffusion import Mixture

LINE = Mixture([[-2.0], [1.0]], 0.09, [1, 3])
PLANE = Mixture([[-1.0, 0.5], [2.0, 1.0], [0.0, -2.0]], 0.3, [0.2, 0.5, 0.3])


def rng(seed=0):
    return np.random.default_rng(seed)


def cumulative(mixture):
    """The distribution function of a mixture in one dimension."""
    width = math.sqrt(mixture.variance)
    return lambda x: stats.norm.cdf(np.subtract.outer(x, mixture.means[:, 0]) / width) @ mixture.shares


def test_density_is_the_sum_of_normal_densities():
    x = rng().normal(size=(50, 2))
    each = [stats.multivariate_normal(mean, 0.3).pdf(x) for mean in PLANE.means]
    assert np.allclose(diffusion.log_density(PLANE, x), np.log(PLANE.shares @ each), rtol=0, atol=1e-12)


def test_density_far_out_does_not_underflow():
    assert np.isfinite(diffusion.log_density(PLANE, [[1e4, 1e4]])).all()
    assert np.allclose(diffusion.score(PLANE, [[1e4, 1e4]]), (PLANE.means[1] - 1e4) / 0.3)


@pytest.mark.parametrize("t", [0.0, 0.3, 2.0])
def test_score_is_the_gradient(t):
    mixture, x, step = diffusion.dissolve(PLANE, t), rng(1).normal(size=(40, 2)) * 2, 1e-5
    slopes = [
        (diffusion.log_density(mixture, x + e) - diffusion.log_density(mixture, x - e)) / (2 * step)
        for e in step * np.eye(2)
    ]
    assert np.allclose(diffusion.score(mixture, x), np.transpose(slopes), rtol=0, atol=1e-7)


@pytest.mark.parametrize("t", [0.0, 0.4, 3.0])
def test_forward_gives_the_dissolved_mixture(t):
    x = diffusion.forward(diffusion.sample(LINE, 20_000, rng=rng(2)), t, rng=rng(3))
    assert stats.kstest(x[:, 0], cumulative(diffusion.dissolve(LINE, t))).pvalue > 1e-3


def test_dissolving_twice_is_dissolving_once():
    once, twice = diffusion.dissolve(PLANE, 1.1), diffusion.dissolve(diffusion.dissolve(PLANE, 0.4), 0.7)
    assert np.allclose(once.means, twice.means) and once.variance == pytest.approx(twice.variance)


TIMES = np.geomspace(6.01, 0.01, 400) - 0.01


@pytest.mark.parametrize("motion", ["reverse", "flow"])
def test_the_way_back_ends_in_the_data(motion):
    start = rng(4).normal(size=(4000, 1))
    extra = {"rng": rng(5)} if motion == "reverse" else {}
    *_, last = getattr(diffusion, motion)(LINE, start, TIMES, **extra)
    assert last.t == pytest.approx(0)
    assert stats.kstest(last.x[:, 0], cumulative(LINE)).pvalue > 1e-3
    share = (last.x > -0.5).mean()
    assert abs(share - 0.75) < 4 * math.sqrt(0.75 * 0.25 / 4000)


def test_a_wrong_score_does_not_end_in_the_data(monkeypatch):
    """The harness of the test above sees a score that is 20% too large."""
    right = diffusion.score
    monkeypatch.setattr(diffusion, "score", lambda mixture, x: 1.2 * right(mixture, x))
    *_, last = diffusion.reverse(LINE, rng(4).normal(size=(4000, 1)), TIMES, rng=rng(5))
    assert stats.kstest(last.x[:, 0], cumulative(LINE)).pvalue < 1e-3


def test_points_alone_are_remembered():
    """A mixture of variance 0 is the training set: the way back leads to its members."""
    data = rng(6).normal(size=(5, 2)) * 2
    *_, last = diffusion.reverse(Mixture(data, 0.0), rng(7).normal(size=(200, 2)), TIMES[:-1], rng=rng(8))
    nearest = np.sqrt(((last.x[:, None] - data) ** 2).sum(axis=2)).min(axis=1)
    assert nearest.max() < 6 * math.sqrt(2 * last.t + 0.01)
    assert np.median(nearest) < 0.05


def test_the_same_seed_gives_the_same_way_back():
    start = rng(9).normal(size=(10, 2))
    first, second = ([m.x for m in diffusion.reverse(PLANE, start, TIMES[:50], rng=rng(1))] for _ in range(2))
    assert (np.array(first) == np.array(second)).all()
    assert (first[0] == start).all()


# --- Langevin ---


def double_well(x):
    return ((x**2 - 1) ** 2).sum(axis=1) + 0.3 * x.sum(axis=1)


def double_well_slope(x):
    return 4 * x * (x**2 - 1) + 0.3


@pytest.mark.parametrize("T", [0.5, 1.0, 3.0])
def test_langevin_samples_boltzmann(T):
    grid = np.linspace(-5, 5, 20_001)
    p = np.exp(-double_well(grid[:, None]) / T)
    distribution = np.cumsum(p) / p.sum()
    run = diffusion.langevin(
        double_well, double_well_slope, rng(1).normal(size=(2000, 1)), T, step=0.15, rng=rng(2), steps=400
    )
    *_, last = run
    assert 0.4 < last.accepted < 1
    assert stats.kstest(last.x[:, 0], lambda x: np.interp(x, grid, distribution)).pvalue > 1e-3


def test_the_harness_finds_a_wrong_temperature():
    grid = np.linspace(-5, 5, 20_001)
    p = np.exp(-double_well(grid[:, None]))
    start = rng(1).normal(size=(2000, 1))
    *_, last = diffusion.langevin(
        double_well, double_well_slope, start, 1.4, step=0.15, rng=rng(2), steps=400
    )
    assert stats.kstest(last.x[:, 0], lambda x: np.interp(x, grid, np.cumsum(p) / p.sum())).pvalue < 1e-3


# --- bad input: at once, before the first step ---


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([1.0, 2.0], 1.0), ValueError, r"means has shape \(2,\)"),
        ((np.empty((0, 2)), 1.0), ValueError, r"means has shape \(0, 2\)"),
        (([[math.nan]], 1.0), ValueError, "means holds NaN"),
        (([[0.0]], -1.0), ValueError, "variance is -1.0; wanted a variance of 0 or more"),
        (([[0.0]], "1"), TypeError, "variance is '1'"),
        (([[0.0], [1.0]], 1.0, [1.0]), ValueError, r"shares has shape \(1,\); wanted an array of 2 positive"),
        (([[0.0], [1.0]], 1.0, [1.0, 0.0]), ValueError, "shares holds 0.0; wanted an array of 2 positive"),
    ],
)
def test_bad_mixtures(arguments, error, message):
    with pytest.raises(error, match=message):
        Mixture(*arguments)


NOISE = np.zeros((3, 1))
GOOD_TIMES = [2.0, 1.0, 0.5]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: diffusion.sample(LINE, 0, rng=rng()), ValueError, "count is 0"),
        (lambda: diffusion.sample(LINE, 3, rng=0), TypeError, "rng is 0"),
        (lambda: diffusion.forward([1.0], 1.0, rng=rng()), ValueError, r"x has shape \(1,\)"),
        (
            lambda: diffusion.forward(NOISE, -1.0, rng=rng()),
            ValueError,
            "t is -1.0; wanted a time t of 0 or more",
        ),
        (lambda: diffusion.forward(NOISE, math.nan, rng=rng()), ValueError, "t is nan"),
        (lambda: diffusion.forward(NOISE, 1.0, rng=None), TypeError, "rng is None"),
        (lambda: diffusion.dissolve(LINE, -0.1), ValueError, "t is -0.1"),
        (
            lambda: diffusion.score(LINE, [[1.0, 2.0]]),
            ValueError,
            r"x has shape \(1, 2\); wanted \(batch, 1\)",
        ),
        (lambda: diffusion.score(LINE, [[math.inf]]), ValueError, "x holds NaN or infinity"),
        (lambda: diffusion.log_density(Mixture([[0.0]], 0.0), NOISE), ValueError, "mixture has variance 0"),
        (lambda: diffusion.reverse(LINE, NOISE, [1.0, 2.0], rng=rng()), ValueError, "times does not fall"),
        (lambda: diffusion.reverse(LINE, NOISE, [1.0], rng=rng()), ValueError, "times does not fall"),
        (lambda: diffusion.reverse(LINE, NOISE, [1.0, -1.0], rng=rng()), ValueError, "times ends at -1.0"),
        (
            lambda: diffusion.reverse(Mixture([[0.0]], 0.0), NOISE, [1.0, 0.0], rng=rng()),
            ValueError,
            "more than 0",
        ),
        (lambda: diffusion.reverse(LINE, np.zeros((3, 2)), GOOD_TIMES, rng=rng()), ValueError, "x has shape"),
        (lambda: diffusion.reverse(LINE, NOISE, GOOD_TIMES, rng=7), TypeError, "rng is 7"),
        (lambda: diffusion.flow(LINE, NOISE, [1.0, 2.0]), ValueError, "times does not fall"),
        (lambda: diffusion.flow(LINE, np.empty((0, 1)), GOOD_TIMES), ValueError, "x has shape"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"T": 0}, ValueError, "T is 0.0; wanted a temperature T > 0"),
        ({"step": 0.0}, ValueError, "step is 0.0; wanted a step > 0"),
        ({"steps": 0}, ValueError, "steps is 0"),
        ({"rng": 3}, TypeError, "rng is 3"),
        ({"x": [0.0]}, ValueError, "x has shape"),
        ({"energy": lambda x: x}, ValueError, r"energy\(x\) has shape \(3, 1\)"),
        ({"gradient": lambda x: x[:, 0]}, ValueError, r"gradient\(x\) has shape \(3,\)"),
    ],
)
def test_bad_langevin(change, error, message):
    given = {"energy": double_well, "gradient": double_well_slope, "x": NOISE, "T": 1.0}
    given |= {"step": 0.1, "rng": rng(), "steps": 1} | change
    with pytest.raises(error, match=message):
        diffusion.langevin(**given)
