"""The dreaming network as Python sees it."""

from itertools import chain

import numpy as np
import pytest
import traitlets
from ipywidgets.widgets.widget import _instances
from ipywidgets.widgets.widget_link import Link
from matplotlib.figure import Figure
from scipy import stats
from scipy.special import expit, softmax

from ebm import data, dbn, random
from ebm.dbn import DBN
from ebm.rbm import RBM, states
from ebm.widgets import dream
from ebm.widgets._dream import EVERY, KEPT, ROW, SIZES, WARM
from ebm.widgets._dream_kernels import _begin, _label_chances, _read, _remember
from train_dream import reader

MODEL = dbn.digit_network()
NAMES = ["label", "temperature", "picture", "state", "sweeps", "reading", "running", "seed"]


def units(w):
    """Picture, first and second hidden layer, labels, top."""
    return np.split(np.array(w.state), np.cumsum(SIZES)[:-1])


def coins(p, words):
    """1 where the next random number is below p."""
    return (np.array([random.uniform(words) for _ in p]) < p).astype(int)


def generator(seed=0):
    return random.state(np.random.default_rng(seed))


@pytest.mark.parametrize("seed", range(4))
def test_it_reads_a_picture_as_the_library_does(seed):
    w = dream(seed=seed)
    for picture in ("grey", "sample"):
        w.picture = picture
        expected = dbn.p_label(MODEL, w.view.shown()[None])[0]
        assert w.view.read() == pytest.approx(expected, abs=1e-13)
        assert w.reading == expected.argmax() == dbn.classify(MODEL, w.view.shown()[None])[0]


def test_the_picture_is_the_mean_of_the_layer_above_or_a_sample_of_it():
    w = dream(seed=1)
    v, h1, *_ = units(w)
    bottom = MODEL.layers[0]
    assert w.view.shown() == pytest.approx(expit(h1 @ bottom.W_down.T + bottom.b_down), abs=1e-14)
    w.picture = "sample"
    assert w.view.shown().tolist() == v.tolist()


@pytest.mark.parametrize("T", [0.1, 1.0, 2.7])
def test_label_units_share_what_the_top_layer_says(T):
    w = dream(temperature=T)
    fields = units(w)[-1] @ MODEL.top.W[100:].T + MODEL.top.b_v[100:]
    assert w.view.p_label() == pytest.approx(softmax(fields / T), abs=1e-13)


@pytest.mark.parametrize(("label", "T"), [(None, 1.0), (7, 1.0), (None, 2.0)])
def test_a_sweep_is_what_the_formulas_say(label, T):
    """Every unit from its field and the next random number, layer by layer."""
    w = dream(label=label, temperature=T, seed=5)
    for sweep in range(8):
        words = np.frombuffer(w.view.words, dtype=np.uint64).copy()
        _, _, x, labels, _ = units(w)
        if label is not None:
            labels = np.eye(10)[label]

        top, (first, second) = MODEL.top, MODEL.layers
        h = coins(expit((np.hstack([x, labels]) @ top.W + top.b_h) / T), words)
        x = coins(expit((top.W[:100] @ h + top.b_v[:100]) / T), words)
        if label is None:
            p = softmax((top.W[100:] @ h + top.b_v[100:]) / T)
            labels = np.eye(10)[np.searchsorted(p.cumsum(), random.uniform(words), side="right")]
        h1 = coins(expit(second.W_down @ x + second.b_down), words)
        v = coins(expit(first.W_down @ h1 + first.b_down), words)
        w.view.advance(1)
        assert w.state == np.hstack([v, h1, x, labels, h]).tolist()
        assert w.view.words == words.tobytes() and w.sweeps == WARM + sweep + 1


