"""Boltzmann machines: identities, samplers against enumeration, gradients, learning, bad input."""

import os
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import harness
from ebm import boltzmann, exact, hopfield, rbm, wasm
from ebm.boltzmann import Annealed, Boltzmann, Persistent, learning, likelihood, sampling
from ebm.hopfield import Hopfield

UNITS = ("bits", "spins")
ORDERS = ("random", "sequential")
TEMPERATURES = (0.7, 1.0, 3.0)


def rng(seed=0):
    return np.random.default_rng(seed)


def machine(n, n_visible=None, units="bits", seed=0, scale=1.0):
    W = rng(seed).normal(size=(n, n)) * scale
    return Boltzmann(np.triu(W, 1) + np.triu(W, 1).T, rng(seed + 1).normal(size=n) * scale, n_visible, units)


def spins(model, s):
    """States of either kind as +1 and -1."""
    return np.where(np.asarray(s) == 1, 1, -1).astype(np.int8)


@st.composite
def machines(draw):
    """Machines of either kind with small whole weights, and a state."""
    n, units = draw(st.integers(1, 7)), draw(st.sampled_from(UNITS))
    W = np.triu(draw(arrays(int, (n, n), elements=st.integers(-3, 3))), 1)
    b = draw(arrays(int, n, elements=st.integers(-3, 3)))
    model = Boltzmann((W + W.T) / 2, b / 2, draw(st.integers(1, n)), units)
    on = draw(arrays(np.int8, n, elements=st.integers(0, 1)))
    return model, np.where(on, 1, model.off)


# --- energies and conversions ---


@given(machines(), st.data())
def test_numbering_of_units_does_not_matter(pair, data):
    """Visible units stay visible; energies and the visible distribution move with their units."""
    model, _ = pair
    seen = data.draw(st.permutations(range(model.n_visible)))
    turn = np.array([*seen, *data.draw(st.permutations(range(model.n_visible, model.n)))], dtype=int)
    renumbered = replace(model, W=model.W[np.ix_(turn, turn)], b=model.b[turn])
    one, other = boltzmann.distribution(model, 0.7), boltzmann.distribution(renumbered, 0.7)
    assert np.allclose(boltzmann.energy(renumbered, one.states[:, turn]), one.energies)
    assert other.log_Z == pytest.approx(one.log_Z)
    v = one.states[: 2**model.n_visible, : model.n_visible]
    moved = boltzmann.log_likelihood(renumbered, v[:, np.array(seen, dtype=int)], 0.7)
    assert np.allclose(moved, boltzmann.log_likelihood(model, v, 0.7))


@given(machines(), st.data())
def test_dE_is_the_difference_of_energies(pair, data):
    model, s = pair
    i = data.draw(st.integers(0, model.n - 1))
    changed = s.copy()
    changed[i] = 1 + model.off - s[i]
    difference = boltzmann.energy(model, changed) - boltzmann.energy(model, s)
    assert boltzmann.dE(model, s, i) == pytest.approx(difference, abs=1e-12)


@given(machines())
def test_energy_is_the_formula_for_one_state_and_for_many(pair):
    model, s = pair
    E = -0.5 * s @ model.W @ s - model.b @ s
    assert boltzmann.energy(model, s) == pytest.approx(E, abs=1e-12)
    assert boltzmann.energy(model, [s, s])[1] == boltzmann.energy(model, s)
    assert np.allclose(boltzmann.field(model, [s])[0], model.W @ s + model.b, atol=1e-12)


@given(machines())
def test_a_network_of_spins_has_the_same_energies_but_for_the_constant(pair):
    model, s = pair
    network, offset = boltzmann.to_network(model)
    assert boltzmann.energy(model, s) == pytest.approx(
        hopfield.energy(network, spins(model, s)) + offset, abs=1e-12
    )
    back, offset_back = boltzmann.from_network(network, model.n_visible, units=model.units)
    assert np.allclose(back.W, model.W, atol=1e-12) and np.allclose(back.b, model.b, atol=1e-12)
    assert offset_back == pytest.approx(offset, abs=1e-12)
    assert (back.n_visible, back.units) == (model.n_visible, model.units)


