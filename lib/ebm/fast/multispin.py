"""`ising._checkerboard_sweeps`, 64 spins at a time: a spin is one bit of a word.

    a lattice in strips         bits of word (row, j):          neighbours of 64 spins:
    of C columns, one a bit     column j of each strip          four words, no wider than one

      j  0 1 2   0 1 2            bit 0  bit 1  ...               s agrees with the word above: ~(s ^ above)
        +-----+ +-----+
        |. x .| |. x .|           (. x .) holds the word          a full adder counts the four agreements,
        |     | |     |           of row 0, j = 1                 for 64 spins at once
        +-----+ +-----+

A flip costs energy if 3 or 4 neighbours agree with the spin: two kinds of coins (`coins`)
decide those, for all rules that give equal costs equal chances. The words of one colour
and one j lie row after row, so that the loops run over long arrays. To the left of a
strip's first column is the last of the strip before: the same words, turned by one bit.

With an odd C two neighbouring strips have opposite colours. Strip b is then turned
upwards by b rows, which puts sites of one colour into each word.

In a field B spins of +1 and -1 differ: `multispin_field`.

64 lattices of any even sides go the same way: a strip is then a lattice of its own,
and nothing is turned.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import prange

from ebm._kernel import kernel
from ebm.fast import coins

_NONE, _1, _ALL = np.uint64(0), np.uint64(1), np.uint64(2**64 - 1)
_WORTH_THREADS = 2**18  # words: a millisecond or more
_PAD = 8  # words before and after each column: room for the neighbours around the edge


class Layout(NamedTuple):
    """How lattices lie in words.

    rows, columns : int, of the lattice
    strips : int, bits in use: strips of the lattice, or (up to) 64 lattices
    width : int, columns of a strip
    turned : 1 if strip b begins b rows further down, or 0
    joined : 1 if strips are parts of one lattice, 0 if each is one of its own
    """

    rows: int
    columns: int
    strips: int
    width: int
    turned: int
    joined: int

    @property
    def stride(self):
        """Words from one column to the next: half the rows, room on both sides, whole cache lines."""
        return 8 * math.ceil(self.rows / 16) + 2 * _PAD


class Rule(NamedTuple):
    """When a spin flips.

    coins : coins.Pair, the chances with 3 and with 4 satisfied bonds
    sign : word, all 1 if J > 0: sign ^ s ^ neighbour is then 1 where the bond is satisfied
    symmetric : word, all 1 if with 2, 1, 0 satisfied bonds the chances are 1/2 and 1 - those with 3 and 4;
        all 0 if the spin then always flips
    """

    coins: coins.Pair
    sign: np.uint64
    symmetric: np.uint64


def fits(shape):
    """Why these kernels do not treat such a lattice, or an empty string."""
    if len(shape) != 2 or min(shape) < 4 or shape[0] % 2 or shape[1] % 2:
        return f"the sides are {shape}; wanted two even ones of 4 or more"
    return ""


def strips_of(shape):
    """The layout of a single lattice: as many strips as there can be in 64 bits."""
    rows, columns = shape
    strips = max(k for k in range(1, 65) if columns % k == 0)
    width = columns // strips
    return Layout(rows, columns, strips, width, width % 2, 1)


class Lattices:
    """One lattice, or many, on their way.

    s : (rows, columns) or (batch, rows, columns) int8 array of +1 and -1
    rng : numpy.random.Generator, advanced at the start only
    """

    def __init__(self, s, shape, rng, layout=None):
        self.shape = s.shape
        lattices = s.reshape(-1, *shape)
        self.layout = layout or (strips_of(shape) if s.ndim == 2 else Layout(*shape, 64, shape[1], 0, 0))
        self.groups = 1 if self.layout.joined else math.ceil(len(lattices) / 64)
        self.words = coins.aligned((self.groups, 2, self.layout.width + 2, self.layout.stride))
        self.streams = coins.streams(rng, self.groups)
        for group, words in enumerate(self.words):
            _pack(lattices[64 * group : 64 * group + 64], self.layout, words)
            for colour in range(2):
                _wrap(words[colour], self.layout, colour)

    def spins(self):
        """The spins, in the shape they came in."""
        s = np.empty(self.shape, dtype=np.int8)
        lattices = s.reshape(-1, self.layout.rows, self.layout.columns)
        for group, words in enumerate(self.words):
            _unpack(words, self.layout, lattices[64 * group : 64 * group + 64])
        return s

    def sweep(self, flip, J, sweeps):
        """flip : (2, 9), the table of `ising._metropolis` or `ising._heat_bath` without a field."""
        rule = _rule(flip, J)
        if self.groups > 1 and sweeps * self.words.size > _WORTH_THREADS:
            _sweeps_of_groups(self.words, self.streams, *rule.coins, *rule[1:], *self.layout[:2], sweeps)
            return
        for words, stream in zip(self.words, self.streams, strict=True):
            _sweeps(words, stream, rule, self.layout, sweeps)


def _rule(flip, J):
    """What decides a flip, from the plain kernel's table."""
    satisfied_3_and_4 = slice(6, 9, 2) if J > 0 else slice(2, None, -2)
    heat_bath = flip[1, 4] < 1
    return Rule(
        coins.pair(flip[1, satisfied_3_and_4]), _ALL if J > 0 else _NONE, _ALL if heat_bath else _NONE
    )


