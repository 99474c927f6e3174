"""The machine that `two_phase` draws: what it learns from, and the kernels that make its steps."""

import math

import numpy as np

from ebm import boltzmann, exact, random
from ebm._kernel import kernel
from ebm.boltzmann import learning, likelihood, sampling
from ebm.data import sets

DATA = ("one", "opposites", "bars", "parity", "smooth", "drawn", "encoder")
MODES = ("exact", "sampled")
VISIBLE = 4
MOST_HIDDEN = 3
MOST_STEPS = 10_000
CHAINS = 100  # of each phase, where it is sampled
COOLING = np.array([8.0, 4.0, 3.0, 2.0, 1.5, 1.0, 1.0, 1.0])  # temperatures of their sweeps
SCALE = 0.7  # of the first weights; hidden units that start alike learn alike
ENCODER = boltzmann.links([4, 4, 2], [(0, 0), (1, 1), (0, 2), (1, 2)])
STATES = exact.states(VISIBLE)  # of +1 and -1, in the order of the bars
INK = (STATES > 0).sum(axis=1)


@kernel
def _begin(words, links, scale, W, b):
    """Small random weights, no biases."""
    for i in range(len(b)):
        b[i] = W[i, i] = 0.0
        for j in range(i + 1, len(b)):
            W[i, j] = W[j, i] = scale * random.normal(words) if links[i, j] else 0.0


@kernel
def _sample(W, b, v, p_v, s, free, hidden, cooling, chains, words, pairs, means, own_pairs, own_means):
    """Both phases by annealing, as `learn` with `Annealed` has them: the last states of so many chains each."""
    pairs[:] = 0.0
    own_pairs[:] = 0.0
    means[:] = 0.0
    own_means[:] = 0.0
    share = 1.0 / chains
    first = random.uniform(words)
    example, below = 0, p_v[0]
    for c in range(chains):  # examples are dealt by their shares
        while (c + first) * share >= below and example < len(p_v) - 1:
            example += 1
            below += p_v[example]
        likelihood._show(v[example], s)
        _anneal(W, b, s, hidden, cooling, words)
        likelihood._add(s, 1.0, pairs, means)
        _anneal(W, b, s, free, cooling, words)
        likelihood._add(s, 1.0, own_pairs, own_means)
    for i in range(len(b)):  # counts become shares
        means[i] *= share
        own_means[i] *= share
        for j in range(len(b)):
            pairs[i, j] *= share
            own_pairs[i, j] *= share


@kernel
def _anneal(W, b, s, free, cooling, words):
    sampling._toss(0, s, free, words)
    for T in cooling:
        sampling._sweep(W, b, 0, s, free, T, words, 0)


@kernel
def _shares(p, n_visible, places, shares):
    """p(v), the sum over hidden states, of the listed v; and last what is left for all others."""
    rest = 1.0
    for k in range(len(places)):
        shares[k] = 0.0
        state = places[k]
        while state < len(p):
            shares[k] += p[state]
            state += 1 << n_visible
        rest -= shares[k]
    shares[len(places)] = max(0.0, rest)


@kernel
def _codes(W, b, v, s, hidden, p, codes):
    """The mean of each hidden unit given each row of v."""
    for k in range(len(v)):
        likelihood._show(v[k], s)
        likelihood._distribution(W, b, 0, s, hidden, 1.0, p)
        for j in range(len(hidden)):
            codes[k, j] = 0.0
            for state in range(len(p)):
                if (state >> j) & 1:
                    codes[k, j] += p[state]


@kernel
def _norm(links, pairs, means, own_pairs, own_means):
    """Length of the gradient, each weight counted once."""
    total = 0.0
    for i in range(len(means)):
        gap = means[i] - own_means[i]
        total += gap * gap
        for j in range(i):
            if links[i, j]:
                gap = pairs[i, j] - own_pairs[i, j]
                total += gap * gap
    return math.sqrt(total)


