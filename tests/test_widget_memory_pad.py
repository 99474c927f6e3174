"""The pad of letters as Python sees it, and the kernels that build weights in the page."""

import numpy as np
import pytest
import traitlets
from matplotlib.figure import Figure

from ebm import data, dense, hopfield, random
from ebm.widgets import memory_pad

LETTERS = data.letters("RSTX", "16x16")


@pytest.fixture
def patterns():
    return np.random.default_rng(4).choice([-1, 1], size=(30, 60)).astype(np.int8)


class TestKernels:
    def test_hebb_to_the_last_bit(self, patterns):
        W = np.full((60, 60), np.nan)
        hopfield._hebb(patterns, W)
        assert (W == hopfield.hebb(patterns).W).all()

    @pytest.mark.parametrize("repeated", [False, True])
    def test_pseudo_inverse(self, patterns, repeated):
        if repeated:
            patterns = np.vstack([patterns, patterns[:5], -patterns[5:7]])
        W = np.full((60, 60), np.nan)
        hopfield._pseudo_inverse(patterns, np.full(patterns.shape, np.nan), W)
        assert W == pytest.approx(hopfield.pseudo_inverse(patterns).W, abs=1e-12)
        assert (W == W.T).all() and (np.diag(W) == 0).all()

    def test_pulls_are_overlaps_times_n(self, patterns):
        pulls = np.full(30, np.nan)
        hopfield._pulls(patterns, patterns[3], pulls)
        assert pulls.tolist() == (60 * hopfield.overlap(patterns, patterns[3])).tolist()

    def test_scatter_draws_fair_units(self):
        states = np.zeros((100, 100), dtype=np.int8)
        hopfield._scatter(random.state(np.random.default_rng(0)), states)
        assert set(np.unique(states)) == {-1, 1}
        assert abs(states.mean()) < 4 / 100
        assert np.abs(states.mean(axis=0)).max() < 5 / 10

    def test_flip_takes_different_units_all_equally_often(self):
        words, counts = random.state(np.random.default_rng(0)), np.zeros(10)
        for _ in range(5000):
            s = np.ones(10, dtype=np.int8)
            hopfield._flip(words, s, np.arange(10), 3)
            assert s.sum() == 4
            counts += s < 0
        assert np.abs(counts - 1500).max() < 5 * np.sqrt(5000 * 0.3 * 0.7)


def test_it_opens_with_a_noisy_first_letter():
    w = memory_pad(seed=3, noise=0.25, rule="dense", extra=7)
    assert (w.seed, w.noise, w.rule, w.extra, w.sweeps, w.running) == (3, 0.25, "dense", 7, 0, True)
    assert np.sum(LETTERS[0] != w.state) == 64
    assert w.view.stored().shape == (11, 256)
    assert (w.view.stored()[:4] == LETTERS).all()


@pytest.mark.parametrize("rule", ["Hebb", "pseudo-inverse", "dense"])
def test_it_recalls_every_letter(rule):
    w = memory_pad(rule=rule, noise=0.2)
    for letter in LETTERS:
        w.state = letter
        w.view.add_noise()
        assert np.sum(letter != w.state) == 51
        w.view.advance(50)
        assert w.state == letter.tolist()


def test_one_sweep_is_the_kernel_of_the_library():
    for rule in ("Hebb", "pseudo-inverse"):
        w = memory_pad(rule=rule, extra=20)
        build = {"Hebb": hopfield.hebb, "pseudo-inverse": hopfield.pseudo_inverse}[rule]
        model = build(w.view.stored())
        s, words = np.array(w.state, dtype=np.int8), np.frombuffer(w.view.words, dtype=np.uint64).copy()
        assert w.energy == pytest.approx(hopfield.energy(model, s), abs=1e-10)
        fields = hopfield.field(model, s)
        hopfield._descend_sweep(model.W, s, fields, np.arange(256), 1e-9, words, np.empty(256))
        w.view.advance(1)
        assert w.state == s.tolist() and w.view.words == words.tobytes() and w.sweeps == 1


def test_it_ends_where_no_flip_leads_down():
    w = memory_pad(extra=50, seed=2)
    w.view.advance(100)
    assert hopfield.is_fixed_point(hopfield.hebb(w.view.stored()), w.state)
    assert w.sweeps < 100
    w.rule = "dense"
    w.view.advance(100)
    model = dense.Dense(w.view.stored(), 3)
    assert w.energy == dense.energy(model, w.state)
    assert min(dense.dE(model, w.state, i) for i in range(256)) > -1e-9


