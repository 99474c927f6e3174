"""Annealed importance sampling of a restricted machine: 100 chains, from coins to the machine."""

import functools
from itertools import pairwise

import numpy as np

from ebm import ais, rbm
from side_by_side import Case, Competitor

CHAINS, STEPS = 100, 100


@functools.cache
def machine(n_v, n_h):
    """Twenty hidden units do something, so that log Z can be listed; the others cost as much and are fair coins."""
    rng = np.random.default_rng(n_v)
    W = np.zeros((n_v, n_h))
    W[:, :20] = rng.normal(0, 0.5 / np.sqrt(n_v), (n_v, 20))
    parts = W, rng.normal(size=n_v), np.zeros(n_h)
    return rbm.RBM(*(x.astype(np.float32) for x in parts))


@functools.cache
def truth(n_v, n_h):
    model = machine(n_v, n_h)
    few = rbm.RBM(model.W[:, :20].copy(), model.b_v, model.b_h[:20].copy())
    return rbm.log_Z(few) + (n_h - 20) * np.log(2)


def competitor(n_v, n_h, estimate):
    """estimate : log Z of one run. The mean weight of all of them is compared, with its own scatter."""
    found = []

    def run(repeats):
        for _ in range(repeats):
            found.append(estimate())

    def check():
        ratio = np.exp(np.array(found) - truth(n_v, n_h))
        error = max(ratio.std(ddof=1) / np.sqrt(len(ratio)), 1e-4)
        off = abs(ratio.mean() - 1)
        return "" if off < 5 * error < 0.5 else f"Z / exact Z is {ratio.mean():.3f} +- {error:.3f}"

    return Competitor(run, CHAINS * STEPS, check)


def ours(n_v, n_h):
    rng, betas = np.random.default_rng(0), np.linspace(0, 1, STEPS + 1)
    return lambda: competitor(
        n_v, n_h, lambda: ais.forward(machine(n_v, n_h), betas, rng=rng, chains=CHAINS).log_Z
    )


def pytorch(n_v, n_h):
    def make():
        import torch

        torch.set_num_threads(1)
        torch.manual_seed(0)
        model = machine(n_v, n_h)
        W, b_v, b_h = (torch.tensor(x) for x in (model.W, model.b_v, model.b_h))
        betas = torch.linspace(0, 1, STEPS + 1).tolist()
        softplus = torch.nn.functional.softplus

        def estimate():
            v, log_w = (
                torch.bernoulli(torch.full((CHAINS, n_v), 0.5)),
                torch.zeros(CHAINS, dtype=torch.float64),
            )
            for old, new in pairwise(betas):
                field = v @ W + b_h
                log_w += (new - old) * (v @ b_v) + (softplus(new * field) - softplus(old * field)).sum(1)
                h = torch.bernoulli(torch.sigmoid(new * field))
                v = torch.bernoulli(torch.sigmoid(new * (h @ W.T + b_v)))
            return float(torch.logsumexp(log_w, 0) - np.log(CHAINS) + (n_v + n_h) * np.log(2))

        return competitor(n_v, n_h, estimate)

    return make


def rbms(n_v, n_h):
    """Starts from the machine without weights but with its biases."""

    def make():
        import torch
        from rbms.bernoulli_bernoulli.classes import BBRBM
        from rbms.partition_function.ais import compute_partition_function_ais

        torch.set_num_threads(1)
        model = machine(n_v, n_h)
        theirs = BBRBM(*(torch.tensor(x) for x in (model.W, model.b_v, model.b_h)))

        def estimate():
            with torch.no_grad():
                return compute_partition_function_ais(CHAINS, STEPS + 1, theirs)

        return competitor(n_v, n_h, estimate)

    return make


def case(n_v, n_h, goal):
    return Case(
        "Annealed importance sampling",
        f"{n_v} x {n_h}, {CHAINS} chains",
        "chain steps/s",
        {"ebm": ours(n_v, n_h), "PyTorch": pytorch(n_v, n_h), "rbms": rbms(n_v, n_h)},
        goals={"PyTorch": goal},
        bound="two products of matrices"
        if n_v > n_h
        else "two products by tables, and as long for the gain: two exponentials and a logarithm a hidden unit",
    )


CASES = [case(784, 500, 2.5), case(64, 100, 8)]
