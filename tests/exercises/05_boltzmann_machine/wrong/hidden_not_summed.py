# loses: q5
# hint: That is in the likeliest state of all five units: sum over the hidden ones
# ruff: noqa: F821 (some names are the notebook's)
import numpy as np


def fill(W, b, T, v, known):
    states = all_states(len(b))
    states = states[(states[:, : len(v)] == v)[:, known].all(axis=1)]
    p = np.exp((np.sum(states @ W * states, axis=1) / 2 + states @ b) / T)
    return states[np.argmax(p), : len(v)], np.max(p) / np.sum(p)
