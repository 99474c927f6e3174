"""What the experiment on waiting times measures is what it says: beside the slow way, and on planted answers."""

import numpy as np
import pytest

from ebm import claims, random
from ebm.diagnostics import Estimate
from ebm.experiments import landscape_waiting as waiting
from ebm.widgets import _landscape_kernels as hills
from ebm.widgets import landscape


def test_the_sources_are_those_of_the_interactive():
    w = landscape()
    assert waiting.curve().tolist() == w.view.curve().tolist()
    for name in ("landscape-kramers", "landscape-arrhenius"):
        assert claims.find(name).source.value == pytest.approx(w.barrier, abs=1e-4)
    assert claims.find("landscape-weights").source.value == pytest.approx(
        w.weights[0] / w.weights[2], abs=1e-4
    )
    assert waiting.barrier(waiting.curve(), 40) == w.barrier


def test_a_waiting_time_is_the_length_of_the_walk():
    E, words = waiting.curve(), random.state(np.random.default_rng(3))
    for time in waiting.waiting_times(E, 0.7, 40, 100, escapes=3, rng=np.random.default_rng(3)):
        visits = np.zeros(201, dtype=np.int32)
        assert hills.wander.py_func(E, 0.7, 40, words, visits, int(time)) == 100
        assert visits[100] == 1  # reached at the last step, and not before


@pytest.mark.parametrize(("start", "goal"), [(40, 100), (0, 3), (60, 90)])
def test_the_exact_mean_solves_the_equations_of_the_chain(start, goal):
    E, T = waiting.curve(), 0.4
    Q = np.zeros((goal, goal))  # steps among the cells before the goal
    for i in range(goal):
        for j in (i - 1, i + 1):
            p = 0.5 * min(1, np.exp(-(E[j] - E[i]) / T)) if j >= 0 else 0
            if 0 <= j < goal:
                Q[i, j] = p
            Q[i, i] -= p
        Q[i, i] += 1
    means = np.linalg.solve(np.eye(goal) - Q, np.ones(goal))
    assert waiting.mean_waiting_time(E, T, start, goal) == pytest.approx(means[start], rel=1e-9)


@pytest.mark.parametrize("T", [0.3, 0.8])
def test_measured_waiting_times_have_the_exact_mean(T):
    E = waiting.curve()
    times = waiting.waiting_times(E, T, 40, 100, escapes=400, rng=np.random.default_rng(4))
    error = times.std(ddof=1) / 20
    assert abs(times.mean() - waiting.mean_waiting_time(E, T, 40, 100)) < 4 * error
    assert abs(times.mean() - waiting.mean_waiting_time(E, 1.2 * T, 40, 100)) > 4 * error


def test_kramers_is_near_the_exact_mean_and_nearer_without_a_grid():
    for cells, within in [(201, 0.2), (2001, 0.1)]:
        x = np.linspace(0, 1, cells)
        E = np.cos(4 * np.pi * x)  # bottoms at 1/4 and 3/4, barrier 2
        low, top, far = cells // 4, cells // 2, 3 * (cells // 4)
        exact = waiting.mean_waiting_time(E, 0.15, low, far)
        assert exact == pytest.approx(waiting.kramers(E, 0.15, low, top), rel=within)


def test_shares_are_those_of_the_boltzmann_distribution():
    found = waiting.shares(waiting.curve(), 1.5, 4_000_000, blocks=40, rng=np.random.default_rng(5))
    assert found.sum(axis=1) == pytest.approx(np.ones(40))
    error = found.std(axis=0, ddof=1) / np.sqrt(40)
    assert (np.abs(found.mean(axis=0) - landscape(temperature=1.5).weights) < 4 * error).all()
    ratio = waiting._ratio(found[:, 0] + found[:, 1], found[:, 2])
    again = [
        waiting._ratio(some[:, 0] + some[:, 1], some[:, 2]).value
        for some in found[np.random.default_rng(6).integers(0, 40, size=(500, 40))]
    ]
    assert ratio.error == pytest.approx(np.std(again), rel=0.2)


def test_the_slope_and_its_error_are_those_of_scattered_lines():
    x, error, rng = np.array([4.0, 5.0, 6.5]), np.array([0.1, 0.2, 0.3]), np.random.default_rng(7)
    found = [waiting.slope(x, 3 - 2 * x + error * rng.normal(size=3), error) for _ in range(4000)]
    values = np.array([one.value for one in found])
    assert values.mean() == pytest.approx(-2, abs=4 * found[0].error / np.sqrt(4000))
    assert values.std() == pytest.approx(found[0].error, rel=0.05)
    assert waiting.slope(x, 3 - 2 * x, error) == Estimate(pytest.approx(-2), found[0].error)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"T": 0}, "T is 0.*; wanted a temperature > 0"),
        ({"goal": 201}, "goal is 201; wanted a cell"),
        ({"start": -1}, "start"),
    ],
)
def test_bad_arguments(change, message):
    given = {"E": waiting.curve(), "T": 0.5, "start": 40, "goal": 100} | change
    with pytest.raises(ValueError, match=message):
        waiting.waiting_times(*given.values(), escapes=1, rng=np.random.default_rng(0))
