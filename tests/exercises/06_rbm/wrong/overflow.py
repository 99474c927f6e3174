# loses: q1
# hint: e^3000 is too large for the computer: let np.logaddexp take the logarithm
import numpy as np


def free_energy(W, b_v, b_h, v, T):
    return -b_v @ v - T * np.log(1 + np.exp((v @ W + b_h) / T)).sum()
