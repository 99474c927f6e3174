"""64 runs a word: the plain kernel's steps where there is no chance, its distribution where there is."""

import os
import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

import harness
from ebm import annealing, exact, hopfield, ising
from ebm.annealing import cooling
from ebm.fast import bonds, coins, glass, rare
from ebm.hopfield import Hopfield


def rng(seed=0):
    return np.random.default_rng(seed)


def graph(n, bonds_of_all, seed=0, size=1.0):
    """A random graph whose bonds are +size or -size; its busiest units have an odd and an even number of them."""
    W = np.triu(
        rng(seed).choice(
            [-size, 0, size], p=[bonds_of_all / 2, 1 - bonds_of_all, bonds_of_all / 2], size=(n, n)
        ),
        1,
    )
    return Hopfield(W + W.T)


def cooled(model, s, T, order, method, seed=0, sweeps=1):
    schedule = [T] if np.ndim(T) == 0 else T
    *_, last = annealing.anneal(
        model, s, schedule, rng=rng(seed), order=order, rule="metropolis", method=method, sweeps=sweeps
    )
    return last


LATTICE = annealing.spin_glass(4, rng=rng(3))
MODELS = {
    "lattice": (LATTICE, "checkerboard"),
    "lattice in sequence": (LATTICE, "sequential"),
    "sparse": (graph(6, 0.6, size=0.5), "sequential"),
    "all coupled": (graph(9, 1.0, seed=1, size=0.4), "sequential"),
}


# --- where nothing is left to chance ---


@pytest.mark.parametrize("T", [1e-3, 1e300])
@pytest.mark.parametrize("runs", [1, 64, 70])
@pytest.mark.parametrize("L", [4, 6, 10, 34])
def test_lattices_take_the_same_steps_where_there_is_no_chance(L, runs, T):
    """In the cold only what costs nothing flips, in the heat all: every neighbour, around every edge."""
    model = annealing.spin_glass(L, rng=rng(L))
    s = annealing.random_starts(model, runs, rng=rng(1))
    plain, fast = (cooled(model, s, T, "checkerboard", method, sweeps=3) for method in ("plain", "multispin"))
    assert (plain.s == fast.s).all() and (plain.energies == fast.energies).all()


@pytest.mark.parametrize("T", [1e-3, 1e300])
@pytest.mark.parametrize("runs", [1, 64, 1030])
@pytest.mark.parametrize(("n", "share"), [(1, 0.0), (2, 1.0), (7, 0.5), (50, 0.3), (127, 1.0)])
def test_graphs_take_the_same_steps_where_there_is_no_chance(n, share, runs, T):
    model = graph(n, share, size=1.5)
    if not model.W.any():
        with pytest.raises(ValueError, match="does not have bonds of one size"):
            cooled(model, np.ones((1, n)), T, "sequential", "multispin")
        return
    s = annealing.random_starts(model, runs, rng=rng(1))
    plain, fast = (cooled(model, s, T, "sequential", method, sweeps=3) for method in ("plain", "multispin"))
    assert (plain.s == fast.s).all() and np.allclose(plain.energies, fast.energies)


# --- distributions ---


def samples(name, T, method, steps=30_000):
    """States of the first, of one in the middle and of the last of 70 runs that stay at one temperature."""
    model, order = MODELS[name]
    starts = np.ones((70 if method == "multispin" else 1, model.n), dtype=np.int8)
    run = annealing.anneal(
        model, starts, np.full(steps, T), rng=rng(1), order=order, rule="metropolis", method=method
    )
    chosen = [0, 33, 69] if method == "multispin" else [0]
    return np.array([record.s[chosen] for record in run])


@pytest.mark.parametrize("T", [1.0, 3.0])
@pytest.mark.parametrize("name", MODELS)
def test_runs_at_one_temperature_follow_boltzmann(name, T):
    T *= 2.0 if "lattice" in name else 0.7
    found = samples(name, T, "multispin")
    for k in range(3):
        assert harness.misfit(MODELS[name][0], T, found[:, k]) == ""
    across = np.corrcoef(found.sum(axis=2).T)  # and they know nothing of each other
    assert np.abs(across - np.eye(3)).max() < 0.1


