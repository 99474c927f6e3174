"""Hopfield networks: identities, then the sampler against the truth, then bad input."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

import harness
from ebm import exact, hopfield, random
from ebm.hopfield import Hopfield

T_AND_L = np.array([[1, 1, 1, -1, 1, -1, -1, 1, -1], [1, -1, -1, 1, -1, -1, 1, 1, 1]])


def rng(seed=0):
    return np.random.default_rng(seed)


def random_network(n, seed=0, scale=1.0):
    W = rng(seed).normal(size=(n, n)) * scale
    return Hopfield(np.triu(W, 1) + np.triu(W, 1).T, rng(seed + 1).normal(size=n) * scale)


@st.composite
def networks(draw):
    """Networks with small whole weights, where ties between states are common."""
    n = draw(st.integers(1, 7))
    W = np.triu(draw(arrays(int, (n, n), elements=st.integers(-2, 2))), 1)
    b = draw(arrays(int, n, elements=st.integers(-2, 2)))
    s = draw(arrays(np.int8, n, elements=st.sampled_from([-1, 1])))
    return Hopfield((W + W.T) / 3, b / 3), s


# --- Hebb's rule ---


def test_hebb_is_the_formula():
    W = hopfield.hebb(T_AND_L).W
    for i in range(9):
        for j in range(9):
            assert W[i, j] == pytest.approx(0 if i == j else (T_AND_L[:, i] * T_AND_L[:, j]).sum() / 9)


def test_energy_of_stored_patterns_in_closed_form():
    """E(xi) = -n/2 (1 + m^2) + P/2 for two patterns with overlap m."""
    m = hopfield.overlap(*T_AND_L)
    assert m == pytest.approx(-1 / 3)
    assert np.allclose(hopfield.energy(hopfield.hebb(T_AND_L), T_AND_L), -4.5 * (1 + m**2) + 1)


def test_the_minima_of_t_and_l_are_the_two_and_their_inverses():
    states = exact.states(9)
    minima = states[hopfield.is_fixed_point(hopfield.hebb(T_AND_L), states)]
    expected = np.vstack([T_AND_L, -T_AND_L])
    assert sorted(minima.tolist()) == sorted(expected.tolist())


# --- energy, field, dE ---


@given(networks(), st.data())
def test_dE_is_the_difference_of_energies(network, data):
    model, s = network
    i = data.draw(st.integers(0, model.n - 1))
    flipped = s.copy()
    flipped[i] *= -1
    difference = hopfield.energy(model, flipped) - hopfield.energy(model, s)
    assert hopfield.dE(model, s, i) == pytest.approx(difference, abs=1e-12)
    assert hopfield.dE(model, s, i) == pytest.approx(2 * s[i] * hopfield.field(model, s)[i], abs=1e-12)


@given(networks())
def test_energy_is_the_formula_for_one_state_and_for_many(network):
    model, s = network
    E = -0.5 * s @ model.W @ s - model.b @ s
    assert hopfield.energy(model, s) == pytest.approx(E, abs=1e-12)
    assert hopfield.energy(model, np.array([s, -s]))[0] == hopfield.energy(model, s)
    assert (hopfield.field(model, np.array([-s, s]))[1] == hopfield.field(model, s)).all()


@given(networks(), st.data())
def test_gauge_symmetry(network, data):
    """w_ij -> g_i g_j w_ij, b_i -> g_i b_i, s_i -> g_i s_i leaves the energy as it is."""
    model, s = network
    g = data.draw(arrays(np.int8, model.n, elements=st.sampled_from([-1, 1])))
    turned = Hopfield(model.W * np.outer(g, g), model.b * g)
    assert hopfield.energy(turned, s * g) == pytest.approx(hopfield.energy(model, s), abs=1e-12)


@given(networks(), st.data())
def test_numbering_of_units_does_not_matter(network, data):
    model, s = network
    order = np.array(data.draw(st.permutations(range(model.n))))
    renumbered = Hopfield(model.W[np.ix_(order, order)], model.b[order])
    assert hopfield.energy(renumbered, s[order]) == pytest.approx(hopfield.energy(model, s), abs=1e-12)


# --- T = 0 ---


@given(networks(), st.integers(0, 2**32))
@settings(max_examples=300)
def test_descent_never_raises_the_energy_and_ends_at_rest(network, seed):
    model, s = network
    before = s.copy()
    path = hopfield.descend(model, s, rng=rng(seed))
    assert (s == before).all()
    assert (np.diff(path.energies) < 0).all()
    assert path.energies[0] == pytest.approx(hopfield.energy(model, s), abs=1e-12)
    assert path.energies[-1] == pytest.approx(hopfield.energy(model, path.s), abs=1e-10)
    assert all(hopfield.dE(model, path.s, i) >= -1e-11 for i in range(model.n))
    assert hopfield.is_fixed_point(model, path.s)


def test_descent_visits_units_in_every_order():
    """From a state with two downhill neighbours both ways down are taken, about equally often."""
    model = Hopfield([[0, -1], [-1, 0]])
    ends = [hopfield.descend(model, [1, 1], rng=rng(seed)).s[0] for seed in range(400)]
    assert abs(np.mean(ends)) < 4 / np.sqrt(400)


def test_recall_below_capacity():
    patterns = rng(2).choice([-1, 1], size=(8, 200))
    model = hopfield.hebb(patterns)
    for k, xi in enumerate(patterns):
        end = hopfield.descend(model, hopfield.corrupt(xi, 0.2, rng=rng(k)), rng=rng(k)).s
        assert hopfield.overlap(xi, end) > 0.98


def test_synchronous_updates_can_cycle_and_raise_the_energy():
    model = Hopfield([[0, 1], [1, 0]])
    assert hopfield.synchronous(model, [1, -1]).tolist() == [-1, 1]
    assert hopfield.synchronous(model, [-1, 1]).tolist() == [1, -1]
    frustrated = Hopfield([[0, -1, -1], [-1, 0, -1], [-1, -1, 0]], [0.5, 0.5, 0.5])
    s = np.array([1, 1, -1])
    raised = np.array([-1, -1, -1])
    assert hopfield.energy(frustrated, raised) > hopfield.energy(frustrated, s)
    assert hopfield.synchronous(frustrated, [1, 1, 1]).tolist() == [-1, -1, -1]
    assert hopfield.synchronous(frustrated, [-1, -1, -1]).tolist() == [1, 1, 1]


def test_synchronous_keeps_a_unit_without_field():
    assert hopfield.synchronous(Hopfield(np.zeros((2, 2))), [[1, -1], [-1, -1]]).tolist() == [
        [1, -1],
        [-1, -1],
    ]


# --- T > 0 ---


@pytest.mark.parametrize("T", [0.7, 1.0, 3.0])
def test_samples_follow_boltzmann(T):
    model = random_network(5, scale=0.6)
    samples = hopfield.sample(model, np.ones(5), T, rng=rng(), sweeps=200_000)
    assert harness.misfit(model, T, samples) == ""


@pytest.mark.parametrize("T", [0.7, 1.0, 3.0])
@pytest.mark.parametrize("mistake", ["half the exponent", "temperature 3% off", "bias left out"])
def test_the_harness_finds_wrong_samplers(T, mistake):
    model = random_network(5, scale=0.6)
    sampled, wrong_T = model, T
    if mistake == "half the exponent":
        wrong_T = 2 * T
    elif mistake == "temperature 3% off":
        wrong_T = 1.03 * T
    else:
        sampled = Hopfield(model.W)
    samples = hopfield.sample(sampled, np.ones(5), wrong_T, rng=rng(), sweeps=200_000)
    assert harness.misfit(model, T, samples)


def test_single_updates_obey_detailed_balance():
    """The kernel's moves have the probabilities of the formula, and these balance: p_s M_st = p_t M_ts."""
    n, T, tries = 3, 0.8, 20_000
    model = random_network(n)
    truth = exact.boltzmann(model, T)
    M = np.zeros((2**n, 2**n))
    for k, s in enumerate(truth.states):
        on = 1 / (1 + np.exp(-2 * hopfield.field(model, s) / T))
        for i in range(n):
            M[k, k | 1 << i] += on[i] / n
            M[k, k & ~(1 << i)] += (1 - on[i]) / n
    flow = truth.p[:, None] * M
    assert np.allclose(flow, flow.T, rtol=0, atol=1e-15)

    words, energies = random.state(rng()), np.zeros(2)
    for k, start in enumerate(truth.states):
        counts = np.zeros(2**n)
        for _ in range(tries):
            s = start.copy()
            hopfield._heat_bath(model.W, model.b, s, T, words, energies)
            counts[(s > 0) @ (1 << np.arange(n))] += 1
        possible = M[k] > 0
        assert counts[~possible].sum() == 0
        assert stats.chisquare(counts[possible], tries * M[k, possible]).pvalue > 1e-4


