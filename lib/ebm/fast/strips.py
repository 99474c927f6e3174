"""Lattices in words, for `multispin`: which spin is which bit, and what is around the edges.

strips of one lattice      bits of word (row, j): column j of each strip; beside a strip is the one before
                           it: the same words, turned by one bit, and by a row where strips are `turned`
lattices side by side      bits of word (row, j): site (row, j) of each lattice

words of one colour        |room| column j = 0 |room||room| column j = 1 |room| ...
                                row 0, 2, 4 ...           row 1, 3, 5 ...
"""

import math
from typing import NamedTuple

import numpy as np

from ebm._kernel import kernel

_NONE, _1 = np.uint64(0), np.uint64(1)
PAD = 8  # words before and after each column: room for the neighbours around the edge


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
        return 8 * math.ceil(self.rows / 16) + 2 * PAD


def strips_of(shape):
    """The layout of a single lattice: as many strips as there can be in 64 bits."""
    rows, columns = shape
    strips = max(k for k in range(1, 65) if columns % k == 0)
    width = columns // strips
    return Layout(rows, columns, strips, width, width % 2, 1)


@kernel
def wrap(spins, first, stride, layout, edges):
    """Copy what is around the edges into the room beside them, for the colour whose first column begins there."""
    width, half = layout.width, layout.rows // 2
    for j in range(width):
        column = first + j * stride
        spins[column - 1] = spins[column + half - 1]
        spins[column + half] = spins[column]
    last = first + (width - 1) * stride
    if layout.joined:
        _from_before(spins, first - stride, spins, last, half, edges[0], edges[1], layout.strips)
        _from_after(spins, last + stride, spins, first, half, edges[2], edges[3], layout.strips)
    else:
        for i in range(half):
            spins[first - stride + i] = spins[last + i]
            spins[last + stride + i] = spins[first + i]


@kernel
def edges(layout, colour):
    """How far strips are turned against their neighbours, in words.

    Left of j = 0, in strip b, is j = width - 1 of strip b - 1, which is turned by one row less; left of strip 0 is
    the last. Right of the last column, the same the other way round.
    """
    rows, turned = layout.rows, layout.turned
    left, right, circle = (
        (colour + 1) % 2 + turned,
        (colour + layout.width) % 2 - turned,
        layout.strips * turned,
    )
    return left // 2, (left - circle) % rows // 2, right // 2, (right + circle) % rows // 2


@kernel(apart=True)
def _from_before(spins, to, others, column, half, next_row, first_row, strips):
    """Bit b from bit b - 1 of a column, `next_row` words further down; bit 0 from the last, from `first_row` on."""
    last, before_edge = np.uint64(strips - 1), half - first_row
    to, column, start = np.uint64(to), np.uint64(column + next_row), np.uint64(column + first_row)
    for i in range(np.uint64(half)):
        spins[to + i] = others[column + i] << _1
    for i in range(np.uint64(before_edge)):
        spins[to + i] |= (others[start + i] >> last) & _1
    to, start = to + np.uint64(before_edge), start - np.uint64(first_row)
    for i in range(np.uint64(first_row)):
        spins[to + i] |= (others[start + i] >> last) & _1


@kernel(apart=True)
def _from_after(spins, to, others, column, half, next_row, last_row, strips):
    """Bit b from bit b + 1 of a column, `next_row` words further down; the last from bit 0, from `last_row` on."""
    last, before_edge = np.uint64(strips - 1), half - last_row
    to, column, start = np.uint64(to), np.uint64(column + next_row), np.uint64(column + last_row)
    for i in range(np.uint64(half)):
        spins[to + i] = (others[column + i] >> _1) & ~(_1 << last)
    for i in range(np.uint64(before_edge)):
        spins[to + i] |= (others[start + i] & _1) << last
    to, start = to + np.uint64(before_edge), start - np.uint64(last_row)
    for i in range(np.uint64(last_row)):
        spins[to + i] |= (others[start + i] & _1) << last


@kernel
def _within(i, half):
    """i modulo half, for 0 <= i < 2 half: a division would take longer than the flips."""
    return i - half if i >= half else i


@kernel
def pack(s, layout, words):
    strips = layout.strips if layout.joined else len(s)
    for colour in range(2):
        for j in range(layout.width):
            for i in range(layout.rows // 2):
                row, word = 2 * i + (j + colour) % 2, _NONE
                for b in range(strips):
                    lattice, y, x = _site(layout, b, row, j)
                    word |= np.uint64(s[lattice, y, x] > 0) << np.uint64(b)
                words[colour, j + 1, PAD + i] = word


@kernel
def unpack(words, layout, s):
    for b in range(layout.strips if layout.joined else len(s)):
        for row in range(layout.rows):
            for j in range(layout.width):
                word = words[(row + j) % 2, j + 1, PAD + row // 2]
                lattice, y, x = _site(layout, b, row, j)
                s[lattice, y, x] = 2 * np.int8((word >> np.uint64(b)) & _1) - 1


@kernel
def _site(layout, b, row, j):
    """(lattice, row, column) of bit b in that row of words, column j."""
    if layout.joined:
        return 0, _within(row + b * layout.turned % layout.rows, layout.rows), b * layout.width + j
    return b, row, j
