# loses: q1
# hint: Sum over j outside of the logarithm: each hidden unit has a sum of its own, of two terms
import numpy as np


def free_energy(W, b_v, b_h, v, T):
    fields = np.append((v @ W + b_h) / T, 0)
    return -b_v @ v - T * np.logaddexp.reduce(fields)
