"""The interactives as Python sees them: traits in and out, bad values refused whole."""

import base64
import re
from pathlib import Path

import numpy as np
import pytest
import traitlets
from ipywidgets import FloatLogSlider, FloatSlider
from ipywidgets.widgets.widget import _instances
from ipywidgets.widgets.widget_link import Link
from matplotlib.figure import Figure

import ebm.widgets
from ebm import hopfield
from ebm.widgets import memory

LETTER_T = [1, 1, 1, -1, 1, -1, -1, 1, -1]


def test_it_opens_with_a_corrupted_memory_at_the_temperature_asked_for():
    w = memory(seed=3, temperature=0.7)
    assert (w.temperature, w.seed, w.updates, w.running) == (0.7, 3, 0, True)
    assert sum(a != b for a, b in zip(w.state, LETTER_T, strict=True)) == 2


def test_the_slider_is_linked_in_the_browser_to_the_view():
    w = memory()
    (slider,) = [child for child in w.children if isinstance(child, FloatSlider)]
    assert (slider.min, slider.max, slider.value, slider.description) == (0.05, 5.0, 0.2, "Temperature")
    links = [x for x in _instances.values() if isinstance(x, Link) and x.source[0] is slider]
    assert [link.target for link in links] == [(w.view, "temperature")]


def test_traits_go_both_ways():
    w = memory()
    w.temperature, w.running = 1.5, False
    assert (w.view.temperature, w.view.running) == (1.5, False)
    w.view.set_state({"temperature": 2.5, "state": LETTER_T, "updates": 12, "status": "settled in T"})
    assert (w.temperature, w.state, w.updates, w.status) == (2.5, LETTER_T, 12, "settled in T")
    assert w.energy == hopfield.energy(w.view.model, LETTER_T) == -4.0


def test_what_the_page_sends_arrives():
    """As a message from the browser brings it: bytes apart, as a view of memory."""
    w = memory()
    words = bytes(range(32))
    message = {
        "content": {
            "data": {
                "method": "update",
                "buffer_paths": [["words"]],
                "state": {"state": LETTER_T, "updates": 90, "status": "settled in T"},
            }
        },
        "buffers": [memoryview(words)],
    }
    w.view._handle_msg(message)
    assert (w.state, w.updates, w.status, w.energy) == (LETTER_T, 90, "settled in T", -4.0)
    assert w.view.words == words
    w.view.advance(1)
    assert w.updates == 91


def test_energy_follows_the_state_and_is_observed_once():
    w, seen = memory(), []
    w.observe(lambda change: seen.append(change.new), "energy")
    w.state = LETTER_T
    assert seen == [-4.0]
    w.state = np.array(LETTER_T)
    assert seen == [-4.0]


def test_the_still_figure_shows_the_state():
    w = memory()
    w.state = LETTER_T
    ax = Figure().subplots()
    assert w.figure(ax) is ax
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels == ["now: E = -4.00", "stored: T", "stored: L"]
    picture = base64.b64decode(w._repr_mimebundle_()["image/png"])
    assert picture.startswith(b"\x89PNG") and picture == w.view.still and len(picture) < 20_000
    assert "stored letters T, L" in w.view.alt


def test_seed_resets():
    w = memory(seed=5)
    opened = w.state, w.view.words
    w.view.advance(100)
    assert w.updates == 100 and w.view.words != opened[1]
    w.seed = 6
    assert w.updates == 0 and (w.state, w.view.words) != opened
    w.seed = 5
    assert (w.state, w.view.words) == opened