def test_heat_bath_energies_belong_to_its_states():
    model = random_network(12)
    path = hopfield.heat_bath(model, np.ones(12), 1.3, rng=rng(), updates=5000)
    assert path.energies[0] == hopfield.energy(model, np.ones(12))
    assert path.energies[-1] == pytest.approx(hopfield.energy(model, path.s), abs=1e-9)


def test_heat_bath_and_sample_take_the_same_steps():
    model = random_network(9)
    end = hopfield.heat_bath(model, np.ones(9), 0.9, rng=rng(5), updates=9 * 40).s
    assert (hopfield.sample(model, np.ones(9), 0.9, rng=rng(5), sweeps=40)[-1] == end).all()


def test_cold_units_freeze_and_hot_units_toss_coins():
    model = hopfield.hebb(T_AND_L)
    assert (hopfield.sample(model, T_AND_L[0], 0.01, rng=rng(), sweeps=200) == T_AND_L[0]).all()
    mean = hopfield.sample(model, T_AND_L[0], 1e6, rng=rng(), sweeps=20_000).mean(axis=0)
    assert np.abs(mean).max() < 5 / np.sqrt(20_000)


PLAIN = """
import numpy as np
from ebm import hopfield
model = hopfield.hebb({patterns})
with np.errstate(over="ignore"):
    path = hopfield.heat_bath(model, np.ones(9), 0.8, rng=np.random.default_rng(7), updates=3000)
    fall = hopfield.descend(model, np.ones(9), rng=np.random.default_rng(8))
print(path.s.tolist(), path.energies.tobytes().hex(), fall.s.tolist(), fall.energies.tobytes().hex())
"""


