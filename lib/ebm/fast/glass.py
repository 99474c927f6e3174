"""`annealing.cooling._sweep_in_turn`, Metropolis' rule on a +-J lattice in checkerboard order: 64 runs a word.

    a spin of 64 runs is a word     sites of a colour on diagonals:     4 neighbours at fixed distances
                                    (row y, diagonal j) holds           above: the word before, below: the
      s      1 0 1 1 0 ...          column 2 j + y + colour             word after, or on a diagonal beside;
      bond   1 1 1 1 1 ...  all 1                                       right and left: there, the same row
             or all 0: the sign     so a loop runs over all of them

A bond is satisfied where s ^ neighbour ^ sign is 1. Up to 2 of 4: the spin flips. 3 or 4: it flips with the
coins (`coins`) of p = e^(-4J/T) and e^(-8J/T). In the cold coins are so rare that only their hits are drawn.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import prange

from ebm._kernel import kernel
from ebm.fast import coins, rare
from ebm.maths import exp

_NONE, _1, _ALL = np.uint64(0), np.uint64(1), np.uint64(2**64 - 1)
_WORTH_THREADS = 2**18  # words: a millisecond or more


class Bonds(NamedTuple):
    """A lattice of rows x columns whose bonds are +J or -J.

    right, down : (rows, columns) arrays, the bonds to the neighbours there
    J : float, > 0
    """

    right: np.ndarray
    down: np.ndarray
    J: float


def bonds(W, b):
    """The bonds of a network that is a square lattice of L x L units, or None if it is none that fits here.

    It fits if L is even and at least 4, all bonds are +J or -J around both edges, and there are no biases.
    """
    n = len(b)
    L = math.isqrt(n)
    if L * L != n or L % 2 or L < 4 or b.any() or np.count_nonzero(W) != 4 * n:
        return None
    site = np.arange(n).reshape(L, L)
    right, down = W[site, np.roll(site, -1, axis=1)], W[site, np.roll(site, -1, axis=0)]
    J = abs(right[0, 0])
    if not J or (np.abs(right) != J).any() or (np.abs(down) != J).any():
        return None
    return Bonds(right, down, float(J))


class Runs:
    """Many runs on their way.

    lattice : Bonds
    s : (runs, rows * columns) int8 array of +1 and -1
    rng : numpy.random.Generator, advanced at the start only
    """

    def __init__(self, lattice, s, rng):
        self.shape, self.lattice = s.shape, lattice
        self.rows, self.columns = lattice.right.shape
        groups = -(-len(s) // 64)
        self.words = coins.aligned((groups, 2, self.columns // 2 + 2, self.rows + 2))
        self.signs = coins.aligned((2, 4, self.columns // 2 + 2, self.rows + 2))
        _lay_bonds(lattice.right, lattice.down, self.signs)
        self.streams = coins.streams(rng, groups)
        spins = s.reshape(-1, self.rows, self.columns)
        for group, words in enumerate(self.words):
            _pack(spins[64 * group : 64 * group + 64], words)
            for colour in range(2):
                _wrap(words.ravel(), colour * words[0].size, words.shape[2], words.shape[1] - 2)

    def spins(self):
        """The spins, in the shape they came in."""
        s = np.empty(self.shape, dtype=np.int8)
        spins = s.reshape(-1, self.rows, self.columns)
        for group, words in enumerate(self.words):
            _unpack(words, spins[64 * group : 64 * group + 64])
        return s

    def cool(self, temperatures, sweeps):
        """So many sweeps of every run at each of the temperatures."""
        costs = self.lattice.J / np.asarray(temperatures)
        several = len(self.words) > 1 and sweeps * len(costs) * self.words.size > _WORTH_THREADS
        advance = _cool_groups if several else _cool_in_turn
        advance(self.words, self.signs, self.streams, costs, sweeps)

    def energies(self):
        """Of the spins as they are: (runs,) float64 array."""
        s = self.spins().reshape(-1, self.rows, self.columns)
        right, down = (np.sign(bonds).astype(np.int8) for bonds in self.lattice[:2])
        satisfied = (right * s * np.roll(s, -1, axis=2)).sum(axis=(1, 2), dtype=np.int64)
        satisfied += (down * s * np.roll(s, -1, axis=1)).sum(axis=(1, 2), dtype=np.int64)
        return -self.lattice.J * satisfied


@kernel
def _cool_in_turn(words, signs, streams, costs, sweeps):
    for group in range(len(words)):
        _cool(words[group], signs, streams[group], costs, sweeps)


@kernel(parallel=True)
def _cool_groups(words, signs, streams, costs, sweeps):
    for group in prange(len(words)):
        _cool(words[group], signs, streams[group], costs, sweeps)


@kernel
def _cool(words, signs, stream, costs, sweeps):
    """costs : (steps,) float64 array, J/T"""
    # Arrays are handed on whole, and mostly to kernels that call no other: see `multispin._sweeps`.
    digits = np.empty(2 * (coins.DIGITS + 1), dtype=np.uint64)
    redo, hits = np.empty(2), np.empty(rare.MOST_HITS)
    spins, bonds, stride = words.ravel(), signs.ravel(), words.shape[2]
    size, diagonals = len(spins) // 2, words.shape[1] - 2
    first, end = stride + 1, (diagonals + 1) * stride - 1  # what lies between diagonals goes along
    for cost in costs:
        tossed = rare.chances(exp(-4 * cost), exp(-8 * cost), digits, redo, hits)
        used = coins.BLOCK
        for half_sweep in range(2 * sweeps):
            colour = half_sweep % 2
            start = first
            while start < end:
                if used == coins.BLOCK and tossed:
                    coins.toss(stream, digits, redo, hits)
                elif used == coins.BLOCK:
                    rare.rain(stream, redo, hits)
                used %= coins.BLOCK
                n = min(coins.BLOCK - used, end - start)
                _flip(spins, spins, size, bonds, start, colour, stride, n, stream, used)
                used += n
                start += n
            _wrap(spins, colour * size, stride, diagonals)


@kernel(apart=True)
def _flip(spins, others, size, bonds, start, colour, stride, n, stream, used):
    """n words of a colour, which has `size`, diagonal after diagonal.

    `spins` and `others` are one array, but no word of it is written to and read as a neighbour: "apart" all the same.
    """
    # Unsigned: an index that could be negative would keep the loop from being vectorised.
    me, other = np.uint64(colour * size + start), (1 - colour) * size + start
    right, left = np.uint64(other + colour * stride), np.uint64(other + (colour - 1) * stride)
    below, above = left + _1, right - _1
    bond_0, bond_1 = np.uint64(4 * colour * size + start), np.uint64((4 * colour + 1) * size + start)
    bond_2, bond_3 = np.uint64((4 * colour + 2) * size + start), np.uint64((4 * colour + 3) * size + start)
    at_first, at_second = np.uint64(coins.FIRST + used), np.uint64(coins.SECOND + used)
    for i in range(np.uint64(n)):
        s = spins[me + i]
        w = s ^ others[right + i] ^ bonds[bond_0 + i]
        x = s ^ others[left + i] ^ bonds[bond_1 + i]
        y = s ^ others[below + i] ^ bonds[bond_2 + i]
        z = s ^ others[above + i] ^ bonds[bond_3 + i]
        # 3 or 4 of w, x, y, z: a pair is complete, and of the other pair one or both.
        both, any_of = w & x, y | z
        four = both & y & z
        most = (both & any_of) | (y & z & (w | x))
        coin = (four & stream[at_second + i]) | (~four & stream[at_first + i])
        spins[me + i] = s ^ (~most | coin)


@kernel(apart=True)
def _wrap(spins, me, stride, diagonals):
    """Copy what is around the edges into the room beside them, for the colour that begins there."""
    rows = stride - 2
    turn = rows // 2 % diagonals  # a row further down, the same column is on another diagonal
    first = me + stride
    for j in range(diagonals):
        before, after = j - turn, j + turn
        before += diagonals if before < 0 else 0
        after -= diagonals if after >= diagonals else 0
        spins[first + j * stride] = spins[first + before * stride + rows]
        spins[first + j * stride + rows + 1] = spins[first + after * stride + 1]
    to, last = np.uint64(me), np.uint64(me + diagonals * stride)
    for y in range(np.uint64(stride)):
        spins[to + y] = spins[last + y]
    to, first = last + np.uint64(stride), np.uint64(first)
    for y in range(np.uint64(stride)):
        spins[to + y] = spins[first + y]


@kernel
def _lay_bonds(right, down, signs):
    """All 1 where a bond is satisfied by equal spins; for each site: right, left, below, above."""
    rows, columns = right.shape
    for colour in range(2):
        for j in range(columns // 2):
            for y in range(rows):
                x = (2 * j + y + colour) % columns
                found = right[y, x], right[y, x - 1], down[y, x], down[y - 1, x]
                for k in range(4):
                    signs[colour, k, j + 1, y + 1] = _ALL if found[k] > 0 else _NONE


@kernel
def _pack(s, words):
    runs, rows, columns = s.shape
    for colour in range(2):
        for j in range(columns // 2):
            for y in range(rows):
                word = _NONE
                for run in range(runs):
                    word |= np.uint64(s[run, y, (2 * j + y + colour) % columns] > 0) << np.uint64(run)
                words[colour, j + 1, y + 1] = word


@kernel
def _unpack(words, s):
    runs, rows, columns = s.shape
    for colour in range(2):
        for j in range(columns // 2):
            for y in range(rows):
                word = words[colour, j + 1, y + 1]
                for run in range(runs):
                    bit = (word >> np.uint64(run)) & _1
                    s[run, y, (2 * j + y + colour) % columns] = 2 * np.int8(bit) - 1
