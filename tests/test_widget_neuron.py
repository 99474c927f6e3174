"""The stochastic unit as Python sees it."""

import math

import numpy as np
import pytest
import traitlets
from ipywidgets.widgets.widget import _instances
from ipywidgets.widgets.widget_link import Link
from matplotlib.figure import Figure

from ebm import random
from ebm.maths import sigmoid
from ebm.widgets import neuron
from ebm.widgets._neuron import _flip, _standard_error

NAMES = ["temperature", "saved", "p", "counts", "running", "seed"]


@pytest.mark.parametrize("T", [0.05, 1.0, 3.7, 10.0])
@pytest.mark.parametrize("saved", [-6.0, 0.0, 2.0])
def test_p_is_the_sigmoid_of_energy_saved_over_temperature(T, saved):
    w = neuron(temperature=T, saved=saved)
    assert w.p == sigmoid(saved / T)
    assert w.p == pytest.approx(1 / (1 + math.exp(-saved / T)), rel=1e-14)


def test_the_number_everyone_knows():
    assert round(neuron(temperature=1, saved=2).p, 2) == 0.88


def test_flips_are_uniform_numbers_below_p():
    w = neuron(temperature=1.5, saved=-1.0, seed=3)
    words = random.state(np.random.default_rng(3))
    ups = [random.uniform(words) < w.p for _ in range(500)]
    assert w.view.advance(500).tolist() == [0, *np.cumsum(ups)]
    assert w.counts == [500 - sum(ups), sum(ups)] and w.view.words == words.tobytes()


def test_the_flip_kernel_is_its_plain_self():
    native, plain = (random.state(np.random.default_rng(9)) for _ in range(2))
    on, slow = np.zeros(51, dtype=np.int32), np.zeros(51, dtype=np.int32)
    _flip(0.5, 2.0, native, on)
    _flip.py_func(0.5, 2.0, plain, slow)
    assert (on == slow).all() and (native == plain).all()


def test_shares_scatter_by_the_standard_error():
    shares = []
    for seed in range(300):
        w = neuron(seed=seed)
        shares.append(w.view.advance(400)[-1] / 400)
    deviations = (np.array(shares) - w.p) / _standard_error(w.p, 400)
    assert abs(deviations.mean()) < 4 / math.sqrt(300)
    assert deviations.std() == pytest.approx(1, abs=4 / math.sqrt(600))


def test_a_change_of_p_starts_a_new_run_and_the_random_numbers_go_on():
    w = neuron()
    w.view.advance(10)
    words = w.view.words
    w.temperature = 2.0
    assert w.counts == [0, 0] and w.view.words == words and w.p == sigmoid(1.0)
    w.view.advance(10)
    w.saved = 0.0
    assert w.counts == [0, 0] and w.p == 0.5


def test_seed_resets():
    w = neuron(seed=5)
    opened = w.view.words
    first = w.view.advance(100).tolist()
    w.seed = 6
    assert w.counts == [0, 0] and w.view.words != opened
    w.seed = 5
    assert w.view.words == opened and w.view.advance(100).tolist() == first


def test_traits_go_both_ways():
    w, seen = neuron(), []
    w.observe(lambda change: seen.append(change.new), "p")
    w.temperature, w.running = 4.0, False
    assert (w.view.temperature, w.view.running, seen) == (4.0, False, [sigmoid(0.5)])
    w.view.set_state({"temperature": 0.5, "saved": -1.0})
    assert (w.temperature, w.saved, w.p) == (0.5, -1.0, sigmoid(-2.0))
    message = {
        "content": {
            "data": {"method": "update", "buffer_paths": [["words"]], "state": {"counts": [3, 9]}},
        },
        "buffers": [memoryview(bytes(range(32)))],
    }
    w.view._handle_msg(message)
    assert w.counts == [3, 9] and w.view.words == bytes(range(32))
    w.view.advance(1)
    assert sum(w.counts) == 13


def test_sliders_are_linked_in_the_browser_to_the_view():
    w = neuron(temperature=2.0, saved=-3.0)
    T, saved, view = w.children
    assert view is w.view
    assert (T.min, T.max, T.value, T.description) == (0.05, 10.0, 2.0, "Temperature")
    assert (saved.min, saved.max, saved.value, saved.description) == (-6.0, 6.0, -3.0, "Energy saved")
    links = {x.source[0]: x.target for x in _instances.values() if isinstance(x, Link)}
    assert links[T] == (view, "temperature") and links[saved] == (view, "saved")


def test_the_still_figure_shows_the_state():
    w = neuron()
    ax = Figure().subplots()
    assert w.figure(ax) is ax
    assert [t.get_text() for t in ax.get_legend().get_texts()][2:] == ["T = 1", "p(on) = 0.88"]
    assert ax.get_lines()[3].get_xydata().tolist() == [[2.0, w.p]]
    w.view.advance(50)
    ax = w.figure(Figure().subplots())
    assert ax.get_legend().get_texts()[-1].get_text() == "share of 50 flips"
    assert w._repr_mimebundle_()["image/png"] and w.view.still.startswith(b"\x89PNG")
    assert len(w.view.still) < 40_000 and "it is 0.88" in w.view.alt


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("temperature", -1, "temperature is -1.0; wanted a temperature from 0.05 to 10.0"),
        ("temperature", 0, "temperature is 0.0; wanted"),
        ("temperature", float("nan"), "wanted"),
        ("temperature", "hot", "temperature"),
        ("saved", 7, "saved is 7.0; wanted an energy from -6.0 to 6.0"),
        ("saved", None, "saved"),
        ("p", 0.5, "p is 0.5; it follows from the temperature"),
        ("counts", [1], r"counts has shape \(1,\); wanted 2 whole numbers"),
        ("counts", [-1, 2], "counts holds -1"),
        ("counts", [0.5, 2], "counts holds 0.5"),
        ("counts", [9000, 1001], "counts sums to 10001; wanted"),
        ("counts", "many", "counts"),
        ("running", "yes", "running"),
        ("seed", -1, "seed"),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(trait, value, message):
    w = neuron()
    w.view.advance(7)
    before = [(getattr(w, name), getattr(w.view, name)) for name in NAMES]
    with pytest.raises((ValueError, TypeError, traitlets.TraitError), match=message):
        setattr(w, trait, value)
    assert [(getattr(w, name), getattr(w.view, name)) for name in NAMES] == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"temperature": 0}, "temperature is 0.0; wanted"),
        ({"saved": 6.5}, "saved is 6.5; wanted"),
        ({"seed": 0.5}, "seed"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises((ValueError, TypeError, traitlets.TraitError), match=message):
        neuron(**arguments)


def test_a_run_has_an_end():
    w = neuron()
    w.view.advance(9_990)
    with pytest.raises(ValueError, match="flips is 11; wanted at most 10000 in a run, 9990 are made"):
        w.view.advance(11)
    with pytest.raises(ValueError, match="flips is 0"):
        w.view.advance(0)
    assert sum(w.counts) == 9_990
