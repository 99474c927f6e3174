# loses: q3
# hint: Learning lowers the energy of the data: data minus reconstruction, not the reverse
import numpy as np
from scipy.special import expit


def cd1(W, b_v, b_h, v, rate, rng):
    p = expit(v @ W + b_h)
    h = rng.random(p.shape) < p
    back = (rng.random(v.shape) < expit(h @ W.T + b_v)).astype(int)
    p_back = expit(back @ W + b_h)
    change = (back.T @ p_back - v.T @ p) / len(v)
    return (
        W + rate * change,
        b_v + rate * (v - back).mean(axis=0),
        b_h + rate * (p - p_back).mean(axis=0),
    )
