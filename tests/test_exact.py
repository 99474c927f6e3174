"""Exact answers: three ways to the same number, closed forms, published values."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ebm import _transfer, boltzmann, exact, hopfield, ising
from ebm.hopfield import Hopfield
from ebm.ising import Ising, SpinGlass


def rng(seed=0):
    return np.random.default_rng(seed)


def random_network(n, seed=0):
    W = rng(seed).normal(size=(n, n))
    return Hopfield(np.triu(W, 1) + np.triu(W, 1).T, rng(seed + 1).normal(size=n))


def random_glass(shape, periodic, B, seed=0):
    signs = ising.spin_glass(shape, rng=rng(seed), periodic=periodic)
    return SpinGlass(signs.right * rng(1).random(shape), signs.down * rng(2).random(shape), B)


# --- the full list ---


@pytest.mark.parametrize("n", [1, 2, 7, 12])
def test_energies_match_the_definition(n):
    model = random_network(n)
    truth = exact.boltzmann(model, 0.7)
    definition = [-0.5 * s @ model.W @ s - model.b @ s for s in truth.states.astype(float)]
    assert np.allclose(truth.energies, definition, rtol=0, atol=1e-12)
    assert truth.p.sum() == pytest.approx(1, abs=1e-12)
    assert np.allclose(np.log(truth.p), -truth.energies / 0.7 - truth.log_Z)


@pytest.mark.parametrize("T", [0.3, 1.0, 4.0])
def test_ring_of_spins_in_closed_form(T):
    """Z of an Ising ring of n spins is (2 cosh(J/T))^n + (2 sinh(J/T))^n [ising1925]."""
    n, J = 11, 0.8
    truth = exact.boltzmann(ising.to_network(Ising((n,), J=J)), T)
    t = np.tanh(J / T)
    assert truth.log_Z == pytest.approx(n * np.log(2 * np.cosh(J / T)) + np.log1p(t**n), rel=1e-13)
    assert truth.correlations[0, 3] == pytest.approx((t**3 + t ** (n - 3)) / (1 + t**n), abs=1e-12)
    assert np.allclose(truth.mean, 0, atol=1e-12)


def test_free_units_follow_their_bias():
    b = np.array([0.3, -1.2, 0.0])
    truth = exact.boltzmann(Hopfield(np.zeros((3, 3)), b), 0.5)
    assert np.allclose(truth.mean, np.tanh(b / 0.5), atol=1e-14)


def test_the_page_lists_the_same_energies():
    """The Gray code's kernel, compiled and plain, against the list that the library makes by doubling."""
    model = random_network(10)
    lists = []
    for function in (exact._gray_energies, exact._gray_energies.py_func):
        lists.append(np.empty(2**10))
        function(model.W, model.b, -np.ones(10), model.b - model.W.sum(axis=1), lists[-1])
    assert (lists[0] == lists[1]).all()
    assert np.allclose(lists[0], exact._energies(model.W, model.b), rtol=0, atol=1e-11)


def test_index_is_the_inverse_of_states():
    assert (exact.index(exact.states(10)) == np.arange(2**10)).all()


def test_cold_networks_do_not_overflow():
    assert exact.boltzmann(random_network(8), 1e-4).p.max() == pytest.approx(1)


# --- sums over all states ---


@pytest.mark.parametrize("n", [1, 2, 3, 9, 16, 17, 19])
@pytest.mark.parametrize("T", [0.4, 1.0, 3.0])
def test_moments_are_those_of_the_full_list(n, T):
    model = random_network(n)
    truth, found = exact.boltzmann(model, T), exact.moments(model, T)
    energy = truth.p @ truth.energies
    assert found.log_Z == pytest.approx(truth.log_Z, rel=1e-13)
    assert found.energy == pytest.approx(energy, rel=1e-13)
    assert found.heat_capacity == pytest.approx(truth.p @ (truth.energies - energy) ** 2 / T**2, rel=1e-11)
    assert np.allclose(found.mean, truth.mean, rtol=0, atol=1e-13)
    assert np.allclose(found.correlations, truth.correlations, rtol=0, atol=1e-13)


