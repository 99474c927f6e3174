# loses: q4
# hint: Hidden units are 0 or 1: these are the states of a list of +1 and -1
import numpy as np

from ebm import exact


def log_likelihood(W, b_v, b_h, v):
    h = exact.states(len(b_h))
    log_Z = np.logaddexp.reduce(h @ b_h + np.logaddexp(0, h @ W.T + b_v).sum(axis=1))
    return v @ b_v + np.logaddexp(0, v @ W + b_h).sum(axis=1) - log_Z
