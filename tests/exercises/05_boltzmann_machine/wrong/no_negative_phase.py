# loses: q3
# hint: Nothing is taken away: the average over the machine's own states is missing
# ruff: noqa: F821 (some names are the notebook's)
import numpy as np


def slopes(W, b, T, q, averages=None):
    n, n_v = len(b), int(np.log2(len(q)))
    visible = np.arange(n) < n_v
    free = averages(W, b, T, np.zeros(n, dtype=int), np.zeros(n, dtype=bool))
    held = 0
    for k in range(len(q)):
        s = np.append(all_states(n_v)[k], np.zeros(n - n_v, dtype=int))
        held = held + q[k] * averages(W, b, T, s, visible)
    G = held / T + 0 * free
    return G, -(np.sum(W * G) / 2 + b @ np.diag(G)) / T
