"""64 biased coins a word: `random.uniform(words) < p`, for all the bits of a word at once.

A random number u is one bit in each of many random words, and u < p is decided from the
last digit up. At a 1 of p, u is below if its digit is 0, or if the rest of it is below; at a 0,
if its digit is 0 and the rest is below. Random bits r stand for "the digit is 0".

    p = .1011   below = 0;  below = r4 | below;  r3 | below;  r2 & below;  r1 | below

r is as good a coin as ~r, and r | below is ~(~r & ~below). So one operation does for both digits, if `below`
is kept turned round (0 for 1) ahead of each digit 1, which is: turned where two digits in a row differ,

                coin = 1;  coin = r4 & coin;  ~(r3 & coin);  ~(r2 & coin);  ~(r1 & coin)

Some digits leave p wrong by less than the last of them. Hits make up for it, exactly: now and then,
with a small probability e, a coin is tossed anew with another p', so that (1 - e) p_digits + e p' = p.
Hits fall like rain: their number in a block of words is Poisson's, their places are uniform.
"""

import math
from typing import NamedTuple

import numpy as np

from ebm._kernel import kernel
from ebm.fast.words import after

DIGITS = 10  # with fewer, hits take the time; from 12 on LLVM would no longer unroll the loop over them
BLOCK = 256  # words tossed at a time: loops long enough, and all in the fastest cache
# In the flat array of a stream: four words of generator for each of the BLOCK words, then results,
# then the generator of the hits, and how many words of the results are used up.
FIRST, SECOND, FAIR, HITS = 4 * BLOCK, 5 * BLOCK, 6 * BLOCK, 7 * BLOCK
USED, STREAM = HITS + 4, HITS + 8
KINDS = DIGITS * BLOCK  # where coins begin in the room of `toss_kinds`
_MOST_HITS = 128  # more have a chance below 10^-20

