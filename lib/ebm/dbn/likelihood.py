"""How well the network knows the data: a lower bound on the log-likelihood."""

from typing import NamedTuple

import numpy as np
from scipy.special import entr, expit, logsumexp
from tqdm import tqdm

from ebm import _check
from ebm.dbn.model import DBN
from ebm.rbm.likelihood import _MOST_UNITS, states
from ebm.rbm.model import _coins, _softplus

_AT_ONCE = 1000  # guesses that are made together


class Bound(NamedTuple):
    """A lower bound on log p(v), estimated.

    value : (batch,) float64 array, in nats
    error : (batch,) float64 array, standard error of each value
    """

    value: np.ndarray
    error: np.ndarray


@_check.takes(DBN)
def log_Z(model):
    """log of the partition function of the memory at the top, by listing one of its sides.

    Parameters
    ----------
    model : DBN
        At most 20 units in the top layer, or in the one below it.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If both have more (without labels `ebm.ais` estimates it then).

    Examples
    --------
    One feature, two labels, one top unit, all independent: 2 * 2 * 2 states.

    >>> from ebm.dbn import stack
    >>> from ebm.rbm import RBM
    >>> round(float(np.exp(log_Z(stack([RBM(np.zeros((3, 1)))], classes=2)))), 6)
    8.0
    """
    return _log_Z(model)


def _log_Z(model):
    top, n = model.top, model.top.n_v - model.classes
    if min(top.n_h, n) > _MOST_UNITS:
        raise ValueError(
            f"the memory joins {n} units with {top.n_h}; wanted at most {_MOST_UNITS} on one side to list "
            "them (without labels ebm.ais estimates log_Z)"
        )
    W, b_v, b_h = (x.astype(np.float64) for x in (top.W, top.b_v, top.b_h))
    if n <= top.n_h:
        return float(logsumexp(np.concatenate([_log_weight(model, x) for x in _blocks(n)])))
    found = []
    for h in _blocks(top.n_h):
        labels = logsumexp(h @ W[n:].T + b_v[n:], axis=1) if model.classes else 0
        found.append(h @ b_h + _softplus(h @ W[:n].T + b_v[:n]) + labels)
    return float(logsumexp(np.concatenate(found)))


@_check.takes(DBN)
def bound(model, v, *, rng, samples=100, log_Z=None, progress=False):
    """The variational lower bound on log p(v), for each example, by sampling guesses of the causes.

        log p(v) >= <log p(v | h1) + .. + log p(x)>q + entropy of q,   x the features, p(x) = e^(-F(x)) / Z

    Each guess is drawn from q: up through the layers. Labels, if there are any, are summed out.

    Parameters
    ----------
    model : DBN
    v : (batch, n_v) array of 0 and 1
    rng : numpy.random.Generator
    samples : int
        Guesses for each example, >= 2.
    log_Z : float, optional
        Of the memory at the top, if known or estimated by `ebm.ais`; left out, by `log_Z`.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Bound

    Raises
    ------
    TypeError, ValueError
        If `v` does not fit the model, or log_Z is needed and cannot be listed.

    Notes
    -----
    [hinton2006], estimated as in [salakhutdinov2008].

    Examples
    --------
    A network that knows nothing gives every picture of two units a quarter:

    >>> from ebm.dbn import stack
    >>> from ebm.rbm import RBM
    >>> model = stack([RBM(np.zeros((2, 3))), RBM(np.zeros((3, 4)))])
    >>> found = bound(model, [[1, 0]], rng=np.random.default_rng(0))
    >>> round(float(np.exp(found.value[0])), 6), float(found.error[0]) < 1e-12
    (0.25, True)
    """
    v = _check.bits("v", v, model.n_v, ndim=2).astype(np.float64)
    samples, rng = _check.count("samples", samples, low=2), _check.generator(rng)
    log_Z = _log_Z(model) if log_Z is None else log_Z
    log_Z = _check.number("log_Z", log_Z, wanted="a number, the log of the memory's partition function")
    value, error = np.empty(len(v)), np.empty(len(v))
    step = max(1, _AT_ONCE // samples)
    for start in tqdm(range(0, len(v), step), disable=not progress, desc="bound", unit="block"):
        part = v[start : start + step]
        terms = _guess(model, np.repeat(part, samples, axis=0), rng).reshape(len(part), samples)
        value[start : start + step] = terms.mean(axis=1) - log_Z
        error[start : start + step] = terms.std(axis=1, ddof=1) / np.sqrt(samples)
    return Bound(value, error)


def _guess(model, x, rng):
    """One draw of the causes of each x: log p(x, causes) + log Z + entropy of q along the way."""
    total = np.zeros(len(x))
    for layer in model.layers:
        W_up, b_up, W_down, b_down = (
            a.astype(np.float64) for a in (layer.W_up, layer.b_up, layer.W_down, layer.b_down)
        )
        q = expit(x @ W_up + b_up)
        h = _coins(q, rng, np.float64)
        field = h @ W_down.T + b_down
        total += (entr(q) + entr(1 - q)).sum(axis=1) + (x * field).sum(axis=1) - _softplus(field)
        x = h
    return total + _log_weight(model, x)


def _log_weight(model, x):
    """-F(x) of the memory, its label units summed out."""
    n = model.top.n_v - model.classes
    W, b_v, b_h = (a.astype(np.float64) for a in (model.top.W, model.top.b_v, model.top.b_h))
    field = x @ W[:n] + b_h
    if not model.classes:
        return x @ b_v + _softplus(field)
    return x @ b_v[:n] + logsumexp(b_v[n:] + _softplus(field[:, None, :] + W[n:]), axis=1)


def _blocks(n):
    return np.array_split(states(n).astype(np.float64), max(1, 2**n // 2**12))


def _blocks(n):
    return np.array_split(states(n).astype(np.float64), max(1, 2**n // 2**12))
