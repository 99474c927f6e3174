"""The kernels of ebm.fast by themselves; beside other libraries: compare.py."""

import os
import time

import numba
import numpy as np
import pytest

from ebm import annealing, boltzmann, exact, hopfield, ising
from ebm.boltzmann import Boltzmann
from ebm.fast import multispin, multispin_field
from ebm.hopfield import Hopfield


def rng():
    return np.random.default_rng(0)


def couplings(n):
    W = np.triu(rng().normal(size=(n, n)), 1)
    return W + W.T


@pytest.mark.parametrize("shape", [(1024, 1024), (256, 256), (64, 64), (64, 64, 64)])
def test_flips(benchmark, shape):
    """One lattice, or the first number of lattices."""
    model, sweeps = ising.Ising(shape[-2:]), 2**26 // np.prod(shape)
    start = np.ones(shape, dtype=np.int8)

    def run():
        for _ in ising.metropolis(
            model,
            start,
            2.4,
            rng=rng(),
            sweeps=sweeps,
            every=sweeps,
            order="checkerboard",
            method="multispin",
        ):
            pass

    benchmark.pedantic(run, rounds=9, warmup_rounds=1)
    benchmark.extra_info["flips per ns"] = sweeps * np.prod(shape) / benchmark.stats.stats.median / 1e9


@pytest.mark.parametrize("L", [256, 1024])
def test_clusters(benchmark, L):
    model, clusters = ising.Ising((L, L)), 20
    start = ising.cold_start(model)

    def run():
        (record,) = ising.wolff(
            model, start, exact.T_C, rng=rng(), clusters=clusters, every=clusters, method="stack"
        )
        return record

    benchmark.pedantic(run, rounds=9, warmup_rounds=1)


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="there is one core")
@pytest.mark.parametrize("kernel", ["lattices", "lattices in a field", "chains"])
def test_two_cores(benchmark, kernel):
    """Loops over groups of 64 lattices, or of chains: two threads in half the time of one, nearly."""
    if kernel == "chains":
        model = Boltzmann(couplings(9) / 3)
        start = boltzmann.random_states(model, 2048, rng=rng())

        def run():
            boltzmann.gibbs(model, start, rng=rng(), sweeps=20, order="sequential")
    else:
        model = ising.Ising((64, 64), B=0.1 * (kernel == "lattices in a field"))
        start = np.ones((512, 64, 64), dtype=np.int8)
        lattices, flip = multispin.Lattices(start, model.shape, rng()), np.empty((2, 9))
        ising._metropolis(1.0, model.B, 2.4, 0, flip)

        def run():
            if model.B:
                multispin_field.sweep(lattices, flip, 100)
            else:
                lattices.sweep(flip, 1.0, 100)

    def seconds(threads):
        numba.set_num_threads(threads)
        begin = time.perf_counter()
        run()
        return time.perf_counter() - begin

    most = numba.get_num_threads()
    if most < 2:
        pytest.skip("numba was told to take one thread")
    try:
        seconds(2)
        ratios = [seconds(1) / seconds(2) for _ in range(9)]
        numba.set_num_threads(2)
        benchmark.pedantic(run, rounds=5)
    finally:
        numba.set_num_threads(most)
    benchmark.extra_info["times as fast on two threads"] = np.median(ratios)
    print(f"\n{kernel}: {np.median(ratios):.2f} times as fast on two threads")


@pytest.mark.parametrize("n", [20, 24])
def test_enumeration(benchmark, n):
    benchmark.pedantic(exact.moments, (Hopfield(couplings(n)), 3.0), rounds=9, warmup_rounds=1)
    benchmark.extra_info["states per ns"] = 2**n / benchmark.stats.stats.median / 1e9


@pytest.mark.parametrize("n", [9, 64, 1024])
def test_chains(benchmark, n):
    model, sweeps = Boltzmann(couplings(n) / np.sqrt(n)), max(1, 2**14 // n**2)
    start = boltzmann.random_states(model, 256, rng=rng())
    run = {"rng": rng(), "sweeps": sweeps, "order": "sequential"}
    benchmark.pedantic(boltzmann.gibbs, (model, start), run, rounds=9, warmup_rounds=1)
    benchmark.extra_info["updates per ns"] = 256 * n * sweeps / benchmark.stats.stats.median / 1e9


@pytest.mark.parametrize("at_once", [False, True])
def test_recall(benchmark, at_once):
    patterns = rng().choice([-1, 1], size=(100, 1000))
    cues = [hopfield.corrupt(pattern, 0.1, rng=rng()) for pattern in patterns]
    run = {"rng": rng(), "at_once": at_once}
    benchmark.pedantic(hopfield.recall, (patterns, cues), run, rounds=9, warmup_rounds=1)


@pytest.mark.parametrize("method", ["auto", "plain"])
@pytest.mark.parametrize("name", ["glass", "lattice"])
def test_exchange(benchmark, name, method):
    """Twenty temperatures: all of 64 units coupled, or a lattice of 32 x 32."""
    given = (
        annealing.sherrington_kirkpatrick(64, rng=rng())
        if name == "glass"
        else annealing.spin_glass(32, rng=rng())
    )
    T, sweeps = np.geomspace(0.2, 2, 20), 2**17 // given.n
    start = annealing.random_starts(given, len(T), rng=rng())
    run = {"rng": rng(), "sweeps": sweeps, "every": sweeps, "method": method}
    benchmark.pedantic(annealing.replica_exchange, (given, start, T), run, rounds=9, warmup_rounds=1)
    benchmark.extra_info["updates per ns"] = len(T) * given.n * sweeps / benchmark.stats.stats.median / 1e9