@pytest.mark.parametrize("name", MODELS)
def test_the_plain_kernel_follows_boltzmann(name):
    T = 2.0 if "lattice" in name else 0.7
    assert harness.misfit(MODELS[name][0], T, samples(name, T, "plain")[:, 0]) == ""


@pytest.mark.parametrize("name", MODELS)
def test_the_harness_finds_a_wrong_kernel(name, monkeypatch):
    """All costs a tenth too low."""
    T, (_, order) = (2.0 if "lattice" in name else 0.7), MODELS[name]
    module = glass if order == "checkerboard" else bonds
    right = module._cool_in_turn
    monkeypatch.setattr(
        module, "_cool_in_turn", lambda *given: right(*given[:-2], 0.9 * given[-2], given[-1])
    )
    found = samples(name, T, "multispin")
    assert all(harness.misfit(MODELS[name][0], T, found[:, k]) for k in range(3))


@pytest.mark.parametrize(
    ("name", "T"), [("lattice", 0.6), ("lattice", 0.9), ("lattice", 1.5), ("sparse", 0.3)]
)
def test_annealing_ends_as_the_plain_kernel_does(name, T):
    """How often each energy is where the run ends, from rain to digits."""
    model, order = MODELS[name]
    if name == "lattice":
        model = annealing.spin_glass(12, rng=rng(5))
    s, schedule = annealing.random_starts(model, 1000, rng=rng(2)), annealing.geometric(3 * T, T, 10)
    ends = [cooled(model, s, schedule, order, method, seed=7).energies for method in ("plain", "multispin")]
    values, index = np.unique(np.concatenate(ends), return_inverse=True)
    counts = np.array([np.bincount(part, minlength=len(values)) for part in np.split(index, 2)])
    common = counts.sum(axis=0) >= 10
    table = np.column_stack([counts[:, common], counts[:, ~common].sum(axis=1)])
    assert stats.chi2_contingency(table[:, table.sum(axis=0) > 0]).pvalue > 1e-3


def test_flips_are_as_frequent_as_metropolis_says():
    """A lattice without frustration, all up: only the first colour, four satisfied bonds each, chance e^(-8/T)."""
    model = ising.to_network(ising.Ising((32, 32)))
    first = np.add.outer(np.arange(32), np.arange(32)) % 2 == 0
    for T in (1.0, 1.7, 2.5, 5.0):
        runs = glass.Runs(glass.bonds(model.W, model.b), np.ones((640, 1024), np.int8), rng(3))
        runs.cool([T], 1)
        flipped, p = np.sum(runs.spins().reshape(640, 32, 32)[:, first] < 0), np.exp(-8 / T)
        N = 640 * 512
        assert abs(flipped - N * p) < 4 * np.sqrt(N * p * (1 - p)) + 1


# --- the coins ---


@pytest.mark.parametrize("first", [1.0, 0.7, 0.1, 1 / 128, 0.005, 1e-4, 1e-9, 1e-300, 0.0])
@pytest.mark.parametrize("power", [1, 2, 7])
def test_chances_are_those_of_the_tables(first, power):
    second = first**power
    digits, redo, hits = np.empty(2 * (coins.DIGITS + 1), np.uint64), np.empty(2), np.empty(rare.MOST_HITS)
    tossed = rare.chances(first, second, digits, redo, hits)
    e = -np.expm1(np.log(hits[0]) / (64 * coins.BLOCK)) if hits[0] > 0 else np.nan
    for k, wanted in enumerate((first, second)):
        kind = digits[k * (coins.DIGITS + 1) : (k + 1) * (coins.DIGITS + 1)] > 0
        rounded = float(kind[0])
        for turned in kind[1:]:
            rounded = 1 - rounded / 2 if turned else rounded / 2
        assert tossed or rounded == 0
        if np.isfinite(e):
            assert (1 - e) * rounded + e * redo[k] == pytest.approx(
                wanted if wanted > 2**-53 else 0, rel=1e-6, abs=1e-13
            )
    assert 1.0 in hits.tolist()


