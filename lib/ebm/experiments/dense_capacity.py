"""How the capacity of a dense memory grows with its size: n^(k-1) for degree k, exponentially for degree infinity.

The capacity is the number of random patterns at which a share of 0.005 of the units of a stored
pattern is unstable: the threshold of [krotov2016], where K = a_k n^(k-1). For degree infinity
[demircigil2017] prove that e^(a n) patterns are stable for every a < ln 2 / 2.
"""

import math

import numpy as np
from scipy.special import ndtri

from ebm.diagnostics import Estimate

SEED = 2016
_UNSTABLE = 0.005
_TRIED = 50  # patterns of a network
_BATCHES = {"quick": 3, "full": 10}
_UNITS = {"quick": 4_000, "full": 40_000}  # looked at in each batch, at each number of patterns
_SIZES = {
    "2": (128, 256, 512, 1024),
    "3": (32, 48, 64, 96, 128),
    "4": (32, 48, 64, 96),
    "inf": (12, 14, 16, 18, 20),
}


def tasks(size):
    """For each degree and size, five numbers of patterns around the capacity."""
    return [
        {"degree": degree, "n": n, "P": P, "units": _UNITS[size], "batch": batch}
        for degree, sizes in _SIZES.items()
        for n in reversed(sizes)
        for P in _around(degree, n)
        for batch in range(_BATCHES[size])
    ]


def _around(degree, n):
    """Numbers of patterns that lie on both sides of the capacity: `summarise` insists on it."""
    powers = {"2": 0.15, "3": 0.05, "4": 0.01}
    guess = 0.011 * 2**n if degree == "inf" else powers[degree] * n ** (int(degree) - 1)
    return [round(guess * factor) for factor in (0.7, 0.85, 1.0, 1.2, 1.4)]


def measure(task, *, rng):
    """Unstable units, and units looked at, in as many networks as are needed."""
    n, P = task["n"], task["P"]
    tried = min(_TRIED, P)
    networks = math.ceil(task["units"] / (tried * n))
    wrong = 0
    for _ in range(networks):
        patterns = 2 * rng.integers(0, 2, size=(P, n), dtype=np.int8) - 1
        wrong += int(unstable(patterns, task["degree"], tried).sum())
    return [wrong, networks * tried * n]


def unstable(patterns, degree, tried):
    """Whether the energy falls when a unit of a stored pattern flips.

    Parameters
    ----------
    patterns : (P, n) int8 array of +1 and -1
    degree : str, "2", "3", ... or "inf"
    tried : int
        The first so many patterns are looked at.

    Returns
    -------
    (tried, n) bool array

    Notes
    -----
    A flip of unit i moves every pull n m_mu by 2, up or down; with f the power or the
    exponential, E falls if the sum of f over the patterns grows. One product of matrices
    finds that for all units: `ebm.dense.dE` would look at all patterns for each.
    """
    X = patterns.astype(np.float64)
    S = X[:tried]
    pulls = S @ X.T
    f = (lambda x: np.exp(x - X.shape[1])) if degree == "inf" else (lambda x: x ** int(degree))
    up, down, now = f(pulls + 2), f(pulls - 2), f(pulls)  # whole numbers unless exponential
    after = (up + down).sum(axis=1)[:, None] - S * ((up - down) @ X)
    return after > 2 * now.sum(axis=1)[:, None]


def summarise(found):
    """Exponents with jackknife errors over the batches, and the capacities they are fitted to."""
    batches = np.unique([task["batch"] for task, _ in found])
    counts = {}
    for task, result in found:
        counts.setdefault((task["degree"], task["n"]), {}).setdefault(task["P"], []).append(result)
    values, table = {}, []
    for degree, sizes in _SIZES.items():
        x = np.array(sizes) if degree == "inf" else np.log(sizes)
        log_capacity = [lambda keep, n=n, k=degree: _log_capacity(counts[k, n], keep) for n in sizes]
        for n, one in zip(sizes, log_capacity, strict=True):
            capacity, error = _jackknife(one, batches)
            table.append({"degree": degree, "n": n, "log_capacity": capacity, "error": error})
        name = "rate_inf" if degree == "inf" else f"exponent_{degree}"
        values[name] = _jackknife(
            lambda keep, x=x, all_n=log_capacity: _slope(x, [f(keep) for f in all_n]), batches
        )
    return values | {"capacities": table}


def _slope(x, y):
    return np.polyfit(x, y, 1)[0]


def _log_capacity(counts, keep):
    """ln P at which a line through the quantiles of the shares meets the threshold, all on scales of logarithms."""
    Ps = np.array(list(counts))
    wrong, units = np.array([np.sum([results[k] for k in keep], axis=0) for results in counts.values()]).T
    shares = wrong / units
    if not 0 < shares.min() < _UNSTABLE < shares.max():
        raise ValueError(f"the threshold {_UNSTABLE} is not between the shares {shares} at P = {Ps}")
    slope, start = np.polyfit(np.log(Ps), np.log(-ndtri(shares)), 1)
    return (np.log(-ndtri(_UNSTABLE)) - start) / slope


def _jackknife(function, batches):
    """A function of all batches, with the error from leaving out one at a time."""
    keep = np.array(batches)
    without = np.array([function(keep[keep != batch]) for batch in keep])
    spread = (len(keep) - 1) * np.mean((without - without.mean()) ** 2)
    return Estimate(function(keep), np.sqrt(spread))
