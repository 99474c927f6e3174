# loses: q4
# hint: N measurements are worth N / (2 tau): a factor 2 is missing under the root
import numpy as np


def error_of_mean(x):
    N, x = len(x), x - x.mean()
    tau, t = 0.5, 1
    while t < 5 * tau:
        tau += x[t:] @ x[:-t] / (x @ x)
        t += 1
    return np.sqrt(tau * x.var() / N)
