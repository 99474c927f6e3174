"""One thread against two, for the kernels that share their work among numba's threads: `make bench` runs this.

    python benchmarks/threads.py

Interleaved rounds in one process; both must leave the same states. Beside it stands what the machine can give: how much
more two processes get done, which share nothing but its cores. A JSON line a workload: benchmarks/threads.jsonl.
"""

import functools
import json
import multiprocessing
import sys
import time
from pathlib import Path

import numba
import numpy as np
from compare import machine

from ebm import boltzmann, ising
from ebm.boltzmann import Boltzmann

RESULTS = Path(__file__).resolve().parent / "threads.jsonl"
ROUNDS, THREADS, CALLS = 9, 2, 20


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


@functools.cache
def call_of(name):
    """The workload of that name, made and compiled, on one thread."""
    numba.set_num_threads(1)
    call = WORKLOADS[name]()
    call()
    return call


def seconds_of(name):
    call = call_of(name)
    start = time.perf_counter()
    for _ in range(CALLS):
        call()
    return (time.perf_counter() - start) / CALLS


def bound(name, pool):
    """How many times as much two processes get done as one, of work that shares nothing: the median."""
    pool.map(call_of_in_each, [name] * THREADS, chunksize=1)
    found = []
    for _ in range(ROUNDS):
        alone = pool.apply(seconds_of, (name,))
        found.append(THREADS * alone / np.mean(pool.map(seconds_of, [name] * THREADS, chunksize=1)))
    return float(np.median(found))


def call_of_in_each(name):
    """Takes so long that each process of a pool gets one."""
    call_of(name)
    time.sleep(1)


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
    with multiprocessing.get_context("spawn").Pool(THREADS) as pool:
        for name, make in WORKLOADS.items():
            lines.append(measured(name, make()) | {"two processes": bound(name, pool)})
            print(json.dumps(lines[-1]), flush=True)
    RESULTS.write_text("".join(json.dumps(line) + "\n" for line in lines))


if __name__ == "__main__":
    main()
