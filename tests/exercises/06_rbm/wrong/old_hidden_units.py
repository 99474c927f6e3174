# loses: q3
# hint: The negative phase needs p(h | v'), worked out anew from v', the reconstruction
import numpy as np
from scipy.special import expit


def cd1(W, b_v, b_h, v, rate, rng):
    p = expit(v @ W + b_h)
    h = rng.random(p.shape) < p
    back = (rng.random(v.shape) < expit(h @ W.T + b_v)).astype(int)
    p_back = p
    change = (v.T @ p - back.T @ p_back) / len(v)
    return (
        W + rate * change,
        b_v + rate * (v - back).mean(axis=0),
        b_h + rate * (p - p_back).mean(axis=0),
    )
