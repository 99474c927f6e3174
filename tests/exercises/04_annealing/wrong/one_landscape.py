# loses: q4
# hint: After the exchange copy 0 sees state 1 with its own energy, E[0, 1]
import numpy as np


def swap_probability(E, T):
    return np.exp(min(0, (1 / T[0] - 1 / T[1]) * (E[0, 0] - E[1, 1])))
