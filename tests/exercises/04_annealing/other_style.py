# Right answers as another student may write them: loops for arrays and arrays for loops, lists,
# one-element arrays, the library's pieces for own code, recomputed energies for costs.
# ruff: noqa: E402, F821 (some names are the notebook's)
import math

import numpy as np


def schedule(kind, T_start, T_end, steps):
    there, back, x = {
        "linear": (lambda T: T, lambda y: y, list(range(steps))),
        "geometric": (math.log, math.exp, list(range(steps))),
        "logarithmic": (lambda T: 1 / T, lambda y: 1 / y, [math.log(1 + k) for k in range(steps)]),
    }[kind]
    a, b = there(T_start), there(T_end)
    return [back(a + (b - a) * at / x[-1]) for at in x]


# %%
def anneal(W, b, s, schedule, u):
    def energy(state):
        E = 0.0
        for i in range(len(state)):
            E -= b[i] * state[i] + sum(W[i][j] * state[i] * state[j] for j in range(i))
        return E

    state = [int(x) for x in s]
    E = energy(state)
    seen, energies = [(E, list(state))], []
    for k in range(len(schedule)):
        for i in range(len(state)):
            flipped = [*state[:i], -state[i], *state[i + 1 :]]
            dE = energy(flipped) - energy(state)
            p = 1.0 if dE < 1e-12 else math.exp(-dE / schedule[k])
            if p > u[k][i]:
                state = flipped
        energies.append(energy(state))
        seen.append((energies[-1], list(state)))
    return [min(seen)[1], energies]


# %%
from scipy.stats import binomtest


def time_to_solution(hits, runs, sweeps):
    times = []
    z = 1.96
    root = z * np.sqrt(hits * (runs - hits) / runs + z**2 / 4)
    ends = (hits + z**2 / 2 + np.array([root, -root])) / (runs + z**2)
    assert np.allclose(sorted(ends), binomtest(hits, runs).proportion_ci(method="wilson"), atol=1e-4)
    for p in (hits / runs, *np.clip(ends, 0, 1)):
        if p < 1e-12:
            times.append(float("inf"))
        else:
            k = math.log(0.01) / math.log1p(-p) if p < 1 else 0
            times.append(sweeps * max(1, k))
    return np.array(times)


# %%
def swap_probability(E, T):
    weights = []
    for states in ((0, 1), (1, 0)):
        weights.append(-sum(E[c][state] / T[c] for c, state in enumerate(states)))
    gain = weights[1] - weights[0]
    return np.array([1.0 if gain >= 0 else math.exp(gain)])


# %%
def count_hits(model, floor, sweeps, runs, rng):
    starts = rng.choice([-1, 1], size=(runs, model.n))
    for record in annealing.anneal(model, starts, annealing.geometric(2.0, 0.2, sweeps), rng=rng):
        energies = record.energies
    return float(len([E for E in energies if abs(E - floor) < 1e-6]))


# %%
generator = np.random.default_rng(7)
hits = np.array([count_hits(lattice, floor, sweeps, 2000, generator) for sweeps in lengths])
times = [annealing.time_to_solution(np.arange(2000) < h, t).value for h, t in zip(hits, lengths, strict=True)]
best = np.array([lengths[int(np.argmin(times))]])
