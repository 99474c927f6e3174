"""Chains side by side: the states and the random numbers of the plain kernel, to the last bit."""

import os
import subprocess
import sys

import numpy as np
import pytest

import harness
from ebm import boltzmann, maths
from ebm.boltzmann import Boltzmann, sampling
from ebm.fast import lanes


def rng(seed=0):
    return np.random.default_rng(seed)


def machine(n, units="bits", seed=0):
    W = np.triu(rng(seed).normal(size=(n, n)), 1)
    return Boltzmann(W + W.T, rng(seed + 1).normal(size=n), units=units)


def both(model, chains, T, sweeps, free=None):
    """(states, words) by the plain kernel and by this one."""
    free = np.arange(model.n) if free is None else np.array(free, dtype=np.int64)
    start = boltzmann.random_states(model, chains, rng=rng(2))
    given = rng(3).integers(0, 2**64, size=(chains, 4), dtype=np.uint64)
    found = []
    for plain in (True, False):
        s, words = start.copy(), given.copy()
        if plain:
            sampling._chains(model.W, model.b, model.off, s, free, T, words, 1, sweeps)
        else:
            lanes.chains(model.W, model.b, model.off, s, free, T, words, sweeps)
        found.append((s, words))
    return found


@pytest.mark.parametrize("units", ["bits", "spins"])
@pytest.mark.parametrize("T", [1e-300, 0.01, 0.7, 30.0, 1e300])
@pytest.mark.parametrize(("n", "chains"), [(1, 1), (3, 64), (9, 65), (18, 200), (71, 130)])
def test_the_same_to_the_last_bit(n, chains, T, units):
    (s, words), (fast_s, fast_words) = both(machine(n, units), chains, T, 20)
    assert (s == fast_s).all() and (words == fast_words).all()


@pytest.mark.parametrize("free", [[], [4], [0, 2, 5, 6]])
def test_clamped_units_stay(free):
    (s, words), (fast_s, fast_words) = both(machine(7), 40, 1.0, 10, free)
    assert (s == fast_s).all() and (words == fast_words).all()


def test_the_exponential_is_that_of_the_library():
    for x in [0.0, -0.0, 1.0, -1.0, 709.78, 709.79, 1e9, np.inf, -707.99, -708.01, -1e9, -np.inf, 1e-300]:
        assert lanes._exp(x) == maths.exp(x)
    for x in rng().uniform(-709, 710, 20_000):
        assert lanes._exp(x) == maths.exp(x)


def test_gibbs_takes_it_and_nothing_changes(monkeypatch):
    model, taken = machine(20), []
    monkeypatch.setattr(
        lanes, "chains", lambda *given, chains=lanes.chains: taken.append(1) or chains(*given)
    )
    start = boltzmann.random_states(model, 40, rng=rng())
    many = boltzmann.gibbs(model, start, 0.8, rng=rng(1), sweeps=9, order="sequential")
    assert taken == [1]
    few = boltzmann.gibbs(model, start[:15], 0.8, rng=rng(1), sweeps=9, order="sequential")
    assert taken == [1] and (many[:15] == few).all()


@pytest.mark.parametrize("T", [1.5, 3.0])
def test_chains_follow_boltzmann(T):
    """One of many, run on and on."""
    model = machine(6, "spins", seed=4)
    s, words = (
        boltzmann.random_states(model, 70, rng=rng()),
        rng(1).integers(0, 2**64, (70, 4), dtype=np.uint64),
    )
    samples = np.empty((20_000, 6), dtype=np.int8)
    for k in range(len(samples)):
        lanes.chains(model.W, model.b, model.off, s, np.arange(6), T, words, 1)
        samples[k] = s[69]
    assert harness.misfit(model, T, samples) == ""
    assert harness.misfit(model, 1.25 * T, samples)


@pytest.mark.parametrize("threads", ["1", "2"])
def test_the_same_on_any_number_of_threads(threads):
    script = (
        "import numpy as np; from ebm import boltzmann; rng = np.random.default_rng(0);"
        "model = boltzmann.Boltzmann(np.ones((40, 40)) - np.eye(40), -20 * np.ones(40));"
        "start = boltzmann.random_states(model, 300, rng=rng);"
        "s = boltzmann.gibbs(model, start, 3.0, rng=rng, sweeps=50, order='sequential');"
        "print(s.tobytes().hex())"
    )
    assert 50 * 300 * 40 * 40 > lanes._WORTH_THREADS
    environment = {**os.environ, "NUMBA_NUM_THREADS": threads}
    said = subprocess.run(
        [sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True
    ).stdout
    given = rng()
    model = Boltzmann(np.ones((40, 40)) - np.eye(40), -20 * np.ones(40))
    s = boltzmann.random_states(model, 300, rng=given)
    words = sampling._words(given, 300)
    sampling._chains(model.W, model.b, model.off, s, np.arange(40), 3.0, words, 1, 50)
    assert said.strip() == s.tobytes().hex()
