"""Recall of many cues from the patterns alone: where the plain descent in the network goes."""

import numpy as np
import pytest

from ebm import hopfield
from ebm.fast import recall


def rng(seed=0):
    return np.random.default_rng(seed)


def patterns_and_cues(P, n, cues, seed=0):
    patterns = rng(seed).choice([-1, 1], size=(P, n))
    return patterns, [hopfield.corrupt(patterns[k % P], 0.25, rng=rng(k)) for k in range(cues)]


@pytest.mark.parametrize(
    ("P", "n"),
    [
        (1, 1),
        (1, 2),
        (2, 4),
        (3, 33),
        (5, 32),
        (14, 100),
        (40, 97),
        (60, 64),
        (30, 301),
        (64, 70),
        (65, 129),
        (150, 80),
    ],
)
@pytest.mark.parametrize("number", [np.float32, np.float64])
def test_every_cue_ends_where_descent_takes_it(P, n, number, monkeypatch):
    """Below and far above the capacity, with ties (even P, odd fields), blocks that do not divide n."""
    monkeypatch.setattr(recall, "_EXACT", 2**24 if number is np.float32 else 0)
    patterns, cues = patterns_and_cues(P, n, 9)
    found, model = hopfield.recall(patterns, cues, rng=rng(7)), hopfield.hebb(patterns)
    for cue, s in zip(cues, found.s, strict=True):
        assert (hopfield.descend(model, cue, rng=rng(7)).s == s).all()
    assert hopfield.is_fixed_point(model, found.s).all() and found.rests.all()
    assert found.s.dtype == np.int8


@pytest.mark.parametrize(("P", "n"), [(1, 1), (2, 4), (3, 33), (14, 100), (60, 64), (65, 129), (150, 80)])
def test_all_units_at_once(P, n):
    patterns, cues = patterns_and_cues(P, n, 30)
    found, model = hopfield.recall(patterns, cues, at_once=True), hopfield.hebb(patterns)
    for k, cue in enumerate(cues):
        s, before, step, ends = np.array(cue), None, 0, (False,)
        while not any(ends):
            step += 1
            new = hopfield.synchronous(model, s)
            ends = (new == s).all(), before is not None and (new == before).all()
            before, s = s, new
        assert (found.s[k] == s).all() and found.sweeps[k] == step and found.rests[k] == ends[0]


def test_two_states_that_take_turns():
    found = hopfield.recall([[1, 1]], [[1, -1]], at_once=True)
    assert (found.sweeps.tolist(), found.rests.tolist()) == ([2], [False])
    cut = hopfield.recall([[1, 1]], [[1, -1]], at_once=True, most=1)
    assert (cut.s.tolist(), cut.rests.tolist()) == ([[-1, 1]], [False])


def test_sweeps_are_counted_as_in_a_quench():
    patterns, _ = patterns_and_cues(3, 50, 1)
    assert hopfield.recall(patterns, patterns[:1], rng=rng()).sweeps.tolist() == [1]


def test_cues_do_not_know_of_each_other():
    patterns, cues = patterns_and_cues(20, 100, 40)
    many, few = (hopfield.recall(patterns, some, rng=rng(1)) for some in (cues, cues[5:8]))
    assert (many.s[5:8] == few.s).all() and (many.sweeps[5:8] == few.sweeps).all()


def test_bad_input():
    with pytest.raises(ValueError, match=r"cues has shape \(1, 3\); wanted an array .* of shape \(P, 2\)"):
        hopfield.recall([[1, 1]], [[1, 1, 1]], rng=rng())
    with pytest.raises(TypeError, match="rng is None; wanted a numpy.random.Generator"):
        hopfield.recall([[1, 1]], [[1, 1]])
    with pytest.raises(ValueError, match="patterns holds 0"):
        hopfield.recall([[1, 0]], [[1, 1]], rng=rng())
