"""`annealing.tabu._search` with whole numbers, eight units at a time.

    field   | 12 -7 31 ... |      one pass over the units after each flip:
    row i   | -2  5  0 ... |        field += row of the unit that flipped
    sign    |  +  -  + ... |        cost = field with the sign of s, or "never" where tabu
    until   |  0 90 17 ... |        the lowest cost
                                  and a second to find who has it

Minima of floats depend on NaN, and are taken one by one; those of 32-bit integers are not. So weights become
whole numbers in units of a power of two, so small that 2^30 of them are more than any field: an
error of less than a billionth of the largest field, none at all if the weights are whole
numbers already (the path is then that of the plain kernel), and no rounding on the way.
"""

import math

import numpy as np
from numba import prange

from ebm import random
from ebm._kernel import kernel
from ebm.fast import coins

_LANES = 16  # numbers in a cache line
_BITS = 29  # of the largest field
_NEVER = np.int32(2**31 - 1)
_HIGH = np.int32(2**30)
_1, _0 = np.int32(1), np.int32(0)
_WORTH_THREADS = 2**18  # units looked at: a millisecond or more


def search(W, b, s, words, steps, tenure):
    """The best state of each run, (runs, n) int8, and the steps it took, (runs,)."""
    runs, n = s.shape
    given = setting(W, b, s)
    several = runs > 1 and runs * steps * n > _WORTH_THREADS
    (_on_threads if several else _in_turn)(*given, words, steps, tenure)
    *_, best, found = given
    return (1 + 2 * best[:, :n]).astype(np.int8), found


def setting(W, b, s):
    """What the kernels work on: rows, fields, signs, until, keys, numbers, the best states, when they were found."""
    runs, n = s.shape
    places = -(-n // _LANES) * _LANES
    largest = (np.abs(W).sum(axis=1) + np.abs(b)).max()
    unit = 2.0 ** (math.floor(math.log2(2**_BITS / largest)) if largest > 0 else 0)
    rows, numbers = _whole((n + 1, places)), _whole((places,))
    rows[:n, :n] = np.round(W * unit)
    numbers[:] = np.arange(places)
    fields, signs, until, keys, best = (_whole((runs, places)) for _ in range(5))
    # Whole numbers, exactly; of places without a unit, none is ever the lowest.
    fields[:, :n] = s.astype(np.float64) @ rows[:n, :n].astype(np.float64) + np.round(b * unit)
    fields[:, n:], until[:, n:] = _HIGH, _NEVER
    rows *= 2  # what a flip adds to a field
    signs[:, :n] = (s > 0) - 1
    best[:] = signs
    return rows, fields, signs, until, keys, numbers, best, np.zeros(runs, dtype=np.int64)


def _whole(shape):
    """Zeros (int32) that begin where a cache line does."""
    size = math.prod(shape)
    return coins.aligned((-(-size // 2),)).view(np.int32)[:size].reshape(shape)


@kernel
def _in_turn(rows, fields, signs, until, keys, number, best, found, words, steps, tenure):
    for r in range(len(found)):
        found[r] = _search(
            rows, fields[r], signs[r], until[r], keys[r], number, best[r], words[r], steps, tenure
        )


@kernel(parallel=True)
def _on_threads(rows, fields, signs, until, keys, number, best, found, words, steps, tenure):
    for r in prange(len(found)):
        found[r] = _search(
            rows, fields[r], signs[r], until[r], keys[r], number, best[r], words[r], steps, tenure
        )


@kernel
def _search(rows, field, sign, until, key, number, best, words, steps, tenure):
    """signs and best : 0 for a spin of +1, -1 (all bits) for one of -1. The last row is 0: nobody flips.

    Energies are halved and counted from the start: a flip adds its cost s_i field_i.
    """
    nobody = len(rows) - 1
    energy = lowest_energy = found = 0
    lowest = _pass(rows[nobody], field, sign, until, key, _0, _0, _0)
    for step in range(1, steps + 1):
        i, turn = nobody, _0
        if lowest < _NEVER:
            i = _who(key, lowest, number)
            energy += np.int64(lowest)
            turn = np.int32(~sign[i])  # to -1: the row is taken away
            sign[i] = turn
            until[i] = step + tenure + random.below(words, tenure)
            if energy < lowest_energy:
                lowest_energy, found = energy, step
                for j in range(len(sign)):
                    best[j] = sign[j]
        need = np.int32(max(lowest_energy - energy, -_HIGH))
        lowest = _pass(rows[i], field, sign, until, key, turn, np.int32(step), need)
    return found


@kernel
def _pass(row, field, sign, until, key, turn, step, need):
    """Add the row, with the sign of `turn`, to the fields; the cost of each flip that is allowed; the lowest."""
    lowest = _NEVER
    for j in range(len(field)):
        f = np.int32(field[j] + ((row[j] ^ turn) - turn))
        field[j] = f
        cost = np.int32((f ^ sign[j]) - sign[j])
        cost = cost if (until[j] <= step) | (cost < need) else _NEVER
        key[j] = cost
        lowest = cost if cost < lowest else lowest
    return lowest


@kernel
def _who(key, lowest, number):
    """The last place of the lowest."""
    at = np.int32(-1)
    for j in range(len(key)):
        here = number[j] if key[j] == lowest else np.int32(-1)
        at = here if here > at else at
    return np.int64(at)