_ALL = np.uint64(2**64 - 1)
_1, _6, _11, _63 = (np.uint64(k) for k in (1, 6, 11, 63))
_PLACE = 6 + BLOCK.bit_length() - 1  # digits of a place among all coins of a block
TO_PLACE, TO_CHANCE = np.uint64(64 - _PLACE), np.uint64(_PLACE)
CHANCE = 2.0 ** (_PLACE - 64)
_BLOCK, _HALF = np.uint64(BLOCK), np.uint64(BLOCK // 2)
_FIRST, _SECOND, _FAIR = np.uint64(FIRST), np.uint64(SECOND), np.uint64(FAIR)


class Pair(NamedTuple):
    """Two kinds of coins, or more.

    digits : (kinds (DIGITS + 1),) uint64 array, for each kind: what the coin starts as, then for each digit, the
        last first, whether it is turned round; words of all 0 or all 1
    redo : (kinds,) float64 array, the probabilities p' of a coin that was hit
    hits : float64 array, probability of at most k hits in a block
    """

    digits: np.ndarray
    redo: np.ndarray
    hits: np.ndarray


def pair(p):
    """Coins that are 1 with probability p[0], with p[1], and so on.

    Parameters
    ----------
    p : (kinds,) array
        In [0, 1]; two for `toss`.

    Returns
    -------
    Pair
    """
    grid = 2**DIGITS
    # Rounded to digits, down or up, whichever needs fewer hits: p' is then 1 or 0.
    down = [math.floor(p_k * grid) / grid for p_k in p]
    up = [math.ceil(p_k * grid) / grid for p_k in p]
    need_down = [(p_k - d) / (1 - d) if d < 1 else 0.0 for p_k, d in zip(p, down, strict=True)]
    need_up = [(u - p_k) / u if u > 0 else 0.0 for p_k, u in zip(p, up, strict=True)]
    rounded = [d if a <= b else u for d, u, a, b in zip(down, up, need_down, need_up, strict=True)]
    e = max(map(min, need_down, need_up))
    redo = [(p_k - (1 - e) * r) / e if e else 0.0 for p_k, r in zip(p, rounded, strict=True)]
    hits = _poisson(-64 * BLOCK * math.log1p(-e))
    return Pair(np.concatenate([*map(_words, rounded)]), np.clip(redo, 0.0, 1.0), hits)


def _words(p):
    """A number of so many digits as words, all 0 or all 1: what a coin starts as, then where it is turned round."""
    whole = round(p * 2**DIGITS)
    digits = 2**DIGITS - 1 if whole == 2**DIGITS else whole  # 1 is .1111... and a start of all 1
    below = [whole == 2**DIGITS, *((digits >> k) & 1 for k in range(DIGITS)), 0]
    return np.where(turns(below), _ALL, np.uint64(0))


def turns(below):
    """What a coin starts as, and whether it is turned round at each digit.

    below : sequence of what `below` starts as, the digits, and a 0
    """
    return np.diff(np.array(below, dtype=np.int8)) != 0


def _poisson(mean):
    """Probability of at most k events, for k = 0, 1, ... until it is 1."""
    term = total = math.exp(-mean)
    found = [total]
    for k in range(1, _MOST_HITS):
        term *= mean / k
        total += term
        found.append(min(total, 1.0))
    found[-1] = 1.0
    return np.array(found)


def streams(rng, count):
    """Generators for so many independent streams of coins, drawn from a NumPy generator.

    Parameters
    ----------
    rng : numpy.random.Generator
    count : int

    Returns
    -------
    (count, STREAM) uint64 array
    """
    found = aligned((count, STREAM))
    for stream in found:  # one after the other: the first are the same, however many follow
        stream[:FIRST] = rng.integers(0, 2**64, size=FIRST, dtype=np.uint64)
        stream[HITS : HITS + 4] = rng.integers(0, 2**64, size=4, dtype=np.uint64)
        stream[USED] = BLOCK
    return found


def aligned(shape):
    """Zeros (uint64) that begin where a cache line does, which is worth a third of the time."""
    size = math.prod(shape)
    raw = np.zeros(size + 8, dtype=np.uint64)
    start = -raw.ctypes.data // 8 % 8
    return raw[start : start + size].reshape(shape)


@kernel
def toss(stream, digits, redo, hits):
    """Fill a block of words of each of two kinds, and one of fair coins; no kind is independent of the others."""
    for k in range(_HALF):  # two at a time: while one generator waits for itself, the other goes on
        j = k + _HALF
        s0, s1, s2, s3 = generator(stream, k)
        t0, t1, t2, t3 = generator(stream, j)
        a, b = digits[0], digits[DIGITS + 1]
        c, d, r, q = a, b, s0, t0
        for digit in range(1, DIGITS + 1):
            r, s0, s1, s2, s3 = after(s0, s1, s2, s3)
            q, t0, t1, t2, t3 = after(t0, t1, t2, t3)
            a, c = (r & a) ^ digits[digit], (q & c) ^ digits[digit]
            b, d = (r & b) ^ digits[DIGITS + 1 + digit], (q & d) ^ digits[DIGITS + 1 + digit]
        put(stream, k, s0, s1, s2, s3)
        put(stream, j, t0, t1, t2, t3)
        stream[_FIRST + k], stream[_SECOND + k], stream[_FAIR + k] = a, b, r
        stream[_FIRST + j], stream[_SECOND + j], stream[_FAIR + j] = c, d, q
    _hit(stream, stream, FIRST, redo, hits)


@kernel
def generator(stream, k):
    """The words of one of the BLOCK generators of `ebm.random`, side by side."""
    return stream[k], stream[_BLOCK + k], stream[_BLOCK + _BLOCK + k], stream[_BLOCK + _BLOCK + _BLOCK + k]


@kernel
def put(stream, k, s0, s1, s2, s3):
    stream[k], stream[_BLOCK + k] = s0, s1
    stream[_BLOCK + _BLOCK + k], stream[_BLOCK + _BLOCK + _BLOCK + k] = s2, s3


def room(groups, kinds):
    """Where `toss_kinds` leaves digits, and after them coins: one row for each stream."""
    return aligned((groups, (DIGITS + kinds) * BLOCK))


@kernel
def toss_kinds(stream, digits, redo, hits, room):
    """As `toss`, for any number of kinds: digits are drawn once, and the kinds go through them one by one.

    Words of kind j are then in room[KINDS + j BLOCK], ...
    """
    for k in range(_BLOCK):
        s0, s1, s2, s3 = generator(stream, k)
        for digit in range(DIGITS):
            room[np.uint64(digit * BLOCK) + k], s0, s1, s2, s3 = after(s0, s1, s2, s3)
        put(stream, k, s0, s1, s2, s3)
    for kind in range(len(redo)):
        first, at = kind * (DIGITS + 1), np.uint64(KINDS + kind * BLOCK)
        for k in range(_BLOCK):
            coin = digits[first]
            for digit in range(DIGITS):
                coin = (room[np.uint64(digit * BLOCK) + k] & coin) ^ digits[first + 1 + digit]
            room[at + k] = coin
    _hit(stream, room, KINDS, redo, hits)


@kernel
def _hit(stream, coins, first, redo, hits):
    """Toss anew what is hit. coins : the array that holds them, from `first` on, kind after kind."""
    word, s0, s1, s2, s3 = after(stream[HITS], stream[HITS + 1], stream[HITS + 2], stream[HITS + 3])
    u = np.float64(word >> _11) * 1.1102230246251565e-16
    k = 0
    while u >= hits[k]:
        k += 1
        word, s0, s1, s2, s3 = after(s0, s1, s2, s3)
        place = word >> TO_PLACE
        coin = _1 << (place & _63)
        v = np.float64((word << TO_CHANCE) >> TO_CHANCE) * CHANCE
        for kind in range(len(redo)):
            at = (place >> _6) + np.uint64(first + kind * BLOCK)
            coins[at] = coins[at] | coin if v < redo[kind] else coins[at] & ~coin
    stream[HITS], stream[HITS + 1], stream[HITS + 2], stream[HITS + 3] = s0, s1, s2, s3
