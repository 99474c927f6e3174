"""Annealing: schedules, samplers at fixed temperatures against the truth, ground states, numbers of success."""

import os
import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

import harness
from ebm import annealing, data, exact, hopfield, wasm
from ebm.annealing import cooling, exchange
from ebm.annealing.success import _interval
from ebm.hopfield import Hopfield

TEMPERATURES = (0.7, 1.0, 3.0)
ORDERS = ("random", "sequential")


def rng(seed=0):
    return np.random.default_rng(seed)


def network(n, seed=0, scale=1.0):
    W = rng(seed).normal(size=(n, n)) * scale
    return Hopfield(np.triu(W, 1) + np.triu(W, 1).T, rng(seed + 1).normal(size=n) * scale)


def last(records):
    *_, record = records
    return record


# --- schedules and networks ---


def test_schedules_are_their_formulas():
    k = np.arange(50)
    assert np.allclose(annealing.linear(5.0, 0.1, 50), 5 - 4.9 * k / 49)
    assert np.allclose(annealing.geometric(5.0, 0.1, 50), 5 * 0.02 ** (k / 49))
    assert np.allclose(annealing.logarithmic(5.0, 50), 5 * np.log(2) / np.log(k + 2))
    for schedule in (annealing.linear(2, 2, 3), annealing.geometric(2, 2, 3)):
        assert schedule.tolist() == [2, 2, 2]
    for schedule in (annealing.linear(2, 1, 1), annealing.geometric(2, 1, 1), annealing.logarithmic(2, 1)):
        assert schedule.tolist() == [2]


def test_schedules_end_where_they_are_told_to_the_last_bit():
    for T_start, T_end in ((2.0, 0.1), (0.7, 0.3), (1.5, 1.5)):
        for schedule in (annealing.linear(T_start, T_end, 37), annealing.geometric(T_start, T_end, 37)):
            assert (schedule[0], schedule[-1]) == (T_start, T_end)
            assert (np.diff(schedule) <= 0).all()
        assert annealing.logarithmic(T_start, 9)[0] == T_start


@pytest.mark.parametrize(("hits", "runs"), [(0, 1), (0, 200), (3, 7), (114, 200), (200, 200)])
def test_the_interval_of_the_pages_is_that_of_success(hits, runs):
    ends = np.empty(2)
    _interval(hits, runs, ends)
    share = annealing.success(np.arange(runs) < hits)
    assert ends == pytest.approx([share.low, share.high], abs=1e-12)


@pytest.mark.parametrize("steps", [2, 7, 1000])
def test_schedules_are_what_anneal_takes(steps):
    for schedule in (
        annealing.linear(3.0, 1e-3, steps),
        annealing.geometric(3.0, 1e-3, steps),
        annealing.geometric(0.3, 0.3, steps),
        annealing.logarithmic(3.0, steps),
    ):
        assert len(schedule) == steps and (schedule > 0).all()
        next(annealing.anneal(network(3), np.ones(3), schedule, rng=rng()))


def test_weights_of_the_sherrington_kirkpatrick_model():
    W = annealing.sherrington_kirkpatrick(300, rng=rng()).W
    bonds = W[np.triu_indices(300, 1)] * np.sqrt(300)
    assert stats.kstest(bonds, "norm").pvalue > 1e-3


def test_bonds_of_the_lattice():
    model = annealing.spin_glass(6, rng=rng())
    assert set(np.unique(model.W)) == {-1, 0, 1}
    assert (np.abs(model.W).sum(axis=1) == 4).all() and not model.b.any()
    site = np.arange(36).reshape(6, 6)
    assert (model.W[site, np.roll(site, 1, axis=0)] != 0).all()
    assert (model.W[site, np.roll(site, 1, axis=1)] != 0).all()


# --- quench ---


def test_quenches_are_descents():
    model = network(30)
    starts = annealing.random_starts(model, 20, rng=rng())
    ends = annealing.quench(model, starts, rng=rng(5))
    assert hopfield.is_fixed_point(model, ends.s).all()
    assert np.array_equal(ends.energies, hopfield.energy(model, ends.s))
    assert (ends.energies <= hopfield.energy(model, starts)).all()
    assert (ends.s[0] == hopfield.descend(model, starts[0], rng=rng(5)).s).all()
    one = annealing.quench(model, starts[0], rng=rng(5))
    assert (one.s == ends.s[0]).all() and (one.energies, one.sweeps) == (ends.energies[0], ends.sweeps[0])


