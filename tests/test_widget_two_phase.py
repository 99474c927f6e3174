"""A Boltzmann machine that learns, as Python sees it."""

import numpy as np
import pytest
import traitlets
from ipywidgets.widgets.widget import _instances
from ipywidgets.widgets.widget_link import Link
from matplotlib.figure import Figure

from ebm import boltzmann, random
from ebm.widgets import _two_phase_machine as machine
from ebm.widgets import two_phase

NAMES = ["data", "drawn", "hidden", "mode", "rate", "run", "W", "b", "step", "kl", "norm", "running", "seed"]
MACHINES = [
    ("one", 0),
    ("opposites", 1),
    ("bars", 2),
    ("parity", 3),
    ("smooth", 2),
    ("drawn", 1),
    ("encoder", 0),
]
DRAWN = [1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]


def started(data, hidden, **arguments):
    w = two_phase(data=data, hidden=hidden, **arguments)
    w.drawn = DRAWN
    return w


def links(w):
    return machine.ENCODER if w.data == "encoder" else None


def learned(w, steps):
    """The library's own learning, from where the view is."""
    return list(boltzmann.learn(w.view.model, *w.view.examples(), steps=steps, rate=w.rate, links=links(w)))


@pytest.mark.parametrize(("data", "hidden"), MACHINES)
def test_each_step_is_the_librarys_to_the_last_bit(data, hidden):
    w = started(data, hidden, rate=0.35, seed=3)
    expected = learned(w, 41)
    kls = w.view.advance(25)
    assert (w.W, w.b) == (expected[24].model.W.tolist(), expected[24].model.b.tolist())
    more = w.view.advance(15)
    assert (w.W, w.b, w.step) == (expected[39].model.W.tolist(), expected[39].model.b.tolist(), 40)
    assert [*kls, *more] == pytest.approx([step.kl for step in expected[:40]], abs=1e-12)
    # What is shown is what the next step follows.
    held, free = w.view.averages()
    for found, wanted in ((held, expected[40].positive), (free, expected[40].negative)):
        assert (found.W == wanted.W).all() and (found.b == wanted.b).all()
    assert w.norm == pytest.approx(expected[40].norm, rel=1e-12)


@pytest.mark.parametrize(("data", "hidden"), MACHINES)
def test_what_is_shown_is_what_enumeration_finds(data, hidden):
    w = started(data, hidden)
    w.view.advance(30)
    model, (v, p) = w.view.model, w.view.examples()
    assert w.kl == pytest.approx(boltzmann.kl(model, v, p), abs=1e-12)
    wanted, found, others = w.view.shares()
    p_v = boltzmann.visible(model)[machine.places(data)]
    assert found == pytest.approx(p_v, abs=1e-14) and others == pytest.approx(1 - p_v.sum(), abs=1e-12)
    assert wanted.sum() == pytest.approx(1) and np.count_nonzero(wanted) == len(v)
    held = [1] * v.shape[1] + [0] * model.n_hidden
    for row, codes in zip(v, w.view.codes(), strict=True):
        s = [*row, *[0] * model.n_hidden]
        clamped = boltzmann.distribution(model, s=s, clamped=held)
        assert codes == pytest.approx(clamped.p @ clamped.states[:, v.shape[1] :], abs=1e-14)


def test_the_data():
    bars, p = two_phase(data="bars").view.examples()
    assert sorted(bars.tolist()) == sorted(
        [[0] * 4, [1] * 4, [1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1]]
    )
    assert (p == 1 / 6).all()
    parity, _ = two_phase(data="parity").view.examples()
    assert len(parity) == 8 and not (parity.sum(axis=1) % 2).any()
    smooth, p = two_phase(data="smooth").view.examples()
    assert np.log(p / p.max()) == pytest.approx(-0.5 * (smooth.sum(axis=1) - 2.0) ** 2)
    drawn, p = started("drawn", 2).view.examples()
    assert sorted(drawn.tolist()) == [[0, 0, 0, 0], [0, 1, 1, 1], [1, 1, 0, 0]] and (p == 1 / 3).all()
    encoder, _ = two_phase(data="encoder").view.examples()
    assert (encoder[:, :4] == encoder[:, 4:]).all() and (encoder.sum(axis=1) == 2).all() and len(encoder) == 4


