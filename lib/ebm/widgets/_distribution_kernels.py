"""The kernels of `distribution`: sixteen probabilities, and a chain whose visits are counted."""

import math

from ebm import exact, hopfield
from ebm._kernel import kernel
from ebm.maths import exp, log


@kernel
def solve(W, b, T, s, fields, energies, p, sums):
    """Energies and p of every state; sums = log Z, mean energy, entropy -sum p log p. s and fields are scratch."""
    n = len(b)
    for i in range(n):
        s[i] = -1.0
        fields[i] = b[i]
        for j in range(n):
            fields[i] -= W[i, j]
    exact._gray_energies(W, b, s, fields, energies)
    lowest = energies[0]
    for E in energies:
        lowest = min(lowest, E)
    Z = 0.0  # relative to the lowest state, so that nothing overflows
    for k in range(len(p)):
        p[k] = exp((lowest - energies[k]) / T)
        Z += p[k]
    sums[0] = log(Z) - lowest / T
    sums[1] = sums[2] = 0.0
    for k in range(len(p)):
        p[k] /= Z
        sums[1] += p[k] * energies[k]
        if p[k] > 0:
            sums[2] -= p[k] * log(p[k])


@kernel
def distance(p, counts, total):
    """Total variation between p and the shares of `total` counts; 1 if there are none."""
    if total == 0:
        return 1.0
    gap = 0.0
    for k in range(len(p)):
        gap += abs(counts[k] / total - p[k])
    return 0.5 * gap


@kernel
def visit(W, b, s, T, words, energies, p, counts, distances):
    """len(distances) updates of one chain: the states they lead to counted, the distance from p after each."""
    total = 0
    for count in counts:
        total += count
    for k in range(len(distances)):
        hopfield._heat_bath(W, b, s, T, words, energies)
        place = 0
        for i in range(len(s)):
            if s[i] > 0:
                place += 1 << i
        counts[place] += 1
        distances[k] = distance(p, counts, total + k + 1)


@kernel
def independent(p, samples):
    """The distance to expect of many independent samples: 1/2 sum of sqrt(2 p (1 - p) / (pi samples))."""
    gap = 0.0
    for k in range(len(p)):
        gap += math.sqrt(2 * p[k] * (1 - p[k]) / (math.pi * samples))
    return 0.5 * gap


KERNELS = {
    "solve": (
        solve,
        "void(float64[:, ::1], float64[::1], float64, float64[::1], float64[::1], float64[::1], "
        "float64[::1], float64[::1])",
    ),
    "visit": (
        visit,
        "void(float64[:, ::1], float64[::1], int8[::1], float64, uint64[::1], float64[::1], "
        "float64[::1], int32[::1], float64[::1])",
    ),
    "distance": (distance, "float64(float64[::1], int32[::1], int64)"),
    "independent": (independent, "float64(float64[::1], float64)"),
}
