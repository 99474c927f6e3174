"""Restricted Boltzmann machines: visible units that see, hidden units that explain [smolensky1986].

    E(v, h) = -v.W.h - b_v.v - b_h.h,   v_i and h_j = 0 or 1

There are no weights among visible units nor among hidden ones, so that given one side the
units of the other are independent: a whole layer is sampled at once. `model` holds the
machine, `sampling` and `labels` what it can do, `training` contrastive divergence, `likelihood`
the exact answers for small machines, `gaussian` the variant with real-valued visible units.
"""

from ebm.rbm import gaussian
from ebm.rbm.labels import classify, p_label, with_labels
from ebm.rbm.likelihood import (
    Statistics,
    distribution,
    draw,
    gradient,
    log_likelihood,
    log_pseudo_likelihood,
    log_Z,
    negative,
    positive,
    states,
)
from ebm.rbm.model import (
    RBM,
    Network,
    energy,
    field_h,
    field_v,
    free_energy,
    initial,
    mean_biases,
    p_h,
    p_v,
    sample_h,
    sample_v,
    to_network,
    transposed,
)
from ebm.rbm.sampling import States, complete, gibbs, sample
from ebm.rbm.training import Epoch, cd, online, pcd

__all__ = [
    "RBM",
    "Epoch",
    "Network",
    "States",
    "Statistics",
    "cd",
    "classify",
    "complete",
    "distribution",
    "draw",
    "energy",
    "field_h",
    "field_v",
    "free_energy",
    "gaussian",
    "gibbs",
    "gradient",
    "initial",
    "log_Z",
    "log_likelihood",
    "log_pseudo_likelihood",
    "mean_biases",
    "negative",
    "online",
    "p_h",
    "p_label",
    "p_v",
    "pcd",
    "positive",
    "sample",
    "sample_h",
    "sample_v",
    "states",
    "to_network",
    "transposed",
    "with_labels",
]