def test_kernels_are_their_plain_selves():
    rng = np.random.default_rng(3)
    W, b_x, b_h, W_labels, b_labels = (rng.normal(size=s) for s in [(5, 4), 5, 4, (3, 4), 3])
    for held in (-1, 2):
        found = []
        for remember, begin in ((_remember, _begin), (_remember.py_func, _begin.py_func)):
            words, x, labels, h = generator(), *(np.zeros(n, dtype=np.int8) for n in (5, 3, 4))
            p_h, p_labels = np.empty(4), np.empty(3)
            begin(words, held, x, labels, h)
            for _ in range(50):
                remember(W, b_x, b_h, W_labels, b_labels, held, 1.3, words, x, labels, h, p_h, p_labels)
                found.append([*words, *x, *labels, *h, *p_h, *p_labels])
        assert found[:50] == found[50:]
    x, found = rng.random(5), np.empty((4, 3))
    _read(W, b_h, W_labels, b_labels, x, found[0])
    _read.py_func(W, b_h, W_labels, b_labels, x, found[1])
    _label_chances(W_labels, b_labels, h, 0.7, found[2])
    _label_chances.py_func(W_labels, b_labels, h, 0.7, found[3])
    assert (found[0] == found[1]).all() and (found[2] == found[3]).all()


@pytest.mark.parametrize("T", [0.8, 1.0, 1.7])
@pytest.mark.parametrize("held", [-1, 1])
def test_the_memory_visits_its_states_as_often_as_it_should(T, held):
    """Features and label of a small memory, one label on, against p ~ e^(-F/T) by listing."""
    rng = np.random.default_rng(8)
    W, b_v, b_h = rng.normal(0, 1.2, (3 + 3, 4)), rng.normal(size=6), rng.normal(size=4)
    kinds = np.array([[*x, *np.eye(3)[k]] for x in states(3) for k in range(3) if held in (-1, k)])
    log_p = kinds @ b_v / T + np.logaddexp(0, (kinds @ W + b_h) / T).sum(axis=1)
    p = softmax(log_p)
    words, x, labels, h = generator(4), *(np.zeros(n, dtype=np.int8) for n in (3, 3, 4))
    p_h, p_labels = np.empty(4), np.empty(3)
    counts = np.zeros(len(kinds), dtype=int)
    parts = W[:3].copy(), b_v[:3], b_h, W[3:].copy(), b_v[3:]
    _begin(words, held, x, labels, h)
    for step in range(80_000):
        _remember(*parts, held, T, words, x, labels, h, p_h, p_labels)
        if step % 8 == 7:  # far enough apart
            counts[(kinds == [*x, *labels]).all(axis=1).argmax()] += 1
    assert counts.sum() == 10_000
    assert stats.chisquare(counts, p * 10_000).pvalue > 1e-3
    wrong = softmax(log_p * 1.15)
    assert stats.chisquare(counts, wrong * 10_000).pvalue < 1e-6


def means(label, T, sweeps, chains):
    """Pictures of the twin, one chain each, and labels of `dbn.dream` for the same."""
    pictures = []
    w = dream(label=label, temperature=T)
    w.running = False
    for _ in range(chains):
        w.view.new_start()  # the random numbers go on
        w.view.advance(sweeps)
        pictures.append(w.view.shown())
    top = RBM(MODEL.top.W / T, MODEL.top.b_v / T, MODEL.top.b_h / T)
    dreams = dbn.dream(
        DBN(MODEL.layers, top, 10), rng=np.random.default_rng(6), labels=np.full(4 * chains, label)
    )
    for _ in range(sweeps):
        expected = next(dreams).v
    return np.array(pictures), expected


@pytest.mark.parametrize(("label", "T", "sweeps"), [(0, 1.0, 1), (3, 1.0, 30), (8, 2.0, 10)])
def test_dreams_are_distributed_as_the_librarys_are(label, T, sweeps):
    """From coins, with a label held; mean and spread of every cell, in standard errors."""
    found, expected = means(label, T, sweeps, 500)
    for moment in (1, 2):
        a, b = found**moment, expected**moment
        error = np.sqrt(a.var(axis=0) / len(a) + b.var(axis=0) / len(b))
        z = (a.mean(axis=0) - b.mean(axis=0)) / np.maximum(error, 1e-6)
        assert np.abs(z).max() < 4.5, f"moment {moment} of cell {np.abs(z).argmax()}"


