"""Exact answers for machines with one small side, and what can be known of large ones.

Z is a sum over 2^(n_v + n_h) states, but the larger side sums itself: given the smaller one
its units are independent. So up to 20 units on the smaller side all of this is exact.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import expit, log_expit, logsumexp
from tqdm import tqdm

from ebm import _check
from ebm._blas import one_thread
from ebm.rbm.model import RBM, _coins, _double, _float, _softplus, _visible, transposed

_MOST_UNITS = 20
_BLOCK = 2**12


class Statistics(NamedTuple):
    """Averages over states, one for each parameter: what learning compares.

    W : (n_v, n_h) array, <v_i h_j>
    b_v : (n_v,) array, <v_i>
    b_h : (n_h,) array, <h_j>
    """

    W: np.ndarray
    b_v: np.ndarray
    b_h: np.ndarray


def states(n):
    """Every state of n units of 0 and 1.

    Parameters
    ----------
    n : int
        1 <= n <= 20.

    Returns
    -------
    (2^n, n) int8 array
        Unit i of state k is bit i of k.

    Raises
    ------
    TypeError, ValueError
        If n is not a whole number from 1 to 20.

    Examples
    --------
    >>> states(2).tolist()
    [[0, 0], [1, 0], [0, 1], [1, 1]]
    """
    n = _check.count("n", n, high=_MOST_UNITS)
    return _bits(0, 2**n, n).astype(np.int8)


@_check.takes(RBM)
def log_Z(model, T=1.0, *, progress=False):
    """log of the sum of e^(-E/T) over all states, by listing those of the smaller side.

    Parameters
    ----------
    model : RBM
        At most 20 units on one of its sides.
    T : float
        Temperature, > 0.
    progress : bool
        Show a progress bar: 20 units opposite 784 take some ten seconds.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        If both sides have more than 20 units (`ebm.ais` estimates it then) or T <= 0.

    Examples
    --------
    One unit on each side: three states of energy 0 and one of -1.

    >>> round(log_Z(RBM([[1.0]])), 4) == round(float(np.log(3 + np.exp(1))), 4)
    True
    """
    return _log_Z(model, _check.temperature(T), progress)


def _log_Z(model, T, progress=False):
    return float(logsumexp(_log_weights(_smaller_side(model), T, progress)))


@_check.takes(RBM)
def distribution(model, T=1.0):
    """p(v) for every visible state, in the order of `states`.

    Parameters
    ----------
    model : RBM
        At most 20 visible units.
    T : float
        Temperature, > 0.

    Returns
    -------
    (2^n_v,) float64 array

    Raises
    ------
    TypeError, ValueError
        If the machine has more than 20 visible units or T <= 0.

    Examples
    --------
    >>> distribution(RBM([[0.0]], b_v=[np.log(3.0)])).round(4).tolist()
    [0.25, 0.75]
    """
    _enumerable("n_v", model.n_v)
    log_weights = _log_weights(RBM(*_double(model)), _check.temperature(T))
    return np.exp(log_weights - logsumexp(log_weights))


@_check.takes(RBM)
@one_thread
def draw(model, count, T=1.0, *, rng, progress=False):
    """Independent samples without any chain: the smaller side from its list, the other side given it.

    Parameters
    ----------
    model : RBM
        At most 20 units on one of its sides.
    count : int
    T : float
        Temperature, > 0.
    rng : numpy.random.Generator
    progress : bool
        Show a progress bar.

    Returns
    -------
    (count, n_v) int8 array of 0 and 1

    Raises
    ------
    TypeError, ValueError
        If both sides have more than 20 units, T <= 0, `count` < 1 or `rng` is not a Generator.

    Examples
    --------
    >>> draw(RBM([[0.0]], b_v=[50.0]), 3, rng=np.random.default_rng(0)).tolist()
    [[1], [1], [1]]
    """
    small, T = _smaller_side(model), _check.temperature(T)
    count, rng = _check.count("count", count), _check.generator(rng)
    log_weights = _log_weights(small, T, progress)
    cumulative = np.cumsum(np.exp(log_weights - log_weights.max()))
    picked = np.searchsorted(cumulative, cumulative[-1] * rng.random(count), side="right")
    few = (picked[:, None] >> np.arange(small.n_v)) & 1
    if small.n_v == model.n_v and np.array_equal(small.W, model.W):
        return few.astype(np.int8)
    return _coins(expit((few @ small.W + small.b_h) / T), rng)


@_check.takes(RBM)
def log_likelihood(model, v, T=1.0, *, log_Z=None, progress=False):
    """log p(v) = -F(v)/T - log Z, for each example.

    Parameters
    ----------
    model : RBM
    v : (n_v,) or (batch, n_v) array of 0 and 1
    T : float
        Temperature, > 0.
    log_Z : float, optional
        If it is known, or estimated by `ebm.ais`; left out, it is found by listing states.
    progress : bool
        Show a progress bar.

    Returns
    -------
    float, or (batch,) float64 array
        In nats.

    Raises
    ------
    TypeError, ValueError
        If `v` does not fit the model, T <= 0, or log_Z is needed and neither side has 20 units or less.

    Examples
    --------
    A machine without weights tosses a coin for each unit:

    >>> round(log_likelihood(RBM(np.zeros((3, 2))), [1, 0, 1]), 4) == round(-3 * float(np.log(2)), 4)
    True
    """
    double, T = RBM(*_double(model)), _check.temperature(T)
    v = _visible(double, v)
    log_Z = _log_Z(model, T, progress) if log_Z is None else log_Z
    log_Z = _check.number("log_Z", log_Z, wanted="a number, the log of the partition function")
    return _float(_log_weight(double, v, T) - log_Z)


@_check.takes(RBM)
def log_pseudo_likelihood(model, v, T=1.0, *, flips=None, rng=None, progress=False):
    """sum_i log p(v_i | all other visible units), for each example [besag1975].

    Z is not needed: p(v_i | rest) = sigma((F(v with unit i flipped) - F(v)) / T). It is highest
    for the data's own distribution, but is not a likelihood.

    Parameters
    ----------
    model : RBM
    v : (n_v,) or (batch, n_v) array of 0 and 1
    T : float
        Temperature, > 0.
    flips : int, optional
        Flip this many units of each example, chosen at random, and scale up: right on average.
        Left out, every unit is flipped.
    rng : numpy.random.Generator, optional
        Needed with `flips`.
    progress : bool
        Show a progress bar.

    Returns
    -------
    float, or (batch,) float64 array
        In nats.

    Raises
    ------
    TypeError, ValueError
        If `v` does not fit the model, T <= 0, `flips` is not from 1 to n_v, or `rng` is missing.

    Examples
    --------
    Units that know nothing of each other: the pseudo-likelihood is the likelihood.

    >>> round(log_pseudo_likelihood(RBM(np.zeros((3, 2))), [1, 0, 1]), 4) == round(-3 * float(np.log(2)), 4)
    True
    """
    double, T = RBM(*_double(model)), _check.temperature(T)
    v = _visible(double, v)
    rows = np.atleast_2d(v)
    order = np.tile(np.arange(model.n_v), (len(rows), 1))
    if flips is not None:
        flips = _check.count("flips", flips, high=model.n_v)
        order = _check.generator(rng).permuted(order, axis=1)[:, :flips]
    field = rows @ double.W + double.b_h
    before = _softplus(field / T)
    total = np.zeros(len(rows))
    for i in tqdm(order.T, disable=not progress, unit="flip"):
        change = 1 - 2 * rows[np.arange(len(rows)), i]
        after = _softplus((field + change[:, None] * double.W[i]) / T)
        total += log_expit(before - after - change * double.b_v[i] / T)
    total *= model.n_v / order.shape[1]
    return _float(total[0] if v.ndim == 1 else total)


@_check.takes(RBM)
def positive(model, v):
    """<v_i h_j>, <v_i>, <h_j> with the visible units held at the data, T = 1.

    Parameters
    ----------
    model : RBM
    v : (batch, n_v) array of 0 and 1

    Returns
    -------
    Statistics

    Raises
    ------
    TypeError, ValueError
        If `v` does not fit the model.

    Examples
    --------
    >>> positive(RBM(np.zeros((2, 1))), [[1, 0], [1, 1]]).W.tolist()
    [[0.5], [0.25]]
    """
    double = RBM(*_double(model))
    v = _check.bits("v", v, model.n_v, ndim=2).astype(np.float64)
    p = expit(v @ double.W + double.b_h)
    return Statistics(v.T @ p / len(v), v.mean(axis=0), p.mean(axis=0))


@_check.takes(RBM)
def negative(model, *, progress=False):
    """<v_i h_j>, <v_i>, <h_j> of the machine itself, T = 1, by listing states.

    Parameters
    ----------
    model : RBM
        At most 20 units on one of its sides.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Statistics

    Raises
    ------
    ValueError
        If both sides have more than 20 units.

    Examples
    --------
    >>> negative(RBM(np.zeros((2, 1)))).W.round(6).tolist()
    [[0.25], [0.25]]
    """
    small = _smaller_side(model)
    log_weights = _log_weights(small, 1.0, progress)
    weights = np.exp(log_weights - logsumexp(log_weights))
    pairs, few, many = np.zeros_like(small.W), np.zeros(small.n_v), np.zeros(small.n_h)
    for start in tqdm(range(0, len(weights), _BLOCK), disable=not progress, desc="averages", unit="block"):
        stop = min(start + _BLOCK, len(weights))
        s = _bits(start, stop, small.n_v)
        weighted = weights[start:stop, None] * s
        p = expit(s @ small.W + small.b_h)
        pairs += weighted.T @ p
        few += weighted.sum(axis=0)
        many += weights[start:stop] @ p
    return Statistics(pairs, few, many) if model.n_v <= model.n_h else Statistics(pairs.T, many, few)


@_check.takes(RBM)
def gradient(model, v, *, progress=False):
    """The gradient of the mean log-likelihood at T = 1: positive minus negative, exactly.

    Parameters
    ----------
    model : RBM
        At most 20 units on one of its sides.
    v : (batch, n_v) array of 0 and 1
    progress : bool
        Show a progress bar.

    Returns
    -------
    Statistics
        The derivatives with respect to W, b_v and b_h.

    Raises
    ------
    TypeError, ValueError
        If `v` does not fit the model, or both sides have more than 20 units.

    Examples
    --------
    A machine that tosses coins, shown [1, 1] only:

    >>> gradient(RBM(np.zeros((2, 1))), [[1, 1]]).b_v.round(6).tolist()
    [0.5, 0.5]
    """
    pairs = zip(positive(model, v), negative(model, progress=progress), strict=True)
    return Statistics(*(up - down for up, down in pairs))


def _smaller_side(model):
    """The machine in double precision, turned so that the side with fewer units is the visible one."""
    small = RBM(*_double(model))
    if model.n_v > model.n_h:
        small = transposed(small)
    if small.n_v > _MOST_UNITS:
        raise ValueError(
            f"model has {model.n_v} visible and {model.n_h} hidden units; wanted at most {_MOST_UNITS} "
            f"on one side: 2^{small.n_v} states would have to be listed (ebm.ais estimates log_Z)"
        )
    return small


def _enumerable(name, n):
    if n > _MOST_UNITS:
        raise ValueError(
            f"{name} is {n}; wanted at most {_MOST_UNITS}: 2^{n} states would take {2.0**n * 8 / 2**30:.3g} GiB"
        )


def _log_weights(model, T, progress=False):
    """-F(v)/T for every visible state."""
    found = np.empty(2**model.n_v)
    for start in tqdm(range(0, len(found), _BLOCK), disable=not progress, desc="log Z", unit="block"):
        stop = min(start + _BLOCK, len(found))
        found[start:stop] = _log_weight(model, _bits(start, stop, model.n_v), T)
    return found


@one_thread
def _log_weight(model, v, T):
    return v @ model.b_v / T + _softplus((v @ model.W + model.b_h) / T)


def _bits(start, stop, n):
    return ((np.arange(start, stop)[:, None] >> np.arange(n)) & 1).astype(np.float64)
