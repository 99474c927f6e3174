# loses: q1
# hint: A high energy should make a state unlikely: look at the sign in the exponent
import numpy as np


def distribution(E, T):
    largest = np.max(E)
    weights = np.exp((E - largest) / T)
    return weights / weights.sum(), np.log(weights.sum()) + largest / T
