"""Error bars: against closed forms, and against the scatter of many runs, which is what they claim to be."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import lfilter

from ebm import diagnostics
from ebm.diagnostics import Estimate


def rng(seed=0):
    return np.random.default_rng(seed)


def remembering(a, N, seed=0, runs=None):
    """x_t = a x_(t-1) + noise, of variance 1: rho(t) = a^t, tau = (1 + a) / (1 - a) / 2."""
    shape = (N,) if runs is None else (runs, N)
    noise = rng(seed).normal(size=shape) * np.sqrt(1 - a**2)
    noise[..., 0] /= np.sqrt(1 - a**2)  # from equilibrium on
    return lfilter([1], [1, -a], noise, axis=-1)


# --- autocorrelation ---


@given(st.lists(st.integers(-5, 5), min_size=2, max_size=30).filter(lambda x: len(set(x)) > 1))
def test_autocorrelation_is_the_formula(x):
    x = np.array(x) / 3
    d = x - x.mean()
    covariance = [(d[: len(x) - t] * d[t:]).sum() for t in range(len(x))]
    assert np.allclose(diagnostics.autocorrelation(x), np.array(covariance) / covariance[0], atol=1e-10)


@pytest.mark.parametrize("a", [0.0, 0.5, 0.9, 0.97])
def test_time_of_a_series_with_known_memory(a):
    tau = (1 + a) / (1 - a) / 2
    x = remembering(a, 400_000)
    found = diagnostics.integrated_time(x)
    assert abs(found.tau - tau) < 4 * found.error < 0.4 * tau
    assert found.window >= 5 * found.tau
    assert diagnostics.effective_size(x) == len(x) / (2 * found.tau)


def test_the_error_of_the_time_is_its_scatter():
    taus = [diagnostics.integrated_time(x) for x in remembering(0.8, 20_000, runs=200)]
    values, errors = np.array([(found.tau, found.error) for found in taus]).T
    assert values.mean() == pytest.approx(4.5, rel=0.03)
    assert values.std() == pytest.approx(errors.mean(), rel=0.2)


def test_a_wider_window_cuts_less_and_costs_more():
    x = remembering(0.95, 200_000)
    narrow, wide = diagnostics.integrated_time(x, c=3), diagnostics.integrated_time(x, c=10)
    assert narrow.window < wide.window and narrow.error < wide.error


def test_a_series_that_alternates_counts_as_independent_at_most():
    assert diagnostics.integrated_time([1.0, -1.0] * 500).tau == 0.5
    mild = diagnostics.integrated_time(remembering(-0.3, 400_000))
    assert mild.tau == pytest.approx(0.7 / 1.3 / 2, rel=0.04)


def test_units_do_not_matter():
    x = remembering(0.7, 5000)
    found, scaled = diagnostics.integrated_time(x), diagnostics.integrated_time(3 - 1e6 * x)
    assert scaled.tau == pytest.approx(found.tau, rel=1e-9) and scaled.window == found.window
    assert diagnostics.mean(3 - 1e6 * x).error == pytest.approx(1e6 * diagnostics.mean(x).error, rel=1e-9)


def test_a_short_series_is_no_measurement():
    with pytest.warns(
        UserWarning, match=r"x has 200 measurements, .* times tau = .*: tau is probably too small"
    ):
        diagnostics.integrated_time(remembering(0.98, 200))


# --- errors ---

METHODS = {
    "time": lambda x: diagnostics.mean(x).error,
    "blocking": lambda x: diagnostics.blocking(x).error,
    "bootstrap": lambda x: diagnostics.bootstrap(lambda mean: mean, x, rng=rng(1)).error,
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("a", [0.0, 0.9])
def test_standard_errors_are_the_scatter_of_means(method, a):
    """Exactly: variance of the mean of N is ((1 + a) / (1 - a) - 2a (1 - a^N) / (N (1 - a)^2)) / N."""
    N = 20_000
    true = np.sqrt(((1 + a) / (1 - a) - 2 * a * (1 - a**N) / (N * (1 - a) ** 2)) / N)
    errors = [METHODS[method](x) for x in remembering(a, N, runs=30)]
    assert np.mean(errors) == pytest.approx(true, rel=0.08)


def test_forgetting_the_memory_is_found_out():
    """The check above has to fail for the error bar of independent measurements."""
    x = remembering(0.9, 20_000)
    assert x.std() / np.sqrt(len(x)) < 0.3 * diagnostics.mean(x).error


def test_mean_is_the_mean():
    x = remembering(0.5, 1000) + 7
    assert diagnostics.mean(x).value == x.mean()


def test_blocking_levels_off():
    x = remembering(0.9, 2**17)
    found = diagnostics.blocking(x)
    assert found.lengths.tolist() == [2**k for k in range(17)]
    assert found.errors[0] == pytest.approx(x.std(ddof=1) / np.sqrt(len(x)))
    assert (np.diff(found.errors[:6]) > 0).all()
    assert found.error == pytest.approx(np.sqrt(19 / 2**17), rel=0.1)
    assert found.uncertainties[10] == pytest.approx(found.errors[10] / np.sqrt(2 * 127))


def test_blocking_warns_of_too_few_blocks():
    with pytest.warns(UserWarning, match="x has 64 measurements, too few for its memory"):
        assert diagnostics.blocking(np.arange(64)).error > np.arange(64).std() / 8


def test_bootstrap_of_a_ratio_is_the_scatter_of_ratios():
    """Binder's cumulant of correlated Gaussian numbers: 0, with an error that many runs show."""
    found = [diagnostics.binder(x, rng=rng(1)) for x in remembering(0.8, 20_000, runs=60)]
    values, errors = np.array(found).T
    assert abs(values.mean()) < 4 * values.std() / np.sqrt(60)
    assert errors.mean() == pytest.approx(values.std(), rel=0.3)


