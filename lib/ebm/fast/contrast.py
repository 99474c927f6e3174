"""`rbm.training._pass` in single precision, where data are 0 and 1: a whole pass over them without a step in Python.

    v0 --W--> p0 ..coins..> h --W^T--> p(v | h) ..coins..> v --W--> p        left of each product
    [ v0 ]^T  [  p0 / batch  ]                                                there are only 0 and 1:
    [ v  ]    [ -p / chains  ]  = the gradient                                all four are `binary`'s

All that a batch needs lies in scratch that is made once. The generators are those of `rbm.units.quick`, and
their coins fall in the same order: what differs from the plain pass is the rounding of sums.
"""

from typing import NamedTuple

import numpy as np

from ebm._kernel import kernel
from ebm.fast import binary, layers

_BLOCK = 16  # of rows whose lines stay in the cache while they become columns
_0, _1 = np.float32(0), np.float32(1)


class Machine(NamedTuple):
    """W, b_v and b_h, or how they last changed; float32 arrays."""

    W: np.ndarray
    b_v: np.ndarray
    b_h: np.ndarray


class Room(NamedTuple):
    """Scratch for the largest batch.

    W_T : (n_h, n_v), pairs : (n_v, n_h), up_v : (n_v,), up_h : (n_h,) and none : (n_h,) zeros
    v : (batch + chains, n_v), the examples above the chains
    p : (batch + chains, n_h), the means of their hidden units
    q : (chains, n_v), the means of their visible units, h : (chains, n_h)
    of_v, of_h, across : uint16, what `binary.number` makes of v, h and the transpose of v
    table, sums : of `binary.add`
    """

    W_T: np.ndarray
    pairs: np.ndarray
    up_v: np.ndarray
    up_h: np.ndarray
    none: np.ndarray
    v: np.ndarray
    p: np.ndarray
    q: np.ndarray
    h: np.ndarray
    of_v: np.ndarray
    of_h: np.ndarray
    across: np.ndarray
    table: np.ndarray
    sums: np.ndarray


def room(n_v, n_h, batch, chains):
    def single(*shape):
        return np.empty(shape, dtype=np.float32)

    def numbers(examples, n):
        return np.empty((examples, binary.groups(n)), dtype=np.uint16)

    both, most = batch + chains, max(batch, chains)
    return Room(
        *(single(n_h, n_v), single(n_v, n_h), single(n_v), single(n_h), np.zeros(n_h, dtype=np.float32)),
        *(single(both, n_v), single(both, n_h), single(chains, n_v), single(chains, n_h)),
        *(numbers(most, n_v), numbers(chains, n_h), numbers(n_v, both)),
        *binary.room(max(most, n_v)),
    )


class Passes:
    """One pass over the data after the other.

    theta, velocity : lists of float32 arrays (W, b_v, b_h) that change in place
    data : (P, n_v) float32 array of 0 and 1
    chains : number of persistent chains, or None to start them at the data
    rng : numpy.random.Generator, of which the generators of visible and of hidden coins begin
    """

    def __init__(self, theta, velocity, data, chains, batch, k, rng):
        self.theta, self.velocity, self.data = Machine(*theta), Machine(*velocity), data
        n_v, n_h = theta[0].shape
        self.batch, self.k = min(batch, len(data)), k
        self.streams = layers.stream(rng), layers.stream(rng)
        self.means = np.full((chains or 0, n_h), 0.5, dtype=np.float32)
        self.room = room(n_v, n_h, self.batch, chains or self.batch)

    def __call__(self, order, rate, momentum, decay):
        """One pass over the examples in that order; the last states of the chains."""
        numbers = (np.float32(x) for x in (rate, momentum, decay))
        last = _pass(
            self.theta, self.velocity, self.data, order, self.batch, self.k, *numbers, self.means,
            *self.streams, self.room,
        )  # fmt: skip
        return self.room.v[last[0] : last[1]]


