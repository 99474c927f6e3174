# loses: q4
# hint: That is the naive error: it forgets that successive measurements are alike
import numpy as np


def error_of_mean(x):
    return np.std(x, ddof=1) / np.sqrt(len(x))