def test_moments_of_the_largest_ring():
    n, T = 26, 1.5
    found, ring = exact.moments(ising.to_network(Ising((n,), B=0.1)), T), exact.chain(T, B=0.1, n=n)
    assert found.log_Z == pytest.approx(-n * ring.f / T, rel=1e-13)
    assert found.energy == pytest.approx(n * ring.u, rel=1e-12)
    assert np.allclose(found.mean, ring.m, atol=1e-12)
    correlation = exact.chain_correlation(np.arange(n), T, B=0.1, n=n)
    assert np.allclose(found.correlations[5], np.roll(correlation, 5), atol=1e-12)


@pytest.mark.parametrize("T", [1e-5, 1e6])
def test_moments_very_cold_and_very_hot(T):
    model = random_network(18)
    found, ground = exact.moments(model, T), exact.ground_states(model)
    if T < 1:
        assert found.energy == pytest.approx(ground.energy) and (found.mean == ground.states[0]).all()
        assert found.log_Z == pytest.approx(-ground.energy / T, rel=1e-13)
    else:
        assert found.log_Z == pytest.approx(18 * np.log(2), abs=1e-4) and abs(found.mean).max() < 1e-4


@pytest.mark.parametrize("n", [1, 5, 16, 18])
def test_ground_states_are_all_of_them(n):
    """Whole weights, so that there are ties, scaled by 1/10, so that sums of them are not exact."""
    W = np.triu(rng(n).integers(-1, 2, size=(n, n)), 1) / 10
    model = Hopfield(W + W.T)
    truth = exact.boltzmann(model, 1.0)
    lowest = np.flatnonzero(truth.energies < truth.energies.min() + 0.01)
    found = exact.ground_states(model)
    assert found.energy == pytest.approx(truth.energies.min(), abs=1e-12)
    assert found.count == len(lowest) and (found.states == truth.states[lowest]).all()
    few = exact.ground_states(model, most=1)
    assert few.count == len(lowest) and (few.states == truth.states[lowest[:1]]).all()


def test_one_memory_has_two_ground_states():
    found = exact.ground_states(hopfield.hebb([[1, -1, 1, 1, -1]]))
    assert found.states.tolist() == [[1, -1, 1, 1, -1], [-1, 1, -1, -1, 1]]
    assert (found.energy, found.count) == (-2.0, 2)


def test_an_antiferromagnetic_triangle_has_six():
    assert exact.ground_states(ising.to_network(Ising((3,), J=-1.0))).count == 6


