"""Work in parts is the whole work."""

import numpy as np
import pytest

from ebm import boltzmann
from ebm._progress import parts


@pytest.mark.parametrize("progress", [False, True])
@pytest.mark.parametrize("total", [1, 2, 99, 100, 101, 250, 12_345])
def test_parts_cover_all_in_order(total, progress):
    found = [k for part in parts(total, progress, "step") for k in range(total)[part]]
    assert found == list(range(total))
    assert len(list(parts(total, False, "step"))) == 1 and len(list(parts(total, True, "step"))) <= 100


@pytest.mark.parametrize("n", [5, 40])
@pytest.mark.parametrize("order", ["random", "sequential"])
def test_chains_in_parts_are_the_same_chains(n, order):
    W = np.triu(np.random.default_rng(0).normal(size=(n, n)), 1)
    model, start = boltzmann.Boltzmann(W + W.T), np.zeros((20, n), dtype=int)
    runs = [
        boltzmann.gibbs(model, start, rng=np.random.default_rng(1), sweeps=250, order=order, progress=bar)
        for bar in (False, True)
    ]
    assert np.array_equal(*runs)
