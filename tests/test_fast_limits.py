"""Limits made in bulk: the random numbers and the flips of the plain kernel."""

import os
import subprocess
import sys

import numpy as np
import pytest

from ebm import annealing, hopfield, maths
from ebm.annealing import cooling
from ebm.fast import limits
from ebm.hopfield import Hopfield


def rng(seed=0):
    return np.random.default_rng(seed)


def network(n):
    W = np.triu(rng(n).normal(size=(n, n)), 1)
    return Hopfield(W + W.T, rng(n + 1).normal(size=n))


def ends(model, runs, T, rule, method, sweeps=20):
    s = annealing.random_starts(model, runs, rng=rng(1))
    records = annealing.anneal(
        model, s, T, rng=rng(2), sweeps=sweeps, order="sequential", rule=rule, method=method
    )
    return [record.s for record in records]


@pytest.mark.parametrize("rule", ["metropolis", "heat bath"])
@pytest.mark.parametrize("T", [1e-300, 0.01, 0.7, 30.0, 1e300])
@pytest.mark.parametrize(("n", "runs"), [(1, 1), (2, 3), (17, 20), (64, 5), (101, 2)])
def test_the_same_flips_as_the_plain_kernel(n, runs, T, rule):
    with np.errstate(over="ignore"):
        plain, fast = (ends(network(n), runs, [T, 0.9 * T], rule, method) for method in ("plain", "auto"))
    assert np.array_equal(plain, fast)


def test_a_wrong_limit_is_noticed(monkeypatch):
    right = limits._in_turn
    monkeypatch.setattr(limits, "_in_turn", lambda *given: right(*given[:3], 1.05 * given[3], *given[4:]))
    plain, fast = (ends(network(17), 5, [3.0] * 30, "metropolis", method) for method in ("plain", "auto"))
    assert not np.array_equal(plain, fast)


def test_the_logarithm_is_that_of_the_library():
    for x in [2.0**-60, 2.0**-53, 1e-3, 0.5, 0.7071067811865475, 0.7071067811865476, 1 - 2.0**-53, 1.0]:
        assert limits._log(x) == pytest.approx(maths.log(x), rel=5e-16, abs=0)
    for x in rng().random(10_000):
        assert limits._log(x) == pytest.approx(maths.log(x), rel=5e-16, abs=0)


def test_fields_go_along():
    model, s = network(30), annealing.random_starts(network(30), 2, rng=rng())
    fields, words = hopfield.field(model, s), cooling._words(rng(), 2)
    limits.cool(model.W, s, fields, np.full(100, 5.0), words, True, 50)
    assert np.allclose(fields, hopfield.field(model, s), atol=1e-9)


@pytest.mark.parametrize("threads", ["1", "2"])
def test_the_same_on_any_number_of_threads(threads):
    assert 60 * 50 * 200 > limits._WORTH_THREADS
    script = (
        "import numpy as np; from ebm import annealing; rng = np.random.default_rng(0);"
        "model = annealing.sherrington_kirkpatrick(50, rng=rng);"
        "s = annealing.random_starts(model, 60, rng=rng);"
        "*_, last = annealing.anneal(model, s, [1.0, 0.5], rng=rng, sweeps=200, every=2, order='sequential');"
        "print(last.s.tobytes().hex())"
    )
    environment = {**os.environ, "NUMBA_NUM_THREADS": threads}
    said = subprocess.run(
        [sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True
    ).stdout
    given = rng()
    model = annealing.sherrington_kirkpatrick(50, rng=given)
    s = annealing.random_starts(model, 60, rng=given)
    run = annealing.anneal(model, s, [1.0, 0.5], rng=given, sweeps=200, order="sequential", method="plain")
    *_, last = run
    assert said.strip() == last.s.tobytes().hex()
