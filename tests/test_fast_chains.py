"""Kernels that take the place of the plain one, for few units, many units, many chains: the same to the last bit."""

import numpy as np
import pytest

import harness
from ebm import boltzmann
from ebm.boltzmann import Boltzmann, sampling
from ebm.fast import blocks, few, lanes, rows
from in_processes import on_one_thread_and_two


def rng(seed=0):
    return np.random.default_rng(seed)


def machine(n, units="bits", scale=None, seed=0):
    W = np.triu(rng(seed).normal(scale=scale or 2 / np.sqrt(n), size=(n, n)), 1)
    return Boltzmann(W + W.T, rng(seed + 1).normal(size=n), units=units)


def run_few(given, in_order, sweeps, states):
    few.chains(*given, in_order, sweeps, states)


def run_rows(given, in_order, sweeps, states):
    rows.chains(*given, in_order, sweeps, states)


def run_blocks(given, in_order, sweeps, states):
    W, b, off, _, _, T, _ = given
    blocks.chains(*given, sweeps, blocks.margins(W, b, off, T))


def run_plain(given, in_order, sweeps, states):
    sampling._chains(*given, in_order, sweeps)


def ends(run, model, chains, T, sweeps, in_order=1, free=None, all_on=False):
    """(states, words) after a run."""
    free = np.arange(model.n) if free is None else np.array(free, dtype=np.int64)
    s = boltzmann.random_states(model, chains, rng=rng(2))
    s[:] = 1 if all_on else s
    words = rng(3).integers(0, 2**64, size=(chains, 4), dtype=np.uint64)
    run((model.W, model.b, model.off, s, free, T, words), in_order, sweeps, sampling._NO_STATES)
    return s, words