def test_plain_python_takes_the_same_steps_to_the_last_bit():
    script = PLAIN.format(patterns=T_AND_L.tolist())
    said = [
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "NUMBA_DISABLE_JIT": disabled},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for disabled in "01"
    ]
    assert said[0] == said[1] and len(said[0]) > 48_000


# --- overlaps and corruption ---


def test_overlap_shapes():
    assert hopfield.overlap(T_AND_L, T_AND_L[0]).shape == (2,)
    assert hopfield.overlap(T_AND_L, T_AND_L[[0, 0, 1]]).shape == (3, 2)
    assert hopfield.overlap(T_AND_L[0], -T_AND_L[0]) == -1


@pytest.mark.parametrize("fraction", [0, 0.1, 0.5, 1])
def test_corrupt_flips_just_that_share(fraction):
    s = hopfield.corrupt(T_AND_L[0], fraction, rng=rng())
    assert (s != T_AND_L[0]).sum() == round(9 * fraction)


def test_the_same_seed_gives_the_same_run():
    model = random_network(30)
    first, second = (hopfield.heat_bath(model, np.ones(30), 1.0, rng=rng(9), updates=999) for _ in range(2))
    assert (first.s == second.s).all() and (first.energies == second.energies).all()


# --- bad input: each is named before anything is changed ---

MODEL = hopfield.hebb(T_AND_L)
GOOD = T_AND_L[0]
NAN = np.where(np.arange(9) == 4, np.nan, 1.0)


@pytest.mark.parametrize(
    ("W", "error", "message"),
    [
        ([[0, 1, 2], [1, 0, 3]], ValueError, r"W has shape \(2, 3\); wanted a symmetric"),
        ([[0, 1], [2, 0]], ValueError, r"W is not symmetric: W\[0, 1\] = 1.0 but W\[1, 0\] = 2.0"),
        ([[1, 0], [0, 0]], ValueError, r"W\[0, 0\] = 1.0; wanted .* zero diagonal"),
        ([[0, np.nan], [np.nan, 0]], ValueError, "W holds NaN or infinity"),
        ([[0, np.inf], [np.inf, 0]], ValueError, "W holds NaN or infinity"),
        ([0, 1], ValueError, r"W has shape \(2,\)"),
        (np.zeros((0, 0)), ValueError, r"W has shape \(0, 0\)"),
        ([["a", "b"], ["c", "d"]], TypeError, "W holds <U1"),
        ([[0, 1j], [1j, 0]], TypeError, "W holds complex128"),
    ],
)
def test_bad_weights(W, error, message):
    with pytest.raises(error, match=message):
        Hopfield(W)


@pytest.mark.parametrize("b", [[0, 0, 0], [[0, 0]], 1.0, [0, np.nan]])
def test_bad_biases(b):
    with pytest.raises(ValueError, match=r"b (has shape|holds NaN).*wanted an array of shape \(2,\)"):
        Hopfield([[0, 1], [1, 0]], b)


def test_weights_cannot_be_changed_behind_the_model():
    W = np.zeros((2, 2))
    model = Hopfield(W)
    W[0, 1] = 5
    assert model.W[0, 1] == 0
    with pytest.raises(ValueError, match="read-only"):
        model.W[0, 1] = 1