def test_bootstrap_draws_the_same_blocks_from_every_series():
    x = remembering(0.8, 5000)
    assert diagnostics.bootstrap(lambda a, b: a - b, x, x, rng=rng()).error == 0


def test_bootstrap_drops_what_is_left_over_at_the_start():
    x = rng().normal(size=1050)
    assert diagnostics.bootstrap(lambda mean: mean, x, rng=rng(), blocks=100).value == pytest.approx(
        x[50:].mean()
    )


def test_bootstrap_warns_of_short_blocks():
    with pytest.warns(UserWarning, match=r"series\[1\] has blocks of 40 measurements, less than 5 tau"):
        diagnostics.bootstrap(
            lambda a, b: a * b, rng(1).normal(size=2000), remembering(0.95, 2000), rng=rng()
        )


def test_binder_in_order_and_disorder():
    m = np.where(rng().random(1000) < 0.5, 0.9, -0.9)
    assert diagnostics.binder(m, rng=rng()).value == pytest.approx(2 / 3, abs=1e-12)
    m = rng().normal(size=100_000)
    m4, m2 = (m**4).mean(), (m**2).mean()
    assert diagnostics.binder(m, rng=rng()).value == pytest.approx(1 - m4 / (3 * m2**2), abs=1e-12)


def test_the_same_seed_gives_the_same_error():
    m = remembering(0.5, 5000)
    assert diagnostics.binder(m, rng=rng(3)) == diagnostics.binder(m, rng=rng(3))
    assert diagnostics.binder(m, rng=rng(3)).error != diagnostics.binder(m, rng=rng(4)).error


# --- crossings ---

X = np.linspace(2.2, 2.4, 9)


def curves(x, noise, seed=0, bend=0.0):
    """Two curves that cross at 2.3, measured."""
    error = np.full(len(x), 0.01)
    scatter = noise * error * rng(seed).normal(size=(2, len(x)))
    first = 0.6 + (x - 2.3) + bend * (x - 2.3) ** 2 + scatter[0]
    second = 0.6 - (x - 2.3) + scatter[1]
    return np.c_[first, error], np.c_[second, error]


def test_crossing_of_exact_lines():
    found = diagnostics.crossing(X, *curves(X, 0), rng=rng())
    assert found.value == pytest.approx(2.3, abs=1e-12) and found.p == pytest.approx(1)
    # the intercept's error over the slope: that of 9 equal points
    assert found.error == pytest.approx(0.01 * np.sqrt(2) / 2 / 3, rel=0.1)


@pytest.mark.parametrize("degree", [1, 2])
def test_the_error_of_a_crossing_is_its_scatter(degree):
    found = np.array(
        [
            diagnostics.crossing(
                X, *curves(X, 1, seed, bend=degree - 1), rng=rng(seed), degree=degree, resamples=100
            )
            for seed in range(200)
        ]
    )
    assert found[:, 0].mean() == pytest.approx(2.3, abs=4 * found[:, 0].std() / np.sqrt(200))
    assert found[:, 1].mean() == pytest.approx(found[:, 0].std(), rel=0.15)
    assert 0.4 < found[:, 2].mean() < 0.6  # p is uniform if the fit is right


def test_a_line_through_a_bend_is_found_out():
    found = diagnostics.crossing(X, *curves(X, 1, bend=8.0), rng=rng())
    assert found.p < 1e-3 < diagnostics.crossing(X, *curves(X, 1, bend=8.0), rng=rng(), degree=2).p


def test_two_points_leave_no_freedom():
    first, second = ([Estimate(0.0, 0.1), Estimate(2.0, 0.1)], [Estimate(2.0, 0.1), Estimate(0.0, 0.1)])
    found = diagnostics.crossing([0.0, 1.0], first, second, rng=rng())
    assert found.value == pytest.approx(0.5) and np.isnan(found.p)


