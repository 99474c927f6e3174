# Right answers as another student may write them: loops for products and products for loops,
# lists for arrays, numbers as one-element arrays, other names for the same function, numba.
import itertools
import math

import numba
import numpy as np


def free_energy(W, b_v, b_h, v, T):
    F = -float(np.dot(b_v, v))
    for j in range(len(b_h)):
        field = b_h[j]
        for i in range(len(v)):
            field = field + v[i] * W[i][j]
        x = field / T
        F -= T * (max(x, 0) + math.log1p(math.exp(-abs(x))))
    return [F]


# %%
@numba.njit
def chance(x):
    return 1 / (1 + np.exp(-x))


def sweep(W, b_v, b_h, v, known, rng):
    chains_v, chains_h = [], []
    for row in v:
        h = []
        for j in range(len(b_h)):
            field = b_h[j] + sum(row[i] * W[i, j] for i in range(len(row)))
            h.append(1.0 if rng.uniform() < chance(float(field)) else 0.0)
        new = []
        for i in range(len(row)):
            field = b_v[i] + sum(W[i, j] * h[j] for j in range(len(h)))
            new.append(row[i] if known[i] else int(rng.uniform() < chance(float(field))))
        chains_v.append(new)
        chains_h.append(h)
    return [chains_v, chains_h]


# %%
def cd1(W, b_v, b_h, v, rate, rng):
    from scipy.special import expit

    W, b_v, b_h = np.array(W, float), np.array(b_v, float), np.array(b_h, float)
    new = W.copy(), b_v.copy(), b_h.copy()
    for example in v:
        p = expit(b_h + example @ W)
        back = rng.binomial(1, expit(b_v + W @ rng.binomial(1, p)))
        late = expit(b_h + back @ W)
        for total, change in zip(
            new,
            (np.outer(example, p) - np.outer(back, late), example - back, p - late),
            strict=True,
        ):
            total += rate / len(v) * change
    return list(new)


# %%
def log_likelihood(W, b_v, b_h, v):
    from scipy.special import logsumexp

    terms = []
    for h in itertools.product([0, 1], repeat=len(b_h)):
        visible = np.logaddexp(np.zeros(len(b_v)), np.asarray(W) @ h + b_v)
        terms.append(np.dot(b_h, h) + np.sum(visible))
    log_Z = logsumexp(terms)
    return [float(np.dot(b_v, x) + np.logaddexp(0, x @ W + b_h).sum() - log_Z) for x in v]


# %%
def read_off(epochs, pictures):
    means = {r.epoch: float(np.mean(rbm.log_likelihood(r.model, pictures))) for r in epochs}
    best = max(means, key=means.get)
    return np.array([best, means[best], list(means.values())[-1]]).tolist()


# %%
table = []
for k in range(8):
    generator = np.random.default_rng(600 + k)
    beginning = rbm.initial(9, 9, rng=generator, scale=0.1, dtype=np.float64)
    run = rbm.online(beginning, data.bars_and_stripes(3), rng=generator, epochs=1500, rate=0.3)
    table.append(read_off((r for r in run if r.epoch % 25 == 0), data.bars_and_stripes(3)))
table = np.array(table)
best = table[:, 0].mean()
lost = float((table[:, 1] - table[:, 2]).sum() / 8)
curves = [[]]
