# loses: q1
# hint: The logarithm is of e^(-F/T): is it multiplied by T?
import numpy as np


def free_energy(W, b_v, b_h, v, T):
    return -b_v @ v - np.logaddexp(0, (v @ W + b_h) / T).sum()
