"""`boltzmann.sampling._chains` one chain at a time: no field is summed up anew.

    field_i     kept for every unit; where unit k flips, row k of W is added: n additions a flip,
                none where nothing flips (the plain kernel makes n every time)
    u < sigma(x)   is the same as   x > log(u / (1 - u)),   and the logarithms of many u are taken at once

Rows are in single precision and fields in double, so that a field is off by less than its row's
rounding, however long the run. Where x is closer to its logarithm than all errors together, once in
10^4 times or so, the plain sum decides: the states are equal to the last bit.
"""

import numpy as np

from ebm import random
from ebm._kernel import kernel
from ebm.hopfield import _field
from ebm.maths import sigmoid

FEWEST = 24  # units; fewer are summed up as fast
_AT_ONCE = 1024
_EPSILON = 2.0**-24
_SHIFT, _BIAS, _MANTISSA = np.int32(23), np.int32(127), np.int32(0x7FFFFF)
_ONE_BITS = np.int32(0x3F800000)
_SQRT_2, _LN2 = np.float32(1.4142135), np.float32(0.6931472)
_0, _HALF, _1, _2 = (np.float32(x) for x in (0, 0.5, 1, 2))
_A3, _A5, _A7, _A9 = (np.float32(1 / x) for x in (3, 5, 7, 9))


def worth(margin, n):
    """Whether there are enough units, and single precision can hold the weights."""
    return n >= FEWEST and margin.max() < np.inf


def chains(W, b, off, s, free, T, words, in_order, sweeps, states):
    """So many sweeps of every chain, in place; of one chain the state after each goes to `states`, if it has rows."""
    rows = np.ascontiguousarray(W.T, dtype=np.float32)
    reach = np.abs(W).sum(axis=1)
    beta = (1 - off) / T
    margins = 3e-5 + beta * 4 * _EPSILON * (reach + np.abs(b))  # of x, for each unit
    picks, u = np.empty(_AT_ONCE, dtype=np.int64), np.empty(_AT_ONCE)
    _chains(W, rows, b, off, s, free, T, words, in_order, sweeps, beta, margins, np.empty(len(b)), picks, u,
            np.empty(_AT_ONCE, dtype=np.float32), states)  # fmt: skip


@kernel
def _chains(
    W, rows, b, off, s, free, T, words, in_order, sweeps, beta, margins, field, picks, u, noise, states
):
    for c in range(len(s)):
        for i in range(len(b)):
            field[i] = b[i]
        for j in range(len(b)):
            _add(field, np.float64(s[c, j]), rows[j])
        for k in range(sweeps):
            for start in range(0, len(free), len(u)):
                m = min(len(u), len(free) - start)
                _throw(words[c], free, in_order, start, picks[:m], u[:m])
                _logits(u[:m], noise[:m])
                _updates(W, rows, b, off, s[c], T, beta, margins, field, picks[:m], u[:m], noise[:m])
            if k < len(states):
                for i in range(len(b)):
                    states[k, i] = s[c, i]


@kernel
def _throw(words, free, in_order, start, picks, u):
    """Which units, and a random number for each."""
    for q in range(len(u)):
        picks[q] = free[start + q if in_order else random.below(words, len(free))]
        u[q] = random.uniform(words)


@kernel
def _logits(u, noise):
    """log(u / (1 - u)) in single precision, right to 1e-5; NaN near the ends."""
    for q in range(np.uint64(len(u))):
        near = min(u[q], 1 - u[q])
        z = _log(np.float32((1 - near) / near))
        z = np.float32(np.nan) if near < 1e-12 else z
        noise[q] = z if u[q] > 0.5 else -z


@kernel
def _log(x):
    """log x of a float32 of 1 or more: 2^k f with f from sqrt(1/2) to sqrt(2), v = (f - 1) / (f + 1)."""
    bits = np.float32(x).view(np.int32)
    k = np.int32((bits >> _SHIFT) - _BIAS)
    f = np.int32((bits & _MANTISSA) | _ONE_BITS).view(np.float32)
    large = f > _SQRT_2
    f = _HALF * f if large else f
    power = np.float32(k) + (_1 if large else _0)
    v = (f - _1) / (f + _1)
    q = v * v
    return power * _LN2 + _2 * v * (_1 + q * (_A3 + q * (_A5 + q * (_A7 + q * _A9))))


@kernel
def _updates(W, rows, b, off, s, T, beta, margins, field, picks, u, noise):
    for q in range(len(u)):
        i = picks[q]
        x = beta * field[i]
        on = x > noise[q]
        if not abs(x - noise[q]) > margins[i]:  # too close to call, or NaN
            on = u[q] < sigmoid((1 - off) * _field(W, b, s, i) / T)
        new = 1 if on else off
        if new != s[i]:
            _add(field, np.float64(new - s[i]), rows[i])
            s[i] = new


@kernel
def _add(field, change, row):
    for j in range(np.uint64(len(field))):
        field[j] += change * np.float64(row[j])
