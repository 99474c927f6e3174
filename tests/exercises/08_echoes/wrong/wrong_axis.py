# loses: q5
# hint: For each point the weights of all examples add up to 1, not the other way round
import numpy as np
from scipy.special import softmax


def own_weight(examples, x, t):
    squares = ((x[:, None] - np.exp(-t) * examples) ** 2).sum(axis=2)
    return np.diag(softmax(-squares / (2 * (1 - np.exp(-2 * t))), axis=0))
