"""`annealing.cooling`'s `_sweep` and `_sweep_in_turn`, in sequential order: the same random numbers, the same flips.

    a flip is made if u < e^(-dE/T); the new spin is +1 if u < 1 / (1 + e^(-2 field/T)): an exponential each turn
    that is        if dE < -T log u, and      if -2 field < T log((1 - u) / u):          limits that do not know s

so that the limits of a whole sweep are made at once, eight at a time, before it begins. What is
left for a unit's turn is a comparison, and a row of W where it flips. Both forms round, in
other places: a flip could differ where u hits a chance to 1 part in 10^15.
"""

import numpy as np
from numba import prange

from ebm import random
from ebm._kernel import kernel
from ebm.maths import _LN2_HIGH, _LN2_LOW, _SQRT_2

_WORTH_THREADS = 2**18  # updates: a millisecond or more
_LEAST = 2.0**-60  # in place of u = 0


def cool(W, s, fields, schedule, words, metropolis, sweeps):
    """So many sweeps of every run, (runs, n), at each temperature, in place; `fields` go along."""
    several = len(s) > 1 and s.size * sweeps * len(schedule) > _WORTH_THREADS
    scratch = np.empty((2, *s.shape))
    (_on_threads if several else _in_turn)(W, s, fields, schedule, words, metropolis, sweeps, *scratch)


@kernel
def _in_turn(W, s, fields, schedule, words, metropolis, sweeps, u, limits):
    for r in range(len(s)):
        _cool(W, s[r], fields[r], schedule, words[r], metropolis, sweeps, u[r], limits[r])


@kernel(parallel=True)
def _on_threads(W, s, fields, schedule, words, metropolis, sweeps, u, limits):
    for r in prange(len(s)):
        _cool(W, s[r], fields[r], schedule, words[r], metropolis, sweeps, u[r], limits[r])


@kernel
def _cool(W, s, fields, schedule, words, metropolis, sweeps, u, limits):
    n = len(s)
    for T in schedule:
        for _ in range(sweeps):
            for i in range(n):
                u[i] = random.uniform(words)
            _limits(u, T, metropolis, limits)
            for i in range(n):
                # The heat bath draws the new state of a unit, as `_sweep` does; Metropolis' rule, whether it flips.
                spin = s[i] if metropolis else np.int8(-1)
                chosen = 2 * spin * fields[i] < limits[i]
                if chosen if metropolis else chosen != (s[i] > 0):
                    s[i] = -s[i]
                    _add(fields, W[i], 2.0 * s[i])


@kernel
def _limits(u, T, metropolis, limits):
    """What a flip may cost at most."""
    if metropolis:
        for i in range(len(u)):
            limits[i] = -T * _log(max(u[i], _LEAST))
    else:
        for i in range(len(u)):
            limits[i] = T * (_log(1.0 - u[i]) - _log(max(u[i], _LEAST)))


@kernel
def _add(fields, row, factor):
    for j in range(len(fields)):
        fields[j] += factor * row[j]


@kernel
def _log(x):
    """`maths.log` of a normal number > 0, without branches."""
    bits = np.float64(x).view(np.int64)
    exponent = (bits >> 52) - 1023
    f = np.int64(bits - (exponent << 52)).view(np.float64)
    large = f > _SQRT_2
    f = 0.5 * f if large else f
    k = np.float64(exponent + 1 if large else exponent)
    u = (f - 1) / (f + 1)
    q = u * u
    series = q * (1 / 19 + q * (1 / 21 + q * (1 / 23)))
    series = q * (1 / 13 + q * (1 / 15 + q * (1 / 17 + series)))
    series = q * (1 / 7 + q * (1 / 9 + q * (1 / 11 + series)))
    series = q * (1 / 3 + q * (1 / 5 + series))
    g = f - 1
    half = 0.5 * g * g
    return k * _LN2_HIGH + (g - (half - (u * (half + 2 * series) + k * _LN2_LOW)))
