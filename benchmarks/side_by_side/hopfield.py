"""Recall of 100 corrupted patterns at load 0.1, from the patterns to the states at rest; and the capacity curve."""

import functools

import numpy as np
from numba import njit

from ebm import hopfield, random
from ebm.experiments import hopfield_capacity
from side_by_side import Case, Competitor

CUES = 100
LOADS = np.arange(0.02, 0.185, 0.01)  # 17 of them
TRIED = 30  # patterns of each network


@functools.cache
def stored(n):
    rng = np.random.default_rng(n)
    patterns = rng.choice(np.array([-1, 1], dtype=np.int8), size=(n // 10, n))
    return patterns, np.array([hopfield.corrupt(patterns[k], 0.1, rng=rng) for k in range(CUES)])


@functools.cache
def network(n):
    return hopfield.hebb(stored(n)[0])


def competitor(n, solve):
    """One unit of work is one batch of all cues."""
    found = []

    def run(repeats):
        for _ in range(repeats):
            found[:] = [solve()]

    def check():
        m = np.mean(found[0] * stored(n)[0][:CUES], dtype=float)
        return "" if m > 0.99 else f"the mean overlap is {m:.3f}"

    return Competitor(run, 1.0, check)


def ours(n, at_once):
    rng = np.random.default_rng(0)
    return lambda: competitor(n, lambda: hopfield.recall(*stored(n), rng=rng, at_once=at_once).s)


def plain(n):
    """The kernel of `hopfield.descend`, cue by cue; the network is there already."""

    def make():
        W, b, tie = network(n).W, network(n).b, hopfield._tie(network(n))
        words, order, energies = random.state(np.random.default_rng(0)), np.arange(n), np.empty(n)

        def solve():
            s = stored(n)[1].copy()
            fields = s.astype(float) @ W + b
            for cue, field in zip(s, fields, strict=True):
                while hopfield._descend_sweep(W, cue, field, order, tie, words, energies):
                    pass
            return s

        return competitor(n, solve)

    return make


@njit(cache=True)
def _descents(W, s, order, words):
    """What one would write with numba: a field is the product of a row of W and the state, at each visit."""
    for k in range(len(s)):
        cue, flips = s[k], 1
        while flips:
            flips = 0
            random.shuffle(words, order)
            for i in order:
                if np.dot(W[i], cue) * cue[i] < -1e-9:
                    cue[i] = -cue[i]
                    flips += 1


def descents(W, cues):
    s = cues.astype(float)
    _descents(W, s, np.arange(len(W)), random.state(np.random.default_rng(0)))
    return s


def numba_loop(n):
    """Its W is there already."""
    return lambda: competitor(n, lambda: descents(network(n).W, stored(n)[1]))


def numpy_descent(n):
    """A field a visit, cue by cue, as a reader would write it."""

    def make():
        W, rng = network(n).W, np.random.default_rng(0)

        def solve():
            s = stored(n)[1].astype(float)
            for cue in s:
                flips = 1
                while flips:
                    flips = 0
                    for i in rng.permutation(n):
                        field = W[i] @ cue
                        if field * cue[i] < -1e-9:
                            cue[i], flips = -cue[i], flips + 1
            return s

        return competitor(n, solve)

    return make


def hopfieldnetwork(n, cues=2):
    """Its time for some cues stands for all."""

    def make():
        from hopfieldnetwork import HopfieldNetwork

        net = HopfieldNetwork(N=n)
        net.w = network(n).W.copy()
        found = []

        def run(repeats):
            for _ in range(repeats):
                found.clear()
                for cue in stored(n)[1][:cues]:
                    net.set_initial_neurons_state(cue.copy())
                    net.update_neurons(4, "async")  # so many sweeps
                    found.append(net.S.copy())

        def check():
            m = np.mean(np.array(found) * stored(n)[0][:cues], dtype=float)
            return "" if m > 0.99 else f"the mean overlap is {m:.3f}"

        return Competitor(run, cues / CUES, check)

    return make


def pytorch(n):
    def make():
        import torch

        torch.set_num_threads(1)
        W, cues = (
            torch.tensor(network(n).W, dtype=torch.float32),
            torch.tensor(stored(n)[1], dtype=torch.float32),
        )

        def solve():
            states = [cues]
            while not any(torch.equal(states[-1], earlier) for earlier in states[-3:-1]):  # rest, or a cycle
                field = states[-1] @ W
                states.append(torch.where(field.abs() < 1e-6, states[-1], torch.sign(field)))
            return states[-1].numpy()

        return competitor(n, solve)

    return make


def curve(recalled):
    """Mean overlaps at the loads, from stored patterns; a repeat is one curve.

    recalled : function of patterns and cues, the states at rest
    """

    def make():
        rng, found = np.random.default_rng(0), []
        networks = [hopfield_capacity._random(round(load * 1000), 1000, rng) for load in LOADS]

        def run(repeats):
            for _ in range(repeats):
                found[:] = [
                    np.mean(recalled(patterns, patterns[:TRIED]) * patterns[:TRIED], dtype=float)
                    for patterns in networks
                ]

        def check():
            m, expected = np.array(found), np.array([*map(hopfield_capacity.theory, LOADS)])
            well = LOADS < 0.115
            off = np.abs(m - expected)[well].max()
            return "" if off < 0.01 and m[-1] < 0.8 else f"m is off by {off:.3f}, and {m[-1]:.2f} at the end"

        return Competitor(run, 1.0, check)

    return make


def recalled(patterns, cues):
    return hopfield.recall(patterns, cues, rng=np.random.default_rng(0)).s


def recalled_by_numba(patterns, cues):
    return descents(hopfield.hebb(patterns).W, cues)


def recalled_plainly(patterns, cues):
    rng, model = np.random.default_rng(0), hopfield.hebb(patterns)
    return np.array([hopfield.descend(model, cue, rng=rng).s for cue in cues])


def asynchronous(n, goal, **others):
    """The plain kernel of the library works out fields once, and then only what a flip changes."""
    return Case(
        "Hopfield recall, one by one",
        f"n = {n}, {CUES} cues",
        "batches/s",
        {
            "ebm": lambda: ours(n, False)(),
            "ebm, plain": plain(n),
            "numba loop, a field a visit": numba_loop(n),
            **others,
        },
        goals={"numba loop, a field a visit": goal},
        bound="the first sweep, in which one unit in ten flips: its products of matrices, and P additions a flip",
    )


def synchronous(n, goal):
    return Case(
        "Hopfield recall, all at once",
        f"n = {n}, {CUES} cues",
        "batches/s",
        {"ebm": lambda: ours(n, True)(), "PyTorch": pytorch(n)},
        goals={"PyTorch": goal},
        bound="one product of matrices a step in single precision, P / n as long as the one with W",
    )


def capacity(goal):
    return Case(
        "Hopfield capacity curve",
        "n = 1000, 17 loads",
        "curves/s",
        {
            "ebm": curve(recalled),
            "ebm, plain": curve(recalled_plainly),
            "numba loop, a field a visit": curve(recalled_by_numba),
        },
        goals={"numba loop, a field a visit": goal},
        bound="the first sweep, and above the capacity P / 64 words a unit for each flip",
    )


CASES = [
    asynchronous(1000, 25, **{"NumPy": numpy_descent(1000), "hopfieldnetwork": hopfieldnetwork(1000)}),
    asynchronous(5000, 50),
    synchronous(1000, 12),
    synchronous(5000, 12),
    capacity(8),
]
