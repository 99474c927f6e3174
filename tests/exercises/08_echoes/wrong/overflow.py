# loses: q1
# hint: exp overflows, or all weights vanish: first subtract the largest exponent from all
import numpy as np


def attend(X, q, beta):
    p = np.exp(beta * (X @ q))
    return p @ X / p.sum()
