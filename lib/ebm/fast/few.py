"""`boltzmann.sampling._chains` for few units: every probability is listed, and an update looks one up.

A network of n units has 2^n states, and in each of them unit i is switched on with a probability
that never changes. So the states become numbers, and the plain kernel runs once over all of them:

    state 5 = 101 (units 0 and 2 on)      limit[5, i] = p(unit i on | state 5) 2^53
    update:  bit i = (53 random bits < limit[state, i])

The same random numbers are compared with the same probabilities: the states are equal to the last bit.
"""

import math

import numpy as np

from ebm import random
from ebm._kernel import kernel
from ebm.hopfield import _field
from ebm.maths import sigmoid

MOST = 12  # units; 2^12 rows of them fill the second cache
_1, _11 = np.uint64(1), np.uint64(11)


def worth(n, sweeps):
    """Whether so many sweeps, of all chains together, pay for the list."""
    return n <= MOST and sweeps >= 4 * 2**n


def chains(W, b, off, s, free, T, words, in_order, sweeps, states):
    """So many sweeps of every chain, in place; of one chain the state after each goes to `states`, if it has rows."""
    limits = np.empty((2 ** len(b), len(b)), dtype=np.uint64)
    _list(W, b, off, T, np.empty(len(b), dtype=np.int8), limits)
    _walks(limits.ravel(), off, s, free, words, in_order, sweeps, states)


@kernel
def _list(W, b, off, T, s, limits):
    for state in range(len(limits)):
        _decode(state, off, s)
        for i in range(len(b)):
            p = sigmoid((1 - off) * _field(W, b, s, i) / T)
            limits[state, i] = np.uint64(math.ceil(p * 9007199254740992.0))


@kernel
def _decode(state, off, s):
    for i in range(len(s)):
        s[i] = 1 if (state >> i) & 1 else off


@kernel
def _walks(limits, off, s, free, words, in_order, sweeps, states):
    n = s.shape[1]
    for c in range(len(s)):
        state = np.uint64(0)
        for i in range(n):
            if s[c, i] == 1:
                state |= _1 << np.uint64(i)
        for k in range(sweeps):
            state = _sweep(limits, np.uint64(n), state, free, words[c], in_order)
            if k < len(states):
                _decode(np.int64(state), off, states[k])
        _decode(np.int64(state), off, s[c])


@kernel
def _sweep(limits, n, state, free, words, in_order):
    for k in range(len(free)):
        i = np.uint64(free[k if in_order else random.below(words, len(free))])
        on = (random.next_word(words) >> _11) < limits[state * n + i]
        state = (state & ~(_1 << i)) | (np.uint64(on) << i)
    return state
