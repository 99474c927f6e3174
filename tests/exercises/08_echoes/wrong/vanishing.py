# loses: q3
# hint: Far out all exponentials vanish, 0/0: first subtract the largest exponent of each point
import numpy as np


def score(x, means, variance, shares):
    apart = means - x[:, None]
    w = shares * np.exp(-(apart**2) / (2 * variance))
    return (w * apart).sum(axis=1) / w.sum(axis=1) / variance
