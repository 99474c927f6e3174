# loses: q3
# hint: The reconstruction is a sample: its units are 0 or 1, not probabilities
import numpy as np
from scipy.special import expit


def cd1(W, b_v, b_h, v, rate, rng):
    p = expit(v @ W + b_h)
    back = expit(p @ W.T + b_v)
    p_back = expit(back @ W + b_h)
    change = (v.T @ p - back.T @ p_back) / len(v)
    return (
        W + rate * change,
        b_v + rate * (v - back).mean(axis=0),
        b_h + rate * (p - p_back).mean(axis=0),
    )
