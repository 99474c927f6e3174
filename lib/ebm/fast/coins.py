"""64 biased coins a word: `random.uniform(words) < p`, for all the bits of a word at once.

A random number u is one bit in each of many random words, and u < p is decided from the
last digit up. At a 1 of p, u is below if its digit is 0, or if the rest of it is below; at a 0,
if its digit is 0 and the rest is below. Random bits r stand for "the digit is 0".

    p = .1011   below = 0;  below = r4 | below;  r3 | below;  r2 & below;  r1 | below

Eight digits leave p wrong by less than 1/256. Hits make up for it, exactly: now and then, with
a small probability e, a coin is tossed anew with another p', so that (1 - e) p8 + e p' = p.
Hits fall like rain: their number in a block of words is Poisson's, their places are uniform.
"""

import math
from typing import NamedTuple

import numpy as np

from ebm import random
from ebm._kernel import kernel
from ebm.fast.words import after

DIGITS = 8  # with fewer, hits take the time; from 12 on LLVM would no longer unroll the loop over them
BLOCK = 64  # words tossed at a time: loops long enough, and all in the fastest cache
# In the flat array of a stream: four words of generator for each of the BLOCK words, then results,
# then the generator of the hits.
FIRST, SECOND, FAIR, HITS = 4 * BLOCK, 5 * BLOCK, 6 * BLOCK, 7 * BLOCK
STREAM = 7 * BLOCK + 8
KINDS = DIGITS * BLOCK  # where coins begin in the room of `toss_kinds`

_ALL = np.uint64(2**64 - 1)
_11, _12, _17, _19, _23, _41, _45 = (np.uint64(k) for k in (11, 12, 17, 19, 23, 41, 45))
_6, _52, _63 = np.uint64(6), np.uint64(52), np.uint64(63)
_1 = np.uint64(1)


class Pair(NamedTuple):
    """Two kinds of coins, or more.

    digits : (kinds (DIGITS + 1),) uint64 array, for each kind: what `below` starts as, then the digits, the last
        first; words of all 0 or all 1
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
    """A number of so many digits as words, all 0 or all 1: what `below` starts as, then the digits."""
    whole = round(p * 2**DIGITS)
    digits = 2**DIGITS - 1 if whole == 2**DIGITS else whole  # 1 is .1111... and a start of all 1
    ones = [whole == 2**DIGITS, *((digits >> k) & 1 for k in range(DIGITS))]
    return np.where(ones, _ALL, np.uint64(0))


def _poisson(mean):
    """Probability of at most k events, for k = 0, 1, ... until it is 1."""
    term = total = math.exp(-mean)
    found = [total]
    for k in range(1, 64):
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
    return found


def aligned(shape):
    """Zeros (uint64) that begin where a cache line does, which is worth a third of the time."""
    size = math.prod(shape)
    raw = np.zeros(size + 8, dtype=np.uint64)
    start = -raw.ctypes.data // 8 % 8
    return raw[start : start + size].reshape(shape)


@kernel
def toss(stream, n, pair):
    """Fill n words of each kind, and n of fair coins, which are not independent of the others."""
    digits = pair.digits
    for k in range(n):
        # BLOCK generators of `ebm.random`, side by side.
        s0, s1, s2, s3 = stream[k], stream[BLOCK + k], stream[2 * BLOCK + k], stream[3 * BLOCK + k]
        a, b = digits[0], digits[DIGITS + 1]
        r = s0
        for digit in range(1, DIGITS + 1):
            # `words.after`, spelled out: here that is 3% faster.
            r = s0 + s3
            r = ((r << _23) | (r >> _41)) + s0
            shifted = s1 << _17
            s2 ^= s0
            s3 ^= s1
            s1 ^= s2
            s0 ^= s3
            s2 ^= shifted
            s3 = (s3 << _45) | (s3 >> _19)
            a = (r & a) | (digits[digit] & (r | a))
            b = (r & b) | (digits[DIGITS + 1 + digit] & (r | b))
        stream[k], stream[BLOCK + k], stream[2 * BLOCK + k], stream[3 * BLOCK + k] = s0, s1, s2, s3
        stream[FIRST + k], stream[SECOND + k], stream[FAIR + k] = a, b, r
    _hit(stream, stream, FIRST, pair.redo, pair.hits)


def room(groups, kinds):
    """Where `toss_kinds` leaves digits, and after them coins: one row for each stream."""
    return aligned((groups, (DIGITS + kinds) * BLOCK))


@kernel
def toss_kinds(stream, n, pair, room):
    """As `toss`, for any number of kinds: digits are drawn once, and the kinds go through them one by one.

    n words of kind j are then in room[KINDS + j BLOCK], ...
    """
    for k in range(n):
        s0, s1, s2, s3 = stream[k], stream[BLOCK + k], stream[2 * BLOCK + k], stream[3 * BLOCK + k]
        for digit in range(DIGITS):
            room[digit * BLOCK + k], s0, s1, s2, s3 = after(s0, s1, s2, s3)
        stream[k], stream[BLOCK + k], stream[2 * BLOCK + k], stream[3 * BLOCK + k] = s0, s1, s2, s3
    for kind in range(len(pair.redo)):
        first, at = kind * (DIGITS + 1), KINDS + kind * BLOCK
        for k in range(n):
            below = pair.digits[first]
            for digit in range(DIGITS):
                r, one = room[digit * BLOCK + k], pair.digits[first + 1 + digit]
                below = (r & below) | (one & (r | below))
            room[at + k] = below
    _hit(stream, room, KINDS, pair.redo, pair.hits)


@kernel
def _hit(stream, coins, first, redo, hits):
    """Toss anew what is hit. coins : the array that holds them, from `first` on, kind after kind."""
    words = stream[HITS : HITS + 4]
    u = random.uniform(words)
    k = 0
    while u >= hits[k]:
        k += 1
        word = random.next_word(words)
        place = word >> _52  # of 64 BLOCK = 2^12 coins
        coin = _1 << (place & _63)
        v = np.float64((word << _12) >> _11) * 1.1102230246251565e-16
        for kind in range(len(redo)):
            at = np.int64(place >> _6) + first + kind * BLOCK
            coins[at] = coins[at] | coin if v < redo[kind] else coins[at] & ~coin
