"""Diffusion in the plane as Python sees it: the film, the ways there and back, and what is read out."""

import math

import numpy as np
import pytest
import traitlets
from ipywidgets.widgets.widget import _instances
from ipywidgets.widgets.widget_link import Link
from matplotlib.figure import Figure
from scipy import stats

from ebm import _diffuse, random
from ebm import diffusion as physics
from ebm.widgets import _diffusion_film as kernels
from ebm.widgets import diffusion
from ebm.widgets._diffusion_film import PATTERNS, POINTS, STEPS, TIMES

NAMES = ["pattern", "width", "step", "t", "direction", "running", "seed"]


def went(way, steps=STEPS, **arguments):
    w = diffusion(**arguments)
    w.direction = way
    w.view.advance(steps)
    return w


def film(w):
    """All moments, wound through one by one."""
    moments = []
    for step in range(STEPS + 1):
        w.step = step
        moments.append(w.view.points)
    return np.array(moments)


def fits(x, mixture):
    """The p-value of the less likely coordinate of these points under a mixture."""
    width = math.sqrt(mixture.variance)

    def cumulative(j):
        return lambda at: stats.norm.cdf(np.subtract.outer(at, mixture.means[:, j]) / width) @ mixture.shares

    return min(stats.kstest(x[:, j], cumulative(j)).pvalue for j in range(2))


def test_patterns_are_centred_and_all_of_one_energy():
    assert {name: len(x) for name, x in PATTERNS.items()} == {
        "spiral": 40,
        "ring": 24,
        "T": 108,
        "two clusters": 2,
        "grid": 16,
    }
    for x in PATTERNS.values():
        assert np.abs(x.mean(axis=0)).max() < 1e-12
        assert 0.5 * (x**2).sum(axis=1).mean() == pytest.approx(2, abs=1e-12)
        assert np.linalg.norm(x[:, None] - x, axis=2)[~np.eye(len(x), dtype=bool)].min() > 0.1


def test_times_run_from_the_pattern_to_noise():
    assert TIMES[0] == 0 and TIMES[-1] == 4 and (np.diff(TIMES) > 0).all()
    for step in (0, 1, 40, 160):
        assert diffusion(step=step).t == 4 * (step / 160) ** 2


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_seed_s_film_has_the_right_distribution_at_every_time(pattern):
    w = diffusion(pattern=pattern, seed=1)
    for step in (0, 20, 60, 110, 160):
        w.step = step
        assert fits(w.view.points, physics.dissolve(w.view.mixture, w.t)) > 1e-3
        found = w.view.measure()
        assert found.energy == pytest.approx(found.expected, abs=4 * math.sqrt(2.5 / POINTS))


def test_the_harness_finds_points_of_another_time():
    w = diffusion(pattern="two clusters", seed=1, step=60)
    assert fits(w.view.points, physics.dissolve(w.view.mixture, TIMES[20])) < 1e-3


def test_the_film_starts_at_stored_points_and_each_moment_follows_from_the_one_before():
    w, words = diffusion(pattern="ring", width=0.2, seed=4), random.state(np.random.default_rng(4))
    means, x = PATTERNS["ring"], np.empty((POINTS, 2))
    for i in range(POINTS):
        k = random.below(words, 24)
        x[i] = [means[k, j] + 0.2 * random.normal(words) for j in range(2)]
    assert (w.view.points == x).all()
    for step in range(1, STEPS + 1):
        _diffuse._forward(x, TIMES[step] - TIMES[step - 1], words, x)
        w.step = step
        assert (w.view.points == x).all()
    assert w.view.words == words.tobytes()


def test_a_shot_forward_is_forward_motion_through_the_times():
    w = diffusion(pattern="two clusters", step=50, seed=9)
    x, words = w.view.points, np.frombuffer(w.view.words, dtype=np.uint64).copy()
    w.view.advance(40)
    for step in range(50, 90):
        _diffuse._forward(x, TIMES[step + 1] - TIMES[step], words, x)
    assert (w.view.points == x).all() and w.view.words == words.tobytes()
    assert fits(x, physics.dissolve(w.view.mixture, w.t)) > 1e-3


