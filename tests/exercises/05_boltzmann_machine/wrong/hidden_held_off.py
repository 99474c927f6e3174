# loses: q2
# hint: The hidden unit is held off in your p(v): sum over what it may do
# ruff: noqa: F821 (some names are the notebook's)
import numpy as np


def kl(W, b, T, q):
    n_v = int(np.log2(len(q)))
    states = all_states(n_v)
    p = np.exp((np.sum(states @ W[:n_v, :n_v] * states, axis=1) / 2 + states @ b[:n_v]) / T)
    p, shown = p / p.sum(), q > 0
    return np.sum(q[shown] * np.log(q[shown] / p[shown]))
