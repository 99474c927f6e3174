"""`multispin` in a field: a spin of +1 flips with other probabilities than one of -1.

What decides is how many neighbours are +1. Each of those numbers has a direction that the field there favours,
and one kind of coins, which is 1 with the chance that a spin of that direction flips:

    +1 neighbours      0    1    2    3    4        heat bath    the coin says whether the new spin is against it
    favoured           -    -    +    +    +        Metropolis   as before for a spin along it; one against it
    coin               c0   c1   c2   c3   c4                    turns to it

Five kinds of coins from the same random digits, where two do without a field.
"""

from typing import NamedTuple

import numpy as np
from numba import prange

from ebm._kernel import kernel
from ebm.fast import coins, multispin, strips

_NONE, _ALL = np.uint64(0), np.uint64(2**64 - 1)
_KINDS = 5
_AT_0, _AT_1, _AT_2, _AT_3, _AT_4 = (np.uint64(coins.KINDS + k * coins.BLOCK) for k in range(5))


class Rule(NamedTuple):
    """Where a spin goes.

    coins : coins.Pair, of five kinds
    favoured : five words, all 1 if +1 is favoured among so many neighbours of +1, or all 0
    heat_bath : word, all 1 or all 0
    """

    coins: coins.Pair
    favoured: tuple
    heat_bath: np.uint64


def rule_of(flip):
    """What decides, from the plain kernel's table."""
    down, up = flip[:, ::2]  # by the sum of the neighbours: -4, -2, 0, 2, 4
    # Where the chances of a heat bath round to 0 and 1, the two rules are the same.
    heat_bath = (np.maximum(down, up) < 1).any()
    favoured = tuple(_ALL if towards else _NONE for towards in up <= down)
    return Rule(coins.pair(np.minimum(down, up)), favoured, _ALL if heat_bath else _NONE)


def sweep(lattices, flip, sweeps):
    """As `multispin.Lattices.sweep`."""
    rule, rooms = rule_of(flip), coins.room(lattices.groups, _KINDS)
    if lattices.groups > 1 and sweeps * lattices.words.size > multispin._WORTH_THREADS:
        favoured = np.array(rule.favoured)
        given = lattices.words, lattices.streams, rooms, *rule.coins, favoured, rule.heat_bath
        _sweeps_of_groups(*given, *lattices.layout[:2], sweeps)
        return
    for words, stream, room in zip(lattices.words, lattices.streams, rooms, strict=True):
        _sweeps(words, stream, room, rule, lattices.layout, sweeps)


@kernel
def _sweeps(words, stream, room, rule, layout, sweeps):
    """`multispin._sweeps` with other coins."""
    (digits, redo, hits), favoured, heat_bath = rule
    spins, stride, half = words.ravel(), words.shape[2], layout.rows // 2
    edges = strips.edges(layout, 0), strips.edges(layout, 1)
    for half_sweep in range(2 * sweeps):
        colour = half_sweep % 2
        me, other = colour * (len(spins) // 2), (1 - colour) * (len(spins) // 2)
        for j in range(layout.width):
            next_row = 2 * ((j + colour) % 2) - 1
            for start in range(0, half, coins.BLOCK):
                n = min(coins.BLOCK, half - start)
                coins.toss_kinds(stream, digits, redo, hits, room)
                here = (j + 1) * stride + strips.PAD + start
                _settle(spins, me + here, spins, other + here, next_row, stride, n, room, favoured, heat_bath)
        strips.wrap(spins, me + stride + strips.PAD, stride, layout, edges[colour])


@kernel(parallel=True)
def _sweeps_of_groups(words, streams, rooms, digits, redo, hits, favoured, heat_bath, rows, columns, sweeps):
    # A parallel loop cannot be handed tuples, but can make them.
    for group in prange(len(words)):
        f = favoured[0], favoured[1], favoured[2], favoured[3], favoured[4]
        rule = Rule(coins.Pair(digits, redo, hits), f, heat_bath)
        layout = strips.Layout(rows, columns, 64, columns, 0, 0)
        _sweeps(words[group], streams[group], rooms[group], rule, layout, sweeps)


@kernel(apart=True)
def _settle(spins, me, others, other, next_row, stride, n, room, favours, heat_bath):
    """n words of one column, as in `multispin._flip`."""
    me, above, below = np.uint64(me), np.uint64(other), np.uint64(other + next_row)
    left, right = np.uint64(other - stride), np.uint64(other + stride)
    at_0, at_1, at_2, at_3, at_4 = _AT_0, _AT_1, _AT_2, _AT_3, _AT_4
    f_0, f_1, f_2, f_3, f_4 = favours
    for i in range(np.uint64(n)):
        s = spins[me + i]
        w, x, y, z = others[above + i], others[below + i], others[left + i], others[right + i]
        # How many of w, x, y, z are 1: ones + 2 (two_of_three ^ both) + 4 four.
        two_of_three = (w & x) | (y & (w | x))
        odd_of_three = w ^ x ^ y
        ones = odd_of_three ^ z
        both = odd_of_three & z
        is_4 = two_of_three & both
        twos = two_of_three ^ both
        is_1, is_2, is_3 = ones & ~twos, twos & ~ones, ones & twos
        is_0 = ~(ones | twos | is_4)
        coin = (is_0 & room[at_0 + i]) | (is_1 & room[at_1 + i]) | (is_2 & room[at_2 + i])
        coin = coin | (is_3 & room[at_3 + i]) | (is_4 & room[at_4 + i])
        favoured = (is_0 & f_0) | (is_1 & f_1) | (is_2 & f_2) | (is_3 & f_3) | (is_4 & f_4)
        spins[me + i] = favoured ^ (coin & (heat_bath | ~(s ^ favoured)))
