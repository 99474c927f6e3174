# loses: q4
# hint: Copy 1 has a temperature of its own: divide its energies by T[1]
import numpy as np


def swap_probability(E, T):
    return np.exp(min(0, (E[0, 0] + E[1, 1] - E[0, 1] - E[1, 0]) / T[0]))
