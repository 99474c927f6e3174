# loses: q3
# hint: The shares are missing: a hill's weight is its share times its exponential
from scipy.special import softmax


def score(x, means, variance, shares):
    apart = means - x[:, None]
    return (softmax(-(apart**2) / (2 * variance), axis=1) * apart).sum(axis=1) / variance
