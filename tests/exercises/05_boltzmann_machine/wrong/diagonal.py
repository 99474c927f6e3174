# loses: q4
# hint: The diagonal of G belongs to the biases: W keeps its zeros
import numpy as np


def learn(W, b, slope, rate, steps):
    for _ in range(steps):
        change = rate * slope(W, b)
        W, b = W + change, b + np.diag(change)
    return W, b
