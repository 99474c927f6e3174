# loses: q2
# hint: Noise of earlier times is pulled back, too: it does not grow as 2 T t
import numpy as np


def moments(mean, variance, t, k, T):
    kept = np.exp(-k * t)
    return kept * mean, kept**2 * variance + 2 * T * t
