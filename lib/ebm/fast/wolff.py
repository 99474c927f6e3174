"""`ising._wolff` without a list of marks: a site turns as it joins, and so no longer looks like one that could.

    spins as bytes 0 and 1, in a frame of 2        a site on its way:

        2 2 2 2 2 2                                  the next in the list
        2 0 1 1 0 2      a neighbour joins if        four neighbours, four coins at once: `coins`
        2 1 1 0 0 2      it differs (the site        each is turned by what is 0 or 1, and written
        2 0 0 1 1 2      has turned before)          at the list's end, which moves on by that 0 or 1
        2 2 2 2 2 2      and its coin is 1

There is nothing to guess for the processor: no `if` depends on a spin or a coin. A neighbour in the frame is
rare, and looked up on the other side. The first to join is the first to go on. Of a stack, the last would be: it
stays short, but each site then waits for the one before it, while sites far apart in the list are worked on together.

In a field a finished cluster may be refused, and the list says what to turn back.

With J < 0 on even sides, spins of one colour are counted the other way round: the same clusters as with J > 0.
"""

import numpy as np

from ebm import random
from ebm._kernel import kernel
from ebm.fast import coins
from ebm.maths import exp

_BORDER = 2
_0, _1, _2, _3, _4, _15 = (np.uint64(k) for k in (0, 1, 2, 3, 4, 15))
_b1, _b2, _b3 = (np.uint8(k) for k in (1, 2, 3))
_FIRST, _FOURS = np.uint64(coins.FIRST), np.uint64(16 * coins.BLOCK)


def fits(shape, J, B):
    """Why this kernel does not treat such a lattice, or an empty string."""
    if J < 0 and any(side > 1 and side % 2 for side in shape):
        return f"J is {J} on sides {shape}; wanted J >= 0 around odd sides"
    return f"J is {J} in a field B of {B}; wanted J >= 0, or B = 0" if J < 0 and B else ""


class Lattice:
    """A lattice on its way.

    grid : (rows, columns) int8 array of +1 and -1, left as it is
    p : float, the chance that a satisfied bond binds
    field : float, 2 B / T: a cluster turns with e^(-field (sum of its spins)), 1 at most
    rng : numpy.random.Generator, advanced at the start only
    """

    def __init__(self, grid, J, p, field, rng):
        rows, columns = grid.shape
        self.other_way = (np.indices(grid.shape).sum(axis=0) % 2 == 1) & (J < 0)
        self.frame = np.full((rows + 2, columns + 2), _BORDER, dtype=np.uint8)
        self.frame[1:-1, 1:-1] = (grid > 0) ^ self.other_way
        self.field, self.pair = field, coins.pair([p, p])
        self.words, self.stream = random.state(rng), coins.streams(rng, 1)[0]
        self.sites = np.empty(grid.size + 1, dtype=np.uint32)
        self.used = _FOURS

    def turn(self, clusters):
        """So many clusters; the size of the last."""
        size, self.used = _clusters(
            self.frame, self.field, self.pair, self.words, self.stream, self.used, self.sites, clusters
        )
        return int(size)

    def spins(self):
        """(rows, columns) int8 array of +1 and -1."""
        return 2 * (self.frame[1:-1, 1:-1] ^ self.other_way).astype(np.int8) - 1


@kernel
def _clusters(frame, field, pair, words, stream, used, sites, clusters):
    """Grow and turn; the size of the last, and how many fours of the coins in `stream` are used up."""
    rows, columns = np.uint64(frame.shape[0] - 2), np.uint64(frame.shape[1] - 2)
    s, used, size = frame.ravel(), np.uint64(used), _0
    digits, redo, hits = pair
    for _ in range(clusters):
        row, column = np.uint64(random.below(words, rows)), np.uint64(random.below(words, columns))
        seed = (row + _1) * (columns + _2) + column + _1
        up = 2.0 * s[seed] - 1.0
        size, used = _grow(s, rows, columns, seed, digits, redo, hits, stream, used, sites)
        if field != 0 and random.uniform(words) >= exp(-field * up * np.float64(size)):
            for k in range(size):
                s[sites[k]] ^= _b1
    return size, used


@kernel
def _grow(s, rows, columns, seed, digits, redo, hits, stream, used, sites):
    """One cluster, turned, and listed in `sites`."""
    stride = columns + _2
    s[seed] ^= _b1
    sites[0] = seed
    end, done = _1, _0  # unsigned, all of them: an index that could be negative costs a test
    while done < end:
        site = np.uint64(sites[done])
        done += _1
        if used == _FOURS:
            coins.toss(stream, digits, redo, hits)
            used = _0
        four = stream[_FIRST + (used >> _4)] >> ((used & _15) << _2)
        used += _1
        turned = s[site]
        left, right, above, below = site - _1, site + _1, site - stride, site + stride
        w, x, y, z = s[left], s[right], s[above], s[below]
        if (w | x | y | z) & _BORDER:
            end = _join_around(s, site, rows, columns, four, sites, end)
            continue
        coin = np.uint8(four & _15)
        join = (w ^ turned) & coin & _b1
        s[left], sites[end] = w ^ join, left
        end += np.uint64(join)
        join = (x ^ turned) & (coin >> _b1) & _b1
        s[right], sites[end] = x ^ join, right
        end += np.uint64(join)
        join = (y ^ turned) & (coin >> _b2) & _b1
        s[above], sites[end] = y ^ join, above
        end += np.uint64(join)
        join = (z ^ turned) & (coin >> _b3) & _b1
        s[below], sites[end] = z ^ join, below
        end += np.uint64(join)
    return done, used


@kernel
def _join_around(s, site, rows, columns, four, sites, end):
    """The same where a neighbour is around an edge: on a short side the site itself, or one neighbour twice."""
    stride = columns + _2
    row, column = site // stride, site % stride
    for direction in range(4):
        if direction == 0:
            i = site - _1 if column > _1 else site + columns - _1
        elif direction == 1:
            i = site + _1 if column < columns else site - columns + _1
        elif direction == 2:
            i = site - stride if row > _1 else site + (rows - _1) * stride
        else:
            i = site + stride if row < rows else site - (rows - _1) * stride
        if s[i] != s[site] and four & _1:
            s[i] ^= _b1
            sites[end] = i
            end += _1
        four >>= _1
    return end
