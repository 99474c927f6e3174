"""What several experiments do with what their tasks found: means, jackknife errors, power laws."""

from typing import NamedTuple

import numpy as np
from scipy.stats import chi2

from ebm.diagnostics import Estimate


class Power(NamedTuple):
    """y = a x^exponent.

    exponent : ebm.diagnostics.Estimate
    a : float
    p : float, chance of a misfit as large or larger if the law and the errors are right
    """

    exponent: Estimate
    a: float
    p: float


def power(x, y):
    """Fit a power law: a straight line through the logarithms, weighted by the errors.

    Parameters
    ----------
    x : sequence of floats > 0
    y : sequence of Estimate, > 0

    Returns
    -------
    Power

    Examples
    --------
    >>> found = power([1, 2, 4, 8], [Estimate(3.0 * x**2, 0.01 * x**2) for x in (1, 2, 4, 8)])
    >>> round(found.exponent.value, 6), round(found.a, 6)
    (2.0, 3.0)
    """
    values, errors = np.array(y).T
    log_x, log_y, weight = np.log(x), np.log(values), values / errors
    (slope, offset), covariance = np.polyfit(log_x, log_y, 1, w=weight, cov="unscaled")
    misfit = ((weight * (log_y - offset - slope * log_x)) ** 2).sum()
    freedom = len(log_x) - 2
    p = chi2.sf(misfit, freedom) if freedom else np.nan
    return Power(Estimate(float(slope), float(np.sqrt(covariance[0, 0]))), float(np.exp(offset)), float(p))


def over(samples):
    """The mean of independent samples, with its standard error.

    Parameters
    ----------
    samples : sequence of two floats or more

    Returns
    -------
    ebm.diagnostics.Estimate

    Examples
    --------
    >>> over([1.0, 2.0, 3.0])
    Estimate(value=2.0, error=0.5773502691896258)
    """
    return Estimate(float(np.mean(samples)), float(np.std(samples, ddof=1) / np.sqrt(len(samples))))


def jackknife(function, samples):
    """A function of the mean of independent samples: its error is from leaving out one at a time.

    Parameters
    ----------
    function : callable
        Of a mean sample; returns a float.
    samples : (k, ...) array, k >= 2

    Returns
    -------
    ebm.diagnostics.Estimate

    Examples
    --------
    >>> [round(number, 12) for number in jackknife(float, [1.0, 2.0, 3.0])]
    [2.0, 0.57735026919]
    """
    samples = np.asarray(samples, dtype=np.float64)
    k, total = len(samples), samples.sum(axis=0)
    without = np.array([function((total - sample) / (k - 1)) for sample in samples])
    error = np.sqrt((k - 1) * np.mean((without - without.mean()) ** 2))
    return Estimate(float(function(total / k)), float(error))


def chosen(found, **wanted):
    """The results of the tasks that have these properties.

    Parameters
    ----------
    found : list of (task, result)
    **wanted
        Entries of the task.

    Returns
    -------
    list

    Examples
    --------
    >>> chosen([({"L": 8, "run": 0}, "a"), ({"L": 16, "run": 0}, "b")], L=16)
    ['b']
    """
    return [result for task, result in found if wanted.items() <= task.items()]
