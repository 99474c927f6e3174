# loses: q1
# hint: That is the first machine alone: the features come from the second
import numpy as np

from ebm import rbm


def log_p(first, second, v):
    W, b_v, b_h = first
    return rbm.log_likelihood(rbm.RBM(W, b_v, b_h), v)
