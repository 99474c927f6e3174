"""Enumeration: against the definition, and against answers known in closed form."""

import numpy as np
import pytest

from ebm import exact, hopfield
from ebm.hopfield import Hopfield


def random_network(n, seed=0):
    rng = np.random.default_rng(seed)
    W = rng.normal(size=(n, n))
    return Hopfield(np.triu(W, 1) + np.triu(W, 1).T, rng.normal(size=n))


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
    W = J * (np.eye(n, k=1) + np.eye(n, k=-1) + np.eye(n, k=n - 1) + np.eye(n, k=1 - n))
    truth = exact.boltzmann(Hopfield(W), T)
    t = np.tanh(J / T)
    assert truth.log_Z == pytest.approx(n * np.log(2 * np.cosh(J / T)) + np.log1p(t**n), rel=1e-13)
    assert truth.correlations[0, 3] == pytest.approx((t**3 + t ** (n - 3)) / (1 + t**n), abs=1e-12)
    assert np.allclose(truth.mean, 0, atol=1e-12)


def test_free_units_follow_their_bias():
    b = np.array([0.3, -1.2, 0.0])
    truth = exact.boltzmann(Hopfield(np.zeros((3, 3)), b), 0.5)
    assert np.allclose(truth.mean, np.tanh(b / 0.5), atol=1e-14)


def test_index_is_the_inverse_of_states():
    assert (exact.index(exact.states(10)) == np.arange(2**10)).all()


def test_cold_networks_do_not_overflow():
    assert exact.boltzmann(random_network(8), 1e-4).p.max() == pytest.approx(1)


def test_twenty_units_and_no_more():
    assert exact.boltzmann(hopfield.hebb(np.ones((1, 20))), 1.0).energies.min() == pytest.approx(-9.5)
    with pytest.raises(ValueError, match=r"n is 21; wanted at most 20: 2\^21 states would take .* GiB"):
        exact.boltzmann(Hopfield(np.zeros((21, 21))), 1.0)


@pytest.mark.parametrize(
    ("n", "error"), [(0, ValueError), (-3, ValueError), (2.5, TypeError), (True, TypeError)]
)
def test_bad_sizes(n, error):
    with pytest.raises(error, match="n is .*wanted a whole number"):
        exact.states(n)


@pytest.mark.parametrize("T", [0, -1, np.nan, np.inf])
def test_bad_temperatures(T):
    with pytest.raises(ValueError, match="T is .*wanted a temperature T > 0"):
        exact.boltzmann(random_network(3), T)
