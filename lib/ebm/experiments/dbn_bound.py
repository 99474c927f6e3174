"""What a second layer does for the likelihood: the variational bound of greedy training, by listing everything.

A first machine learns the bars and stripes of 3 x 3 units, by its exact gradient. A second machine
stands on the features of the first, drawn 100 times for each picture, and learns them by its exact
gradient too. It starts either as the first one upside down, as [hinton2006] proves it should, or with
small random weights. At both ends and on the way we list all states of the features, for

    log p(v) = log sum_h p(v | h) p(h)   and   the bound   sum_h q(h | v) log(p(v | h) p(h) / q(h | v)),

means over the pictures, in nats. Listed, both are exact.
"""

import numpy as np
from scipy.special import log_expit, logsumexp

from ebm import data, dbn, rbm
from ebm.diagnostics import Estimate
from ebm.experiments._fits import chosen, over
from ebm.rbm import RBM

SEED = 2006
HIDDEN = 6
STEPS, RATE = 600, 0.5  # for each machine
EVERY = 60
COPIES = 100  # draws of the features of each picture


def tasks(size):
    """Networks from either start."""
    runs = 4 if size == "quick" else 20
    return [{"start": start, "run": run} for start in ("transposed", "small") for run in range(runs)]


def measure(task, *, rng):
    """log-likelihood of the first machine alone; then log p and the bound of the network as the second learns."""
    pictures = data.bars_and_stripes(3)
    first = learned(rbm.initial(9, HIDDEN, rng=rng, scale=0.1, dtype=np.float64), pictures, STEPS)
    seen = (
        rng.random((COPIES * len(pictures), HIDDEN)) < np.tile(rbm.p_h(first, pictures), (COPIES, 1))
    ).astype(np.int8)
    if task["start"] == "transposed":
        second = rbm.transposed(first)
    else:
        second = rbm.initial(HIDDEN, 9, rng=rng, data=seen, scale=0.1, dtype=np.float64)
    curve = []
    for step in range(0, STEPS + 1, EVERY):
        log_p, bound = listed(dbn.stack([first, second]), pictures)
        curve.append({"step": step, "log_p": float(log_p.mean()), "bound": float(bound.mean())})
        second = learned(second, seen, EVERY)
    return {"first": float(np.mean(rbm.log_likelihood(first, pictures))), "curve": curve}


def learned(machine, v, steps):
    """The machine after so many steps up its exact gradient of the log-likelihood."""
    for _ in range(steps):
        slope = rbm.gradient(machine, v)
        parts = zip((machine.W, machine.b_v, machine.b_h), (slope.W, slope.b_v, slope.b_h), strict=True)
        machine = RBM(*(part + RATE * up for part, up in parts))
    return machine


def listed(model, v):
    """log p(v) and its bound for a network of one directed layer below the memory, by listing its features.

    Parameters
    ----------
    model : DBN
        Of two machines, at most 20 features, without labels.
    v : (batch, n_v) array of 0 and 1

    Returns
    -------
    log_p, bound : (batch,) arrays
    """
    (layer,), h = model.layers, rbm.states(model.top.n_v)
    down = log_chance(h @ layer.W_down.T + layer.b_down, v)
    log_q = log_chance(v @ layer.W_up + layer.b_up, h).T
    joint = down + rbm.log_likelihood(model.top, h)
    return logsumexp(joint, axis=1), (np.exp(log_q) * (joint - log_q)).sum(axis=1)


def log_chance(field, s):
    """log of the chance of states s of units with these fields: a row for each state, a column for each field."""
    return s @ log_expit(field).T + (1 - s) @ log_expit(-field).T


def summarise(found):
    """Start: largest distance of the bound from the first machine; the least gap; gains; and the mean curves."""
    runs = {start: chosen(found, start=start) for start in ("transposed", "small")}
    first, small = runs["transposed"], runs["small"]
    gaps = [row["log_p"] - row["bound"] for _, result in found for row in result["curve"]]
    gain = {
        (start, key): np.array([run["curve"][-1][key] - run["first"] for run in results])
        for start, results in runs.items()
        for key in ("bound", "log_p")
    }
    return {
        "start": Estimate(max(abs(run["curve"][0]["bound"] - run["first"]) for run in first), 0),
        "gap": Estimate(min(gaps), 0),
        "bound_gain": Estimate(gain["transposed", "bound"].min(), 0),
        "likelihood_gain": Estimate(gain["transposed", "log_p"].min(), 0),
        "mean_gain": over(gain["transposed", "log_p"]),
        "small_start": over([run["curve"][0]["bound"] - run["first"] for run in small]),
        "small_gain": over(gain["small", "bound"]),
        "small_likelihood_gain": over(gain["small", "log_p"]),
        "curves": [
            {"start": start, "step": row[0]["step"], **means(row, results)}
            for start, results in runs.items()
            for row in zip(*(run["curve"] for run in results), strict=True)
        ],
    }


def means(rows, results):
    """Means over runs of what has been gained on the first machine, with their standard errors."""
    gained = {
        key: over([row[key] - run["first"] for row, run in zip(rows, results, strict=True)])
        for key in ("log_p", "bound")
    }
    return {key: value.value for key, value in gained.items()} | {
        f"{key}_error": value.error for key, value in gained.items()
    }
