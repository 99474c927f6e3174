"""Deep belief networks: machines stacked so that each explains the one below [hinton2006].

The top two layers are a restricted Boltzmann machine, an associative memory; below it all
weights are directed, downwards to generate and upwards to guess the causes:

    p(v, h1, .., hL) = p(v | h1) p(h1 | h2) .. p(h(L-1), hL),   q(h1, .. | v) = q(h1 | v) q(h2 | h1) ..

`model` holds the network and inference, `generation` its dreams, `likelihood` a bound,
`greedy` the training layer by layer, `updown` the fine-tuning that keeps it a model of the
data, `backprop` the one that makes it a classifier or an autoencoder, `start` random weights to begin
with instead, `shipped` a network that is trained already.
"""

from ebm.dbn.backprop import (
    Fitted,
    Network,
    activities,
    autoencoder,
    classifier,
    decode,
    encode,
    fit,
    gradient,
    loss,
)
from ebm.dbn.generation import Dream, dream, generate
from ebm.dbn.greedy import Grown, greedy
from ebm.dbn.likelihood import Bound, bound, log_Z
from ebm.dbn.model import DBN, Layer, classify, features, p_label, reconstruct, stack
from ebm.dbn.shipped import Packed, digit_network, digit_record, pack, unpack
from ebm.dbn.start import initial
from ebm.dbn.updown import Tuned, up_down

__all__ = [
    "DBN",
    "Bound",
    "Dream",
    "Fitted",
    "Grown",
    "Layer",
    "Network",
    "Packed",
    "Tuned",
    "activities",
    "autoencoder",
    "bound",
    "classifier",
    "classify",
    "decode",
    "digit_network",
    "digit_record",
    "dream",
    "encode",
    "features",
    "fit",
    "generate",
    "gradient",
    "greedy",
    "initial",
    "log_Z",
    "loss",
    "p_label",
    "pack",
    "reconstruct",
    "stack",
    "unpack",
    "up_down",
]
