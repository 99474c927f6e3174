"""The dense memories as Python sees them, and the kernels the page adds."""

import math

import numpy as np
import pytest
import traitlets
from matplotlib.figure import Figure
from scipy import stats
from scipy.special import softmax

from ebm import dense as physics
from ebm import hopfield
from ebm.widgets import _dense, dense


@pytest.fixture
def network():
    rng = np.random.default_rng(4)
    return rng.choice([-1, 1], size=(20, 30)).astype(np.int8), rng.choice([-1, 1], size=30).astype(np.int8)


class TestKernels:
    @pytest.mark.parametrize("k", [2, 3, 4, 5])
    def test_shares_are_what_a_pattern_contributes_to_the_slope_of_the_energy(self, network, k):
        patterns, s = network
        pulls, shares = patterns.astype(float) @ s, np.empty(20)
        physics._shares(pulls, 30, k, shares)
        slopes = []
        for mu in range(20):
            up, down = pulls.copy(), pulls.copy()
            up[mu] += 1e-5
            down[mu] -= 1e-5
            slopes.append(abs(physics._energy(up, 30, k) - physics._energy(down, 30, k)) / 2e-5)
        assert shares == pytest.approx(np.array(slopes) / np.sum(slopes), abs=1e-6)

    def test_shares_of_the_exponential_are_a_softmax(self, network):
        patterns, s = network
        pulls, shares = patterns.astype(float) @ s, np.empty(20)
        physics._shares(pulls, 30, 0, shares)
        assert shares == pytest.approx(softmax(pulls), rel=1e-12)

    def test_where_no_pattern_pulls_all_do_equally(self):
        shares = np.empty(4)
        physics._shares(np.zeros(4), 30, 3, shares)
        assert shares.tolist() == [0.25] * 4

    @pytest.mark.parametrize("beta", [0.02, 0.125, 2.0])
    def test_attend_is_retrieve(self, network, beta):
        patterns, s = network
        weights, out = np.empty(20), np.empty(30)
        physics._attend(patterns, patterns.astype(float) @ s, beta, weights, out)
        assert out == pytest.approx(physics.retrieve(patterns, s, beta), rel=1e-12)
        assert weights == pytest.approx(softmax(beta * patterns @ s.astype(float)), rel=1e-12)

    @pytest.mark.parametrize(("hits", "trials"), [(0, 100), (3, 7), (50, 100), (100, 100), (0, 1)])
    def test_interval(self, hits, trials):
        ends = np.empty(2)
        _dense._interval(hits, trials, ends)
        wanted = stats.binomtest(hits, trials).proportion_ci(method="wilson")
        assert ends == pytest.approx([wanted.low, wanted.high], abs=1e-12)


def test_it_opens_with_a_spoiled_pattern():
    w = dense(seed=3, degree=4, P=128, noise=0.3, beta=0.5)
    assert (w.seed, w.degree, w.P, w.noise, w.beta, w.trials, w.running) == (3, 4, 128, 0.3, 0.5, 0, True)
    assert np.sum(w.view.pool[0] != w.cue) == 19
    assert w.view.stored().shape == (128, 64)


@pytest.mark.parametrize("degree", [2, 3, 5, "exponential"])
def test_recall_ends_where_no_flip_leads_down(degree):
    w = dense(degree=degree, P=32, seed=1)
    model = w.view.model()
    end = w.view.recall()
    assert w.overlap == hopfield.overlap(w.view.pool[0], end)
    assert min(physics.dE(model, end, i) for i in range(64)) > -1e-9
    assert physics.energy(model, end) < physics.energy(model, w.cue)


def test_recall_is_the_librarys_descent():
    """With the same random words, the states of `ebm.dense.descend`."""

    class Words(np.random.Generator):
        def integers(self, *args, **kwargs):
            return w.view._for_descent.copy()

    for degree in (2, 3, "exponential"):
        w = dense(degree=degree, P=32, seed=5)
        path = physics.descend(w.view.model(), w.cue, rng=Words(np.random.PCG64(0)))
        assert path.s.tolist() == w.view.recall().tolist()


def test_sharper_memories_store_more():
    counts = {
        k: [dense(degree=k, P=P).view.measure(40) for P in (4, 64, 1024)] for k in (2, 3, 4, "exponential")
    }
    assert counts[2][0] > 30 and counts[2][1:] == [0, 0]
    assert counts[3][1] > 30 and counts[3][2] < 10
    assert counts[4][1] > 35 > 25 > counts[4][2] > 5
    assert counts["exponential"] == [40, 40, 40]


