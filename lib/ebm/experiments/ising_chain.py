"""The chain of spins: its energy and correlation length beside the transfer matrix, and no order at any length.

Spins are updated by the heat bath. At T = 2 the correlation length, 1.3 sites, comes from the
decay of <s_0 s_r> over r = 1 to 4. At T = 0.5 (27 sites) rings of growing length are turned by
Wolff's clusters, and the magnetisation of a ring of n is that of about n / 27 independent
pieces: it falls as n^(-1/2) [ising1925].
"""

import numpy as np

from ebm import exact
from ebm.diagnostics import Estimate
from ebm.experiments._fits import chosen, jackknife, over, power
from ebm.ising import Ising, heat_bath, random_start, wolff

SEED = 1925
_T, _N, _R = 2.0, 65536, (1, 2, 3, 4)
_COLD, _LENGTHS = 0.5, (256, 1024, 4096, 16384)
_CLUSTER = float(np.exp(2 / _COLD))  # spins in a cluster at that temperature, on average


def tasks(size):
    """Runs of one long ring at T = 2, and of rings of four lengths at T = 0.5."""
    runs, sweeps, samples = (8, 600, 60) if size == "quick" else (32, 4500, 1500)
    return [{"what": "decay", "sweeps": sweeps, "run": k} for k in range(runs)] + [
        {"what": "length", "n": n, "samples": samples, "run": k} for n in _LENGTHS for k in range(8)
    ]


def measure(task, *, rng):
    """Energy and <s_0 s_r>, or <m^2>: means over a run."""
    if task["what"] == "decay":
        return decay(_N, _T, task["sweeps"], rng=rng)
    return squared_magnetisation(task["n"], _COLD, task["samples"], rng=rng)


def decay(n, T, sweeps, *, rng):
    """Means of u, <s_0 s_1>, <s_0 s_2>, ... over a run of the heat bath.

    Parameters
    ----------
    n : int
        Spins on the ring, even.
    T : float
    sweeps : int
        After 50 that are not counted.
    rng : numpy.random.Generator

    Returns
    -------
    list of floats: u, then one for each of _R
    """
    model = Ising((n,))
    run = heat_bath(
        model, random_start(model, rng=rng), T, rng=rng, sweeps=sweeps + 50, order="checkerboard", every=2
    )
    found = [
        [record.u, *(np.count_nonzero(record.s == np.roll(record.s, -r)) * 2 / n - 1 for r in _R)]
        for record in run
        if record.sweep > 50
    ]
    return np.mean(found, axis=0).tolist()


def squared_magnetisation(n, T, samples, *, rng):
    """<m^2> of a ring: a sample after clusters enough to turn about every spin once.

    Parameters
    ----------
    n : int
    T : float
    samples : int
        After a tenth as many that are not counted.
    rng : numpy.random.Generator

    Returns
    -------
    float
    """
    model = Ising((n,))
    every = max(1, round(n / _CLUSTER))
    first = samples // 10
    run = wolff(
        model, random_start(model, rng=rng), T, rng=rng, clusters=every * (samples + first), every=every
    )
    return float(np.mean([record.m**2 for record in run][first:]))


def correlation_length(G):
    """xi from <s_0 s_r> ~ e^(-r/xi), r = 1, 2, 3, ...: a line through the logarithms, each weighted by its <s_0 s_r>.

    Parameters
    ----------
    G : sequence of floats > 0

    Returns
    -------
    float
        In sites.

    Examples
    --------
    >>> round(correlation_length(np.exp(-np.arange(1, 5) / 1.3)), 6)
    1.3
    """
    return float(-1 / np.polyfit(np.arange(1, len(G) + 1), np.log(G), 1, w=G)[0])


def summarise(found):
    """Energy, correlation length, and how the magnetisation falls with the length."""
    runs = np.array(chosen(found, what="decay"))
    decays = [
        {"r": r, "G": G.value, "error": G.error, "exact": exact.chain_correlation(r, _T)}
        for r, G in zip(_R, map(over, runs[:, 1:].T), strict=True)
    ]
    squares = {n: over(chosen(found, what="length", n=n)) for n in _LENGTHS}
    roots = {n: Estimate(m2.value**0.5, m2.error / (2 * m2.value**0.5)) for n, m2 in squares.items()}
    lengths = [{"n": n, "m": m.value, "error": m.error} for n, m in roots.items()]
    return {
        "energy": over(runs[:, 0]),
        "xi": jackknife(lambda means: correlation_length(means[1:]), runs),
        "exponent": power(list(roots), list(roots.values())).exponent,
        "decay": decays,
        "lengths": lengths,
    }