def same(first, second):
    return all((a == b).all() for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("units", ["bits", "spins"])
@pytest.mark.parametrize("T", [1e-300, 0.01, 0.7, 30.0, 1e300])
@pytest.mark.parametrize("in_order", [0, 1])
def test_one_chain_after_the_other_is_the_plain_run(units, T, in_order):
    for run, sizes in ((run_few, (1, 2, 9, 12)), (run_rows, (1, 8, 63, 64, 71))):
        for n in sizes:
            given = machine(n, units), 3, T, 40, in_order
            assert same(ends(run, *given), ends(run_plain, *given))


@pytest.mark.parametrize("units", ["bits", "spins"])
@pytest.mark.parametrize("T", [0.3, 1.0, 30.0])
@pytest.mark.parametrize(("n", "chains"), [(1, 1), (31, 7), (32, 256), (65, 257), (130, 20)])
def test_blocks_are_the_plain_run(units, T, n, chains):
    model = machine(n, units)
    assert np.isfinite(blocks.margins(model.W, model.b, model.off, T)).all()
    assert same(ends(run_blocks, model, chains, T, 20), ends(run_plain, model, chains, T, 20))


@pytest.mark.parametrize("free", [[], [4], [0, 2, 5, 39]])
@pytest.mark.parametrize("run", [run_rows, run_blocks])
def test_clamped_units_stay(run, free):
    given = machine(40), 20, 1.0, 10, 1, free
    assert same(ends(run, *given), ends(run_plain, *given))


@pytest.mark.parametrize("free", [[], [4], [0, 2, 5]])
@pytest.mark.parametrize("in_order", [0, 1])
def test_clamped_units_of_a_small_network_stay(in_order, free):
    given = machine(7), 20, 1.0, 10, in_order, free
    assert same(ends(run_few, *given), ends(run_plain, *given))


def cancelling(size, n=41):
    """All on, the field of unit 0 is of the order of 1, a sum of weights of +-size."""
    W = np.zeros((n, n))
    W[0, 1:] = size * (-1.0) ** np.arange(1, n) + rng().normal(size=n - 1) / 9
    return Boltzmann(W + W.T, np.zeros(n), units="spins"), 3000, 1.0, 1, 1, [0], True


@pytest.mark.parametrize("size", [1e4, 3e6, 1e12])
@pytest.mark.parametrize("run", [run_rows, run_blocks])
def test_large_weights_that_cancel(run, size):
    """What single precision cannot see decides."""
    s, words = ends(run, *cancelling(size))
    assert same((s, words), ends(run_plain, *cancelling(size))) and 0 < (s[:, 0] == 1).mean() < 1


@pytest.mark.parametrize("run", [run_rows, run_blocks])
def test_without_the_plain_sum_there_are_differences(run, monkeypatch):
    """The check above can fail: margins that know nothing of single precision."""
    monkeypatch.setattr(rows, "_EPSILON", 0.0)
    monkeypatch.setattr(blocks, "_EPSILON", 0.0)
    assert not same(ends(run, *cancelling(3e6)), ends(run_plain, *cancelling(3e6)))


def test_margins_hold():
    """Of many random networks the worst error of a probability in single precision is below its margin."""
    for seed in range(20):
        n = int(rng(seed).integers(2, 200))
        model = machine(n, "spins", scale=float(rng(seed).choice([0.01, 1.0, 3.0])), seed=seed)
        s = boltzmann.random_states(model, 50, rng=rng(seed))
        T = float(np.abs(model.W).sum(axis=1).max())
        field = s.astype(float) @ model.W + model.b
        single = s.astype(np.float32) @ model.W.astype(np.float32) + model.b.astype(np.float32)
        off = np.abs(1 / (1 + np.exp(-2 * field / T)) - 1 / (1 + np.exp(-2 * single.astype(float) / T)))
        assert (off <= blocks.margins(model.W, model.b, -1, T)).all()
        assert off.max() > 0 or n < 3
    assert np.isinf(blocks.margins(1e31 * model.W, model.b, -1, 1.0)).all()


def test_logits_are_right():
    u = np.concatenate([rng().random(100_000), [1e-11, 1 - 1e-11, 0.5, 0.25, 0.75]])
    noise = np.empty(len(u), dtype=np.float32)
    rows._logits(u, noise)
    assert np.abs(noise - np.log(u / (1 - u))).max() < 1e-5
    rows._logits(np.array([0.0, 1e-13, 1 - 2.0**-53]), noise[:3])
    assert np.isnan(noise[:3]).all()


TAKEN = [
    (6, 1, 300, "random", few, "chains"),
    (6, 40, 300, "sequential", few, "chains"),
    (40, 1, 5, "sequential", rows, "chains"),
    (40, 20, 5, "random", rows, "chains"),
    (40, 20, 5, "sequential", blocks, "chains"),
    (20, 20, 5, "sequential", lanes, "chains"),
]


@pytest.mark.parametrize(("n", "chains", "sweeps", "order", "module", "name"), TAKEN)
def test_gibbs_takes_it_and_nothing_changes(n, chains, sweeps, order, module, name, monkeypatch):
    model, taken = machine(n), []
    for other in (few, rows, blocks, lanes):
        right = other.chains
        monkeypatch.setattr(
            other, "chains", lambda *given, right=right, other=other: taken.append(other) or right(*given)
        )
    start = boltzmann.random_states(model, chains, rng=rng())
    s = boltzmann.gibbs(model, start, 0.8, rng=rng(1), sweeps=sweeps, order=order)
    assert taken == [module]
    plain, words = start.copy(), sampling._words(rng(1), chains)
    sampling._chains(
        model.W, model.b, model.off, plain, np.arange(n), 0.8, words, int(order == "sequential"), sweeps
    )
    assert (s == plain).all()


@pytest.mark.parametrize("order", ["random", "sequential"])
@pytest.mark.parametrize("n", [6, 40])
def test_every_state_of_a_chain_is_the_plain_one(n, order):
    model = machine(n)
    states = boltzmann.sample(model, np.zeros(n), 0.8, rng=rng(1), sweeps=300, order=order)
    s, words = np.zeros((1, n), np.int8), rng(1).integers(0, 2**64, size=4, dtype=np.uint64)
    for state in states:
        sampling._chains(
            model.W, model.b, 0, s, np.arange(n), 0.8, words[None], int(order == "sequential"), 1
        )
        assert (state == s[0]).all()


@pytest.mark.parametrize("T", [1.0, 2.0, 4.0])
@pytest.mark.parametrize("run", [run_few, run_rows, run_blocks])
def test_chains_follow_boltzmann(run, T):
    model = machine(6, "spins", scale=0.8, seed=4)
    s, words = (
        boltzmann.random_states(model, 30, rng=rng()),
        rng(1).integers(0, 2**64, (30, 4), dtype=np.uint64),
    )
    samples = np.empty((8_000, 6), dtype=np.int8)
    for k in range(len(samples)):
        run((model.W, model.b, -1, s, np.arange(6), T, words), 1, 1, sampling._NO_STATES)
        samples[k] = s[29]
    assert harness.misfit(model, T, samples) == ""
    assert harness.misfit(model, 1.3 * T, samples)


SCRIPT = """
import numpy as np
from ebm import boltzmann
rng = np.random.default_rng(0)
W = np.triu(rng.normal(size=(200, 200)), 1) / 14
model = boltzmann.Boltzmann(W + W.T, units="spins")
start = boltzmann.random_states(model, 300, rng=rng)
print(boltzmann.gibbs(model, start, 1.0, rng=rng, sweeps=5, order="sequential").tobytes().hex())
"""


def test_the_same_on_any_number_of_threads():
    said = on_one_thread_and_two(SCRIPT)
    assert said[0] == said[1] and len(said[0]) > 300 * 200