@pytest.mark.parametrize(
    ("patterns", "error", "message"),
    [
        ([[1, -1], [1, -1, 1]], ValueError, "patterns has rows of unequal length"),
        ([[1, 0, -1]], ValueError, r"patterns holds 0; wanted an array of \+1 and -1 of shape \(P, n\)"),
        ([[1, 2, -1]], ValueError, "patterns holds 2"),
        ([[1, np.nan]], ValueError, "patterns holds NaN"),
        ([1, -1], ValueError, r"patterns has shape \(2,\)"),
        ([[]], ValueError, "patterns is empty"),
        (["T"], TypeError, "patterns holds <U1"),
    ],
)
def test_bad_patterns(patterns, error, message):
    with pytest.raises(error, match=message):
        hopfield.hebb(patterns)


@pytest.mark.parametrize(
    ("s", "message"),
    [
        ((GOOD + 1) // 2, r"s holds 0; wanted an array of \+1 and -1 of shape \(9,\)"),
        (GOOD[:8], r"s has shape \(8,\)"),
        (NAN, "s holds NaN"),
        ([], "s is empty|s has shape"),
        (1, r"s has shape \(\)"),
        (2 * GOOD, "s holds"),
        (0.5 * GOOD, "s holds"),
    ],
)
@pytest.mark.parametrize(
    "function",
    [
        lambda s: hopfield.energy(MODEL, s),
        lambda s: hopfield.field(MODEL, s),
        lambda s: hopfield.dE(MODEL, s, 0),
        lambda s: hopfield.descend(MODEL, s, rng=rng()),
        lambda s: hopfield.synchronous(MODEL, s),
        lambda s: hopfield.is_fixed_point(MODEL, s),
        lambda s: hopfield.heat_bath(MODEL, s, 1.0, rng=rng(), updates=1),
        lambda s: hopfield.sample(MODEL, s, 1.0, rng=rng(), sweeps=1),
        lambda s: hopfield.overlap(T_AND_L, s),
    ],
    ids=[
        "energy",
        "field",
        "dE",
        "descend",
        "synchronous",
        "is_fixed_point",
        "heat_bath",
        "sample",
        "overlap",
    ],
)
def test_bad_states(function, s, message):
    with pytest.raises(ValueError, match=message):
        function(s)


@pytest.mark.parametrize(
    ("T", "error"),
    [
        (0, ValueError),
        (-1.0, ValueError),
        (np.nan, ValueError),
        (np.inf, ValueError),
        ("1", TypeError),
        (None, TypeError),
    ],
)
def test_bad_temperatures(T, error):
    with pytest.raises(error, match="T is .*wanted a temperature T > 0"):
        hopfield.heat_bath(MODEL, GOOD, T, rng=rng(), updates=1)
    with pytest.raises(error, match="T is .*wanted a temperature T > 0"):
        hopfield.sample(MODEL, GOOD, T, rng=rng(), sweeps=1)


@pytest.mark.parametrize(
    "function",
    [
        lambda bad: hopfield.descend(MODEL, GOOD, rng=bad),
        lambda bad: hopfield.heat_bath(MODEL, GOOD, 1.0, rng=bad, updates=1),
        lambda bad: hopfield.sample(MODEL, GOOD, 1.0, rng=bad, sweeps=1),
        lambda bad: hopfield.corrupt(GOOD, 0.1, rng=bad),
    ],
    ids=["descend", "heat_bath", "sample", "corrupt"],
)
def test_a_number_is_not_a_generator(function):
    with pytest.raises(TypeError, match="rng is 0; wanted a numpy.random.Generator"):
        function(0)


@pytest.mark.parametrize(
    ("count", "error"), [(0, ValueError), (-1, ValueError), (1.5, TypeError), (True, TypeError)]
)
def test_bad_counts(count, error):
    with pytest.raises(error, match="updates is"):
        hopfield.heat_bath(MODEL, GOOD, 1.0, rng=rng(), updates=count)
    with pytest.raises(error, match="sweeps is"):
        hopfield.sample(MODEL, GOOD, 1.0, rng=rng(), sweeps=count)


@pytest.mark.parametrize(("i", "error"), [(9, ValueError), (-1, ValueError), (0.0, TypeError)])
def test_no_such_unit(i, error):
    with pytest.raises(error, match="i is .*wanted a whole number from 0 to 8"):
        hopfield.dE(MODEL, GOOD, i)


@pytest.mark.parametrize(
    ("fraction", "error"), [(-0.1, ValueError), (1.1, ValueError), (np.nan, ValueError), ("half", TypeError)]
)
def test_bad_fractions(fraction, error):
    with pytest.raises(error, match="fraction is .*wanted a number from 0 to 1"):
        hopfield.corrupt(GOOD, fraction, rng=rng())


def test_bad_overlap_lengths():
    with pytest.raises(ValueError, match=r"s has shape \(8,\); wanted .* shape \(9,\)"):
        hopfield.overlap(GOOD, GOOD[:8])