def test_the_kernels_are_their_plain_selves():
    native, plain = (random.state(np.random.default_rng(3)) for _ in range(2))
    means, few = PATTERNS["grid"], TIMES[:4]
    fast, slow = np.zeros((4, 5, 2)), np.zeros((4, 5, 2))
    kernels._develop(means, 0.1, few, native, fast)
    kernels._develop.py_func(means, 0.1, few, plain, slow)
    for k, way in ((0, 1), (3, -1), (2, -1)):
        kernels._shoot(means, np.zeros(16), 0.1, few, fast, k, way, native, np.empty(16))
        kernels._shoot.py_func(means, np.zeros(16), 0.1, few, slow, k, way, plain, np.empty(16))
    kernels._noise(fast, native)
    kernels._noise.py_func(slow, plain)
    assert (fast == slow).all() and (native == plain).all()


@pytest.mark.parametrize("pattern", PATTERNS)
def test_other_points_come_back_from_the_same_distribution(pattern):
    w = went("backward", pattern=pattern, step=160, seed=2)
    assert w.step == 0 and fits(w.view.points, w.view.mixture) > 1e-3
    found = w.view.measure()
    assert found.energy == pytest.approx(2.01, abs=4 * math.sqrt(2.5 / POINTS))
    assert found.distance == pytest.approx(diffusion(pattern=pattern).view.measure().distance, abs=0.03)
    assert abs(found.own - found.chance) < 4 * math.sqrt(found.chance)


def test_the_way_back_is_the_one_of_the_library():
    w = diffusion(pattern="two clusters", width=0.2, step=160, seed=6)
    x, words = w.view.points, np.frombuffer(w.view.words, dtype=np.uint64).copy()

    class Dealt:
        def normal(self, size):
            return np.array([random.normal(words) for _ in range(math.prod(size))]).reshape(size)

    run = physics._reverse(w.view.mixture, x, TIMES[::-1], Dealt())  # past the check of the generator's type
    *_, last = run
    w.direction = "backward"
    w.view.advance(160)
    np.testing.assert_allclose(w.view.points, last.x, rtol=0, atol=1e-10)


def test_a_film_wound_back_brings_everyone_home_and_the_way_back_does_not():
    w = went("forward", pattern="ring", seed=3)
    before = film(w)
    w.step = 0
    assert w.view.measure().own == POINTS and (w.view.points == w.view.left).all()
    w.step, w.direction = 160, "backward"
    w.view.advance(160)
    assert w.view.measure().own < 40
    after = film(w)
    assert (after[160] == before[160]).all() and (after[:160] != before[:160]).any(axis=(1, 2)).all()
    assert (w.view.left == before[0]).all()


def test_who_turns_round_early_still_remembers():
    own = []
    for step in (4, 20, 60, 160):
        own.append(went("backward", step, pattern="two clusters", step=step).view.measure().own)
    assert own[0] == own[1] == POINTS and POINTS > own[2] > own[3]
    assert own[3] == pytest.approx(150, abs=40)


def test_backward_from_the_pattern_starts_from_fresh_noise_and_forward_from_noise_from_the_pattern():
    w = diffusion(seed=8)
    old = film(w)
    w.step, w.direction = 0, "backward"
    w.view.advance(1)
    w.step = 160
    fresh = w.view.points
    assert (fresh != old[160]).all()
    assert min(stats.kstest(fresh[:, j], "norm").pvalue for j in range(2)) > 1e-3
    w.direction = "forward"
    w.view.advance(3)
    assert w.step == 3 and (w.view.left == old[0]).all()


def test_without_width_the_way_back_ends_at_stored_points_and_with_width_between_them():
    exact = went("backward", pattern="ring", width=0.0, step=160).view
    gaps = np.linalg.norm(exact.points[:, None] - PATTERNS["ring"], axis=2).min(axis=1)
    assert gaps.max() < 0.08 and exact.measure().distance < 0.03  # half a step of the ring is 0.26
    wide = went("backward", pattern="ring", width=0.25, step=160).view
    assert (np.linalg.norm(wide.points[:, None] - PATTERNS["ring"], axis=2).min(axis=1) > 0.15).mean() > 0.3