def test_a_doubtful_crossing_warns():
    first, second = np.array([[0.0, 1.0], [1.0, 1.0]]), np.array([[0.5, 1.0], [0.5, 1.0]])
    with pytest.warns(UserWarning, match="of the scattered fits have no single zero"):
        diagnostics.crossing([0.0, 1.0], first, second, rng=rng())


# --- bad input ---


@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        ([], ValueError, r"x has shape \(0,\); wanted a series of [24] measurements or more"),
        ([1.0], ValueError, r"x has shape \(1,\); wanted a series of [24] measurements or more"),
        ([[1.0, 2.0]], ValueError, r"x has shape \(1, 2\)"),
        ([1.0, np.nan, 2.0, 3.0], ValueError, "x holds NaN"),
        ([0.1] * 5, ValueError, "x is 0.1 throughout; wanted a series that changes"),
        (["a", "b"], TypeError, "x holds <U1"),
        ([1j, 2j], TypeError, "x holds complex128"),
    ],
)
@pytest.mark.parametrize(
    "function",
    [
        diagnostics.autocorrelation,
        diagnostics.integrated_time,
        diagnostics.effective_size,
        diagnostics.mean,
        diagnostics.blocking,
    ],
)
def test_bad_series(function, x, error, message):
    with pytest.raises(error, match=message):
        function(x)


@pytest.mark.parametrize(
    ("c", "error"), [(0, ValueError), (-1.0, ValueError), (np.nan, ValueError), ("5", TypeError)]
)
def test_bad_windows(c, error):
    with pytest.raises(error, match="c is .*wanted a number > 0"):
        diagnostics.integrated_time([1, 2, 1, 2], c=c)


GOOD = remembering(0.1, 500)


@pytest.mark.parametrize(
    ("series", "options", "error", "message"),
    [
        ((), {}, ValueError, "series is empty"),
        ((GOOD[:99],), {}, ValueError, r"series\[0\] has shape \(99,\); wanted measurements for 50 blocks"),
        ((GOOD, GOOD[:400]), {}, ValueError, r"series\[1\] has length 400; wanted 500"),
        ((GOOD.reshape(2, 250),), {}, ValueError, r"series\[0\] has shape \(2, 250\)"),
        ((np.where(GOOD > 0, GOOD, np.nan),), {}, ValueError, r"series\[0\] holds NaN"),
        ((GOOD,), {"blocks": 9}, ValueError, "blocks is 9; wanted a whole number of 10 or more"),
        ((GOOD,), {"blocks": 20.0}, TypeError, "blocks is 20.0"),
        ((GOOD,), {"resamples": 10}, ValueError, "resamples is 10; wanted a whole number of 100 or more"),
        ((GOOD,), {"rng": 0}, TypeError, "rng is 0; wanted a numpy.random.Generator"),
    ],
)
def test_bad_bootstraps(series, options, error, message):
    with pytest.raises(error, match=message):
        diagnostics.bootstrap(lambda *means: means[0], *series, **{"rng": rng(), **options})


@pytest.mark.parametrize(
    ("m", "error", "message"),
    [
        (np.zeros(500), ValueError, "m is always 0"),
        ([], ValueError, "m is always 0|shape"),
        ([[1.0]], ValueError, r"m has shape \(1, 1\)"),
        ([np.nan] * 500, ValueError, "m holds NaN"),
    ],
)
def test_bad_magnetisations(m, error, message):
    with pytest.raises(error, match=message):
        diagnostics.binder(m, rng=rng())


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"x": X[:8]}, ValueError, r"first has shape \(9, 2\); wanted a \(8, 2\) array of values"),
        ({"x": np.full(9, 2.3)}, ValueError, "x holds 1 different places; wanted 9"),
        ({"x": [[1.0]]}, ValueError, r"x has shape \(1, 1\)"),
        (
            {"x": [2.3], "first": [[1, 1]], "second": [[1, 1]]},
            ValueError,
            "x holds 1 different places; wanted 2",
        ),
        ({"second": np.zeros((9, 2))}, ValueError, "second has an error of 0; wanted"),
        ({"second": np.full((9, 2), np.nan)}, ValueError, "second holds NaN"),
        ({"second": np.full((9, 2), 9.0)}, ValueError, "do not cross just once between x = 2.2 and 2.4"),
        ({"degree": 0}, ValueError, "degree is 0; wanted a whole number from 1 to 3"),
        ({"degree": 4}, ValueError, "degree is 4"),
        ({"resamples": 5}, ValueError, "resamples is 5"),
        ({"rng": None}, TypeError, "rng is None"),
    ],
)
def test_bad_crossings(change, error, message):
    first, second = curves(X, 0)
    arguments = {"x": X, "first": first, "second": second, "rng": rng(), **change}
    with pytest.raises(error, match=message):
        diagnostics.crossing(**arguments)


def test_good_series_do_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        x = remembering(0.5, 10_000)
        diagnostics.mean(x), diagnostics.blocking(x), diagnostics.binder(x, rng=rng())
        diagnostics.crossing(X, *curves(X, 1), rng=rng())
