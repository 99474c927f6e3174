"""Tabu search: the same flips as the plain kernel where weights are whole, and the same valleys anyway."""

import os
import subprocess
import sys

import numpy as np
import pytest

from ebm import annealing, exact, hopfield
from ebm.fast import descents
from ebm.hopfield import Hopfield


def rng(seed=0):
    return np.random.default_rng(seed)


def whole(n, seed=0, unit=1.0, biases=True):
    W = np.triu(rng(seed).integers(-3, 4, (n, n)), 1) * unit
    return Hopfield(W + W.T, rng(seed + 1).integers(-2, 3, n) * unit * biases)


def both(model, runs, steps, tenure, seed=0):
    s = annealing.random_starts(model, runs, rng=rng(seed))
    return [
        annealing.tabu(model, s, rng=rng(seed + 1), steps=steps, tenure=tenure, method=method)
        for method in ("plain", "vectors")
    ]


@pytest.mark.parametrize("tenure", [1, 4, 20])
@pytest.mark.parametrize("unit", [1.0, 0.25, 2.0**40])
@pytest.mark.parametrize("n", [1, 2, 15, 16, 17, 40])
def test_whole_weights_give_the_same_flips(n, unit, tenure):
    plain, fast = both(whole(n, unit=unit), 5, 500, tenure)
    assert (plain.s == fast.s).all() and (plain.steps == fast.steps).all()
    assert (plain.energies == fast.energies).all()


def test_a_wrong_kernel_is_noticed(monkeypatch):
    right = descents._who
    monkeypatch.setattr(descents, "_in_turn", descents._in_turn.py_func)
    monkeypatch.setattr(descents, "_search", descents._search.py_func)
    monkeypatch.setattr(descents, "_who", lambda key, lowest, number: min(right(key, lowest, number) + 1, 16))
    with np.errstate(over="ignore"):
        plain, fast = both(whole(17), 2, 60, 4)
    assert (plain.s != fast.s).any() or (plain.steps != fast.steps).any()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("method", ["plain", "vectors"])
def test_ground_states_are_the_exact_ones(method, seed):
    W, b = annealing.sherrington_kirkpatrick(18, rng=rng(seed)).W, rng(seed).normal(size=18) / 4
    model = Hopfield(W, b)
    s = annealing.random_starts(model, 20, rng=rng(seed))
    found = annealing.tabu(model, s, rng=rng(seed), steps=2000, method=method)
    assert found.energies.min() == pytest.approx(exact.ground_states(model).energy, abs=1e-9)
    assert np.array_equal(found.energies, hopfield.energy(model, found.s))


def test_success_is_as_frequent_with_rounded_weights():
    """Gaussian weights: paths part sooner or later, but neither kernel is better."""
    model = annealing.sherrington_kirkpatrick(60, rng=rng(4))
    found = both(model, 400, 150, 5)
    lowest = min(f.energies.min() for f in found)
    p = [np.mean(f.energies < lowest + 1e-9) for f in found]
    assert 0.05 < p[0] < 0.95 and abs(p[0] - p[1]) < 4 * np.sqrt(2 * 0.25 / 400)


def test_the_step_is_when_it_was_found():
    model = whole(20)
    s = annealing.random_starts(model, 10, rng=rng())
    found = annealing.tabu(model, s, rng=rng(1), steps=300)
    for k in range(10):
        again = annealing.tabu(model, s[: k + 1], rng=rng(1), steps=max(1, int(found.steps[k])))
        assert (again.s[k] == found.s[k]).all() and again.steps[k] == found.steps[k]
        if found.steps[k] > 1:
            sooner = annealing.tabu(model, s[: k + 1], rng=rng(1), steps=int(found.steps[k]) - 1)
            assert sooner.energies[k] > found.energies[k]


def test_one_step_takes_the_cheapest_flip():
    model = whole(9, biases=False)
    s = annealing.random_starts(model, 1, rng=rng(2))[0]
    changes = np.array([hopfield.dE(model, s, i) for i in range(9)])
    found = annealing.tabu(model, s, rng=rng(), steps=1)
    assert found.energies == hopfield.energy(model, s) + min(changes.min(), 0) and isinstance(
        found.steps, int
    )


def test_the_best_of_all_tabu_is_nobody():
    """Two units, banned for long: after two flips nothing moves, and nothing breaks."""
    for method in ("plain", "vectors"):
        found = annealing.tabu(
            Hopfield([[0, 1], [1, 0]]), [1, -1], rng=rng(), steps=50, tenure=1000, method=method
        )
        assert found.energies == -1 and found.steps == 1


def test_no_bonds_at_all():
    for method in ("plain", "vectors"):
        found = annealing.tabu(
            Hopfield(np.zeros((3, 3))), np.ones((2, 3)), rng=rng(), steps=10, method=method
        )
        assert (found.energies == 0).all() and (found.steps == 0).all() and (found.s == 1).all()


@pytest.mark.parametrize("threads", ["1", "2"])
def test_the_same_on_any_number_of_threads_and_for_any_number_of_runs(threads):
    assert 60 * 500 * 50 > descents._WORTH_THREADS
    script = (
        "import numpy as np; from ebm import annealing; rng = np.random.default_rng(0);"
        "model = annealing.sherrington_kirkpatrick(50, rng=rng);"
        "s = annealing.random_starts(model, 60, rng=rng);"
        "print(annealing.tabu(model, s, rng=rng, steps=500).s.tobytes().hex())"
    )
    environment = {**os.environ, "NUMBA_NUM_THREADS": threads}
    said = subprocess.run(
        [sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True
    ).stdout
    given = rng()
    model = annealing.sherrington_kirkpatrick(50, rng=given)
    s = annealing.random_starts(model, 60, rng=given)
    state = given.bit_generator.state
    one_by_one = []
    for k in (1, 7):
        given.bit_generator.state = state
        one_by_one.append(annealing.tabu(model, s[:k], rng=given, steps=500).s)
    all_of_them = np.frombuffer(bytes.fromhex(said.strip()), np.int8).reshape(60, 50)
    assert (all_of_them[:1] == one_by_one[0]).all() and (all_of_them[:7] == one_by_one[1]).all()


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"steps": 0}, ValueError, "steps is 0"),
        ({"steps": 2.5}, TypeError, "steps is 2.5"),
        ({"tenure": 0}, ValueError, "tenure is 0"),
        ({"method": "fast"}, ValueError, 'method is \'fast\'; wanted "auto" or "plain" or "vectors"'),
        ({"rng": 1}, TypeError, "rng is 1"),
        ({"s": np.zeros(9)}, ValueError, "s holds 0"),
    ],
)
def test_bad_input(options, error, said):
    given = {"s": np.ones(9), "rng": rng(), "steps": 5, **options}
    with pytest.raises(error, match=said):
        annealing.tabu(whole(9), given.pop("s"), **given)
