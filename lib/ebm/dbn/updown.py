"""Fine-tuning of the whole network as a model of the data: the up-down algorithm [hinton2006].

A contrastive form of wake-sleep [hinton1995]. Awake, the data are explained from below and
each layer learns to generate what was seen below it. The memory at the top takes a few
sweeps and learns by contrastive divergence. Asleep, it dreams downwards from where it got
to, and each layer learns to infer the causes that the dream really had.
"""

from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np

from ebm import _check
from ebm._blas import one_thread
from ebm.dbn.greedy import _one_hot
from ebm.dbn.model import DBN, Layer, reconstruct
from ebm.rbm import training
from ebm.rbm.model import RBM
from ebm.rbm.training import _statistics
from ebm.rbm.units import coins, sigmoid, with_one_of


class Tuned(NamedTuple):
    """The network after one more pass over the data.

    epoch : int, from 1
    model : DBN, whose weights upwards and downwards have parted
    error : float, mean squared difference of data and `reconstruct`, per unit, on some hundreds of examples
    """

    epoch: int
    model: DBN
    error: float


@_check.takes(DBN)
def up_down(model, data, *, rng, epochs, rate, labels=None, k=1, batch=100, progress=False):
    """Tune all weights together, upward ones and downward ones apart.

    Parameters
    ----------
    model : DBN
        The start, as `greedy` leaves it; left as it is.
    data : (P, n_v) array of 0 and 1
        Or of numbers between.
    rng : numpy.random.Generator
    epochs : int
        Passes over the data.
    rate : float or (epochs,) array
        Learning rate, > 0, smaller than for the greedy part.
    labels : (P,) array of whole numbers
        Needed if the model has label units, and only then.
    k : int
        Gibbs sweeps of the memory for each batch.
    batch : int
        Examples for each change of the weights.
    progress : bool
        Show a progress bar.

    Returns
    -------
    iterator of Tuned

    Raises
    ------
    TypeError, ValueError
        At the call, if the data do not fit or a number is out of range.

    Notes
    -----
    [hinton2006] (appendix B). The top units' probabilities stand for their states in the averages.

    Examples
    --------
    >>> from ebm.dbn import greedy
    >>> data, rng = np.array([[1, 1, 0, 0], [0, 0, 1, 1]] * 50), np.random.default_rng(0)
    >>> *_, grown = greedy(data, [3, 4], rng=rng, epochs=5, rate=0.1)
    >>> *_, tuned = up_down(grown.model, data, rng=rng, epochs=5, rate=0.01)
    >>> layer = tuned.model.layers[0]
    >>> bool((layer.W_up == layer.W_down).all())
    False
    """
    bottom = RBM(np.zeros((model.n_v, 1)))
    data, settings = training._validated(bottom, data, rng, epochs, rate, 0.0, 0.0, batch, k, progress)
    if (labels is None) == bool(model.classes):
        there = f"{model.classes} label units" if model.classes else "no label units"
        raise ValueError(f"labels is {'missing' if labels is None else 'given'}, and the model has {there}")
    named = np.empty((len(data), 0)) if labels is None else _one_hot(labels, model.classes, len(data))
    dtype = model.top.W.dtype
    return _up_down(model, data.astype(dtype), named.astype(dtype), settings)


def _up_down(model, data, named, settings):
    layers = [[x.copy() for x in (part.W_up, part.b_up, part.W_down, part.b_down)] for part in model.layers]
    top = [x.copy() for x in (model.top.W, model.top.b_v, model.top.b_h)]
    shown = data[:: max(1, len(data) // training._SHOWN)]
    for epoch in training._epochs(settings):
        with np.errstate(over="ignore", invalid="ignore"):
            _pass(layers, top, data, named, settings.rate[epoch], settings)
        training._refuse_infinite([*top, *chain(*layers)], settings.rate[epoch], epoch + 1)
        tuned = DBN(tuple(Layer(*part) for part in layers), RBM(*top), model.classes)
        yield Tuned(epoch + 1, tuned, float(np.mean((reconstruct(tuned, shown) - shown) ** 2)))


@one_thread
def _pass(layers, top, data, named, rate, settings):
    """One pass over the data, changing the arrays of `layers` and `top` in place."""
    order = settings.rng.permutation(len(data))
    for start in range(0, len(data), settings.batch):
        rows = order[start : start + settings.batch]
        seen = _wake(layers, data[rows], settings.rng)
        remembered = _remember(top, np.hstack([seen[-1], named[rows]]), named.shape[1], rate, settings)
        dreamt = _sleep(layers, remembered, settings.rng)
        _learn_to_generate(layers, seen, rate)
        _learn_to_infer(layers, dreamt, rate)


def _wake(layers, v, rng):
    """States of all layers below the memory, from the bottom, inferred from the data."""
    states = [v]
    for W_up, b_up, _, _ in layers:
        states.append(coins(sigmoid(states[-1] @ W_up + b_up), rng))
    return states


def _remember(top, x0, classes, rate, settings):
    """Contrastive divergence of the memory; the features it ends with."""
    (W, b_v, b_h), visible = top, with_one_of(classes)
    p = p0 = sigmoid(x0 @ W + b_h)
    for _ in range(settings.k):
        h = coins(p, settings.rng)
        x = visible.sample(visible.mean(h @ W.T + b_v), settings.rng)
        p = sigmoid(x @ W + b_h)
    for part, positive, negative in zip(top, _statistics(x0, p0), _statistics(x, p), strict=True):
        part += rate * (positive - negative)
    return x[:, : x.shape[1] - classes]


def _sleep(layers, x, rng):
    """Layers below the memory, from the bottom, generated from its features: states, and a picture of means."""
    states = [x]
    for k, (_, _, W_down, b_down) in reversed(list(enumerate(layers))):
        p = sigmoid(states[0] @ W_down.T + b_down)
        states.insert(0, coins(p, rng) if k else p)
    return states


def _learn_to_generate(layers, seen, rate):
    """Each layer predicts the one below from the states of the wake phase, and corrects its weights."""
    for (_, _, W_down, b_down), (below, above) in zip(layers, pairwise(seen), strict=True):
        missed = below - sigmoid(above @ W_down.T + b_down)
        W_down += rate * missed.T @ above / len(above)
        b_down += rate * missed.mean(axis=0)


def _learn_to_infer(layers, dreamt, rate):
    """Each layer predicts the one above from the states of the sleep phase, and corrects its weights."""
    for (W_up, b_up, _, _), (below, above) in zip(layers, pairwise(dreamt), strict=True):
        missed = above - sigmoid(below @ W_up + b_up)
        W_up += rate * below.T @ missed / len(below)
        b_up += rate * missed.mean(axis=0)
