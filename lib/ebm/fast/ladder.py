"""`annealing.exchange._exchange`: the same random numbers, the same flips, the same swaps, to the last bit.

    temperature   T_0  T_1  T_2 ...     one instruction moves the generators of eight temperatures on,
    words          w    w    w          so that units and limits of many updates are there before they begin
    unit           i    i    i
    limit          z    z    z          z = log(u / (1 - u)):  u < sigma(x)  is  x > z

What is left for an update is a comparison, and a row of W where a spin flips: all of it, or the unit's
bonds alone if there are few. A swap exchanges two numbers that say which copy is at which temperature, no states.

Limits are taken in single precision. Where x comes closer to its limit than they are right, once in 10^4
times or so, the plain comparison decides.
"""

from typing import NamedTuple

import numpy as np

from ebm import random
from ebm._kernel import kernel
from ebm.fast.rows import _logits
from ebm.fast.words import after
from ebm.maths import exp, sigmoid

CHUNK = 64  # updates of each copy at a time
_MARGIN = 3e-5  # of x
_FEW = 8  # lists of bonds if a unit has at most the eighth part of all
_1, _LOW_32 = np.uint64(1), np.uint64(0xFFFFFFFF)
_11, _32 = (np.uint64(k) for k in (11, 32))


class Bonds(NamedTuple):
    """Which units a unit is bonded to, if they are few.

    others : (n, most) int64 array, in rising order
    weights : (n, most) float64 array
    counts : (n,) int64 array; empty if bonds are many
    """

    others: np.ndarray
    weights: np.ndarray
    counts: np.ndarray


def bonds(W):
    counts = np.count_nonzero(W, axis=1)
    if counts.max() * _FEW > len(W):
        return Bonds(np.empty((0, 0), dtype=np.int64), np.empty((0, 0)), np.empty(0, dtype=np.int64))
    unit, other = np.nonzero(W)
    slot = np.arange(len(unit)) - np.repeat(np.cumsum(counts) - counts, counts)
    others = np.zeros((len(W), max(1, counts.max())), dtype=np.int64)
    weights = np.zeros(others.shape)
    others[unit, slot], weights[unit, slot] = other, W[unit, other]
    return Bonds(others, weights, counts)


class Copies:
    """Copies of a network at R temperatures on their way.

    W, b : the network
    s : (R, n) int8 array, changed in place; fields : (R, n) float64 array, theirs
    T : (R,) float64 array
    words : (R + 1, 4) uint64 array, a generator for each temperature and one for the swaps
    """

    def __init__(self, W, b, s, fields, T, words):
        self.network = W, bonds(W), b
        self.copies = s, fields, T, np.ascontiguousarray(words[:-1].T), words[-1].copy()
        self.replica = np.arange(len(T))
        self.swaps = np.zeros((2, len(T) - 1), dtype=np.int64)
        size = CHUNK * len(T)
        self.room = (
            *(np.empty(2 * size, dtype=np.uint64), np.empty(size, dtype=np.int64)),
            *(np.empty(size), np.empty(size, dtype=np.float32), np.empty(len(T))),
        )

    def run(self, in_order, every, sweep, states, energies, replicas):
        """Sweeps and swaps, recorded after each `every`; sweep : how many were made before."""
        of_all = *self.network, *self.copies, self.replica, self.swaps, *self.room
        _exchange(*of_all, in_order, every, sweep, states, energies, replicas)


@kernel
def _exchange(
    W, few, b, s, fields, T, lanes, words, replica, swaps, raw, picks, u, noise, E,
    in_order, every, sweep, states, energies, replicas,
):  # fmt: skip
    R, n = s.shape
    for k in range(len(states)):
        for _ in range(every):
            for first in range(0, n, CHUNK):
                count = min(CHUNK, n - first)
                _throw(lanes, n, first, count, in_order, raw, picks, u)
                _logits(u[: count * R], noise[: count * R])
                for r in range(R):
                    c = replica[r]
                    _updates(W, few, s[c], fields[c], T[r], picks, u, noise, r, R, count)
            _energies(b, s, fields, E)
            _swap(E, T, words, replica, swaps, sweep % 2)
            sweep += 1
        for r in range(R):
            c = replica[r]
            replicas[k, r], energies[k, r] = c, E[c]
            for i in range(n):
                states[k, r, i] = s[c, i]


