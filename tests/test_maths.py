"""exp and sigmoid: right to the last bit or two, and the same compiled and plain."""

import math

import numpy as np
import pytest

from ebm import maths

POINTS = np.concatenate([np.linspace(-708, 709.7, 20_001), np.random.default_rng(0).uniform(-3, 3, 20_000)])


def test_exp_within_one_and_a_half_units_in_the_last_place():
    ours = np.array([maths.exp(x) for x in POINTS])
    truth = np.exp(POINTS.astype(np.longdouble))
    assert np.max(np.abs(ours - truth) / np.spacing(np.exp(POINTS))) < 1.5


@pytest.mark.parametrize(
    ("x", "value"),
    [(0.0, 1.0), (-0.0, 1.0), (710.0, np.inf), (np.inf, np.inf), (-709.0, 0.0), (-np.inf, 0.0)],
)
def test_exp_at_its_ends(x, value):
    assert maths.exp(x) == value


def test_exp_of_nan_is_nan():
    assert math.isnan(maths.exp(math.nan))


@pytest.mark.parametrize("function", [maths.exp, maths.sigmoid])
def test_compiled_equals_plain(function):
    assert all(function(x) == function.py_func(x) for x in POINTS[::7])


def test_log_within_one_unit_in_the_last_place():
    x = np.concatenate(
        [10.0 ** np.linspace(-307, 307, 20_001), 1 + np.linspace(-1e-3, 1e-3, 10_000), [5e-324, 1e-310]]
    )
    truth = np.log(x.astype(np.longdouble))
    ours = np.array([maths.log(v) for v in x])
    spacing = np.spacing(np.maximum(np.abs(np.log(x)), 1e-300))
    assert np.max(np.abs(ours - truth) / spacing) < 1.0
    assert all(maths.log(v) == maths.log.py_func(v) for v in x[::7])


@pytest.mark.parametrize(("x", "value"), [(0.0, -np.inf), (1.0, 0.0), (np.inf, np.inf)])
def test_log_at_its_ends(x, value):
    assert maths.log(x) == value


@pytest.mark.parametrize("x", [-1.0, -np.inf, np.nan])
def test_log_of_what_has_none_is_nan(x):
    assert math.isnan(maths.log(x))


def test_sigmoid_is_symmetric_and_ends_at_0_and_1():
    x = np.arange(-300, 301) / 10
    p = np.array([maths.sigmoid(v) for v in x])
    assert np.allclose(p + p[::-1], 1, rtol=0, atol=5e-16)
    assert maths.sigmoid(-1e4) == 0 and maths.sigmoid(1e4) == 1 and maths.sigmoid(0.0) == 0.5
