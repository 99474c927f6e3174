# loses: q4
# hint: Each step needs the slopes of where it is: call `slope` in every step
import numpy as np


def learn(W, b, slope, rate, steps):
    change = rate * slope(W, b)
    biases = np.diag(change)
    for _ in range(steps):
        W, b = W + change - np.diag(biases), b + biases
    return W, b
