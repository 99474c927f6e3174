"""Critical slowing down: how the memory of single flips and of Wolff's clusters grows with the side, at T_c.

tau is the integrated autocorrelation time in sweeps; a cluster of size c is c / n of a sweep. For
single flips it is that of m, whose mean is known to be 0; for clusters, which turn m all the
time, that of the energy. tau ~ L^z. Fixed before the full run: z of single flips is that of the heat bath,
over all its sides. It was to be that of Metropolis' rule until trial runs came out low: at small sides its
tau is not yet a power of L. It is run as well, and stands among the claims.
"""

import numpy as np

from ebm import exact, ising
from ebm.diagnostics import integrated_time
from ebm.experiments._fits import chosen, jackknife, over, power

SEED = 1953
_SIDES = {"heat bath": (8, 12, 16, 24, 32, 48), "Metropolis": (8, 16, 32), "Wolff": (16, 32, 64, 128)}
_QUICK = {"heat bath": (8, 16, 24), "Metropolis": (8, 16), "Wolff": (16, 32, 64)}
_RULES = {"heat bath": ising.heat_bath, "Metropolis": ising.metropolis}
# Records are a tenth of tau apart, as a first look found it: this times L^2.17.
_STEP = {"heat bath": 0.214, "Metropolis": 0.066}
_LAGS, _LATTICES, _GROUPS = 120, 64, 8


def tasks(size):
    """Runs of each kind, for each side."""
    quick = size == "quick"
    runs, records, clusters = (3, 1000, 4000) if quick else (8, 1250, 30000)
    single = [
        {"rule": rule, "L": L, "records": records, "run": k}
        for rule in _RULES
        for L in (_QUICK if quick else _SIDES)[rule]
        for k in range(runs)
    ]
    return single + [
        {"rule": "Wolff", "L": L, "clusters": clusters, "run": k}
        for L in (_QUICK if quick else _SIDES)["Wolff"]
        for k in range(8)
    ]


def measure(task, *, rng):
    """<m_0 m_t> of 64 lattices that start in equilibrium, in eight groups; or tau of one, in sweeps."""
    L, rule = task["L"], task["rule"]
    if rule == "Wolff":
        return cluster_time(L, task["clusters"], rng=rng)
    every = step(rule, L)
    steps = {"rng": rng, "sweeps": every * task["records"], "every": every, "order": "checkerboard"}
    run = _RULES[rule](ising.Ising((L, L)), equilibrium(L, rng=rng), exact.T_C, **steps)
    groups = np.split(ising.trace(run).m, _GROUPS, axis=1)
    return [autocovariance(m)[:_LAGS].tolist() for m in groups]


def step(rule, L):
    """Sweeps from one record to the next."""
    return max(1, round(_STEP[rule] * L**2.17))


def equilibrium(L, *, rng):
    """64 states at T_c, 20 clusters apart.

    Parameters
    ----------
    L : int
    rng : numpy.random.Generator

    Returns
    -------
    (64, L, L) int8 array
    """
    model = ising.Ising((L, L))
    run = ising.wolff(
        model, ising.cold_start(model), exact.T_C, rng=rng, clusters=20 * (_LATTICES + 10), every=20
    )
    return np.array([record.s for record in run][10:])


def autocovariance(m):
    """<m_0 m_t> of series whose mean is known to be 0, averaged over the series.

    Parameters
    ----------
    m : (records, series) array

    Returns
    -------
    (records,) float64 array

    Examples
    --------
    >>> autocovariance(np.array([[1.0], [-1.0], [1.0], [-1.0]])).round(12).tolist()
    [1.0, -1.0, 1.0, -1.0]
    """
    N = len(m)
    power = np.abs(np.fft.rfft(m, 2 * N, axis=0)) ** 2
    return np.fft.irfft(power, axis=0)[:N].mean(axis=1) / np.arange(N, 0, -1)


def single_time(covariance, every):
    """tau in sweeps, the sum cut at the first lag beyond 5 tau, as in `diagnostics.integrated_time`.

    Parameters
    ----------
    covariance : (lags,) array
    every : int
        Sweeps from one lag to the next.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If there are too few lags for that.

    Examples
    --------
    >>> round(single_time(np.exp(-np.arange(200) / 10), 3), 1)
    29.8
    """
    taus = np.cumsum(covariance / covariance[0]) - 0.5
    enough = np.arange(len(taus)) >= 5 * taus
    if not enough.any():
        raise ValueError(f"{len(taus)} lags are fewer than 5 tau")
    return float(every * taus[np.argmax(enough)])


def cluster_time(L, clusters, *, rng):
    """tau of the energy under Wolff's clusters, in sweeps.

    Parameters
    ----------
    L, clusters : int
        After a hundredth as many that are not counted.
    rng : numpy.random.Generator

    Returns
    -------
    float
    """
    model, first = ising.Ising((L, L)), clusters // 100
    run = ising.wolff(model, ising.cold_start(model), exact.T_C, rng=rng, clusters=clusters + first)
    found = np.array([(record.u, record.size) for record in run])[first:]
    return integrated_time(found[:, 0]).tau * found[:, 1].mean() / L**2


def summarise(found):
    """z of each rule, and tau for each side."""
    times = {rule: {} for rule in _SIDES}
    for rule, L in sorted({(task["rule"], task["L"]) for task, _ in found}):
        results = chosen(found, rule=rule, L=L)
        times[rule][L] = over(results) if rule == "Wolff" else _single(results, step(rule, L))
    fits = {rule: power(list(taus), list(taus.values())) for rule, taus in times.items()}
    return {
        "z_single": fits["heat bath"].exponent,
        "z_metropolis": fits["Metropolis"].exponent,
        "z_wolff": fits["Wolff"].exponent,
        "times": [
            {"rule": rule, "L": L, "tau": tau.value, "error": tau.error}
            for rule, taus in times.items()
            for L, tau in taus.items()
        ],
        "fits": [
            {"rule": rule, "a": fit.a, "z": fit.exponent.value, "p": fit.p} for rule, fit in fits.items()
        ],
    }


def _single(covariances, every):
    return jackknife(lambda mean: single_time(mean, every), np.concatenate(covariances))
