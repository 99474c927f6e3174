# Right answers as another student may write them: loops for products and products for loops,
# lists for arrays, numbers as one-element arrays, units at random, another rule of integration.
import math

import numpy as np


def distribution(E, T):
    logs = [-float(energy) / T for energy in E]
    largest = max(logs)
    log_Z = largest + math.log(math.fsum(math.exp(log - largest) for log in logs))
    return [math.exp(log - log_Z) for log in logs], np.array([log_Z])


# %%
def p_on(W, b, v, i, T):
    def E(state):
        pairs = sum(W[i, j] * v[j] * state for j in range(len(v)) if j != i)
        return -pairs - b[i] * state

    odds = math.exp(-(E(1) - E(0)) / T)
    return [odds / (1 + odds)]


# %%
def gibbs(W, b, v, T, sweeps, rng):
    n = len(v)
    weights = [[float(w) for w in row] for row in W]
    state = [int(x) for x in v]
    states = []
    for _ in range(sweeps):
        for i in rng.integers(0, n, size=n):
            field = b[i]
            for j in range(n):
                if state[j]:
                    field += weights[i][j]
            # The same coin, tossed by comparing with the threshold of a logistic variable.
            state[i] = int(field + T * rng.logistic() > 0)
        states.append(tuple(state))
    return states


# %%
def from_sample(energies, T, T_new):
    E = [float(x) for x in energies]
    U = math.fsum(E) / len(E)
    squares = math.fsum((x - U) ** 2 for x in E) / (len(E) - 1)
    slope = 1 / T - 1 / T_new
    top = max(slope * x for x in E)
    weights = [math.exp(slope * x - top) for x in E]
    return np.array([U, squares / T**2, U + math.fsum(w * (x - U) for w, x in zip(weights, E, strict=True)) / math.fsum(weights)])


# %%
def log_Z(b, T, pairs):
    places, weights = np.polynomial.legendre.leggauss(16)
    total = 0.0
    for bias in b:
        total += math.log1p(math.exp(bias / T))
    for place, weight in zip(places, weights, strict=True):
        total += weight / 2 * float(pairs((1 + place) / 2)) / T
    return np.array([total])


# %%
ten = np.array([float(np.squeeze(log_Z(b, T, measured_pairs))) for _ in range(10)])  # noqa: F821
log_Z_20 = [sum(ten) / 10]
log_Z_error = ten.std() / 3
F = -T * np.mean(ten)  # noqa: F821
S = (U - F) / T  # noqa: F821