def test_rain_falls_as_often_as_it_should_and_everywhere():
    digits, redo, hits = np.empty(2 * (coins.DIGITS + 1), np.uint64), np.empty(2), np.empty(rare.MOST_HITS)
    stream, rounds = coins.streams(rng(), 1)[0], 4000
    for p in (1 / 129, 1e-3):
        assert not rare.chances(p, p**2, digits, redo, hits)
        seen = np.zeros((2, coins.BLOCK, 64))
        for _ in range(rounds):
            rare.rain(stream, redo, hits)
            words = stream[coins.FIRST : coins.FAIR].reshape(2, -1, 1)
            seen += (words >> np.arange(64, dtype=np.uint64)) & np.uint64(1)
        N = rounds * 64 * coins.BLOCK
        for k, chance in enumerate((p, p * p)):
            assert abs(seen[k].sum() - N * chance) < 4 * np.sqrt(N * chance) + 1
        spread = ((seen[0] - rounds * p) ** 2).sum() / (rounds * p * (1 - p))
        places = 64 * coins.BLOCK
        assert abs(spread - places) < 4 * np.sqrt(2 * places)


# --- ground states ---


def test_ground_states_of_lattices_are_the_exact_ones():
    for seed in range(3):
        lattice = ising.spin_glass((6, 6), rng=rng(seed))
        model = ising.to_network(lattice)
        s = annealing.random_starts(model, 128, rng=rng(seed))
        last = cooled(model, s, annealing.geometric(2.0, 0.3, 200), "checkerboard", "auto")
        assert last.energies.min() == exact.lattice_ground_state(lattice).energy
        assert np.array_equal(last.energies, hopfield.energy(model, last.s))


def test_ground_states_of_graphs_are_the_exact_ones():
    for seed in range(3):
        model = graph(20, 0.4, seed=seed)
        s = annealing.random_starts(model, 256, rng=rng(seed))
        last = cooled(model, s, annealing.geometric(3.0, 0.3, 100), "sequential", "auto")
        assert last.energies.min() == exact.ground_states(model).energy
        assert np.array_equal(last.energies, hopfield.energy(model, last.s))


# --- what takes it, and what is the same ---


@pytest.mark.parametrize("order", ["checkerboard", "sequential"])
def test_the_first_runs_are_the_same_however_many_others(order):
    ends = []
    for runs in (20, 64, 1100):
        s = annealing.random_starts(LATTICE, runs, rng=rng(1))
        ends.append(cooled(LATTICE, s, [2.0, 1.0], order, "multispin", sweeps=5).s)
    assert (ends[1][:20] == ends[0]).all() and (ends[2][:64] == ends[1]).all()
    assert (ends[2][1024:1088] != ends[2][:64]).any()


def test_auto_takes_it_for_many_runs(monkeypatch):
    taken = []
    for module in (glass, bonds):
        monkeypatch.setattr(module, "Runs", lambda *given, Runs=module.Runs: taken.append(1) or Runs(*given))
    for runs, order, expected in [
        (15, "checkerboard", 0),
        (16, "checkerboard", 1),
        (255, "sequential", 0),
        (256, "sequential", 1),
    ]:
        taken.clear()
        cooled(LATTICE, np.ones((runs, 16)), 1.0, order, "auto")
        assert len(taken) == expected
    for model in (
        graph(4, 1.0),
        Hopfield(2 * np.triu(np.ones((16, 16)), 1) + 2 * np.tril(np.ones((16, 16)), -1), np.ones(16)),
    ):
        taken.clear()
        cooled(model, np.ones((300, model.n)), 1.0, "checkerboard", "auto")  # plain, without a word
        assert not taken


def test_one_run_has_the_shape_of_one():
    for order in ("checkerboard", "sequential"):
        last = cooled(LATTICE, np.ones(16), [2.0, 1.0], order, "multispin")
        assert last.s.shape == (16,) and isinstance(last.energies, float)
        assert last.energies == hopfield.energy(LATTICE, last.s)