@pytest.mark.parametrize("threads", ["1", "2"])
def test_moments_are_the_same_on_any_number_of_threads(threads, tmp_path):
    script = (
        "import numpy as np; from ebm import exact, hopfield;"
        "W = np.triu(np.random.default_rng(0).normal(size=(20, 20)), 1);"
        "found = exact.moments(hopfield.Hopfield(W + W.T), 1.3);"
        "print(*(np.asarray(part).tobytes().hex() for part in found))"
    )
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    environment = {**os.environ, **dict.fromkeys(names, threads)}
    said = subprocess.run(
        [sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True
    ).stdout.split()
    W = np.triu(rng(0).normal(size=(20, 20)), 1)
    here = exact.moments(Hopfield(W + W.T), 1.3)
    assert said == [np.asarray(part).tobytes().hex() for part in here]


# --- the chain ---


@given(
    st.integers(2, 9),
    st.floats(-2, 2).filter(lambda J: J == 0 or abs(J) > 1e-3),
    st.floats(-1, 1),
    st.sampled_from([0.3, 1.0, 4.0]),
)
@settings(deadline=None)
def test_chain_is_enumeration(n, J, B, T):
    truth = exact.boltzmann(ising.to_network(Ising((n,), J=J, B=B)), T)
    ring = exact.chain(T, J=J, B=B, n=n)
    assert ring.f == pytest.approx(-T * truth.log_Z / n, abs=1e-10)
    assert ring.u == pytest.approx(truth.p @ truth.energies / n, abs=1e-9)
    assert ring.m == pytest.approx(truth.mean[0], abs=1e-9)
    correlation = exact.chain_correlation(np.arange(n), T, J=J, B=B, n=n)
    assert np.allclose(correlation, truth.correlations[0], rtol=0, atol=1e-9)


@pytest.mark.parametrize(("J", "B"), [(1.0, 0.0), (1.0, 0.3), (-0.7, 0.4), (0.0, 0.5)])
@pytest.mark.parametrize("T", [0.5, 1.0, 3.0])
def test_the_endless_chain_is_the_limit_of_rings(J, B, T):
    endless, ring = exact.chain(T, J=J, B=B), exact.chain(T, J=J, B=B, n=4000)
    assert np.allclose(endless, ring, rtol=0, atol=1e-12)
    r = np.arange(50)
    assert np.allclose(
        exact.chain_correlation(r, T, J=J, B=B), exact.chain_correlation(r, T, J=J, B=B, n=4000), atol=1e-12
    )


def test_chain_without_a_field_in_closed_form():
    """f = -T log(2 cosh(J/T)), u = -J tanh(J/T), <s_0 s_r> = tanh(J/T)^r [ising1925]."""
    T = 0.9
    found = exact.chain(T)
    t = np.tanh(1 / T)
    assert found.f == pytest.approx(-T * np.log(2 * np.cosh(1 / T)), rel=1e-14)
    assert found.u == pytest.approx(-t, rel=1e-14) and found.m == 0
    assert found.xi == pytest.approx(-1 / np.log(t), rel=1e-12)
    assert exact.chain_correlation(7, T) == pytest.approx(t**7, rel=1e-12)


def test_chain_energy_is_the_derivative_of_its_free_energy():
    for n in (None, 5):
        step = 1e-5
        beta_f = [exact.chain(1 / b, J=0.8, B=0.3, n=n).f * b for b in (1 - step, 1 + step)]
        assert exact.chain(1.0, J=0.8, B=0.3, n=n).u == pytest.approx(
            np.diff(beta_f)[0] / (2 * step), abs=1e-9
        )


def test_connected_correlations_fall_with_the_correlation_length():
    T, B = 0.8, 0.05
    found = exact.chain(T, B=B)
    connected = exact.chain_correlation(np.arange(30), T, B=B) - found.m**2
    assert np.allclose(np.diff(np.log(connected)), -1 / found.xi, rtol=1e-8)


def test_a_free_spin_follows_the_field():
    found = exact.chain(0.7, J=0.0, B=0.4)
    assert found.m == pytest.approx(np.tanh(0.4 / 0.7), rel=1e-14) and found.xi == 0


def test_frozen_rings_lose_no_digits():
    """A frustrated ring of 5 at T = J / 50: ten ground states at E = -3, and 20 at E = 1."""
    T = 0.02
    found = exact.chain(T, J=-1.0, n=5)
    assert -5 * found.f / T == pytest.approx(3 / T + np.log(10), rel=1e-14)
    assert found.u == pytest.approx(-3 / 5, abs=1e-14) and found.m == 0
    assert exact.chain_correlation(1, T, J=-1.0, n=5) == pytest.approx(-3 / 5, abs=1e-14)
    assert exact.chain(1e-3, B=1e-4).u == pytest.approx(-1.0001, abs=1e-12)


# --- the square lattice ---


def test_published_critical_values():
    """[onsager1944]: T_c = 2.269185, u_c = -sqrt(2), log_Z / n = log(2)/2 + 2G/pi."""
    assert exact.T_C == pytest.approx(2.269185314213022, abs=1e-15)
    assert np.sinh(2 / exact.T_C) == pytest.approx(1, abs=1e-15)
    assert exact.onsager_energy(exact.T_C) == pytest.approx(-np.sqrt(2), abs=1e-12)
    assert -exact.onsager_free_energy(exact.T_C) / exact.T_C == pytest.approx(0.9296953983416103, abs=1e-12)


@pytest.mark.parametrize("T", [1.0, 2.0, 2.2, 2.35, 3.0, 10.0])
def test_onsager_energies_are_derivatives(T):
    step = 1e-4 * T
    f = [exact.onsager_free_energy(t) / t for t in (T - step, T + step)]
    assert exact.onsager_energy(T) == pytest.approx(-(T**2) * np.diff(f)[0] / (2 * step), abs=2e-6)
    u = exact.onsager_energy([T - step, T + step])
    assert exact.onsager_specific_heat(T) == pytest.approx(np.diff(u)[0] / (2 * step), abs=2e-5)


def test_the_specific_heat_diverges_as_a_logarithm():
    """c = -(2/pi) (2 J / T_c)^2 log|1 - T / T_c| + ... on both sides."""
    amplitude = 8 / (np.pi * exact.T_C**2)
    for sign in (-1, 1):
        c = exact.onsager_specific_heat(exact.T_C * (1 + sign * np.array([1e-6, 1e-7])))
        assert np.diff(c)[0] == pytest.approx(amplitude * np.log(10), rel=1e-4)


def test_square_lattice_at_both_ends():
    """From one flip above the ground state, dE = 8, to u = -2 J / T at high temperature: nothing overflows."""
    cold = np.array([1e-3, 0.1, 0.3])
    assert np.allclose(exact.onsager_energy(cold), -2 + 8 * np.exp(-8 / cold), rtol=0, atol=1e-14)
    assert np.allclose(exact.onsager_free_energy(cold), -2 - cold * np.exp(-8 / cold), rtol=0, atol=1e-14)
    assert np.allclose(exact.yang_magnetisation(cold), 1 - 2 * np.exp(-8 / cold), rtol=0, atol=1e-14)
    assert np.allclose(
        exact.onsager_specific_heat(cold), 64 * np.exp(-8 / cold) / cold**2, rtol=0, atol=1e-12
    )
    assert exact.onsager_energy(1e4) == pytest.approx(-2e-4, rel=1e-6)
    assert exact.onsager_specific_heat(1e4) == pytest.approx(2e-8, rel=1e-4)


def test_yangs_magnetisation():
    """[yang1952]: (1 - sinh(2J/T)^-4)^(1/8) below T_c, exponent 1/8, and nothing above."""
    assert exact.yang_magnetisation(2.0) == pytest.approx((1 - np.sinh(1.0) ** -4) ** 0.125, rel=1e-14)
    near = exact.yang_magnetisation(exact.T_C * (1 - np.array([1e-8, 1e-7])))
    assert np.diff(np.log(near))[0] / np.log(10) == pytest.approx(1 / 8, abs=1e-6)
    assert exact.yang_magnetisation([exact.T_C + 1e-9, 3.0]).tolist() == [0, 0]


def test_shapes_and_units():
    for function in (
        exact.onsager_energy,
        exact.onsager_free_energy,
        exact.onsager_specific_heat,
        exact.yang_magnetisation,
    ):
        T = np.array([[1.5, 2.0], [2.5, 4.0]])
        assert function(T).shape == (2, 2) and isinstance(function(2.0), float)
        assert function(T)[1, 0] == function(2.5)
        per_J = 2.0 if function in (exact.onsager_energy, exact.onsager_free_energy) else 1.0
        assert np.allclose(function(2 * T, J=2.0), per_J * function(T), rtol=1e-13)


# --- lattices by the transfer matrix ---


def kaufman(rows, columns, T):
    """log_Z of the torus at B = 0 [kaufman1949]."""
    K = 1 / T
    gamma = []
    for k in range(2 * columns):
        c = np.cosh(2 * K) / np.tanh(2 * K) - np.cos(np.pi * k / columns)
        gamma.append(np.arccosh(c) if k else 2 * K + np.log(np.tanh(K)))
    odd, even = np.array(gamma[1::2]) * rows / 2, np.array(gamma[0::2]) * rows / 2
    terms = [
        np.log(2 * np.cosh(odd)).sum(),
        np.log(2 * np.abs(np.sinh(odd))).sum(),
        np.log(2 * np.cosh(even)).sum(),
        np.log(2 * np.abs(np.sinh(even))).sum(),
    ]
    signs = [1, 1, 1, np.sign(exact.T_C - T)]
    top = max(terms)
    total = sum(sign * np.exp(term - top) for sign, term in zip(signs, terms, strict=True))
    return np.log(total / 2) + top + rows * columns / 2 * np.log(2 * np.sinh(2 * K))


def test_symmetry_leaves_as_many_rows_as_there_are_bracelets():
    """Rings of w beads in two colours, counted up to turning and mirroring; and up to swapping colours."""
    for B, numbers in ((0.1, [2, 3, 4, 6, 8, 13, 18, 30, 46, 78]), (0.0, [1, 2, 2, 4, 4, 8, 9, 18, 23, 44])):
        for w, number in enumerate(numbers, start=1):
            rows = _transfer._rows(Ising((w, w), B=B))
            starts = _transfer._starts(rows, uniform=True)
            assert len(starts) == number and sum(times for _, times in starts) == 2**w


@pytest.mark.parametrize("shape", [(4, 4), (6, 5), (8, 8), (3, 10), (9, 7)])
@pytest.mark.parametrize("T", [1.0, 2.0, 2.5, 6.0])
def test_the_torus_in_closed_form(shape, T):
    found = exact.lattice(Ising(shape), T)
    assert found.log_Z == pytest.approx(kaufman(*shape, T), rel=1e-12)
    step = 1e-4
    slope = (kaufman(*shape, 1 / (1 / T + step)) - kaufman(*shape, 1 / (1 / T - step))) / (2 * step)
    assert found.energy == pytest.approx(-slope, abs=1e-4)


UNIFORM = [
    Ising((4, 4), B=0.3),
    Ising((3, 5), J=-1.0),
    Ising((2, 5), J=0.7, B=-0.2),
    Ising((1, 6)),
    Ising((7,), J=-1.0, B=0.4),
    Ising((2, 2)),
    Ising((2,), B=0.1),
    Ising((1, 1), B=0.5),
    Ising((1,)),
]
GLASSES = [
    random_glass(shape, periodic, B)
    for shape, periodic in [
        ((4, 4), (True, True)),
        ((4, 4), (False, True)),
        ((3, 5), (True, False)),
        ((6, 3), (False, False)),
        ((2, 7), (True, True)),
        ((7, 2), (False, True)),
        ((1, 9), (True, True)),
    ]
    for B in (0.0, 0.3)
]


@pytest.mark.parametrize("model", UNIFORM + GLASSES)
def test_lattice_is_enumeration(model):
    network = ising.to_network(model)
    for T in (0.4, 1.0, 3.0):
        truth, found = exact.moments(network, T), exact.lattice(model, T)
        assert found.log_Z == pytest.approx(truth.log_Z, abs=1e-10)
        assert found.energy == pytest.approx(truth.energy, abs=1e-10)
    truth, found = exact.ground_states(network), exact.lattice_ground_state(model)
    assert found.energy == pytest.approx(truth.energy, abs=1e-10)
    assert found.energy == ising.energy(model, found.s) and found.s.shape == model.shape
    assert any((found.s.ravel() == s).all() for s in truth.states)


def test_long_strips_and_rings():
    """Any length: a ring of 3000 against the chain, and a strip that keeps a row's worth of scale."""
    ring = exact.chain(1.3, B=0.2, n=3000)
    found = exact.lattice(Ising((3000,), B=0.2), 1.3)
    assert found.log_Z == pytest.approx(-3000 * ring.f / 1.3, rel=1e-12)
    assert found.energy == pytest.approx(3000 * ring.u, rel=1e-11)
    strips = [exact.lattice(Ising((n, 4)), 1.5).log_Z for n in (1000, 2000, 3000)]
    assert np.diff(strips)[0] == pytest.approx(np.diff(strips)[1], rel=1e-12)


def test_width_sixteen():
    """16 x 16 with one free edge: independent of how it is turned, T -> 0 gives the ground state."""
    model = ising.spin_glass((16, 16), rng=rng(4), periodic=(False, True))
    turned = SpinGlass(model.down.T, model.right.T)
    found = exact.lattice_ground_state(model)
    assert found.energy == exact.lattice_ground_state(turned).energy == ising.energy(model, found.s)
    assert all(ising.dE(model, found.s, site) >= 0 for site in np.ndindex(16, 16))
    assert exact.lattice(model, 1.0).log_Z == pytest.approx(exact.lattice(turned, 1.0).log_Z, rel=1e-13)
    assert exact.lattice(model, 0.11).energy == pytest.approx(found.energy, abs=1e-4)


def test_spin_glass_energy_per_spin_as_published():
    """-1.4015(8) in endless +-J lattices [desimone1996]; two free edges cost a share that falls as 1/L."""

    def per_spin(L, lattices):
        models = (ising.spin_glass((L, L), rng=rng(seed), periodic=(False, True)) for seed in range(lattices))
        energies = np.array([exact.lattice_ground_state(model).energy for model in models]) / L**2
        return energies.mean(), energies.std(ddof=1) / np.sqrt(lattices)

    (small, small_error), (large, large_error) = per_spin(8, 200), per_spin(16, 60)
    error = np.hypot(2 * large_error, small_error)
    assert abs(2 * large - small + 1.4015) < 3 * error < 0.04


@pytest.mark.parametrize("function", [exact.moments, exact.lattice])
def test_progress_is_shown_when_asked(function, capfd):
    model = Ising((4, 5))
    model = ising.to_network(model) if function is exact.moments else model
    quiet = function(model, 1.0)
    assert capfd.readouterr().err == ""
    shown = function(model, 1.0, progress=True)
    assert "100%" in capfd.readouterr().err and shown[0] == quiet[0]


@pytest.mark.parametrize("function", [exact.ground_states, exact.lattice_ground_state])
def test_progress_towards_ground_states(function, capfd):
    model = Ising((4, 5))
    function(ising.to_network(model) if function is exact.ground_states else model, progress=True)
    assert "100%" in capfd.readouterr().err


# --- bad input ---


def test_twenty_units_and_no_more():
    assert exact.boltzmann(hopfield.hebb(np.ones((1, 20))), 1.0).energies.min() == pytest.approx(-9.5)
    with pytest.raises(ValueError, match=r"n is 21; wanted at most 20: 2\^21 states would take .* GiB"):
        exact.boltzmann(Hopfield(np.zeros((21, 21))), 1.0)


@pytest.mark.parametrize(
    ("n", "cost"), [(27, "1.3 seconds"), (40, "3.1 hours"), (64, "5.8e\\+03 years"), (100, "years")]
)
def test_twenty_six_units_and_no_more(n, cost):
    model = Hopfield(np.zeros((n, n)))
    message = rf"n is {n}; wanted at most 26: 2\^{n} states would take about .*{cost}"
    with pytest.raises(ValueError, match=message):
        exact.moments(model, 1.0)
    with pytest.raises(ValueError, match=message):
        exact.ground_states(model)


def test_sixteen_wide_and_no_wider():
    message = r"model has shape \(17, 18\); wanted a width of at most 16: 17 would take about .* hours"
    with pytest.raises(ValueError, match=message):
        exact.lattice(Ising((17, 18)), 2.0)
    with pytest.raises(ValueError, match="wanted a width of at most 16"):
        exact.lattice_ground_state(ising.spin_glass((20, 20), rng=rng(), periodic=(False, True)))


def test_too_long_to_find_the_way_back():
    message = r"model has shape \(16, 20000\); wanted fewer rows of 16: .* would take 2.44 GiB"
    with pytest.raises(ValueError, match=message):
        exact.lattice_ground_state(Ising((16, 20_000)))


@pytest.mark.parametrize(
    ("n", "error"), [(0, ValueError), (-3, ValueError), (2.5, TypeError), (True, TypeError)]
)
def test_bad_sizes(n, error):
    with pytest.raises(error, match="n is .*wanted a whole number"):
        exact.states(n)
    with pytest.raises(error, match="n is .*wanted a whole number of 2 or more"):
        exact.chain(1.0, n=n)
    with pytest.raises(error, match="n is .*wanted a whole number of 2 or more"):
        exact.chain_correlation(1, 1.0, n=n)
    with pytest.raises(error, match="most is .*wanted a whole number"):
        exact.ground_states(random_network(3), most=n)


@pytest.mark.parametrize("T", [0, -1, np.nan, np.inf])
def test_bad_temperatures(T):
    for call in (
        lambda: exact.boltzmann(random_network(3), T),
        lambda: exact.moments(random_network(3), T),
        lambda: exact.lattice(Ising((3, 3)), T),
        lambda: exact.chain(T),
        lambda: exact.chain_correlation(1, T),
    ):
        with pytest.raises(ValueError, match="T is .*wanted a temperature T > 0"):
            call()


@pytest.mark.parametrize(
    "function",
    [
        exact.onsager_energy,
        exact.onsager_specific_heat,
        exact.onsager_free_energy,
        exact.yang_magnetisation,
    ],
)
def test_bad_lattice_temperatures(function):
    for T in (0, -1.0, [2.0, 0.0]):
        with pytest.raises(ValueError, match="T holds .*wanted temperatures > 0"):
            function(T)
    with pytest.raises(ValueError, match="T holds NaN"):
        function([1.0, np.nan])
    with pytest.raises(ValueError, match="T has rows of unequal length"):
        function([[1.0], [1.0, 2.0]])
    with pytest.raises(TypeError, match="T holds <U1"):
        function("2")
    for J in (0.0, -1.0, np.nan):
        with pytest.raises(ValueError, match="J is .*wanted a coupling J > 0"):
            function(2.0, J=J)


def test_too_cold_for_floats():
    with pytest.raises(
        ValueError, match=r"T is 0.01; wanted at least 0.053.* \(T = 0 is `lattice_ground_state`\)"
    ):
        exact.lattice(Ising((8, 8)), 0.01)


@pytest.mark.parametrize(
    ("r", "error", "message"),
    [
        (-1, ValueError, "r holds -1; wanted whole numbers of 0 or more"),
        (0.5, TypeError, "r holds float64"),
        ([1, -2], ValueError, "r holds -2"),
        ("1", TypeError, "r holds <U1"),
    ],
)
def test_bad_distances(r, error, message):
    with pytest.raises(error, match=message):
        exact.chain_correlation(r, 1.0)


@pytest.mark.parametrize("model", [random_network(4), None, np.zeros((4, 4))])
def test_not_a_lattice(model):
    with pytest.raises(TypeError, match="model is a .*; wanted an Ising or a SpinGlass"):
        exact.lattice(model, 1.0)
    with pytest.raises(TypeError, match="model is a .*; wanted an Ising or a SpinGlass"):
        exact.lattice_ground_state(model)


@pytest.mark.parametrize(
    "solve",
    [lambda model: exact.boltzmann(model, 1.0), lambda model: exact.moments(model, 1.0), exact.ground_states],
)
def test_units_of_0_and_1_are_refused(solve):
    """Their weights would be read as those of spins, and give another answer."""
    model = boltzmann.Boltzmann([[0, 1], [1, 0]])
    with pytest.raises(ValueError, match=r"model has units of 0 and 1; wanted units of \+1 and -1"):
        solve(model)
    with pytest.raises(TypeError, match="model is a str; wanted a network"):
        solve("model")
    solve(boltzmann.to_network(model).model)
    solve(boltzmann.Boltzmann(model.W, units="spins"))
