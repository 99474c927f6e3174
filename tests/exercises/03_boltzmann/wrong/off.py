# loses: q2
# hint: That is the probability of being off: look at the sign in the exponent
import numpy as np


def p_on(W, b, v, i, T):
    return 1 / (1 + np.exp((W[i] @ v + b[i]) / T))
