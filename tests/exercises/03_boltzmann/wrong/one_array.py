# loses: q3
# hint: All states are the same array: keep a copy of each, `v.copy()`
import numpy as np


def gibbs(W, b, v, T, sweeps, rng):
    v, states = v.copy(), []
    for _ in range(sweeps):
        for i in range(len(v)):
            v[i] = rng.random() < 1 / (1 + np.exp(-(W[i] @ v + b[i]) / T))
        states.append(v)
    return np.array(states)
