"""Replica exchange by the quick kernel: the flips, energies and swaps of the plain one, in bits."""

import numpy as np
import pytest

import harness
from ebm import annealing
from ebm.annealing import exchange
from ebm.fast import ladder
from ebm.hopfield import Hopfield
from in_processes import on_one_thread_and_two


def rng(seed=0):
    return np.random.default_rng(seed)


def network(n, bonds=None, seed=3):
    """Normal weights and biases; with so many bonds a unit, at most, around a ring."""
    W = np.triu(rng(seed).normal(size=(n, n)), 1)
    if bonds is not None:
        far = np.subtract.outer(np.arange(n), np.arange(n)) % n
        W *= (far <= bonds // 2) | (far >= n - bonds // 2)
    return Hopfield(W + W.T, rng(seed + 1).normal(size=n))


def run(model, T, method="auto", seed=5, **settings):
    s = annealing.random_starts(model, len(T), rng=rng(1))
    settings = {"sweeps": 40} | settings
    return annealing.replica_exchange(model, s, T, rng=rng(seed), method=method, **settings)


def same(one, other):
    return all((x == y).all() for x, y in zip(one[:3], other[:3], strict=True)) and np.array_equal(
        one.swap_rates, other.swap_rates, equal_nan=True
    )


def temperatures(R):
    return np.geomspace(0.3, 3, R)


@pytest.mark.parametrize("order", ["random", "sequential"])
@pytest.mark.parametrize("R", [2, 3, 8, 21])
@pytest.mark.parametrize("n", [1, 2, 63, 64, 65, 130])
def test_all_units_coupled(n, R, order):
    model = network(n)
    assert same(*(run(model, temperatures(R), method, order=order) for method in ("auto", "plain")))


@pytest.mark.parametrize("order", ["random", "sequential"])
@pytest.mark.parametrize(
    "model",
    [network(50, 6), network(40, 0), annealing.spin_glass(12, rng=rng())],
    ids=["ring", "none", "glass"],
)
def test_few_bonds(model, order):
    assert len(ladder.bonds(model.W).counts)
    assert same(*(run(model, temperatures(9), method, order=order) for method in ("auto", "plain")))


@pytest.mark.parametrize("scale", [1e-300, 1e-6, 1e-2, 1e4, 1e300])
def test_extreme_temperatures(scale):
    """In the cold nothing is left to chance, in the heat everything; ties of plus and minus bonds too."""
    for model in (network(20), annealing.spin_glass(4, rng=rng())):
        for order in ("random", "sequential"):
            given = model, scale * temperatures(5)
            assert same(*(run(*given, method, order=order) for method in ("auto", "plain")))


def test_many_updates_some_of_which_are_close_calls():
    model = network(30)
    assert same(*(run(model, temperatures(8), m, sweeps=20_000, every=50) for m in ("auto", "plain")))


def test_close_calls_are_decided_by_the_plain_comparison(monkeypatch):
    """Were they not, some state would differ: the plain source with no margin, on limits cut to three digits."""
    model = network(12)
    plain = run(model, temperatures(3), "plain", sweeps=60)
    for name in ("_exchange", "_updates"):
        monkeypatch.setattr(ladder, name, getattr(ladder, name).py_func)

    def cut(u, noise):
        noise[:] = np.round(np.log(u / (1 - u)), 1)

    monkeypatch.setattr(ladder, "_logits", cut)
    monkeypatch.setattr(ladder, "_MARGIN", 0.051)
    assert same(run(model, temperatures(3), sweeps=60), plain)
    monkeypatch.setattr(ladder, "_MARGIN", 0.0)
    assert not same(run(model, temperatures(3), sweeps=60), plain)


def test_a_unit_that_is_drawn_twice(monkeypatch):
    """`random.below` draws again where a word is 0 in its upper half: a generator about to give that."""

    def words(given, count):
        found = given.integers(0, 2**64, size=(count, 4), dtype=np.uint64)
        word = np.uint64(12345)
        found[1, 0], found[1, 3] = 0, (word >> np.uint64(23)) | (word << np.uint64(41))
        return found

    model = network(7)
    usual = run(model, temperatures(3))
    monkeypatch.setattr(exchange, "_words", words)
    called, right = [], ladder._throw_plainly
    found, plain = (run(model, temperatures(3), method) for method in ("auto", "plain"))
    assert same(found, plain) and not same(found, usual)
    for name in ("_exchange", "_throw"):
        monkeypatch.setattr(ladder, name, getattr(ladder, name).py_func)
    monkeypatch.setattr(ladder, "_throw_plainly", lambda *given: (called.append(1), right(*given)))
    assert same(run(model, temperatures(3)), plain) and called


def test_records_and_parts_of_a_run():
    """However records fall, and in however many parts the bar cuts the run."""
    model, T = network(17), temperatures(6)
    all_of_it = run(model, T, sweeps=42)
    few = run(model, T, sweeps=42, every=7)
    assert (few.s == all_of_it.s[6::7]).all() and (few.energies == all_of_it.energies[6::7]).all()
    assert (few.replica == all_of_it.replica[6::7]).all()
    assert same(run(model, T, sweeps=42, progress=True), all_of_it)
    exact = -0.5 * np.einsum("kri,ij,krj->kr", all_of_it.s, model.W, all_of_it.s) - all_of_it.s @ model.b
    assert np.allclose(all_of_it.energies, exact)


def test_each_temperature_follows_boltzmann():
    model, T = network(7), np.array([0.8, 1.5, 3.0])
    found = run(model, T, sweeps=30_000)
    for r in range(3):
        assert harness.misfit(model, T[r], found.s[:, r]) == ""
        assert harness.misfit(model, 1.2 * T[r], found.s[:, r])


def test_a_wrong_method_is_refused():
    with pytest.raises(ValueError, match="method"):
        run(network(3), temperatures(2), "quick")


SCRIPT = """
import numpy as np
from ebm import annealing
rng = np.random.default_rng(0)
model = annealing.sherrington_kirkpatrick(60, rng=rng)
s = annealing.random_starts(model, 12, rng=rng)
run = annealing.replica_exchange(model, s, np.linspace(0.3, 2, 12), rng=rng, sweeps=100)
print(run.s.tobytes().hex(), run.swap_rates)
"""


def test_one_thread_or_two_make_the_same_run():
    said = on_one_thread_and_two(SCRIPT)
    assert said[0] == said[1] and len(said[0]) > 60 * 12 * 100