def test_a_quench_from_rest_takes_one_sweep():
    model = hopfield.hebb([[1, 1, -1, -1, 1]])
    assert annealing.quench(model, [1, 1, -1, -1, 1], rng=rng()).sweeps == 1


# --- samplers ---


def constant(model, T, sweeps, seed=0, order="random"):
    """States of one run that stays at one temperature."""
    run = annealing.anneal(model, np.ones(model.n), np.full(sweeps, T), rng=rng(seed), order=order)
    return np.array([record.s for record in run])


@pytest.mark.parametrize("T", TEMPERATURES)
@pytest.mark.parametrize("order", ORDERS)
def test_a_run_at_one_temperature_follows_boltzmann(T, order):
    model = network(5, scale=0.6)
    assert harness.misfit(model, T, constant(model, T, 60_000, seed=1, order=order)) == ""


@pytest.mark.parametrize("T", TEMPERATURES)
def test_the_harness_finds_a_run_at_a_wrong_temperature(T):
    model = network(5, scale=0.6)
    assert harness.misfit(model, T, constant(model, 1.15 * T, 60_000))


@pytest.mark.parametrize("order", ORDERS)
def test_exchanging_copies_follow_boltzmann_at_every_temperature(order):
    model = network(5, scale=0.6)
    starts = annealing.random_starts(model, 3, rng=rng())
    run = annealing.replica_exchange(model, starts, TEMPERATURES, rng=rng(1), sweeps=200_000, order=order)
    for k, T in enumerate(TEMPERATURES):
        assert harness.misfit(model, T, run.s[:, k]) == "", f"at T = {T}"
    assert np.allclose(run.energies[::997], [hopfield.energy(model, s) for s in run.s[::997]], atol=1e-9)


def accept_always(E_a, E_b, T_a, T_b, words):
    return True


def accept_with_the_wrong_sign(E_a, E_b, T_a, T_b, words):
    return exchange.random.uniform(words) < np.exp(-(1 / T_a - 1 / T_b) * (E_a - E_b))


def accept_at_half_the_difference(E_a, E_b, T_a, T_b, words):
    return exchange.random.uniform(words) < np.exp(0.5 * (1 / T_a - 1 / T_b) * (E_a - E_b))


@pytest.mark.parametrize("rule", [accept_always, accept_with_the_wrong_sign, accept_at_half_the_difference])
def test_the_harness_finds_wrong_swaps(rule, monkeypatch):
    """The same loop in plain Python, with a wrong rule in it."""
    monkeypatch.setattr(exchange, "_exchange", exchange._exchange.py_func)
    monkeypatch.setattr(exchange, "_accept", rule)
    model = network(4, scale=0.8)
    given = model, np.ones((3, 4)), TEMPERATURES
    run = annealing.replica_exchange(*given, rng=rng(1), sweeps=15_000, method="plain")
    assert harness.misfit(model, TEMPERATURES[0], run.s[:, 0])
    assert harness.misfit(model, TEMPERATURES[2], run.s[:, 2])


def test_swaps_happen_as_often_as_they_should():
    """<min(1, e^(...))> over both distributions; a swap is tried after every other sweep."""
    model, T = network(5), np.array([0.8, 1.2, 2.5])
    run = annealing.replica_exchange(model, np.ones((3, 5)), T, rng=rng(), sweeps=40_000)
    truth = [exact.boltzmann(model, t) for t in T]
    for k in range(2):
        E_a, E_b = truth[k].energies[:, None], truth[k + 1].energies
        accepted = np.minimum(1, np.exp((1 / T[k] - 1 / T[k + 1]) * (E_a - E_b)))
        expected = truth[k].p @ accepted @ truth[k + 1].p
        assert run.swap_rates[k] == pytest.approx(expected, abs=0.02)


def test_copies_carry_their_names_along():
    model = network(12)
    T = annealing.geometric(3.0, 0.3, 6)[::-1]
    run = annealing.replica_exchange(
        model, annealing.random_starts(model, 6, rng=rng()), T, rng=rng(), sweeps=3000
    )
    assert (np.sort(run.replica, axis=1) == np.arange(6)).all()
    moved = np.abs(np.argsort(run.replica[1:], axis=1) - np.argsort(run.replica[:-1], axis=1))
    assert moved.max() == 1
    assert all(len(set(run.replica[:, k])) == 6 for k in range(6)), "some copy never came to some temperature"


