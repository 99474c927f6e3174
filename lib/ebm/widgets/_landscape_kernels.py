"""The kernels of `landscape`: a curve of energy with three valleys, and a ball that moves on it."""

import math

from ebm import random
from ebm._kernel import kernel
from ebm.maths import exp

DEPTH, WIDTH = 2.0, 0.09  # of a stored valley
SHALLOW, NARROW = 1.0, 0.06  # of the mixture, the last
WALL = 1.4  # height of both ends


@kernel
def curve(valleys, E):
    """E(x) = WALL (2x - 1)^8 - sum_v depth_v exp(-(x - c_v)^2 / (2 width_v^2)), in every cell."""
    for k in range(len(E)):
        x = k / (len(E) - 1)
        squared = (2 * x - 1) * (2 * x - 1)
        E[k] = WALL * squared * squared * squared * squared
        for v in range(len(valleys)):
            spurious = v == len(valleys) - 1
            away = (x - valleys[v]) / (NARROW if spurious else WIDTH)
            E[k] -= (SHALLOW if spurious else DEPTH) * exp(-0.5 * away * away)


@kernel
def downhill(E, k):
    """The lower of the two neighbours, the left one of equals; k itself at the bottom of a valley."""
    best = k
    if k > 0 and E[k - 1] < E[best]:
        best = k - 1
    if k < len(E) - 1 and E[k + 1] < E[best]:
        best = k + 1
    return best


@kernel
def bottom(E, k):
    """Where a ball let go in cell k comes to rest at T = 0."""
    while downhill(E, k) != k:
        k = downhill(E, k)
    return k


@kernel
def divide(E, valleys, owner, of):
    """Which valley each cell drains into, of[k]; valleys that have merged count as the first of them, owner[v]."""
    for v in range(len(valleys)):
        owner[v] = v
        end = bottom(E, int(valleys[v] * (len(E) - 1) + 0.5))
        for u in range(v - 1, -1, -1):
            if bottom(E, int(valleys[u] * (len(E) - 1) + 0.5)) == end:
                owner[v] = u
    for k in range(len(E)):
        end = bottom(E, k)
        of[k] = -1
        for v in range(len(valleys) - 1, -1, -1):
            if bottom(E, int(valleys[v] * (len(E) - 1) + 0.5)) == end:
                of[k] = v


@kernel
def boltzmann(E, T, p):
    """p = exp(-E / T) / Z in every cell, T > 0."""
    lowest = E[0]
    for k in range(len(E)):
        lowest = min(lowest, E[k])
    Z = 0.0  # relative to the lowest cell, so that nothing overflows
    for k in range(len(E)):
        p[k] = exp((lowest - E[k]) / T)
        Z += p[k]
    for k in range(len(E)):
        p[k] /= Z


@kernel
def gather(of, each, total, sums):
    """What the cells of each valley hold together, as a share of the total."""
    for v in range(len(sums)):
        sums[v] = 0.0
    for k in range(len(of)):
        sums[of[k]] += each[k]
    for v in range(len(sums)):
        sums[v] /= total


@kernel
def barrier(E, of, k, places):
    """Energy from the bottom of k's valley up to its lower pass; inf without one. places = bottom, pass (or -1)."""
    places[0], places[1] = bottom(E, k), -1
    top = math.inf
    for side in (-1, 1):
        highest = j = places[0]
        while 0 < j < len(E) - 1 and of[j + side] == of[k]:
            j += side
            if E[j] > E[highest]:
                highest = j
        if 0 < j < len(E) - 1 and max(E[highest], E[j + side]) < top:
            places[1] = highest if E[highest] > E[j + side] else j + side
            top = E[places[1]]
    return top - E[places[0]]


@kernel
def wander(E, T, k, words, counts, steps):
    """Metropolis steps to a neighbouring cell at T > 0: downhill always, uphill with probability exp(-dE / T)."""
    for _ in range(steps):
        to = k - 1 + 2 * random.below(words, 2)
        if 0 <= to < len(E):
            dE = E[to] - E[k]
            if dE <= 0 or random.uniform(words) < exp(-dE / T):
                k = to
        counts[k] += 1
    return k


@kernel
def roll(E, k, words, counts, steps):
    """At most that many steps downhill, to the lower neighbour (a coin for equals), as far as the bottom."""
    for _ in range(steps):
        to = downhill(E, k)
        if to == k:
            break
        if 0 < k < len(E) - 1 and E[k - 1] == E[k + 1]:
            to = k - 1 + 2 * random.below(words, 2)
        k = to
        counts[k] += 1
    return k


KERNELS = {
    "curve": (curve, "void(float64[::1], float64[::1])"),
    "divide": (divide, "void(float64[::1], float64[::1], int32[::1], int32[::1])"),
    "boltzmann": (boltzmann, "void(float64[::1], float64, float64[::1])"),
    "weigh": (gather, "void(int32[::1], float64[::1], float64, float64[::1])"),
    "share": (gather, "void(int32[::1], int32[::1], float64, float64[::1])"),
    "barrier": (barrier, "float64(float64[::1], int32[::1], int64, int32[::1])"),
    "wander": (wander, "int64(float64[::1], float64, int64, uint64[::1], int32[::1], int64)"),
    "roll": (roll, "int64(float64[::1], int64, uint64[::1], int32[::1], int64)"),
    "below": (random.below, "int64(uint64[::1], int64)"),
}
