# loses: q3
# hint: That is the slope of p: the score is the slope of log p, which is p'/p
import numpy as np


def score(x, means, variance, shares):
    apart = means - x[:, None]
    p = shares * np.exp(-(apart**2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)
    return (p * apart).sum(axis=1) / variance