def test_a_dream_at_another_temperature_is_another():
    found, _ = means(8, 2.0, 10, 100)
    _, expected = means(8, 1.0, 10, 100)
    error = np.sqrt(found.var(axis=0) / len(found) + expected.var(axis=0) / len(expected))
    assert (np.abs(found.mean(axis=0) - expected.mean(axis=0)) / np.maximum(error, 1e-6)).max() > 6


def test_a_stranger_recognises_what_is_held():
    read, found = reader(data.digits().train), []
    for label in range(10):
        w = dream(label=label)
        for seed in range(10):
            w.seed = seed
            found.append(read(w.view.shown()[None])[0] == label)
    assert np.mean(found) > dbn.digit_record()["mean"] - 4 * np.sqrt(0.06 * 0.94 / 100)


def test_it_opens_with_a_memory_that_has_run():
    w = dream(label=6)
    assert w.sweeps == WARM and len(w.view.trail) == KEPT * ROW
    assert units(w)[3].tolist() == np.eye(10)[6].tolist()


def test_a_new_start_is_coins_and_the_random_numbers_go_on():
    w = dream(label=2, seed=3)
    words = np.frombuffer(w.view.words, dtype=np.uint64).copy()
    w.view.new_start()
    v, h1, x, labels, h = units(w)
    assert [*x, *h] == coins(np.full(100 + 256, 0.5), words).tolist() and labels.argmax() == 2
    layer = MODEL.layers[1]
    assert h1.tolist() == coins(expit(layer.W_down @ x + layer.b_down), words).tolist()
    assert w.sweeps == 0 and w.view.trail == b"" and len(v) == 64


def test_free_starts_begin_with_any_label():
    w = dream()
    counts = np.zeros(10)
    for _ in range(300):
        w.view.new_start()
        counts += units(w)[3]
    assert stats.chisquare(counts).pvalue > 1e-3


def test_pictures_are_kept():
    w = dream(seed=2)
    w.view.new_start()
    kept = []
    for _ in range((KEPT + 2) * EVERY):
        w.view.advance(1)
        if w.sweeps % EVERY == 0:
            kept.append([*np.floor(w.view.shown() * 255 + 0.5).astype(int), w.reading])
            assert list(w.view.trail) == list(chain(*kept[-KEPT:]))
    w.view.new_start()
    w.view.advance(2 * EVERY)
    assert len(w.view.trail) == 2 * ROW


def test_advancing_at_once_or_in_steps_is_the_same():
    one, other = dream(seed=4), dream(seed=4)
    one.view.advance(50)
    for sweeps in (1, 20, 29):
        other.view.advance(sweeps)
    assert (one.state, one.sweeps) == (other.state, other.sweeps)
    assert (one.view.words, one.view.trail) == (other.view.words, other.view.trail)


def test_seed_resets():
    w = dream(seed=5)
    opened = w.state, w.view.words, w.view.trail
    w.view.advance(30)
    w.seed = 6
    assert w.state != opened[0] and w.sweeps == WARM
    w.seed = 5
    assert (w.state, w.view.words, w.view.trail) == opened


def test_traits_go_both_ways():
    w, seen = dream(label=1), []
    w.observe(lambda change: seen.append(change.new), "label")
    w.label, w.temperature, w.running = 8, 2.0, False
    assert (w.view.label, w.view.temperature, w.view.running, seen) == (8, 2.0, False, [8])
    w.view.set_state({"label": None, "picture": "sample"})
    assert (w.label, w.picture) == (None, "sample")
    other = dream(label=1, seed=9)
    message = {
        "content": {
            "data": {
                "method": "update",
                "buffer_paths": [["words"], ["trail"]],
                "state": {"state": other.state, "sweeps": 77},
            }
        },
        "buffers": [memoryview(other.view.words), memoryview(other.view.trail)],
    }
    w.view._handle_msg(message)
    assert (w.state, w.sweeps, w.view.words) == (other.state, 77, other.view.words)
    w.label, w.temperature, w.picture, other.sweeps = 1, 1.0, "grey", 77
    w.view.advance(30)
    other.view.advance(30)
    assert (w.state, w.view.trail, w.reading) == (other.state, other.view.trail, other.reading)


