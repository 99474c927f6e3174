# Right answers as another student may write them: loops over states, lists, the library
# in place of own code, one-element arrays.
# ruff: noqa: F821 (some names are the notebook's)
import itertools
import math

import numpy as np


def averages(W, b, T, s, clamped):
    n = len(b)
    total, found = 0.0, [[0.0] * n for _ in range(n)]
    for state in itertools.product([0, 1], repeat=n):
        if any(held and state[i] != s[i] for i, held in enumerate(clamped)):
            continue
        on = [i for i in range(n) if state[i]]
        E = -sum(W[i][j] for i, j in itertools.combinations(on, 2)) - sum(b[i] for i in on)
        weight = math.exp(-E / T)
        total += weight
        for i, j in itertools.product(on, on):
            found[i][j] += weight
    return [[x / total for x in row] for row in found]


# %%
def kl(W, b, T, q):
    machine = boltzmann.Boltzmann(W, b, n_visible=round(math.log2(len(q))))
    distance = 0
    for share, p in zip(q, boltzmann.visible(machine, T), strict=True):
        distance += share * math.log(share / p) if share else 0
    return np.array([distance])


# %%
def slopes(W, b, T, q, averages=averages):
    visible = int(np.log2(len(q)))
    clamped = [i < visible for i in range(len(b))]
    data = np.zeros((len(b), len(b)))
    for k, share in enumerate(q):
        s = [k >> i & 1 for i in range(visible)] + [0] * (len(b) - visible)
        data += share * np.array(averages(W, b, T, s, clamped))
    free = np.array(averages(W, b, T, [0] * len(b), [False] * len(b)))

    def energy(mean):
        return -sum(W[i][j] * mean[i][j] for i in range(len(b)) for j in range(i)) - b @ mean.diagonal()

    return [((data - free) / T).tolist(), np.array([(energy(data) - energy(free)) / T**2])]


# %%
def learn(W, b, slope, rate, steps):
    both = np.array(W, dtype=float)
    np.fill_diagonal(both, b)
    for _ in range(steps):
        now = both.copy()
        np.fill_diagonal(now, 0)
        both += rate * np.asarray(slope(now, both.diagonal().copy()))
    biases = both.diagonal().copy()
    np.fill_diagonal(both, 0)
    return [both, biases]


# %%
zero = np.zeros((4, 4))
bare = learn(zero, np.array([1.0, -1, 0.5, 0]), slope_of_parity, 1.0, 200)
kl_bare = np.array([distance(*bare)])
start = boltzmann.initial(4, 4, rng=np.random.default_rng(0), scale=0.5)
hidden = learn(start.W, start.b, slope_of_parity, 1.0, 2500)
kl_hidden = distance(*hidden)


# %%
def fill(W, b, T, v, known):
    machine = boltzmann.Boltzmann(W, b, n_visible=len(v))
    p = boltzmann.visible(machine, T)
    fits = [k for k in range(len(p)) if all((k >> i & 1) == v[i] for i in range(len(v)) if known[i])]
    best = max(fits, key=lambda k: p[k])
    return [best >> i & 1 for i in range(len(v))], np.array([p[best] / sum(p[k] for k in fits)])
