# loses: q3
# hint: Where is the temperature? It is field / T that goes into the sigmoid
import numpy as np


def gibbs(W, b, v, T, sweeps, rng):
    v, states = v.copy(), []
    for _ in range(sweeps):
        for i in range(len(v)):
            v[i] = rng.random() < 1 / (1 + np.exp(-(W[i] @ v + b[i])))
        states.append(v.copy())
    return np.array(states)
