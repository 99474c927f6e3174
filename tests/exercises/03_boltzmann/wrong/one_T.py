# loses: q4
# hint: The variance is divided by T squared: dU/dT brings a second 1/T
import numpy as np


def from_sample(energies, T, T_new):
    U = np.mean(energies)
    exponent = -(1 / T_new - 1 / T) * (energies - U)
    weights = np.exp(exponent - np.max(exponent))
    return U, np.var(energies) / T, weights @ energies / weights.sum()