def test_measured_is_what_it_says():
    w = went("backward", 120, pattern="spiral", step=160, width=0.2)
    x, means, home = w.view.points, PATTERNS["spiral"], w.view.left
    nearest, there = (np.linalg.norm(y[:, None] - means, axis=2).argmin(axis=1) for y in (x, home))
    found = w.view.measure()
    assert found.energy == pytest.approx(0.5 * (x**2).sum(axis=1).mean(), rel=1e-12)
    assert found.expected == pytest.approx(
        math.exp(-2 * w.t) * (2 + 0.04) + 1 - math.exp(-2 * w.t), rel=1e-12
    )
    assert found.distance == pytest.approx(np.linalg.norm(x - means[nearest], axis=1).mean(), rel=1e-12)
    assert found.own == (nearest == there).sum()
    chance = np.bincount(nearest, minlength=40) @ np.bincount(there, minlength=40) / POINTS
    assert found.chance == pytest.approx(chance, rel=1e-12)


def test_the_width_moves_the_same_points_apart():
    w, at = diffusion(pattern="T", seed=5), []
    for width in (0.0, 0.2, 0.4):
        w.width = width
        at.append(w.view.points)
    assert np.allclose(at[2] - at[1], at[1] - at[0], rtol=0, atol=1e-12)
    assert (at[1] - at[0]).std() == pytest.approx(0.2, rel=0.1)


def test_seed_and_pattern_start_a_film_of_their_own():
    w = diffusion(seed=5)
    opened, words = w.view.points, w.view.words
    w.view.advance(30)
    assert w.view.film and w.view.words != words
    w.seed = 6
    assert w.view.film == b"" and w.step == 30
    w.step = 0
    assert (w.view.points != opened).all()
    w.seed = 5
    assert (w.view.points == opened).all() and w.view.words == words
    w.pattern = "grid"
    assert w.view.film == b"" and np.abs(w.view.points).max() < 2.5
    w.pattern = "spiral"
    assert (w.view.points == opened).all() and w.view.words == words


def test_shots_of_ten_steps_are_one_of_twenty():
    once, twice = went("forward", 20), went("forward", 10)
    twice.view.advance(10)
    assert once.view.film == twice.view.film and once.view.words == twice.view.words


def test_traits_go_both_ways():
    w, seen, shot = diffusion(), [], went("backward", step=160)
    w.observe(lambda change: seen.append(change.new), "t")
    w.step, w.running = 80, False
    assert (w.view.step, w.view.running, seen) == (80, False, [1.0])
    w.view.set_state({"step": 40, "width": 0.3, "pattern": "ring"})
    assert (w.step, w.t, w.width, w.pattern) == (40, 0.25, 0.3, "ring")
    w.view.set_state({"width": 0.1, "pattern": "spiral"})
    message = {
        "content": {
            "data": {"method": "update", "buffer_paths": [["film"], ["words"]], "state": {"step": 7}},
        },
        "buffers": [memoryview(shot.view.film), memoryview(shot.view.words)],
    }
    w.view._handle_msg(message)
    assert w.step == 7 and w.view.words == shot.view.words
    shot.step = 7
    assert (w.view.points == shot.view.points).all() and (w.view.left == shot.view.left).all()
    w.direction = shot.direction = "backward"
    for each in (w, shot):
        each.view.advance(7)
    assert (w.view.points == shot.view.points).all()


def test_sliders_are_linked_in_the_browser_to_the_view():
    w = diffusion(step=40, width=0.25)
    time, width, view = w.children
    assert view is w.view
    assert (time.index, time.label, time.description, len(time.options)) == (40, "0.2500", "Time", 161)
    assert (width.min, width.max, width.value, width.description) == (0, 0.5, 0.25, "Width")
    links = {x.source: x.target for x in _instances.values() if isinstance(x, Link)}
    assert links[(time, "index")] == (view, "step") and links[(width, "value")] == (view, "width")
    w.step, w.width = 30, 0.3
    view.advance(20)
    assert (time.index, width.value) == (50, 0.3)  # what Python did before there was a page
    view.set_state({"step": 60})
    assert time.index == 50  # the page tells of both by itself


