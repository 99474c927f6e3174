# loses: q1
# hint: e^(-E/T) is too large or too small for a number: measure energies from the lowest
import numpy as np


def distribution(E, T):
    weights = np.exp(-E / T)
    return weights / weights.sum(), np.log(weights.sum())
