"""The ball in the hilly curve as Python sees it."""

import math

import numpy as np
import pytest
import traitlets
from ipywidgets.widgets.widget import _instances
from ipywidgets.widgets.widget_link import Link
from matplotlib.figure import Figure

from ebm import random
from ebm.widgets import _landscape_kernels as hills
from ebm.widgets import landscape

NAMES = ["temperature", "valleys", "ball", "counts", "pace", "running", "seed"]
FOLLOWERS = ["valley", "weights", "shares", "barrier"]
X = np.linspace(0, 1, 201)


def energy(valleys):
    """The curve as its docstring has it."""
    depth, width = np.array([2.0, 2.0, 1.0]), np.array([0.09, 0.09, 0.06])
    wells = depth * np.exp(-((X[:, None] - np.array(valleys)) ** 2) / (2 * width**2))
    return 1.4 * (2 * X - 1) ** 8 - wells.sum(axis=1)


def downhill(E, k):
    """The bottom a ball in cell k rolls to, the left one from the middle of a hilltop."""
    while True:
        best = min((j for j in (k, k - 1, k + 1) if 0 <= j < len(E)), key=lambda j: E[j])
        if best == k:
            return k
        k = best


def some_valleys(seed, how_many=40):
    return np.random.default_rng(seed).uniform(0.1, 0.9, size=(how_many, 3))


def test_the_curve_is_its_formula():
    for valleys in some_valleys(0):
        assert landscape(valleys=valleys).view.curve() == pytest.approx(energy(valleys), abs=1e-12)


@pytest.mark.parametrize("T", [0.05, 0.5, 2.0])
@pytest.mark.parametrize("valleys", [(0.2, 0.8, 0.5), (0.7, 0.3, 0.15), (0.35, 0.5, 0.8)])
def test_weights_are_sums_of_boltzmann_over_each_valley(T, valleys):
    w = landscape(temperature=T, valleys=valleys)
    E = energy(valleys)
    p = np.exp((E.min() - E) / T)
    p /= p.sum()
    ends = np.array([downhill(E, k) for k in range(201)])
    middles = [ends[round(200 * c)] for c in valleys]
    expected = [
        p[ends == middle].sum() if middle not in middles[:v] else 0 for v, middle in enumerate(middles)
    ]
    assert w.weights == pytest.approx(expected, abs=1e-12) and sum(w.weights) == pytest.approx(1, abs=1e-12)
    assert w.view.p() == pytest.approx(p, abs=1e-12)


def test_the_number_two_equal_valleys_share():
    w = landscape()
    assert [round(weight, 3) for weight in w.weights] == [0.463, 0.463, 0.073]
    assert round(w.barrier, 3) == 1.575 and w.valley == "A"
    assert landscape(temperature=2.0).weights[2] > 2 * w.weights[2]  # warm, a shallow valley is no worse


def test_every_cell_drains_into_a_valley_and_merged_ones_count_as_one():
    for valleys in [*some_valleys(1, 200), (0.1, 0.1, 0.1), (0.9, 0.9, 0.9), (0.1, 0.9, 0.1)]:
        owner, of = np.empty(3, dtype=np.int32), np.empty(201, dtype=np.int32)
        E = energy(valleys)
        hills.divide(E, np.array(valleys), owner, of)
        ends = np.array([downhill(E, k) for k in range(201)])
        middles = [ends[math.floor(200 * c + 0.5)] for c in valleys]
        assert owner.tolist() == [middles.index(middle) for middle in middles]
        assert of.tolist() == [middles.index(end) for end in ends]


def test_the_barrier_is_the_lowest_way_out():
    rng = np.random.default_rng(2)
    for valleys in some_valleys(3, 60):
        w = landscape(valleys=valleys, ball=rng.uniform())
        E = energy(valleys)
        ends = np.array([downhill(E, k) for k in range(201)])
        bottom = ends[round(200 * w.ball)]
        ways = [E[min(bottom, j) : max(bottom, j) + 1].max() for j in np.flatnonzero(ends != bottom)]
        assert w.barrier == pytest.approx(min(ways, default=math.inf) - E[bottom], abs=1e-12)


def test_one_valley_has_no_way_out():
    w = landscape(valleys=(0.5, 0.5, 0.5), ball=0.9)
    assert (w.valley, w.barrier, w.view.curve().min().round(6)) == ("A+B+mixture", math.inf, -5)
    assert w.weights == pytest.approx([1, 0, 0])


def test_a_step_uphill_is_taken_with_probability_half_exp_of_minus_dE_over_T():
    T, tries = 0.3, 40_000
    E = energy((0.2, 0.8, 0.5))
    words, counts = random.state(np.random.default_rng(4)), np.zeros(201, dtype=np.int32)
    for k in (0, 30, 63, 100, 110, 200):
        counts[:] = 0
        for _ in range(tries):
            hills.wander(E, T, k, words, counts, 1)
        for j in (k - 1, k + 1):
            if 0 <= j <= 200:
                p = 0.5 * min(1, math.exp(-(E[j] - E[k]) / T))
                assert abs(counts[j] / tries - p) < 4 * math.sqrt(p * (1 - p) / tries)
        assert counts[max(0, k - 1) : k + 2].sum() == tries  # a refused step counts where the ball is


