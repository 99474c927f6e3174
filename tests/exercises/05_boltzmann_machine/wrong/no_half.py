# loses: q1
# hint: Each pair is counted twice in s.W.s: is there a factor 1/2 in the energy?
# ruff: noqa: F821 (some names are the notebook's)
import numpy as np


def averages(W, b, T, s, clamped):
    states = all_states(len(b))
    states = states[(states == s)[:, clamped].all(axis=1)]
    p = np.exp((np.sum(states @ W * states, axis=1) + states @ b) / T)
    return states.T * (p / p.sum()) @ states