def test_records_come_when_asked_for():
    for method in ("plain", "multispin"):
        run = annealing.anneal(
            LATTICE,
            np.ones((20, 16)),
            annealing.linear(3, 1, 7),
            rng=rng(),
            every=3,
            order="checkerboard",
            rule="metropolis",
            method=method,
        )
        records = list(run)
        assert [record.step for record in records] == [3, 6, 7]
        assert [record.T for record in records] == [annealing.linear(3, 1, 7)[k] for k in (2, 5, 6)]
        for record in records:
            assert np.array_equal(record.energies, hopfield.energy(LATTICE, record.s))
    last = cooled(LATTICE, np.ones((20, 16)), [2.0, 1.5, 1.0], "checkerboard", "multispin")
    *_, rarely = annealing.anneal(
        LATTICE,
        np.ones((20, 16)),
        [2.0, 1.5, 1.0],
        rng=rng(),
        every=9,
        order="checkerboard",
        rule="metropolis",
    )
    assert (last.s == rarely.s).all()


@pytest.mark.parametrize("threads", ["1", "2"])
@pytest.mark.parametrize(("order", "runs"), [("checkerboard", 300), ("sequential", 1100)])
def test_the_same_on_any_number_of_threads(order, runs, threads):
    assert (
        200 * bonds.WORDS * 2 * 64 > bonds._WORTH_THREADS and 400 * 2 * 6 * 10 * 5 > glass._WORTH_THREADS / 2
    )
    script = (
        "import numpy as np; from ebm import annealing; rng = np.random.default_rng(0);"
        "model = annealing.spin_glass(8, rng=rng);"
        f"s = annealing.random_starts(model, {runs}, rng=rng);"
        f"*_, last = annealing.anneal(model, s, [2.0, 1.0], rng=rng, sweeps=800, order='{order}', rule='metropolis');"
        "print(last.s.tobytes().hex())"
    )
    environment = {**os.environ, "NUMBA_NUM_THREADS": threads}
    said = subprocess.run(
        [sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True
    ).stdout
    given = rng()
    model = annealing.spin_glass(8, rng=given)
    s = annealing.random_starts(model, runs, rng=given)
    kind = (
        glass.Runs(glass.bonds(model.W, model.b), s, given)
        if order == "checkerboard"
        else bonds.Runs(model.W, 1.0, s, given)
    )
    alone = glass._cool_in_turn if order == "checkerboard" else bonds._cool_in_turn
    if order == "checkerboard":
        alone(kind.words, kind.signs, kind.streams, 1 / np.array([2.0, 1.0]), 800)
    else:
        alone(kind.words, kind.streams, *kind.graph, 2 / np.array([2.0, 1.0]), 800)
    assert said.strip() == kind.spins().tobytes().hex()


@pytest.mark.parametrize(
    ("model", "options", "said"),
    [
        (LATTICE, {"order": "random"}, "order is 'random' and rule 'metropolis'; wanted"),
        (LATTICE, {"order": "sequential", "rule": "heat bath"}, "rule 'heat bath'; wanted"),
        (
            graph(16, 0.9, seed=1),
            {"order": "checkerboard"},
            "model does not have bonds of one size, .* lattice",
        ),
        (
            annealing.sherrington_kirkpatrick(9, rng=rng()),
            {"order": "sequential"},
            "does not have bonds of one size",
        ),
        (Hopfield(LATTICE.W, np.ones(16)), {"order": "checkerboard"}, "without biases"),
        (graph(130, 1.0), {"order": "sequential"}, "at most 126 a unit"),
        (graph(15, 1.0), {"order": "checkerboard"}, "order is 'checkerboard' for n = 15 units"),
        (LATTICE, {"order": "checkerboard", "method": "fast"}, "method is 'fast'"),
        (LATTICE, {"order": "checkerboard", "rule": "cold"}, "rule is 'cold'"),
        (LATTICE, {"order": "checkerboard", "every": 0}, "every is 0"),
    ],
)
def test_what_it_cannot_do_it_says(model, options, said):
    with pytest.raises(ValueError, match=said):
        annealing.anneal(
            model,
            np.ones((20, model.n)),
            [1.0],
            rng=rng(),
            **{"rule": "metropolis", "method": "multispin", **options},
        )


def test_plain_turns_are_those_of_the_board():
    assert cooling._turns(16, "checkerboard").tolist() == [
        0,
        2,
        5,
        7,
        8,
        10,
        13,
        15,
        1,
        3,
        4,
        6,
        9,
        11,
        12,
        14,
    ]
