"""`boltzmann.sampling._chains` in sequential order, many chains at a time: equal to the last bit.

    chain      0   1   2   3 ...          all chains visit unit i together; one instruction
    s[j]     +---+---+---+---+            does the same for eight of them, lane by lane:
    field    | + w_ij s_j    |  j = 0, 1, ...
    coin     | its own words |            each lane draws from its own chain's generator
             +---+---+---+---+

Sums, the exponential and the random numbers are those of the plain kernel, in its order,
so that nothing but the time is different.
"""

import numpy as np
from numba import prange

from ebm._kernel import kernel
from ebm.fast.words import after
from ebm.maths import _LN2_HIGH, _LN2_LOW, _LOG2_E

LANES = 64  # chains at a time: eight registers of eight
_11 = np.uint64(11)
_WORTH_THREADS = 2**22  # additions: a millisecond or more


def chains(W, b, off, s, free, T, words, sweeps):
    """So many sweeps of every chain, in place: s is (chains, n) int8, words (chains, 4)."""
    blocks = -(-len(s) // LANES)
    run = _blocks_on_threads if blocks > 1 and sweeps * s.size * len(free) > _WORTH_THREADS else _blocks
    run(W, b, off, s, free, T, words, sweeps, np.empty((blocks, len(b), LANES)), np.empty((blocks, LANES)))


@kernel
def _blocks(W, b, off, s, free, T, words, sweeps, states, fields):
    for block in range(len(states)):
        _block(W, b, off, s, free, T, words, sweeps, states[block], fields[block], block * LANES)


@kernel(parallel=True)
def _blocks_on_threads(W, b, off, s, free, T, words, sweeps, states, fields):
    for block in prange(len(states)):
        _block(W, b, off, s, free, T, words, sweeps, states[block], fields[block], block * LANES)


@kernel
def _block(W, b, off, s, free, T, words, sweeps, states, field, first):
    """states : (n, LANES) float64, scratch; lanes without a chain go along with some generator and are dropped."""
    used = min(LANES, len(s) - first)
    generators = np.empty(4 * LANES, dtype=np.uint64)
    for lane in range(LANES):
        chain = first + min(lane, used - 1)
        for j in range(len(b)):
            states[j, lane] = s[chain, j]
        for k in range(4):
            generators[k * LANES + lane] = words[chain, k]
    for _ in range(sweeps):
        for i in free:
            _fields(W, b, states.ravel(), i, field)
            _coins(states[i], field, generators, off, T)
    for lane in range(used):
        for j in range(len(b)):
            s[first + lane, j] = states[j, lane]
        for k in range(4):
            words[first + lane, k] = generators[k * LANES + lane]


@kernel
def _fields(W, b, states, i, field):
    """`hopfield._field` for every lane. Four terms at a time, each added in turn, spare three stores of four."""
    n = len(b)
    for lane in range(LANES):
        field[lane] = b[i]
    fours = n - n % 4
    for j in range(0, fours, 4):
        w0, w1, w2, w3 = W[i, j], W[i, j + 1], W[i, j + 2], W[i, j + 3]
        at = np.uint64(j * LANES)
        for lane in range(np.uint64(LANES)):
            k = at + lane
            total = field[lane] + w0 * states[k]
            total += w1 * states[k + np.uint64(LANES)]
            total += w2 * states[k + np.uint64(2 * LANES)]
            field[lane] = total + w3 * states[k + np.uint64(3 * LANES)]
    for j in range(fours, n):
        for lane in range(LANES):
            field[lane] += W[i, j] * states[j * LANES + lane]


@kernel
def _coins(state, field, generators, off, T):
    """`boltzmann.sampling._update` for every lane."""
    for lane in range(LANES):
        s0, s1 = generators[lane], generators[LANES + lane]
        s2, s3 = generators[2 * LANES + lane], generators[3 * LANES + lane]
        word, s0, s1, s2, s3 = after(s0, s1, s2, s3)
        generators[lane], generators[LANES + lane] = s0, s1
        generators[2 * LANES + lane], generators[3 * LANES + lane] = s2, s3
        u = np.float64(word >> _11) * 1.1102230246251565e-16
        p = 1.0 / (1.0 + _exp(-((1 - off) * field[lane] / T)))
        state[lane] = 1.0 if u < p else np.float64(off)


@kernel
def _exp(x):
    """`maths.exp` of a number that is not NaN, without the early ends that would keep lanes apart."""
    near = min(max(x, -708.0), 709.782712893384)
    k = np.floor(near * _LOG2_E + 0.5)
    r = (near - k * _LN2_HIGH) - k * _LN2_LOW
    q = r * r
    cosh_less_1 = q * (
        1 / 2 + q * (1 / 24 + q * (1 / 720 + q * (1 / 40320 + q * (1 / 3628800 + q * (1 / 479001600)))))
    )
    sinh = r + r * q * (
        1 / 6 + q * (1 / 120 + q * (1 / 5040 + q * (1 / 362880 + q * (1 / 39916800 + q * (1 / 6227020800)))))
    )
    k = np.int64(k)
    half = k >> 1
    low = np.int64((half + 1023) << 52).view(np.float64)
    high = np.int64((k - half + 1023) << 52).view(np.float64)
    result = (1 + (sinh + cosh_less_1)) * low * high
    result = np.inf if x > 709.782712893384 else result
    return 0.0 if x < -708.0 else result
