"""Error bars for numbers from a simulation, whose measurements remember one another.

N measurements with the integrated autocorrelation time tau are worth N / (2 tau)
independent ones. Everything here rests on that sentence, or on blocks of measurements so
long that the blocks are independent.
"""

import warnings
from typing import NamedTuple

import numpy as np
from scipy import stats

from ebm import _check

_SHORTEST = 50  # autocorrelation times, below which tau itself is a guess


class Estimate(NamedTuple):
    """A value with its standard error.

    value : float
    error : float
    """

    value: float
    error: float


class Time(NamedTuple):
    """An integrated autocorrelation time, in steps of the series.

    tau : float, 1/2 for independent measurements
    error : float, its standard error
    window : int, the lag at which the sum was cut
    """

    tau: float
    error: float
    window: int


def autocorrelation(x):
    """rho(t) = <(x_0 - mean)(x_t - mean)> / variance, for every lag t.

    Parameters
    ----------
    x : (N,) array
        Measurements at equal distances in time.

    Returns
    -------
    (N,) float64 array
        rho(0) = 1. Lags beyond a few tau are noise.

    Raises
    ------
    TypeError, ValueError
        If `x` has fewer than two values, holds NaN, or never changes.

    Examples
    --------
    >>> autocorrelation([1, -1, 1, -1]).round(12).tolist()
    [1.0, -0.75, 0.5, -0.25]
    """
    x = _series("x", x)
    N = len(x)
    power = np.abs(np.fft.rfft(x - x.mean(), 2 * N)) ** 2  # zeros behind, or the end would meet the start
    covariance = np.fft.irfft(power)[:N]
    return covariance / covariance[0]


def integrated_time(x, *, c=5.0):
    """tau = 1/2 + rho(1) + ... + rho(M), cut at the first lag M >= c tau.

    Noise grows with M, and what is cut falls: about e^-c of tau.

    Parameters
    ----------
    x : (N,) array
        Measurements at equal distances in time; N should be hundreds of tau.
    c : float, optional
        Length of the window in units of tau, > 0.

    Returns
    -------
    Time
        Its error is tau sqrt((4M + 2) / N). A series that swings from side to side so much
        that the sum is not positive counts as independent, tau = 1/2.

    Raises
    ------
    TypeError, ValueError
        If `x` has fewer than two values, holds NaN, or never changes; if c <= 0.

    Warns
    -----
    UserWarning
        If the series is shorter than 50 tau: tau is then probably too small.

    Notes
    -----
    Window and error: [madras1988], [sokal1997]. Some authors leave out the 1/2, or double it.

    Examples
    --------
    Each value is 0.8 of the last plus noise: tau = (1 + 0.8) / (1 - 0.8) / 2 = 4.5.

    >>> from scipy.signal import lfilter
    >>> x = lfilter([1], [1, -0.8], np.random.default_rng(0).normal(size=100_000))
    >>> time = integrated_time(x)
    >>> abs(time.tau - 4.5) < 2 * time.error
    True
    """
    c = _check.number("c", c, above=0, wanted="a number > 0")
    rho = autocorrelation(x)
    taus = np.cumsum(rho) - 0.5
    M = int(np.argmax(np.arange(len(rho)) >= c * np.maximum(taus, 0.5)))
    tau, N = float(taus[M]) if taus[M] > 0 else 0.5, len(rho)
    if N < _SHORTEST * tau:
        warnings.warn(
            f"x has {N} measurements, {N / tau:.0f} times tau = {tau:.3g}; "
            f"wanted at least {_SHORTEST} times: tau is probably too small",
            stacklevel=2,
        )
    return Time(tau, tau * float(np.sqrt((4 * M + 2) / N)), M)


def effective_size(x):
    """How many independent measurements a series is worth: N / (2 tau).

    Parameters
    ----------
    x : (N,) array

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        As `integrated_time`.

    Examples
    --------
    >>> round(effective_size(np.random.default_rng(0).normal(size=10_000)), -3)
    10000.0
    """
    tau = integrated_time(x).tau
    return len(x) / (2 * tau)


