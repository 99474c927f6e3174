# loses: q4
# hint: The start has been overwritten: work on a copy of it
import numpy as np


def learn(W, b, slope, rate, steps):
    for _ in range(steps):
        change = rate * slope(W, b)
        b += np.diag(change)
        np.fill_diagonal(change, 0)
        W += change
    return W, b
