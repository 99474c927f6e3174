"""`coins` for chances that change at every sweep and become small: tables made by a kernel, coins by their hits alone.

    p = 0.0007:  nearly all of 64 x 64 coins are 0        how many are 1: one number, Poisson's
                 . . . . . . . 1 . . . . . . . . .        where: a random word for each, made
                 . . . . . . . . . . . . . . 1 . .        64 at a time

Digits of p would have to be tossed for every coin; a hit costs something only where it falls.
"""

import math

import numpy as np

from ebm._kernel import kernel
from ebm.fast import coins
from ebm.fast.words import after
from ebm.maths import exp, log

_NONE, _1, _ALL = np.uint64(0), np.uint64(1), np.uint64(2**64 - 1)
_6, _63, _BLOCK = (np.uint64(k) for k in (6, 63, coins.BLOCK))
_FIRST, _SECOND, _FAIR = (np.uint64(k) for k in (coins.FIRST, coins.SECOND, coins.FAIR))
_RARE = 1 / 128  # so rare that hits are faster than digits: 128 in a block of 2^14
MOST_HITS = 260  # in a block; more have a chance below 10^-20
_NEVER = 2.0**-53  # the least chance that the plain kernels' random numbers can tell from none


@kernel
def chances(first, second, digits, redo, hits):
    """`coins.pair` of (first, second <= first) into arrays; whether they are to be tossed, or are rain.

    hits : (MOST_HITS,) float64 array, filled up to the first 1
    """
    grid = 2.0**coins.DIGITS if first > _RARE else 1.0
    redo[0], redo[1] = (first, second) if second > _NEVER else (first if first > _NEVER else 0.0, 0.0)
    e = 0.0
    for k in range(2):
        down, up = math.floor(redo[k] * grid), math.ceil(redo[k] * grid)
        need_down = (redo[k] - down / grid) / (1 - down / grid) if down < grid else 0.0
        need_up = (up / grid - redo[k]) / (up / grid) if up > 0 else 0.0
        hits[k] = down if need_down <= need_up else up
        e = max(e, min(need_down, need_up))
    for k in range(2):
        rounded = np.int64(hits[k])
        redo[k] = min(max((redo[k] - (1 - e) * hits[k] / grid) / e, 0.0), 1.0) if e > 0 else 0.0
        whole = rounded == 2**coins.DIGITS  # 1 is .1111... and a start of all 1
        start, below = k * (coins.DIGITS + 1), whole
        for digit in range(coins.DIGITS + 1):  # `coins.turns`
            one = digit < coins.DIGITS and (whole or (rounded >> digit) & 1 == 1)
            digits[start + digit] = _ALL if one != below else _NONE
            below = one
    mean = 64 * coins.BLOCK * (-log(1 - e) if e > 1e-5 else e * (1 + e / 2))
    term = exp(-mean)
    total, k = term, 0
    while k < MOST_HITS - 1 and (k < mean or term > 1e-17):
        hits[k] = total
        k += 1
        term *= mean / k
        total += term
    hits[k] = 1.0
    return grid > 1


@kernel
def rain(stream, redo, hits):
    """A block of coins that are nearly all 0: how many are 1, and where. What `coins._hit` does, in bulk."""
    for i in range(coins.FIRST, coins.FAIR):
        stream[i] = _NONE
    word, s0, s1, s2, s3 = after(
        stream[coins.HITS], stream[coins.HITS + 1], stream[coins.HITS + 2], stream[coins.HITS + 3]
    )
    stream[coins.HITS], stream[coins.HITS + 1], stream[coins.HITS + 2], stream[coins.HITS + 3] = (
        s0,
        s1,
        s2,
        s3,
    )
    u = np.float64(word >> np.uint64(11)) * 1.1102230246251565e-16
    k = 0
    while u >= hits[k]:
        if k % coins.BLOCK == 0:
            _draw(stream)
        word = stream[coins.FAIR + k % coins.BLOCK]
        k += 1
        place = word >> coins.TO_PLACE
        at, coin = place >> _6, _1 << (place & _63)
        v = np.float64((word << coins.TO_CHANCE) >> coins.TO_CHANCE) * coins.CHANCE
        for j in range(2):  # a place that is hit again is decided anew
            here = at + (_FIRST if j == 0 else _SECOND)
            stream[here] = stream[here] | coin if v < redo[j] else stream[here] & ~coin


@kernel
def _draw(stream):
    """A random word from each of the stream's generators (`random.next_word`), side by side."""
    for k in range(_BLOCK):
        s0, s1, s2, s3 = coins.generator(stream, k)
        stream[_FAIR + k], s0, s1, s2, s3 = after(s0, s1, s2, s3)
        coins.put(stream, k, s0, s1, s2, s3)
