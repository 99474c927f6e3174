# loses: q1
# hint: Unit 0 is clamped on: only states in which it is on are left
# ruff: noqa: F821 (some names are the notebook's)
import numpy as np


def averages(W, b, T, s, clamped):
    states = all_states(len(b))
    p = np.exp((np.sum(states @ W * states, axis=1) / 2 + states @ b) / T)
    return states.T * (p / p.sum()) @ states