def test_the_still_figure_shows_the_state():
    w = diffusion(pattern="two clusters", step=40)
    ax = Figure().subplots()
    assert w.figure(ax) is ax
    dots, *marks = ax.get_lines()
    assert (dots.get_xydata() == w.view.points[4:]).all() and len(marks) == 8
    assert marks[1].get_xydata().tolist() == [w.view.points[0].tolist()]
    assert marks[0].get_xydata().tolist() == [w.view.left[0].tolist()]
    energy, (arrows,) = ax.get_images()[0].get_array(), ax.collections
    mixture = physics.dissolve(w.view.mixture, 0.25)
    spots = np.column_stack([arrows.X, arrows.Y])
    score = physics.score(mixture, spots)
    size = np.linalg.norm(score, axis=1)
    np.testing.assert_allclose(np.hypot(arrows.U, arrows.V), size / (1 + size), atol=1e-12)
    np.testing.assert_allclose(arrows.U * score[:, 1], arrows.V * score[:, 0], atol=1e-9)
    assert (arrows.U * score[:, 0] >= 0).all()
    row, column = np.unravel_index(energy.argmin(), energy.shape)
    low = (np.array([column, row]) + 0.5) / 120 * 7.2 - 3.6
    assert np.linalg.norm(low - mixture.means, axis=1).min() < 0.3
    assert ax.get_title().startswith("two clusters, t = 0.25: signal 0.78")
    assert w._repr_mimebundle_()["image/png"] and w.view.still.startswith(b"\x89PNG")
    assert len(w.view.still) < 60_000 and "at time 0.25" in w.view.alt and "Signal 0.78" in w.view.alt


def test_the_still_figure_at_t_0_without_width():
    w = diffusion(width=0.0)
    assert w.figure(Figure().subplots()) and np.isfinite(w.view.points).all()


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("pattern", "square", 'pattern is \'square\'; wanted "spiral" or "ring"'),
        ("pattern", 3, "pattern"),
        ("width", -0.1, "width is -0.1; wanted a width from 0 to 0.5"),
        ("width", 0.6, "width is 0.6; wanted"),
        ("width", float("nan"), "width is nan; wanted"),
        ("width", "wide", "width"),
        ("step", 161, "step is 161; wanted a whole number from 0 to 160"),
        ("step", -1, "step is -1; wanted"),
        ("step", 0.5, "step"),
        ("t", 1.0, "t is 1.0; it follows from the step, for which it is"),
        ("direction", "sideways", 'direction is \'sideways\'; wanted "forward" or "backward"'),
        ("running", "yes", "running"),
        ("seed", -1, "seed"),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(trait, value, message):
    w = went("forward", 7)
    before = [(getattr(w, name), getattr(w.view, name)) for name in NAMES]
    points = w.view.points
    with pytest.raises((ValueError, TypeError, traitlets.TraitError), match=message):
        setattr(w, trait, value)
    assert [(getattr(w, name), getattr(w.view, name)) for name in NAMES] == before
    assert (w.view.points == points).all()


@pytest.mark.parametrize(
    ("film", "message"),
    [
        (bytes(16), "film has 16 bytes; wanted 777600"),
        (np.full(2 * POINTS * (STEPS + 2), np.nan).tobytes(), "film holds NaN"),
    ],
)
def test_a_film_of_another_kind_is_refused(film, message):
    w = went("forward", 7)
    points = w.view.points
    with pytest.raises(ValueError, match=message):
        w.view.film = film
    assert (w.view.points == points).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pattern": "U"}, "pattern is 'U'; wanted"),
        ({"width": 1}, "width is 1.0; wanted"),
        ({"step": 200}, "step is 200; wanted"),
        ({"seed": 0.5}, "seed"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises((ValueError, TypeError, traitlets.TraitError), match=message):
        diffusion(**arguments)


def test_a_run_has_an_end():
    w = diffusion(step=150)
    points = w.view.points
    with pytest.raises(ValueError, match="steps is 11; wanted at most the 10 that are left forward"):
        w.view.advance(11)
    with pytest.raises(ValueError, match="steps is 0"):
        w.view.advance(0)
    assert w.step == 150 and (w.view.points == points).all()
    w.view.advance(10)
    assert w.step == 160
