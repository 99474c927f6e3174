# loses: q4
# hint: A weight is too large for a number: take the same energy off all of them, inside the exponent
import numpy as np


def from_sample(energies, T, T_new):
    weights = np.exp(-(1 / T_new - 1 / T) * energies)
    return np.mean(energies), np.var(energies) / T**2, weights @ energies / weights.sum()