@kernel
def _pass(theta, velocity, data, order, batch, k, rate, momentum, decay, means, coins_v, coins_h, room):
    """means : (chains, n_h), p(h | v) of the persistent chains; no rows if they are not. Where in room.v chains end."""
    m = n = 0
    persistent = len(means) > 0
    for start in range(0, len(order), batch):
        m = min(batch, len(order) - start)
        n = len(means) if persistent else m
        v, p, h, q = room.v[m : m + n], room.p[m : m + n], room.h[:n], room.q[:n]
        for e in range(m):
            _copy(data[order[start + e]], room.v[e])
        _transpose(theta.W, room.W_T)
        _means(room.v[:m], theta.W, theta.b_h, room.of_v[:m], room.table, room.sums, room.p[:m])
        _copy((means if persistent else room.p[:m]).ravel(), p.ravel())
        for _ in range(k):
            layers.toss(p.ravel(), coins_h, h.ravel())
            _means(h, room.W_T, theta.b_v, room.of_h[:n], room.table, room.sums, q)
            layers.toss(q.ravel(), coins_v, v.ravel())
            _means(v, theta.W, theta.b_h, room.of_v[:n], room.table, room.sums, p)
        if persistent:
            _copy(p.ravel(), means.ravel())
        _climb(theta, velocity, room.v[: m + n], room.p[: m + n], m, rate, momentum, decay, room)
    return m, m + n


@kernel(apart=True)
def _copy(source, to):
    for i in range(np.uint64(len(to))):
        to[i] = source[i]


@kernel
def _means(v, W, b, numbers, table, sums, p):
    """p = sigma(b + v W)"""
    binary.number(v, numbers)
    binary.add(numbers, W, b, p, table, sums)
    layers.sigmoid(p.ravel())


@kernel
def _climb(theta, velocity, v, p, m, rate, momentum, decay, room):
    """A step along the gradient: of m examples, less that of the chains below them. p is spoiled."""
    n = len(v) - m
    _weigh(p[:m].ravel(), _1 / np.float32(m))
    _weigh(p[m:].ravel(), -_1 / np.float32(n))
    binary.number_transposed(v, room.across)
    binary.add(room.across, p, room.none, room.pairs, room.table, room.sums)
    move(theta.W.ravel(), velocity.W.ravel(), room.pairs.ravel(), rate, momentum, decay)
    _fill(room.up_v, _0)
    _fill(room.up_h, _0)
    for e in range(len(v)):
        _add(room.up_v, v[e], _1 / np.float32(m) if e < m else -_1 / np.float32(n))
        _add(room.up_h, p[e], _1)
    move(theta.b_v, velocity.b_v, room.up_v, rate, momentum, _0)
    move(theta.b_h, velocity.b_h, room.up_h, rate, momentum, _0)


@kernel
def move(x, dx, gradient, rate, momentum, decay):
    """x += dx, where dx = momentum dx + rate (gradient - decay x): one pass, in NumPy a dozen."""
    for i in range(len(x)):
        dx[i] = momentum * dx[i] + rate * (gradient[i] - decay * x[i])
        x[i] += dx[i]


@kernel
def _weigh(p, share):
    for i in range(len(p)):
        p[i] *= share


@kernel
def _fill(x, value):
    for i in range(len(x)):
        x[i] = value


@kernel(apart=True)
def _add(total, row, share):
    for i in range(np.uint64(len(total))):
        total[i] += share * row[i]


@kernel
def _transpose(W, W_T):
    rows, columns = W.shape
    source, to = W.ravel(), W_T.ravel()
    for first in range(0, rows, _BLOCK):
        block = np.uint64(min(_BLOCK, rows - first))
        for j in range(columns):
            at, start = np.uint64(first * columns + j), np.uint64(j * rows + first)
            for i in range(block):
                to[start + i] = source[at + i * np.uint64(columns)]
