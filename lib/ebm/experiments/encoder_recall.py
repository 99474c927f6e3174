"""The 40-10-40 encoder, learned as in 1985, and what it costs to make it recall in haste [ackley1985].

Forty patterns, ten hidden units. One group of a learned machine is held at a pattern, and all else is
annealed from coin tosses; the recall is right if in the other group the right unit is on, and no other.

What is of the paper: units, links, annealing and the sign rule as for the smaller encoders, one annealing
of each pattern in each cycle and as many free ones; 98.6 percent right in the end, and more errors in
haste. Its text was not at hand for the rest, which is as we remember it, and may be wrong in a number:

    300 cycles     the groups alone, so that each learns to have one unit on
    500 cycles     with the hidden units and with noise: on to off 0.1, off to on 0.0025
    then           without noise
    recall         each temperature for twice as long as in learning, and down to half of the last one

Ours: steps of 1, and of 1/2 after the noise (in trials with steps of 2 the weights wander off, and fewer
recalls are right however slow they are); 200 cycles without noise; the temperatures of recall below 10.
"""

import numpy as np

from ebm import boltzmann, data
from ebm.boltzmann import Annealed, Boltzmann
from ebm.diagnostics import Estimate
from ebm.experiments.encoders import COOLING, T, codes, nearest

SEED = 4010
N, K = 40, 10
NOISE, COUNTED = (0.1, 0.0025), 10  # sweeps that are counted
ALONE, NOISY, QUIET = 300, 500, 200  # cycles
STEP, LAST_STEP = 1.0, 0.5
RECALL = (*COOLING, 8, 8, 6, 6, 5, 5, 5, 5, 5, 5)
SWEEPS = (5, 10, 20, 40, 80, 160, 320)  # of a recall; 40 are RECALL twice as slow
EACH = 10  # recalls of each pattern


def tasks(size):
    """Runs from other random numbers."""
    return [{"run": run} for run in range(20 if size == "full" else 1)]


def measure(task, *, rng):
    """The share of right recalls at each number of sweeps, with noise and after it; and how far codes are apart."""
    noisy, model = learned(N, K, (ALONE, NOISY, QUIET), rng=rng)
    return {
        "right": [right(model, sweeps, rng=rng) for sweeps in SWEEPS],
        "noisy": [right(noisy, sweeps, rng=rng) for sweeps in SWEEPS],
        "apart": nearest(codes(model, data.encoder(N))),
    }


def learned(n, k, cycles, *, rng):
    """The n-k-n encoder after so many cycles of the three kinds: when the noise ends, and at the end.

    Parameters
    ----------
    n, k : int
    cycles : (int, int, int)
    rng : numpy.random.Generator

    Returns
    -------
    noisy, model : ebm.boltzmann.Boltzmann
    """
    alone, noisy, quiet = cycles
    model = boltzmann.initial(2 * n, 0, rng=rng, links=_links(n), scale=0.0)
    model = joined(_after(alone, model, _links(n), STEP, NOISE, rng), k)
    first = _after(noisy, model, _links(n, k), STEP, NOISE, rng)
    return first, _after(quiet, first, _links(n, k), LAST_STEP, (0.0, 0.0), rng)


def _links(n, k=None):
    if k is None:
        return boltzmann.links([n, n], [(0, 0), (1, 1)])
    return boltzmann.links([n, n, k], [(0, 0), (1, 1), (0, 2), (1, 2)])


def _after(cycles, model, links, step, noise, rng):
    """The model after so many cycles: one annealing of each pattern in each, and as many free ones."""
    n = model.n_visible // 2
    phase = Annealed(COOLING, sweeps=COUNTED, chains=n)
    how = {"positive": phase, "negative": phase, "rule": "sign", "noise": noise, "links": links}
    *_, last = boltzmann.learn(model, data.encoder(n), steps=cycles, rate=step, T=T, rng=rng, **how)
    return last.model


def joined(model, k):
    """The machine with k hidden units more, which have no weights yet."""
    W = np.pad(model.W, (0, k))
    return Boltzmann(W, np.pad(model.b, (0, k)), model.n_visible)


def right(model, sweeps, *, rng, each=EACH):
    """The share of recalls that are right if a recall takes so many sweeps.

    Parameters
    ----------
    model : ebm.boltzmann.Boltzmann
    sweeps : int
    rng : numpy.random.Generator
    each : int, recalls of each pattern

    Returns
    -------
    float
    """
    n = model.n_visible // 2
    patterns = np.tile(data.encoder(n), (each, 1))
    *schedule, last = temperatures(sweeps)
    how = {"rng": rng, "sweeps": 1, "schedule": schedule}
    found = boltzmann.complete(model, patterns, np.repeat([1, 0], n), last, **how)
    return float((found == patterns).all(axis=1).mean())


def temperatures(sweeps):
    """`RECALL`, faster or slower: each of its temperatures for its share of the sweeps."""
    return np.array(RECALL, dtype=float)[np.arange(sweeps) * len(RECALL) // sweeps]


def summarise(found):
    """The share of right recalls for each number of sweeps: mean over the runs, with its standard error."""
    results = [result for _, result in found]
    quiet, noisy = (np.array([result[key] for result in results]) for key in ("right", "noisy"))
    values, rows = {}, []
    for k, sweeps in enumerate(SWEEPS):
        after, before = share(quiet[:, k]), share(noisy[:, k])
        values[f"right_{sweeps}"] = after
        rows.append({"sweeps": sweeps, "right": after.value, "error": after.error})
        rows[-1] |= {"noisy": before.value, "noisy_error": before.error}
    haste = share(quiet[:, SWEEPS.index(40)] - quiet[:, SWEEPS.index(20)])
    values |= {"haste": haste, "apart": Estimate(min(result["apart"] for result in results), 0)}
    return values | {"recall": rows}


def share(runs):
    """Mean over the runs with its standard error; with a single run, or none wrong, that of one recall more that is.

    A run is 400 recalls.
    """
    recalls = len(runs) * N * EACH
    likely = min(max(abs(float(np.mean(runs))), 1 / recalls), 1 - 1 / recalls)
    least = np.sqrt(likely * (1 - likely) / recalls)
    scatter = np.std(runs, ddof=1) / np.sqrt(len(runs)) if len(runs) > 1 else 0.0
    return Estimate(float(np.mean(runs)), float(max(least, scatter)))