def test_recording_less_often_is_the_same_run():
    model, T, starts = network(8), [0.5, 1.0, 2.0], np.ones((3, 8))
    all_of_it = annealing.replica_exchange(model, starts, T, rng=rng(3), sweeps=60)
    some = annealing.replica_exchange(model, starts, T, rng=rng(3), sweeps=60, every=5)
    assert (some.s == all_of_it.s[4::5]).all() and (some.energies == all_of_it.energies[4::5]).all()
    assert (some.swap_rates == all_of_it.swap_rates).all()


def test_a_single_sweep_tries_one_pair_only():
    run = annealing.replica_exchange(network(4), np.ones((3, 4)), [1.0, 2.0, 3.0], rng=rng(), sweeps=1)
    assert np.isnan(run.swap_rates[1]) and not np.isnan(run.swap_rates[0])


# --- many runs ---


@pytest.mark.parametrize("order", ORDERS)
def test_a_run_does_not_depend_on_how_many_others_there_are(order):
    model = network(20)
    starts = annealing.random_starts(model, 50, rng=rng(1))
    assert (annealing.random_starts(model, 7, rng=rng(1)) == starts[:7]).all()
    schedule = annealing.geometric(3.0, 0.2, 30)
    many = last(annealing.anneal(model, starts, schedule, rng=rng(2), order=order))
    few = last(annealing.anneal(model, starts[:7], schedule, rng=rng(2), order=order))
    one = last(annealing.anneal(model, starts[0], schedule, rng=rng(2), order=order))
    assert (few.s == many.s[:7]).all() and (few.energies == many.energies[:7]).all()
    assert (one.s == many.s[0]).all() and one.energies == many.energies[0]
    assert len(np.unique(many.s, axis=0)) > 1
    fallen = annealing.quench(model, starts, rng=rng(2))
    assert (annealing.quench(model, starts[:7], rng=rng(2)).s == fallen.s[:7]).all()


def test_records_describe_the_runs():
    model = network(9)
    schedule = annealing.linear(2.0, 0.5, 7)
    starts = annealing.random_starts(model, 4, rng=rng())
    records = list(annealing.anneal(model, starts, schedule, rng=rng(), sweeps=3))
    assert [record.step for record in records] == [1, 2, 3, 4, 5, 6, 7]
    assert [record.T for record in records] == schedule.tolist()
    for record in records:
        assert np.allclose(record.energies, hopfield.energy(model, record.s), atol=1e-12)
    assert (records[0].s != records[-1].s).any()
    assert (starts == annealing.random_starts(model, 4, rng=rng())).all()


def test_sweeps_at_a_temperature_are_steps_of_a_longer_schedule():
    model = network(9)
    twice = last(annealing.anneal(model, np.ones(9), [2.0, 1.0], rng=rng(), sweeps=2))
    assert (twice.s == last(annealing.anneal(model, np.ones(9), [2, 2, 1, 1], rng=rng())).s).all()


def test_fields_stay_right_over_a_long_run():
    model = network(40)
    s = annealing.random_starts(model, 1, rng=rng())
    fields = hopfield.field(model, s)
    cooling._sweep_all(model.W, s, fields, 5.0, cooling._words(rng(), 1), 0, 20_000)
    assert np.allclose(fields, hopfield.field(model, s), atol=1e-9)


# --- ground states ---


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", ["Sherrington-Kirkpatrick", "lattice"])
def test_ground_states_are_found(kind, seed):
    if kind == "lattice":
        model, hot = annealing.spin_glass(4, rng=rng(seed)), 3.0
    else:
        model, hot = annealing.sherrington_kirkpatrick(16, rng=rng(seed)), 1.5
    lowest = exact.boltzmann(model, 1.0).energies.min()
    starts = annealing.random_starts(model, 100, rng=rng(seed))
    cooled = last(annealing.anneal(model, starts, annealing.geometric(hot, 0.05, 200), rng=rng(seed)))
    assert (cooled.energies >= lowest - 1e-9).all()
    assert annealing.success(cooled.energies < lowest + 1e-9).low > 0.1
    T = annealing.geometric(hot, 0.1, 6)[::-1]
    run = annealing.replica_exchange(model, starts[:6], T, rng=rng(seed), sweeps=1000)
    assert run.energies.min() == pytest.approx(lowest, abs=1e-9)


