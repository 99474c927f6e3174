"""The critical point of the square lattice: where Binder's cumulants cross, and how m and chi grow with the side.

All runs are of Wolff's clusters. Fixed beforehand: T_c is the crossing of the two largest sides, by a
straight line through the differences; the exponents are the slopes of straight lines through
log <|m|> and log n <m^2> at the exact T_c, over sides from 16 on. The first correction to these
is of relative order L^(-7/4), below a hundredth at 16 [wu1976], and enters no fit.

The line through the differences turned out too stiff: at full size its misfit has a chance of 5e-11,
and the crossing it gives is off by a thousandth. So the polynomial is now of the lowest degree whose
misfit has a chance of 0.01 or more. What each degree gives is in the table "degrees".
"""

import numpy as np

from ebm import exact
from ebm.diagnostics import Estimate, crossing
from ebm.experiments._fits import chosen, jackknife, over, power
from ebm.ising import Ising, cold_start, wolff

SEED = 1981
_PLACES = (2.26, 2.265, 2.27, 2.275, 2.28)
# Sides, and clusters between samples: about one sweep.
_EVERY = {16: 2, 32: 2, 64: 3, 128: 3}
_RUNS = 8
_LIKELY = 0.01


def tasks(size):
    """Runs near T_c and at it, for each side."""
    sides, near, at = ((16, 32, 64), 500, 1000) if size == "quick" else ((16, 32, 64, 128), 2500, 10000)
    places = dict.fromkeys(_PLACES, near) | {exact.T_C: at}
    return [
        {"L": L, "T": T, "samples": samples, "run": k}
        for L in sides
        for T, samples in places.items()
        for k in range(_RUNS)
    ]


def measure(task, *, rng):
    """Means of |m|, m^2 and m^4 over a run of clusters; the first tenth is not counted."""
    model, every = Ising((task["L"], task["L"])), _EVERY[task["L"]]
    first = task["samples"] // 10
    clusters = every * (task["samples"] + first)
    run = wolff(model, cold_start(model), task["T"], rng=rng, clusters=clusters, every=every)
    m = np.abs([record.m for record in run])[first:]
    return [np.mean(m), np.mean(m**2), np.mean(m**4)]


def binder(means):
    """Binder's cumulant from the means of |m|, m^2 and m^4.

    Parameters
    ----------
    means : (3,) array

    Returns
    -------
    float

    Examples
    --------
    >>> round(binder([1.0, 1.0, 1.0]), 6), binder([0.0, 1.0, 3.0])
    (0.666667, 0.0)
    """
    return float(1 - means[2] / (3 * means[1] ** 2))


def crossings(first, second):
    """Where two curves cross, by polynomials of degree 1, 2, ... up to the first that fits.

    Parameters
    ----------
    first, second : sequences of Estimate
        Binder's cumulants at the temperatures of the experiment.

    Returns
    -------
    list of ebm.diagnostics.Crossing
        The last is the answer.
    """
    found = []
    for degree in (1, 2, 3):
        found.append(crossing(_PLACES, first, second, rng=np.random.default_rng(SEED), degree=degree))
        if found[-1].p >= _LIKELY:
            break
    return found


def summarise(found):
    """Crossings of neighbouring sides, both exponents, and the curves."""
    sides = sorted({task["L"] for task, _ in found})
    cumulants = {L: [jackknife(binder, chosen(found, L=L, T=T)) for T in _PLACES] for L in sides}
    pairs = {L: crossings(cumulants[L], cumulants[2 * L]) for L in sides[:-1]}
    degrees = [
        {"L": L, "degree": degree, "T": where.value, "error": where.error, "p": where.p}
        for L, tried in pairs.items()
        for degree, where in enumerate(tried, start=1)
    ]
    at = {L: np.array(chosen(found, L=L, T=exact.T_C)) for L in sides}
    m = [over(at[L][:, 0]) for L in sides]
    chi = [over(L**2 * at[L][:, 1]) for L in sides]
    beta, gamma = power(sides, m), power(sides, chi)
    return {
        "T_c": Estimate(degrees[-1]["T"], degrees[-1]["error"]),
        "beta_nu": Estimate(-beta.exponent.value, beta.exponent.error),
        "gamma_nu": gamma.exponent,
        "largest_error": Estimate(
            max(abs(fit.exponent.error / fit.exponent.value) for fit in (beta, gamma)), 0
        ),
        "degrees": degrees,
        "cumulants": [
            {"L": L, "T": T, "U": U.value, "error": U.error}
            for L in sides
            for T, U in zip(_PLACES, cumulants[L], strict=True)
        ],
        "at_T_c": [
            {"L": L, "m": one.value, "m_error": one.error, "chi": other.value, "chi_error": other.error}
            for L, one, other in zip(sides, m, chi, strict=True)
        ],
        "fits": [
            {"of": "m", "a": beta.a, "exponent": beta.exponent.value, "p": beta.p},
            {"of": "chi", "a": gamma.a, "exponent": gamma.exponent.value, "p": gamma.p},
        ],
    }
