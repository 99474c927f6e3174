# loses: q1
# hint: The temperature is missing: a state has the weight e^(-E/T)
# ruff: noqa: F821 (some names are the notebook's)
import numpy as np


def averages(W, b, T, s, clamped):
    states = all_states(len(b))
    states = states[(states == s)[:, clamped].all(axis=1)]
    p = np.exp(np.sum(states @ W * states, axis=1) / 2 + states @ b)
    return states.T * (p / p.sum()) @ states