def test_slow_cooling_beats_fast_and_both_beat_falling():
    """Three letters in nine units leave other minima; those are what a quench runs into."""
    letters = data.letters("TXC", "3x3")
    model = hopfield.hebb(letters)
    lowest = exact.boltzmann(model, 1.0).energies.min()
    starts = annealing.random_starts(model, 2000, rng=rng())
    shares = [annealing.success(annealing.quench(model, starts, rng=rng(1)).energies < lowest + 1e-9)]
    for steps in (10, 200):
        schedule = annealing.geometric(2.0, 0.05, steps)
        record = last(annealing.anneal(model, starts, schedule, rng=rng(1)))
        shares.append(annealing.success(record.energies < lowest + 1e-9))
    assert shares[0].high < shares[1].low and shares[1].high < shares[2].low


# --- success ---


@pytest.mark.parametrize(
    ("found", "runs", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_intervals_as_published(found, runs, low, high):
    """The score method without continuity correction in table I of [newcombe1998]."""
    share = annealing.success(np.arange(runs) < found)
    assert (share.value, share.runs) == (found / runs, runs)
    assert (round(share.low, 4), round(share.high, 4)) == (low, high)


def test_wilson_intervals_hold_the_truth_as_often_as_they_say():
    shares = [annealing.success(rng(k).random(30) < 0.1) for k in range(1000)]
    assert np.mean([share.low <= 0.1 <= share.high for share in shares]) == pytest.approx(0.95, abs=0.03)
    wide, narrow = (annealing.success([1, 1, 0], confidence=c) for c in (0.99, 0.5))
    assert wide.low < narrow.low < 2 / 3 < narrow.high < wide.high


def test_time_to_solution_is_the_formula():
    time = annealing.time_to_solution(np.arange(100) < 30, 250)
    assert time.value == pytest.approx(250 * np.log(0.01) / np.log(0.7))
    assert time.low < time.value < time.high
    assert annealing.time_to_solution([1, 0], 10, target=0.75).value == pytest.approx(20)


def test_the_error_of_a_time_is_that_of_the_bootstrap():
    hits = np.arange(400) < 100
    again = rng().choice(hits, size=(4000, 400)).mean(axis=1)
    spread = np.std(250 * np.log(0.01) / np.log1p(-again))
    assert annealing.time_to_solution(hits, 250).error == pytest.approx(spread, rel=0.1)


def test_times_without_and_with_nothing_but_success():
    never = annealing.time_to_solution(np.zeros(20), 100)
    assert never.value == never.high == never.error == np.inf and 100 < never.low < np.inf
    always = annealing.time_to_solution(np.ones(20), 100)
    assert (always.value, always.low, always.error) == (100, 100, 0) and 100 < always.high < np.inf


# --- kernels ---


MATRIX, VECTOR, STATE, STATES = "float64[:, ::1]", "float64[::1]", "int8[::1]", "int8[:, ::1]"
KERNELS = {
    "sweep": (cooling._sweep, f"void({MATRIX}, {STATE}, {VECTOR}, float64, uint64[::1], int64)"),
    "sweep_all": (
        cooling._sweep_all,
        f"void({MATRIX}, {STATES}, {MATRIX}, float64, uint64[:, ::1], int64, int64)",
    ),
    "quench": (
        cooling._quench,
        f"void({MATRIX}, {STATES}, {MATRIX}, float64, uint64[:, ::1], int64[::1], {VECTOR}, int64[::1])",
    ),
    "exchange": (
        exchange._exchange,
        f"void({MATRIX}, {VECTOR}, {STATES}, {MATRIX}, {VECTOR}, uint64[:, ::1], int64[::1], int64[:, ::1], "
        f"int64, int64, int64, int8[:, :, ::1], {MATRIX}, int64[:, ::1])",
    ),
}


def test_kernels_for_the_page_compile():
    code = wasm.build(KERNELS)
    assert code[:4] == b"\0asm" and len(code) < 20_000


def runs_of(model, runs):
    s = annealing.random_starts(model, runs, rng=rng(3))
    return s, hopfield.field(model, s)


@pytest.mark.parametrize("name", ["sweep_all", "quench", "exchange"])
def test_kernels_do_what_they_say_in_python(name):
    """The compiled kernel and its own source on the same state: the same bits in every array."""
    model, kernel = network(7), KERNELS[name][0]
    after = []
    for function in (kernel, kernel.py_func):
        changed = [*runs_of(model, 4), cooling._words(rng(), 5)]
        if name == "sweep_all":
            function(model.W, *changed[:2], 0.7, changed[2], 0, 5)
        elif name == "quench":
            changed += [np.arange(7), np.empty(7), np.empty(4, dtype=np.int64)]
            function(model.W, *changed[:2], 1e-12, *changed[2:])
        else:
            T = np.array([0.5, 0.8, 1.3, 2.0])
            records = np.empty((6, 4, 7), np.int8), np.empty((6, 4)), np.empty((6, 4), np.int64)
            changed += [np.arange(4), np.zeros((2, 3), dtype=np.int64), *records]
            function(model.W, model.b, *changed[:2], T, *changed[2:5], 1, 2, 1, *changed[5:])
        after.append([array.tobytes() for array in changed])
    assert after[0] == after[1]


PLAIN = """
import numpy as np
from ebm import annealing
rng = np.random.default_rng(7)
model = annealing.sherrington_kirkpatrick(9, rng=rng)
starts = annealing.random_starts(model, 4, rng=rng)
with np.errstate(over="ignore"):
    ends = annealing.quench(model, starts, rng=rng)
    print(ends.s.tolist(), ends.energies.tobytes().hex(), ends.sweeps.tolist())
    for order in ("random", "sequential"):
        *_, last = annealing.anneal(model, starts, annealing.linear(2, 0.1, 20), rng=rng, order=order)
        print(last.s.tolist(), last.energies.tobytes().hex())
        run = annealing.replica_exchange(model, starts, [0.2, 0.5, 1, 2], rng=rng, sweeps=30, order=order)
        print(run.s.tobytes().hex(), run.energies.tobytes().hex(), run.replica.tolist(), run.swap_rates.tolist())
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
    assert said[0] == said[1] and len(said[0]) > 5000


# --- bad input: each is named before anything is changed ---


MODEL = network(4)
GOOD = np.ones((2, 4))


def ladder(T, s=GOOD):
    return lambda: annealing.replica_exchange(MODEL, s, T, rng=rng(), sweeps=1)


def cooled(schedule=(2.0, 1.0), s=GOOD, **changes):
    return lambda: annealing.anneal(MODEL, s, schedule, **{"rng": rng(), **changes})


BAD = [
    (
        lambda: annealing.linear(1.0, 2.0, 5),
        ValueError,
        "T_end is 2.0 and T_start 1.0; wanted a schedule that never",
    ),
    (lambda: annealing.geometric(1.0, 2.0, 5), ValueError, "T_end is 2.0"),
    (lambda: annealing.linear(1.0, 0.0, 5), ValueError, "T_end is 0.0; wanted a temperature > 0"),
    (lambda: annealing.geometric(-1.0, 0.1, 5), ValueError, "T_start is -1.0"),
    (lambda: annealing.linear(2.0, 1.0, 0), ValueError, "steps is 0"),
    (lambda: annealing.geometric(2.0, 1.0, 2.5), TypeError, "steps is 2.5"),
    (lambda: annealing.logarithmic(0, 5), ValueError, "T_start is 0"),
    (lambda: annealing.logarithmic(np.nan, 5), ValueError, "T_start is nan"),
    (lambda: annealing.logarithmic("hot", 5), TypeError, "T_start is 'hot'"),
    (lambda: annealing.logarithmic(1.0, -1), ValueError, "steps is -1"),
    (
        lambda: annealing.sherrington_kirkpatrick(1, rng=rng()),
        ValueError,
        "n is 1; wanted a whole number of 2 or more",
    ),
    (lambda: annealing.sherrington_kirkpatrick(5, rng=0), TypeError, "rng is 0"),
    (lambda: annealing.spin_glass(2, rng=rng()), ValueError, "L is 2; wanted a whole number from 3 to 64"),
    (lambda: annealing.spin_glass(4, rng=None), TypeError, "rng is None"),
    (lambda: annealing.random_starts(MODEL, 0, rng=rng()), ValueError, "runs is 0"),
    (lambda: annealing.random_starts(MODEL, 3, rng=1), TypeError, "rng is 1"),
    (
        lambda: annealing.quench(MODEL, [0, 1, 1, 1], rng=rng()),
        ValueError,
        r"s holds 0; wanted an array of \+1 and -1",
    ),
    (lambda: annealing.quench(MODEL, [1, 1], rng=rng()), ValueError, r"s has shape \(2,\)"),
    (lambda: annealing.quench(MODEL, [[1, 1], [1]], rng=rng()), ValueError, "s has rows of unequal length"),
    (lambda: annealing.quench(MODEL, GOOD, rng=0), TypeError, "rng is 0"),
    (cooled([1.0, 2.0]), ValueError, "schedule rises from 1.0 to 2.0"),
    (cooled([2.0, 1.0, 1.0, 1.5]), ValueError, "schedule rises from 1.0 to 1.5"),
    (cooled([]), ValueError, "schedule is empty"),
    (
        cooled([1.0, 0.0]),
        ValueError,
        "schedule holds 0.0; wanted an array of temperatures > 0 that never rise",
    ),
    (cooled([1.0, np.nan]), ValueError, "schedule holds NaN"),
    (cooled(1.0), ValueError, r"schedule has shape \(\)"),
    (cooled(s=(GOOD + 1) / 2 * 0), ValueError, "s holds 0"),
    (cooled(s=np.full(4, np.nan)), ValueError, "s holds NaN"),
    (cooled(s=np.zeros((0, 4))), ValueError, "s is empty"),
    (cooled(sweeps=0), ValueError, "sweeps is 0"),
    (cooled(order="up"), ValueError, 'order is \'up\'; wanted "random" or "sequential"'),
    (cooled(rng=5), TypeError, "rng is 5"),
    (ladder([1.0]), ValueError, "T is .*wanted two or more temperatures > 0, each higher"),
    (ladder([2.0, 1.0]), ValueError, r"T is \[2.0, 1.0\]; wanted two or more"),
    (ladder([1.0, 1.0]), ValueError, "T is "),
    (ladder([0.0, 1.0]), ValueError, "T is "),
    (ladder([1.0, np.inf]), ValueError, "T holds NaN or infinity"),
    (
        ladder([1.0, 2.0, 3.0]),
        ValueError,
        r"s has shape \(2, 4\); wanted \(3, 4\), a start for each temperature",
    ),
    (ladder([1.0, 2.0], np.ones(4)), ValueError, r"s has shape \(4,\)"),
    (ladder([1.0, 2.0], 0 * GOOD), ValueError, "s holds 0"),
    (
        lambda: annealing.replica_exchange(MODEL, GOOD, [1, 2], rng=rng(), sweeps=4, every=5),
        ValueError,
        "sweeps is 4; wanted a whole number of 5 or more",
    ),
    (
        lambda: annealing.replica_exchange(MODEL, GOOD, [1, 2], rng=rng(), sweeps=1, every=0),
        ValueError,
        "every is 0",
    ),
    (lambda: annealing.replica_exchange(MODEL, GOOD, [1, 2], rng=3, sweeps=1), TypeError, "rng is 3"),
    (lambda: annealing.success([]), ValueError, "hits is empty|hits has shape"),
    (lambda: annealing.success([0.5]), ValueError, "hits holds 0.5"),
    (lambda: annealing.success([np.nan]), ValueError, "hits holds NaN"),
    (
        lambda: annealing.success([True], confidence=1.0),
        ValueError,
        "confidence is 1.0; wanted a number between 0 and 1",
    ),
    (lambda: annealing.time_to_solution([True], 0), ValueError, "sweeps is 0"),
    (lambda: annealing.time_to_solution([True], 10, target=1), ValueError, "target is 1"),
    (lambda: annealing.time_to_solution([True], 10, target=0), ValueError, "target is 0"),
    (lambda: annealing.time_to_solution([2], 10), ValueError, "hits holds 2"),
]


@pytest.mark.parametrize(("call", "error", "message"), BAD, ids=range(len(BAD)))
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()
