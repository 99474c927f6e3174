"""An experiment for the tests of the runner: it logs who does what, fails when told to, waits when told to."""

import os
import time
from pathlib import Path

import numpy as np

from ebm.diagnostics import Estimate

SEED = 7


def tasks(size):
    return [{"k": k, "log": os.environ["TOY_LOG"]} for k in range(4 if size == "quick" else 30)]


def measure(task, *, rng):
    log = Path(task["log"])
    with log.open("a") as file:
        file.write(f"{task['k']} {os.getpid()}\n")
    if log.with_suffix(".broken").exists() and task["k"] % 10 == 3:
        raise ValueError(f"{task['k']} is broken")
    while log.with_suffix(".hold").exists() and task["k"] == 5:
        time.sleep(0.01)
    A = rng.normal(size=(200, 200))
    return {"mean": A.mean(), "product": (A @ A).sum(), "digits": rng.integers(0, 10, size=3)}


def summarise(found):
    means = [result["mean"] for _, result in found]
    table = [{"k": task["k"], **result} for task, result in found]
    return {"mean": Estimate(np.mean(means), np.std(means, ddof=1) / len(means) ** 0.5), "all": table}
