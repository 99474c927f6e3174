"""All 2^n states of a network, with all pair correlations, against the list by blocks."""

import functools

import numpy as np

from ebm import exact
from ebm.hopfield import Hopfield
from side_by_side import Case, Competitor

T = 3.0


@functools.cache
def network(n):
    W = np.triu(np.random.default_rng(n).normal(size=(n, n)), 1)
    return Hopfield(W + W.T, np.random.default_rng(n + 1).normal(size=n))


@functools.cache
def truth(n):
    return exact._moments_by_blocks(network(n), T)


def close(n, log_Z, correlations, tolerance=1e-10):
    off = abs(log_Z - truth(n).log_Z), np.abs(correlations - truth(n).correlations).max()
    return "" if max(off) < tolerance else f"off by {max(off):.1e}"


def competitor(n, solve, work_n=None):
    found = []

    def run(repeats):
        for _ in range(repeats):
            found[:] = solve()

    return Competitor(run, 2.0**n / 1e9, lambda: close(n, *found))


def ours(n):
    def solve():
        moments = exact.moments(network(n), T)
        return moments.log_Z, moments.correlations

    return lambda: competitor(n, solve)


def blocks(n):
    def solve():
        moments = exact._moments_by_blocks(network(n), T)
        return moments.log_Z, moments.correlations

    return lambda: competitor(n, solve)


def pytorch(n, block=16):
    def make():
        import torch

        torch.set_num_threads(1)
        W, b = torch.tensor(network(n).W), torch.tensor(network(n).b)
        bits = torch.arange(n)

        def solve():
            lowest, Z, pairs = None, 0.0, torch.zeros((n, n), dtype=torch.float64)
            for start in range(0, 2**n, 2**block):
                numbers = torch.arange(start, start + 2**block)
                s = (2 * ((numbers[:, None] >> bits) & 1) - 1).to(torch.float64)
                E = -0.5 * ((s @ W) * s).sum(1) - s @ b
                lowest = float(E.min()) if lowest is None else lowest
                w = torch.exp((lowest - E) / T)
                Z += float(w.sum())
                pairs += (s * w[:, None]).T @ s
            return np.log(Z) - lowest / T, (pairs / Z).numpy()

        return competitor(n, solve)

    return make


def dimod(n):
    def make():
        from dimod import BinaryQuadraticModel, ExactSolver

        W, b = network(n).W, network(n).b
        model = BinaryQuadraticModel.from_ising(
            dict(enumerate(-b)), {(i, j): -W[i, j] for i in range(n) for j in range(i)}
        )

        def solve():
            found = ExactSolver().sample(model)
            s, E = found.record.sample.astype(float), found.record.energy
            w = np.exp((E.min() - E) / T)
            correlations = (s.T * (w / w.sum())) @ s
            order = np.argsort(list(found.variables))
            return np.log(w.sum()) - E.min() / T, correlations[np.ix_(order, order)]

        return competitor(n, solve)

    return make


def case(n, goal):
    others = {"dimod": dimod(n)} if n <= 20 else {}  # it keeps every state
    return Case(
        "Enumeration with pair moments",
        f"n = {n}",
        "states/ns",
        {"ebm": ours(n), "ebm, plain": blocks(n), "PyTorch, blocks": pytorch(n), **others},
        goals={"PyTorch, blocks": goal},
        bound="five products of matrices, two of them for the heat capacity",
    )


CASES = [case(20, 500), case(24, 1000)]
