"""How many random patterns fit into a Hopfield network: overlap and unstable units against the load.

The load is alpha = P / n. Before any update, the other P - 1 patterns add noise of
variance alpha to a unit's field, and a share 1/2 erfc(1 / sqrt(2 alpha)) of the units is
unstable. After the descent the overlap m with the pattern obeys the mean-field equations
of [amit1985], which lose their solution with m > 0 at alpha_c = 0.1379, where m = 0.967.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq, minimize, minimize_scalar
from scipy.special import erf, erfc, ndtr, xlogy
from scipy.stats import binom

from ebm import _check
from ebm.diagnostics import Estimate
from ebm.hopfield import descend, field, hebb, overlap, recall

SEED = 1985
_NEAR = (0.13, 0.134, 0.138, 0.142, 0.146, 0.15)  # the loads that say where the cliff is
_FAR = (0.05, 0.1, 0.12, 0.16, 0.18, 0.2)  # and those that only show its shape
_GROUPS = 8  # of networks, of which one at a time is left out
_RECALLED = 0.8  # between the overlap of a recalled pattern and that of a lost one


def tasks(size):
    """Single networks of several sizes, many near the cliff and a few on both sides of it."""
    kinds = {
        "quick": [(n, _NEAR[::2], 32_000 // n) for n in (2000, 1000, 500)],
        "full": [
            *((n, _NEAR, 128_000 // n) for n in (8000, 4000, 2000, 1000)),
            *((n, _FAR, 16_000 // n) for n in (8000, 4000, 2000, 1000)),
            (100, sorted(_NEAR + _FAR), 128),
        ],
    }[size]
    return [
        {"n": n, "alpha": alpha, "network": k}
        for n, loads, count in kinds
        for alpha in loads
        for k in range(count)
    ]


def measure(task, *, rng):
    """Overlaps after a descent from up to 30 patterns of one network."""
    patterns = _random(_patterns(task["n"], task["alpha"]), task["n"], rng)
    cues = patterns[:30]
    return np.mean(cues * recall(patterns, cues, rng=rng).s, axis=1)


def summarise(found):
    """Where recall ends: in theory, in the limit of what was measured, and the curve m(alpha) for each size."""
    alpha_c, m = critical()
    groups = {}
    for task, ms in found:
        groups.setdefault((task["n"], task["alpha"]), []).append(np.array(ms))
    near = {place: networks for place, networks in groups.items() if place[0] >= 500 and place[1] in _NEAR}
    cliff, misfit = cliff_of(near)
    edge = [ms[ms > _RECALLED].mean() for ms in groups[max(groups)[0], 0.138]]
    return {
        "theory_alpha_c": Estimate(alpha_c, 0),
        "theory_m": Estimate(m, 0),
        "alpha_c": cliff,
        "misfit": Estimate(misfit, 0),
        "edge_m": _estimate(edge),
        "fits": list(_other_fits(near)),
        "curve": [_row(n, alpha, networks) for (n, alpha), networks in groups.items()],
    }


def _other_fits(near):
    """What the cliff would be without the smallest networks, or without the correction for size."""
    sizes = sorted({n for n, _ in near})
    for smallest in sizes[:-1]:
        chosen = {place: networks for place, networks in near.items() if place[0] >= smallest}
        for correction in [False] + [True] * (smallest < sizes[-2]):
            cliff, misfit = cliff_of(chosen, correction=correction)
            row = {
                "smallest": smallest,
                "correction": correction,
                "alpha_c": cliff.value,
                "error": cliff.error,
            }
            yield row | {"misfit": misfit}


def cliff_of(groups, *, correction=True):
    """The load at which the share of recalled patterns does not depend on n, by finite-size scaling.

    Whether a pattern is recalled depends on fluctuations of relative size n^-1/2. So let the share be
    Phi(a + b (alpha_c - alpha) n^1/2 + c n^-1/2), with the normal distribution Phi: below alpha_c it
    grows with n, above it falls. The last term is what small networks add to that. Without it
    alpha_c comes out lower, the lower the smaller the networks, with an error that knows nothing
    of it. The four numbers are those of the largest likelihood.

    Parameters
    ----------
    groups : dict of (n, alpha) to a list of arrays
        The overlaps found in each network.
    correction : bool
        Whether c may differ from 0; it takes three sizes to tell.

    Returns
    -------
    alpha_c : ebm.diagnostics.Estimate
        With a jackknife error over groups of networks.
    misfit : float
        Deviance by degrees of freedom: near 1 if the form fits.
    """
    n, alpha = np.array([(n, _patterns(n, alpha) / n) for n, alpha in groups]).T
    root, away = np.sqrt(n / 1000), 20 * (alpha - 0.14)  # all numbers of the fit are of order 1
    terms = np.array([np.ones_like(n), root, away * root, 1 / root])[: 4 if correction else 3]

    def fit(left_out):
        kept = [[ms for k, ms in enumerate(found) if k % _GROUPS != left_out] for found in groups.values()]
        tried = np.array([sum(map(len, found)) for found in kept])
        recalled = np.array([sum((ms > _RECALLED).sum() for ms in found) for found in kept])

        def deviance(weights):
            share = np.clip(ndtr(weights @ terms), 1e-12, 1 - 1e-12)
            lost = tried - recalled
            return 2 * np.sum(
                xlogy(recalled, recalled / (tried * share)) + xlogy(lost, lost / (tried * (1 - share)))
            )

        best = minimize(deviance, [1.0, 0.0, -1.0, 0.0][: len(terms)])
        return 0.14 - best.x[1] / best.x[2] / 20, best.fun

    alpha_c, deviance = fit(None)
    without = np.array([fit(k)[0] for k in range(_GROUPS)])
    error = np.sqrt((_GROUPS - 1) * np.mean((without - without.mean()) ** 2))
    return Estimate(alpha_c, error), deviance / (len(n) - len(terms))


def _row(n, alpha, networks):
    """A point of the curve: mean overlap, and share of patterns recalled."""
    m, share = (
        _estimate([ms.mean() for ms in networks]),
        _estimate([(ms > _RECALLED).mean() for ms in networks]),
    )
    return {
        "n": n,
        "alpha": _patterns(n, alpha) / n,
        "m": m.value,
        "m_error": m.error,
        "recalled": share.value,
        "recalled_error": share.error,
    }


def _estimate(over_networks):
    return Estimate(np.mean(over_networks), np.std(over_networks, ddof=1) / np.sqrt(len(over_networks)))


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
    found = [quantity(_random(P, n, rng)) for _ in range(networks)]
    return Measured(n, P, P / n, float(np.mean(found)), float(np.std(found, ddof=1) / np.sqrt(networks)))


def _random(P, n, rng):
    return 2 * rng.integers(0, 2, size=(P, n), dtype=np.int8) - 1


def _load(alpha):
    return _check.number("alpha", alpha, above=0, wanted="a load alpha > 0")


def _patterns(n, alpha):
    return max(1, round(alpha * n))
