"""When points that come back along the score of a finite sample fall for one of its members.

N samples of a normal distribution in d dimensions are dissolved for a time t. Seen from a dissolved
point, its own sample pulls with the weight e^(-|z|^2/2), all others together with about
N (1 - e^-2t)^(d/2) of that. The two are equal at the collapse time

    t_C = -1/2 log(1 - N^(-2/d)),

as dimension and sample grow with log(N) / d fixed [biroli2024]: before it, on the way back, the
score is that of the crowd, after it that of one sample, which is then copied. The mechanism is the
freezing of the random energy model.

Measured: the time at which the median over points of the logarithm of the ratio is 0, for
log(N) / d = 1/2, in several dimensions, and from there to infinite dimension on a straight line in 1/d.
And how alike two samples that have no member in common guess where a dissolved point came from.
"""

import math

import numpy as np
from scipy.special import logsumexp
from scipy.stats import chi2

from ebm import diffusion
from ebm.diagnostics import Estimate
from ebm.experiments._fits import chosen, over

SEED = 2024
ALPHA = 0.5  # log(N) / d
_DIMENSIONS = (10, 12, 14, 16, 18)
_POINTS = 100  # of each sample
_SAMPLES = {"quick": 4, "full": 40}
_GRID = 0.8 + 0.1 * np.arange(8)  # times, in units of the predicted one
AGREE_AT = math.log(2) / 2  # the time at which half of the variance is noise
_AGREE = {4: (1, 2, 4, 8, 16, 32, 64), 8: (2, 4, 8, 16, 32, 64, 128), 12: (4, 16, 32, 64, 128, 256, 1024)}


def collapse_time(N, d):
    """t_C of N samples in d dimensions, of unit variance.

    Parameters
    ----------
    N : int
        > 1.
    d : int

    Returns
    -------
    float

    Examples
    --------
    >>> round(collapse_time(4, 4), 6) == round(math.log(2) / 2, 6)
    True
    """
    return -0.5 * math.log1p(-(N ** (-2 / d)))


def tasks(size):
    """Samples in each dimension, and pairs of samples of several sizes."""
    runs = range(_SAMPLES[size])
    collapse = [{"what": "collapse", "d": d, "sample": k} for d in reversed(_DIMENSIONS) for k in runs]
    pairs = [(d, N) for d, numbers in _AGREE.items() for N in numbers]
    return collapse + [{"what": "agree", "d": d, "N": N, "pair": k} for d, N in pairs for k in runs]


def measure(task, *, rng):
    """The collapse time of a sample; or how alike two samples guess."""
    d = task["d"]
    if task["what"] == "agree":
        return agreement(*rng.normal(size=(2, task["N"], d)), AGREE_AT, rng=rng)
    data = rng.normal(size=(round(math.exp(ALPHA * d)), d))
    times = _GRID * collapse_time(len(data), d)
    noise = rng.normal(size=(min(_POINTS, len(data)), d))
    return _zero(times, [np.median(pull(data, noise, t)) for t in times])


def pull(data, noise, t):
    """Logarithm of the weight of its own sample over that of all others, for points dissolved for a time t.

    Parameters
    ----------
    data : (N, d) array
        The first of them are dissolved.
    noise : (points, d) array
        Of unit variance.
    t : float
        > 0.

    Returns
    -------
    (points,) float64 array
    """
    shrunk, variance = math.exp(-t), -math.expm1(-2 * t)
    x = shrunk * data[: len(noise)] + math.sqrt(variance) * noise
    squares = (x**2).sum(axis=1)[:, None] - 2 * shrunk * x @ data.T + shrunk**2 * (data**2).sum(axis=1)
    weights = -squares / (2 * variance)
    own = np.diag(weights).copy()
    np.fill_diagonal(weights, -np.inf)
    return own - logsumexp(weights, axis=1)


def agreement(first, second, t, *, rng, points=200):
    """Cosine between the best guesses of two samples, at points of the true distribution dissolved for a time t.

    The best guess of where a point came from is the mean of the sample, each member weighted by how
    well it explains the point; but for a factor it is score + x / variance.

    Parameters
    ----------
    first, second : (N, d) arrays
        Samples of a normal distribution of unit variance.
    t : float
        > 0.
    rng : numpy.random.Generator
    points : int

    Returns
    -------
    float
    """
    x = rng.normal(size=(points, first.shape[1]))  # dissolved, it is as it was
    crowds = [diffusion.dissolve(diffusion.Mixture(data, 0.0), t) for data in (first, second)]
    a, b = (diffusion.score(crowd, x) + x / crowd.variance for crowd in crowds)
    return float((a * b).sum() / math.sqrt((a * a).sum() * (b * b).sum()))


def _zero(times, medians):
    """Where a falling curve crosses 0, between two points of the grid."""
    below = next(k for k, median in enumerate(medians) if median < 0)
    if below == 0:
        raise ValueError("the ratio is below 1 at the first time already: begin earlier")
    high, low = medians[below - 1], medians[below]
    return float(times[below - 1] + high / (high - low) * (times[below] - times[below - 1]))


def summarise(found):
    """The collapse time in infinite dimension beside the predicted one, and two tables."""
    rows = []
    for d in _DIMENSIONS:
        time = over(chosen(found, what="collapse", d=d))
        N = round(math.exp(ALPHA * d))
        rows.append({"d": d, "N": N, "t": time.value, "error": time.error, "predicted": collapse_time(N, d)})
    limit, p = straight_line([1 / row["d"] for row in rows], [(row["t"], row["error"]) for row in rows])
    alike = []
    for d, numbers in _AGREE.items():
        for N in numbers:
            cosine = over(chosen(found, what="agree", d=d, N=N))
            alike.append({"d": d, "N": N, "cosine": cosine.value, "error": cosine.error})
    return {
        "limit": limit,
        "misfit": Estimate(p, 0.0),
        "predicted": Estimate(-0.5 * math.log1p(-math.exp(-2 * ALPHA)), 0.0),
        "collapse": rows,
        "agreement": alike,
    }


def straight_line(x, y):
    """The height at x = 0 of a line through measured points, and the chance of such a misfit.

    Parameters
    ----------
    x : sequence of floats
    y : sequence of (value, error)

    Returns
    -------
    ebm.diagnostics.Estimate, float

    Examples
    --------
    >>> limit, p = straight_line([1, 2, 3], [(3.0, 0.1), (5.0, 0.1), (7.0, 0.1)])
    >>> round(limit.value, 6), round(p, 6)
    (1.0, 1.0)
    """
    values, errors = np.array(y).T
    (slope, height), covariance = np.polyfit(x, values, 1, w=1 / errors, cov="unscaled")
    misfit = (((values - height - slope * np.array(x)) / errors) ** 2).sum()
    return Estimate(float(height), float(np.sqrt(covariance[1, 1]))), float(chi2.sf(misfit, len(x) - 2))
