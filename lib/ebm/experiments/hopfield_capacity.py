"""How many random patterns fit into a Hopfield network: overlap and unstable units against the load.

The load is alpha = P / n. Before any update, the other P - 1 patterns add noise of
variance alpha to a unit's field, and a share 1/2 erfc(1 / sqrt(2 alpha)) of the units is
unstable. After the descent the overlap m with the pattern obeys the mean-field equations
of [amit1985], which lose their solution with m > 0 at alpha_c = 0.1379, where m = 0.967.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import erf, erfc
from scipy.stats import binom

from ebm import _check
from ebm.hopfield import descend, field, hebb, overlap


class Measured(NamedTuple):
    """A mean over independent networks, with its standard error.

    n : int, units
    P : int, patterns stored
    alpha : float, P / n
    mean, error : float
    """

    n: int
    P: int
    alpha: float
    mean: float
    error: float


def retrieval(n, alpha, *, rng, networks=20, starts=10):
    """Overlap with a pattern after a descent that starts from it.

    Parameters
    ----------
    n : int
        Units, >= 2.
    alpha : float
        Load, > 0; P = round(alpha n) patterns are stored, at least one.
    rng : numpy.random.Generator
    networks : int
        Independent networks, >= 2; the standard error is that of their means.
    starts : int
        Patterns tried in each network (all P, if there are fewer).

    Returns
    -------
    Measured
        Of m, per site, in [-1, 1].

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    --------
    >>> retrieval(200, 0.02, rng=np.random.default_rng(0)).mean
    1.0
    """
    starts = _check.count("starts", starts)

    def m(patterns):
        model = hebb(patterns)
        tried = patterns[:starts]
        return np.mean([overlap(pattern, descend(model, pattern, rng=rng).s) for pattern in tried])

    return _measure(m, n, alpha, networks, rng)


def unstable(n, alpha, *, rng, networks=20):
    """Share of the units of a stored pattern that would flip at once.

    Parameters
    ----------
    n : int
        Units, >= 2.
    alpha : float
        Load, > 0; P = round(alpha n) patterns are stored, at least one.
    rng : numpy.random.Generator
    networks : int
        Independent networks, >= 2; the standard error is that of their means.

    Returns
    -------
    Measured
        Of the share, in [0, 1].

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    --------
    >>> unstable(100, 0.02, rng=np.random.default_rng(0)).mean
    0.0
    """

    def share(patterns):
        against = patterns * field(hebb(patterns), patterns)
        return np.mean(against < -1e-9)

    return _measure(share, n, alpha, networks, rng)


def unstable_theory(alpha, n=None):
    """The share of unstable units in theory.

    In a large network 1/2 erfc(1 / sqrt(2 alpha)). In one of n units the crosstalk is a
    sum of (P - 1)(n - 1) fair signs, and the share is the chance that it is below -(n - 1).

    Parameters
    ----------
    alpha : float
        Load, > 0.
    n : int, optional
        Units, for the exact share with P = round(alpha n); left out, the limit of large n.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        If alpha <= 0 or n < 2.

    Examples
    --------
    >>> round(unstable_theory(0.138), 4), round(unstable_theory(0.138, n=1000), 4)
    (0.0036, 0.0034)
    """
    alpha = _load(alpha)
    if n is None:
        return float(erfc(1 / np.sqrt(2 * alpha)) / 2)
    n = _check.count("n", n, low=2)
    signs = (_patterns(n, alpha) - 1) * (n - 1)
    return float(binom.cdf((signs - n) // 2, signs, 0.5))


def critical():
    """Where the retrieval state of the mean-field theory ends.

    Returns
    -------
    alpha_c, m : float
        The largest load with a solution m > 0, and m there.

    Examples
    --------
    >>> [round(x, 4) for x in critical()]
    [0.1379, 0.9674]
    """
    y = _edge()
    return float(_root_2_alpha(y) ** 2 / 2), float(erf(y))


def theory(alpha):
    """Overlap of the retrieval state in the mean-field theory at T = 0, n to infinity.

    With r the noise of the patterns that are not recalled,

        m = erf(m / sqrt(2 alpha r)),   r = 1 / (1 - C)^2,
        C = sqrt(2 / (pi alpha r)) e^(-m^2 / (2 alpha r))

    The argument of erf, y, turns the three equations into one,
    sqrt(2 alpha) = erf(y) / y - 2 / sqrt(pi) e^(-y^2), solved for its larger root.

    Parameters
    ----------
    alpha : float
        Load, > 0.

    Returns
    -------
    float
        m; 0 where there is no such state.

    Raises
    ------
    TypeError, ValueError
        If alpha <= 0.

    Notes
    -----
    Replica-symmetric solution of [amit1985].

    Examples
    --------
    >>> round(theory(0.1), 4), theory(0.2)
    (0.998, 0.0)
    """
    target = np.sqrt(2 * _load(alpha))
    low = _edge()
    if target > _root_2_alpha(low):
        return 0.0
    # 1 / target is beyond the root, as erf(y) / y < 1 / y.
    return float(erf(brentq(lambda y: _root_2_alpha(y) - target, low, 1 / target)))


def _root_2_alpha(y):
    return erf(y) / y - 2 / np.sqrt(np.pi) * np.exp(-(y**2))


def _edge():
    """The y at which the load is largest."""
    return minimize_scalar(
        lambda y: -_root_2_alpha(y), bounds=(0.5, 4), method="bounded", options={"xatol": 1e-9}
    ).x


def _measure(quantity, n, alpha, networks, rng):
    """Mean and standard error of `quantity(patterns)` over networks with fresh random patterns."""
    n = _check.count("n", n, low=2)
    P = _patterns(n, _load(alpha))
    networks = _check.count("networks", networks, low=2)
    _check.generator(rng)
    found = [quantity(2 * rng.integers(0, 2, size=(P, n), dtype=np.int8) - 1) for _ in range(networks)]
    return Measured(n, P, P / n, float(np.mean(found)), float(np.std(found, ddof=1) / np.sqrt(networks)))


def _load(alpha):
    return _check.number("alpha", alpha, above=0, wanted="a load alpha > 0")


def _patterns(n, alpha):
    return max(1, round(alpha * n))
