"""Learning from data: contrastive divergence, with fresh chains and with persistent ones.

The gradient of the log-likelihood is <v h>data - <v h>model. The second average needs
samples of the machine itself. Contrastive divergence starts its chains at the data and
takes k sweeps [hinton2002]; the persistent kind never restarts them [tieleman2008].

The same generator gives the same weights, to the last bit, whatever the number of threads.
In single precision layers are drawn by the kernels of `ebm.fast.layers`; a machine of 0 and 1 on data of
0 and 1 goes through whole passes in `ebm.fast.contrast`.
"""

from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from ebm import _check, random
from ebm._blas import one_thread
from ebm._kernel import kernel
from ebm.fast import binary, contrast
from ebm.rbm.likelihood import Statistics
from ebm.rbm.model import RBM, _double
from ebm.rbm.sampling import _draw_h, _draw_v
from ebm.rbm.units import BITS, quick, quick_mean

_SHOWN = 250  # examples on which the reconstruction error is measured


class Epoch(NamedTuple):
    """The machine after one more pass over the data.

    epoch : int, from 1
    model : RBM
    error : float, mean squared difference of data and reconstruction, per unit: v gives p(h | v), and
        this gives v back. Measured on some hundreds of examples, evenly spaced
    v : (chains, n_v) array, the last states of the chains: what the machine believes in
    """

    epoch: int
    model: RBM
    error: float
    v: np.ndarray


class _Settings(NamedTuple):
    epochs: int
    rate: list
    momentum: list
    decay: float
    batch: int
    k: int
    rng: np.random.Generator
    progress: bool


@_check.takes(RBM)
def cd(model, data, *, rng, epochs, rate, k=1, batch=100, momentum=0.0, decay=0.0, progress=False):
    """Train by contrastive divergence, CD-k: chains start at the data and run k sweeps.

        change of W = rate (<v h>data - <v h>after k sweeps - decay W)

    Parameters
    ----------
    model : RBM
        The start (see `initial`); left as it is. Its precision is the precision of the training.
    data : (P, n_v) array of 0 and 1
        Or of numbers between, taken as the probabilities of being 1.
    rng : numpy.random.Generator
    epochs : int
        Passes over the data.
    rate : float or (epochs,) array
        Learning rate, > 0.
    k : int
        Gibbs sweeps, >= 1.
    batch : int
        Examples for each change of the weights. The last batch of a pass may be smaller.
    momentum : float or (epochs,) array
        Share of the last change that is kept, in [0, 1).
    decay : float
        Weight decay, >= 0: pulls W (not the biases) towards 0.
    progress : bool
        Show a progress bar.

    Returns
    -------
    iterator of Epoch
        Nothing is computed before the first is asked for.

    Raises
    ------
    TypeError, ValueError
        At the call, if the data do not fit or a number is out of range; during training, if
        the weights grow beyond all bounds.

    Notes
    -----
    Rule: [hinton2002]; batches, momentum and decay as in [hinton2012]. The hidden units' probabilities
    stand for their states in the averages, which has the same mean and less noise.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> data = np.array([[1, 1, 0, 0], [0, 0, 1, 1]] * 50)
    >>> *_, last = cd(RBM(rng.normal(0, 0.1, (4, 2))), data, rng=rng, epochs=200, rate=0.5, batch=10)
    >>> last.epoch, last.error < 0.01
    (200, True)
    """
    data, settings = _validated(model, data, rng, epochs, rate, momentum, decay, batch, k, progress)
    return _records(model, data, settings, None)


@_check.takes(RBM)
def pcd(
    model, data, *, rng, epochs, rate, k=1, chains=100, batch=100, momentum=0.0, decay=0.0, progress=False
):
    """Train with persistent chains, PCD: they run on while the weights change under them.

    Started once as fair coins, the chains follow the machine's own distribution as long as
    learning is slow enough, so that the gradient is nearly that of the likelihood.

    Parameters
    ----------
    model : RBM
        The start; left as it is. Its precision is the precision of the training.
    data : (P, n_v) array of 0 and 1
        Or of numbers between, taken as the probabilities of being 1.
    rng : numpy.random.Generator
    epochs : int
        Passes over the data.
    rate : float or (epochs,) array
        Learning rate, > 0. A falling schedule lets the chains catch up.
    k : int
        Gibbs sweeps between two changes of the weights, >= 1.
    chains : int
    batch : int
        Examples for each change of the weights.
    momentum : float or (epochs,) array
        Share of the last change that is kept, in [0, 1).
    decay : float
        Weight decay, >= 0.
    progress : bool
        Show a progress bar.

    Returns
    -------
    iterator of Epoch

    Raises
    ------
    TypeError, ValueError
        As `cd`, or if `chains` < 1.

    Notes
    -----
    [tieleman2008], after [younes1989].

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> data = np.array([[1, 1, 0, 0], [0, 0, 1, 1]] * 50)
    >>> *_, last = pcd(RBM(np.zeros((4, 2))), data, rng=rng, epochs=3, rate=0.1, chains=20)
    >>> last.v.shape
    (20, 4)
    """
    data, settings = _validated(model, data, rng, epochs, rate, momentum, decay, batch, k, progress)
    return _records(model, data, settings, _check.count("chains", chains))


