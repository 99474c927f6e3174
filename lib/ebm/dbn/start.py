"""Where a network begins that no stack of machines was trained for: random weights of the right scale.

If weights are too small, signals die out on their way up and gradients on their way down; if they
are too large, both grow, or the units are stuck at their ends. In between is a scale that keeps
them as they are from layer to layer [glorot2010, he2015].
"""

from itertools import pairwise

import numpy as np

from ebm import _check
from ebm.dbn.backprop import _UNITS, Network
from ebm.rbm.model import _precision


def initial(sizes, units, *, rng, dtype=np.float32):
    """A feed-forward network with random weights that pass signals on about as strong as they came, and no biases.

    Into a layer of rectified units weights are normal, of variance 2 / n_in [he2015]. Into others
    they are uniform, of variance 2 / (n_in + n_out) [glorot2010]. Logistic units get weights four
    times as large, since their slope is 1/4 at most; they still lose some on the way.

    Parameters
    ----------
    sizes : sequence of int
        Units of each layer, from the input.
    units : sequence of str
        Kinds of all layers but the input, as in `Network`.
    rng : numpy.random.Generator
    dtype : numpy.float32 or numpy.float64

    Returns
    -------
    Network

    Raises
    ------
    TypeError, ValueError
        If there are not as many kinds as layers, or one is unknown.

    Examples
    --------
    >>> network = initial([64, 100, 10], ["rectified", "softmax"], rng=np.random.default_rng(0))
    >>> [W.shape for W in network.weights], round(float(network.weights[0].std() ** 2 * 64), 1)
    ([(64, 100), (100, 10)], 2.0)
    """
    sizes = [
        _check.count(f"sizes[{k}]", size)
        for k, size in enumerate(_check.sequence("sizes", sizes, wanted="numbers of units, from the input"))
    ]
    units = _check.sequence("units", units, wanted="the kinds of all layers but the input")
    if not len(units) == len(sizes) - 1 > 0:
        raise ValueError(
            f"sizes has {len(sizes)} entries and units {len(units)}; wanted one kind for each layer but the input"
        )
    for k, kind in enumerate(units):
        _check.choice(f"units[{k}]", kind, tuple(_UNITS))
    rng, dtype = _check.generator(rng), _precision(dtype)
    pairs = zip(pairwise(sizes), units, strict=True)
    weights = [_weights(*pair, kind, rng).astype(dtype) for pair, kind in pairs]
    return Network(weights, [np.zeros(n, dtype) for n in sizes[1:]], units)


def _weights(n_in, n_out, kind, rng):
    if kind == "rectified":
        return rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out))
    limit = np.sqrt(6 / (n_in + n_out)) * (4 if kind == "logistic" else 1)
    return rng.uniform(-limit, limit, (n_in, n_out))