@kernel
def _sweeps(words, stream, rule, layout, sweeps):
    stride, half = words.shape[2], layout.rows // 2
    for half_sweep in range(2 * sweeps):
        colour = half_sweep % 2
        me, other = words[colour].ravel(), words[1 - colour].ravel()
        for j in range(layout.width):
            begins_in_row_1 = (j + colour) % 2
            for start in range(0, half, coins.BLOCK):
                n = min(coins.BLOCK, half - start)
                coins.toss(stream, n, rule.coins)
                here = (j + 1) * stride + _PAD + start
                _flip(me, other, here, 2 * begins_in_row_1 - 1, stride, n, stream, rule)
        _wrap(words[colour], layout, colour)


@kernel(parallel=True)
def _sweeps_of_groups(words, streams, digits, redo, hits, sign, symmetric, rows, columns, sweeps):
    # A parallel loop cannot be handed tuples, but can make them.
    for group in prange(len(words)):
        rule = Rule(coins.Pair(digits, redo, hits), sign, symmetric)
        _sweeps(words[group], streams[group], rule, Layout(rows, columns, 64, columns, 0, 0), sweeps)


@kernel
def _flip(me, other, here, next_row, stride, n, stream, rule):
    """n words of one column: row above and below are the same word of the other colour, and one beside it."""
    # Unsigned: an index that could be negative would keep the loop from being vectorised.
    above, below = np.uint64(here), np.uint64(here + next_row)
    left, right = np.uint64(here - stride), np.uint64(here + stride)
    sign, symmetric = rule.sign, rule.symmetric
    at_first, at_second, at_fair = np.uint64(coins.FIRST), np.uint64(coins.SECOND), np.uint64(coins.FAIR)
    for k in range(n):
        i = np.uint64(k)
        s = me[above + i] ^ sign
        w, x, y, z = s ^ other[above + i], s ^ other[below + i], s ^ other[left + i], s ^ other[right + i]
        # How many of w, x, y, z are 1: ones + 2 (some ^ more) + 4 (some & more).
        two_of_three = (w & x) | (y & (w | x))
        odd_of_three = w ^ x ^ y
        ones = odd_of_three ^ z
        both = odd_of_three & z
        four = two_of_three & both
        two = (two_of_three ^ both) & ~ones
        most = (two_of_three | both) & ~two
        none = ~(ones | two | four)
        # 3 or 4 satisfied: flip with the coin. Fewer: Metropolis flips; the heat bath has the
        # chances of 1 and 0 mirror those of 3 and 4, and tosses a fair coin at 2.
        coin = (ones & stream[at_first + i]) | ((four | none) & stream[at_second + i])
        flip = (most & coin) | (~most & ~(symmetric & coin))
        flip = (~two & flip) | (two & (stream[at_fair + i] | ~symmetric))
        me[above + i] = me[above + i] ^ flip


@kernel
def _wrap(words, layout, colour):
    """Copy what is around the edges into the room beside them, for one colour: above, below, left and right."""
    rows, strips, width, turned = layout.rows, layout.strips, layout.width, layout.turned
    half = rows // 2
    for j in range(1, width + 1):
        words[j, _PAD - 1] = words[j, _PAD + half - 1]
        words[j, _PAD + half] = words[j, _PAD]
    if not layout.joined:
        for i in range(half):
            words[0, _PAD + i] = words[width, _PAD + i]
            words[width + 1, _PAD + i] = words[1, _PAD + i]
        return
    # Left of j = 0, in strip b, is j = width - 1 of strip b - 1, which is turned by one row less; left
    # of strip 0 is the last. Right of the last column, the same the other way round.
    row, circle = (colour + 1) % 2, strips * turned
    next_left, first_left = (row + turned) // 2, (row + turned - circle) % rows // 2
    row = (colour + width) % 2
    next_right, last_right = (row - turned) % rows // 2, (row - turned + circle) % rows // 2
    last = np.uint64(strips - 1)
    for i in range(half):
        word, first = (
            words[width, _PAD + _within(i + next_left, half)],
            words[width, _PAD + _within(i + first_left, half)],
        )
        words[0, _PAD + i] = (word << _1) | ((first >> last) & _1)
        word, first = (
            words[1, _PAD + _within(i + next_right, half)],
            words[1, _PAD + _within(i + last_right, half)],
        )
        words[width + 1, _PAD + i] = ((word >> _1) & ~(_1 << last)) | ((first & _1) << last)


@kernel
def _within(i, half):
    """i modulo half, for 0 <= i < 2 half: a division would take longer than the flips."""
    return i - half if i >= half else i


@kernel
def _pack(s, layout, words):
    strips = layout.strips if layout.joined else len(s)
    for colour in range(2):
        for j in range(layout.width):
            for i in range(layout.rows // 2):
                row, word = 2 * i + (j + colour) % 2, _NONE
                for b in range(strips):
                    lattice, y, x = _site(layout, b, row, j)
                    word |= np.uint64(s[lattice, y, x] > 0) << np.uint64(b)
                words[colour, j + 1, _PAD + i] = word


@kernel
def _unpack(words, layout, s):
    for b in range(layout.strips if layout.joined else len(s)):
        for row in range(layout.rows):
            for j in range(layout.width):
                word = words[(row + j) % 2, j + 1, _PAD + row // 2]
                lattice, y, x = _site(layout, b, row, j)
                s[lattice, y, x] = 2 * np.int8((word >> np.uint64(b)) & _1) - 1


@kernel
def _site(layout, b, row, j):
    """(lattice, row, column) of bit b in that row of words, column j."""
    if layout.joined:
        return 0, _within(row + b * layout.turned % layout.rows, layout.rows), b * layout.width + j
    return b, row, j
