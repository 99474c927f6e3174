"""The motions of `ebm.diffusion` as kernels, point by point and without allocating: what a page runs.

A mixture is its means (K, d), the logarithms of its shares (K,) and its variance, all at time 0;
`weights` is scratch of K numbers. Noise comes from the words of `ebm.random`.
"""

import math

from ebm import random
from ebm._kernel import kernel
from ebm.maths import exp, log


@kernel
def _dissolved(variance, t):
    """The variance at time t: e^-2t variance + 1 - e^-2t."""
    kept = exp(-2 * t)
    return kept * variance + (1 - kept)


@kernel
def _weigh(means, log_shares, variance, t, x, weights):
    """share_k e^(-|x - e^-t mean_k|^2 / 2 v) over the largest of them, for every k, and that one's logarithm.

    v is the variance at time t, and x one point. Also the sum of the weights.
    """
    pull, v, largest = exp(-t), _dissolved(variance, t), -math.inf
    for k in range(len(means)):
        squared = 0.0
        for j in range(len(x)):
            squared += (x[j] - pull * means[k, j]) ** 2
        weights[k] = log_shares[k] - squared / (2 * v)
        largest = max(largest, weights[k])
    total = 0.0
    for k in range(len(means)):
        weights[k] = exp(weights[k] - largest)
        total += weights[k]
    return largest, total


@kernel
def _log_density(means, log_shares, variance, t, x, weights, out):
    """log p_t of each point x[i]."""
    scale = 0.5 * x.shape[1] * log(2 * math.pi * _dissolved(variance, t))
    for i in range(len(x)):
        largest, total = _weigh(means, log_shares, variance, t, x[i], weights)
        out[i] = largest + log(total) - scale


@kernel
def _score(means, log_shares, variance, t, x, weights, out):
    """The gradient of log p_t at each point x[i]: sum over k of p(k | x) (e^-t mean_k - x) / v."""
    pull, v = exp(-t), _dissolved(variance, t)
    for i in range(len(x)):
        total = _weigh(means, log_shares, variance, t, x[i], weights)[1]
        for j in range(x.shape[1]):
            centre = 0.0
            for k in range(len(means)):
                centre += weights[k] * means[k, j]
            out[i, j] = (pull * (centre / total) - x[i, j]) / v


@kernel
def _forward(x, t, words, out):
    """Points a time t later: e^-t x + sqrt(1 - e^-2t) z. `out` may be `x`."""
    pull = exp(-t)
    shake = math.sqrt(1 - exp(-2 * t))
    for i in range(len(x)):
        for j in range(x.shape[1]):
            out[i, j] = pull * x[i, j] + shake * random.normal(words)


@kernel
def _reverse_step(means, log_shares, variance, before, t, x, words, weights, out):
    """One step of `ebm.diffusion.reverse`, from time `before` down to time t. `out` is another array than `x`."""
    _score(means, log_shares, variance, before, x, weights, out)
    grown = exp(before - t)
    shake = math.sqrt(grown * grown - 1)
    for i in range(len(x)):
        for j in range(x.shape[1]):
            out[i, j] = grown * x[i, j] + (grown - 1) * 2 * out[i, j] + shake * random.normal(words)
