"""What becomes of the likelihood: CD-1, CD-10 and persistent chains on bars and stripes.

The 30 pictures of 4 x 4 units are learned by machines of 16 hidden units, all pictures in each step. Their
2^16 visible states can be listed, so the likelihood is exact; the error of reconstruction stands beside it.
The setting is that of [fischer2010].
"""

import numpy as np

from ebm import data, rbm
from ebm.diagnostics import Estimate
from ebm.experiments._fits import chosen, over

SEED = 2010
SIDE, HIDDEN = 4, 16
EPOCHS, RATE = 6000, 0.1
AT = tuple(np.unique(np.geomspace(1, EPOCHS, 40).astype(int)).tolist())
WAYS = ("CD-1", "CD-10", "PCD, constant rate", "PCD, falling rate")


def tasks(size):
    """Runs of each way."""
    runs = range(3 if size == "quick" else 25)
    return [{"way": way, "run": run} for way in WAYS for run in runs]


def measure(task, *, rng):
    """Mean log-likelihood in nats, and error of reconstruction, after each number of passes in `AT`."""
    v = data.bars_and_stripes(SIDE).astype(np.float32)
    model = rbm.initial(SIDE**2, HIDDEN, rng=rng)
    wanted = set(AT)
    return [
        {"epoch": e.epoch, "log_p": float(rbm.log_likelihood(e.model, v).mean()), "error": e.error}
        for e in learning(task["way"], model, v, rng=rng)
        if e.epoch in wanted
    ]


def learning(way, model, v, *, rng):
    """An iterator of `ebm.rbm.Epoch`, learning in one of the `WAYS`."""
    how = {"rng": rng, "epochs": EPOCHS, "batch": len(v)}
    if way.startswith("CD"):
        return rbm.cd(model, v, rate=RATE, k=int(way[3:]), **how)
    falling = np.linspace(RATE, 0, EPOCHS, endpoint=False)
    return rbm.pcd(model, v, rate=falling if "falling" in way else RATE, chains=100, **how)


def summarise(found):
    """By how much CD-1 falls and whether its error improves meanwhile; where the others end beside it; the curves."""
    runs = {way: chosen(found, way=way) for way in WAYS}
    log_p = {way: np.array([[row["log_p"] for row in run] for run in some]) for way, some in runs.items()}
    error = np.array([[row["error"] for row in run] for run in runs["CD-1"]])
    best = log_p["CD-1"].argmax(axis=1)
    last = {way: values[:, -1] for way, values in log_p.items()}
    return {
        "fall": over(log_p["CD-1"].max(axis=1) - last["CD-1"]),
        "improved": over((error[:, -1] < error[np.arange(len(error)), best]).astype(float)),
        "cd10_above_cd1": _difference(last["CD-10"], last["CD-1"]),
        "pcd_above_cd1": _difference(last["PCD, falling rate"], last["CD-1"]),
        "pcd_above_cd10": _difference(last["PCD, falling rate"], last["CD-10"]),
        "curves": [row for way in runs for row in _curve(way, runs[way], log_p[way])],
    }


def _difference(one, other):
    """Of the means of independent runs."""
    one, other = over(one), over(other)
    return Estimate(one.value - other.value, float(np.hypot(one.error, other.error)))


def _curve(way, runs, log_p):
    for place, epoch in enumerate(AT):
        mean, bar = over(log_p[:, place])
        row = {"way": way, "epoch": epoch, "log_p": mean, "log_p_error": bar}
        row["error"], row["error_error"] = over([run[place]["error"] for run in runs])
        yield row
