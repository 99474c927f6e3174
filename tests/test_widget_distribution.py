"""The Boltzmann distribution of four units as Python sees it."""

import numpy as np
import pytest
import traitlets
from ipywidgets.widgets.widget import _instances
from ipywidgets.widgets.widget_link import Link
from matplotlib.figure import Figure

from ebm import exact, hopfield, random
from ebm.widgets import _distribution_kernels as kernels
from ebm.widgets import distribution

SUMS = ["log_Z", "mean_energy", "entropy", "distance"]
NAMES = ["temperature", "W", "b", "state", "counts", "running", "seed", *SUMS]


def some_network(seed):
    rng = np.random.default_rng(seed)
    W = np.triu(rng.uniform(-2, 2, size=(4, 4)), 1)
    return W + W.T, rng.uniform(-1, 1, size=4)


@pytest.mark.parametrize("T", [0.05, 0.7, 1.0, 5.0])
@pytest.mark.parametrize("seed", range(4))
def test_everything_exact_is_what_enumeration_finds(seed, T):
    W, b = some_network(seed)
    w = distribution(W, b, temperature=T)
    expected = exact.boltzmann(hopfield.Hopfield(W, b), T)
    energies, p, _ = w.view.solve()
    assert energies == pytest.approx(expected.energies, abs=1e-13)
    assert p == pytest.approx(expected.p, rel=1e-12, abs=1e-300)
    mean = float(expected.p @ expected.energies)
    assert (w.log_Z, w.mean_energy) == pytest.approx((expected.log_Z, mean), abs=1e-12)
    assert w.entropy == pytest.approx(expected.log_Z + mean / T, abs=1e-10)


def test_kernels_are_their_plain_selves():
    W, b = some_network(7)
    native, plain = ([np.empty(4), np.empty(4), np.empty(16), np.empty(16), np.empty(3)] for _ in range(2))
    kernels.solve(W, b, 0.8, *native)
    kernels.solve.py_func(W, b, 0.8, *plain)
    assert all((a == c).all() for a, c in zip(native, plain, strict=True))
    runs = []
    for visit in (kernels.visit, kernels.visit.py_func):
        s, words = np.ones(4, dtype=np.int8), random.state(np.random.default_rng(1))
        counts, distances = np.zeros(16, dtype=np.int32), np.empty(200)
        visit(W, b, s, 0.8, words, np.zeros(2), native[3], counts, distances)
        runs.append([*s, *words, *counts, *distances])
    assert runs[0] == runs[1]


def test_the_chain_is_the_librarys_heat_bath():
    W, b = some_network(3)
    w = distribution(W, b, temperature=0.9, seed=4)
    s, words = np.array(w.state, dtype=np.int8), np.frombuffer(w.view.words, dtype=np.uint64).copy()
    p = exact.boltzmann(w.view.model, 0.9).p
    distances, visited = w.view.advance(300), []
    for k in range(300):
        hopfield._heat_bath(w.view.model.W, w.view.model.b, s, 0.9, words, np.zeros(2))
        visited.append(exact.index(s))
        shares = np.bincount(visited, minlength=16) / (k + 1)
        assert distances[k] == pytest.approx(0.5 * np.abs(shares - p).sum(), abs=1e-12)
    assert w.counts == np.bincount(visited, minlength=16).tolist()
    assert w.state == s.tolist() and w.view.words == words.tobytes()
    assert w.distance == distances[-1]


def test_the_distance_falls():
    w = distribution(seed=2)
    assert w.distance == 1.0
    distances = w.view.advance(100_000)
    assert distances[-1] < 0.02 < distances[99]
    with pytest.raises(ValueError, match="updates is 1; wanted at most 100000 in a run, 100000 are made"):
        w.view.advance(1)


def test_the_distance_of_independent_samples():
    p = exact.boltzmann(distribution().view.model, 1.0).p
    counts = np.random.default_rng(0).multinomial(10_000, p, size=400).astype(np.int32)
    mean = np.mean([kernels.distance(p, row, 10_000) for row in counts])
    assert mean == pytest.approx(kernels.independent(p, 10_000), rel=0.05)


def test_a_change_of_p_starts_a_new_run_and_the_chain_goes_on():
    w = distribution()
    for name, value in [("temperature", 2.0), ("W", np.zeros((4, 4))), ("b", [1, 0, 0, 0])]:
        w.view.advance(10)
        state, words = w.state, w.view.words
        setattr(w, name, value)
        assert sum(w.counts) == 0 and w.distance == 1.0
        assert (w.state, w.view.words) == (state, words)
    assert w.log_Z == pytest.approx(np.log(16 * np.cosh(0.5)))


