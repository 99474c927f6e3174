"""What the experiments on the Boltzmann distribution measure is what they say: beside the slow way."""

from math import comb, factorial, prod

import numpy as np
import pytest

from ebm import boltzmann, exact, hopfield, ising, rbm
from ebm.experiments import boltzmann_1877, gibbs_mixing, partition_function
from ebm.widgets import distribution

# The table of 1877, as translated [sharp2015].
TABLE = {
    "0000007": 7,
    "0000016": 42,
    "0000025": 42,
    "0000034": 42,
    "0000115": 105,
    "0000124": 210,
    "0000133": 105,
    "0000223": 105,
    "0001114": 140,
    "0001123": 420,
    "0001222": 140,
    "0011113": 105,
    "0011122": 210,
    "0111112": 42,
    "1111111": 1,
}


def test_the_table_is_boltzmanns():
    ours = {"".join(map(str, row)): P for row, P in boltzmann_1877.distributions().items()}
    assert ours == TABLE and list(ours) == list(TABLE)
    assert len(boltzmann_1877.complexions()) == comb(13, 6) == 1716
    for row, P in TABLE.items():
        assert P == factorial(7) // prod(factorial(row.count(digit)) for digit in set(row))


def test_the_urn_gives_every_septet_the_same_chance():
    found = [
        (task, boltzmann_1877.measure(task, rng=np.random.default_rng(task["batch"])))
        for task in boltzmann_1877.tasks("quick")[:2]
    ]
    summary = boltzmann_1877.summarise(found)
    kept = summary["kept"].value
    assert abs(kept - 2 * 2_000_000 * 1716 / 8**7) < 4 * np.sqrt(kept)
    for row in summary["table"]:
        assert abs(row["share"] - row["exact"]) < 4 * np.sqrt(row["exact"] / kept)
    assert abs(summary["empty"].value - 792 / 1716) < 4 * summary["empty"].error
    assert abs(summary["empty"].value - 1 / 2) > 4 * summary["empty"].error  # that of an infinite bath


def test_the_network_is_that_of_the_interactive():
    w = distribution()
    assert np.array_equal(w.W, gibbs_mixing.W) and np.array_equal(w.b, gibbs_mixing.MODEL.b)


@pytest.mark.parametrize("T", [0.4, 1.0, 3.0])
def test_the_matrix_is_in_balance_and_moves_as_the_sampler_does(T):
    model = gibbs_mixing.MODEL
    M, p = gibbs_mixing.matrix(model, T), exact.boltzmann(model, T).p
    assert np.allclose(M.sum(axis=1), 1) and np.allclose(p @ M, p)
    assert np.allclose(p[:, None] * M, (p[:, None] * M).T)
    machine = boltzmann.Boltzmann(model.W, model.b, units="spins")
    s = np.tile(exact.states(4)[5], (40_000, 1))
    ends = boltzmann.gibbs(machine, s, T, rng=np.random.default_rng(0), sweeps=1)
    shares = np.bincount(exact.index(ends), minlength=16) / len(ends)
    row, other = (np.linalg.matrix_power(m, 4)[5] for m in (M, gibbs_mixing.matrix(model, 1.3 * T)))
    assert (abs(shares - row) < 4.5 * np.sqrt(row * (1 - row) / len(ends)) + 1e-9).all()
    assert (abs(shares - other) > 4.5 * np.sqrt(other * (1 - other) / len(ends))).any()


