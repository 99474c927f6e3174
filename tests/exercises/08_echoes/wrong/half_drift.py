# loses: q4
# hint: Half of the score's drift: it leads back, and it also has to undo the fresh noise
import numpy as np


def step_back(x, t, dt, score, k, T, rng):
    return x + (k * x + T * score(x, t)) * dt + np.sqrt(2 * T * dt) * rng.normal(size=x.shape)
