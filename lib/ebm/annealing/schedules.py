"""Schedules: temperatures that fall, as plain arrays."""

import numpy as np

from ebm import _check
from ebm._kernel import kernel
from ebm.maths import exp, log


def linear(T_start, T_end, steps):
    """Temperatures that fall by the same amount at each step.

    Parameters
    ----------
    T_start, T_end : float
        First and last temperature, > 0; T_start >= T_end.
    steps : int

    Returns
    -------
    (steps,) float64 array
        A single step is at T_start.

    Raises
    ------
    TypeError, ValueError
        If a temperature is not > 0, the schedule would rise, or `steps` < 1.

    Examples
    --------
    >>> linear(4.0, 1.0, 4).tolist()
    [4.0, 3.0, 2.0, 1.0]
    """
    return _filled(_linear, *_ends(T_start, T_end), steps)


def geometric(T_start, T_end, steps):
    """Temperatures that fall by the same factor at each step [kirkpatrick1983].

    Parameters
    ----------
    T_start, T_end : float
        First and last temperature, > 0; T_start >= T_end.
    steps : int

    Returns
    -------
    (steps,) float64 array
        A single step is at T_start.

    Raises
    ------
    TypeError, ValueError
        If a temperature is not > 0, the schedule would rise, or `steps` < 1.

    Examples
    --------
    >>> geometric(8.0, 1.0, 4).round(12).tolist()
    [8.0, 4.0, 2.0, 1.0]
    """
    return _filled(_geometric, *_ends(T_start, T_end), steps)


def logarithmic(T_start, steps):
    """T_k = T_start log 2 / log(1 + k), k = 1, 2, ...: in the end it cannot fail, and nobody can wait for it.

    As k grows, a schedule c / log(1 + k) leads to a ground state with certainty just if c is
    at least the depth of the deepest valley without one. To halve T takes the square of k.

    Parameters
    ----------
    T_start : float
        First temperature, > 0; c = T_start log 2.
    steps : int

    Returns
    -------
    (steps,) float64 array

    Raises
    ------
    TypeError, ValueError
        If T_start is not > 0 or `steps` < 1.

    Notes
    -----
    [geman1984]; that c is the depth of a valley: [hajek1988].

    Examples
    --------
    >>> logarithmic(3.0, 7)[[0, 2, 6]].round(12).tolist()
    [3.0, 1.5, 1.0]
    """
    return _filled(_logarithmic, _temperature("T_start", T_start), steps)


def _filled(fill, *given):
    *ends, steps = given
    T = np.empty(_check.count("steps", steps))
    fill(*ends, T)
    return T


# Their exp and log are the page's too: temperatures that differ in the last bit could part two runs.


@kernel
def _linear(T_start, T_end, T):
    last = len(T) - 1
    for k in range(last):
        T[k] = T_start + k * ((T_end - T_start) / last)
    T[last] = T_end if last else T_start


@kernel
def _geometric(T_start, T_end, T):
    last = len(T) - 1
    for k in range(last):
        T[k] = T_start * exp(k / last * log(T_end / T_start))
    T[last] = T_end if last else T_start


@kernel
def _logarithmic(T_start, T):
    for k in range(len(T)):
        T[k] = T_start * (log(2.0) / log(2.0 + k))


def _ends(T_start, T_end):
    T_start, T_end = _temperature("T_start", T_start), _temperature("T_end", T_end)
    if T_end > T_start:
        raise ValueError(f"T_end is {T_end} and T_start {T_start}; wanted a schedule that never rises")
    return T_start, T_end


def _temperature(name, T):
    return _check.number(name, T, above=0, wanted="a temperature > 0")
