"""The film of the diffusion view: its patterns, and the kernels that shoot and measure it."""

import math

import numpy as np

from ebm import _diffuse, data, random
from ebm._kernel import kernel
from ebm.maths import exp

POINTS = 300
STEPS = 160
TIMES = 4 * (np.arange(STEPS + 1) / STEPS) ** 2  # noise grows as sqrt(2 t), so in steps of one size at first


def _patterns():
    """Stored points (K, 2) by name, around the origin, with a mean energy x.x/2 of 2: noise has 1."""
    turn, roll = np.arange(24) / 24 * 2 * np.pi, np.sqrt(np.linspace(0.02, 1, 40))
    ink = np.argwhere(data.letters("T", "16x16").reshape(16, 16) > 0)[:, ::-1] * [1, -1]
    side = np.arange(4)
    points = {
        "spiral": (roll * [np.cos(4 * np.pi * roll), np.sin(4 * np.pi * roll)]).T,
        "ring": np.column_stack([np.cos(turn), np.sin(turn)]),
        "T": ink,
        "two clusters": np.array([[-1, -0.6], [1, 0.6]]),
        "grid": np.column_stack([np.repeat(side, 4), np.tile(side, 4)]),
    }
    centred = {name: x - x.mean(axis=0) for name, x in points.items()}
    return {name: 2 * x / math.sqrt((x**2).sum(axis=1).mean()) for name, x in centred.items()}


PATTERNS = _patterns()


@kernel
def _develop(means, width, times, words, film):
    """A whole film (moments, points, 2): points drawn from the pattern, and how they dissolve."""
    for i in range(film.shape[1]):
        k = random.below(words, len(means))
        for j in range(2):
            film[0, i, j] = means[k, j] + width * random.normal(words)
    for k in range(len(times) - 1):
        _diffuse._forward(film[k], times[k + 1] - times[k], words, film[k + 1])


@kernel
def _shoot(means, log_shares, width, times, film, k, way, words, weights):
    """The moment after (way 1) or before (way -1) moment k of the film, by fresh noise."""
    if way > 0:
        _diffuse._forward(film[k], times[k + 1] - times[k], words, film[k + 1])
    else:
        _diffuse._reverse_step(
            means, log_shares, width * width, times[k], times[k - 1], film[k], words, weights, film[k - 1]
        )


@kernel
def _noise(film, words):
    """Fresh noise for the last moment of a film."""
    last = film[len(film) - 1]
    for i in range(len(last)):
        for j in range(2):
            last[i, j] = random.normal(words)


@kernel
def _nearest(means, x):
    """The stored point nearest to one point x, and the squared distance."""
    place, least = 0, math.inf
    for k in range(len(means)):
        squared = (x[0] - means[k, 0]) ** 2 + (x[1] - means[k, 1]) ** 2
        if squared < least:
            place, least = k, squared
    return place, least


@kernel
def _measure(means, width, t, left, film, k, counts, out):
    """Of moment k: mean energy, that of the distribution, mean distance to the nearest stored point, own, chance.

    own: points whose nearest stored point is the one that they left; chance: how many to expect if who
    went where were shuffled. counts (2, K) is scratch.
    """
    x, n = film[k], left.shape[0]
    counts[:] = 0.0
    out[:] = 0.0
    for i in range(n):
        before = _nearest(means, left[i])[0]
        now, squared = _nearest(means, x[i])
        out[0] += 0.5 * (x[i, 0] ** 2 + x[i, 1] ** 2) / n
        out[2] += math.sqrt(squared) / n
        out[3] += before == now
        counts[0, before] += 1
        counts[1, now] += 1
    stored = 0.0
    for m in range(len(means)):
        out[4] += counts[0, m] * counts[1, m] / n
        stored += 0.5 * (means[m, 0] ** 2 + means[m, 1] ** 2) / len(means)
    kept = exp(-2 * t)
    out[1] = kept * (stored + width * width) + (1 - kept)


@kernel
def _shares(t, out):
    """How much is left of the signal, e^-t, and how much noise there is, sqrt(1 - e^-2t)."""
    out[0] = exp(-t)
    out[1] = math.sqrt(_diffuse._dissolved(0.0, t))


_MIXTURE = "float64[:, ::1], float64[::1], float64"
KERNELS = {
    "develop": (_develop, "void(float64[:, ::1], float64, float64[::1], uint64[::1], float64[:, :, ::1])"),
    "shoot": (
        _shoot,
        f"void({_MIXTURE}, float64[::1], float64[:, :, ::1], int64, int64, uint64[::1], float64[::1])",
    ),
    "noise": (_noise, "void(float64[:, :, ::1], uint64[::1])"),
    "measure": (
        _measure,
        "void(float64[:, ::1], float64, float64, float64[:, ::1], float64[:, :, ::1], int64, "
        "float64[:, ::1], float64[::1])",
    ),
    "shares": (_shares, "void(float64, float64[::1])"),
    "log_density": (
        _diffuse._log_density,
        f"void({_MIXTURE}, float64, float64[:, ::1], float64[::1], float64[::1])",
    ),
    "score": (
        _diffuse._score,
        f"void({_MIXTURE}, float64, float64[:, ::1], float64[::1], float64[:, ::1])",
    ),
}
