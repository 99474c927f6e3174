"""Quench against anneal: how many of 200 runs end in a stored memory, and what Wilson's interval is worth.

The two networks of the view `annealing`, of 64 units each: eight orthogonal pictures, than which no
state lies lower, and five letters that resemble each other, where a blend lies lower than any of
them. A race is 200 runs from random starts; the first race gives the numbers of the text, all of
them together the shares that intervals should have covered.
"""

import numpy as np

from ebm import annealing, hopfield
from ebm.annealing import success
from ebm.diagnostics import Estimate
from ebm.experiments._fits import chosen, over
from ebm.widgets._annealing_networks import networks

SEED = 1983
METHODS = ("quench", "fixed T", "linear", "geometric", "logarithmic")
RUNS = 200
SWEEPS = {"pictures": 30, "letters": 100}  # before the last quench
_BATCHES = {("pictures", True): 40, ("pictures", False): 3, ("letters", True): 4, ("letters", False): 1}


def tasks(size):
    """Races of each method on each network; most of quenches, which are cheap, to judge the intervals."""
    quick = size == "quick"
    return [
        {"memories": memories, "method": method, "races": 4 if quick else 10, "batch": batch}
        for memories in SWEEPS
        for method in METHODS
        for batch in range(1 if quick else _BATCHES[memories, method == "quench"])
    ]


def measure(task, *, rng):
    """For each race: [runs that ended in a memory or its inverse, runs at the lowest energy, mean sweeps]."""
    network, sweeps = networks()[task["memories"]], SWEEPS[task["memories"]]
    return [race(network, task["method"], sweeps, rng=rng) for _ in range(task["races"])]


def race(network, method, sweeps, *, rng):
    """200 runs of one method from random starts, each with a quench at the end.

    Parameters
    ----------
    network : ebm.widgets._annealing_networks.Network
    method : str
        One of METHODS.
    sweeps : int
        Before the quench; a quench alone has none.
    rng : numpy.random.Generator

    Returns
    -------
    [int, int, float]
        Runs in a memory or its inverse, runs at the lowest energy, mean sweeps of a run with its quench.
    """
    model, s, planned = network.model, annealing.random_starts(network.model, RUNS, rng=rng), 0
    if method != "quench":
        T, planned = schedule(method, sweeps), sweeps
        *_, last = annealing.anneal(model, s, T, rng=rng)
        s = last.s
    ends = annealing.quench(model, s, rng=rng)
    found = (abs(hopfield.overlap(network.patterns, ends.s)) > 1 - 1e-9).any(axis=-1)
    deep = ends.energies < network.lowest + 1e-9
    return [int(found.sum()), int(deep.sum()), float(planned + ends.sweeps.mean())]


def schedule(method, sweeps):
    """The temperatures of a method, as the view has them at first: (sweeps,) float64 array."""
    return {
        "fixed T": np.full(sweeps, 0.2),
        "linear": annealing.linear(1.0, 0.1, sweeps),
        "geometric": annealing.geometric(1.0, 0.1, sweeps),
        "logarithmic": annealing.logarithmic(1.0, sweeps),
    }[method]


def summarise(found):
    """The first race of each method, with Wilson's intervals; the gain by annealing; what the intervals cover."""
    values, rows = {}, []
    for memories in SWEEPS:
        races = {m: np.concatenate(chosen(found, memories=memories, method=m)) for m in METHODS}
        rows += [_row(memories, method, races[method]) for method in METHODS]
        first = {method: races[method][0, 0] / RUNS for method in METHODS}
        values[f"quench_{memories}"] = _share(first["quench"])
        values[f"anneal_{memories}"] = _share(first["geometric"])
        errors = (values[f"{kind}_{memories}"].error for kind in ("quench", "anneal"))
        gain = first["geometric"] - first["quench"]
        values[f"gain_{memories}"] = Estimate(gain, float(np.hypot(*errors)))
        values[f"lowest_{memories}"] = _share(races["geometric"][0, 1] / RUNS)
    covered = np.concatenate([_covered(chosen(found, memories="pictures", method=m)) for m in METHODS])
    return values | {"coverage": Estimate(float(covered.mean()), _share_error(covered)), "races": rows}


def _share_error(covered):
    """Of a share near 1: as if two more had been in and two more out, so that it is not 0 if all are in."""
    k = len(covered)
    p = (covered.sum() + 2) / (k + 4)
    return float(np.sqrt(p * (1 - p) / k))


def _row(memories, method, races):
    share = success(np.arange(RUNS) < races[0, 0])
    everything = over(races[:, 0] / RUNS)
    return {
        "memories": memories,
        "method": method,
        "share": share.value,
        "low": share.low,
        "high": share.high,
        "lowest": float(races[0, 1] / RUNS),
        "sweeps": float(races[0, 2]),
        "all": everything.value,
        "all_error": everything.error,
    }


def _covered(batches):
    """For each race, whether its interval holds the share of all the other races."""
    hits = np.concatenate(batches)[:, 0]
    others = (hits.sum() - hits) / (RUNS * (len(hits) - 1))
    shares = [success(np.arange(RUNS) < one) for one in hits]
    return np.array([one.low <= p <= one.high for one, p in zip(shares, others, strict=True)], dtype=float)


def _share(p):
    return Estimate(float(p), float(np.sqrt(p * (1 - p) / RUNS)))
