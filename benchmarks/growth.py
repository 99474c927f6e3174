"""How time and memory grow with the size: `make bench` runs this after the comparison.

    python benchmarks/growth.py [numbers of workloads]

Sizes take turns in interleaved rounds on one thread; the exponent is the slope of log time against log size.
The peak is what tracemalloc counts during one call; beside it, the arrays that the method cannot do without.
One JSON line a workload goes to benchmarks/growth.jsonl.
"""

import os

if __name__ == "__main__":  # before NumPy loads
    os.environ |= {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")}

import json
import sys
import time
import tracemalloc
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from compare import machine

from ebm import ais, annealing, boltzmann, exact, hopfield, ising, rbm
from ebm.boltzmann import Boltzmann
from ebm.hopfield import Hopfield

RESULTS = Path(__file__).resolve().parent / "growth.jsonl"
ROUNDS, SECONDS = 7, 0.08


@dataclass(frozen=True)
class Workload:
    """What is measured.

    name, variable, law : str; `law` says why the exponent is expected
    sizes : at least four values of the variable
    setup : function of a size that returns the call to time, which does the same work each time
    expected : float, exponent of the time in the variable
    size : function, the variable of the fit for an entry of `sizes`
    bytes : function of a size, what the method must hold beyond its arguments
    """

    name: str
    variable: str
    sizes: tuple
    setup: object
    expected: float
    law: str
    bytes: object
    size: object = float


def rng():
    return np.random.default_rng(0)


def couplings(n):
    W = np.triu(rng().normal(size=(n, n)), 1) / np.sqrt(n)
    return W + W.T


def flips(L):
    model = ising.Ising((L, L))
    s = ising.random_start(model, rng=rng())
    return lambda: list(ising.metropolis(model, s, 2.4, rng=rng(), sweeps=4, every=4, method="plain"))


def clusters(L):
    model = ising.Ising((L, L))
    (warm,) = ising.wolff(
        model,
        ising.cold_start(model),
        exact.T_C,
        rng=rng(),
        clusters=40 * round(L**0.25),
        every=40 * round(L**0.25),
    )
    return lambda: list(ising.wolff(model, warm.s, exact.T_C, rng=rng(), clusters=200, every=200))


def enumeration(n):
    model = Hopfield(couplings(n))
    return lambda: exact.moments(model, 1.0)


def chains(n):
    model = Boltzmann(couplings(n))
    s = boltzmann.random_states(model, 64, rng=rng())
    return lambda: boltzmann.gibbs(model, s, rng=rng(), sweeps=4, order="sequential")


def recall(n):
    patterns = rng().choice(np.array([-1, 1], dtype=np.int8), size=(n // 10, n))
    cues = np.array([hopfield.corrupt(patterns[k % len(patterns)], 0.1, rng=rng()) for k in range(64)])
    return lambda: hopfield.recall(patterns, cues, rng=rng())


def machine_of(n):
    return rbm.initial(n, n, rng=rng(), scale=0.05)


def contrastive(n):
    model, data = machine_of(n), rng().integers(2, size=(400, n)).astype(np.int8)
    return lambda: list(rbm.cd(model, data, rng=rng(), epochs=1, rate=0.01, batch=100))


def importance(n):
    model = machine_of(n)
    return lambda: ais.forward(model, np.linspace(0, 1, 11), rng=rng(), chains=100)


def cooling(n):
    model = Hopfield(couplings(n))
    s = annealing.random_starts(model, 16, rng=rng())
    return lambda: list(annealing.anneal(model, s, np.full(4, 5.0), rng=rng(), every=4, method="plain"))


WORKLOADS = [
    Workload("Ising lattice, single flips", "sites", (128, 256, 512, 1024), flips, 1, "sweeps visit each site once",
             lambda L: 2 * L * L, lambda L: L * L),
    Workload("Wolff clusters at T_c", "side L", (32, 64, 128, 256), clusters, 1.75,
             "the mean cluster grows like the susceptibility, L^(7/4)", lambda L: 11 * L * L),
    Workload("Enumeration with pair moments", "states", (18, 20, 22, 24), enumeration, 1,
             "each state is a few products", lambda n: 3 * 8 * 2 ** (2 * n / 3), lambda n: 2.0**n),
    Workload("Heat bath, 64 chains, all coupled", "units n", (128, 256, 512, 1024), chains, 2,
             "n units, each with n terms", lambda n: 64 * n * 9),
    Workload("Hopfield recall, 64 cues, load 0.1", "units n", (1000, 1500, 2000, 3000), recall, 2,
             "n / 10 patterns of n units a cue", lambda n: 64 * n + 4 * n * n / 10),
    Workload("RBM, CD-1, 4 batches of 100", "units a layer", (256, 512, 1024, 1536), contrastive, 2,
             "products of a batch with n^2 weights", lambda n: 3 * 4 * n * n + 4 * 4 * 100 * n),
    Workload("AIS, 100 chains, 10 steps", "units a layer", (256, 512, 1024, 1536), importance, 2,
             "products of the chains with n^2 weights", lambda n: 4 * 4 * 100 * n),
    Workload("Annealing, 16 runs, T = 5", "units n", (128, 256, 512, 1024), cooling, 2,
             "nearly half of n visits flip, and a flip moves n fields", lambda n: 16 * n * 9),
]  # fmt: skip


def repeats(call):
    """How many calls make up a turn; the first one, which may compile, does not count."""
    call()
    start = time.perf_counter()
    call()
    return max(1, round(SECONDS / (time.perf_counter() - start)))


def timed(calls):
    """Median seconds a call of each size, and all rounds: (sizes, ROUNDS)."""
    counts = [repeats(call) for call in calls]
    seconds = np.empty((len(calls), ROUNDS))
    for turn in range(ROUNDS):
        for k, (call, count) in enumerate(zip(calls, counts, strict=True)):
            start = time.perf_counter()
            for _ in range(count):
                call()
            seconds[k, turn] = (time.perf_counter() - start) / count
    return np.median(seconds, axis=1)


def slope(sizes, values):
    """Exponent of a power law through the points, and its standard error from their distance to it."""
    x, y = np.log(sizes), np.log(values)
    x = x - x.mean()
    exponent = x @ y / (x @ x)
    rest = y - y.mean() - exponent * x
    return float(exponent), float(np.sqrt(rest @ rest / (len(x) - 2) / (x @ x)))


def peak(call):
    """Bytes at the highest point of one call."""
    tracemalloc.start()
    call()
    (_, highest), _ = tracemalloc.get_traced_memory(), tracemalloc.stop()
    return highest


def measured(workload):
    calls = [workload.setup(size) for size in workload.sizes]
    seconds, peaks = timed(calls), [peak(call) for call in calls]
    sizes = [workload.size(size) for size in workload.sizes]
    exponent, error = slope(sizes, seconds)
    return {
        "workload": workload.name,
        "variable": workload.variable,
        "sizes": sizes,
        "seconds": seconds.tolist(),
        "exponent": exponent,
        "error": error,
        "expected": workload.expected,
        "law": workload.law,
        "peak": peaks,
        "bytes": [workload.bytes(size) for size in workload.sizes],
    }


def main(numbers):
    """All workloads, or those of these numbers: the others keep their lines."""
    kept = [json.loads(text) for text in RESULTS.read_text().splitlines()[1:]] if RESULTS.exists() else []
    lines = {line["workload"]: line for line in kept if numbers}
    for number, workload in enumerate(WORKLOADS):
        if numbers and str(number) not in numbers:
            continue
        line = lines[workload.name] = measured(workload)
        print(
            f"{line['workload']:36} {line['exponent']:.2f} +- {line['error']:.2f}, expected {line['expected']}"
            f"; {line['peak'][-1] / 1e6:.2f} MB, at least {line['bytes'][-1] / 1e6:.2f}",
            flush=True,
        )
    in_order = [lines[workload.name] for workload in WORKLOADS if workload.name in lines]
    RESULTS.write_text("".join(json.dumps(line) + "\n" for line in [{"machine": machine()}, *in_order]))


if __name__ == "__main__":
    main(sys.argv[1:])