def mean(x):
    """Mean of a series, with the standard error sqrt(2 tau variance / N).

    Parameters
    ----------
    x : (N,) array

    Returns
    -------
    Estimate

    Raises
    ------
    TypeError, ValueError
        As `integrated_time`.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(3.0, 1.0, size=10_000)
    >>> [round(number, 2) for number in mean(x)]
    [3.01, 0.01]
    """
    size = effective_size(x)
    return Estimate(float(np.mean(x)), float(np.sqrt(np.var(x) / size)))


class Blocking(NamedTuple):
    """Standard errors of a mean, taken from blocks of growing length.

    error : float, where they level off
    lengths : (k,) int64 array, lengths of the blocks: 1, 2, 4, ...
    errors : (k,) float64 array, the standard error each length gives
    uncertainties : (k,) float64 array, the standard error of those
    """

    error: float
    lengths: np.ndarray
    errors: np.ndarray
    uncertainties: np.ndarray


def blocking(x):
    """The standard error of a mean, from the scatter of block means, as the blocks are doubled.

    Short blocks are correlated, and their error too small; with length it rises until it
    levels off. The length chosen is the first b with b^3 > 2 N (error_b / error_1)^4.

    Parameters
    ----------
    x : (N,) array
        N >= 4.

    Returns
    -------
    Blocking
        If no length passes, `error` is the largest of all, and a warning says so.

    Raises
    ------
    TypeError, ValueError
        If `x` has fewer than four values, holds NaN, or never changes.

    Notes
    -----
    Method: [flyvbjerg1989]. Choice of the length: [wolff2004], as in [lee2011].

    Examples
    --------
    >>> found = blocking(np.random.default_rng(1).normal(size=2**14))
    >>> round(found.error, 3), found.lengths[:4].tolist()
    (0.008, [1, 2, 4, 8])
    """
    x = _series("x", x, least=4)
    N = len(x)
    lengths, errors, uncertainties = [], [], []
    length = 1
    while len(x) >= 2:
        error = np.sqrt(x.var(ddof=1) / len(x))
        lengths.append(length)
        errors.append(error)
        uncertainties.append(error / np.sqrt(2 * (len(x) - 1)))
        x = x[: len(x) // 2 * 2].reshape(-1, 2).mean(axis=1)
        length *= 2
    lengths, errors, uncertainties = np.array(lengths), np.array(errors), np.array(uncertainties)
    enough = lengths**3.0 > 2 * N * (errors / errors[0]) ** 4
    if not enough.any():
        warnings.warn(
            f"x has {N} measurements, too few for its memory: the error is probably too small", stacklevel=2
        )
    chosen = np.argmax(enough) if enough.any() else np.argmax(errors)
    return Blocking(float(errors[chosen]), lengths, errors, uncertainties)


def bootstrap(function, *series, rng, blocks=50, resamples=1000):
    """A function of means, such as <m^4> / <m^2>^2, with its standard error.

    The series are cut into blocks, blocks are drawn with replacement as often as there are
    any, and the scatter of the function over such draws is its error.

    Parameters
    ----------
    function : callable
        Takes the mean of each series; has to work on arrays too, one value for each draw.
    *series : (N,) arrays
        Measured together: the same blocks are drawn from each.
    rng : numpy.random.Generator
    blocks : int, optional
        How many, >= 10; each should be many autocorrelation times long. What is left over at
        the start, fewer than `blocks` measurements, is not used.
    resamples : int, optional
        How many draws, >= 100.

    Returns
    -------
    Estimate

    Raises
    ------
    TypeError, ValueError
        If the series differ in length, are shorter than 2 blocks, or hold NaN.

    Warns
    -----
    UserWarning
        If a block is shorter than 5 autocorrelation times of a series.

    Notes
    -----
    Bootstrap: [efron1979]; by blocks: [kunsch1989]. It runs on `scipy.stats.bootstrap`.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=10_000)
    >>> kurtosis = bootstrap(lambda x2, x4: x4 / x2**2, x**2, x**4, rng=np.random.default_rng(1))
    >>> abs(kurtosis.value - 3) < 2 * kurtosis.error
    True
    """
    _check.function("function", function, wanted="a function of the mean of each series")
    means = _block_means(series, blocks, rng)
    resamples = _check.count("resamples", resamples, low=100)

    def statistic(*means, axis):
        return function(*(mean.mean(axis=axis) for mean in means))

    scatter = stats.bootstrap(
        means, statistic, paired=True, vectorized=True, n_resamples=resamples, method="percentile", rng=rng
    )
    return Estimate(float(statistic(*means, axis=-1)), float(scatter.standard_error))


def binder(m, *, rng, blocks=50, resamples=1000):
    """Binder's cumulant, U = 1 - <m^4> / (3 <m^2>^2): 2/3 in perfect order, 0 in large disordered systems.

    Parameters
    ----------
    m : (N,) array
        Magnetisation after each step.
    rng, blocks, resamples
        As for `bootstrap`.

    Returns
    -------
    Estimate

    Raises
    ------
    TypeError, ValueError
        As `bootstrap`, and if m is always 0.

    Notes
    -----
    Definition: [binder1981].

    Examples
    --------
    >>> m = np.random.default_rng(0).normal(size=100_000)
    >>> disorder = binder(m, rng=np.random.default_rng(1))
    >>> abs(disorder.value) < 2 * disorder.error < 0.02
    True
    """
    m = _check.array("m", m, ndim=1, wanted="a series of measurements").astype(np.float64)
    if not m.any():
        raise ValueError("m is always 0; wanted a magnetisation that is not")
    return bootstrap(
        lambda m2, m4: 1 - m4 / (3 * m2**2), m**2, m**4, rng=rng, blocks=blocks, resamples=resamples
    )


class Crossing(NamedTuple):
    """Where two curves meet.

    value : float
    error : float
    p : float, chance of a misfit as large as that of the fitted curve or larger; nan if it had no freedom
    """

    value: float
    error: float
    p: float


def crossing(x, first, second, *, rng, degree=1, resamples=1000):
    """Where two measured curves cross: the zero of a polynomial fitted to their difference.

    Parameters
    ----------
    x : (k,) array
        Where both were measured, k > degree, different places.
    first, second : (k, 2) arrays or sequences of Estimate
        Values and standard errors > 0.
    rng : numpy.random.Generator
    degree : int, optional
        Of the polynomial: 1 to 3.
    resamples : int, optional
        How often the points are scattered anew by their errors, to see the zero move, >= 100.

    Returns
    -------
    Crossing
        A small p (below 0.01, say) says that the degree is too low or the errors too small.

    Raises
    ------
    TypeError, ValueError
        If shapes do not fit, an error is not > 0, or the fitted curves do not cross just once
        between the first and the last x.

    Warns
    -----
    UserWarning
        If more than one scattered fit in 20 has no such zero: the error is then too small.

    Examples
    --------
    >>> x = np.array([0.0, 1.0, 2.0])
    >>> first, second = np.c_[x, [0.1, 0.1, 0.1]], np.c_[2 - x, [0.1, 0.1, 0.1]]
    >>> found = crossing(x, first, second, rng=np.random.default_rng(0))
    >>> round(found.value, 6), round(found.error, 2)
    (1.0, 0.04)
    """
    degree = _check.count("degree", degree, high=3)
    resamples = _check.count("resamples", resamples, low=100)
    _check.generator(rng)
    x = _check.array("x", x, ndim=1, wanted="a (k,) array of places").astype(np.float64)
    if len(np.unique(x)) < max(len(x), degree + 1):
        raise ValueError(f"x holds {len(np.unique(x))} different places; wanted {max(len(x), degree + 1)}")
    first, second = _estimates("first", first, len(x)), _estimates("second", second, len(x))
    difference, error = first[:, 0] - second[:, 0], np.hypot(first[:, 1], second[:, 1])
    zero = _zeros(x, difference[:, None], error, degree)[0]
    if np.isnan(zero):
        raise ValueError(
            f"first and second do not cross just once between x = {x.min():g} and {x.max():g}; "
            "wanted curves that do"
        )
    scattered = difference + error * rng.normal(size=(resamples, len(x)))
    zeros = _zeros(x, scattered.T, error, degree)
    lost = np.isnan(zeros).mean()
    if lost > 0.05:
        warnings.warn(
            f"{lost:.0%} of the scattered fits have no single zero: the error is too small", stacklevel=2
        )
    fitted = np.polyval(np.polyfit(x - x.mean(), difference, degree, w=1 / error), x - x.mean())
    freedom = len(x) - degree - 1
    p = stats.chi2.sf((((difference - fitted) / error) ** 2).sum(), freedom) if freedom else np.nan
    return Crossing(float(zero), float(np.nanstd(zeros)), float(p))


def _zeros(x, differences, error, degree):
    """The zero of the polynomial through each column between the first and the last x; nan if there is not just one."""
    middle = x.mean()
    zeros = []
    for polynomial in np.polyfit(x - middle, differences, degree, w=1 / error).T:
        roots = np.roots(polynomial) + middle
        real = roots.real[(roots.imag == 0) & (x.min() <= roots.real) & (roots.real <= x.max())]
        zeros.append(real[0] if len(real) == 1 else np.nan)
    return np.array(zeros)


def _series(name, value, least=2):
    """A float64 series that is long enough and not constant."""
    wanted = f"a series of {least} measurements or more"
    x = _check.array(name, value, ndim=1, wanted=wanted).astype(np.float64)
    if len(x) < least:
        raise ValueError(f"{name} has shape {x.shape}; wanted {wanted}")
    if x.min() == x.max():
        raise ValueError(f"{name} is {x[0]:g} throughout; wanted a series that changes")
    return x


def _block_means(series, blocks, rng):
    """The means of equally long blocks, for each series."""
    _check.generator(rng)
    blocks = _check.count("blocks", blocks, low=10)
    if not series:
        raise ValueError("series is empty; wanted at least one series of measurements")
    wanted = f"measurements for {blocks} blocks of 2 or more"
    means = []
    for k, value in enumerate(series):
        x = _check.array(f"series[{k}]", value, ndim=1, wanted=wanted).astype(np.float64)
        if len(x) < 2 * blocks:
            raise ValueError(f"series[{k}] has shape {x.shape}; wanted {wanted}")
        if len(x) != len(series[0]):
            raise ValueError(f"series[{k}] has length {len(x)}; wanted {len(series[0])}, as series[0] has")
        length = len(x) // blocks
        x = x[-blocks * length :]
        if x.min() < x.max() and length < 5 * integrated_time(x).tau:
            warnings.warn(
                f"series[{k}] has blocks of {length} measurements, less than 5 tau; "
                "wanted fewer blocks or more measurements: the error is too small",
                stacklevel=3,
            )
        means.append(x.reshape(blocks, length).mean(axis=1))
    return means


def _estimates(name, value, k):
    """A (k, 2) array of values and errors > 0."""
    wanted = f"a ({k}, 2) array of values and standard errors > 0, a row for each x"
    found = _check.array(name, value, ndim=2, wanted=wanted).astype(np.float64)
    if found.shape != (k, 2):
        raise ValueError(f"{name} has shape {found.shape}; wanted {wanted}")
    if (found[:, 1] <= 0).any():
        raise ValueError(f"{name} has an error of {found[:, 1].min():g}; wanted {wanted}")
    return found
