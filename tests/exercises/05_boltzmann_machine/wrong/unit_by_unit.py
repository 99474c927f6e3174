# loses: q5
# hint: Unit by unit that is likelier than not, but not as a whole: compare states of both
# ruff: noqa: F821 (some names are the notebook's)
import numpy as np


def fill(W, b, T, v, known):
    states, shown = all_states(len(b)), all_states(len(v))
    p = np.exp((np.sum(states @ W * states, axis=1) / 2 + states @ b) / T)
    p = np.reshape(p, (-1, len(shown))).sum(axis=0)
    p = np.where((shown == v)[:, known].all(axis=1), p, 0) / p[(shown == v)[:, known].all(axis=1)].sum()
    answer = (p @ shown > 0.5).astype(int)
    return answer, p[answer @ 2 ** np.arange(len(v))]
