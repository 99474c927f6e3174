"""How good a machine of digits is: log Z from below and from above, and beside the exact one where it can be listed.

Machines of 20 hidden units learn the 8 x 8 digits by CD-1, by CD-25 and with persistent chains. 2^20
states can be listed, so log Z is known, and annealed importance sampling is put to the test
[salakhutdinov2008], with chains that begin as fair coins, which is harder than at the means of the data;
so are the three ways of learning, by the likelihood of digits that were not shown
[tieleman2008]. With 500 hidden units nothing can be listed. There the chains that start without weights and
those that start in the machine's own states hold log Z between them [burda2015], as far as long Gibbs chains are
samples of the machine.
"""

import numpy as np

from ebm import ais, data, rbm
from ebm.diagnostics import Estimate
from ebm.experiments._fits import over

SEED = 2008
WAYS = ("CD-1", "CD-25", "PCD")
EPOCHS, RATE, BATCH = {20: 150, 500: 60}, 0.1, 20
STEPS = {20: (3, 10, 30, 100, 300, 1000, 3000), 500: (10, 30, 100, 300, 1000, 3000)}
CHAINS = 100
SWEEPS = 2000  # of Gibbs sampling, for states of a machine that cannot be listed


def tasks(size):
    """Machines, each with its own random start."""
    runs = 1 if size == "quick" else 10
    small = [{"n_h": 20, "way": way, "run": run} for way in WAYS for run in range(runs)]
    return small + [{"n_h": 500, "way": "PCD", "run": run} for run in range(1 if size == "quick" else 5)]


def measure(task, *, rng):
    """log Z from both sides with each number of steps, and exactly; the mean log-likelihood of the digits."""
    train, test = (data.binary(part.v) for part in data.digits())
    n_h = task["n_h"]
    model = learned(train, task["way"], n_h, rng=rng)
    exactly = rbm.log_Z(model) if n_h == 20 else None
    own = states_of(model, train, exactly is not None, rng=rng)
    rows = [
        {"steps": steps} | both(model, np.linspace(0, 1, steps + 1), own, rng=rng) for steps in STEPS[n_h]
    ]
    log_Z = rows[-1]["forward"] if exactly is None else exactly
    return {
        "exactly": exactly,
        "rows": rows,
        "train": float(rbm.log_likelihood(model, train, log_Z=log_Z).mean()),
        "test": float(rbm.log_likelihood(model, test, log_Z=log_Z).mean()),
    }


def learned(v, way, n_h, *, rng):
    """A machine that has learned the pictures in one of `WAYS`, the rate falling to 0."""
    start = rbm.initial(v.shape[1], n_h, rng=rng, data=v)
    epochs = EPOCHS[n_h]
    how = {"rng": rng, "epochs": epochs, "rate": np.linspace(RATE, 0, epochs, endpoint=False), "batch": BATCH}
    *_, last = rbm.pcd(start, v, **how) if way == "PCD" else rbm.cd(start, v, k=int(way[3:]), **how)
    return last.model


def states_of(model, v, listed, *, rng):
    """States of the machine: from its list, or the ends of Gibbs chains that began at examples."""
    if listed:
        return rbm.draw(model, CHAINS, rng=rng)
    return rbm.gibbs(model, v[rng.choice(len(v), CHAINS, replace=False)], rng=rng, sweeps=SWEEPS).v


def both(model, betas, own, *, rng):
    """Estimates of log Z by chains that start without weights, and by chains from the machine's own states."""
    below = ais.forward(model, betas, rng=rng, chains=CHAINS)
    above = ais.reverse(model, betas, own, rng=rng)
    return {"forward": below.log_Z, "reverse": above.log_Z}


def summarise(found):
    """Annealed minus exact log Z, of the way of learning where it is farthest; the gap at 500; likelihoods compared."""
    by = {
        (n_h, way): [r for task, r in found if (task["n_h"], task["way"]) == (n_h, way)]
        for n_h, way in [*((20, way) for way in WAYS), (500, "PCD")]
    }
    off = [_mean([r["rows"][-1]["forward"] - r["exactly"] for r in by[20, way]]) for way in WAYS]
    test = {way: _mean([r["test"] for r in by[20, way]]) for way in WAYS}
    return {
        "off_20": max(off, key=lambda estimate: abs(estimate.value)),
        "gap_500": _mean([r["rows"][-1]["reverse"] - r["rows"][-1]["forward"] for r in by[500, "PCD"]]),
        "cd25_above_cd1": _minus(test["CD-25"], test["CD-1"]),
        "pcd_above_cd1": _minus(test["PCD"], test["CD-1"]),
        "sandwich": [row for key, results in by.items() for row in _sandwich(*key, results)],
        "likelihood": [_likelihood(*key, results) for key, results in by.items()],
    }


def _mean(x):
    """With its standard error; 0 if there is one sample only."""
    return over(x) if len(x) > 1 else Estimate(float(x[0]), 0.0)


def _minus(one, other):
    return Estimate(one.value - other.value, float(np.hypot(one.error, other.error)))


def _sandwich(n_h, way, results):
    """Rows of both estimates, counted from the exact log Z, or from the middle of the last two."""
    for place, steps in enumerate(STEPS[n_h]):
        row = {"n_h": n_h, "way": way, "steps": steps}
        for side in ("forward", "reverse"):
            row[side], row[f"{side}_error"] = _mean([r["rows"][place][side] - _centre(r) for r in results])
        yield row


def _centre(result):
    last = result["rows"][-1]
    return (last["forward"] + last["reverse"]) / 2 if result["exactly"] is None else result["exactly"]


def _likelihood(n_h, way, results):
    row = {"n_h": n_h, "way": way}
    for part in ("train", "test"):
        row[part], row[f"{part}_error"] = _mean([r[part] for r in results])
    return row
