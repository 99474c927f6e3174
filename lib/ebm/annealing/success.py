"""How good a method is: how often it succeeds, and how long until it has."""

import math
from typing import NamedTuple

import numpy as np
from scipy import stats

from ebm import _check
from ebm._kernel import kernel


class Share(NamedTuple):
    """A share of successes with its confidence interval.

    value, low, high : float, from 0 to 1
    runs : int
    """

    value: float
    low: float
    high: float
    runs: int


class Time(NamedTuple):
    """A time to solution, in sweeps (or whatever the length of a run was counted in).

    value : float, infinite if no run succeeded
    error : float, standard error to first order
    low, high : float, ends of the confidence interval; `high` may be infinite
    """

    value: float
    error: float
    low: float
    high: float


def success(hits, *, confidence=0.95):
    """The share of runs that succeeded, with Wilson's interval.

    Parameters
    ----------
    hits : (runs,) array of bool
        Which runs did, such as ``last.energies < lowest + 1e-9``.
    confidence : float
        Probability that an interval made in this way holds the true share, in (0, 1).

    Returns
    -------
    Share

    Raises
    ------
    TypeError, ValueError
        If `hits` is empty or holds anything but True and False (or 1 and 0), or `confidence`
        is not between 0 and 1.

    Notes
    -----
    Interval: [wilson1927]. Unlike value +- 2 errors it stays in [0, 1], and none and all of the
    runs have one too.

    Examples
    --------
    >>> share = success([True] * 9 + [False])
    >>> share.value, round(share.low, 3), round(share.high, 3)
    (0.9, 0.596, 0.982)
    """
    hits = _check.bits("hits", hits)
    wanted = "a number between 0 and 1"
    confidence = _check.number("confidence", confidence, above=0, wanted=wanted)
    if confidence >= 1:
        raise ValueError(f"confidence is {confidence}; wanted {wanted}")
    found, runs = int(hits.sum(dtype=np.int64)), len(hits)
    low, high = stats.binomtest(found, runs).proportion_ci(confidence, "wilson")
    return Share(found / runs, float(low), float(high), runs)


@kernel
def _interval(hits, trials, ends):
    """Wilson's 95% interval, as `success` gives it, for the page."""
    z = 1.959963984540054
    share = hits / trials
    middle = share + z * z / (2 * trials)
    half = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    ends[0] = max(0.0, (middle - half) / (1 + z * z / trials))
    ends[1] = min(1.0, (middle + half) / (1 + z * z / trials))


def time_to_solution(hits, sweeps, *, target=0.99, confidence=0.95):
    """Sweeps until one of several runs has succeeded with probability `target`.

        sweeps * log(1 - target) / log(1 - p),   and at least one run

    Parameters
    ----------
    hits : (runs,) array of bool
        Which of the runs succeeded; their share is p.
    sweeps : float
        Length of each run, > 0.
    target : float
        In (0, 1).
    confidence : float
        In (0, 1); the interval is Wilson's for p, put into the formula.

    Returns
    -------
    Time

    Raises
    ------
    TypeError, ValueError
        As `success`, or if `sweeps` <= 0 or `target` is not between 0 and 1.

    Notes
    -----
    [ronnow2014]. The error is |d/dp| sqrt(p (1 - p) / runs); it is 0 where a single run is enough
    anyway, and infinite where no run succeeded. The interval has neither flaw.

    Examples
    --------
    With p = 1/2 it takes 7 runs to fail less than once in a hundred, or 6.64 if they could be cut:

    >>> time = time_to_solution([True, False] * 50, 1000)
    >>> round(time.value), round(time.low), round(time.high)
    (6644, 5079, 8903)
    """
    share = success(hits, confidence=confidence)
    sweeps = _check.number("sweeps", sweeps, above=0, wanted="a length of a run > 0")
    target = _check.number("target", target, above=0, wanted="a number between 0 and 1")
    if target >= 1:
        raise ValueError(f"target is {target}; wanted a number between 0 and 1")
    value, low, high = (_time(p, sweeps, target) for p in (share.value, share.high, share.low))
    return Time(value, _error(share, sweeps, target), low, high)


def _time(p, sweeps, target):
    if p <= 0:
        return np.inf
    if p >= target:
        return sweeps
    return float(sweeps * np.log1p(-target) / np.log1p(-p))


def _error(share, sweeps, target):
    p = share.value
    if p == 0:
        return np.inf
    if p >= target:
        return 0.0
    slope = sweeps * np.log1p(-target) / (np.log1p(-p) ** 2 * (1 - p))
    return float(-slope * np.sqrt(p * (1 - p) / share.runs))
