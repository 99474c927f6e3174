"""What the experiments on annealing measure is what they say: beside the slow way, and on planted answers."""

from itertools import combinations

import numpy as np
import pytest

from ebm import annealing, exact, hopfield, ising
from ebm.diagnostics import Estimate
from ebm.experiments import _glasses, annealing_glasses, annealing_ground_energy, annealing_memories
from ebm.widgets import annealing as view
from ebm.widgets._annealing_networks import Network, networks


def rng(seed=0):
    return np.random.default_rng(seed)


# ---------------------------------------------------------------- glasses


def test_ground_states_of_the_glasses_are_those_of_a_full_list():
    for seed in range(5):
        model, lowest = _glasses.sk(10, rng=rng(seed))
        assert lowest == pytest.approx(exact.ground_states(model).energy, abs=1e-12)
        model, lowest = _glasses.lattice(4, rng=rng(seed))
        assert lowest == exact.ground_states(model).energy


@pytest.mark.parametrize("k", range(7))
def test_one_of_k_is_the_share_of_the_subsets_with_a_hit(k):
    hits = np.array([1, 1, 0, 0, 0, 0])
    slow = np.mean([hits[list(some)].any() if some else False for some in combinations(range(6), k)])
    assert annealing_glasses.one_of(k, 2, 6) == pytest.approx(slow)


def test_more_runs_than_were_made_say_nothing():
    with pytest.raises(ValueError, match="k is 7; wanted at most 6"):
        annealing_glasses.one_of(7, 2, 6)


def test_one_of_k_has_no_bias():
    p, runs, k = 0.05, 60, 15
    estimates = [annealing_glasses.one_of(k, hits, runs) for hits in rng().binomial(runs, p, 4000)]
    error = np.std(estimates) / np.sqrt(4000)
    assert abs(np.mean(estimates) - (1 - (1 - p) ** k)) < 4 * error
    naive = 1 - (1 - rng().binomial(runs, p, 4000) / runs) ** k
    assert abs(naive.mean() - (1 - (1 - p) ** k)) > 4 * error


def test_hits_are_counted_at_the_lowest_energy_and_sweeps_with_the_quench():
    model, lowest = _glasses.sk(10, rng=rng(1))
    runs, hits, spent, above = annealing_glasses.cooled(model, lowest, 50, 40, (1.5, 0.1), rng=rng(2))
    assert runs == 40 and hits > 20 and 51 <= spent < 53 and above >= 0
    runs, hits, spent, below = annealing_glasses.cooled(model, lowest - 1, 0, 40, (1.5, 0.1), rng=rng(2))
    assert hits == 0 and 1 <= spent < 10 and below >= 1


