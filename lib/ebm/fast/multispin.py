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
from ebm.fast import coins, strips

_NONE, _ALL = np.uint64(0), np.uint64(2**64 - 1)
_WORTH_THREADS = 2**18  # words: a millisecond or more


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


class Lattices:
    """One lattice, or many, on their way.

    s : (rows, columns) or (batch, rows, columns) int8 array of +1 and -1
    rng : numpy.random.Generator, advanced at the start only
    """

    def __init__(self, s, shape, rng, layout=None):
        self.shape = s.shape
        lattices = s.reshape(-1, *shape)
        self.layout = layout or (
            strips.strips_of(shape) if s.ndim == 2 else strips.Layout(*shape, 64, shape[1], 0, 0)
        )
        self.groups = 1 if self.layout.joined else math.ceil(len(lattices) / 64)
        self.words = coins.aligned((self.groups, 2, self.layout.width + 2, self.layout.stride))
        self.streams, self._rule = coins.streams(rng, self.groups), None
        for group, words in enumerate(self.words):
            strips.pack(lattices[64 * group : 64 * group + 64], self.layout, words)
            for colour in range(2):
                stride = self.layout.stride
                first = colour * words[0].size + stride + strips.PAD
                strips.wrap(words.ravel(), first, stride, self.layout, strips.edges(self.layout, colour))

    def spins(self):
        """The spins, in the shape they came in."""
        s = np.empty(self.shape, dtype=np.int8)
        lattices = s.reshape(-1, self.layout.rows, self.layout.columns)
        for group, words in enumerate(self.words):
            strips.unpack(words, self.layout, lattices[64 * group : 64 * group + 64])
        return s

    def sweep(self, flip, J, sweeps):
        """flip : (2, 9), the table of `ising._metropolis` or `ising._heat_bath` without a field."""
        rule = self._rule_of(flip, J)
        if self.groups > 1 and sweeps * self.words.size > _WORTH_THREADS:
            _sweeps_of_groups(self.words, self.streams, *rule.coins, *rule[1:], *self.layout[:2], sweeps)
            return
        for words, stream in zip(self.words, self.streams, strict=True):
            _sweeps(words, stream, rule, self.layout, sweeps)

    def _rule_of(self, flip, J):
        """Made once; coins that are left over are good for as long as it is the same."""
        if self._rule is None or self._rule[0] != (flip.tobytes(), J):
            self._rule = (flip.tobytes(), J), _rule(flip, J)
            self.streams[:, coins.USED] = coins.BLOCK
        return self._rule[1]


def _rule(flip, J):
    """What decides a flip, from the plain kernel's table."""
    satisfied_3_and_4 = slice(6, 9, 2) if J > 0 else slice(2, None, -2)
    heat_bath = flip[1, 4] < 1
    return Rule(
        coins.pair(flip[1, satisfied_3_and_4]), _ALL if J > 0 else _NONE, _ALL if heat_bath else _NONE
    )


@kernel
def _sweeps(words, stream, rule, layout, sweeps):
    # Arrays are taken apart once, and handed only to kernels that call no other: counting who holds them would
    # take longer than to flip spins.
    (digits, redo, hits), sign, symmetric = rule
    spins, stride, half = words.ravel(), words.shape[2], layout.rows // 2
    edges, used = (strips.edges(layout, 0), strips.edges(layout, 1)), np.int64(stream[coins.USED])
    for half_sweep in range(2 * sweeps):
        colour = half_sweep % 2
        me, other = colour * (len(spins) // 2), (1 - colour) * (len(spins) // 2)
        for j in range(layout.width):
            next_row = (
                2 * ((j + colour) % 2) - 1
            )  # beside a row are its own word and that of a row up or down
            start = 0
            while start < half:
                if used == coins.BLOCK:
                    coins.toss(stream, digits, redo, hits)
                    used = 0
                n = min(coins.BLOCK - used, half - start)
                here = (j + 1) * stride + strips.PAD + start
                to, beside = me + here, other + here
                if symmetric:
                    _flip_symmetric(spins, to, spins, beside, next_row, stride, n, stream, used, sign)
                else:
                    _flip(spins, to, spins, beside, next_row, stride, n, stream, used, sign)
                used += n
                start += n
        strips.wrap(spins, me + stride + strips.PAD, stride, layout, edges[colour])
    stream[coins.USED] = used


@kernel(parallel=True)
def _sweeps_of_groups(words, streams, digits, redo, hits, sign, symmetric, rows, columns, sweeps):
    # A parallel loop cannot be handed tuples, but can make them.
    for group in prange(len(words)):
        rule = Rule(coins.Pair(digits, redo, hits), sign, symmetric)
        _sweeps(words[group], streams[group], rule, strips.Layout(rows, columns, 64, columns, 0, 0), sweeps)


@kernel(apart=True)
def _flip(spins, me, others, other, next_row, stride, n, stream, used, sign):
    """n words of one column, spins[me] and on; around each are its own word of the other colour, others[other] and on,
    the one above or below that, and one on each side.

    `spins` and `others` are one array, but no word of it is written to and read as a neighbour: "apart" all the same.
    """
    # Unsigned: an index that could be negative would keep the loop from being vectorised.
    me, above, below = np.uint64(me), np.uint64(other), np.uint64(other + next_row)
    left, right = np.uint64(other - stride), np.uint64(other + stride)
    at_first, at_second = np.uint64(coins.FIRST + used), np.uint64(coins.SECOND + used)
    for i in range(np.uint64(n)):
        s = spins[me + i]
        t = s ^ sign
        w, x, y, z = t ^ others[above + i], t ^ others[below + i], t ^ others[left + i], t ^ others[right + i]
        # 3 or 4 of w, x, y, z: a pair is complete, and of the other pair one or both. Fewer: it flips.
        both, any_of = w & x, y | z
        four = both & y & z
        most = (both & any_of) | (y & z & (w | x))
        coin = (four & stream[at_second + i]) | (~four & stream[at_first + i])
        spins[me + i] = s ^ (~most | coin)


@kernel(apart=True)
def _flip_symmetric(spins, me, others, other, next_row, stride, n, stream, used, sign):
    """The same for the heat bath: the chances of 1 and 0 mirror those of 3 and 4, and 2 toss a fair coin."""
    me, above, below = np.uint64(me), np.uint64(other), np.uint64(other + next_row)
    left, right = np.uint64(other - stride), np.uint64(other + stride)
    at_first, at_second = np.uint64(coins.FIRST + used), np.uint64(coins.SECOND + used)
    at_fair = np.uint64(coins.FAIR + used)
    for i in range(np.uint64(n)):
        s = spins[me + i]
        t = s ^ sign
        w, x, y, z = t ^ others[above + i], t ^ others[below + i], t ^ others[left + i], t ^ others[right + i]
        odd, four, none = w ^ x ^ y ^ z, w & x & y & z, ~(w | x | y | z)
        all_alike = four | none
        most = four | (odd & ((w & x) | (y & z)))
        coin = (odd & stream[at_first + i]) | (all_alike & stream[at_second + i])
        flip = most ^ ~coin
        two = ~(odd | all_alike)
        spins[me + i] = s ^ ((two & stream[at_fair + i]) | (~two & flip))
