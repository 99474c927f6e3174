"""The lowest energy per spin of two glasses, extrapolated in size from ground states that are exact.

Cylinders of width L with bonds of +1 or -1, thousands of rows long, by a table of lowest energies
carried spin by spin. What the first 64 rows would have alone is subtracted, and with it the two
open ends: what is left is the energy per spin of a cylinder without end. A wall along it costs a few
bonds in every L rows, of L^2 spins, so that the energy should differ from that of the plane by a
multiple of L^-2. Odd and even widths have different multiples, since a ring of odd length has an odd
number of bonds, but one limit in common:

    e(L) = e + a_even L^-2   or   e + a_odd L^-2

The number of frustrated squares varies from one cylinder to the next, and with it the energy. The
mean of this number is known, half of all squares, and a regression on it takes away that part of the noise.

Glasses of Sherrington and Kirkpatrick of up to 24 spins, by a list of all states: e(n) = e + a n^-2/3
[boettcher2005].
"""

from typing import NamedTuple

import numpy as np
from scipy.stats import chi2

from ebm import exact, ising
from ebm.diagnostics import Estimate
from ebm.experiments._fits import chosen, over, power
from ebm.experiments._glasses import sk

SEED = 1996
WIDTHS = [6, 7, 8, 9, 10, 11, 12, 13]
_HEAD = 64  # rows that are subtracted
ROWS = 2048
_CYLINDERS = {6: 40, 7: 40, 8: 40, 9: 32, 10: 32, 11: 16, 12: 8, 13: 4}  # in a task, and of those
_TASKS = {6: 12, 7: 12, 8: 12, 9: 12, 10: 12, 11: 18, 12: 24, 13: 24}  # so many
SIZES = [12, 16, 20, 24]
_GLASSES = {12: 1000, 16: 1000, 20: 400, 24: 100}  # in a task
_PARISI = -0.7632  # [crisanti2002]


def tasks(size):
    """Cylinders of each width; glasses of each size."""
    quick = size == "quick"
    cylinders = [
        {"what": "cylinder", "L": L, "count": 6 if quick else _CYLINDERS[L], "batch": batch}
        for L in WIDTHS
        for batch in range(1 if quick else _TASKS[L])
    ]
    return cylinders + [
        {"what": "SK", "n": n, "count": 60 if quick else _GLASSES[n], "batch": batch}
        for n in SIZES
        for batch in range(1 if quick else 20)
    ]


def measure(task, *, rng):
    """For each cylinder [energy per spin, excess of frustrated squares]; for each glass its energy per spin."""
    if task["what"] == "cylinder":
        return [cylinder(ROWS, task["L"], rng=rng) for _ in range(task["count"])]
    return [sk(task["n"], rng=rng)[1] / task["n"] for _ in range(task["count"])]


def cylinder(rows, L, *, rng):
    """The lowest energy per spin of a cylinder, less that of its first rows, and its excess of frustrated squares.

    Parameters
    ----------
    rows, L : int
        Length and circumference.
    rng : numpy.random.Generator

    Returns
    -------
    [float, float]
        The excess is the share of squares whose four bonds have a negative product, less 1/2.
    """
    glass = ising.spin_glass((rows, L), rng=rng, periodic=(False, True))
    right, down = glass.right[:_HEAD].copy(), glass.down[:_HEAD].copy()
    down[-1] = 0
    head = exact.lattice_ground_state(ising.SpinGlass(right, down)).energy
    energy = exact.lattice_ground_state(glass).energy - head
    rest = slice(_HEAD - 1, -1)  # the squares that the head has not
    squares = (
        glass.right[rest] * glass.right[_HEAD:] * glass.down[rest] * np.roll(glass.down[rest], -1, axis=1)
    )
    return [float(energy / (L * (rows - _HEAD))), float((squares < 0).mean() - 0.5)]