def test_advance_is_the_kernel():
    w = memory(seed=1, temperature=0.9)
    words = np.frombuffer(w.view.words, dtype=np.uint64).copy()
    s, energies = np.array(w.state, dtype=np.int8), np.full(1001, w.energy)
    hopfield._heat_bath(w.view.model.W, w.view.model.b, s, 0.9, words, energies)
    assert (w.view.advance(1000) == energies).all()
    assert w.state == s.tolist() and w.view.words == words.tobytes()


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("temperature", -1, "temperature is -1.0; wanted a temperature from 0.05 to 5.0"),
        ("temperature", 0, "temperature is 0.0; wanted"),
        ("temperature", float("nan"), "temperature is nan; wanted|wanted"),
        ("temperature", "hot", "temperature"),
        ("state", [1, -1], r"state has shape \(2,\); wanted an array of \+1 and -1 of shape \(9,\)"),
        ("state", [0] * 9, "state holds 0"),
        ("state", [np.nan] * 9, "state holds NaN"),
        ("state", None, "state"),
        ("energy", 3.0, "energy is 3.0; it follows from the state"),
        ("seed", -1, "seed"),
        ("seed", "one", "seed"),
        ("running", "yes", "running"),
        ("updates", -5, "updates"),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(trait, value, message):
    w = memory()
    names = ["temperature", "state", "energy", "seed", "running", "updates"]
    before = [(getattr(w, name), getattr(w.view, name)) for name in names]
    with pytest.raises((ValueError, TypeError, traitlets.TraitError), match=message):
        setattr(w, trait, value)
    assert [(getattr(w, name), getattr(w.view, name)) for name in names] == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"temperature": 0}, "temperature is 0.0; wanted"),
        ({"temperature": 9}, "temperature is 9.0; wanted"),
        ({"seed": -1}, "seed"),
        ({"seed": 0.5}, "seed"),
        ({"names": "T?"}, r"\?"),
        ({"names": ""}, "names"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises((ValueError, TypeError, traitlets.TraitError), match=message):
        memory(**arguments)


def test_a_view_is_a_file_one_can_read_in_a_sitting():
    lengths = {
        path.name: len(path.read_text().splitlines())
        for path in Path(ebm.widgets.__file__).parent.glob("*.mjs")
    }
    del lengths["shared.mjs"]  # many parts, each short
    assert len(lengths) > 11 and [name for name, lines in lengths.items() if lines >= 250] == []


@pytest.mark.parametrize("name", sorted(ebm.widgets.__all__))
def test_the_styles_of_a_view_touch_no_other_view_of_the_page(name):
    text = (Path(ebm.widgets.__file__).parent / f"{name}.css").read_text(encoding="utf-8")
    rules = re.findall(r"([^{};]+)\{", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))
    loose = [
        selector
        for rule in rules
        for selector in re.split(r",(?![^(]*\))", rule.strip())
        if not rule.strip().startswith("@") and f".ebm-{name}" not in selector
    ]
    assert rules and loose == []


@pytest.mark.parametrize("name", sorted(ebm.widgets.__all__))
def test_what_python_sets_before_there_is_a_page_moves_the_slider(name):
    # In the page a slider has the first word: one that was left behind would undo it there.
    w = getattr(ebm.widgets, name)()
    links = [link for link in _instances.values() if isinstance(link, Link) and link.target[0] is w.view]
    assert len(links) == len(w.children) - 1
    for slider, trait, target in [(*link.source, link.target[1]) for link in links]:
        before = getattr(w, target)
        setattr(w, target, 1 - before if trait == "index" else type(before)(another(slider)))
        assert getattr(slider, trait) == getattr(w, target) != before


def another(slider):
    """An end of the slider, not where it stands."""
    ends = [slider.base**slider.min, slider.base**slider.max] if isinstance(slider, FloatLogSlider) else None
    low, high = ends or (slider.min, slider.max)
    return high if slider.value == low else low


NONSENSE = (object(), float("nan"), -1e9, "nonsense", None, [0.5], [[float("nan")]], {"a": 1})
# What reads like nonsense and is an answer here.
MEANT = {
    ("dream", "label"): [None],  # no label
    ("landscape", "weights"): [None],  # there are none at T = 0
    ("memory", "status"): ["nonsense"],  # any words
    ("memory_pad", "status"): ["nonsense"],
}


@pytest.mark.parametrize("name", sorted(ebm.widgets.__all__))
def test_no_trait_of_any_view_takes_nonsense(name):
    w = getattr(ebm.widgets, name)()
    assert w.names

    def seen():
        return [(trait, getattr(w, trait), getattr(w.view, trait)) for trait in w.names]

    before = seen()
    for trait in w.names:
        for value in NONSENSE:
            if not (isinstance(value, (str, type(None))) and value in MEANT.get((name, trait), [])):
                with pytest.raises((ValueError, TypeError, traitlets.TraitError)):
                    setattr(w, trait, value)
                assert seen() == before, f"{trait} was refused and something changed"
