# loses: q2
# hint: 0 log 0 is not a number: leave out the states with q = 0
# ruff: noqa: F821 (some names are the notebook's)
import numpy as np


def kl(W, b, T, q):
    states = all_states(len(b))
    p = np.exp((np.sum(states @ W * states, axis=1) / 2 + states @ b) / T)
    p = np.reshape(p / p.sum(), (-1, len(q))).sum(axis=0)
    return np.sum(q * np.log(q / p))