_SUMS = "float64[:, ::1], float64[::1], float64[:, ::1], float64[::1]"
_MACHINE = "float64[:, ::1], float64[::1]"
KERNELS = {
    "begin": (_begin, f"void(uint64[::1], int8[:, ::1], float64, {_MACHINE})"),
    "two_phases": (
        learning._two_phases,
        f"float64({_MACHINE}, int64, int8[:, ::1], int8[:, ::1], float64[::1], int8[::1], int64[::1], "
        f"int64[::1], float64, float64, float64[::1], float64[::1], float64[::1], {_SUMS})",
    ),
    "sample": (
        _sample,
        f"void({_MACHINE}, int8[:, ::1], float64[::1], int8[::1], int64[::1], int64[::1], float64[::1], "
        f"int64, uint64[::1], {_SUMS})",
    ),
    "change": (
        learning._change,
        f"void({_MACHINE}, int8[:, ::1], {_SUMS}, float64, float64, int64, float64)",
    ),
    "shares": (_shares, "void(float64[::1], int64, int64[::1], float64[::1])"),
    "codes": (
        _codes,
        f"void({_MACHINE}, int8[:, ::1], int8[::1], int64[::1], float64[::1], float64[:, ::1])",
    ),
    "norm": (_norm, f"float64(int8[:, ::1], {_SUMS})"),
}


class Learner:
    """The arrays of one run, moved by the kernels the page runs."""

    def __init__(self, v, p_v, hidden, links):
        n, self.n_visible = v.shape[1] + hidden, v.shape[1]
        self.v, self.p_v, self.links = v, p_v, links
        self.W, self.b = np.zeros((n, n)), np.zeros(n)
        self.scratch = np.zeros(n, dtype=np.int8), np.arange(n), np.arange(self.n_visible, n)
        self.lists = np.empty(2**n), np.empty(2**hidden), np.empty(len(v))
        self.averages = np.zeros((n, n)), np.zeros(n), np.zeros((n, n)), np.zeros(n)
        self.words = np.zeros(4, dtype=np.uint64)

    def begin(self, words):
        self.words[:] = words
        _begin(self.words, self.links, SCALE, self.W, self.b)

    def exactly(self, averages=None):
        """KL(data || model), and all that is exact: a step of no length."""
        return learning._two_phases(
            self.W,
            self.b,
            0,
            self.links,
            self.v,
            self.p_v,
            *self.scratch,
            0.0,
            1.0,
            *self.lists,
            *(averages or [np.empty_like(sums) for sums in self.averages]),
        )

    def measure(self, mode):
        """What the two phases find at these weights; KL."""
        if mode == "exact":
            return self.exactly(self.averages)
        machine = self.W, self.b, self.v, self.p_v, *self.scratch
        _sample(*machine, COOLING, CHAINS, self.words, *self.averages)
        return self.exactly()

    def step(self, rate, mode):
        learning._change(self.W, self.b, self.links, *self.averages, rate, 1.0, 0, 0.0)
        return self.measure(mode)

    @property
    def norm(self):
        return _norm(self.links, *self.averages)

    def codes(self):
        s, _, hidden = self.scratch
        codes = np.empty((len(self.v), len(hidden)))
        _codes(self.W, self.b, self.v, s, hidden, self.lists[1], codes)
        return codes


def _uniform(patterns):
    return np.asarray(patterns, dtype=np.int8), None


def chosen(data, drawn):
    """The visible states of a data set and their probabilities, none of them 0, in the order `learn` has them."""
    bits = (STATES > 0).astype(np.int8)
    likely = np.exp(-0.5 * (INK - 2.0) ** 2)
    v, p = {
        "one": _uniform([[1, 1, 0, 0]]),
        "opposites": _uniform([[1, 1, 0, 0], [0, 0, 1, 1]]),
        "bars": _uniform(sets.bars_and_stripes(2)),
        "parity": _uniform(bits[INK % 2 == 0]),
        "smooth": (bits, likely / likely.sum()),
        "drawn": _uniform(bits[np.array(drawn) == 1]),
        "encoder": _uniform(sets.encoder(4)),
    }[data]
    n = v.shape[1]
    return likelihood._data(boltzmann.Boltzmann(np.zeros((n, n))), v, p)


def places(data):
    """The visible states that are drawn, as `visible` counts them: all 16, or one unit on in each group."""
    if data != "encoder":
        return np.arange(2**VISIBLE)
    return np.array([(1 << i) + (16 << j) for i in range(4) for j in range(4)])


def names(data):
    """What these states are called."""
    if data == "encoder":
        return [f"{i}, {j}" for i in range(1, 5) for j in range(1, 5)]
    return ["".join("1" if unit > 0 else "0" for unit in s) for s in STATES]


# What the curve of KL is to be compared with: nats, and what a machine knows that gets no further.
MARKS = {
    "parity": [[math.log(2), "best without hidden units"]],
    "encoder": [[math.log(4), "no code"], [math.log(2) / 2, "two share a code"]],
}
