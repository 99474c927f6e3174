# loses: q4
# hint: The sum of rho over all distances is -1/2 for any data: stop adding at a few tau
import numpy as np


def error_of_mean(x):
    N, x = len(x), x - x.mean()
    rho = np.correlate(x, x, "full")[N:] / (x @ x)
    return np.sqrt(np.maximum(0, 1 + 2 * rho.sum()) * x.var() / N)