@_check.takes(RBM)
def online(model, data, *, rng, epochs, rate, progress=False):
    """CD-1, one example at a time: the plain form that the page runs, for small machines.

    Parameters
    ----------
    model : RBM
        The start; left as it is. Computed in double precision.
    data : (P, n_v) array of 0 and 1
    rng : numpy.random.Generator
    epochs : int
        Passes over the data, each in a fresh random order.
    rate : float or (epochs,) array
        Learning rate, > 0.
    progress : bool
        Show a progress bar.

    Returns
    -------
    iterator of Epoch
        `v` is the last reconstruction.

    Raises
    ------
    TypeError, ValueError
        As `cd`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> data = [[1, 1, 0, 0], [0, 0, 1, 1]]
    >>> *_, last = online(RBM(rng.normal(0, 0.1, (4, 2))), data, rng=rng, epochs=2000, rate=0.1)
    >>> last.error < 0.01
    True
    """
    bits = _check.bits("data", data, model.n_v, ndim=2)
    _, settings = _validated(model, bits, rng, epochs, rate, 0.0, 0.0, 1, 1, progress)
    return _online(model, bits, settings)


def _online(model, data, settings):
    theta = [x.copy() for x in _double(model)]
    words, order = random.state(settings.rng), np.arange(len(data))
    v, h = np.empty(model.n_v, np.int8), np.empty(model.n_h, np.int8)
    p0, p = np.empty(model.n_h), np.empty(model.n_h)
    for epoch in _epochs(settings):
        _cd1_epoch(*theta, data, order, settings.rate[epoch], words, v, h, p0, p)
        yield Epoch(epoch + 1, RBM(*theta), _error(theta, data), v[None].copy())


@kernel
def _cd1_epoch(W, b_v, b_h, data, order, rate, words, v, h, p0, p):
    """One pass over the data in random order; W, the biases and the order change in place.

    v, h : a place for the reconstruction; p0, p : one for p(h | example) and p(h | reconstruction)
    """
    random.shuffle(words, order)
    for k in range(len(order)):
        v0 = data[order[k]]
        _draw_h(W, b_h, v0, 1.0, words, p0, h)
        _draw_v(W, b_v, h, 1.0, words, v)
        _draw_h(W, b_h, v, 1.0, words, p, h)
        for i in range(len(v)):
            b_v[i] += rate * (v0[i] - v[i])
            for j in range(len(h)):
                W[i, j] += rate * (v0[i] * p0[j] - v[i] * p[j])
        for j in range(len(h)):
            b_h[j] += rate * (p0[j] - p[j])


def _records(model, data, settings, chains):
    for epoch, theta, v in _train((model.W, model.b_v, model.b_h), data, settings, chains):
        yield Epoch(epoch, RBM(*theta), _error(theta, data), v.astype(np.int8))


def _train(theta, data, settings, chains=None, visible=BITS, hidden=BITS):
    """Yield (epoch, [W, b_v, b_h], v) after each pass; the arrays go on changing.

    chains : the number of persistent chains, or None to start anew at each batch
    """
    theta = [x.copy() for x in theta]
    velocity = [np.zeros_like(x) for x in theta]
    data = np.ascontiguousarray(data, dtype=theta[0].dtype)
    in_bits = visible is BITS and hidden is BITS and data.dtype == np.float32 and binary.only(data.ravel())
    passes = (_quick_passes if in_bits else _passes)(theta, velocity, data, settings, chains, visible, hidden)
    for epoch, v in zip(_epochs(settings), passes, strict=False):
        _refuse_infinite(theta, settings.rate[epoch], epoch + 1)
        yield epoch + 1, theta, v


def _refuse_infinite(theta, rate, epoch):
    if not all(np.isfinite(x).all() for x in theta):
        raise ValueError(
            f"rate is {rate} in epoch {epoch}, and the weights grew beyond all bounds; wanted a smaller one"
        )