def test_hebbs_rule_breaks_beyond_its_capacity_and_the_others_do_not():
    found = {}
    for rule in ("Hebb", "pseudo-inverse", "dense"):
        for extra in (8, 60):
            ends = []
            for seed in range(5):
                w = memory_pad(rule=rule, extra=extra, seed=seed, noise=0.1)
                w.view.advance(100)
                ends.append(w.view.overlaps()[0])
            found[rule, extra] = np.mean(ends)
    assert found["Hebb", 8] > 0.97 and found["Hebb", 60] < 0.8
    assert found["pseudo-inverse", 60] > 0.99 and found["dense", 60] > 0.99


def test_energy_follows_the_rule_and_the_load_too():
    w = memory_pad(seed=1)
    first = w.energy
    w.extra = 10
    assert w.energy == pytest.approx(hopfield.energy(hopfield.hebb(w.view.stored()), w.state)) != first
    w.rule = "pseudo-inverse"
    assert w.energy == pytest.approx(hopfield.energy(hopfield.pseudo_inverse(w.view.stored()), w.state))


def test_seed_resets():
    w = memory_pad(seed=5)
    opened = w.state, w.view.words, w.view.crowd.tolist(), w.energy
    w.view.advance(2)
    w.seed = 6
    assert w.sweeps == 0 and w.view.crowd.tolist() != opened[2]
    w.seed = 5
    assert (w.state, w.view.words, w.view.crowd.tolist(), w.energy) == opened


def test_traits_go_both_ways():
    w = memory_pad()
    w.view.set_state({"rule": "dense", "extra": 12, "noise": 0.1, "sweeps": 3, "status": "recalling"})
    assert (w.rule, w.extra, w.noise, w.sweeps, w.status) == ("dense", 12, 0.1, 3, "recalling")
    w.rule, w.extra, w.noise, w.running = "Hebb", 5, 0.2, False
    assert (w.view.rule, w.view.extra, w.view.noise, w.view.running) == ("Hebb", 5, 0.2, False)


def test_the_still_figure_shows_the_state_and_the_overlaps():
    w = memory_pad("RT")
    w.state = LETTERS[2]
    ax = Figure().subplots()
    assert w.figure(ax) is ax
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels == [f"now\nE = {w.energy:.1f}", "R\nm = -0.21", "T\nm = 1.00"]
    w._repr_mimebundle_()
    assert w.view.still.startswith(b"\x89PNG") and len(w.view.still) < 40_000
    assert "R -0.21, T 1.00" in w.view.alt and "0 random patterns" in w.view.alt


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("rule", "Oja", 'rule is \'Oja\'; wanted "Hebb" or "pseudo-inverse" or "dense"'),
        ("rule", None, "rule"),
        ("extra", -1, "extra"),
        ("extra", 61, "extra"),
        ("extra", 2.5, "extra"),
        ("noise", 0.6, "noise is 0.6; wanted a share of the units from 0 to 0.5"),
        ("noise", float("nan"), "noise"),
        ("state", [1, -1], r"state has shape \(2,\); wanted an array of \+1 and -1 of shape \(256,\)"),
        ("state", [0] * 256, "state holds 0"),
        ("state", None, "state"),
        ("energy", 3.0, "energy is 3.0; it follows from the state"),
        ("seed", -1, "seed"),
        ("sweeps", -1, "sweeps"),
        ("running", "yes", "running"),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(trait, value, message):
    w = memory_pad()
    names = ["rule", "extra", "noise", "state", "energy", "seed", "sweeps", "running"]
    before = [(getattr(w, name), getattr(w.view, name)) for name in names]
    with pytest.raises((ValueError, TypeError, traitlets.TraitError), match=message):
        setattr(w, trait, value)
    assert [(getattr(w, name), getattr(w.view, name)) for name in names] == before


@pytest.mark.parametrize(
    "arguments",
    [{"names": "R1"}, {"names": ""}, {"seed": -1}, {"rule": "hebb"}, {"extra": 99}, {"noise": -0.1}],
)
def test_bad_arguments(arguments):
    with pytest.raises((ValueError, TypeError, traitlets.TraitError), match=next(iter(arguments))):
        memory_pad(**arguments)
