# loses: q2
# hint: Every chain got the same `v`: toss a coin for each unit of each chain
import numpy as np


def sweep(W, b_v, b_h, v, known, rng):
    h = (rng.random(len(b_h)) < 1 / (1 + np.exp(-(v @ W + b_h)))).astype(int)
    new = (rng.random(len(b_v)) < 1 / (1 + np.exp(-(h @ W.T + b_v)))).astype(int)
    return np.where(known, v, new), h
