"""`annealing.cooling._sweep_in_turn`, Metropolis' rule, for bonds of one size: 64 runs a word.

    neighbours of unit i        satisfied bonds of 64 runs        how many, in binary
      s_1  101101...              s_i ^ s_1 ^ sign                  1 t_1 t_0   1 + t more than half
      s_2  001110...    ----->    s_i ^ s_2 ^ sign     ----->       0 . .       not more than half: flip
      ...                         ...                  full adders

A flip that breaks k bonds more than half breaks 2 k more than it mends (2 k - 1, of an odd number), and
e^(-cost/T) is a product: a coin for the first, and one for each digit of t, of p = r, r^2, r^4, ...

    flip = not more than half, or coin & (~t_0 | coin_0) & (~t_1 | coin_1) & ...

so that a decision is some operations on words. The coins come from `coins` and `rare`.
"""

from typing import NamedTuple

import numpy as np
from numba import prange

from ebm._kernel import kernel
from ebm.fast import coins, rare
from ebm.maths import exp

WORDS = 16  # of 64 runs, side by side: loops long enough
RUNS = 64 * WORDS
GROUP = 7  # neighbours whose sum has three digits
DIGITS = 7  # of a counter
MOST = 2**DIGITS - 2  # bonds of a unit
_UNITS = coins.BLOCK // WORDS  # whose coins are tossed at a time
_WORTH_THREADS = 2**16  # words: a millisecond or more
_NONE, _1, _ALL = np.uint64(0), np.uint64(1), np.uint64(2**64 - 1)
_W, _BLOCK, _FIRST = np.uint64(WORDS), np.uint64(coins.BLOCK), np.uint64(coins.FIRST)


class Graph(NamedTuple):
    """Who is bonded to whom.

    neighbours : (n, slots) int64 array; slots are a multiple of GROUP, empty ones name the unit itself
    signs : (n, slots) uint64 array, all 1 where a bond is satisfied by equal spins; 0 in empty slots: never satisfied
    groups : (n,) int64 array, of GROUP slots each, that are not empty
    counts : (n,) int64 array, the bonds of each unit
    """

    neighbours: np.ndarray
    signs: np.ndarray
    groups: np.ndarray
    counts: np.ndarray


def size(W, b):
    """The size of the bonds of a network that fits here, or None: one size, no biases, not too many."""
    sizes = np.abs(W)
    largest = float(sizes.max())
    if b.any() or not largest or np.count_nonzero(W, axis=1).max() > MOST:
        return None
    return largest if ((sizes == largest) | (sizes == 0)).all() else None


