# loses: q5
# hint: n log 2 is the start of coins: here the biases are at work from the beginning
import numpy as np


def log_Z(b, T, pairs):
    x = np.linspace(0, 1, 21)
    y = np.array([pairs(at) for at in x])
    return len(b) * np.log(2) + np.sum((y[1:] + y[:-1]) / 2 * np.diff(x)) / T