@kernel
def _swap(E, T, words, replica, swaps, first):
    """`annealing.exchange`'s swaps of neighbours."""
    for r in range(first, len(T) - 1, 2):
        a, c = replica[r], replica[r + 1]
        swaps[1, r] += 1
        if random.uniform(words) < exp((1 / T[r] - 1 / T[r + 1]) * (E[a] - E[c])):
            swaps[0, r] += 1
            replica[r], replica[r + 1] = c, a


# --- random numbers ---


@kernel
def _throw(lanes, n, first, count, in_order, raw, picks, u):
    """Units and random numbers for so many updates at each temperature: entry k R + r for update k at T[r]."""
    R = lanes.shape[1]
    draws = count if in_order else 2 * count
    before = lanes.copy()
    for k in range(draws):
        _next(lanes[0], lanes[1], lanes[2], lanes[3], k * R, raw)
    if in_order:
        for k in range(count):
            for r in range(R):
                picks[k * R + r] = first + k
                u[k * R + r] = np.float64(raw[k * R + r] >> _11) * 1.1102230246251565e-16
    elif _choose(raw, count, R, np.uint64(n), picks, u):
        lanes[:] = before
        _throw_plainly(lanes, n, count, picks, u)


@kernel(apart=True)
def _next(s0, s1, s2, s3, start, raw):
    """`random.next_word` at every temperature."""
    for r in range(np.uint64(len(s0))):
        raw[np.uint64(start) + r], s0[r], s1[r], s2[r], s3[r] = after(s0[r], s1[r], s2[r], s3[r])


@kernel(apart=True)
def _choose(raw, count, R, n, picks, u):
    """`random.below` and `random.uniform`; whether `below` might have drawn again somewhere."""
    again = np.int64(0)
    for k in range(np.uint64(count)):
        at, where, to = k * np.uint64(2 * R), (k + k + _1) * np.uint64(R), k * np.uint64(R)
        for r in range(np.uint64(R)):
            product = (raw[at + r] >> _32) * n
            picks[to + r] = np.int64(product >> _32)
            again |= np.int64((product & _LOW_32) < n)
            u[to + r] = np.float64(raw[where + r] >> _11) * 1.1102230246251565e-16
    return again


@kernel
def _throw_plainly(lanes, n, count, picks, u):
    R = lanes.shape[1]
    words = np.empty(4, dtype=np.uint64)
    for r in range(R):
        for j in range(4):
            words[j] = lanes[j, r]
        for k in range(count):
            picks[k * R + r] = random.below(words, n)
            u[k * R + r] = random.uniform(words)
        for j in range(4):
            lanes[j, r] = words[j]


# --- updates ---


@kernel
def _updates(W, few, s, fields, T, picks, u, noise, r, R, count):
    """So many updates of a copy at T = T[r], as `annealing.cooling._sweep` makes them."""
    beta = 2 / T
    for update in range(count):
        k = np.uint64(update * R + r)
        i = np.uint64(picks[k])
        x = beta * fields[i]
        on = x > noise[k]
        if not abs(x - noise[k]) > _MARGIN:  # too close to call, or NaN
            on = u[k] < sigmoid(2 * fields[i] / T)
        if on != (s[i] > 0):
            s[i] = -s[i]
            change = 2.0 * s[i]
            if len(few.counts):
                for q in range(few.counts[i]):
                    fields[few.others[i, q]] += change * few.weights[i, q]
            else:
                _add(fields, W[i], change)


@kernel(apart=True)
def _add(fields, row, change):
    for j in range(np.uint64(len(fields))):
        fields[j] += change * row[j]


@kernel
def _energies(b, s, fields, E):
    """`annealing.exchange._energy` of every copy; four at a time, whose sums do not wait for each other."""
    R = len(E)
    for c in range(0, R, 4):
        d, e, f = min(c + 1, R - 1), min(c + 2, R - 1), min(c + 3, R - 1)
        found = _four(b, s[c], fields[c], s[d], fields[d], s[e], fields[e], s[f], fields[f])
        E[c], E[d], E[e], E[f] = found


@kernel
def _four(b, s_c, field_c, s_d, field_d, s_e, field_e, s_f, field_f):
    c = d = e = f = 0.0
    for k in range(np.uint64(len(b))):
        c -= 0.5 * s_c[k] * (field_c[k] + b[k])
        d -= 0.5 * s_d[k] * (field_d[k] + b[k])
        e -= 0.5 * s_e[k] * (field_e[k] + b[k])
        f -= 0.5 * s_f[k] * (field_f[k] + b[k])
    return c, d, e, f
