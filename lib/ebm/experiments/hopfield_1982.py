"""The simulations of Hopfield's paper of 1982: what becomes of memories in networks of 30 and 100 units.

His units are 0 or 1 with the threshold 0, and follow sum_j W_ij V_j. With V = (1 + s) / 2 that is a
network of -1 and +1 with the bias b_i = sum_j W_ij, which carries as much noise as the other
patterns do: "the information storage can be increased by a factor of 2" with -1 and +1 and no
bias, he adds [hopfield1982]. Both kinds are measured here.
"""

import numpy as np

from ebm.diagnostics import Estimate
from ebm.hopfield import Hopfield, descend, hebb, overlap

SEED = 1982
_UNITS = {"0 and 1": "", "-1 and +1": "_spins"}  # and what the names of their values end in
_NETWORKS = 100  # in a task


def tasks(size):
    """Networks of 100 units with 5, 10 and 15 memories, and of 30 units with 5; of both kinds."""
    return [
        {"what": what, "units": units, "n": n, "P": P, "batch": batch}
        for units in _UNITS
        for what, n, P in [("kept", 100, 5), ("kept", 100, 10), ("kept", 100, 15), ("found", 30, 5)]
        for batch in range(2 if size == "quick" else 20)
    ]


def measure(task, *, rng):
    """For each network: errors of each memory after descent, or ends of random starts."""
    networks = [random_network(task["n"], task["P"], task["units"], rng=rng) for _ in range(_NETWORKS)]
    if task["what"] == "kept":
        return [errors(*network, rng=rng) for network in networks]
    return [ends(*network, starts=50, rng=rng) for network in networks]


def random_network(n, P, units, *, rng):
    """Random patterns, and the network that stores them by Hebb's rule.

    Parameters
    ----------
    n, P : int
        Units and patterns.
    units : {"0 and 1", "-1 and +1"}
        What the patterns are for: units that count only where they are on, or all.
    rng : numpy.random.Generator

    Returns
    -------
    model : ebm.hopfield.Hopfield
    patterns : (P, n) int8 array of +1 and -1
    """
    patterns = 2 * rng.integers(0, 2, size=(P, n), dtype=np.int8) - 1
    W = hebb(patterns).W
    return Hopfield(W, W.sum(axis=1) if units == "0 and 1" else None), patterns


def errors(model, patterns, *, rng):
    """Wrong units after a descent from each pattern: a list of P ints."""
    return [int((descend(model, xi, rng=rng).s != xi).sum()) for xi in patterns]


def ends(model, patterns, *, starts, rng):
    """Shares of random starts that end in a pattern or its inverse, and within 3 units of one but not in it.

    Returns
    -------
    list of two floats
    """
    n = patterns.shape[1]
    finals = [
        descend(model, 2 * rng.integers(0, 2, size=n, dtype=np.int8) - 1, rng=rng).s for _ in range(starts)
    ]
    wrong = np.array([n * (1 - np.abs(overlap(patterns, s)).max()) / 2 for s in finals]).round()
    return [float(np.mean(wrong == 0)), float(np.mean((wrong > 0) & (wrong <= 3)))]


def summarise(found):
    """Shares with standard errors over networks, and how often each number of errors occurs."""
    model, _ = random_network(30, 5, "-1 and +1", rng=np.random.default_rng(SEED))
    values = {"weights": Estimate(np.count_nonzero(np.triu(np.ones_like(model.W), 1)), 0)}
    table = []
    for units, end in _UNITS.items():
        for P in (5, 10, 15):
            wrong = np.array(_networks(found, what="kept", units=units, P=P))
            values[f"exact_{P}{end}"] = _share(wrong == 0)
            values[f"below_5_{P}{end}"] = _share(wrong < 5)
            counts = np.bincount(wrong.ravel(), minlength=101) / wrong.size
            table += [
                {"units": units, "P": P, "errors": k, "share": share}
                for k, share in enumerate(counts)
                if share
            ]
        finals = np.array(_networks(found, what="found", units=units))
        values[f"in_a_memory{end}"], values[f"near_a_memory{end}"] = (
            _share(finals[:, :1]),
            _share(finals[:, 1:]),
        )
    return values | {"errors": table}


def _networks(found, **wanted):
    """What was measured in each network, of the tasks that have these properties."""
    return [network for task, result in found if wanted.items() <= task.items() for network in result]


def _share(yes):
    """Mean with standard error over networks; the memories of one network depend on each other."""
    means = np.mean(yes, axis=1)
    return Estimate(means.mean(), means.std(ddof=1) / np.sqrt(len(means)))