def graph(W):
    """The network's bonds in lists."""
    n = len(W)
    counts = np.count_nonzero(W, axis=1)
    groups = -(-counts // GROUP)
    neighbours = np.repeat(np.arange(n)[:, None], GROUP * max(1, int(groups.max())), axis=1)
    signs = np.zeros(neighbours.shape, dtype=np.uint64)
    unit, other = np.nonzero(W)
    slot = np.arange(len(unit)) - np.repeat(np.cumsum(counts) - counts, counts)
    neighbours[unit, slot] = other
    signs[unit, slot] = np.where(W[unit, other] > 0, _ALL, _NONE)
    return Graph(neighbours, signs, groups, counts)


class Runs:
    """Many runs on their way.

    W : (n, n) array whose bonds have that size
    s : (runs, n) int8 array of +1 and -1
    rng : numpy.random.Generator, advanced at the start only
    """

    def __init__(self, W, size, s, rng):
        self.shape, self.size, self.graph = s.shape, size, graph(W)
        groups = -(-len(s) // RUNS)
        self.words = coins.aligned((groups, len(W), WORDS))
        self.streams = coins.streams(rng, groups)
        for group, words in enumerate(self.words):
            _pack(s[RUNS * group : RUNS * (group + 1)], words)

    def spins(self):
        """The spins, in the shape they came in."""
        s = np.empty(self.shape, dtype=np.int8)
        for group, words in enumerate(self.words):
            _unpack(words, s[RUNS * group : RUNS * (group + 1)])
        return s

    def cool(self, temperatures, sweeps):
        """So many sweeps of every run at each of the temperatures."""
        costs = 2 * self.size / np.asarray(temperatures)
        several = len(self.words) > 1 and sweeps * len(costs) * self.words.size > _WORTH_THREADS
        advance = _cool_groups if several else _cool_in_turn
        advance(self.words, self.streams, *self.graph, costs, sweeps)

    def energies(self):
        """Of the spins as they are: (runs,) float64 array."""
        found = np.zeros((len(self.words), RUNS), dtype=np.int64)
        for words, satisfied in zip(self.words, found, strict=True):
            _satisfied(words, *self.graph, satisfied)
        both_ends = found.ravel()[: self.shape[0]]
        return -self.size * (both_ends - self.graph.counts.sum() // 2).astype(np.float64)


@kernel
def _cool_in_turn(words, streams, neighbours, signs, groups, counts, costs, sweeps):
    for k in range(len(words)):
        _cool(words[k], streams[k], neighbours, signs, groups, counts, costs, sweeps)


@kernel(parallel=True)
def _cool_groups(words, streams, neighbours, signs, groups, counts, costs, sweeps):
    for k in prange(len(words)):
        _cool(words[k], streams[k], neighbours, signs, groups, counts, costs, sweeps)


@kernel
def _cool(words, stream, neighbours, signs, groups, counts, costs, sweeps):
    """costs : (steps,) float64 array, what one more broken bond costs, over T"""
    n = len(counts)
    digits = np.empty((DIGITS, 2 * (coins.DIGITS + 1)), dtype=np.uint64)
    redo, hits = np.empty((DIGITS, 2)), np.empty((DIGITS, rare.MOST_HITS))
    tossed = np.zeros((DIGITS + 1) * coins.BLOCK, dtype=np.uint64)
    work, planes = np.empty(DIGITS, dtype=np.int64), np.empty(DIGITS * WORDS, dtype=np.uint64)
    # Kernels that call others get no slices: to count who holds them takes as long as some bonds.
    s, neighbours, signs, slots = words.ravel(), neighbours.ravel(), signs.ravel(), signs.shape[1]
    for cost in costs:
        _kinds(cost, digits, redo, hits, work)
        tossed[:] = _NONE
        for _ in range(sweeps):
            for i in range(n):
                if i % _UNITS == 0:
                    _toss(stream, digits, redo, hits, work, tossed)
                _start(counts[i], planes)
                for slot in range(i * slots, i * slots + groups[i] * GROUP, GROUP):
                    _add(s, i, neighbours, signs, slot, planes)
                _flip(s, i, planes, counts[i] % 2, tossed, i % _UNITS)


@kernel
def _kinds(cost, digits, redo, hits, work):
    """Tables for the coins: of the first bond, and of each digit. work : 0 if they are never 1, 1 rain, 2 tossed."""
    for k in range(DIGITS):
        # An odd number of bonds: the first costs 1; an even one: 2, as every bond after the first.
        first = exp(-cost) if k == 0 else exp(-(2.0**k) * cost)
        second = exp(-2 * cost) if k == 0 else 0.0
        work[k] = 1 + rare.chances(first, second, digits[k], redo[k], hits[k])
        if hits[k, 0] == 1.0 and work[k] == 1:
            work[k] = 0


@kernel
def _toss(stream, digits, redo, hits, work, tossed):
    """A block of each kind of coins: first those of the first bond, for an odd and for an even number."""
    for k in range(len(work)):
        to = np.uint64((k + (k > 0)) * coins.BLOCK)
        if work[k] == 2:
            coins.toss(stream, digits[k], redo[k], hits[k])
        elif work[k] == 1:
            rare.rain(stream, redo[k], hits[k])
        else:
            continue
        for i in range(coins.BLOCK if k > 0 else 2 * coins.BLOCK):
            tossed[to + np.uint64(i)] = stream[_FIRST + np.uint64(i)]


@kernel
def _start(count, planes):
    """Digits of half the counter's range - 1 - half the bonds, to which each satisfied bond adds 1."""
    start = 2 ** (DIGITS - 1) - 1 - count // 2
    for digit in range(DIGITS):
        for w in range(WORDS):
            planes[digit * WORDS + w] = _ALL if (start >> digit) & 1 else _NONE


@kernel(apart=True)
def _add(s, i, neighbours, signs, slot, planes):
    """The satisfied bonds among GROUP to the counters, whose last digit is 1 in the end if they are more than half."""
    me, k = np.uint64(i) * _W, np.uint64(slot)
    n0, n1, n2 = (
        np.uint64(neighbours[k]) * _W,
        np.uint64(neighbours[k + np.uint64(1)]) * _W,
        np.uint64(neighbours[k + np.uint64(2)]) * _W,
    )
    n3, n4, n5 = (
        np.uint64(neighbours[k + np.uint64(3)]) * _W,
        np.uint64(neighbours[k + np.uint64(4)]) * _W,
        np.uint64(neighbours[k + np.uint64(5)]) * _W,
    )
    n6 = np.uint64(neighbours[k + np.uint64(6)]) * _W
    s0, s1, s2, s3, s4, s5, s6 = (
        signs[k],
        signs[k + np.uint64(1)],
        signs[k + np.uint64(2)],
        signs[k + np.uint64(3)],
        signs[k + np.uint64(4)],
        signs[k + np.uint64(5)],
        signs[k + np.uint64(6)],
    )
    for word in range(WORDS):
        w = np.uint64(word)
        spin = s[me + w]
        a, b, c = spin ^ s[n0 + w] ^ s0, spin ^ s[n1 + w] ^ s1, spin ^ s[n2 + w] ^ s2
        d, e, f = spin ^ s[n3 + w] ^ s3, spin ^ s[n4 + w] ^ s4, spin ^ s[n5 + w] ^ s5
        g = spin ^ s[n6 + w] ^ s6
        # Four full adders: seven digits become three.
        x, x2 = a ^ b ^ c, (a & b) | (c & (a | b))
        y, y2 = d ^ e ^ f, (d & e) | (f & (d | e))
        one, z2 = x ^ y ^ g, (x & y) | (g & (x | y))
        two, four = x2 ^ y2 ^ z2, (x2 & y2) | (z2 & (x2 | y2))
        # And three more, and half adders, add those to the counter.
        p = planes[w]
        planes[w] = p ^ one
        carry = p & one
        p = planes[_W + w]
        planes[_W + w] = p ^ two ^ carry
        carry = (p & two) | (carry & (p | two))
        p = planes[_W + _W + w]
        planes[_W + _W + w] = p ^ four ^ carry
        carry = (p & four) | (carry & (p | four))
        p = planes[_W + _W + _W + w]
        planes[_W + _W + _W + w] = p ^ carry
        carry = p & carry
        p = planes[np.uint64(4) * _W + w]
        planes[np.uint64(4) * _W + w] = p ^ carry
        carry = p & carry
        p = planes[np.uint64(5) * _W + w]
        planes[np.uint64(5) * _W + w] = p ^ carry
        carry = p & carry
        planes[np.uint64(6) * _W + w] ^= carry


@kernel(apart=True)
def _flip(s, i, planes, odd, tossed, turn):
    me, first = np.uint64(i) * _W, np.uint64(turn) * _W
    coin = first + (_NONE if odd else _BLOCK)
    first += _BLOCK
    for word in range(WORDS):
        w = np.uint64(word)
        flip = tossed[coin + w]
        flip &= ~planes[w] | tossed[first + _BLOCK + w]
        flip &= ~planes[_W + w] | tossed[first + np.uint64(2) * _BLOCK + w]
        flip &= ~planes[np.uint64(2) * _W + w] | tossed[first + np.uint64(3) * _BLOCK + w]
        flip &= ~planes[np.uint64(3) * _W + w] | tossed[first + np.uint64(4) * _BLOCK + w]
        flip &= ~planes[np.uint64(4) * _W + w] | tossed[first + np.uint64(5) * _BLOCK + w]
        flip &= ~planes[np.uint64(5) * _W + w] | tossed[first + np.uint64(6) * _BLOCK + w]
        s[me + w] ^= flip | ~planes[np.uint64(6) * _W + w]


@kernel
def _satisfied(words, neighbours, signs, groups, counts, found):
    """Satisfied bonds of all units together, each bond from both its ends: counters again, of 32 digits."""
    s, n = words.ravel(), len(counts)
    planes, total = np.empty(DIGITS * WORDS, dtype=np.uint64), np.zeros(32 * WORDS, dtype=np.uint64)
    carry = np.empty(WORDS, dtype=np.uint64)
    for i in range(n):
        _start(counts[i], planes)
        for group in range(groups[i]):
            _add(s, i, neighbours[i], signs[i], group * GROUP, planes)
        carry[:] = _NONE
        for digit in range(32):
            for word in range(WORDS):
                w = np.uint64(digit * WORDS + word)
                old, new = total[w], planes[w] if digit < DIGITS else _NONE
                total[w] = old ^ new ^ carry[word]
                carry[word] = (old & new) | (carry[word] & (old | new))
    for run in range(RUNS):
        for digit in range(32):
            found[run] += np.int64((total[digit * WORDS + (run >> 6)] >> np.uint64(run & 63)) & _1) << digit
        for i in range(n):
            found[run] -= 2 ** (DIGITS - 1) - 1 - counts[i] // 2  # where its counter starts


@kernel
def _pack(s, words):
    for run in range(len(s)):
        for i in range(s.shape[1]):
            words[i, run >> 6] |= np.uint64(s[run, i] > 0) << np.uint64(run & 63)


@kernel
def _unpack(words, s):
    for run in range(len(s)):
        for i in range(s.shape[1]):
            s[run, i] = 2 * np.int8((words[i, run >> 6] >> np.uint64(run & 63)) & _1) - 1
