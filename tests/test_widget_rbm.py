"""The machine that learns three letters, as Python sees it."""

import numpy as np
import pytest
import traitlets
from ipywidgets.widgets.widget import _instances
from ipywidgets.widgets.widget_link import Link
from matplotlib.figure import Figure

from ebm import data, random
from ebm import rbm as physics
from ebm.rbm import sampling
from ebm.widgets import _rbm_kernels as kernels
from ebm.widgets import rbm
from ebm.widgets._rbm import BEST, FINE, MOST_EPOCHS

LETTERS = data.to_bits(data.letters("TLO", "3x3"))
NAMES = ["rate", "speed", "W", "b_v", "b_h", "epoch", "error", "log_likelihood", "v", "running", "seed"]


def some_machine(seed, scale=2.0):
    draw = np.random.default_rng(seed).normal
    return draw(0, scale, (9, 4)), draw(0, scale, 9), draw(0, scale, 4)


def online(rate, epochs, seed=0):
    """The library's own training, from the same generator."""
    rng = np.random.default_rng(seed)
    start = physics.initial(9, 4, rng=rng, scale=0.1, dtype=np.float64)
    return list(physics.online(start, LETTERS, rng=rng, epochs=epochs, rate=rate))


@pytest.mark.parametrize(("rate", "seed"), [(0.1, 0), (0.5, 3)])
def test_learning_is_the_librarys_online_training_to_the_last_bit(rate, seed):
    w, records = rbm(rate=rate, seed=seed), online(rate, 100, seed)
    measured = w.view.advance(100)
    model = records[-1].model
    assert (np.array(w.W) == model.W).all()
    assert (np.array(w.b_v) == model.b_v).all() and (np.array(w.b_h) == model.b_h).all()
    assert measured[:, 0] == pytest.approx([record.error for record in records], abs=1e-12)
    exact = [physics.log_likelihood(record.model, LETTERS).mean() for record in records]
    assert measured[:, 1] == pytest.approx(exact, abs=1e-12)
    assert w.epoch == 100 and (w.error, w.log_likelihood) == tuple(measured[-1])


def test_a_rate_that_changes_on_the_way_is_a_schedule():
    w = rbm(rate=0.3)
    w.view.advance(40)
    w.rate = 0.05
    w.view.advance(60)
    assert (np.array(w.W) == online([0.3] * 40 + [0.05] * 60, 100)[-1].model.W).all()


@pytest.mark.parametrize("scale", [0.1, 2.0, 100.0])
def test_the_measures_are_exact(scale):
    w = rbm()
    for seed in range(5):
        w.W, w.b_v, w.b_h = some_machine(seed, scale)
        model = physics.RBM(*some_machine(seed, scale))
        logs = physics.log_likelihood(model, LETTERS)
        assert w.log_likelihood == pytest.approx(logs.mean(), rel=1e-12)
        assert w.view.probabilities() == pytest.approx(np.exp(logs), rel=1e-9)
        p = physics.distribution(model)  # by listing the visible states, not the hidden ones
        places = LETTERS @ (1 << np.arange(9))
        assert w.view.probabilities() == pytest.approx(p[places], rel=1e-9, abs=1e-300)


def test_fair_coins_and_a_machine_that_shows_one_letter_only():
    w = rbm()
    w.W, w.b_h = np.zeros((9, 4)), np.zeros(4)
    assert w.log_likelihood == pytest.approx(-9 * np.log(2)) and w.error == 0.25
    w.b_v = 50.0 * (2 * LETTERS[2] - 1)
    assert w.view.probabilities() == pytest.approx([0, 0, 1])
    assert pytest.approx(-np.log(3)) == BEST


def test_the_error_falls_to_nothing_while_the_likelihood_falls_too():
    w = rbm(epochs=2000)
    best = max(log for _, _, log in w.view.curve)
    w.view.advance(3000)
    assert w.error < 0.001 and w.log_likelihood < best - 1.5 and best < BEST


def test_the_kernels_are_their_plain_selves():
    W, b_v, b_h = some_machine(1, 0.5)
    fast, slow = [[x.copy() for x in (W, b_v, b_h)] for _ in range(2)]
    words = [random.state(np.random.default_rng(4)) for _ in range(2)]
    seen = []
    for machine, own, call in ((fast, words[0], kernels.learn), (slow, words[1], kernels.learn.py_func)):
        units, scratch = (np.empty(9, np.int8), np.empty(4, np.int8)), np.empty((2, 4))
        logs, measured = np.empty(3), np.empty((3, 2))
        call(*machine, LETTERS, np.arange(3), 0.2, own, *units, *scratch, logs, measured)
        seen.append(measured)
    assert (seen[0] == seen[1]).all() and (words[0] == words[1]).all()
    assert all((a == b).all() for a, b in zip(fast, slow, strict=True))