def test_seed_resets():
    w = distribution(seed=5)
    opened = w.state, w.view.words
    w.view.advance(100)
    w.seed = 6
    assert sum(w.counts) == 0 and w.view.words != opened[1]
    w.seed = 5
    assert (w.state, w.view.words) == opened


def test_traits_go_both_ways():
    w = distribution()
    w.running, w.state = False, [1, -1, 1, -1]
    assert (w.view.running, w.view.state) == (False, [1, -1, 1, -1])
    counts = [*range(16)]
    message = {
        "content": {
            "data": {
                "method": "update",
                "buffer_paths": [["words"]],
                "state": {"counts": counts, "state": [1] * 4},
            }
        },
        "buffers": [memoryview(bytes(range(32)))],
    }
    w.view._handle_msg(message)
    p = exact.boltzmann(w.view.model, 1.0).p
    assert (w.counts, w.state) == (counts, [1] * 4)
    assert w.distance == pytest.approx(0.5 * np.abs(np.array(counts) / 120 - p).sum())


def test_the_slider_is_linked_in_the_browser_to_the_view():
    w = distribution(temperature=2.0)
    slider, view = w.children
    assert view is w.view
    assert (slider.min, slider.max, slider.value, slider.description) == (0.05, 5.0, 2.0, "Temperature")
    links = {x.source[0]: x.target for x in _instances.values() if isinstance(x, Link)}
    assert links[slider] == (view, "temperature")


def test_the_still_figure_shows_the_state():
    w = distribution()
    ax = Figure().subplots()
    assert w.figure(ax) is ax
    p = exact.boltzmann(w.view.model, 1.0).p
    assert [bar.get_height() for bar in ax.patches] == pytest.approx(p)
    assert f"log Z = {w.log_Z:.2f}" in ax.get_title() and len(ax.get_xticklabels()) == 16
    w.view.advance(64)
    ax = w.figure(Figure().subplots())
    assert [bar.get_height() for bar in ax.patches[16:]] == [count / 64 for count in w.counts]
    assert w._repr_mimebundle_()["image/png"] and w.view.still.startswith(b"\x89PNG")
    assert len(w.view.still) < 40_000 and "that of ++−− with energy" in w.view.alt


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("temperature", -1, "temperature is -1.0; wanted a temperature from 0.05 to 5.0"),
        ("temperature", float("nan"), "wanted"),
        ("W", np.zeros((3, 3)), r"W has shape \(3, 3\); wanted \(4, 4\)"),
        ("W", np.eye(4), r"W\[0, 0\] = 1.0"),
        ("W", np.triu(np.ones((4, 4)), 1), "W is not symmetric"),
        ("W", 4 - 4 * np.eye(4), "W holds 4.0; wanted numbers from -3.0 to 3.0"),
        ("W", None, "W"),
        ("b", [0, 0, 0], r"b has shape \(3,\)"),
        ("b", [0, 0, 0, -9], "b holds -9"),
        ("state", [1, -1], r"state has shape \(2,\)"),
        ("state", [0] * 4, "state holds 0"),
        ("counts", [1], r"counts has shape \(1,\); wanted 16 whole numbers"),
        ("counts", [-1] * 16, "counts holds -1"),
        ("counts", [10_000] * 16, "counts sums to 160000; wanted at most 100000 updates"),
        ("log_Z", 1.0, "log_Z is 1.0; it follows from the temperature"),
        ("entropy", 1.0, "entropy is 1.0; it follows"),
        ("distance", 0.5, "distance is 0.5; it follows from the counts"),
        ("running", "yes", "running"),
        ("seed", -1, "seed"),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(trait, value, message):
    w = distribution()
    w.view.advance(7)
    before = [(getattr(w, name), getattr(w.view, name)) for name in NAMES]
    with pytest.raises((ValueError, TypeError, traitlets.TraitError), match=message):
        setattr(w, trait, value)
    assert [(getattr(w, name), getattr(w.view, name)) for name in NAMES] == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"temperature": 0}, "temperature is 0.0; wanted"),
        ({"W": [[0, 1], [1, 0]]}, r"W has shape \(2, 2\)"),
        ({"b": [0, 1]}, r"b has shape \(2,\)"),
        ({"seed": 0.5}, "seed"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises((ValueError, TypeError, traitlets.TraitError), match=message):
        distribution(**arguments)