def test_times_and_variances_are_sums_over_all_lags():
    M, p = gibbs_mixing.matrix(gibbs_mixing.MODEL, 1.0), exact.boltzmann(gibbs_mixing.MODEL, 1.0).p
    E = exact.boltzmann(gibbs_mixing.MODEL, 1.0).energies
    f = E - p @ E
    powers = [np.linalg.matrix_power(M, t) for t in range(600)]
    rho = [(p * f) @ power @ f / (p @ f**2) for power in powers]
    assert gibbs_mixing.exact_time(M, p, E) == pytest.approx(0.5 + sum(rho[1:]))
    variance = p * (1 - p) + 2 * sum(p * np.diag(power) - p**2 for power in powers[1:])
    slow = 0.5 * np.sqrt(2 * variance / np.pi).sum()
    assert gibbs_mixing.expected_distance(M, p) == pytest.approx(slow)
    independent = np.tile(p, (16, 1))
    alone = 0.5 * np.sqrt(2 * p * (1 - p) / np.pi).sum()
    assert gibbs_mixing.expected_distance(independent, p) == pytest.approx(alone)
    assert gibbs_mixing.exact_time(independent, p, E) == pytest.approx(0.5)
    assert gibbs_mixing.relaxation_time(independent) == pytest.approx(1)


def test_distances_are_those_of_the_counts():
    rng = np.random.default_rng(7)
    start = 2 * rng.integers(2, size=4) - 1
    s = hopfield.sample(gibbs_mixing.MODEL, start, 1.0, rng=rng, sweeps=500)
    p = exact.boltzmann(gibbs_mixing.MODEL, 1.0).p
    slow = [0.5 * sum(abs((exact.index(s[:N]) == k).mean() - p[k]) for k in range(16)) for N in (30, 500)]
    found = gibbs_mixing.distances(gibbs_mixing.MODEL, 1.0, [30, 500], rng=np.random.default_rng(7))
    assert found.tolist() == pytest.approx(slow)


def test_the_slope_of_planted_distances_is_found():
    tasks = gibbs_mixing.tasks("quick")
    x = np.array(gibbs_mixing.LENGTHS, dtype=float)
    chains = [(0.3 * x**-0.4).tolist(), (0.5 * x**-0.4).tolist()]
    found = [(task, chains if task["what"] == "distance" else 10.0 + task["run"]) for task in tasks]
    summary = gibbs_mixing.summarise(found)
    assert summary["slope"].value == pytest.approx(-0.4)
    assert summary["times"][0]["tau"] == 10.5


@pytest.mark.parametrize(("shape", "B"), [((4, 4), 0.0), ((2, 4), 0.3), ((6, 4), -1.0)])
def test_a_checkerboard_has_the_energies_of_the_lattice(shape, B):
    model = ising.Ising(shape, J=0.7, B=B)
    machine, offset = partition_function.checkerboard(model)
    s = 2 * np.random.default_rng(0).integers(2, size=(50, *shape)) - 1
    white = np.indices(shape).sum(axis=0) % 2 == 0
    v, h = (s[:, white] + 1) // 2, (s[:, ~white] + 1) // 2
    E = [ising.energy(model, one) for one in s]
    assert np.allclose(rbm.energy(machine, v, h) + offset, E)
    if model.n <= 16:
        log_Z = exact.moments(ising.to_network(model), 1.7).log_Z
        assert rbm.log_Z(machine, 1.7) - offset / 1.7 == pytest.approx(log_Z)


def test_an_odd_side_has_no_checkerboard():
    with pytest.raises(ValueError, match="wanted even sides"):
        partition_function.checkerboard(ising.Ising((3, 4)))


@pytest.mark.parametrize(("L", "T"), [(4, 1.0), (4, 2.5), (6, 2.0), (8, 5.0)])
def test_kaufman_and_the_transfer_matrix(L, T):
    assert partition_function.kaufman(L, T) == pytest.approx(exact.lattice(ising.Ising((L, L)), T).log_Z)


def test_batches_are_pooled_as_Z():
    log_Z, error = partition_function._pooled(np.log([100.0, 300.0]), np.array([0.1, 0.1]))
    assert log_Z == pytest.approx(np.log(200))
    assert error == pytest.approx(np.hypot(10, 30) / 400)


def test_a_batch_of_annealed_chains_finds_log_Z():
    task = {"L": 4, "T": 2.5, "batch": 0}
    log_Z, error = partition_function.measure(task, rng=np.random.default_rng(0))
    known = exact.lattice(ising.Ising((4, 4)), 2.5).log_Z
    assert abs(log_Z - known) < 4 * error < 0.05
