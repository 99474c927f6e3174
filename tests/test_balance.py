"""Detailed balance of single moves, exactly: swaps of replica exchange, and Gibbs updates with units clamped.

A move that is made if u < p has its p read off the kernel itself, to the last bit: by bisection over
the 2^53 numbers u that the generator can give.
"""

import numpy as np
import pytest

from ebm import boltzmann, exact, hopfield
from ebm.annealing import exchange
from ebm.boltzmann import sampling

STEPS = 2**53


def words_that_give(k):
    """A generator whose next `uniform` is k / 2^53: the words 0, ., ., w give the word w turned by 23 bits."""
    word = k << 11
    return np.array([0, 1, 2, (word >> 23 | word << 41) % 2**64], dtype=np.uint64)


def probability(move):
    low, high = 0, STEPS
    while low < high:
        k = (low + high) // 2
        low, high = (k + 1, high) if move(words_that_give(k)) else (low, k)
    return low / STEPS


def weights(n, seed=0):
    rng = np.random.default_rng(seed)
    W = np.triu(rng.normal(size=(n, n)), 1)
    return W + W.T, rng.normal(size=n)


def test_swaps_balance():
    """p_a(x) p_b(y) A(x, y) = p_a(y) p_b(x) A(y, x) for every pair of states x, y."""
    model, T_a, T_b = hopfield.Hopfield(*weights(3)), 0.7, 1.6
    a, b = exact.boltzmann(model, T_a), exact.boltzmann(model, T_b)
    E = a.energies
    A = np.array(
        [[probability(lambda w, x=x, y=y: exchange._accept(x, y, T_a, T_b, w)) for y in E] for x in E]
    )
    flow = np.outer(a.p, b.p) * A
    assert np.allclose(flow, flow.T, rtol=1e-12, atol=1e-17)
    assert A.min() < 0.5 and A.max() == 1


@pytest.mark.parametrize("units", ["bits", "spins"])
@pytest.mark.parametrize("T", [0.6, 1.0, 2.5])
@pytest.mark.parametrize("clamped", [[0, 0, 0, 0], [1, 0, 1, 0]])
def test_gibbs_updates_balance(units, T, clamped):
    """p(s | clamped) P(s -> s') = p(s' | clamped) P(s' -> s), for every state and every unit that is free."""
    model = boltzmann.Boltzmann(*weights(4), units=units)
    held = np.array([1, model.off, model.off, 1])
    truth = boltzmann.distribution(model, T, s=held, clamped=clamped)
    place = {tuple(s): k for k, s in enumerate(np.asarray(truth.states).tolist())}
    flow = np.zeros((len(place), len(place)))
    for state, k in place.items():
        for i in sampling._free(model, clamped):

            def switched_on(words, i=i, state=state):
                s = np.array(state, dtype=np.int8)
                sampling._update(model.W, model.b, model.off, s, i, T, words)
                return s[i] == 1

            p = probability(switched_on)
            for value, share in ((1, p), (model.off, 1 - p)):
                flow[k, place[(*state[:i], value, *state[i + 1 :])]] += truth.p[k] * share
    assert np.allclose(flow, flow.T, rtol=1e-10, atol=1e-16)
    assert np.count_nonzero(flow) > len(place)
