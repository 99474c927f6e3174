# loses: q2
# hint: Divide by the number of units n, not by the number of patterns P
import numpy as np


def hebb(patterns):
    W = patterns.T @ patterns / len(patterns)
    np.fill_diagonal(W, 0)
    return W
