"""The encoders of 1985, learned as in 1985: annealed phases, noisy clamping, steps of fixed size [ackley1985].

Two groups of n visible units, of which one is on in each, and the same one in both. They meet only
in k hidden units, which have to find a code. A cycle of learning: each pattern is clamped twice, with
noise, and the hidden units are annealed; as many times the whole machine is annealed freely; each
weight then goes up or down by 2, by the sign of the difference of what was counted.

    temperatures   20 20 15 15 12 12 10 10 10 10, one sweep each, then 10 sweeps that are counted
    noise          a unit that should be on is off with probability 0.15, the reverse with 0.05

The code of a pattern is the likelier state of each hidden unit with the pattern clamped. A run is solved
in the first cycle in which the codes are as far apart as asked: in one bit or more, in two for 4-3-4.

One thing is ours: the weights of 8-3-8 decay, by 3 percent in each cycle (chosen in trials with other random
numbers). Steps of fixed size never shrink, so weights wander off, and a code that is not yet the right one
freezes; the same runs without decay ("plain") are measured beside them. The other encoders have none.
"""

import numpy as np

from ebm import boltzmann, data
from ebm.boltzmann import Annealed
from ebm.diagnostics import Estimate

SEED = 4242
T = 10.0
COOLING = (20, 20, 15, 15, 12, 12, 10, 10, 10, 10)
STEP, NOISE = 2.0, (0.15, 0.05)
# Patterns, hidden units, bits between codes, most cycles, decay per unit of STEP, runs (quick, full).
ENCODERS = {
    "4-2-4": (4, 2, 1, 10_000, 0.0, (25, 250)),
    "4-3-4": (4, 3, 2, 10_000, 0.0, (10, 200)),
    "8-3-8": (8, 3, 1, 4000, 0.015, (3, 20)),
    "8-3-8 plain": (8, 3, 1, 4000, 0.0, (1, 20)),
}


def tasks(size):
    """Runs of each encoder."""
    return [
        {"encoder": name, "run": run}
        for name, (*_, runs) in ENCODERS.items()
        for run in range(runs[size == "full"])
    ]


def measure(task, *, rng):
    """The cycle in which the run is solved, or None; and how many codes were different at best."""
    n, k, apart, cycles, decay, _ = ENCODERS[task["encoder"]]
    return dict(zip(("cycle", "codes"), solve(n, k, apart, cycles, decay, rng=rng), strict=True))


def solve(n, k, apart, cycles, decay, *, rng):
    """One run of the n-k-n encoder: (cycle in which the codes are apart, or None; most different codes before)."""
    patterns, most = data.encoder(n), 0
    for step in learning(n, k, cycles, decay, rng=rng):
        found = codes(step.model, patterns)
        most = max(most, len(np.unique(found, axis=0)))
        if nearest(found) >= apart:
            return step.step, most
    return None, most


def learning(n, k, cycles, decay=0.0, *, rng):
    """The cycles of 1985, from a machine without weights.

    Parameters
    ----------
    n, k, cycles : int
    decay : float
    rng : numpy.random.Generator

    Returns
    -------
    iterator of ebm.boltzmann.Step
    """
    links = boltzmann.links([n, n, k], [(0, 0), (1, 1), (0, 2), (1, 2)])
    start = boltzmann.initial(2 * n, k, rng=rng, links=links, scale=0.0)
    phase = Annealed(COOLING, sweeps=10, chains=2 * n)
    how = {"positive": phase, "negative": phase, "rule": "sign", "noise": NOISE, "links": links}
    return boltzmann.learn(start, data.encoder(n), steps=cycles, rate=STEP, T=T, decay=decay, rng=rng, **how)


def codes(model, patterns):
    """The likelier state of each hidden unit with each pattern held: (P, k) array of 0 and 1.

    The hidden units are not coupled, so each is on where its field is positive.
    """
    cut = model.n_visible
    return (patterns @ model.W[:cut, cut:] + model.b[cut:] > 0).astype(int)


def nearest(codes):
    """Bits in which the two nearest codes differ; 0 if two are the same."""
    apart = (codes[:, None] != codes[None]).sum(axis=-1)
    return int(apart[~np.eye(len(codes), dtype=bool)].min())


def summarise(found):
    """For each encoder: runs, the share solved, the median and the largest number of cycles; and all cycles."""
    values, rows, cycles = {}, [], []
    for name in ENCODERS:
        mine = [result for task, result in found if task["encoder"] == name]
        solved = np.sort([result["cycle"] for result in mine if result["cycle"]])
        key = name.replace(" ", "_")
        values[f"{key}_share"] = share(len(solved), len(mine))
        values[f"{key}_median"] = median(solved)
        values[f"{key}_codes"] = Estimate(min(result["codes"] for result in mine), 0)
        last = int(solved[-1]) if len(solved) else 0
        rows.append({"encoder": name, "runs": len(mine), "solved": len(solved), "longest": last})
        cycles += [{"encoder": name, "cycle": int(cycle)} for cycle in solved]
    return values | {"runs": rows, "cycles": cycles}


def share(solved, runs):
    """A share with its standard error, which is that of one more success and one more failure: never 0."""
    likely = (solved + 1) / (runs + 2)
    return Estimate(solved / runs, float(np.sqrt(likely * (1 - likely) / runs)))


def median(values):
    """Median with its standard error: half the distance of the order statistics sqrt(n)/2 places to either side."""
    if len(values) == 0:
        return Estimate(float("nan"), float("nan"))
    half = np.sqrt(len(values)) / 2
    places = np.clip([len(values) / 2 - half, len(values) / 2 + half], 0, len(values) - 1)
    low, high = np.interp(places, np.arange(len(values)), values)
    return Estimate(float(np.median(values)), float(high - low) / 2)