def test_an_exchange_pays_for_all_copies_until_its_first_hit(monkeypatch):
    model, lowest = _glasses.sk(10, rng=rng(1))
    paid = annealing_glasses.exchanged(model, lowest, rng=rng(3))
    copies = annealing_glasses.LADDER[2]
    T = annealing.geometric(*annealing_glasses.LADDER)[::-1]
    again = rng(3)
    s = annealing.random_starts(model, copies, rng=again)
    run = annealing.replica_exchange(model, s, T, rng=again, sweeps=annealing_glasses.BUDGET // copies)
    first = next(k for k, E in enumerate(run.energies) if E.min() < lowest + 1e-6)
    assert paid == copies * (first + 1)
    monkeypatch.setattr(annealing_glasses, "BUDGET", 120)
    assert annealing_glasses.exchanged(model, lowest - 1, rng=rng(3)) is None


def planted_lattice(hits, exchange):
    """A lattice with these hits of 60 runs for each length, and what its exchanges paid."""
    runs = [[60, h, t + 3.0, 1.0] for h, t in zip(hits, annealing_glasses.LENGTHS["lattice"], strict=True)]
    runs[0] = [1200, hits[0], 4.0, 1.0]
    return {"lowest": -352.0, "n": 256, "runs": runs, "exchange": exchange}


def test_the_best_annealing_is_chosen_among_those_the_price_pays_for():
    lattices = [planted_lattice([0, 0, 0, 0, 60, 1, 6, 60], [100, None]) for _ in range(3)]
    # 300 sweeps would always do, but 158 runs of them are more than were made; of 10,000 it is 4 of 60.
    assert annealing_glasses._best(lattices, 48_000)[0] == 10_000
    sweeps, chances = annealing_glasses._best(lattices, 9_000)
    assert sweeps == 300 and chances == [1.0] * 3
    lattices = [planted_lattice([0, 0, 0, 0, 0, 1, 6, 0], [100, None]) for _ in range(3)]
    assert annealing_glasses._best(lattices, 48_000) == (3000, [annealing_glasses.one_of(15, 6, 60)] * 3)
    row = annealing_glasses._price(48_000, lattices)
    assert row["exchange"] == 0.5 and row["sweeps"] == 3000


def test_a_summary_of_planted_glasses():
    sk = {
        "lowest": -16.0,
        "n": 24,
        "runs": [[1000, 100, 4.0, 1.0]]
        + [[200, 20 * k, t + 1.0, 0.5] for k, t in enumerate(annealing_glasses.LENGTHS["SK"][1:], start=1)],
    }
    lattice = planted_lattice([0, 0, 0, 0, 0, 3, 6, 12], [1200, 60_000])
    found = [({"model": "SK", "glass": k}, sk) for k in range(5)]
    found += [({"model": "lattice", "glass": k}, lattice) for k in range(5)]
    values = annealing_glasses.summarise(found)
    assert values["sk_quench"].value == 0.1 and values["sk_100"].value == 0.3
    assert values["sk_gain"].value == pytest.approx(0.2)
    assert values["sk_against_quenches"].value == pytest.approx(0.3 - annealing_glasses.one_of(25, 100, 1000))
    assert values["lattice_gain"].value == 0.2 and values["lattice_against_quenches"].value == 0.1
    assert values["exchange"].value == 0.5
    assert values["annealing"].value == pytest.approx(annealing_glasses.one_of(47, 3, 60))
    rows = {(row["model"], row["sweeps"]): row for row in values["curves"]}
    assert rows["lattice", 0]["time"] is None
    expected = annealing.time_to_solution([True] * 20 + [False] * 180, 11).value
    assert rows["SK", 10]["time"] == pytest.approx(expected)


def test_places_around_the_median_hold_it():
    assert annealing_glasses._around_the_median(6) == (0, 5)
    assert annealing_glasses._around_the_median(30) == (9, 20)
    for k in (6, 30, 100):
        low, high = annealing_glasses._around_the_median(k)
        x = np.sort(rng(k).normal(size=(4000, k)), axis=1)
        assert ((x[:, low] < 0) & (x[:, high] > 0)).mean() > 0.945


# ---------------------------------------------------------------- memories


def test_races_are_those_of_the_view():
    assert annealing_memories.METHODS == tuple(view().view.facts["methods"])
    w = view(sweeps=30)
    for method in annealing_memories.METHODS[1:]:
        w.method = method
        assert np.allclose(w.view.schedule(), annealing_memories.schedule(method, 30))


def test_a_race_counts_memories_and_their_inverses():
    one = networks()["pictures"].patterns[:1]
    single = Network(("1",), one, hopfield.energy(hopfield.hebb(one), one[0]))
    found, deep, sweeps = annealing_memories.race(single, "quench", 30, rng=rng())
    assert found == deep == annealing_memories.RUNS and 1 <= sweeps < 5
    other = Network(("2",), networks()["pictures"].patterns[1:2], -99.0)
    away = other._replace(patterns=one)  # the network of one picture, judged by the same: hits all
    assert annealing_memories.race(away, "geometric", 30, rng=rng())[:2] == [annealing_memories.RUNS, 0]


def test_coverage_of_planted_races():
    races = np.zeros((400, 3))
    races[:, 0] = rng(1).binomial(annealing_memories.RUNS, 0.6, 400)
    assert abs(annealing_memories._covered([races]).mean() - 0.95) < 3 * np.sqrt(0.05 * 0.95 / 400)
    races[:, 0] = rng(1).binomial(annealing_memories.RUNS, rng(2).normal(0.6, 0.05, 400))
    assert annealing_memories._covered([races]).mean() < 0.9
    assert annealing_memories._share_error(np.ones(20)) > 0.05


# ---------------------------------------------------------------- ground-state energies


@pytest.mark.parametrize(("J", "L", "u"), [(1.0, 6, -2.0), (-1.0, 6, -2.0), (-1.0, 7, -2 + 2 / 7)])
def test_the_ends_of_a_cylinder_cancel(monkeypatch, J, L, u):
    def uniform(shape, *, rng, periodic):
        right, down = np.full(shape, J), np.full(shape, J)
        down[-1] = 0
        return ising.SpinGlass(right, down)

    monkeypatch.setattr(annealing_ground_energy.ising, "spin_glass", uniform)
    assert annealing_ground_energy.cylinder(100, L, rng=rng()) == pytest.approx([u, -0.5])


def test_frustrated_squares_are_counted():
    rows, L = 68, 5
    _, excess = annealing_ground_energy.cylinder(rows, L, rng=rng(7))
    glass = ising.spin_glass((rows, L), rng=rng(7), periodic=(False, True))
    count = 0
    for i in range(63, rows - 1):
        for j in range(L):
            bonds = (glass.right[i, j], glass.right[i + 1, j], glass.down[i, j], glass.down[i, (j + 1) % L])
            count += np.prod(bonds) < 0
    assert excess == pytest.approx(count / (L * (rows - 64)) - 0.5)


def planted_cylinders(seed, bend=0.0):
    random, found = rng(seed), {}
    for L in annealing_ground_energy.WIDTHS:
        excess = random.normal(0, 0.01, 60)
        slope, pull = (0.7, 0.8) if L % 2 == 0 else (0.25, 0.4)
        noise = random.normal(0, 0.002, 60) + bend * L
        found[L] = np.column_stack([-1.4 + slope / L**2 + pull * excess + noise, excess])
    return found


def test_a_planted_limit_is_found_with_an_honest_error():
    fits = [annealing_ground_energy.limit(planted_cylinders(seed)) for seed in range(40)]
    pulls = [(fit.limit.value + 1.4) / fit.limit.error for fit in fits]
    assert abs(np.mean(pulls)) < 3 / np.sqrt(40) and 0.7 < np.std(pulls) < 1.4
    assert 0.3 < np.mean([fit.p for fit in fits]) < 0.7
    assert abs(fits[0].slopes[0].value - 0.7) < 4 * fits[0].slopes[0].error
    bare = planted_cylinders(0)
    spread = np.mean([bare[L][:, 0].std() for L in bare]) / np.sqrt(60)
    assert (
        np.mean([point.error for point in fits[0].points.values()]) < 0.6 * spread
    )  # the noise it takes away


def test_another_law_is_noticed():
    assert annealing_ground_energy.limit(planted_cylinders(0, bend=0.001)).p < 1e-3


def test_a_planted_line_of_glasses_is_found():
    sizes = np.array(annealing_ground_energy.SIZES)
    e = [Estimate(-0.77 + 0.7 * n ** (-2 / 3), 0.001) for n in sizes]
    found, slope, p = annealing_ground_energy.sk_line(e)
    assert found.value == pytest.approx(-0.77) and slope.value == pytest.approx(0.7) and p == pytest.approx(1)
    tasks = [task for task in annealing_ground_energy.tasks("quick") if task["what"] == "SK"]
    flat = [(task, [-0.7632 + 0.7 * task["n"] ** -0.8 + x for x in (-0.01, 0.01)]) for task in tasks]
    cylinders = [({"what": "cylinder", "L": L}, rows) for L, rows in planted_cylinders(1).items()]
    assert annealing_ground_energy.summarise(flat + cylinders)["sk_exponent"].value == pytest.approx(0.8)
