"""`rbm.units.sigmoid` and `rbm.units.coins` in single precision: a layer of a batch in one pass each.

NumPy goes over a layer four times for the sigmoid, then draws and compares one number after the
other. Here 64 generators of `ebm.random` stand side by side, and each word they give is cut in two:

    generators   g0  g1  g2 ... g63      one instruction moves several of them on
    words        w0  w1  w2 ... w63
    units        0 1 2 3 4 5 ... 127     31 bits each: u, then u < p, again several at once

The exponential is a power series of seven terms, right to 1e-7, which is all that single precision
has. A unit takes half a nanosecond for its mean and as much for its coin.
"""

import numpy as np

from ebm._kernel import kernel
from ebm.fast.words import after

LANES = 64  # generators; twice as many units at a time
STREAM = 5 * LANES  # of a generator four words, and the last it gave

_31_BITS, _MANTISSA, _BIAS = np.int32(0x7FFFFFFF), np.int32(23), np.int32(127)
_0, _HALF, _1 = (np.float32(x) for x in (0, 0.5, 1))
_LOG2_E = np.float32(1.4426950408889634)
# log 2 in two pieces, the first with few digits, so that k * _LN2_HIGH is exact.
_LN2_HIGH, _LN2_LOW = np.float32(0.693359375), np.float32(-2.12194440e-4)
_LEAST, _MOST = np.float32(-87), np.float32(87)  # e^x is a normal number
_A2, _A3, _A4, _A5, _A6, _A7 = (np.float32(1 / x) for x in (2, 6, 24, 120, 720, 5040))
_GRAIN, _BELOW_1 = np.float32(2.0**-31), np.float32(1 - 2.0**-24)


def stream(rng):
    """Generators for the coins of any number of layers, drawn from a NumPy generator.

    Parameters
    ----------
    rng : numpy.random.Generator

    Returns
    -------
    (STREAM,) uint64 array
    """
    found = np.zeros(STREAM, dtype=np.uint64)
    found[: 4 * LANES] = rng.integers(0, 2**64, size=4 * LANES, dtype=np.uint64)
    return found


@kernel
def next_words(stream):
    """One word from each generator, to the end of the stream."""
    for k in range(LANES):
        s0, s1, s2, s3 = stream[k], stream[LANES + k], stream[2 * LANES + k], stream[3 * LANES + k]
        word, s0, s1, s2, s3 = after(s0, s1, s2, s3)
        stream[k], stream[LANES + k], stream[2 * LANES + k], stream[3 * LANES + k] = s0, s1, s2, s3
        stream[4 * LANES + k] = word


@kernel
def exp(x):
    """e^x of a float32, held between e^-87 and e^87."""
    near = min(max(x, _LEAST), _MOST)
    k = np.floor(near * _LOG2_E + _HALF)
    r = (near - k * _LN2_HIGH) - k * _LN2_LOW
    series = _1 + r * (_1 + r * (_A2 + r * (_A3 + r * (_A4 + r * (_A5 + r * (_A6 + r * _A7))))))
    return series * np.int32((np.int32(k) + _BIAS) << _MANTISSA).view(np.float32)


@kernel
def uniform(half_word):
    """A float32 in (0, 1), from the lower 31 bits of an int32.

    Small ones are as fine as 2^-32; none is 1, so that a field of 17 T and more is sure.
    """
    return min((np.float32(half_word & _31_BITS) + _HALF) * _GRAIN, _BELOW_1)


@kernel
def sigmoid(x):
    """1 / (1 + e^-x) of every entry of a flat array, in place."""
    for i in range(np.uint64(len(x))):
        x[i] = _1 / (_1 + exp(-x[i]))


@kernel
def toss(p, stream, out):
    """1 with probability p, else 0; flat arrays of one length."""
    halves = stream[4 * LANES :].view(np.int32)
    for start in range(0, len(p), 2 * LANES):
        next_words(stream)
        at = np.uint64(start)
        for k in range(np.uint64(min(2 * LANES, len(p) - start))):
            out[at + k] = _1 if uniform(halves[k]) < p[at + k] else _0
