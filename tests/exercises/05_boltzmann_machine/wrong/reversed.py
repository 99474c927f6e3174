# loses: q2
# hint: That is KL(p || q): the data say how often each logarithm counts
# ruff: noqa: F821 (some names are the notebook's)
import numpy as np


def kl(W, b, T, q):
    states = all_states(len(b))
    p = np.exp((np.sum(states @ W * states, axis=1) / 2 + states @ b) / T)
    p = np.reshape(p / p.sum(), (-1, len(q))).sum(axis=0)
    return np.sum(p * np.log(p / np.maximum(q, 1e-300)))