def test_v_to_h_and_back_is_a_gibbs_sweep():
    w = rbm(epochs=300, seed=2)
    model, v = w.view.machine, np.array(w.v, dtype=np.int8)
    coins = np.frombuffer(w.view.coins, dtype=np.uint64).copy()
    before = w.view.coins
    trip = w.view.round_trip()
    assert w.view.coins == before and w.v == v.tolist()  # looking changes nothing
    assert trip.p == pytest.approx(physics.p_h(model, v), rel=1e-12)
    assert trip.chances == pytest.approx(physics.p_v(model, trip.h), rel=1e-12)
    vs, hs = np.empty((20, 9), np.int8), np.empty((20, 4), np.int8)
    h, p = np.empty(4, np.int8), np.empty(4)
    sampling._gibbs_sweeps(model.W, model.b_v, model.b_h, v, h, 1.0, coins, p, vs, hs)
    for expected_v, expected_h in zip(vs, hs, strict=True):
        assert (w.view.round_trip().h == expected_h).all()
        w.view.put_back()
        assert w.v == expected_v.tolist()
    assert w.view.coins == coins.tobytes()


def test_to_corrupt_turns_one_unit_over_any_of_them():
    w, turned = rbm(), set()
    for _ in range(100):
        before = np.array(w.v)
        w.view.corrupt()
        (changed,) = np.flatnonzero(before != w.v)
        turned.add(int(changed))
    assert turned == set(range(9))


def test_it_opens_with_a_t_in_which_one_unit_is_wrong():
    assert all(np.sum(LETTERS[0] != rbm(seed=seed).v) == 1 for seed in range(20))


def test_new_weights_are_small_normal_and_other_ones():
    w = rbm(epochs=50)
    seen = []
    for _ in range(60):
        w.view.new_weights()
        seen.append(w.W)
    assert w.epoch == 0 and w.view.curve == [] and w.b_v == [0] * 9 and w.b_h == [0] * 4
    seen = np.array(seen)
    assert abs(seen.mean()) < 5 * 0.1 / np.sqrt(seen.size)
    assert seen.std() == pytest.approx(0.1, rel=5 / np.sqrt(2 * seen.size))
    assert len(np.unique(seen)) == seen.size


def test_the_curve_keeps_what_a_logarithmic_axis_shows():
    w, twin = rbm(), rbm()
    measured = w.view.advance(700)
    for _ in range(7):
        twin.view.advance(100)
    assert twin.view.curve == w.view.curve  # however the epochs are cut
    epochs = [epoch for epoch, *_ in w.view.curve]
    assert epochs[:40] == list(range(1, 41)) and epochs[-1] > 700 / FINE
    assert all(row[1:] == measured[row[0] - 1].tolist() for row in w.view.curve)


def test_seed_resets():
    w = rbm(seed=5)
    opened = w.W, w.v, w.view.words, w.view.coins, w.view.order
    first = w.view.advance(30).tolist()
    w.view.put_back()
    w.seed = 6
    assert w.epoch == 0 and w.view.curve == [] and w.W != opened[0]
    w.seed = 5
    assert (w.W, w.v, w.view.words, w.view.coins, w.view.order) == opened
    assert w.view.advance(30).tolist() == first


def test_traits_go_both_ways():
    w, seen = rbm(), []
    w.observe(lambda change: seen.append(change.new), "log_likelihood")
    w.W = np.zeros((9, 4))
    assert w.W == w.view.W == [[0.0] * 4] * 9
    assert seen == [pytest.approx(-9 * np.log(2))]
    w.view.advance(1)
    assert len(seen) == 2 and seen[1] == w.log_likelihood  # once for all three parts of the machine
    w.view.set_state({"b_v": [1.0] * 9, "epoch": 7, "curve": [[7, 0.1, -3.0]], "order": [2, 0, 1]})
    assert w.b_v == [1.0] * 9 and w.epoch == 7 and w.error == w.view.error
    message = {
        "content": {"data": {"method": "update", "buffer_paths": [["words"]], "state": {"epoch": 8}}},
        "buffers": [memoryview(bytes(range(32)))],
    }
    w.view._handle_msg(message)
    assert w.epoch == 8 and w.view.words == bytes(range(32))
    w.view.advance(1)
    assert w.epoch == 9