def _quick_passes(theta, velocity, data, settings, chains, *_):
    """What `_passes` does, by `fast.contrast`."""
    run = contrast.Passes(theta, velocity, data, chains, settings.batch, settings.k, settings.rng)
    for rate, momentum in zip(settings.rate, settings.momentum, strict=True):
        yield run(settings.rng.permutation(len(data)), rate, momentum, settings.decay)


def _passes(theta, velocity, data, settings, chains, visible, hidden):
    """Yield the last states of the chains after each pass over the data."""
    visible, hidden = (quick(units, data.dtype, settings.rng) for units in (visible, hidden))
    p = None if chains is None else hidden.mean(np.zeros((chains, len(theta[2])), dtype=data.dtype))
    for epoch in range(settings.epochs):
        with np.errstate(over="ignore", invalid="ignore"):
            v, p = _pass(theta, velocity, data, p, epoch, settings, visible, hidden)
        yield v


@one_thread
def _pass(theta, velocity, data, chains, epoch, settings, visible, hidden):
    """One pass over the data, changing theta and velocity in place.

    chains : the persistent chains' hidden means, or None
    Returns the last states of all chains, and the persistent ones' hidden means.
    """
    W, b_v, b_h = theta
    rng, rate, momentum = settings.rng, settings.rate[epoch], settings.momentum[epoch]
    order, pairs = rng.permutation(len(data)), np.empty_like(W)
    for start in range(0, len(data), settings.batch):
        v0 = data[order[start : start + settings.batch]]
        p0 = hidden.mean(v0 @ W + b_h)
        p = p0 if chains is None else chains
        for _ in range(settings.k):
            h = hidden.sample(p, rng)
            v = visible.sample(visible.mean(h @ W.T + b_v), rng)
            p = hidden.mean(v @ W + b_h)
        if chains is not None:
            chains = p
        _step(theta, velocity, _gradient(v0, p0, v, p, pairs), rate, momentum, settings.decay)
    return v, chains


def _step(theta, velocity, gradient, rate, momentum, decay):
    """theta += velocity, where velocity = momentum velocity + rate (gradient - decay W)."""
    for x, dx, up, pull in zip(theta, velocity, gradient, (decay, 0.0, 0.0), strict=True):
        of_type = x.dtype.type
        contrast.move(x.ravel(), dx.ravel(), up.ravel(), of_type(rate), of_type(momentum), of_type(pull))


def _gradient(v0, p0, v, p, pairs):
    """Positive minus negative in one product: the chains go below the examples, with a minus sign.

    pairs : a place for the part of the weights, which would be slow to find for each batch anew
    """
    share = np.repeat(v.dtype.type([1 / len(v0), -1 / len(v)]), [len(v0), len(v)])
    both, weighted = np.concatenate([v0, v]), np.concatenate([p0, p])
    weighted *= share[:, None]
    np.matmul(both.T, weighted, out=pairs)
    return Statistics(pairs, share @ both, np.ones_like(share) @ weighted)


def _statistics(v, h):
    n = v.dtype.type(len(v))
    return Statistics(v.T @ (h / n), v.sum(axis=0) / n, h.sum(axis=0) / n)


@one_thread
def _error(theta, data, visible=BITS, scale=1):
    """Mean squared difference of data and mean-field reconstruction, per unit."""
    W, b_v, b_h = theta
    v = data[:: max(1, len(data) // _SHOWN)].astype(W.dtype)
    with np.errstate(over="ignore"):
        mean_h, mean_v = (quick_mean(units, W.dtype) for units in (BITS, visible))
        back = mean_v(mean_h(v @ W + b_h) @ W.T + b_v)
        return float(np.mean((scale * (v - back)) ** 2, dtype=np.float64))


def _epochs(settings):
    return tqdm(range(settings.epochs), disable=not settings.progress, unit="epoch")


def _validated(model, data, rng, epochs, rate, momentum, decay, batch, k, progress, check=_check.chances):
    data = check("data", data, model.n_v, ndim=2)
    epochs = _check.count("epochs", epochs)
    settings = _Settings(
        epochs,
        _check.schedule("rate", rate, epochs, above=0, wanted="a learning rate > 0"),
        _check.schedule(
            "momentum", momentum, epochs, low=0, below=1, wanted="a momentum, 0 or more and below 1"
        ),
        _check.number("decay", decay, low=0, wanted="a weight decay of 0 or more"),
        _check.count("batch", batch),
        _check.count("k", k),
        _check.generator(rng),
        progress,
    )
    return data, settings
