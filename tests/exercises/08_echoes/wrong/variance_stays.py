# loses: q2
# hint: The spring also shrinks the variance that was there at the start
import numpy as np


def moments(mean, variance, t, k, T):
    return np.exp(-k * t) * mean, variance + T / k * (1 - np.exp(-2 * k * t))
