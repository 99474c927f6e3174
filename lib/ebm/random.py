"""The random numbers the kernels share: xoshiro256++ [blackman2021].

A kernel cannot call NumPy's generator, neither in the browser nor from compiled
code, so it draws from four 64-bit words that it is handed as an array. The same
words give the same numbers natively, in WebAssembly and in plain Python.
"""

import math

import numpy as np

from ebm import _check
from ebm._kernel import kernel
from ebm.maths import log

# 64-bit constants: in numba, uint64 with a plain integer would become a float.
_11, _17, _19, _23, _32, _41, _45 = (np.uint64(k) for k in (11, 17, 19, 23, 32, 41, 45))
_64 = np.uint64(64)
_LOW_32 = np.uint64(0xFFFFFFFF)


def state(rng):
    """Four words for the kernels, drawn from a NumPy generator.

    Parameters
    ----------
    rng : numpy.random.Generator
        Advanced by four draws.

    Returns
    -------
    (4,) uint64 array
        What `next_word`, `uniform` and `below` read and advance.

    Raises
    ------
    TypeError
        If `rng` is not a Generator (a bare seed, for example).

    Examples
    --------
    >>> state(np.random.default_rng(0)).dtype, len(state(np.random.default_rng(0)))
    (dtype('uint64'), 4)
    """
    _check.generator(rng)
    return rng.integers(0, 2**64, size=4, dtype=np.uint64)


@kernel
def _rotate(x, k):
    return (x << k) | (x >> (_64 - k))


@kernel
def next_word(words):
    """The next 64 random bits; advances the state in place.

    Parameters
    ----------
    words : (4,) uint64 array
        The generator's state, not all zero.

    Returns
    -------
    uint64

    Examples
    --------
    The reference output for the state 1, 2, 3, 4:

    >>> int(next_word(np.array([1, 2, 3, 4], dtype=np.uint64)))
    41943041
    """
    result = _rotate(words[0] + words[3], _23) + words[0]
    shifted = words[1] << _17
    words[2] ^= words[0]
    words[3] ^= words[1]
    words[1] ^= words[2]
    words[0] ^= words[3]
    words[2] ^= shifted
    words[3] = _rotate(words[3], _45)
    return result


@kernel
def uniform(words):
    """A float in [0, 1), one of the 2^53 multiples of 2^-53 there, all equally likely.

    Parameters
    ----------
    words : (4,) uint64 array
        The generator's state, advanced in place.

    Returns
    -------
    float

    Examples
    --------
    >>> uniform(np.array([1, 2, 3, 4], dtype=np.uint64)) == (41943041 >> 11) / 2**53
    True
    """
    return np.float64(next_word(words) >> _11) * 1.1102230246251565e-16


@kernel
def below(words, n):
    """An integer in 0 .. n-1, every one equally likely: multiply and reject [lemire2019].

    Parameters
    ----------
    words : (4,) uint64 array
        The generator's state, advanced in place.
    n : int
        1 <= n < 2^32. Kernels do not check.

    Returns
    -------
    int

    Examples
    --------
    >>> below(np.array([1, 2, 3, 4], dtype=np.uint64), 6)
    0
    """
    sides = np.uint64(n)
    product = (next_word(words) >> _32) * sides
    if product & _LOW_32 < sides:
        reject_under = ((_LOW_32 - sides) + np.uint64(1)) % sides
        while product & _LOW_32 < reject_under:
            product = (next_word(words) >> _32) * sides
    return np.int64(product >> _32)


@kernel
def shuffle(words, order):
    """Put an array into a random order, in place, every order equally likely (Fisher and Yates).

    Parameters
    ----------
    words : (4,) uint64 array
        The generator's state, advanced in place.
    order : (n,) array

    Examples
    --------
    >>> order = np.arange(5)
    >>> shuffle(np.array([1, 2, 3, 4], dtype=np.uint64), order)
    >>> sorted(order.tolist())
    [0, 1, 2, 3, 4]
    """
    for k in range(len(order) - 1, 0, -1):
        j = below(words, k + 1)
        order[k], order[j] = order[j], order[k]


@kernel
def normal(words):
    """A number from the normal distribution of mean 0 and variance 1: the polar method [marsaglia1964].

    A point uniform in the unit disc, at squared radius q, has the coordinate
    u sqrt(-2 log(q) / q), which is normal.

    Parameters
    ----------
    words : (4,) uint64 array
        The generator's state, advanced in place.

    Returns
    -------
    float

    Examples
    --------
    >>> words = state(np.random.default_rng(0))
    >>> bool(abs(np.mean([normal(words) for _ in range(10_000)])) < 0.04)
    True
    """
    while True:
        u = 2 * uniform(words) - 1
        v = 2 * uniform(words) - 1
        q = u * u + v * v
        if 0 < q < 1:
            return u * math.sqrt(-2 * log(q) / q)
