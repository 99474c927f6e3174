# ruff: noqa: F821
# Right answers as another student may write them: loops for arrays and lists for results, the
# library's and SciPy's functions for own code, another scheme for the step back, numba where it pays.
import math

import numpy as np
from numba import njit
from scipy.special import logsumexp

from ebm import diffusion


def attend(X, q, beta):
    exponents = []
    for x in X:
        exponents.append(beta * sum(a * b for a, b in zip(x, q, strict=True)))
    highest = max(exponents)
    new, total = [0.0] * len(q), 0.0
    for x, exponent in zip(X, exponents, strict=True):
        weight = math.exp(exponent - highest)
        total += weight
        new = [a + weight * b for a, b in zip(new, x, strict=True)]
    return [a / total for a in new]


# %%
def moments(mean, variance, t, k, T):
    rest = T / k
    return np.array([mean / math.exp(k * t), rest + (variance - rest) * math.exp(-2 * k * t)])


# %%
def score(x, means, variance, shares):
    mixture = diffusion.Mixture(np.reshape(means, (-1, 1)), variance, shares)
    return diffusion.score(mixture, np.reshape(x, (-1, 1))).ravel().tolist()


# %%
def step_back(x, t, dt, score, k, T, rng):
    """The spring's part exactly, and points one by one."""
    grown = math.exp(k * dt)
    spread = math.sqrt(T / k * (grown**2 - 1))
    slopes = score(x, t)
    new = []
    for y, slope in zip(x, slopes, strict=True):
        new.append(grown * y + 2 * T * (grown - 1) / k * slope + spread * rng.standard_normal())
    return new


# %%
@njit
def squares(a, b):
    found = np.zeros((len(a), len(b)))
    for i in range(len(a)):
        for j in range(len(b)):
            for m in range(a.shape[1]):
                found[i, j] += (a[i, m] - b[j, m]) ** 2
    return found


def own_weight(examples, x, t):
    log_w = squares(x, math.exp(-t) * examples) / (2 * math.expm1(-2 * t))
    return [math.exp(row[i] - logsumexp(row)) for i, row in enumerate(log_w)]


# %%
generator = np.random.default_rng(20)
forty = np.array([half_time(own_weight, generator) for _ in range(40)])
t_half = np.array([forty.sum() / 40])
error = (forty.var() / 39) ** 0.5
