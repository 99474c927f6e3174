# loses: q5
# hint: That is p(u, k): divide by the probability of what is known
# ruff: noqa: F821 (some names are the notebook's)
import numpy as np


def fill(W, b, T, v, known):
    states, shown = all_states(len(b)), all_states(len(v))
    p = np.exp((np.sum(states @ W * states, axis=1) / 2 + states @ b) / T)
    p = np.reshape(p / p.sum(), (-1, len(shown))).sum(axis=0)
    p = np.where((shown == v)[:, known].all(axis=1), p, 0)
    return shown[np.argmax(p)], np.max(p)
