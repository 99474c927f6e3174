# loses: q3
# hint: Units must not move at once: the second has to see what the first has done
import numpy as np


def gibbs(W, b, v, T, sweeps, rng):
    states = []
    for _ in range(sweeps):
        v = (rng.random(len(v)) < 1 / (1 + np.exp(-(W @ v + b) / T))).astype(int)
        states.append(v)
    return np.array(states)
