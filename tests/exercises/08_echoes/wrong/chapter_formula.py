# loses: q2
# hint: 1 - e^-2t holds for k = T = 1 only: in the end the variance must be T / k
import numpy as np


def moments(mean, variance, t, k, T):
    kept = np.exp(-k * t)
    return kept * mean, kept**2 * variance + 1 - kept**2
