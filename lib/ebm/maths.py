"""The elementary functions the kernels share, equal to the last bit on every platform.

The `exp` of one system's C library and the `Math.exp` of a browser differ in the
last bit now and then, and one such bit can send two simulations of the same seed
different ways. These use nothing but exactly rounded operations, so that native
code, WebAssembly and plain Python agree.
"""

import math

import numpy as np

from ebm._kernel import kernel

_LOG2_E = 1.4426950408889634
# log 2 in two pieces: the first has 32 trailing zero bits, so that k * _LN2_HIGH is exact.
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_SQRT_2 = 1.4142135623730951
_SMALLEST_NORMAL = 2.2250738585072014e-308
_TWO_54 = 18014398509481984.0


@kernel
def exp(x):
    """e to the power x, for a float64; the error is below 1.5 units in the last place.

    x = k log 2 + r with |r| <= (log 2) / 2; then exp(x) = 2^k (cosh r + sinh r),
    both by their power series.

    Parameters
    ----------
    x : float
        Above 709.78 the result is inf; below -708 it is 0 (no subnormal numbers).

    Returns
    -------
    float

    Examples
    --------
    >>> round(exp(1.0), 14)
    2.71828182845905
    """
    if math.isnan(x):
        return x
    if x > 709.782712893384:
        return np.inf
    if x < -708.0:
        return 0.0
    k = math.floor(x * _LOG2_E + 0.5)
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    q = r * r
    cosh_less_1 = q * (
        1 / 2 + q * (1 / 24 + q * (1 / 720 + q * (1 / 40320 + q * (1 / 3628800 + q * (1 / 479001600)))))
    )
    sinh = r + r * q * (
        1 / 6 + q * (1 / 120 + q * (1 / 5040 + q * (1 / 362880 + q * (1 / 39916800 + q * (1 / 6227020800)))))
    )
    half = k // 2
    return (1 + (sinh + cosh_less_1)) * _power_of_two(half) * _power_of_two(k - half)


@kernel
def _power_of_two(k):
    """2^k for -1022 <= k <= 1023, by writing the exponent's bits."""
    return np.int64((np.int64(k) + 1023) << 52).view(np.float64)


@kernel
def log(x):
    """The natural logarithm of a float64; the error is below one unit in the last place.

    x = 2^k f with f between sqrt(1/2) and sqrt(2); then, with u = (f - 1) / (f + 1),
    log x = k log 2 + 2 (u + u^3/3 + u^5/5 + ...).

    Parameters
    ----------
    x : float
        log 0 is -inf, that of a negative number or of NaN is NaN.

    Returns
    -------
    float

    Examples
    --------
    >>> log(10.0)
    2.302585092994046
    """
    if x == 0:
        return -np.inf
    if math.isnan(x) or x < 0:
        return np.nan
    if x == np.inf:
        return np.inf
    k = 0
    if x < _SMALLEST_NORMAL:
        x *= _TWO_54
        k = -54
    bits = np.float64(x).view(np.int64)
    exponent = (bits >> 52) - 1023
    f = np.int64(bits - (exponent << 52)).view(np.float64)
    if f > _SQRT_2:
        f *= 0.5
        exponent += 1
    k += exponent
    u = (f - 1) / (f + 1)
    q = u * u
    series = 0.0
    for odd in range(23, 1, -2):
        series = q * (series + 1.0 / odd)
    # 2 u = g - g^2/2 + u g^2/2: in this form the large part, g = f - 1, is free of rounding.
    g = f - 1
    half = 0.5 * g * g
    return k * _LN2_HIGH + (g - (half - (u * (half + 2 * series) + k * _LN2_LOW)))


@kernel
def sigmoid(x):
    """The logistic function, 1 / (1 + e^-x): the probability that a unit is on.

    Parameters
    ----------
    x : float
        Energy saved by switching the unit on, divided by T (no unit).

    Returns
    -------
    float
        In [0, 1].

    Examples
    --------
    >>> round(sigmoid(2.0), 4)
    0.8808
    """
    return 1.0 / (1.0 + exp(-x))
