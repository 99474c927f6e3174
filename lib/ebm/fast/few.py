"""`boltzmann.sampling._chains` for few units: every probability is listed, and an update looks one up.

A network of n units has 2^n states, and in each of them unit i is switched on with a probability
that never changes. So the states become numbers, and the plain kernel runs once over all of them:

    state 5 = 101 (units 0 and 2 on)      limit[i, 5] = p(unit i on | state 5) 2^53
    update:  bit i = (53 random bits < limit[i, state])

The same random numbers are compared with the same probabilities: the states are equal to the last bit.
In sequential order a look-up is made before it is known which of two states it is for.
"""

import math

import numpy as np

from ebm import random
from ebm._kernel import kernel
from ebm.fast.words import after
from ebm.hopfield import _field
from ebm.maths import sigmoid

MOST = 12  # units; 2^12 rows of them fill the second cache
_1, _11 = np.uint64(1), np.uint64(11)


def worth(n, sweeps):
    """Whether so many sweeps, of all chains together, pay for the list."""
    return n <= MOST and sweeps >= 4 * 2**n


def chains(W, b, off, s, free, T, words, in_order, sweeps, states):
    """So many sweeps of every chain, in place; of one chain the state after each goes to `states`, if it has rows."""
    limits = np.empty((len(b), 2 ** len(b)), dtype=np.uint64)
    _list(W, b, off, T, np.empty(len(b), dtype=np.int8), limits)
    _walks(limits.ravel(), off, s, free, words, in_order, sweeps, states)


@kernel
def _list(W, b, off, T, s, limits):
    for state in range(limits.shape[1]):
        _decode(state, off, s)
        for i in range(len(b)):
            p = sigmoid((1 - off) * _field(W, b, s, i) / T)
            limits[i, state] = np.uint64(math.ceil(p * 9007199254740992.0))


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
        if in_order:
            state = _in_turn(limits, np.uint64(n), state, free, words[c], off, sweeps, states)
        else:
            state = _at_random(limits, np.uint64(n), state, free, words[c], off, sweeps, states)
        _decode(np.int64(state), off, s[c])


@kernel
def _in_turn(limits, n, state, free, words, off, sweeps, states):
    """All sweeps of a chain. The generator's words are at hand (`words.after`), not in the array.

    To look up takes longer than to compare: before it is known where unit i goes, the limit of the unit that
    follows is looked up for both cases.
    """
    s0, s1, s2, s3 = words[0], words[1], words[2], words[3]
    limit = limits[(np.uint64(free[0]) << n) + state] if len(free) else np.uint64(0)
    for k in range(sweeps):
        for q in range(len(free)):
            i = np.uint64(free[q])
            follows = np.uint64(free[q + 1 if q + 1 < len(free) else 0])
            unit_off, unit_on = state & ~(_1 << i), state | (_1 << i)
            row = follows << n
            limit_off, limit_on = limits[row + unit_off], limits[row + unit_on]
            word, s0, s1, s2, s3 = after(s0, s1, s2, s3)
            on = (word >> _11) < limit
            state = unit_off | (np.uint64(on) << i)
            limit = limit_on if on else limit_off
        if k < len(states):
            for i in range(states.shape[1]):
                states[k, i] = 1 if (state >> np.uint64(i)) & _1 else off
    words[0], words[1], words[2], words[3] = s0, s1, s2, s3
    return state


@kernel
def _at_random(limits, n, state, free, words, off, sweeps, states):
    for k in range(sweeps):
        for _ in range(len(free)):
            i = np.uint64(free[random.below(words, len(free))])
            on = (random.next_word(words) >> _11) < limits[(i << n) + state]
            state = (state & ~(_1 << i)) | (np.uint64(on) << i)
        if k < len(states):
            for i in range(states.shape[1]):
                states[k, i] = 1 if (state >> np.uint64(i)) & _1 else off
    return state
