"""What the network imagines: the memory at the top runs, and each state is passed down."""

from typing import NamedTuple

import numpy as np
from scipy.special import expit
from tqdm import tqdm

from ebm import _check
from ebm._blas import one_thread
from ebm.dbn.model import DBN, _labelled, features
from ebm.rbm.model import _coins
from ebm.rbm.units import with_one_of


class Dream(NamedTuple):
    """What the network imagines after one more sweep of its memory.

    v : (chains, n_v) array, probabilities of the visible units
    layers : list of arrays of 0 and 1, the states that led there, from the first hidden layer to the top
    labels : (chains,) int64 array, or None without label units
    """

    v: np.ndarray
    layers: list
    labels: np.ndarray | None


@_check.takes(DBN)
def dream(model, *, rng, labels=None, chains=1, v=None):
    """Let the memory run, and look at what it has in mind: one picture a sweep, without end.

    Parameters
    ----------
    model : DBN
    rng : numpy.random.Generator
    labels : (chains,) array of whole numbers, optional
        Held fixed: think of these. Left out, the labels run free.
    chains : int
        How many run at once, if neither `labels` nor `v` says so.
    v : (chains, n_v) array of 0 and 1 (or between), optional
        Where to start from; left out, features that are fair coins.

    Returns
    -------
    iterator of Dream

    Raises
    ------
    TypeError, ValueError
        If `labels` or `v` does not fit the model.

    Examples
    --------
    >>> from ebm.dbn import stack
    >>> from ebm.rbm import RBM
    >>> model = stack([RBM(np.zeros((2, 3))), RBM(np.zeros((3, 4)))])
    >>> next(dream(model, rng=np.random.default_rng(0), chains=5)).v.shape
    (5, 2)
    """
    _check.generator(rng)
    chains = _check.count("chains", chains)
    if v is not None:
        v = features(model, v)
        chains = len(v)
    elif labels is not None:
        chains = len(_check.reals("labels", labels, ndim=1))
    held = None
    if labels is not None:
        _labelled(model)
        labels = _check.whole("labels", labels, chains, below=model.classes)
        held = np.eye(model.classes, dtype=model.top.W.dtype)[labels]
    n = model.top.n_v - model.classes
    x = np.full((chains, n), 0.5, dtype=model.top.W.dtype) if v is None else v
    start = (
        np.full((chains, model.classes), 1 / max(model.classes, 1), dtype=x.dtype) if held is None else held
    )
    return _dream(model, np.hstack([_coins(x, rng, x.dtype), start]), held, rng)


def _dream(model, x, held, rng):
    top, n = model.top, model.top.n_v - model.classes
    visible = with_one_of(model.classes)
    while True:
        h, x = _sweep(top, x, visible, rng)
        if held is not None:
            x[:, n:] = held
        labels = x[:, n:].argmax(axis=1) if model.classes else None
        v, below = _down(model, x[:, :n], rng)
        yield Dream(v, [*below, h], labels)


@one_thread
def _sweep(top, x, visible, rng):
    """The hidden units of the top memory, then its visible ones."""
    h = _coins(expit(x @ top.W + top.b_h), rng, top.W.dtype)
    with np.errstate(over="ignore"):
        return h, visible.sample(visible.mean(h @ top.W.T + top.b_v), rng)


@one_thread
def _down(model, x, rng):
    """Probabilities of the visible units, and the sampled layers from the first hidden one to x."""
    below, p = [x], x
    for layer in reversed(model.layers):
        p = expit(below[0] @ layer.W_down.T + layer.b_down)
        below.insert(0, _coins(p, rng, p.dtype))
    return p, below[1:]


@_check.takes(DBN)
def generate(model, count=None, *, rng, sweeps, labels=None, progress=False):
    """Pictures from the network: the memory runs, then one pass down.

    Parameters
    ----------
    model : DBN
    count : int, optional
        How many; may be left out with `labels`.
    rng : numpy.random.Generator
    sweeps : int
        Gibbs sweeps of the memory, from a random start.
    labels : (count,) array of whole numbers, optional
        Held fixed, one for each picture.
    progress : bool
        Show a progress bar.

    Returns
    -------
    (count, n_v) array of probabilities

    Raises
    ------
    TypeError, ValueError
        If `labels` does not fit the model, or a count is below 1.

    Examples
    --------
    >>> from ebm.dbn import stack
    >>> from ebm.rbm import RBM
    >>> model = stack([RBM(np.zeros((2, 3))), RBM(np.zeros((3, 4)))])
    >>> generate(model, 5, rng=np.random.default_rng(0), sweeps=10).tolist()[0]
    [0.5, 0.5]
    """
    sweeps = _check.count("sweeps", sweeps)
    if labels is None or count is not None:
        count = _check.count("count", count)
    if labels is not None and count not in (None, np.size(labels)):
        raise ValueError(
            f"count is {count} beside {np.size(labels)} labels; wanted one label for each picture"
        )
    dreams = dream(model, rng=rng, labels=labels, chains=1 if count is None else count)
    for _ in tqdm(range(sweeps), disable=not progress, unit="sweep"):
        last = next(dreams)
    return last.v