def test_the_slider_is_linked_in_the_browser_to_the_view():
    w = rbm(rate=0.25)
    slider, view = w.children
    assert view is w.view
    assert (slider.min, slider.max, slider.step, slider.value) == (0.01, 1.0, 0.01, 0.25)
    assert slider.description == "Learning rate"
    links = {x.source[0]: x.target for x in _instances.values() if isinstance(x, Link)}
    assert links[slider] == (view, "rate")


def test_a_sliders_rounding_errors_do_not_reach_the_weights():
    w, twin = rbm(rate=0.1), rbm(rate=0.1)
    w.view.set_state({"rate": 0.01 + 9 * 0.01})
    assert 0.01 + 9 * 0.01 != 0.1 and w.rate == w.view.rate == 0.1
    assert w.view.advance(50).tolist() == twin.view.advance(50).tolist()


def test_the_still_figure_shows_the_state():
    w = rbm(epochs=300)
    ax = Figure().subplots()
    assert w.figure(ax) is ax
    fields, curve = ax.child_axes
    assert ax.get_title() == "300 epochs, error 0.008; p(T) = 0.18, p(L) = 0.23, p(O) = 0.18"
    numbers = [text.get_text().replace("\u2212", "-") for text in fields.texts]
    assert numbers == [f"{x:+.1f}" for x in np.transpose(w.W).ravel()]
    drawn = [mesh.get_array().ravel() for mesh in fields.collections]
    assert (np.array(drawn) == np.transpose(w.W)).all()
    line = curve.get_lines()[0].get_xydata()
    assert line.tolist() == [[epoch, log] for epoch, _, log in w.view.curve]
    assert "p(O) = 0.18" in w.view.alt and "\u22121.624" in w.view.alt
    assert w._repr_mimebundle_()["image/png"] and w.view.still.startswith(b"\x89PNG")
    assert len(w.view.still) < 60_000
    assert rbm().figure(Figure().subplots()).get_title().startswith("0 epochs")


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("rate", 0, "rate is 0.0; wanted a learning rate from 0.01 to 1.0"),
        ("rate", -0.1, "rate is -0.1; wanted"),
        ("rate", float("nan"), "wanted"),
        ("rate", "fast", "rate"),
        ("speed", 61, "speed"),
        ("W", np.zeros((4, 9)), r"W has shape \(4, 9\)"),
        ("W", np.zeros((8, 4)), r"W has shape \(8, 4\); wanted \(9, 4\)"),
        ("W", np.full((9, 4), np.nan), "W holds NaN"),
        ("W", np.full((9, 4), -2000.0), "W holds -2000.0; wanted numbers from -1000.0 to 1000.0"),
        ("W", None, "W"),
        ("b_v", [0] * 4, r"b_v has shape \(4,\)"),
        ("b_h", [0, 0, np.inf, 0], "b_h holds NaN or infinity"),
        ("v", [1, -1] * 4 + [1], "v holds -1; wanted an array of 0 and 1"),
        ("v", [1] * 8, r"v has shape \(8,\)"),
        ("epoch", -1, "epoch"),
        ("epoch", 10_001, "epoch"),
        ("error", 0.5, "error is 0.5; it follows from the weights"),
        ("log_likelihood", 0.0, "log_likelihood is 0.0; it follows from the weights"),
        ("running", "yes", "running"),
        ("seed", -1, "seed"),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(trait, value, message):
    w = rbm(epochs=7)
    before = [(getattr(w, name), getattr(w.view, name)) for name in NAMES]
    with pytest.raises((ValueError, TypeError, traitlets.TraitError), match=message):
        setattr(w, trait, value)
    assert [(getattr(w, name), getattr(w.view, name)) for name in NAMES] == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rate": 0}, "rate is 0.0; wanted"),
        ({"rate": 1.5}, "rate is 1.5; wanted"),
        ({"speed": 0}, "speed"),
        ({"epochs": -1}, "epochs is -1; wanted a whole number from 0 to 10000"),
        ({"epochs": 1.5}, "epochs is 1.5"),
        ({"seed": 0.5}, "seed"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises((ValueError, TypeError, traitlets.TraitError), match=message):
        rbm(**arguments)


def test_a_run_has_an_end():
    w = rbm(epochs=MOST_EPOCHS - 10)
    with pytest.raises(ValueError, match="epochs is 11; wanted at most 10000 in a run, 9990 are made"):
        w.view.advance(11)
    with pytest.raises(ValueError, match="epochs is 0"):
        w.view.advance(0)
    assert w.epoch == 9_990
