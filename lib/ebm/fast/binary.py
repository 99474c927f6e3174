"""`b + v @ W` in single precision where v is 0 and 1: a sum of rows of W, four of them looked up at a time.

    v          1 0 1 1 | 0 1 0 0 | ...      a table for rows 0 to 3: their 16 sums, another for rows 4 to 7, ...
    numbers       13   |    2    | ...      the sum of an example = row 13 of the first + row 2 of the second + ...

so that four products and additions become one addition, which the fetching of its row bounds, no longer
the arithmetic. The tables of GROUPS fours, for WIDTH columns, stay in the first cache while all examples
go through them; to make them costs as much as four examples more.

Sums are taken in another order than a BLAS library would, always in the same: they differ by rounding,
and are the same on all machines.
"""

import numpy as np

from ebm._kernel import kernel
from ebm.fast import coins

DIGITS = 4  # rows in a table: with five, making the tables takes what is saved
GROUPS = 8  # tables at a time
WIDTH = 64  # columns at a time
_SUMS = 2**DIGITS * WIDTH  # numbers in a table
_ROWS = DIGITS * GROUPS
_W = np.uint64(WIDTH)
_0 = np.float32(0)


def groups(n):
    """Tables for so many rows, a multiple of GROUPS."""
    return -(-n // _ROWS) * GROUPS


def room(examples):
    """Scratch for `add`: the tables, and the sums of so many examples.

    Returns
    -------
    two float32 arrays
    """
    table, sums = GROUPS * _SUMS, max(1, examples) * WIDTH
    raw = coins.aligned(((table + sums) // 2,)).view(np.float32)
    return raw[:table], raw[table:]


class Fields:
    """`b + v @ W` for many v, one after the other.

    W : (n, m) float32 array
    b : (m,) float32 array
    """

    def __init__(self, W, b):
        self.W, self.b = np.ascontiguousarray(W), b
        self.numbers, self.room = np.empty((0, groups(len(W))), dtype=np.uint16), room(0)

    def __call__(self, v, out=None):
        """v : (examples, n) float32 array of 0 and 1; out : a place for the fields"""
        if len(self.numbers) < len(v):
            self.numbers = np.empty((len(v), groups(len(self.W))), dtype=np.uint16)
            self.room = room(len(v))
        out = np.empty((len(v), len(self.b)), dtype=np.float32) if out is None else out
        number(v, self.numbers)
        add(self.numbers, self.W, self.b, out, *self.room)
        return out


@kernel
def only(v):
    """Whether a flat array holds nothing but 0 and 1."""
    others = 0
    for i in range(len(v)):
        others += v[i] != 0 and v[i] != 1
    return others == 0


@kernel
def number(v, numbers):
    """For each example and four of its bits the place of their sum in the tables of `add`."""
    n, stride = v.shape[1], numbers.shape[1]
    whole = n // DIGITS
    if n == DIGITS * stride:  # no gaps: all examples are one
        _number(v.ravel(), numbers.ravel()[: len(v) * stride])
        return
    for e in range(len(v)):
        _number(v[e], numbers[e, :whole])
        for g in range(whole, stride):
            bits = np.int32(0)
            for i in range(DIGITS * g, min(n, DIGITS * (g + 1))):
                bits |= np.int32(v[e, i]) << (i - DIGITS * g)
            numbers[e, g] = np.uint16(bits * WIDTH + g % GROUPS * _SUMS)


@kernel(apart=True)
def _number(v, numbers):
    for g in range(np.uint64(len(numbers))):
        i = g * np.uint64(DIGITS)
        bits = np.int32(v[i]) | (np.int32(v[i + np.uint64(1)]) << 1)
        bits |= (np.int32(v[i + np.uint64(2)]) << 2) | (np.int32(v[i + np.uint64(3)]) << 3)
        numbers[g] = np.uint16(bits * WIDTH + np.int32(g % np.uint64(GROUPS)) * _SUMS)


@kernel
def number_transposed(v, numbers):
    """The same of v.T, whose examples are the columns of v."""
    rows, columns = v.shape
    flat, places, stride = v.ravel(), numbers.ravel(), np.uint64(numbers.shape[1])
    line = np.empty(WIDTH, dtype=np.float32)
    for start in range(0, columns, WIDTH):  # as many lines of cache as stay in it
        width = np.uint64(min(WIDTH, columns - start))
        for g in range(numbers.shape[1]):
            line[:] = np.float32(g % GROUPS * _SUMS)
            for row in range(DIGITS * g, min(rows, DIGITS * (g + 1))):
                at, digit = np.uint64(row * columns + start), np.float32(WIDTH << (row - DIGITS * g))
                for e in range(width):
                    line[e] += digit * flat[at + e]
            here = np.uint64(start) * stride + np.uint64(g)
            for e in range(width):
                places[here + e * stride] = np.uint16(line[e])


@kernel
def add(numbers, W, b, out, table, sums):
    """out = b + v @ W, for v as `number` gives it; all but the numbers in single precision."""
    examples, columns = out.shape
    rows, places = W.ravel(), numbers.ravel()
    for column in range(0, columns, WIDTH):
        width = min(WIDTH, columns - column)
        if width < WIDTH:
            table[:] = _0
        for e in range(examples):
            at = np.uint64(e * WIDTH)
            for c in range(np.uint64(width)):
                sums[at + c] = b[np.uint64(column) + c]
        for group in range(0, numbers.shape[1], GROUPS):
            _tables(rows, len(W), columns, group, column, width, table)
            _look_up(places, numbers.shape[1], group, examples, table, sums)
        for e in range(examples):
            at = np.uint64(e * WIDTH)
            for c in range(np.uint64(width)):
                out[e, np.uint64(column) + c] = sums[at + c]


@kernel(apart=True)
def _tables(rows, n, columns, group, column, width, table):
    """The sums of each four rows: without the next row, and with it."""
    for q in range(GROUPS):
        start = np.uint64(q * _SUMS)
        for c in range(_W):
            table[start + c] = _0
        for digit in range(DIGITS):
            row = (group + q) * DIGITS + digit
            if row >= n:
                break
            source, step = np.uint64(row * columns + column), np.uint64(WIDTH << digit)
            for k in range(1 << digit):
                without = start + np.uint64(k * WIDTH)
                to = without + step
                if width == WIDTH:
                    for c in range(_W):
                        table[to + c] = table[without + c] + rows[source + c]
                else:
                    for c in range(np.uint64(width)):
                        table[to + c] = table[without + c] + rows[source + c]


@kernel(apart=True)
def _look_up(places, stride, group, examples, table, sums):
    """Add a row of each table to the sums of each example."""
    for e in range(examples):
        k, at = np.uint64(e * stride + group), np.uint64(e * WIDTH)
        t0, t1 = np.uint64(places[k]), np.uint64(places[k + np.uint64(1)])
        t2, t3 = np.uint64(places[k + np.uint64(2)]), np.uint64(places[k + np.uint64(3)])
        t4, t5 = np.uint64(places[k + np.uint64(4)]), np.uint64(places[k + np.uint64(5)])
        t6, t7 = np.uint64(places[k + np.uint64(6)]), np.uint64(places[k + np.uint64(7)])
        for c in range(_W):
            total = ((sums[at + c] + table[t0 + c]) + table[t1 + c]) + table[t2 + c]
            total = ((total + table[t3 + c]) + table[t4 + c]) + table[t5 + c]
            sums[at + c] = (total + table[t6 + c]) + table[t7 + c]
