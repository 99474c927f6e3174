"""What the experiments on the Ising model measure is what they say: beside exact answers, and on planted ones."""

import numpy as np
import pytest

from ebm import exact, ising
from ebm.diagnostics import Estimate
from ebm.experiments import _fits, ising_chain, ising_critical, ising_dynamics, ising_onsager


def rng(seed=0):
    return np.random.default_rng(seed)


def test_a_planted_power_law_is_found_within_its_error():
    x, noise = np.array([8, 16, 32, 64, 128]), rng(1).normal(size=5)
    y = [Estimate(3 * k**1.75 * (1 + 0.01 * e), 0.03 * k**1.75) for k, e in zip(x, noise, strict=True)]
    found = _fits.power(x, y)
    assert abs(found.exponent.value - 1.75) < 3 * found.exponent.error < 0.03
    assert 0.001 < found.p < 0.999
    bent = [Estimate(value + (k == 32) * 20 * error, error) for k, (value, error) in zip(x, y, strict=True)]
    assert _fits.power(x, bent).p < 1e-6


def test_a_jackknife_error_is_that_of_the_delta_method():
    samples = rng(2).normal(5, 1, size=(400, 2))
    found = _fits.jackknife(lambda mean: mean[0] / mean[1], samples)
    assert found.error == pytest.approx(np.hypot(1, 1) / 5 / np.sqrt(400), rel=0.1)
    assert _fits.chosen([({"a": 1, "b": 2}, "x"), ({"a": 1, "b": 3}, "y")], a=1, b=3) == ["y"]


def test_the_decay_along_a_ring_is_exact():
    runs = np.array([ising_chain.decay(200, 2.0, 400, rng=rng(k)) for k in range(20)])
    ring = exact.chain(2.0, n=200)
    wanted = [ring.u, *exact.chain_correlation(ising_chain._R, 2.0, n=200)]
    errors = runs.std(axis=0, ddof=1) / np.sqrt(20)
    assert (abs(runs.mean(axis=0) - wanted) < 4 * errors).all() and (errors < 0.01).all()
    assert ising_chain.correlation_length(wanted[1:]) == pytest.approx(ring.xi, rel=1e-9)


def test_the_magnetisation_of_a_ring_is_exact():
    runs = [ising_chain.squared_magnetisation(64, 1.0, 500, rng=rng(k)) for k in range(20)]
    mean, error = _fits.over(runs)
    wanted = exact.chain_correlation(np.arange(64), 1.0, n=64).mean()
    assert abs(mean - wanted) < 4 * error < 0.05


def test_energies_of_a_lattice_are_exact(monkeypatch):
    monkeypatch.setattr(ising_onsager, "_L", 8)
    monkeypatch.setattr(ising_onsager, "_EVERY", 2)
    runs = [ising_onsager.measure({"T": 2.6, "sweeps": 4000}, rng=rng(k)) for k in range(5)]
    u, _ = map(_fits.over, np.concatenate(runs).T)
    wanted = exact.lattice(ising.Ising((8, 8)), 2.6).energy / 64
    assert abs(u.value - wanted) < 4 * u.error < 0.03


def test_moments_of_a_lattice_are_exact(monkeypatch):
    monkeypatch.setitem(ising_critical._EVERY, 4, 2)
    runs = [ising_critical.measure({"L": 4, "T": 2.27, "samples": 1000}, rng=rng(k)) for k in range(20)]
    states = exact.boltzmann(ising.to_network(ising.Ising((4, 4))), 2.27)
    m = abs(states.states.mean(axis=1))
    mean, error = np.mean(runs, axis=0), np.std(runs, axis=0, ddof=1) / np.sqrt(20)
    assert (abs(mean - [states.p @ m**k for k in (1, 2, 4)]) < 4 * error).all() and (error < 0.02).all()


def test_planted_exponents_and_crossing_are_found():
    found = []
    for task in ising_critical.tasks("full"):
        L, scatter = task["L"], 1 + 1e-3 * np.random.default_rng([task["run"], task["L"]]).normal()
        U = 0.61 - 0.3 * (task["T"] - 2.27) * L
        m = L**-0.125 * scatter
        found.append((task, [m, m**2, 3 * (1 - U) * m**4 * scatter]))
    values = ising_critical.summarise(found)
    for key, wanted in (("T_c", 2.27), ("beta_nu", 0.125), ("gamma_nu", 1.75)):
        assert abs(values[key].value - wanted) < 4 * values[key].error < 0.01, key


def test_the_autocovariance_is_that_of_the_definition():
    m = rng(3).normal(size=(50, 4))
    slow = [np.mean([m[t:, k] @ m[: 50 - t, k] / (50 - t) for k in range(4)]) for t in range(50)]
    assert np.allclose(ising_dynamics.autocovariance(m), slow)


def test_lattices_start_in_equilibrium():
    states = np.concatenate([ising_dynamics.equilibrium(8, rng=rng(k)) for k in range(10)])
    u, error = _fits.over(ising.energy(ising.Ising((8, 8)), states) / 64)
    assert abs(u - exact.lattice(ising.Ising((8, 8)), exact.T_C).energy / 64) < 4 * error < 0.1


def test_planted_times_give_their_exponents():
    found = []
    for task in ising_dynamics.tasks("full"):
        scatter = 1 + 0.01 * np.random.default_rng([task["run"], task["L"]]).normal()
        if task["rule"] == "Wolff":
            found.append((task, task["L"] ** 0.25 * scatter))
        else:
            sweeps = 10 * ising_dynamics._STEP[task["rule"]] * task["L"] ** 2.17 * scatter
            records = sweeps / ising_dynamics.step(task["rule"], task["L"])
            decay = np.exp(-np.arange(ising_dynamics._LAGS) / records)
            found.append((task, [decay.tolist()] * 8))
    values = ising_dynamics.summarise(found)
    for key, wanted in (("z_single", 2.17), ("z_metropolis", 2.17), ("z_wolff", 0.25)):
        assert abs(values[key].value - wanted) < 0.02, key


def test_a_memory_longer_than_the_lags_is_not_guessed():
    with pytest.raises(ValueError, match="120 lags are fewer than 5 tau"):
        ising_dynamics.single_time(np.exp(-np.arange(120) / 60), 1)


def test_the_time_of_clusters_is_in_sweeps():
    cold = ising_dynamics.cluster_time(8, 4000, rng=rng(5))
    run = list(
        ising.wolff(
            ising.Ising((8, 8)), ising.cold_start(ising.Ising((8, 8))), exact.T_C, rng=rng(5), clusters=4040
        )
    )
    share = np.mean([cluster.size for cluster in run[40:]]) / 64
    assert 0.5 * share < cold < 20 * share


def test_a_bent_difference_is_not_fitted_by_a_line():
    T = np.array(ising_critical._PLACES) - 2.27
    flat = [Estimate(0.61, 0.001)] * 5
    assert len(ising_critical.crossings(flat, [Estimate(0.61 - 2 * t, 0.001) for t in T])) == 1
    found = ising_critical.crossings(flat, [Estimate(0.61 - 2 * t - 150 * t**2, 0.001) for t in T])
    assert len(found) == 2 and found[0].p < 0.01
    assert abs(found[1].value - 2.27) < 1e-9 < 1e-4 < abs(found[0].value - 2.27)
