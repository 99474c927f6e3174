"""What the experiments of the last chapter measure is what they say: beside the slow way."""

import math

import numpy as np
import pytest
from scipy.special import softmax

from ebm import dense, diffusion
from ebm.experiments import attention, diffusion_collapse


def test_attention_is_written_out_as_it_is_defined():
    rng = np.random.default_rng(0)
    q, K, V = rng.normal(size=9), rng.normal(size=(5, 9)), rng.normal(size=(5, 9))
    assert np.allclose(attention.attention(q, K, V), softmax(K @ q / 3) @ V, atol=1e-14)


def test_the_difference_would_show(monkeypatch):
    task, rng = {"P": 7, "n": 16, "run": 0}, np.random.default_rng
    assert attention.measure(task, rng=rng(0)) < 1e-13
    ours = dense.retrieve
    monkeypatch.setattr(dense, "retrieve", lambda X, q, beta: ours(X, q, 1.001 * beta))
    assert attention.measure(task, rng=rng(0)) > 1e-5


def test_the_pull_is_that_of_the_mixture():
    """log of a point's own term over the others', from densities of mixtures of one and of the rest."""
    rng = np.random.default_rng(1)
    data, noise, t = rng.normal(size=(6, 3)), rng.normal(size=(4, 3)), 0.3
    x = math.exp(-t) * data[:4] + math.sqrt(1 - math.exp(-2 * t)) * noise
    for k, found in enumerate(diffusion_collapse.pull(data, noise, t)):
        own, rest = data[[k]], np.delete(data, k, axis=0)
        log_p = [
            diffusion.log_density(diffusion.dissolve(diffusion.Mixture(part, 0.0), t), x[[k]])[0]
            for part in (own, rest)
        ]
        assert found == pytest.approx(log_p[0] - log_p[1] - math.log(5))


def test_two_samples_agree_if_they_are_one():
    rng = np.random.default_rng(2)
    sample, other = rng.normal(size=(2, 20, 8))
    agree = diffusion_collapse.agreement
    assert agree(sample, sample, 0.3, rng=rng) == pytest.approx(1)
    assert abs(np.mean([agree(*rng.normal(size=(2, 1, 8)), 0.3, rng=rng) for _ in range(100)])) < 0.15
    assert agree(sample, other, 3.0, rng=rng) < agree(sample, sample + 0.01, 3.0, rng=rng)


def test_best_guesses_are_posterior_means():
    """Of many samples both sets know the truth, e^-t x: then they agree."""
    rng = np.random.default_rng(3)
    first, second = rng.normal(size=(2, 20_000, 1))
    assert diffusion_collapse.agreement(first, second, 0.5, rng=rng) > 0.999


def test_the_line_finds_a_planted_limit():
    rng = np.random.default_rng(4)
    x = [0.05, 0.06, 0.08, 0.1]
    pulls = []
    for _ in range(200):
        y = [(0.2 + 0.5 * k + 0.01 * rng.normal(), 0.01) for k in x]
        limit, _ = diffusion_collapse.straight_line(x, y)
        pulls.append((limit.value - 0.2) / limit.error)
    assert abs(np.mean(pulls)) < 4 / math.sqrt(200)
    assert 0.8 < np.std(pulls) < 1.2
    assert diffusion_collapse.straight_line([1, 2, 3, 4], [(k**2, 0.1) for k in (1, 2, 3, 4)])[1] < 1e-6
