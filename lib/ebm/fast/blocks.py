"""`boltzmann.sampling._chains` in sequential order, many chains of many units: fields by products of matrices.

Units take their turn in blocks, and chains are the columns of everything:

    states (n, chains)       1. fields of a block = its rows of W @ states + b: one product of matrices
    fields (BLOCK, chains)   2. unit by unit: u < sigma(field) for all chains at once; a changed unit
                                corrects the fields of the units after it in the block

All in single precision, whose errors have a bound. A chain whose u lies closer to its probability
than that bound, which is rare, gets its field from the plain sum in double precision: so the
states are equal to the last bit, in whatever order the product sums up, and on however many threads.
"""

import numpy as np

from ebm._kernel import kernel
from ebm.fast.layers import exp
from ebm.fast.words import after
from ebm.hopfield import _field
from ebm.maths import sigmoid

FEWEST = 32  # units
BLOCK = 32
_CHAINS = 256  # at a time
_EPSILON = 2.0**-24
_DOUBTFUL = 0.02  # with wider margins too many sums would be made twice
_0, _1 = np.float32(0), np.float32(1)


def margins(W, b, off, T):
    """How far, at most, a probability in single precision is from the plain one, for each unit; inf if unknown."""
    n = len(b)
    reach = np.abs(W).sum(axis=1) + np.abs(b)
    if reach.max() > 1e30 or not 1e-30 < T < 1e30:
        return np.full(n, np.inf)
    # Each of n + BLOCK additions is wrong by an epsilon of at most `reach`; the slope of sigma is 1/4 or less.
    return 2e-6 + (n + 2 * BLOCK + 8) * _EPSILON * reach * (1 - off) / T / 4


def worth(margin, n):
    """Whether single precision decides nearly always."""
    return n >= FEWEST and margin.max() < _DOUBTFUL


def chains(W, b, off, s, free, T, words, sweeps, margin):
    """So many sweeps of every chain, in place: s is (chains, n) int8, words (chains, 4)."""
    units = [free[start : start + BLOCK] for start in range(0, len(free), BLOCK)]
    single, bias = W.astype(np.float32), b.astype(np.float32)[:, None]
    parts = [(i, single[i], bias[i], single[np.ix_(i, i)]) for i in units]
    beta = np.float32((1 - off) / T)
    for start in range(0, len(s), _CHAINS):
        states = np.ascontiguousarray(s[start : start + _CHAINS].T, dtype=np.float32)
        generators = np.ascontiguousarray(words[start : start + _CHAINS].T)
        u, scratch = np.empty(states.shape[1]), np.empty((2, states.shape[1]), dtype=np.float32)
        for _ in range(sweeps):
            for i, rows, bias_i, within in parts:
                fields = rows @ states
                fields += bias_i
                _settle(W, b, off, T, beta, margin, i, within, states, fields, generators, u, *scratch)
        s[start : start + _CHAINS] = states.T
        words[start : start + _CHAINS] = generators.T


@kernel
def _settle(W, b, off, T, beta, margin, units, within, states, fields, generators, u, single, changes):
    """The units of a block in turn, for all chains."""
    for k in range(len(units)):
        i = units[k]
        _uniforms(generators[0], generators[1], generators[2], generators[3], u, single)
        near = np.float32(margin[i])
        if _decide(fields[k], np.float32(off), beta, near, single, states[i], changes):
            for c in range(len(u)):
                if abs(_gap(beta, fields[k, c], single[c])) <= near:
                    _decide_plainly(W, b, off, T, i, u[c], states[:, c], changes[c : c + 1])
        for later in range(k + 1, len(units)):
            _correct(fields[later], within[later, k], changes)


@kernel
def _uniforms(s0, s1, s2, s3, u, single):
    """`random.uniform` of every chain's generator, in both precisions."""
    for c in range(np.uint64(len(u))):
        word, s0[c], s1[c], s2[c], s3[c] = after(s0[c], s1[c], s2[c], s3[c])
        u[c] = np.float64(word >> np.uint64(11)) * 1.1102230246251565e-16
    for c in range(np.uint64(len(u))):
        single[c] = np.float32(u[c])


@kernel
def _gap(beta, field, u):
    return _1 / (_1 + exp(-(beta * field))) - u


@kernel
def _decide(field, off, beta, near, u, state, changes):
    """New states of a unit by u < p; whether any of them is too close to call."""
    close = np.int32(0)
    for c in range(np.uint64(len(u))):
        gap = _gap(beta, field[c], u[c])
        new = _1 if gap > _0 else off
        changes[c] = new - state[c]
        state[c] = new
        close = np.int32(close | np.int32(abs(gap) <= near))
    return close


@kernel
def _decide_plainly(W, b, off, T, i, u, s, change):
    """`boltzmann.sampling._update` of one chain."""
    old = s[i] - change[0]
    p = sigmoid((1 - off) * _field(W, b, s, i) / T)
    s[i] = np.float32(1 if u < p else off)
    change[0] = s[i] - old


@kernel
def _correct(field, weight, changes):
    for c in range(np.uint64(len(field))):
        field[c] += weight * changes[c]
