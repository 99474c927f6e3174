# Right answers as another student may write them: loops for products and products for loops,
# lists for arrays, numbers as one-element arrays, own code for the library's.
import itertools

import numpy as np


def energy(W, b, s):
    E = 0
    for i, j in itertools.combinations(range(len(s)), 2):
        E -= W[i, j] * s[i] * s[j]
    for bias, state in zip(b, s, strict=True):
        E = E - bias * state
    return np.array([E])


# %%
def hebb(patterns):
    n = patterns.shape[1]
    W = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i):
            votes = sum(float(xi[i]) * xi[j] for xi in patterns)
            W[i][j] = W[j][i] = votes / n
    return W


# %%
def sweep(W, b, s, order):
    before = list(s)
    for i in order:
        field = sum(w * x for w, x in zip(W[i], s, strict=True)) + b[i]
        if field > 0:
            s[i] = 1
        elif field < 0:
            s[i] = -1
    return np.count_nonzero(np.asarray(before) != s)


# %%
def recall(W, b, s, order, sweep=sweep):
    state = np.array(s, dtype=float)
    for _ in range(100):
        before = state.copy()
        sweep(W, b, state, order)
        if (state == before).all():
            return list(state)
    return list(state)


# %%
def unstable_share(n, alpha, rng):
    P = round(alpha * n)
    patterns = np.where(rng.random((P, n)) < 0.5, 1.0, -1.0)
    noise = patterns @ (patterns.T @ patterns) / n - P / n * patterns
    return float(np.count_nonzero(patterns * noise < 0) / patterns.size)


# %%
generator = np.random.default_rng(20)
twenty = np.array([unstable_share(500, 0.138, generator) for _ in range(20)])
share = twenty.sum() / 20
error = (twenty.var() / 19) ** 0.5