def test_the_slider_is_linked_in_the_browser_to_the_view():
    w = dream(temperature=0.7)
    T, view = w.children
    assert view is w.view
    assert (T.min, T.max, T.step, T.value, T.description) == (0.1, 3.0, 0.1, 0.7, "Temperature")
    links = {x.source[0]: x.target for x in _instances.values() if isinstance(x, Link)}
    assert links[T] == (view, "temperature")


def test_the_still_figure_shows_the_state():
    w = dream(label=4)
    ax = w.figure(Figure().subplots())
    big, *small = ax.get_images()
    assert np.array(big.get_array()) == pytest.approx(w.view.shown().reshape(8, 8)) and len(small) == KEPT
    rows = np.frombuffer(w.view.trail, dtype=np.uint8).reshape(KEPT, ROW)
    assert np.array(small[-1].get_array()) * 255 == pytest.approx(rows[-1, :-1].reshape(8, 8))
    assert [bar.get_width() / 8 for bar in ax.patches] == pytest.approx(w.view.p_label())
    said = [t.get_text() for t in ax.texts]
    assert said.count("held") == 1 and said[:KEPT] == [str(digit) for digit in rows[:, -1]]
    assert f"label 4 held, at T = 1, after {WARM} sweeps" in w.view.alt
    assert f"reads it as {w.reading} ({w.view.read().max():.2f})" in w.view.alt
    assert w._repr_mimebundle_()["image/png"] and len(w.view.still) < 40_000
    w.view.new_start()
    w.label = None
    ax = w.figure(Figure().subplots())
    assert len(ax.get_images()) == 1 and "free labels" in w.view.alt and "earlier" not in w.view.alt


TWO_LABELS = [0] * 264 + [1, 1] + [0] * 264


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("label", 10, "label is 10; wanted a whole number from 0 to 9"),
        ("label", -1, "label is -1; wanted"),
        ("label", 2.5, "label is 2.5; wanted"),
        ("label", True, "label is True; wanted"),
        ("label", "7", "label is '7'; wanted"),
        ("temperature", -1, "temperature is -1.0; wanted a temperature from 0.1 to 3.0"),
        ("temperature", 0, "temperature is 0.0; wanted"),
        ("temperature", float("nan"), "wanted"),
        ("picture", "colour", 'picture is \'colour\'; wanted "grey" or "sample"'),
        ("state", [0, 1], r"state has shape \(2,\); wanted an array of 0 and 1 of shape \(530,\)"),
        ("state", [2] * 530, "state holds 2"),
        ("state", [0] * 530, "state has 0 label units on; wanted exactly one"),
        ("state", TWO_LABELS, "state has 2 label units on; wanted exactly one"),
        ("state", None, "state"),
        ("sweeps", -1, "sweeps"),
        ("reading", 11, "reading is 11; it follows from the state"),
        ("running", "yes", "running"),
        ("seed", -1, "seed"),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(trait, value, message):
    w = dream(label=3)
    before = [(getattr(w, name), getattr(w.view, name)) for name in NAMES]
    with pytest.raises((ValueError, TypeError, traitlets.TraitError), match=message):
        setattr(w, trait, value)
    assert [(getattr(w, name), getattr(w.view, name)) for name in NAMES] == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"label": 12}, "label is 12; wanted"),
        ({"temperature": 0}, "temperature is 0.0; wanted"),
        ({"seed": 0.5}, "seed"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises((ValueError, TypeError, traitlets.TraitError), match=message):
        dream(**arguments)


def test_no_sweeps_are_no_run():
    w = dream()
    with pytest.raises(ValueError, match="sweeps is 0; wanted"):
        w.view.advance(0)
    assert w.sweeps == WARM
