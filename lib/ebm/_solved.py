"""The Ising model where a formula solves it: the chain, and the infinite square lattice without a field.

All of it is public as `ebm.exact`.
"""

from typing import NamedTuple

import numpy as np
from scipy.integrate import quad
from scipy.special import ellipe, ellipkm1

from ebm import _check

T_C = float(2 / np.log(1 + np.sqrt(2)))
"""Critical temperature of the square lattice with J = 1: 2.269185... [kramers1941] [onsager1944]."""


class Chain(NamedTuple):
    """The ring of spins, per site.

    f : float, free energy, -T log_Z / n
    u : float, energy
    m : float, magnetisation <s_i>
    xi : float, correlation length in sites: <s_0 s_r> - m^2 falls as e^(-r/xi) in an endless chain
    """

    f: float
    u: float
    m: float
    xi: float


def chain(T, *, J=1.0, B=0.0, n=None):
    """The chain solved by its transfer matrix: Z = trace of V^n.

        V = [[e^((J + B)/T), e^(-J/T)], [e^(-J/T), e^((J - B)/T)]]

    Parameters
    ----------
    T : float
        Temperature, > 0.
    J, B : float, optional
        Coupling and field.
    n : int, optional
        Number of spins on the ring, >= 2; left out, the limit of infinitely many.

    Returns
    -------
    Chain

    Raises
    ------
    TypeError, ValueError
        If T <= 0 or n < 2.

    Notes
    -----
    Solution: [ising1925]; by this matrix: [kramers1941].

    Examples
    --------
    >>> round(chain(2.0).u, 6), round(-float(np.tanh(1 / 2.0)), 6)
    (-0.462117, -0.462117)
    >>> round(-10 / 2.0 * chain(2.0, n=10).f, 6)  # log_Z
    8.133061
    """
    v = _eigen(T, J, B)
    n = None if n is None else _check.count("n", n, low=2)
    if n is None:
        log_Z, m = v.log_top, v.cos
    else:  # Z = top^n + low^n = top^n (1 + q^n)
        log_Z = v.log_top + _log_1_plus_power(v, n) / n
        m = v.cos * np.exp(_log_1_plus_power(v, n, minus=True) - _log_1_plus_power(v, n))
    u = -J * float(chain_correlation(1, T, J=J, B=B, n=n)) - B * m
    with np.errstate(divide="ignore"):
        xi = -1 / np.float64(v.log_q)
    return Chain(float(-T * log_Z), float(u), float(m), float(xi))


def chain_correlation(r, T, *, J=1.0, B=0.0, n=None):
    """<s_0 s_r>: how well two spins agree that are r sites apart.

    Parameters
    ----------
    r : int or array of int
        Distance, >= 0.
    T, J, B, n
        As for `chain`.

    Returns
    -------
    float, or float64 array of the shape of `r`
        Subtract m^2 for what is left at a distance without a field's help.

    Raises
    ------
    TypeError, ValueError
        If r holds anything but whole numbers >= 0, T <= 0 or n < 2.

    Examples
    --------
    >>> chain_correlation([0, 1, 2], 2.0).round(6).tolist() == (np.tanh(1 / 2.0) ** np.arange(3)).round(6).tolist()
    True
    """
    v = _eigen(T, J, B)
    r = _check.counts("r", r)
    q = v.sign * np.exp(v.log_q)
    if n is None:
        return _plain(v.cos**2 + v.sin2 * q**r)
    n = _check.count("n", n, low=2)
    r = np.minimum(r % n, -r % n)  # either way round
    # (q^r + q^(n-r)) / (1 + q^n); where q^n is near -1, powers would cancel
    if v.sign < 0 and n % 2:
        share = (-1.0) ** r * np.abs(q) ** r * np.expm1((n - 2 * r) * v.log_q) / np.expm1(n * v.log_q)
    else:
        share = q**r * (1 + q ** (n - 2 * r)) / (1 + q**n)
    return _plain(v.cos**2 + v.sin2 * share)


class _Eigen(NamedTuple):
    """What is needed of V: its eigenvalues `top` and `low` = q top, its eigenvectors' angle.

    Turned by that angle the spin is [[cos, sin], [sin, -cos]], with cos the magnetisation of the endless chain.
    """

    log_top: float
    sign: float  # of q
    log_q: float  # of |q|
    cos: float
    sin2: float


def _eigen(T, J, B):
    """By the eigenvalues c +- d: c = e^(J/T) cosh(B/T), d^2 = e^(2J/T) sinh^2(B/T) + e^(-2J/T); all in logs."""
    T = _check.temperature(T)
    K = _check.number("J", J, wanted="a coupling, a finite number") / T
    h = _check.number("B", B, wanted="a field, a finite number") / T
    with np.errstate(divide="ignore"):
        log_sinh = np.abs(h) + np.log1p(-np.exp(-2 * np.abs(h))) - np.log(2)
        log_c = K + np.logaddexp(h, -h) - np.log(2)
        log_d = np.logaddexp(2 * K + 2 * log_sinh, -2 * K) / 2
        log_top = np.logaddexp(log_c, log_d)
        # |q| = |c - d| / (c + d), with c > d for J > 0
        log_q = np.log1p(-min(1.0, 2 * np.exp(min(log_c, log_d) - log_top))) if K else -np.inf
        cos = np.sign(h) * np.exp(K + log_sinh - log_d)
    return _Eigen(log_top, np.sign(K), log_q, cos, np.exp(-2 * K - 2 * log_d))