@given(machines(), st.sampled_from(TEMPERATURES))
def test_bits_and_spins_of_one_network_are_on_with_the_same_probability(pair, T):
    model, s = pair
    network, _ = boltzmann.to_network(model)
    as_bits, as_spins = (boltzmann.from_network(network, units=units).model for units in UNITS)
    on = boltzmann.p_on(as_bits, (spins(model, s) + 1) // 2, T)
    assert np.allclose(on, boltzmann.p_on(as_spins, spins(model, s), T), atol=1e-12)
    for i in range(model.n):
        saved = boltzmann.dE(model, s, i) * (1 if s[i] == 1 else -1)
        assert boltzmann.p_on(model, s, T)[i] == pytest.approx(1 / (1 + np.exp(-saved / T)))


def test_a_restricted_machine_has_the_energies_of_rbm():
    small = rbm.RBM(rng().normal(size=(3, 2)), rng(1).normal(size=3), rng(2).normal(size=2))
    W = np.block([[np.zeros((3, 3)), small.W], [small.W.T, np.zeros((2, 2))]])
    model = Boltzmann(W, np.concatenate([small.b_v, small.b_h]), n_visible=3)
    v, h = [1, 0, 1], [1, 1]
    assert boltzmann.energy(model, v + h) == pytest.approx(rbm.energy(small, v, h))
    assert np.allclose(boltzmann.visible(model, 0.7), rbm.distribution(small, 0.7), atol=1e-14)
    assert boltzmann.gradient(model, [v]).W[:3, 3:] == pytest.approx(rbm.gradient(small, [v]).W)
    assert boltzmann.log_likelihood(model, v, 0.7) == pytest.approx(rbm.log_likelihood(small, v, 0.7))


def test_links_of_the_encoder():
    allowed = boltzmann.links([2, 2, 1], [(0, 0), (1, 1), (0, 2), (2, 1)])
    assert allowed.tolist() == [
        [0, 1, 0, 0, 1],
        [1, 0, 0, 0, 1],
        [0, 0, 0, 1, 1],
        [0, 0, 1, 0, 1],
        [1, 1, 1, 1, 0],
    ]
    model = boltzmann.initial(4, 1, rng=rng(), links=allowed)
    assert ((model.W != 0) == (allowed != 0)).all()


# --- exact answers ---


@pytest.mark.parametrize("units", UNITS)
@pytest.mark.parametrize("T", TEMPERATURES)
def test_distribution_is_that_of_the_network(units, T):
    model = machine(6, 3, units)
    network, offset = boltzmann.to_network(model)
    truth, found = exact.boltzmann(network, T), boltzmann.distribution(model, T)
    assert (spins(model, found.states) == truth.states).all()
    assert np.allclose(found.energies, truth.energies + offset, atol=1e-12)
    assert np.allclose(found.energies, boltzmann.energy(model, found.states), atol=1e-12)
    assert np.allclose(found.p, truth.p, atol=1e-14)
    assert found.log_Z == pytest.approx(truth.log_Z - offset / T)


@pytest.mark.parametrize("units", UNITS)
def test_conditional_distributions_are_ratios(units):
    model, T = machine(6, 3, units), 0.8
    everything = boltzmann.distribution(model, T)
    clamped = np.array([0, 1, 0, 1, 1, 0])
    s = everything.states[11]
    found = boltzmann.distribution(model, T, s=s, clamped=clamped)
    fits = (everything.states[:, clamped == 1] == s[clamped == 1]).all(axis=1)
    assert (found.states == everything.states[fits]).all()
    assert np.allclose(found.p, everything.p[fits] / everything.p[fits].sum(), atol=1e-14)
    assert found.log_Z == pytest.approx(everything.log_Z + np.log(everything.p[fits].sum()))
    nothing_free = boltzmann.distribution(model, T, s=s, clamped=np.ones(6))
    assert nothing_free.p.tolist() == [1.0] and nothing_free.states.tolist() == [s.tolist()]


@pytest.mark.parametrize("units", UNITS)
def test_visible_states_and_their_likelihood(units):
    model, T = machine(6, 4, units), 0.8
    everything = boltzmann.distribution(model, T)
    p = boltzmann.visible(model, T)
    v = everything.states[:16, :4]
    for k in range(16):
        same = (everything.states[:, :4] == v[k]).all(axis=1)
        assert p[k] == pytest.approx(everything.p[same].sum())
    assert np.allclose(boltzmann.log_likelihood(model, v, T), np.log(p), atol=1e-12)
    assert boltzmann.kl(model, v, p, T) == pytest.approx(0, abs=1e-13)
    assert boltzmann.kl(model, v[[3, 3, 5]], T=T) == pytest.approx(
        2 / 3 * np.log(2 / 3 / p[3]) + 1 / 3 * np.log(1 / 3 / p[5])
    )


def test_improbable_data_have_a_finite_divergence():
    model = Boltzmann([[0, 4000], [4000, 0]], [-2000, 1])
    assert boltzmann.kl(model, [[1, 0]]) == pytest.approx(4001)


@pytest.mark.parametrize("units", UNITS)
@pytest.mark.parametrize("T", TEMPERATURES)
@pytest.mark.parametrize("n_visible", [2, 5])
def test_gradient_is_the_slope_of_the_likelihood(units, T, n_visible):
    """By central differences of KL; n_visible = n has no hidden units."""
    model = machine(5, n_visible, units)
    data = boltzmann.random_states(machine(n_visible, units=units), 6, rng=rng(3))
    weights = rng(4).dirichlet(np.ones(6))
    slope = boltzmann.gradient(model, data, weights, T)

    def minus_kl(W=model.W, b=model.b):
        return -boltzmann.kl(replace(model, W=W, b=b), data, weights, T)

    h = 1e-5
    for i in range(5):
        step = h * np.eye(5)[i]
        assert slope.b[i] == pytest.approx(
            (minus_kl(b=model.b + step) - minus_kl(b=model.b - step)) / (2 * h), abs=1e-8
        )
        for j in range(i):
            step = np.zeros((5, 5))
            step[i, j] = step[j, i] = h
            assert slope.W[i, j] == pytest.approx(
                (minus_kl(W=model.W + step) - minus_kl(W=model.W - step)) / (2 * h), abs=1e-8
            )
    assert (slope.W == slope.W.T).all() and not slope.W.diagonal().any()


@pytest.mark.parametrize("units", UNITS)
def test_averages_are_those_of_the_distributions(units):
    model, T = machine(5, 3, units), 1.3
    whole = boltzmann.distribution(model, T)
    averages = boltzmann.negative(model, T)
    s = whole.states.astype(float)
    assert np.allclose(averages.b, whole.p @ s, atol=1e-14)
    assert np.allclose(averages.W, (s.T * whole.p) @ s * (1 - np.eye(5)), atol=1e-14)
    v = whole.states[2]
    given = boltzmann.distribution(model, T, s=v, clamped=[1, 1, 1, 0, 0])
    held = boltzmann.positive(model, [v[:3]], T=T)
    assert np.allclose(held.W, (given.states.T * given.p) @ given.states * (1 - np.eye(5)), atol=1e-14)


# --- samplers ---


@pytest.mark.parametrize("T", TEMPERATURES)
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("units", UNITS)
def test_samples_follow_boltzmann(units, order, T):
    model = machine(4, units=units, scale=0.6 if units == "spins" else 1.5)
    s = np.full(4, model.off)
    samples = boltzmann.sample(model, s, T, rng=rng(), sweeps=100_000, order=order)
    assert harness.misfit(boltzmann.to_network(model).model, T, spins(model, samples)) == ""


def given(model, s, clamped):
    """The network of the free units, in the field of the clamped ones."""
    network = boltzmann.to_network(model).model
    free, held = np.flatnonzero(clamped == 0), np.flatnonzero(clamped)
    pull = network.W[np.ix_(free, held)] @ spins(model, s)[held]
    return Hopfield(network.W[np.ix_(free, free)], network.b[free] + pull), free


@pytest.mark.parametrize("T", TEMPERATURES)
@pytest.mark.parametrize("units", UNITS)
def test_samples_with_clamped_units_follow_the_conditional_distribution(units, T):
    model = machine(6, units=units, scale=0.5 if units == "spins" else 1.2)
    clamped = np.array([1, 0, 0, 1, 0, 0])
    s = np.where(np.arange(6) % 2, 1, model.off)
    samples = boltzmann.sample(model, s, T, rng=rng(1), sweeps=100_000, clamped=clamped)
    assert (samples[:, clamped == 1] == s[clamped == 1]).all()
    rest, free = given(model, s, clamped)
    assert harness.misfit(rest, T, spins(model, samples)[:, free]) == ""
    loose = boltzmann.sample(model, s, T, rng=rng(1), sweeps=100_000)
    assert harness.misfit(rest, T, spins(model, loose)[:, free]), "clamped units that move are not noticed"


@pytest.mark.parametrize("T", TEMPERATURES)
@pytest.mark.parametrize("mistake", ["no factor 2 for spins", "factor 2 for bits", "temperature 5% off"])
def test_the_harness_finds_wrong_samplers(T, mistake):
    model = machine(4, units="bits" if "bits" in mistake else "spins")
    wrong_T = T * {"no factor 2 for spins": 2, "factor 2 for bits": 0.5, "temperature 5% off": 1.05}[mistake]
    samples = boltzmann.sample(model, np.ones(4), wrong_T, rng=rng(), sweeps=200_000)
    assert harness.misfit(boltzmann.to_network(model).model, T, spins(model, samples))


def test_many_chains_end_with_the_distribution():
    model, T = machine(3, scale=1.5), 0.9
    ends = boltzmann.gibbs(model, np.zeros((40_000, 3)), T, rng=rng(), sweeps=30)
    share = np.bincount(ends @ [1, 2, 4], minlength=8) / len(ends)
    p = boltzmann.distribution(model, T).p
    assert (np.abs(share - p) < 4.5 * np.sqrt(p * (1 - p) / len(ends))).all()


def test_chains_do_not_depend_on_how_many_run():
    model = machine(9, units="spins")
    starts = boltzmann.random_states(model, 50, rng=rng())
    many = boltzmann.gibbs(model, starts, rng=rng(7), sweeps=20)
    assert (boltzmann.gibbs(model, starts[:1], rng=rng(7), sweeps=20) == many[:1]).all()
    assert (boltzmann.gibbs(model, starts[0], rng=rng(7), sweeps=20) == many[0]).all()
    assert not (many[0] == many[1:]).all()


@pytest.mark.parametrize("units", UNITS)
def test_completion_follows_the_conditional_distribution(units):
    model, T = machine(5, 4, units, scale=0.8), 0.7
    v = np.array([1, model.off, 1, 1])
    ends = boltzmann.complete(model, np.tile(v, (20_000, 1)), [1, 1, 0, 0], T, rng=rng(), sweeps=30)
    assert (ends[:, :2] == v[:2]).all()
    clamped = boltzmann.distribution(model, T, s=np.append(v, 1), clamped=[1, 1, 0, 0, 0])
    share = np.bincount((ends[:, 2:] == 1) @ [1, 2], minlength=4) / len(ends)
    p = clamped.p.reshape(2, 4).sum(axis=0)
    assert (np.abs(share - p) < 4.5 * np.sqrt(p * (1 - p) / len(ends))).all()


def test_completion_by_annealing_leaves_the_wrong_valley():
    """Four units that agree, and one known: a cold start is stuck in what the coins said."""
    W = 10 * (np.ones((8, 8)) - np.eye(8))
    model, _ = boltzmann.from_network(Hopfield(W, np.zeros(8)))
    v, known = np.ones((200, 8)), np.eye(8)[0]
    quick = boltzmann.complete(model, v, known, 2.0, rng=rng(), sweeps=10)
    slow = boltzmann.complete(model, v, known, 2.0, rng=rng(), sweeps=10, schedule=np.geomspace(200, 2, 60))
    assert slow.all(axis=1).mean() > quick.all(axis=1).mean() + 0.1


# --- kernels ---


KERNELS = {
    "update": (
        sampling._update,
        "void(float64[:, ::1], float64[::1], int64, int8[::1], int64, float64, uint64[::1])",
    ),
    "sweep": (
        sampling._sweep,
        "void(float64[:, ::1], float64[::1], int64, int8[::1], int64[::1], float64, uint64[::1], int64)",
    ),
    "anneal": (
        sampling._anneal,
        "void(float64[:, ::1], float64[::1], int64, int8[:, ::1], int64[::1], float64[::1], uint64[:, ::1])",
    ),
    "collect": (
        learning._collect,
        "void(float64[:, ::1], float64[::1], int64, int8[:, ::1], int64[::1], float64, uint64[:, ::1], int64, "
        "float64[:, ::1], float64[::1])",
    ),
    "distribution": (
        likelihood._distribution,
        "float64(float64[:, ::1], float64[::1], int64, int8[::1], int64[::1], float64, float64[::1])",
    ),
    "change": (
        learning._change,
        "void(float64[:, ::1], float64[::1], int8[:, ::1], float64[:, ::1], float64[::1], float64[:, ::1], "
        "float64[::1], float64, float64, int64, float64)",
    ),
    "two_phases": (
        learning._two_phases,
        "float64(float64[:, ::1], float64[::1], int64, int8[:, ::1], int8[:, ::1], float64[::1], int8[::1], "
        "int64[::1], int64[::1], float64, float64, float64[::1], float64[::1], float64[::1], "
        "float64[:, ::1], float64[::1], float64[:, ::1], float64[::1])",
    ),
}


def test_kernels_for_the_page_compile():
    code = wasm.build(KERNELS)
    assert code[:4] == b"\0asm" and len(code) < 40_000


@pytest.mark.parametrize("units", UNITS)
def test_the_page_learns_as_python_does(units):
    model = machine(6, 4, units, scale=0.2)
    data = boltzmann.random_states(model, 3, rng=rng(5))[:, :4]
    *_, last = boltzmann.learn(model, data, steps=5, rate=0.3, T=1.5)
    v, p_v = likelihood._data(model, data, None)
    W, b = model.W.copy(), model.b.copy()
    scratch = np.empty(6, np.int8), np.arange(6), np.arange(4, 6)
    sums = np.empty((6, 6)), np.empty(6), np.empty((6, 6)), np.empty(6)
    lists = np.empty(64), np.empty(4), np.empty(3)
    before = [
        learning._two_phases(
            W, b, model.off, 1 - np.eye(6, dtype=np.int8), v, p_v, *scratch, 0.3, 1.5, *lists, *sums
        )
        for _ in range(5)
    ]
    assert (W == last.model.W).all() and (b == last.model.b).all()
    assert before[0] == pytest.approx(boltzmann.kl(model, data, T=1.5), abs=1e-12)
    assert before[0] > before[-1] > last.kl


@pytest.mark.parametrize("units", UNITS)
def test_kernels_do_what_they_say_in_python(units):
    """The compiled kernel and its own source on the same state: the same bits in every array."""
    model = machine(6, 4, units)
    after = []
    for collect, anneal in (
        (learning._collect, sampling._anneal),
        (learning._collect.py_func, sampling._anneal.py_func),
    ):
        s, words = boltzmann.random_states(model, 3, rng=rng()), sampling._words(rng(), 3)
        pairs, means, free = np.zeros((6, 6)), np.zeros(6), np.array([0, 2, 5])
        anneal(model.W, model.b, model.off, s, free, np.array([3.0, 1.5]), words)
        collect(model.W, model.b, model.off, s, free, 0.9, words, 4, pairs, means)
        after.append([array.tobytes() for array in (s, words, pairs, means)])
    assert after[0] == after[1]


PLAIN = """
import numpy as np
from ebm import boltzmann
from ebm.boltzmann import Annealed, Persistent, initial
rng = np.random.default_rng(7)
with np.errstate(over="ignore"):
    for units, off in (("bits", 0), ("spins", -1)):
        model = initial(3, 2, rng=rng, scale=1.0, units=units)
        data = np.where(np.eye(3) == 1, 1, off)
        for negative in ("exact", Annealed([3, 2, 1.2], 3, 4), Persistent(4, 3)):
            for step in boltzmann.learn(model, data, steps=2, rate=0.5, T=1.2, negative=negative, rng=rng,
                                        positive=Annealed([3, 2], 3, 4), noise=(0.2, 0.1)):
                model = step.model
            print(model.W.tobytes().hex(), model.b.tobytes().hex(), boltzmann.distribution(model).log_Z.hex())
        s = boltzmann.gibbs(model, np.full((3, 5), off), 0.8, rng=rng, sweeps=30, clamped=[0, 1, 0, 0, 0])
        print(s.tolist(), boltzmann.sample(model, s[0], rng=rng, sweeps=20, order="sequential").tolist())
"""


def test_plain_python_takes_the_same_steps_to_the_last_bit():
    said = [
        subprocess.run(
            [sys.executable, "-c", PLAIN],
            env={**os.environ, "NUMBA_DISABLE_JIT": disabled},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for disabled in "01"
    ]
    assert said[0] == said[1] and len(said[0]) > 3000


# --- learning ---


PARITY = [[a, b, c, (a + b + c) % 2] for a in (0, 1) for b in (0, 1) for c in (0, 1)]


@pytest.mark.parametrize("units", UNITS)
@pytest.mark.parametrize("T", [0.7, 2.0])
def test_what_a_machine_has_made_another_learns(units, T):
    teacher = machine(4, units=units, scale=0.7)
    v = boltzmann.distribution(teacher).states
    p = boltzmann.visible(teacher, T)
    start = Boltzmann(np.zeros((4, 4)), units=units)
    records = list(
        boltzmann.learn(start, v, p, steps=3000, rate=1.0 * T**2 if units == "bits" else 0.3 * T**2, T=T)
    )
    assert records[-1].kl < 1e-6
    assert all(later.kl <= earlier.kl + 1e-12 for earlier, later in pairwise(records))
    assert np.allclose(records[-1].model.W, teacher.W, atol=0.02)
    assert records[-1].norm < 1e-3


@pytest.mark.parametrize("bits", [3, 4])
def test_parity_is_invisible_to_machines_without_hidden_units(bits):
    data = [row[4 - bits :] for row in PARITY if bits == 4 or row[0] == 0]
    start = Boltzmann(np.zeros((bits, bits)))
    slope = boltzmann.gradient(start, data)
    assert np.abs(slope.W).max() < 1e-15 and np.abs(slope.b).max() < 1e-15
    *_, last = boltzmann.learn(start, data, steps=100, rate=1.0)
    assert last.kl == pytest.approx(np.log(2), abs=1e-14)
    elsewhere = boltzmann.learn(boltzmann.initial(bits, rng=rng(), scale=1.0), data, steps=3000, rate=1.0)
    assert min(step.kl for step in elsewhere) == pytest.approx(np.log(2), abs=1e-6)


@pytest.mark.parametrize("bits", [3, 4])
def test_hidden_units_see_parity(bits):
    data = [row[4 - bits :] for row in PARITY if bits == 4 or row[0] == 0]
    start = boltzmann.initial(bits, 3, rng=rng(2), scale=1.0)
    *_, last = boltzmann.learn(start, data, steps=2000, rate=1.0)
    assert last.kl < 0.1


def test_forbidden_links_stay_as_they_are():
    allowed = boltzmann.links([3, 2], [(0, 1)])
    start = boltzmann.initial(3, 2, rng=rng(), links=allowed, scale=0.5)
    *_, last = boltzmann.learn(start, [[1, 1, 0], [0, 0, 1]], steps=50, rate=0.5, links=allowed)
    assert not last.model.W[allowed == 0].any()
    assert (last.model.W[allowed == 1] != start.W[allowed == 1]).all()
    small = rbm.RBM(start.W[:3, 3:])
    slope = rbm.gradient(small, [[1, 1, 0], [0, 0, 1]])
    (first,) = boltzmann.learn(start, [[1, 1, 0], [0, 0, 1]], steps=1, rate=0.5, links=allowed)
    assert np.allclose(first.model.W[:3, 3:], start.W[:3, 3:] + 0.5 * slope.W, atol=1e-14)
    assert first.norm == pytest.approx(np.sqrt(sum((x**2).sum() for x in slope)))


def test_the_rule_of_1985_takes_steps_of_one_size():
    start = Boltzmann(np.zeros((3, 3)))
    (step,) = boltzmann.learn(start, [[1, 1, 0]], steps=1, rate=2.0, T=10.0, rule="sign")
    assert step.model.W.tolist() == [[0, 2, -2], [2, 0, -2], [-2, -2, 0]]
    assert step.model.b.tolist() == [2, 2, -2]


def test_decay_is_the_derivative_of_a_penalty():
    start = machine(3)
    data = [[1, 1, 0], [0, 1, 1]]
    (plain,) = boltzmann.learn(start, data, steps=1, rate=0.5)
    (pulled,) = boltzmann.learn(start, data, steps=1, rate=0.5, decay=0.1)
    assert np.allclose(pulled.model.W, plain.model.W - 0.05 * start.W, atol=1e-15)
    assert (pulled.model.b == plain.model.b).all()


@pytest.mark.parametrize("units", UNITS)
def test_noise_turns_units_over_independently(units):
    model = machine(3, units=units)
    v, p = boltzmann.noisy(model, [np.where([1, 0, 1], 1, model.off)], on_off=0.2, off_on=0.1)
    by_hand = [np.prod(np.where(row == 1, [0.8, 0.1, 0.8], [0.2, 0.9, 0.2])) for row in v]
    assert np.allclose(p, by_hand, atol=1e-15) and (v == boltzmann.distribution(model).states).all()


def test_noise_keeps_weights_finite():
    """The weights that learning ends with are those of the noisy distribution."""
    start = Boltzmann(np.zeros((2, 2)))
    *_, last = boltzmann.learn(start, [[1, 0], [0, 1]], steps=5000, rate=1.0, noise=(0.15, 0.05))
    v, p = boltzmann.noisy(start, [[1, 0], [0, 1]])
    assert boltzmann.kl(last.model, v, p) < 1e-8
    assert last.kl == pytest.approx(boltzmann.kl(last.model, [[1, 0], [0, 1]]))


def averages_agree(estimates, truth):
    """Means of independent estimates within 4.5 of their standard errors, each entry."""
    estimates = np.array([np.append(x.W[np.triu_indices(len(x.b), 1)], x.b) for x in estimates])
    truth = np.append(truth.W[np.triu_indices(len(truth.b), 1)], truth.b)
    error = np.maximum(estimates.std(axis=0, ddof=1) / np.sqrt(len(estimates)), 1e-12)
    return bool((np.abs(estimates.mean(axis=0) - truth) < 4.5 * error).all())


@pytest.mark.parametrize("units", UNITS)
@pytest.mark.parametrize("T", [0.8, 2.0])
def test_sampled_phases_agree_with_exact_ones(units, T):
    """At a learning rate that changes nothing, so that every step is one more estimate."""
    model = machine(5, 3, units, scale=0.5 if units == "bits" else 0.25)
    data = np.where(np.array([[1, 0, 0], [0, 1, 1], [1, 1, 1]]), 1, model.off)
    p = [0.5, 0.3, 0.2]
    annealed = Annealed(T * np.geomspace(4, 1, 15), 10, 7)
    settings = {"steps": 2000, "rate": 1e-300, "T": T, "rng": rng(1), "noise": (0.15, 0.05)}
    records = list(boltzmann.learn(model, data, p, positive=annealed, negative=annealed, **settings))
    held = boltzmann.positive(model, *boltzmann.noisy(model, data, p), T)
    running = boltzmann.negative(model, T)
    assert averages_agree([record.positive for record in records], held)
    assert averages_agree([record.negative for record in records], running)
    assert not averages_agree([record.positive for record in records], boltzmann.positive(model, data, p, T))
    assert not averages_agree([record.negative for record in records], boltzmann.negative(model, 1.5 * T))


def test_annealing_too_fast_is_biased_and_annealing_slowly_is_not():
    """With strong couplings chains fall into a valley at random and stay: what made 1985 slow."""
    model, T = machine(5, 3, "spins", scale=0.5), 0.8
    negatives = [
        [
            step.negative
            for step in boltzmann.learn(
                model,
                [[1, 1, 1]],
                steps=1000,
                rate=1e-300,
                T=T,
                negative=Annealed(T * np.geomspace(4, 1, sweeps), 10, 7),
                rng=rng(1),
            )
        ]
        for sweeps in (15, 1000)
    ]
    truth = boltzmann.negative(model, T)
    assert [averages_agree(estimates, truth) for estimates in negatives] == [False, True]


@pytest.mark.parametrize("units", UNITS)
def test_persistent_chains_agree_with_the_exact_phase(units):
    """Each call starts chains anew; the last step of each, long after, is an independent estimate."""
    model, T = machine(5, 3, units, scale=0.5), 1.3
    data = [np.ones(3)]
    settings = {"steps": 30, "rate": 1e-300, "T": T, "negative": Persistent(20, 2)}
    generator = rng(2)
    last = [list(boltzmann.learn(model, data, rng=generator, **settings))[-1].negative for _ in range(150)]
    assert averages_agree(last, boltzmann.negative(model, T))


def test_sampled_learning_comes_near_exact_learning():
    start = boltzmann.initial(4, 1, rng=rng())
    data = [[1, 1, 0, 0], [0, 0, 1, 1]]
    settings = {"steps": 400, "noise": (0.05, 0.05), "rng": rng(3)}
    falling = 0.5 / (1 + np.arange(400) / 40)
    *_, truth = boltzmann.learn(start, data, rate=falling, **settings)
    anneal = Annealed(np.geomspace(4, 1, 10), 5, 20)
    *_, annealed = boltzmann.learn(start, data, rate=falling, positive=anneal, negative=anneal, **settings)
    *_, chains = boltzmann.learn(
        start, data, rate=falling, positive=anneal, negative=Persistent(20, 5), **settings
    )
    assert annealed.kl < truth.kl + 0.1 and chains.kl < truth.kl + 0.1
    assert truth.kl < 0.5 * boltzmann.kl(start, data)


def test_examples_are_dealt_by_their_shares():
    dealt = learning._deal(np.array([0.25] * 4), 8, rng())
    assert np.bincount(dealt).tolist() == [2, 2, 2, 2]
    counts = np.mean(
        [np.bincount(learning._deal(np.array([0.1, 0.9]), 3, rng(k)), minlength=2) for k in range(2000)], 0
    )
    assert np.allclose(counts, [0.3, 2.7], atol=0.05)


def test_the_encoder_of_1985_by_its_own_algorithm():
    """4-2-4, in a few cycles: codes form, and KL falls far below that of a machine that knows the parts only."""
    allowed = boltzmann.links([4, 4, 2], [(0, 0), (1, 1), (0, 2), (1, 2)])
    data = np.hstack([np.eye(4), np.eye(4)])
    phase = Annealed([20, 20, 15, 15, 12, 12, 10, 10, 10, 10], 10, 8)
    start = Boltzmann(np.zeros((10, 10)), n_visible=8)
    *_, last = boltzmann.learn(
        start,
        data,
        steps=300,
        rate=2.0,
        T=10.0,
        rule="sign",
        positive=phase,
        negative=phase,
        links=allowed,
        noise=(0.15, 0.05),
        rng=rng(0),
    )
    codes = [
        boltzmann.distribution(last.model, 10.0, s=[*row, 0, 0], clamped=[1] * 8 + [0, 0]).p.argmax()
        for row in data
    ]
    assert sorted(codes) == [0, 1, 2, 3]


def test_the_same_seed_learns_the_same():
    start = boltzmann.initial(3, 2, rng=rng())
    settings = {"steps": 5, "rate": 0.3, "positive": Annealed([2.0], 3, 4), "negative": Persistent(5, 2)}
    first, second = (
        list(boltzmann.learn(start, np.eye(3), rng=rng(4), **settings))[-1].model for _ in range(2)
    )
    assert (first.W == second.W).all() and (first.b == second.b).all()


# --- bad input: each is named before anything is changed ---


BITS, SPINS = machine(4, 3), machine(4, 3, "spins")
BIG = Boltzmann(np.zeros((30, 30)), n_visible=5)
WIDE = Boltzmann(np.zeros((22, 22)))


def learning_with(**changes):
    settings = {"steps": 2, "rate": 0.1, "rng": rng(), **changes}
    data, p = settings.pop("data", [[1, 0, 1]]), settings.pop("p", None)
    return lambda: boltzmann.learn(settings.pop("model", BITS), data, p, **settings)


BAD = [
    (lambda: Boltzmann([[0, 1], [2, 0]]), ValueError, "W is not symmetric"),
    (lambda: Boltzmann([[0, np.nan], [np.nan, 0]]), ValueError, "W holds NaN"),
    (lambda: Boltzmann([[0, 1], [1, 0]], [0]), ValueError, r"b has shape \(1,\)"),
    (lambda: Boltzmann([[0, 1], [1, 0]], n_visible=3), ValueError, "n_visible is 3; wanted .* from 1 to 2"),
    (lambda: Boltzmann([[0, 1], [1, 0]], n_visible=1.0), TypeError, "n_visible is 1.0"),
    (
        lambda: Boltzmann([[0, 1], [1, 0]], units="trits"),
        ValueError,
        'units is \'trits\'; wanted "bits" or "spins"',
    ),
    (lambda: boltzmann.initial(0, 2, rng=rng()), ValueError, "n_visible is 0"),
    (lambda: boltzmann.initial(2, -1, rng=rng()), ValueError, "n_hidden|is -1"),
    (lambda: boltzmann.initial(2, 2, rng=0), TypeError, "rng is 0"),
    (lambda: boltzmann.initial(2, 2, rng=rng(), scale=-1), ValueError, "scale is -1"),
    (lambda: boltzmann.initial(2, rng=rng(), links=np.eye(2)), ValueError, r"links\[0, 0\] = 1"),
    (
        lambda: boltzmann.initial(2, rng=rng(), links=[[0, 2], [2, 0]]),
        ValueError,
        "links holds other numbers",
    ),
    (
        lambda: boltzmann.initial(3, rng=rng(), links=[[0, 1], [1, 0]]),
        ValueError,
        r"links has shape \(2, 2\)",
    ),
    (lambda: boltzmann.links([2, 0], []), ValueError, "sizes is 0"),
    (lambda: boltzmann.links([2, 2], [(0, 2)]), ValueError, "joined is 2; wanted .* from 0 to 1"),
    (lambda: boltzmann.from_network(Hopfield([[0, 1], [1, 0]]), 5), ValueError, "n_visible is 5"),
    (lambda: boltzmann.from_network(Hopfield([[0, 1], [1, 0]]), units=1), ValueError, "units is 1"),
    (lambda: boltzmann.energy(BITS, [1, -1, 1, 1]), ValueError, "s holds -1; wanted an array of 0 and 1"),
    (lambda: boltzmann.energy(SPINS, [1, 0, 1, 1]), ValueError, r"s holds 0; wanted an array of \+1 and -1"),
    (lambda: boltzmann.energy(BITS, [1, np.nan, 1, 1]), ValueError, "s holds NaN"),
    (lambda: boltzmann.energy(BITS, [[1, 0], [1]]), ValueError, "s has rows of unequal length"),
    (lambda: boltzmann.field(BITS, [1, 1]), ValueError, r"s has shape \(2,\)"),
    (lambda: boltzmann.dE(BITS, [1, 1, 0, 0], 4), ValueError, "i is 4"),
    (lambda: boltzmann.dE(SPINS, [1, 1, 0, 0], 1), ValueError, "s holds 0"),
    (lambda: boltzmann.p_on(BITS, [1, 1, 0, 0], 0), ValueError, "T is 0.*wanted a temperature T > 0"),
    (lambda: boltzmann.random_states(BITS, 0, rng=rng()), ValueError, "chains is 0"),
    (lambda: boltzmann.random_states(BITS, 1, rng=0), TypeError, "rng is 0"),
    (lambda: boltzmann.gibbs(BITS, [-1] * 4, rng=rng(), sweeps=1), ValueError, "s holds -1"),
    (lambda: boltzmann.gibbs(BITS, [[]], rng=rng(), sweeps=1), ValueError, "s is empty"),
    (lambda: boltzmann.gibbs(BITS, [1] * 4, -1.0, rng=rng(), sweeps=1), ValueError, "T is -1"),
    (lambda: boltzmann.gibbs(BITS, [1] * 4, rng=rng(), sweeps=0), ValueError, "sweeps is 0"),
    (lambda: boltzmann.gibbs(BITS, [1] * 4, rng=0, sweeps=1), TypeError, "rng is 0"),
    (
        lambda: boltzmann.gibbs(BITS, [1] * 4, rng=rng(), sweeps=1, clamped=[1, 0]),
        ValueError,
        r"clamped has shape \(2,\); wanted an array of 0 and 1 of shape \(4,\)",
    ),
    (
        lambda: boltzmann.gibbs(BITS, [1] * 4, rng=rng(), sweeps=1, order="up"),
        ValueError,
        'order is \'up\'; wanted "random" or "sequential"',
    ),
    (lambda: boltzmann.sample(SPINS, [0] * 4, rng=rng(), sweeps=1), ValueError, "s holds 0"),
    (lambda: boltzmann.sample(BITS, [[0] * 4], rng=rng(), sweeps=1), ValueError, r"s has shape \(1, 4\)"),
    (lambda: boltzmann.sample(BITS, [0] * 4, np.nan, rng=rng(), sweeps=1), ValueError, "T is nan"),
    (lambda: boltzmann.sample(BITS, [0] * 4, rng=rng(), sweeps=1.5), TypeError, "sweeps is 1.5"),
    (
        lambda: boltzmann.complete(BITS, [1] * 4, [1] * 3, rng=rng(), sweeps=1),
        ValueError,
        r"v has shape \(4,\)",
    ),
    (
        lambda: boltzmann.complete(BITS, [1] * 3, [1] * 4, rng=rng(), sweeps=1),
        ValueError,
        r"known has shape \(4,\)",
    ),
    (
        lambda: boltzmann.complete(BITS, [1] * 3, [1, 0, 0], rng=rng(), sweeps=1, schedule=[1, 2]),
        ValueError,
        "schedule rises from 1.0 to 2.0",
    ),
    (
        lambda: boltzmann.complete(BITS, [1] * 3, [1, 0, 0], 2.0, rng=rng(), sweeps=1, schedule=[2, 1]),
        ValueError,
        "schedule ends at 1.0; wanted it to end at T = 2.0 or above",
    ),
    (
        lambda: boltzmann.distribution(WIDE),
        ValueError,
        "22 units .* at most 20: 2\\^22 states would take 0.0312 GiB",
    ),
    (lambda: boltzmann.distribution(BITS, 0), ValueError, "T is 0"),
    (lambda: boltzmann.distribution(BITS, clamped=[1, 0, 0, 0]), ValueError, "s is None; wanted the state"),
    (lambda: boltzmann.distribution(BITS, s=[1] * 4, clamped=[1, 0]), ValueError, "clamped has shape"),
    (lambda: boltzmann.visible(WIDE), ValueError, "at most 20"),
    (lambda: boltzmann.log_likelihood(WIDE, [0] * 22), ValueError, "at most 20"),
    (lambda: boltzmann.log_likelihood(SPINS, [0, 1, 1]), ValueError, "v holds 0"),
    (lambda: boltzmann.kl(BITS, []), ValueError, "data has shape"),
    (lambda: boltzmann.kl(BITS, np.zeros((0, 3))), ValueError, "data is empty"),
    (lambda: boltzmann.kl(BITS, [[1, 0, -1]]), ValueError, "data holds -1"),
    (lambda: boltzmann.kl(BITS, [[1, 0, 1]], [0.5]), ValueError, "p sums to 0.5; wanted 1 probabilities"),
    (lambda: boltzmann.kl(BITS, [[1, 0, 1]], [0.5, 0.5]), ValueError, r"p has shape \(2,\)"),
    (lambda: boltzmann.kl(BITS, [[1, 0, 1]] * 2, [1.5, -0.5]), ValueError, "p holds -0.5"),
    (lambda: boltzmann.kl(BITS, [[1, 0, 1]] * 2, [np.nan, 1]), ValueError, "p holds NaN"),
    (lambda: boltzmann.positive(BIG, [[1] * 5]), ValueError, "25 units among the hidden units"),
    (lambda: boltzmann.negative(WIDE), ValueError, "at most 20"),
    (lambda: boltzmann.gradient(BITS, [[1, 1]]), ValueError, r"data has shape \(1, 2\)"),
    (lambda: boltzmann.noisy(BITS, [[1, 1, 0]], on_off=1.5), ValueError, "on_off is 1.5"),
    (lambda: boltzmann.noisy(WIDE, [[1] * 22]), ValueError, "22 visible units; wanted at most 12"),
    (learning_with(data=[[1, 2, 3]]), ValueError, "data holds 2"),
    (learning_with(model=SPINS), ValueError, "data holds 0"),
    (learning_with(data=[[1, 0]]), ValueError, r"data has shape \(1, 2\)"),
    (learning_with(steps=0), ValueError, "steps is 0"),
    (learning_with(rate=0), ValueError, "rate holds 0.0; wanted a learning rate > 0"),
    (learning_with(rate=[0.1]), ValueError, r"rate has shape \(1,\)"),
    (learning_with(T=0), ValueError, "T is 0"),
    (learning_with(decay=-1), ValueError, "decay is -1"),
    (learning_with(rule="up"), ValueError, 'rule is \'up\'; wanted "gradient" or "sign"'),
    (learning_with(links=np.ones((4, 4))), ValueError, r"links\[0, 0\] = 1"),
    (learning_with(noise=0.1), TypeError, "noise is 0.1; wanted two probabilities"),
    (learning_with(noise=(0.1, 2)), ValueError, "noise is 2"),
    (learning_with(positive="sampled"), TypeError, "positive is 'sampled'; wanted \"exact\" or Annealed"),
    (learning_with(positive=Persistent()), TypeError, "positive is Persistent"),
    (learning_with(negative=3), TypeError, 'negative is 3; wanted "exact", Annealed'),
    (learning_with(negative=Annealed([1, 2])), ValueError, "schedule rises from 1.0 to 2.0"),
    (learning_with(negative=Annealed([])), ValueError, "schedule is empty"),
    (learning_with(negative=Annealed([2, 0])), ValueError, "schedule holds 0.0"),
    (learning_with(negative=Annealed([2, 1]), T=3), ValueError, "schedule ends at 1.0"),
    (learning_with(negative=Annealed([2], chains=0)), ValueError, "chains is 0"),
    (learning_with(positive=Annealed([2], sweeps=0)), ValueError, "sweeps is 0"),
    (learning_with(negative=Persistent(sweeps=0)), ValueError, "sweeps is 0"),
    (learning_with(negative=Persistent(), rng=None), TypeError, "rng is None"),
    (learning_with(positive=Annealed([2]), rng=None), TypeError, "rng is None"),
    (
        learning_with(model=BIG, data=[[1] * 5]),
        ValueError,
        "25 units among the hidden units; wanted at most 20",
    ),
    (learning_with(model=WIDE, data=[[1] * 22]), ValueError, "22 units among all units; wanted at most 20"),
]


@pytest.mark.parametrize(("call", "error", "message"), BAD, ids=range(len(BAD)))
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_rate_too_large_is_named():
    run = boltzmann.learn(machine(3), np.eye(3), steps=50, rate=1e308)
    with (
        np.errstate(all="ignore"),
        pytest.raises(ValueError, match="rate is 1e\\+308 in step .* beyond all bounds"),
    ):
        list(run)


def test_divergence_of_large_machines_is_left_out():
    model = Boltzmann(np.zeros((25, 25)), n_visible=5)
    (step,) = boltzmann.learn(
        model, [[1] * 5], steps=1, rate=0.1, positive=Annealed([2.0]), negative=Persistent(), rng=rng()
    )
    assert np.isnan(step.kl) and step.model.b[0] > 0


def test_arguments_are_left_as_they_are():
    s = np.zeros((3, 4), dtype=np.int8)
    v = np.zeros((2, 3), dtype=np.int8)
    boltzmann.gibbs(BITS, s, rng=rng(), sweeps=5)
    boltzmann.sample(BITS, s[0], rng=rng(), sweeps=5)
    boltzmann.complete(BITS, v, [1, 0, 0], rng=rng(), sweeps=5)
    boltzmann.distribution(BITS, s=s[0], clamped=[1, 0, 0, 0])
    assert not s.any() and not v.any()
