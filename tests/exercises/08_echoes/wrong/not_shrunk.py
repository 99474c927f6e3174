# loses: q5
# hint: After a time t an example lies at e^-t times where it was
import numpy as np
from scipy.special import softmax


def own_weight(examples, x, t):
    squares = ((x[:, None] - examples) ** 2).sum(axis=2)
    return np.diag(softmax(-squares / (2 * (1 - np.exp(-2 * t))), axis=1))
