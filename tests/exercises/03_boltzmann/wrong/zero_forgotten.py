# loses: q1
# hint: log Z knows the zero of the energy: what you took off the energies has to come back into it
import numpy as np


def distribution(E, T):
    weights = np.exp(-(E - np.min(E)) / T)
    return weights / weights.sum(), np.log(weights.sum())