def summarise(found):
    """The limits of both models, the points they are drawn from, and what other choices would have given."""
    cylinders = {L: np.concatenate(chosen(found, what="cylinder", L=L)) for L in WIDTHS}
    lattice = limit(cylinders)
    choices = {"all": WIDTHS, "8 and wider": WIDTHS[2:], "even": WIDTHS[::2], "odd": WIDTHS[1::2]}
    fits = {name: limit({L: cylinders[L] for L in widths}) for name, widths in choices.items()}
    glasses = [over(np.concatenate(chosen(found, what="SK", n=n))) for n in SIZES]
    sk_limit, slope, p = sk_line(glasses)
    above = [Estimate(e.value - _PARISI, e.error) for e in glasses]
    decay = power(SIZES, above).exponent
    return {
        "lattice": lattice.limit,
        "lattice_misfit": Estimate(lattice.p, 0.0),
        "even": Estimate(*lattice.slopes[0]),
        "odd": Estimate(*lattice.slopes[1]),
        "sk": sk_limit,
        "sk_misfit": Estimate(p, 0.0),
        "sk_slope": slope,
        "sk_exponent": Estimate(-decay.value, decay.error),
        "widths": [{"L": L, "e": e.value, "error": e.error} for L, e in lattice.points.items()],
        "fits": [
            {"widths": name, "e": fit.limit.value, "error": fit.limit.error, "p": fit.p}
            for name, fit in fits.items()
        ],
        "sizes": [{"n": n, "e": e.value, "error": e.error} for n, e in zip(SIZES, glasses, strict=True)],
    }


class Limit(NamedTuple):
    """What cylinders say of the plane.

    limit : Estimate
    slopes : two Estimates, a_even and a_odd; (nan, nan) for a parity without cylinders
    points : dict of Estimate, the energy of each width at the mean number of frustrated squares
    p : float, chance of a misfit as large or larger if the law is right
    """

    limit: Estimate
    slopes: list
    points: dict
    p: float


def limit(cylinders):
    """Fit e + a L^-2 + c (excess of frustrated squares), with a and c for even and for odd L.

    Least squares over single cylinders, weighted by their spins; the errors are from the residuals,
    which need not have the same size for all widths.

    Parameters
    ----------
    cylinders : dict of (count, 2) array
        What `cylinder` gave, for each width.

    Returns
    -------
    Limit
    """
    parities = [parity for parity in (0, 1) if any(L % 2 == parity for L in cylinders)]
    rows, e, weight, widths = [], [], [], []
    for L, found in cylinders.items():
        here = np.array([L % 2 == parity for parity in parities], dtype=float)
        rows += [[1.0, *(here / L**2), *(here * excess)] for excess in np.asarray(found)[:, 1]]
        e += list(np.asarray(found)[:, 0])
        weight += [np.sqrt(L)] * len(found)
        widths += [L] * len(found)
    weight, widths = np.array(weight), np.array(widths)
    X, y = np.array(rows) * weight[:, None], np.array(e) * weight
    inverse = np.linalg.inv(X.T @ X)
    fit = inverse @ X.T @ y
    residuals = (y - X @ fit) * np.sqrt(len(y) / (len(y) - len(fit)))
    errors = np.sqrt(np.diag(inverse @ (X.T * residuals**2) @ X @ inverse))
    slopes = {parity: Estimate(fit[1 + k], errors[1 + k]) for k, parity in enumerate(parities)}
    points, misfit = {}, 0.0
    for L in cylinders:
        off = over((residuals / weight)[widths == L])
        points[L] = Estimate(fit[0] + slopes[L % 2].value / L**2 + off.value, off.error)
        misfit += (off.value / off.error) ** 2
    freedom = len(cylinders) - 1 - len(parities)
    p = float(chi2.sf(misfit, freedom)) if freedom > 0 else np.nan
    return Limit(
        Estimate(fit[0], errors[0]), [slopes.get(k, Estimate(np.nan, np.nan)) for k in (0, 1)], points, p
    )


def sk_line(energies):
    """A straight line through e(n) against n^-2/3: its value at 0, its slope, the chance of a larger misfit."""
    values, errors = np.array(energies).T
    x = np.array(SIZES) ** (-2 / 3)
    (slope, e), covariance = np.polyfit(x, values, 1, w=1 / errors, cov="unscaled")
    misfit = (((values - e - slope * x) / errors) ** 2).sum()
    error = np.sqrt(np.diag(covariance))
    p = float(chi2.sf(misfit, len(SIZES) - 2))
    return Estimate(float(e), float(error[1])), Estimate(float(slope), float(error[0])), p
