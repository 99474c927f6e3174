"""Training layer by layer: each machine learns what the one below makes of the data."""

from typing import NamedTuple

import numpy as np
from scipy.special import expit

from ebm import _check, rbm
from ebm._blas import one_thread
from ebm.dbn.model import DBN, stack
from ebm.rbm import training
from ebm.rbm.model import RBM, _precision
from ebm.rbm.units import with_one_of


class Grown(NamedTuple):
    """The network after one more pass over the data.

    layer : int, from 1: the machine that is being trained
    epoch : int, from 1
    model : DBN, of all machines so far
    error : float, mean squared reconstruction error of this machine on its own data, per unit
    """

    layer: int
    epoch: int
    model: DBN
    error: float


def greedy(
    data,
    sizes,
    *,
    rng,
    epochs,
    rate,
    labels=None,
    classes=None,
    k=1,
    batch=100,
    momentum=0.0,
    decay=0.0,
    dtype=np.float32,
    progress=False,
):
    """Train a stack of machines, from the bottom, each by CD-k on the features below it.

    Where a layer has as many units as the one two below, its machine starts as the last one
    turned upside down. It then says just what the stack said before, and what it learns can
    only raise the bound on the likelihood [hinton2006]. Other machines start with small weights.

    Parameters
    ----------
    data : (P, n_v) array of 0 and 1
        Or of numbers between.
    sizes : sequence of int
        Hidden units of each layer, from the bottom.
    rng : numpy.random.Generator
    epochs : int
        Passes over the data, for each layer.
    rate : float or (epochs,) array
        Learning rate, > 0; the same for each layer.
    labels : (P,) array of whole numbers, optional
        With them the last machine sees label units too, of which one is on.
    classes : int, optional
        Number of different labels; the largest plus 1 if left out.
    k, batch, momentum, decay, progress
        As in `ebm.rbm.cd`.
    dtype : numpy.float32 or numpy.float64
        Precision of the training.

    Returns
    -------
    iterator of Grown

    Raises
    ------
    TypeError, ValueError
        At the call, if the data do not fit or a number is out of range.

    Examples
    --------
    >>> data = np.array([[1, 1, 0, 0], [0, 0, 1, 1]] * 50)
    >>> *_, last = greedy(data, [3, 4], rng=np.random.default_rng(0), epochs=5, rate=0.1)
    >>> last.layer, last.epoch, last.model.sizes
    (2, 5, (4, 3, 4))
    """
    data = _check.chances("data", data)
    sizes = _sizes(sizes)
    first = RBM(np.zeros((data.shape[1], sizes[0])))
    _, settings = training._validated(first, data, rng, epochs, rate, momentum, decay, batch, k, progress)
    named = None if labels is None else _one_hot(labels, classes, len(data))
    return _greedy(data.astype(_precision(dtype)), sizes, named, settings)


def _greedy(data, sizes, named, settings):
    machines, x = [], data
    for layer, n_h in enumerate(sizes, start=1):
        at_top = layer == len(sizes) and named is not None
        seen = np.hstack([x, named.astype(x.dtype)]) if at_top else x
        classes = named.shape[1] if at_top else 0
        start = _start(machines, seen, n_h, settings.rng)
        weights, visible = (start.W, start.b_v, start.b_h), with_one_of(classes)
        for epoch, theta, _ in training._train(weights, seen, settings, visible=visible):
            machine = RBM(*theta)
            grown = stack([*machines, machine], classes)
            yield Grown(layer, epoch, grown, training._error(theta, seen, visible))
        machines.append(machine)
        x = _features(machine, seen)


@one_thread
def _features(machine, seen):
    return expit(seen @ machine.W + machine.b_h)


def _start(machines, seen, n_h, rng):
    """The machine to begin with: the last one upside down if that fits, else small weights."""
    start = rbm.initial(seen.shape[1], n_h, rng=rng, data=seen, dtype=seen.dtype.type)
    if not machines or machines[-1].n_v != n_h:
        return start
    below = rbm.transposed(machines[-1])
    n = below.n_v
    W, b_v = start.W.copy(), start.b_v.copy()
    W[:n], b_v[:n] = below.W, below.b_v
    return RBM(W, b_v, below.b_h)


def _sizes(sizes):
    try:
        sizes = list(sizes)
    except TypeError:
        raise TypeError(f"sizes is {sizes!r}; wanted the numbers of hidden units, from the bottom") from None
    if not sizes:
        raise ValueError("sizes is empty; wanted the numbers of hidden units, from the bottom")
    return [_check.count(f"sizes[{k}]", size) for k, size in enumerate(sizes)]


def _one_hot(labels, classes, examples):
    if classes is None:
        wanted = f"{examples} whole numbers, the labels"
        found = _check.array("labels", labels, ndim=1, wanted=wanted)
        classes = max(1, int(found.max(initial=0)) + 1)
    classes = _check.count("classes", classes)
    return np.eye(classes)[_check.whole("labels", labels, examples, below=classes)]
