# loses: q1
# hint: Z of 2000 spins is too large for a number: divide the product by its largest entry as you go
from functools import reduce

import numpy as np


def log_Z(J, B, T):
    V = [np.exp(np.array([[bond + B, -bond], [-bond, bond - B]]) / T) for bond in J]
    return np.log(np.trace(reduce(np.matmul, V)))
