"""The kernels of diffusion: the same numbers as the formulas of `ebm.diffusion`, the same distributions."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from ebm import _diffuse, diffusion, random
from ebm.diffusion import Mixture

PLANE = Mixture([[-1.0, 0.5], [2.0, 1.0], [0.0, -2.0]], 0.3, [0.2, 0.5, 0.3])
LINE = Mixture([[-2.0], [1.0]], 0.09, [1, 3])
POINTS = Mixture([[-1.0, 0.5], [2.0, 1.0]], 0.0)
CASES = [(PLANE, 0.0), (PLANE, 0.4), (LINE, 0.001), (LINE, 3.0), (POINTS, 0.01), (POINTS, 2.0)]


def somewhere(mixture, count=40, seed=0):
    return 2 * np.random.default_rng(seed).normal(size=(count, mixture.means.shape[1]))


def words(seed=0):
    return random.state(np.random.default_rng(seed))


def parts(mixture):
    return mixture.means, np.log(mixture.shares), mixture.variance


@pytest.mark.parametrize(("mixture", "t"), CASES)
def test_density_and_score_are_the_formulas(mixture, t):
    x, weights, dissolved = somewhere(mixture), np.empty(len(mixture.means)), diffusion.dissolve(mixture, t)
    density, score = np.empty(len(x)), np.empty(x.shape)
    _diffuse._log_density(*parts(mixture), t, x, weights, density)
    _diffuse._score(*parts(mixture), t, x, weights, score)
    np.testing.assert_allclose(density, diffusion.log_density(dissolved, x), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(score, diffusion.score(dissolved, x), rtol=1e-12, atol=1e-12)


def test_far_out_nothing_underflows():
    out = np.empty((1, 2))
    _diffuse._score(*parts(PLANE), 0.0, np.array([[1e4, 1e4]]), np.empty(3), out)
    np.testing.assert_allclose(out, diffusion.score(PLANE, [[1e4, 1e4]]), rtol=1e-12)


class Dealt:
    """Stands for a generator: hands out the normal numbers that the kernels draw from these words."""

    def __init__(self, words):
        self.words = words

    def normal(self, size):
        return np.array([random.normal(self.words) for _ in range(math.prod(size))]).reshape(size)


def test_forward_is_the_formula_with_the_same_noise(monkeypatch):
    monkeypatch.setattr(diffusion._check, "generator", lambda rng: rng)
    x, out = somewhere(PLANE), np.empty((40, 2))
    _diffuse._forward(x, 0.7, words(3), out)
    np.testing.assert_allclose(out, diffusion.forward(x, 0.7, rng=Dealt(words(3))), rtol=0, atol=1e-12)


@pytest.mark.parametrize("mixture", [PLANE, LINE, POINTS])
def test_the_way_back_is_the_library_s_with_the_same_noise(mixture, monkeypatch):
    monkeypatch.setattr(diffusion._check, "generator", lambda rng: rng)
    times, x, kernels = np.geomspace(4, 0.01, 60), somewhere(mixture), words(5)
    run = diffusion.reverse(mixture, x, times, rng=Dealt(words(5)))
    assert (next(run).x == x).all()
    for before, moment in zip(times[:-1], run, strict=True):
        out = np.empty(x.shape)
        weights = np.empty(len(mixture.means))
        _diffuse._reverse_step(*parts(mixture), before, moment.t, x, kernels, weights, out)
        np.testing.assert_allclose(out, moment.x, rtol=0, atol=1e-12)
        x = moment.x


def test_the_kernels_are_their_plain_selves():
    x, fast, slow = somewhere(PLANE, 5), np.empty((5, 2)), np.empty((5, 2))
    native, plain = words(1), words(1)
    _diffuse._reverse_step(*parts(PLANE), 0.5, 0.4, x, native, np.empty(3), fast)
    _diffuse._reverse_step.py_func(*parts(PLANE), 0.5, 0.4, x, plain, np.empty(3), slow)
    assert (fast == slow).all() and (native == plain).all()


def test_there_and_back_in_distribution():
    noise, times, source = np.empty((6000, 1)), 4 * (np.arange(160, -1, -1) / 160) ** 2, words(7)
    x = diffusion.sample(LINE, 6000, rng=np.random.default_rng(8))

    def cumulative(mixture):
        return lambda at: (
            stats.norm.cdf(np.subtract.outer(at, mixture.means[:, 0]) / mixture.variance**0.5)
            @ (mixture.shares)
        )

    _diffuse._forward(x, times[0], source, noise)
    assert stats.kstest(noise[:, 0], cumulative(diffusion.dissolve(LINE, 4.0))).pvalue > 1e-3
    for before, t in itertools.pairwise(times):
        out = np.empty(noise.shape)
        _diffuse._reverse_step(*parts(LINE), before, t, noise, source, np.empty(2), out)
        noise = out
    assert stats.kstest(noise[:, 0], cumulative(LINE)).pvalue > 1e-3
