"""One thread against two, for the kernels that share their work among numba's threads: `make bench` runs this.

    python benchmarks/threads.py

Interleaved rounds in one process; both must leave the same states. A JSON line a workload: benchmarks/threads.jsonl.
"""

import json
import sys
import time
from pathlib import Path

import numba
import numpy as np
from compare import machine

from ebm import boltzmann, ising
from ebm.boltzmann import Boltzmann

RESULTS = Path(__file__).resolve().parent / "threads.jsonl"
ROUNDS, THREADS = 9, 2


def rng():
    return np.random.default_rng(0)


def lattices():
    """256 lattices of side 64, in four groups of 64."""
    model, s = ising.Ising((64, 64)), np.ones((256, 64, 64), dtype=np.int8)
    settings = {"sweeps": 400, "every": 400, "order": "checkerboard", "method": "multispin"}
    return lambda: next(iter(ising.metropolis(model, s, 2.4, rng=rng(), **settings))).s


def chains():
    """512 chains of 24 units, in eight blocks of 64 lanes."""
    W = np.triu(rng().normal(size=(24, 24)), 1) / 5
    model = Boltzmann(W + W.T)
    s = boltzmann.random_states(model, 512, rng=rng())
    return lambda: boltzmann.gibbs(model, s, rng=rng(), sweeps=400, order="sequential")


WORKLOADS = {
    "Ising, 256 lattices of side 64": lattices,
    "heat bath, 512 chains of 24 units": chains,
}


def measured(name, call):
    numba.set_num_threads(THREADS)
    first, seconds = call(), {1: [], THREADS: []}
    for _ in range(ROUNDS):
        for threads in seconds:
            numba.set_num_threads(threads)
            start = time.perf_counter()
            found = call()
            seconds[threads].append(time.perf_counter() - start)
            if (found != first).any():
                sys.exit(f"{name}: other states with {threads} threads")
    ratio = np.divide(seconds[1], seconds[THREADS])
    low, median, high = np.quantile(ratio, [0.25, 0.5, 0.75])
    return {"workload": name, "threads": THREADS, "speedup": median, "low": low, "high": high,
            "seconds": {str(key): float(np.median(took)) for key, took in seconds.items()}}  # fmt: skip


def main():
    if numba.config.NUMBA_NUM_THREADS < THREADS:
        sys.exit(f"numba may use {numba.config.NUMBA_NUM_THREADS} thread; wanted {THREADS}")
    lines = [{"machine": machine()}]
    for name, make in WORKLOADS.items():
        lines.append(measured(name, make()))
        print(json.dumps(lines[-1]), flush=True)
    RESULTS.write_text("".join(json.dumps(line) + "\n" for line in lines))


if __name__ == "__main__":
    main()
