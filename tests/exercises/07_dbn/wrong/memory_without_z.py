# loses: q1
# hint: The second machine's p(h) is e^(-F(h)) divided by its Z: is log Z subtracted?
import numpy as np

from ebm import rbm


def log_p(first, second, v):
    W, b_v, b_h = first
    h = rbm.states(W.shape[1])
    field = h @ W.T + b_v
    joint = v @ field.T - np.logaddexp(0, field).sum(axis=1) - rbm.free_energy(rbm.RBM(*second), h)
    return np.logaddexp.reduce(joint, axis=1)
