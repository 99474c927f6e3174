"""All states by products of three tables: the same numbers as the list of states gives."""

import os
import subprocess
import sys

import numpy as np
import pytest

from ebm import exact, hopfield, ising
from ebm.fast import enumeration
from ebm.hopfield import Hopfield


def rng(seed=0):
    return np.random.default_rng(seed)


def random_network(n, seed=0):
    W = np.triu(rng(seed).normal(size=(n, n)), 1)
    return Hopfield(W + W.T, rng(seed + 1).normal(size=n))


def by_tables(model, T):
    return enumeration.moments(exact._states, model.W, model.b, T)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 10, 16, 17, 18, 21])
@pytest.mark.parametrize("T", [0.4, 1.0, 5.0, 1e6])
def test_the_same_as_the_list(n, T):
    model = random_network(n)
    log_Z, energy, variance, mean, correlations = by_tables(model, T)
    listed = exact._moments_by_blocks(model, T)
    size = np.abs(model.W).sum()
    assert log_Z == pytest.approx(listed.log_Z, rel=1e-13)
    assert energy == pytest.approx(listed.energy, rel=1e-12, abs=1e-14 * size)
    assert variance == pytest.approx(listed.heat_capacity * T**2, rel=1e-12)
    assert np.allclose(mean, listed.mean, rtol=0, atol=1e-12)
    assert np.allclose(correlations, listed.correlations, rtol=0, atol=1e-12)
    assert (correlations == correlations.T).all() and np.allclose(correlations.diagonal(), 1, atol=1e-13)


@pytest.mark.parametrize("unit", [1e-9, 1e9])
def test_energies_in_any_unit(unit):
    """Sums of energies and of their products stand in one table: none is lost, whatever the unit."""
    model = random_network(13)
    scaled = Hopfield(unit * model.W, unit * model.b)
    log_Z, energy, variance, _, correlations = by_tables(scaled, unit * 1.5)
    listed = exact._moments_by_blocks(model, 1.5)
    assert (log_Z, energy / unit) == pytest.approx((listed.log_Z, listed.energy), rel=1e-12)
    assert variance / unit**2 == pytest.approx(listed.heat_capacity * 1.5**2, rel=1e-12)
    assert np.allclose(correlations, listed.correlations, rtol=0, atol=1e-12)


def test_a_lattice_of_25():
    model, T = ising.Ising((5, 5), J=-0.7, B=0.1), 2.0
    found, truth = exact.moments(ising.to_network(model), T), exact.lattice(model, T)
    assert found.log_Z == pytest.approx(truth.log_Z, rel=1e-13)
    assert found.energy == pytest.approx(truth.energy, rel=1e-12)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("T", [1e-5, 0.01, 0.03, 0.05, 0.1, 0.2])
def test_it_stands_back_where_it_is_cold(T, seed):
    """What is left of the variance there would be rounding errors: equal to the list, or no answer."""
    signs = 0.3 * np.triu(rng(seed).choice([-1, 0, 1], size=(15, 15)), 1)  # many ground states
    for model in (random_network(15, seed), Hopfield(signs + signs.T)):
        found, listed = by_tables(model, T), exact._moments_by_blocks(model, T)
        if found:
            assert found[2] == pytest.approx(listed.heat_capacity * T**2, rel=1e-11)
            assert np.allclose(found[4], listed.correlations, rtol=0, atol=1e-12)
        assert exact.moments(model, T).heat_capacity == pytest.approx(listed.heat_capacity, rel=1e-11)


def test_it_does_not_stand_back_where_it_is_needed():
    assert by_tables(random_network(20), 1.0) and by_tables(hopfield.hebb(np.ones((1, 12))), 0.3)


@pytest.mark.parametrize("n", [20, 23])
def test_the_same_on_any_number_of_threads(n):
    script = (
        "import numpy as np; from ebm import exact, hopfield;"
        f"W = np.triu(np.random.default_rng(0).normal(size=({n}, {n})), 1);"
        "found = exact.moments(hopfield.Hopfield(W + W.T), 1.3);"
        "print(*(np.asarray(part).tobytes().hex() for part in found))"
    )
    said = set()
    for threads in ("1", "2", "4"):
        names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
        environment = {**os.environ, **dict.fromkeys(names, threads)}
        said.add(
            subprocess.run(
                [sys.executable, "-c", script], env=environment, check=True, capture_output=True
            ).stdout
        )
    assert len(said) == 1
