"""The capacity experiment against mean-field theory and against exact counting."""

import itertools

import numpy as np
import pytest
from scipy.special import erf

from ebm.experiments import hopfield_capacity as capacity
from ebm.experiments.hopfield_capacity import Measured, retrieval, theory, unstable, unstable_theory


def away(measured, wanted):
    """Distance in standard errors."""
    return abs(measured.mean - wanted) / measured.error


def test_the_retrieval_state_ends_where_amit_gutfreund_and_sompolinsky_say():
    alpha_c, m = capacity.critical()
    assert alpha_c == pytest.approx(0.138, abs=5e-4)
    assert m == pytest.approx(0.967, abs=5e-4)
    # To the digits of a later paper: 0.137905 [steffan1994].
    assert alpha_c == pytest.approx(0.137905, abs=1.5e-6)
    assert theory(0.1379) == pytest.approx(m, abs=1e-3)
    assert theory(0.138) == 0


@pytest.mark.parametrize("alpha", [1e-3, 0.01, 0.05, 0.1, 0.13, 0.1379])
def test_theory_solves_the_three_mean_field_equations(alpha):
    m = theory(alpha)
    # r by iteration, which the one-equation form never uses.
    r = 1.0
    for _ in range(10_000):
        C = np.sqrt(2 / (np.pi * alpha * r)) * np.exp(-(m**2) / (2 * alpha * r))
        r = 1 / (1 - C) ** 2
    assert m == pytest.approx(erf(m / np.sqrt(2 * alpha * r)), abs=1e-9)


def test_theory_falls_with_the_load():
    ms = [theory(alpha) for alpha in np.linspace(0.001, 0.1379, 50)]
    assert all(a >= b for a, b in itertools.pairwise(ms))
    assert ms[0] == pytest.approx(1) and ms[-1] == pytest.approx(0.967, abs=2e-3)


@pytest.mark.parametrize("alpha", [0.08, 0.1, 0.12])
def test_retrieval_agrees_with_theory_below_the_capacity(alpha):
    found = retrieval(1000, alpha, rng=np.random.default_rng(85), networks=8)
    assert away(found, theory(alpha)) < 4


def test_retrieval_would_notice_a_wrong_load():
    found = retrieval(1000, 0.1, rng=np.random.default_rng(85), networks=8)
    assert away(found, theory(0.12)) > 4


def test_far_above_the_capacity_the_memory_is_gone():
    assert retrieval(1000, 0.2, rng=np.random.default_rng(0), networks=4).mean < 0.5


def test_a_lone_pattern_is_kept():
    assert retrieval(50, 0.001, rng=np.random.default_rng(0), networks=3) == Measured(50, 1, 0.02, 1.0, 0.0)


@pytest.mark.parametrize("n", [100, 101, 500])
@pytest.mark.parametrize("alpha", [0.1, 0.2, 0.6])
def test_unstable_share_is_the_exact_count_of_fair_signs(n, alpha):
    found = unstable(n, alpha, rng=np.random.default_rng(n), networks=40)
    assert away(found, unstable_theory(alpha, n)) < 4


def test_unstable_share_tells_finite_networks_from_infinite_ones():
    found = unstable(100, 0.2, rng=np.random.default_rng(0), networks=200)
    assert away(found, unstable_theory(0.2)) > 4


def test_exact_count_by_hand():
    # n = 3, P = 2: two fair signs, unstable if their sum is below -2. Never.
    assert unstable_theory(2 / 3, 3) == 0
    # n = 2, P = 3: two fair signs, unstable if their sum is below -1: both negative.
    assert unstable_theory(3 / 2, 2) == pytest.approx(1 / 4)
    # n = 2, P = 4: three fair signs, sum below -1: all three negative.
    assert unstable_theory(2, 2) == pytest.approx(1 / 8)


def test_exact_count_tends_to_erfc():
    assert unstable_theory(0.2, 20_000) == pytest.approx(unstable_theory(0.2), rel=2e-3)


def test_the_error_is_the_standard_error_over_networks():
    rng = np.random.default_rng(0)
    singles = [unstable(60, 0.5, rng=rng, networks=4) for _ in range(200)]
    spread = np.std([s.mean for s in singles])
    assert np.sqrt(np.mean([s.error**2 for s in singles])) == pytest.approx(spread, rel=0.2)


def test_same_seed_same_numbers():
    assert retrieval(60, 0.2, rng=np.random.default_rng(3)) == retrieval(
        60, 0.2, rng=np.random.default_rng(3)
    )


@pytest.mark.parametrize(
    ("arguments", "error", "name"),
    [
        ({"n": 1}, ValueError, "n is 1"),
        ({"n": 9.0}, TypeError, "n is 9.0"),
        ({"alpha": 0}, ValueError, "alpha is 0"),
        ({"alpha": float("nan")}, ValueError, "alpha is nan"),
        ({"alpha": "0.1"}, TypeError, "alpha is '0.1'"),
        ({"networks": 1}, ValueError, "networks is 1"),
        ({"rng": 0}, TypeError, "rng is 0"),
    ],
)
@pytest.mark.parametrize("function", [retrieval, unstable])
def test_bad_arguments_are_named(function, arguments, error, name):
    good = {"n": 9, "alpha": 0.2, "rng": np.random.default_rng(0), "networks": 2}
    given = good | arguments
    with pytest.raises(error, match=name):
        function(given.pop("n"), given.pop("alpha"), **given)


def test_no_starts_is_refused():
    with pytest.raises(ValueError, match="starts is 0"):
        retrieval(9, 0.2, rng=np.random.default_rng(0), starts=0)


@pytest.mark.parametrize("function", [theory, unstable_theory])
def test_theory_refuses_a_load_of_zero(function):
    with pytest.raises(ValueError, match="alpha is 0"):
        function(0)
