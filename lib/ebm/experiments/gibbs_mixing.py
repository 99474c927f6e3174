"""How well a Gibbs chain of four units knows its sixteen states, and how long it stays where it is.

Two networks: the one of the view `distribution`, and the same without its bias, which has two
equally deep valleys with a pass of height 2 between them. Everything that is measured is also known,
from the 16 x 16 matrix of the chain: with p its stationary vector and G = (1 - M + 1 p)^-1,

    variance of the share of state k after N steps = p_k (2 G_kk - 1 - p_k) / N   [sokal1997]

so that the distance of the shares from p is expected to be 1/2 sum of sqrt(2 variance / pi).
"""

import numpy as np

from ebm import exact
from ebm.diagnostics import Estimate, integrated_time
from ebm.hopfield import Hopfield, sample

SEED = 1984
W = [[0, 0.75, -0.25, 0], [0.75, 0, 0, -0.25], [-0.25, 0, 0, 0.75], [0, -0.25, 0.75, 0]]
MODEL = Hopfield(W, [0.25, 0, 0, 0])
VALLEYS = Hopfield(W)
LENGTHS = [1000, 3000, 10_000, 30_000, 100_000, 300_000]
_CHAINS = 5  # in a task
_COLD = [0.5, 0.4, 0.35, 0.3]
_SWEEPS = 500_000


def tasks(size):
    """Distances at T = 1, five chains a task; autocorrelation times in the cold."""
    quick = size == "quick"
    distances = [{"what": "distance", "batch": batch} for batch in range(4 if quick else 200)]
    return distances + [
        {"what": "time", "T": T, "run": run} for T in _COLD for run in range(2 if quick else 20)
    ]


def measure(task, *, rng):
    """Distances of five chains at each length; or the autocorrelation time of the first unit, in sweeps."""
    if task["what"] == "distance":
        return [distances(MODEL, 1.0, LENGTHS, rng=rng).tolist() for _ in range(_CHAINS)]
    s = sample(VALLEYS, [1, 1, -1, -1], task["T"], rng=rng, sweeps=_SWEEPS)
    return integrated_time(s[:, 0].astype(float)).tau


def distances(model, T, lengths, *, rng):
    """Total variation between p and the shares of the states after each sweep, of a chain from a random start.

    Parameters
    ----------
    model : Hopfield
    T : float
    lengths : list of int
        Sweeps after which to look, rising.
    rng : numpy.random.Generator

    Returns
    -------
    (len(lengths),) float64 array
    """
    p = exact.boltzmann(model, T).p
    start = 2 * rng.integers(2, size=model.n) - 1
    at = (sample(model, start, T, rng=rng, sweeps=lengths[-1]) > 0) @ (1 << np.arange(model.n))
    pieces = np.split(at, lengths[:-1])
    counts = np.cumsum([np.bincount(piece, minlength=len(p)) for piece in pieces], axis=0)
    return 0.5 * np.abs(counts / np.array(lengths)[:, None] - p).sum(axis=1)


def matrix(model, T):
    """M[k, l]: the probability that one heat-bath update takes state k to state l.

    Parameters
    ----------
    model : Hopfield
    T : float

    Returns
    -------
    (2^n, 2^n) float64 array
        In the order of `exact.states`; its rows sum to 1.
    """
    states = exact.states(model.n)
    on = 1 / (1 + np.exp(-2 * (states @ model.W + model.b) / T)) / model.n
    M = np.zeros((len(states), len(states)))
    for k in range(len(states)):
        for i in range(model.n):
            M[k, k | (1 << i)] += on[k, i]
            M[k, k & ~(1 << i)] += 1 / model.n - on[k, i]
    return M


def memory(M, p):
    """G = (1 - M + 1 p)^-1: the sum over all times of what a state still says about its future."""
    return np.linalg.inv(np.eye(len(p)) - M + np.outer(np.ones(len(p)), p))


def expected_distance(M, p):
    """The distance to expect after N steps of the chain M, times sqrt(N), for large N."""
    variance = p * (2 * np.diag(memory(M, p)) - 1 - p)
    return float(0.5 * np.sqrt(2 * variance / np.pi).sum())


def exact_time(M, p, f):
    """The integrated autocorrelation time of f(state), in steps of the chain M."""
    f = f - p @ f
    return float((p * f) @ memory(M, p) @ f / (p @ f**2) - 0.5)


def relaxation_time(M):
    """1 / (1 - second largest eigenvalue), in steps of the chain M."""
    return float(1 / (1 - np.sort(np.linalg.eigvals(M).real)[-2]))


def summarise(found):
    """Slope and height of the distances; the times against exact ones; the exact slope of the latter."""
    curves = np.array([chain for task, result in found if task["what"] == "distance" for chain in result])
    x = np.log(LENGTHS)
    slopes = np.log(curves) @ (x - x.mean()) / ((x - x.mean()) ** 2).sum()
    M, p = np.linalg.matrix_power(matrix(MODEL, 1.0), MODEL.n), exact.boltzmann(MODEL, 1.0).p
    height = curves[:, -1] * np.sqrt(LENGTHS[-1]) / expected_distance(M, p)
    alone = 0.5 * np.sqrt(2 * p * (1 - p) / np.pi).sum()
    times = [_time_row(T, [r for task, r in found if task.get("T") == T]) for T in _COLD]
    ratios = np.array([(row["tau"] / row["exact"], row["error"] / row["exact"]) for row in times])
    cold = [np.log(relaxation_time(matrix(VALLEYS, T))) for T in (0.1, 0.125)]
    return {
        "slope": _mean(slopes),
        "height": _mean(height),
        "expected_height": Estimate(expected_distance(M, p), 0),
        "independent_height": Estimate(alone, 0),
        "time_ratio": Estimate(ratios[:, 0].mean(), np.sqrt((ratios[:, 1] ** 2).sum()) / len(ratios)),
        "barrier": Estimate((cold[0] - cold[1]) / (1 / 0.1 - 1 / 0.125), 0),
        "distances": [
            {"sweeps": N, "mean": float(column.mean()), "error": _mean(column).error}
            for N, column in zip(LENGTHS, curves.T, strict=True)
        ],
        "times": times,
    }


def _time_row(T, taus):
    """Measured and exact time of the first unit at T, in sweeps."""
    M, p = np.linalg.matrix_power(matrix(VALLEYS, T), VALLEYS.n), exact.boltzmann(VALLEYS, T).p
    tau = _mean(np.array(taus))
    known = exact_time(M, p, exact.states(VALLEYS.n)[:, 0].astype(float))
    return {"T": T, "tau": tau.value, "error": tau.error, "exact": known}


def _mean(values):
    return Estimate(float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values))))