def long_run(T, blocks=200, steps=100_000):
    w = landscape(temperature=T, seed=5)
    E, words, k = w.view.curve(), random.state(np.random.default_rng(5)), 40
    _, of = w.view._divided()
    shares = np.empty((blocks, 3))
    for block in shares:
        counts = np.zeros(201, dtype=np.int32)
        k = hills.wander(E, T, k, words, counts, steps)
        hills.gather(of, counts, float(steps), block)
    return w.weights, shares


@pytest.mark.parametrize("T", [0.7, 1.5])
def test_time_spent_is_the_exact_weight(T):
    weights, shares = long_run(T)
    error = shares.std(axis=0, ddof=1) / math.sqrt(len(shares))
    assert (error < 0.02).all()
    assert (np.abs(shares.mean(axis=0) - weights) < 4 * error).all()
    colder = landscape(temperature=0.6 * T).weights  # a ball that was colder would be found out
    assert (np.abs(shares.mean(axis=0) - colder) > 4 * error).any()


@pytest.mark.parametrize("kernel", ["wander", "roll"])
def test_the_kernels_of_motion_are_their_plain_selves(kernel):
    found = []
    for function in (getattr(hills, kernel), getattr(hills, kernel).py_func):
        words, counts = random.state(np.random.default_rng(6)), np.zeros(201, dtype=np.int32)
        given = [energy((0.2, 0.8, 0.5)), *([0.8] if kernel == "wander" else []), 66, words, counts, 500]
        found.append((function(*given), counts.tolist(), words.tolist()))
    assert found[0] == found[1]


def test_cold_it_rolls_to_the_bottom_and_stays():
    for x in np.linspace(0, 1, 41):
        w = landscape(temperature=0, ball=x)
        E, valley = w.view.curve(), w.valley
        energies = [E[round(200 * w.ball)]]
        while len(energies) < 300:
            before = sum(w.counts)
            w.view.advance(1)
            if sum(w.counts) == before:
                break
            energies.append(E[round(200 * w.ball)])
        assert all(np.diff(energies) < 0) and len(energies) - 1 == sum(w.counts)
        assert round(200 * w.ball) == downhill(E, round(200 * x)) and w.valley == valley
        assert w.weights is None


def test_from_the_top_of_an_even_hill_it_rolls_either_way():
    words, counts = random.state(np.random.default_rng(7)), np.zeros(5, dtype=np.int32)
    ends = [hills.roll(np.array([0.0, 1, 2, 1, 0]), 2, words, counts, 9) for _ in range(400)]
    assert set(ends) == {0, 4} and abs(ends.count(0) - 200) < 40


def test_advance_is_the_kernel_and_the_followers_follow():
    w = landscape(temperature=1.0, seed=8)
    words, counts = random.state(np.random.default_rng(8)), np.zeros(201, dtype=np.int32)
    k = hills.wander(w.view.curve(), 1.0, 70, words, counts, 5000)
    assert w.view.advance(2000) in X and w.view.advance(3000) == k / 200 == w.ball
    assert w.counts == counts.tolist() and w.view.words == words.tobytes()
    of = w.view._divided()[1]
    assert w.shares == [counts[of == v].sum() / 5000 for v in range(3)]
    assert w.valley == ["A", "B", "mixture"][of[k]]


def test_a_drop_forgets_what_was_counted():
    w = landscape(seed=9)
    w.view.advance(100)
    words = np.frombuffer(w.view.words, dtype=np.uint64).copy()
    assert w.view.drop(0.803) == w.ball == 0.805 and w.valley == "B"
    assert sum(w.counts) == 0 and w.view.words == words.tobytes()
    assert w.view.drop() == random.below(words, 201) / 200 and w.view.words == words.tobytes()


def test_a_change_of_curve_or_temperature_starts_a_new_run_and_the_random_numbers_go_on():
    w = landscape()
    for trait, value in [("temperature", 0.9), ("valleys", [0.3, 0.7, 0.5]), ("temperature", 0.0)]:
        w.view.advance(10)
        words, ball = w.view.words, w.ball
        assert sum(w.counts) == 10
        setattr(w, trait, value)
        assert (sum(w.counts), w.view.words, w.ball) == (0, words, ball)
    assert w.weights is None


def test_seed_resets():
    w = landscape(seed=5, temperature=1.0)
    opened = w.view.words
    w.view.advance(100)
    w.seed = 6
    assert sum(w.counts) == 0 and w.view.words != opened
    w.seed = 5
    assert w.view.words == opened


