# loses: q4
# hint: The sample is distributed as e^(-E/T) already: weigh by what is missing, the ratio of the two
import numpy as np


def from_sample(energies, T, T_new):
    weights = np.exp(-(energies - np.min(energies)) / T_new)
    return np.mean(energies), np.var(energies) / T**2, weights @ energies / weights.sum()
