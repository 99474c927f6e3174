# loses: q5
# hint: The derivative of log Z is the mean over T: divide the integral by T
import numpy as np


def log_Z(b, T, pairs):
    x = np.linspace(0, 1, 21)
    y = np.array([pairs(at) for at in x])
    return np.logaddexp(0, b / T).sum() + np.sum((y[1:] + y[:-1]) / 2 * np.diff(x))