def _log_1_plus_power(v, n, minus=False):
    """log(1 + q^n), or log(1 - q^n)."""
    negative = (v.sign < 0 and n % 2 == 1) != minus
    power = n * v.log_q
    with np.errstate(divide="ignore"):
        return np.log(-np.expm1(power)) if negative else np.log1p(np.exp(power))


def onsager_energy(T, J=1.0):
    """Energy per site of the infinite square lattice at B = 0.

        u = -J coth(2J/T) [1 + 2/pi (2 tanh^2(2J/T) - 1) K(k)],   k = 2 sinh(2J/T) / cosh^2(2J/T)

    Parameters
    ----------
    T : float or array
        Temperature, > 0.
    J : float, optional
        Coupling, > 0.

    Returns
    -------
    float, or float64 array of the shape of `T`

    Raises
    ------
    TypeError, ValueError
        If T <= 0 or J <= 0.

    Notes
    -----
    Solution: [onsager1944]; K is the complete elliptic integral of the first kind.

    Examples
    --------
    At the critical point, -sqrt(2):

    >>> round(onsager_energy(T_C), 6)
    -1.414214
    """
    T, J, K = _reduced(T, J)
    tanh, slope, first, _ = _elliptic(K)
    return _plain(-J / tanh * (1 + 2 / np.pi * slope * first))


def onsager_specific_heat(T, J=1.0):
    """Specific heat per site, du/dT, of the infinite square lattice at B = 0; infinite at T_C.

    Parameters
    ----------
    T, J
        As for `onsager_energy`.

    Returns
    -------
    float, or float64 array of the shape of `T`

    Raises
    ------
    TypeError, ValueError
        If T <= 0 or J <= 0.

    Notes
    -----
    Solution: [onsager1944].

    Examples
    --------
    >>> round(onsager_specific_heat(2.0), 6)
    0.724871
    """
    T, J, K = _reduced(T, J)
    tanh, slope, first, second = _elliptic(K)
    bracket = 2 * first - 2 * second - (1 - slope) * (np.pi / 2 + slope * first)
    return _plain(np.where(first == np.inf, np.inf, 2 / np.pi * (K / tanh) ** 2 * bracket))


def onsager_free_energy(T, J=1.0):
    """Free energy per site, -T log_Z / n, of the infinite square lattice at B = 0.

        -f/T = log(2 cosh(2J/T)) + 1/pi integral from 0 to pi/2 of log((1 + sqrt(1 - k^2 sin^2 x)) / 2) dx

    Parameters
    ----------
    T, J
        As for `onsager_energy`.

    Returns
    -------
    float, or float64 array of the shape of `T`

    Raises
    ------
    TypeError, ValueError
        If T <= 0 or J <= 0.

    Notes
    -----
    Solution: [onsager1944].

    Examples
    --------
    At the critical point log_Z / n is log(2)/2 + 2G/pi, with Catalan's constant G:

    >>> round(-onsager_free_energy(T_C) / T_C, 6), round(float(np.log(2) / 2 + 2 * 0.915965594 / np.pi), 6)
    (0.929695, 0.929695)
    """
    T, J, K = _reduced(T, J)
    slope = 2 * np.tanh(2 * K) ** 2 - 1

    def integral(slope):  # 1 - k^2 sin^2 x = slope^2 + k^2 cos^2 x
        def integrand(x):
            return np.log((1 + np.sqrt(slope**2 + (1 - slope**2) * np.cos(x) ** 2)) / 2)

        return quad(integrand, 0, np.pi / 2, epsabs=1e-13, epsrel=1e-13, limit=200)[0]

    return _plain(-T * (np.logaddexp(2 * K, -2 * K) + np.vectorize(integral)(slope) / np.pi))


def yang_magnetisation(T, J=1.0):
    """Spontaneous magnetisation of the infinite square lattice: (1 - sinh(2J/T)^-4)^(1/8), 0 from T_C on.

    Parameters
    ----------
    T, J
        As for `onsager_energy`.

    Returns
    -------
    float, or float64 array of the shape of `T`

    Raises
    ------
    TypeError, ValueError
        If T <= 0 or J <= 0.

    Notes
    -----
    Formula announced by Onsager in 1948, first derivation [yang1952].

    Examples
    --------
    >>> yang_magnetisation([2.0, 2.3]).round(6).tolist()
    [0.911319, 0.0]
    """
    T, J, K = _reduced(T, J)
    csch = 2 * np.exp(-2 * K) / -np.expm1(-4 * K)  # 1 / sinh(2K), without overflow
    return _plain(np.maximum(0, 1 - csch**4) ** 0.125)


def _reduced(T, J):
    T = _check.temperatures("T", T)
    J = _check.number("J", J, above=0, wanted="a coupling J > 0")
    return T, J, J / T


def _elliptic(K):
    """tanh 2K, 2 tanh^2 2K - 1, and the complete elliptic integrals K(k) and E(k)."""
    tanh = np.tanh(2 * K)
    slope = 2 * tanh**2 - 1  # slope^2 + k^2 = 1, and 0 at the critical point
    return tanh, slope, ellipkm1(slope**2), ellipe(1 - slope**2)


def _plain(x):
    return float(x) if np.ndim(x) == 0 else x
