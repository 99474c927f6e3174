# loses: q2
# hint: 2 field is what a unit of -1 and +1 saves; between 0 and 1 it is half as much: no factor 2
import numpy as np


def p_on(W, b, v, i, T):
    return 1 / (1 + np.exp(-2 * (W[i] @ v + b[i]) / T))
