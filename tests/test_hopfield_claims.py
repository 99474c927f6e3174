"""What the experiments on memories measure is what they say: beside the slow way, and on planted answers."""

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from ebm import dense, hopfield
from ebm.experiments import (
    dense_capacity,
    hopfield_1982,
    hopfield_capacity,
    hopfield_edge,
    hopfield_stability,
)


def random_patterns(P, n, seed=0):
    return 2 * np.random.default_rng(seed).integers(0, 2, size=(P, n), dtype=np.int8) - 1


def test_units_of_0_and_1_are_spins_with_a_bias():
    model, patterns = hopfield_1982.random_network(30, 5, "0 and 1", rng=np.random.default_rng(1))
    T = (patterns.T.astype(float) @ patterns) * (1 - np.eye(30))  # Hopfield's Eq. 2
    for s in random_patterns(20, 30):
        V = (1 + s) / 2
        assert np.allclose(2 * T @ V / 30, hopfield.field(model, s))


def test_errors_and_ends_of_a_network_that_holds_one_pattern():
    rng = np.random.default_rng(0)
    model, patterns = hopfield_1982.random_network(30, 1, "-1 and +1", rng=rng)
    assert hopfield_1982.errors(model, patterns, rng=rng) == [0]
    assert hopfield_1982.ends(model, patterns, starts=10, rng=rng) == [1.0, 0.0]
    away = patterns.copy()
    away[0, :2] *= -1  # every end is now two units from what is called a memory
    assert hopfield_1982.errors(model, away, rng=rng) == [2]
    assert hopfield_1982.ends(model, away, starts=10, rng=rng) == [0.0, 1.0]


def test_pull_of_stored_units_is_n_times_s_times_the_field():
    patterns = random_patterns(12, 40)
    slow = 40 * patterns * hopfield.field(hopfield.hebb(patterns), patterns)
    assert np.allclose(hopfield_stability.against(patterns.astype(float), 12), slow)
    assert np.array_equal(hopfield_stability.against(patterns.astype(float), 3), slow.round()[:3])


@pytest.mark.parametrize(("degree", "n", "P"), [("2", 20, 6), ("3", 12, 30), ("4", 10, 80), ("inf", 9, 150)])
def test_unstable_units_of_a_dense_memory_are_those_whose_flip_saves_energy(degree, n, P):
    patterns = random_patterns(P, n, seed=5)
    model = dense.Dense(patterns, float("inf") if degree == "inf" else int(degree))
    slow = np.array([[dense.dE(model, xi, i) < -1e-9 for i in range(n)] for xi in patterns[:5]])
    assert np.array_equal(dense_capacity.unstable(patterns, degree, 5), slow)
    assert 0 < slow.mean() < 1


def planted_counts(exponent, rate, units=10**9):
    """Results of the dense experiment as they would be if the capacity were n^exponent, or e^(rate n)."""
    found = []
    for task in dense_capacity.tasks("quick"):
        n, P = task["n"], task["P"]
        capacity = 0.011 * 4096 * np.exp(rate * (n - 12)) if task["degree"] == "inf" else None
        if capacity is None:
            sizes, start = dense_capacity._SIZES[task["degree"]], {"2": 0.15, "3": 0.05, "4": 0.01}
            k = int(task["degree"])
            capacity = start[task["degree"]] * sizes[0] ** (k - 1) * (n / sizes[0]) ** (k - 1 + exponent)
        share = ndtr(ndtri(0.005) * np.sqrt(capacity / P))
        found.append((task, [share * units, units]))
    return found


def test_planted_exponents_are_found():
    values = dense_capacity.summarise(planted_counts(0.05, 0.68))
    assert values["exponent_2"].value == pytest.approx(1.05, abs=1e-3)
    assert values["exponent_3"].value == pytest.approx(2.05, abs=1e-3)
    assert values["exponent_4"].value == pytest.approx(3.05, abs=1e-3)
    assert values["rate_inf"].value == pytest.approx(0.68, abs=1e-3)
    assert values["exponent_2"].error < 1e-9


def test_a_capacity_beyond_the_numbers_tried_is_not_guessed():
    with pytest.raises(ValueError, match="0.005 is not between the shares"):
        dense_capacity.summarise(planted_counts(2.0, 0.68))


def planted_groups(alpha_c, rng, networks=64, starts=30):
    """Overlaps of networks whose share of recalled patterns has a cliff at alpha_c."""
    groups = {}
    for n in (1000, 2000, 4000, 8000):
        for alpha in hopfield_capacity._NEAR:
            share = ndtr(1.6 + 1.7 * (alpha_c - round(alpha * n) / n) * np.sqrt(n))
            draws = rng.random((networks, starts)) < share
            groups[n, alpha] = list(np.where(draws, 0.98, 0.35))
    return groups


def test_a_planted_cliff_is_found_with_an_honest_error():
    rng = np.random.default_rng(3)
    found = [hopfield_capacity.cliff_of(planted_groups(0.141, rng)) for _ in range(12)]
    pulls = [(cliff.value - 0.141) / cliff.error for cliff, _ in found]
    assert abs(np.mean(pulls)) < 3 / np.sqrt(12) and 0.5 < np.std(pulls) < 2
    assert 0.5 < np.mean([misfit for _, misfit in found]) < 1.5


def test_a_cliff_of_another_form_is_noticed():
    groups = planted_groups(0.141, np.random.default_rng(3))
    groups = {(n, alpha): groups[1000, alpha] for n, alpha in groups}  # no dependence on n at all
    assert hopfield_capacity.cliff_of(groups)[1] > 3


def test_only_recalled_patterns_count_at_the_edge():
    task = {"n": 4000, "alpha": 0.138}
    values = hopfield_edge.summarise([(task, [0.98, 0.3]), (task, [0.96, 0.94])])
    assert values["m_4000_0.138"].value == pytest.approx((0.98 + 0.95) / 2)
    assert values["m_4000_0.138"].error == pytest.approx(0.015)
    assert values["overlaps"][0]["share"] == 0.75


def test_the_edge_of_a_small_network_is_that_of_plain_descents():
    task, rng = {"n": 200, "alpha": 0.1, "network": 0}, np.random.default_rng(4)
    found = hopfield_edge.measure(task, rng=np.random.default_rng(4))
    patterns = 2 * rng.integers(0, 2, size=(20, 200), dtype=np.int8) - 1
    model = hopfield.hebb(patterns)
    # The order of the updates is drawn once for all patterns, so only the first is the same run.
    assert found[0] == hopfield.overlap(patterns[0], hopfield.descend(model, patterns[0], rng=rng).s)
    assert len(found) == 20 and 0.8 < found.mean() <= 1