def test_kernels_are_their_plain_selves():
    v, p = machine.chosen("bars", None)
    allowed = boltzmann.model._linked(None, 6)
    runs = []
    for plain in (False, True):
        begin, sample, shares, codes, norm = (
            kernel.py_func if plain else kernel
            for kernel in (machine._begin, machine._sample, machine._shares, machine._codes, machine._norm)
        )
        one = machine.Learner(v, p, 2, allowed)
        one.words[:] = random.state(np.random.default_rng(1))
        begin(one.words, allowed, 0.7, one.W, one.b)
        sample(one.W, one.b, v, p, *one.scratch, machine.COOLING, 12, one.words, *one.averages)
        one.exactly()
        found, means = np.empty(17), np.empty((6, 2))
        shares(one.lists[0], 4, np.arange(16), found)
        codes(one.W, one.b, v, one.scratch[0], one.scratch[2], one.lists[1], means)
        runs.append([*one.W.flat, *one.words, *found, *means.flat, norm(allowed, *one.averages)])
        runs[-1] += [x for sums in one.averages for x in sums.flat]
    assert runs[0] == runs[1]


@pytest.mark.parametrize(("data", "hidden"), [("bars", 0), ("smooth", 3), ("encoder", 0)])
def test_sampled_averages_are_those_of_the_librarys_annealing(data, hidden):
    w = started(data, hidden, seed=2)
    held, free = w.view.averages()
    learner, chains = w.view._learner(), 40_000
    found = []
    for _ in range(chains // machine.CHAINS):
        learner.measure("sampled")
        found.append([sums.copy() for sums in learner.averages])
    found = [np.mean(sums, axis=0) for sums in zip(*found, strict=True)]
    phase = boltzmann.Annealed(machine.COOLING[:-1], 1, chains)
    step = next(
        iter(
            boltzmann.learn(
                w.view.model,
                *w.view.examples(),
                steps=1,
                rate=1.0,
                positive=phase,
                negative=phase,
                rng=np.random.default_rng(0),
            )
        )
    )
    library = [*step.positive, *step.negative]
    exact = [*held, *free]
    for mine, theirs, true in zip(found, library, exact, strict=True):
        error = np.sqrt(2 * theirs * (1 - theirs) / chains)
        assert (np.abs(mine - theirs) <= 5 * error).all()
        assert mine == pytest.approx(true, abs=0.05)  # a short annealing is a little off
    assert np.abs(found[0] - library[2]).max() > 0.08  # the other phase would have been noticed


def test_examples_are_dealt_by_their_shares():
    w = two_phase(data="smooth", hidden=0, mode="sampled")
    v, p = w.view.examples()
    held, _ = w.view.averages()
    assert held.b * 100 == pytest.approx(100 * p @ v, abs=8)
    w.data, w.drawn = "drawn", [1, 1] + [0] * 14
    held, _ = w.view.averages()
    assert held.b.tolist() == [0.5, 0, 0, 0]


def test_sampled_steps_change_the_weights_by_what_they_found():
    w = two_phase(mode="sampled", rate=0.2)
    (held, free), W, b = w.view.averages(), np.array(w.W), np.array(w.b)
    w.view.advance(1)
    assert np.array(w.W) == pytest.approx(W + 0.2 * (held.W - free.W), abs=1e-15)
    assert np.array(w.b) == pytest.approx(b + 0.2 * (held.b - free.b), abs=1e-15)
    twin = two_phase(mode="sampled", rate=0.2)
    twin.view.advance(1)
    assert twin.run == w.run and w.view.advance(20)[-1] < 1.0 < twin.kl
    twin.view.advance(7)
    twin.view.advance(13)
    assert twin.run == w.run
    assert w.kl == pytest.approx(boltzmann.kl(w.view.model, *w.view.examples()), abs=1e-12)


def test_parity_cannot_be_learned_without_hidden_units():
    alone = two_phase(data="parity", hidden=0)
    kls = alone.view.advance(3000)
    assert kls.min() > np.log(2) - 1e-9 and kls[-1] == pytest.approx(np.log(2), abs=1e-6)
    assert alone.norm < 1e-3
    assert two_phase(data="parity", hidden=1).view.advance(10_000)[-1] < 0.1


def test_codes_form_or_two_patterns_share_one():
    found = two_phase(data="encoder")
    found.view.advance(3000)
    assert found.kl < 0.05 < np.log(2) / 2
    assert sorted(np.round(found.view.codes()).tolist()) == [[0, 0], [0, 1], [1, 0], [1, 1]]
    stuck = two_phase(data="encoder", seed=1)
    stuck.view.advance(3000)
    assert stuck.kl == pytest.approx(np.log(2) / 2, abs=0.05)
    assert len(np.unique(np.round(stuck.view.codes(), 1), axis=0)) == 3


def test_other_data_start_anew_from_the_same_weights():
    w = two_phase()
    opened = w.run
    w.view.advance(20)
    w.data = "parity"
    assert w.step == 0 and (w.W, w.b) == (opened["W"], opened["b"])
    w.view.advance(20)
    w.hidden = 3
    assert w.step == 0 and len(w.b) == 7
    w.drawn = DRAWN  # not what is learned now
    w.view.advance(5)
    w.drawn = [1] * 16
    assert w.step == 5
    w.data = "encoder"
    w.view.advance(5)
    w.hidden = 1  # the encoder has two all the same
    assert (w.step, len(w.b)) == (5, 10)
    w.data = "bars"
    assert (w.step, len(w.b)) == (0, 5)
    w.hidden = 2
    assert w.run == opened


def test_another_mode_goes_on_from_the_same_weights():
    w = two_phase()
    w.view.advance(20)
    W, norm, kl = w.W, w.norm, w.kl
    w.mode = "sampled"
    assert (w.W, w.step, w.kl) == (W, 20, kl) and w.norm != norm
    assert all(0 <= mean <= 1 for mean in w.view.averages()[1].b)
    w.mode = "exact"
    assert (w.W, w.step, w.kl, w.norm) == (W, 20, kl, norm)


def test_new_weights_and_the_seed():
    w = two_phase(seed=5)
    opened = w.run
    w.view.advance(10)
    w.view.new_weights()
    other = w.run
    assert w.step == 0 and other["W"] != opened["W"] and other["origin"] == opened["words"]
    w.seed = 6
    assert w.run["W"] not in (opened["W"], other["W"])
    w.seed = 5
    assert w.run == opened
    spread = np.array([two_phase(data="encoder", seed=seed).W for seed in range(8)])[:, machine.ENCODER == 1]
    assert spread.std() == pytest.approx(machine.SCALE, rel=0.15) and abs(spread.mean()) < 0.15
    assert not np.array(opened["b"]).any()


def test_weights_are_placed_and_learning_goes_on_from_there():
    w = two_phase(data="smooth", hidden=0)
    w.view.place(np.eye(4) - 1, [1.5] * 4)
    assert w.kl == pytest.approx(0, abs=1e-14) and w.norm == pytest.approx(0, abs=1e-14)
    before = w.run
    for W, b, message in [
        (np.zeros((3, 3)), [0] * 4, r"W has shape \(3, 3\); wanted \(4, 4\)"),
        (np.triu(np.ones((4, 4)), 1), [0] * 4, "W is not symmetric"),
        (np.zeros((4, 4)), [0] * 3, r"b has shape \(3,\)"),
        (np.zeros((4, 4)), [np.nan] * 4, "b holds NaN"),
        (np.zeros((4, 4)), [1e9] * 4, "W or b exceeds 100000"),
    ]:
        with pytest.raises(ValueError, match=message):
            w.view.place(W, b)
        assert w.run == before
    w.data = "encoder"
    with pytest.raises(ValueError, match=r"W\[0, 4\] is 1.0; wanted 0: the encoder has no such link"):
        w.view.place(1 - np.eye(10), [0] * 10)


def test_a_run_ends():
    w = two_phase(data="one", hidden=0)
    w.view.advance(9_999)
    with pytest.raises(ValueError, match="steps is 2; wanted at most 10000 in a run, 9999 are made"):
        w.view.advance(2)
    w.view.advance(1)
    assert w.step == 10_000


def receive(w, **state):
    data = {"method": "update", "buffer_paths": [], "state": state}
    w.view._handle_msg({"content": {"data": data}, "buffers": []})


@pytest.mark.parametrize("mode", ["exact", "sampled"])
def test_what_the_page_says_arrives(mode):
    w, page = two_phase(), two_phase(data="parity", hidden=3, mode=mode)
    page.view.advance(12)
    # At once, as where messages were held up: the data do not start another run.
    runs = []
    w.view.observe(lambda change: runs.append(change.new), "run")
    receive(w, data="parity", hidden=3, mode=mode, run=page.run)
    assert runs == [page.run]
    assert [getattr(w, name) for name in NAMES] == [getattr(page, name) for name in NAMES]
    assert (w.view.advance(5) == page.view.advance(5)).all() and w.run == page.run
    receive(w, rate=0.15000000000000002)
    assert w.rate == 0.15


def test_traits_go_both_ways():
    w = two_phase()
    w.rate, w.running = 1, False
    assert (w.view.rate, w.view.running) == (1.0, False)
    w.view.advance(3)
    assert (w.step, w.W, w.kl) == (3, w.view.W, w.view.kl)


def test_the_slider_is_linked_in_the_browser_to_the_view():
    w = two_phase(rate=0.25)
    slider, view = w.children
    assert view is w.view
    assert (slider.min, slider.max, slider.value, slider.description) == (0.05, 2.0, 0.25, "Learning rate")
    found = {x.source[0]: x.target for x in _instances.values() if isinstance(x, Link)}
    assert found[slider] == (view, "rate")


@pytest.mark.parametrize("data", ["bars", "encoder"])
def test_the_still_figure_shows_the_state(data):
    w = two_phase(data=data, hidden=1)
    w.view.advance(40)
    ax = Figure().subplots()
    assert w.figure(ax) is ax
    wanted, found, _ = w.view.shares()
    assert [bar.get_height() for bar in ax.patches] == pytest.approx([*wanted, *found])
    assert f"Step 40: KL = {w.kl:.3f}, gradient {w.norm:.3f}" == ax.get_title()
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert (labels[1], labels[4]) == {"bars": ("1000", "0010"), "encoder": ("1, 2", "2, 1")}[data]
    assert w._repr_mimebundle_()["image/png"] and w.view.still.startswith(b"\x89PNG")
    assert len(w.view.still) < 40_000
    hidden = {"bars": "1 hidden unit after", "encoder": "2 hidden units after"}[data]
    assert hidden in w.view.alt and f"KL is {w.kl:.3f} nats" in w.view.alt


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("data", "noise", 'data is \'noise\'; wanted "one" or "opposites"'),
        ("data", 3, "data"),
        ("mode", "approximate", "mode is 'approximate'; wanted"),
        ("hidden", 4, "hidden is 4; wanted a whole number from 0 to 3"),
        ("hidden", -1, "hidden is -1"),
        ("hidden", True, "hidden is True"),
        ("hidden", 1.5, "hidden is 1.5"),
        ("rate", 0, "rate is 0.0; wanted a learning rate from 0.05 to 2.0"),
        ("rate", -1, "rate is -1.0"),
        ("rate", float("nan"), "rate is nan"),
        ("rate", "fast", "rate"),
        ("drawn", [0] * 16, "drawn holds no 1; wanted at least one state that is data"),
        ("drawn", [1] * 4, r"drawn has shape \(4,\)"),
        ("drawn", [2] * 16, "drawn holds 2"),
        ("drawn", None, "drawn"),
        ("W", np.zeros((6, 6)), "W is .*; it follows from the run"),
        ("b", [1.0] * 6, "b is .*; it follows from the run"),
        ("step", 3, "step is 3; it follows from the run, for which it is 7"),
        ("kl", 0.0, "kl is 0.0; it follows from the run"),
        ("norm", 0.0, "norm is 0.0; it follows"),
        ("run", {}, r"run has the parts \[\]; wanted"),
        ("run", 7, "run"),
        ("running", "yes", "running"),
        ("seed", -1, "seed"),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(trait, value, message):
    w = two_phase()
    w.view.advance(7)
    before = [(getattr(w, name), getattr(w.view, name)) for name in NAMES]
    with pytest.raises((ValueError, TypeError, traitlets.TraitError), match=message):
        setattr(w, trait, value)
    assert [(getattr(w, name), getattr(w.view, name)) for name in NAMES] == before


HALVES = [[[0.5] * 6] * 6, [0.5] * 6] * 2


@pytest.mark.parametrize(
    ("part", "value", "message"),
    [
        ("data", "parity", "run has the data 'parity'; wanted 'bars', the present one"),
        ("hidden", 1, "run has the hidden 1; wanted 2"),
        ("origin", "abc", "origin is 'abc'; wanted 64 hexadecimal digits"),
        ("words", "0" * 64, "words is '000"),
        ("words", None, "words is None"),
        ("step", 10_001, "step is 10001; wanted a whole number from 0 to 10000"),
        ("step", 1.5, "step is 1.5"),
        ("W", None, "W"),
        ("averages", None, "averages is None; wanted"),
        ("averages", HALVES[:3], "averages is"),
        ("averages", [[[0.5] * 5] * 5, *HALVES[1:]], r"averages has shape \(5, 5\)"),
        ("averages", [[[0.5] * 6] * 5, *HALVES[1:]], r"averages has 5 rows; wanted 6"),
        ("averages", [*HALVES[:3], [1.5] * 6], "averages holds 1.5"),
    ],
)
def test_a_run_that_cannot_be_is_refused(part, value, message):
    w = two_phase(mode="sampled")
    w.view.advance(2)
    before = w.run
    w.run = before | {"averages": HALVES}
    w.run = before
    with pytest.raises((ValueError, TypeError), match=message):
        w.run = before | {part: value}
    assert w.run == before and w.view.run == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"data": "nothing"}, "data is 'nothing'"),
        ({"hidden": 9}, "hidden is 9"),
        ({"mode": None}, "mode"),
        ({"rate": 20}, "rate is 20.0; wanted a learning rate"),
        ({"seed": 0.5}, "seed"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises((ValueError, TypeError, traitlets.TraitError), match=message):
        two_phase(**arguments)
