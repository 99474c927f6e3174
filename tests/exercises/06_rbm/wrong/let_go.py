# loses: q2
# hint: Units that are known keep their states
import numpy as np


def sweep(W, b_v, b_h, v, known, rng):
    h = (rng.random((len(v), len(b_h))) < 1 / (1 + np.exp(-(v @ W + b_h)))).astype(int)
    new = (rng.random(v.shape) < 1 / (1 + np.exp(-(h @ W.T + b_v)))).astype(int)
    return new, h