def test_infinity_is_the_exponential():
    w = dense(degree=math.inf)
    assert w.degree == "exponential" and math.isinf(w.view.model().degree)


def test_overlap_follows_and_is_observed():
    w, seen = dense(), []
    w.observe(lambda change: seen.append(change.new), "overlap")
    w.degree = 4
    assert seen == [1.0] and w.overlap == 1.0
    w.cue = (-w.view.pool[0]).tolist()
    assert w.overlap == -1.0  # an even power forgets the sign


def test_seed_resets():
    w = dense(seed=5)
    opened = w.cue, w.view.words, w.view.pool.tolist(), w.overlap, w.view.measure(20)
    w.view.another_cue()
    assert w.cue != opened[0]
    w.seed = 6
    assert w.view.pool.tolist() != opened[2]
    w.seed = 5
    assert (w.cue, w.view.words, w.view.pool.tolist(), w.overlap, w.view.measure(20)) == opened


def test_traits_go_both_ways():
    w = dense()
    w.view.set_state({"degree": 3, "P": 128, "noise": 0.1, "beta": 1.0, "recalled": 9, "trials": 10})
    assert (w.degree, w.P, w.noise, w.beta, w.recalled, w.trials) == (3, 128, 0.1, 1.0, 9, 10)
    w.degree, w.P, w.beta, w.running = "exponential", 512, 0.25, False
    assert (w.view.degree, w.view.P, w.view.beta, w.view.running) == ("exponential", 512, 0.25, False)


def test_the_still_figure_shows_the_recall():
    w = dense(degree=3)
    ax = Figure().subplots()
    assert w.figure(ax) is ax
    assert [label.get_text() for label in ax.get_xticklabels()] == [
        "cue",
        "after descent: m = 1.00",
        "stored",
    ]
    w._repr_mimebundle_()
    assert w.view.still.startswith(b"\x89PNG") and len(w.view.still) < 40_000
    assert "degree 3 with 64 patterns" in w.view.alt and "0 units wrong" in w.view.alt


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("degree", 1, 'degree is 1; wanted 2, 3, 4, 5 or "exponential"'),
        ("degree", "cubic", "degree"),
        ("degree", None, "degree"),
        ("degree", [2], "degree"),
        ("P", 100, "P is 100; wanted a power of 2 from 2 to 4096"),
        ("P", 1, "P"),
        ("P", 8192, "P"),
        ("P", 2.5, "P"),
        ("noise", 0.5, "noise is 0.5; wanted a share of the units from 0 to 0.4"),
        ("beta", 0, "beta is 0.0; wanted an inverse temperature"),
        ("beta", float("nan"), "beta"),
        ("cue", [1, -1], r"cue has shape \(2,\); wanted an array of \+1 and -1 of shape \(64,\)"),
        ("cue", [0] * 64, "cue holds 0"),
        ("overlap", 0.5, "overlap is 0.5; it follows from the cue"),
        ("trials", 101, "trials"),
        ("recalled", -1, "recalled"),
        ("seed", -1, "seed"),
        ("running", "yes", "running"),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(trait, value, message):
    w = dense()
    names = ["degree", "P", "noise", "beta", "cue", "overlap", "trials", "recalled", "seed", "running"]
    before = [(getattr(w, name), getattr(w.view, name)) for name in names]
    with pytest.raises((ValueError, TypeError, traitlets.TraitError), match=message):
        setattr(w, trait, value)
    assert [(getattr(w, name), getattr(w.view, name)) for name in names] == before


@pytest.mark.parametrize("sent", [64.0, 127.99999999999997, 4096.000000000001])
def test_what_the_slider_of_the_page_sends_is_a_whole_number(sent):
    w = dense()
    w.view.set_state({"P": sent})
    assert w.view.P == round(sent) and isinstance(w.view.P, int)
    assert len(w.view.stored()) == w.P == round(sent)


@pytest.mark.parametrize("arguments", [{"seed": -1}, {"degree": 6}, {"P": 0}, {"noise": 1}, {"beta": 9.0}])
def test_bad_arguments(arguments):
    with pytest.raises((ValueError, TypeError, traitlets.TraitError), match=next(iter(arguments))):
        dense(**arguments)
