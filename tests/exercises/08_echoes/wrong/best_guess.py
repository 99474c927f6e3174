# loses: q3
# hint: That is the best guess of where x came from: the score is (guess - x) / v
import numpy as np
from scipy.special import softmax


def score(x, means, variance, shares):
    log_w = np.log(shares) - (x[:, None] - means) ** 2 / (2 * variance)
    return softmax(log_w, axis=1) @ means
