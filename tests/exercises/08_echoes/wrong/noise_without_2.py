# loses: q4
# hint: The noise is too weak by sqrt(2): its variance is 2 T dt
import numpy as np


def step_back(x, t, dt, score, k, T, rng):
    return x + (k * x + 2 * T * score(x, t)) * dt + np.sqrt(T * dt) * rng.normal(size=x.shape)
