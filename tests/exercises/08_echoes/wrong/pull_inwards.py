# loses: q4
# hint: Backwards the spring's velocity changes its sign: it pushes outwards
import numpy as np


def step_back(x, t, dt, score, k, T, rng):
    return x + (-k * x + 2 * T * score(x, t)) * dt + np.sqrt(2 * T * dt) * rng.normal(size=x.shape)
