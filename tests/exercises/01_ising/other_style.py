# Right answers as another student may write them: loops for products and products for loops,
# lists for arrays, numbers as one-element arrays, sites at random, blocks for autocorrelation times.
import math

import numpy as np


def log_Z(J, B, T):
    total = -math.inf
    for first in (1, -1):  # the sum over both states of spin 0, one after the other
        logs = {first: B * first / T}
        for bond in J[:-1]:
            logs = {
                new: np.logaddexp.reduce([log + bond * old * new / T for old, log in logs.items()]) + B * new / T
                for new in (1, -1)
            }
        closed = [log + J[-1] * last * first / T for last, log in logs.items()]
        total = np.logaddexp(total, np.logaddexp.reduce(closed))
    return np.array([total])


# %%
def flip_costs(s, J, B):
    rows, columns = s.shape
    costs = []
    for i in range(rows):
        row = []
        for j in range(columns):
            before = after = 0.0
            for k, m in [(i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)]:
                before -= J * s[i, j] * s[k % rows, m % columns]
                after += J * s[i, j] * s[k % rows, m % columns]
            row.append((after + B * s[i, j]) - (before - B * s[i, j]))
        costs.append(row)
    return costs


# %%
def heat_bath(s, J, B, T, sweeps, rng):
    rows, columns = s.shape
    spins = [[int(x) for x in row] for row in s]
    states = []
    for _ in range(sweeps):
        places = rng.integers(0, rows * columns, size=rows * columns).tolist()
        for place, toss in zip(places, rng.random(rows * columns).tolist(), strict=True):
            i, j = divmod(place, columns)
            around = spins[i - 1][j] + spins[(i + 1) % rows][j] + spins[i][j - 1] + spins[i][(j + 1) % columns]
            dE = 2 * spins[i][j] * (J * around + B)
            if dE > 700 * T:
                continue
            if toss < 1 / (1 + math.exp(dE / T)):
                spins[i][j] *= -1
        states.append([list(row) for row in spins])
    return states


# %%
def error_of_mean(x):
    length = len(x) // 40
    means = [sum(x[k * length : (k + 1) * length]) / length for k in range(40)]
    centre = sum(means) / 40
    return np.array([math.sqrt(sum((mean - centre) ** 2 for mean in means) / 39 / 40)])


# %%
def binder(m):
    second = fourth = 0.0
    for value in m:
        second += value**2 / len(m)
        fourth += value**4 / len(m)
    return np.array([1 - fourth / 3 / second**2])


# %%
def crossing(T, first, second):
    line = np.polynomial.Polynomial.fit(T, [a - b for a, b in zip(first, second, strict=True)], 1)
    return line.roots()


# %%
Ts = np.array([2.23, 2.26, 2.29, 2.32])
generator = np.random.default_rng(99)
ten = [float(np.squeeze(one_crossing(generator))) for _ in range(10)]  # noqa: F821
T_cross = sum(ten) / 10
T_error = [(np.var(ten) / 9) ** 0.5]