def test_traits_go_both_ways():
    w, seen = landscape(), []
    w.observe(lambda change: seen.append(change.new), "valley")
    w.ball, w.running = 0.8, False
    assert (w.view.ball, w.view.running, seen) == (0.8, False, ["B"])
    w.view.set_state({"temperature": 0.25, "valleys": [0.8, 0.2, 0.5]})
    assert (w.temperature, w.valleys, w.valley) == (0.25, [0.8, 0.2, 0.5], "A")
    counts = [0] * 201
    counts[160] = 7
    message = {
        "content": {
            "data": {
                "method": "update",
                "buffer_paths": [["words"]],
                "state": {"counts": counts, "ball": 0.805},
            },
        },
        "buffers": [memoryview(bytes(range(32)))],
    }
    w.view._handle_msg(message)
    assert (w.counts, w.ball, w.shares, w.view.words) == (counts, 0.805, [1, 0, 0], bytes(range(32)))
    w.view.advance(3)
    assert sum(w.counts) == 10


def test_the_slider_is_linked_in_the_browser_to_the_view():
    w = landscape(temperature=0.75)
    slider, view = w.children
    assert (slider.min, slider.max, slider.value, slider.description) == (0, 2, 0.75, "Temperature")
    links = {x.source[0]: x.target for x in _instances.values() if isinstance(x, Link)}
    assert links[slider] == (view, "temperature")


def test_the_still_figure_shows_the_state():
    w = landscape()
    ax = Figure().subplots()
    assert w.figure(ax) is ax
    curve, ball = ax.get_lines()
    assert curve.get_ydata() == pytest.approx(energy((0.2, 0.8, 0.5)))
    assert ball.get_xydata().tolist() == [[0.35, curve.get_ydata()[70]]]
    assert len(ax.collections) == 1 and ax.get_title() == "T = 0.5: in memory A"
    assert [text.get_text() for text in ax.texts] == ["A", "B", "mixture"]
    assert w._repr_mimebundle_()["image/png"] and w.view.still.startswith(b"\x89PNG")
    assert len(w.view.still) < 40_000 and "A 46%, B 46%, mixture 7%" in w.view.alt
    w.temperature, w.ball = 0, 0.5
    ax = w.figure(Figure().subplots())
    assert not ax.collections and "it only rolls downhill" in w.view.alt
    assert "in the shallow valley, a mixture nobody stored" in ax.get_title()
    w.valleys = [0.5, 0.5, 0.2]
    assert "memories A and B, merged into one" in w.figure(Figure().subplots()).get_title()


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("temperature", -1, "temperature is -1.0; wanted a temperature from 0 to 2.0"),
        ("temperature", 2.5, "temperature is 2.5; wanted"),
        ("temperature", float("nan"), "temperature is nan; wanted"),
        ("temperature", "hot", "temperature"),
        ("valleys", [0.2, 0.8], r"valleys has shape \(2,\); wanted an array of numbers of shape \(3,\)"),
        ("valleys", [0.2, 0.8, 0.95], "valleys holds 0.95; wanted 3 places from 0.1 to 0.9"),
        ("valleys", [0.2, float("nan"), 0.5], "valleys holds NaN"),
        ("valleys", "deep", "valleys"),
        ("ball", 1.01, "ball is 1.01; wanted a place from 0 to 1"),
        ("ball", float("inf"), "ball is inf; wanted"),
        ("ball", None, "ball"),
        ("counts", [1], r"counts has shape \(1,\); wanted 201 whole numbers"),
        ("counts", [-1] * 201, "counts holds -1"),
        ("counts", [10**7] * 201, "counts sums to 2010000000; wanted at most 1000000000 steps"),
        ("pace", 3, "pace"),
        ("running", "yes", "running"),
        ("seed", -1, "seed"),
        ("valley", "B", "valley is B; it follows from the ball, for which it is A: set `ball`"),
        ("weights", [1, 0, 0], "weights is .*; it follows from the temperature"),
        ("shares", [0, 1, 0], "shares is .*; it follows from the counts"),
        ("barrier", 0.5, "barrier is 0.5; it follows from the ball"),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(trait, value, message):
    w = landscape(temperature=0.3)
    w.view.advance(7)
    before = [(getattr(w, name), getattr(w.view, name)) for name in [*NAMES, *FOLLOWERS]]
    with pytest.raises((ValueError, TypeError, traitlets.TraitError), match=message):
        setattr(w, trait, value)
    assert [(getattr(w, name), getattr(w.view, name)) for name in [*NAMES, *FOLLOWERS]] == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"temperature": -0.1}, "temperature is -0.1; wanted"),
        ({"valleys": (0, 0.5, 1)}, "valleys holds 0.0; wanted"),
        ({"ball": -0.5}, "ball is -0.5; wanted"),
        ({"seed": 0.5}, "seed"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises((ValueError, TypeError, traitlets.TraitError), match=message):
        landscape(**arguments)


def test_bad_steps_and_drops():
    w = landscape()
    counts = [0] * 201
    counts[0] = 999_999_990
    w.counts = counts
    with pytest.raises(
        ValueError, match="steps is 11; wanted at most 1000000000 in a run, 999999990 are made"
    ):
        w.view.advance(11)
    with pytest.raises(ValueError, match="steps is 0"):
        w.view.advance(0)
    with pytest.raises(ValueError, match=r"ball is 1\.5; wanted"):
        w.view.drop(1.5)
    assert w.counts == counts and w.ball == 0.35
