"""Exact answers by listing states: distributions, likelihoods and the gradient of learning.

Everything is a sum over the states of the units that are free, the others held: over all
units for Z, over the hidden ones for what a machine makes of an example. Up to 20 units.
"""

from typing import NamedTuple

import numpy as np

from ebm import _check
from ebm._kernel import kernel
from ebm.boltzmann.model import Boltzmann, _batch_of, _one, _states_of
from ebm.boltzmann.sampling import _free
from ebm.hopfield import _energy
from ebm.maths import exp, log

_MOST_UNITS = 20


class Distribution(NamedTuple):
    """The Boltzmann distribution of the units that are not clamped, in full.

    states : (2^k, n) int8 array, for k free units; free unit number i is on where bit i of the row is 1
    energies : (2^k,) float64 array
    p : (2^k,) float64 array, e^(-E/T) / Z
    log_Z : float, log of the sum of e^(-E/T) over these states
    """

    states: np.ndarray
    energies: np.ndarray
    p: np.ndarray
    log_Z: float


class Statistics(NamedTuple):
    """Averages over states, one for each parameter: what learning compares.

    W : (n, n) float64 array, <s_i s_j>, with a zero diagonal
    b : (n,) float64 array, <s_i>
    """

    W: np.ndarray
    b: np.ndarray


@_check.takes(Boltzmann)
def distribution(model, T=1.0, *, s=None, clamped=None):
    """p(s) = e^(-E(s)/T) / Z for every state, or for every state that has the clamped units as in s.

    Parameters
    ----------
    model : Boltzmann
        At most 20 units that are not clamped.
    T : float
        Temperature, > 0.
    s : (n,) array of 0 and 1 (of +1 and -1 for spins), optional
        Needed with `clamped`.
    clamped : (n,) array of 0 and 1, optional
        1 (or True) for units that keep the state they have in `s`.

    Returns
    -------
    Distribution

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit, T <= 0, or too many units are free.

    Examples
    --------
    >>> from ebm.boltzmann import Boltzmann
    >>> model = Boltzmann([[0, 2], [2, 0]])
    >>> distribution(model).p.round(2).tolist()
    [0.1, 0.1, 0.1, 0.71]
    >>> distribution(model, s=[0, 1], clamped=[0, 1]).p.round(2).tolist()
    [0.12, 0.88]
    """
    T = _check.temperature(T)
    free = _free(model, clamped)
    if clamped is not None and s is None:
        raise ValueError("s is None; wanted the state of the clamped units")
    s = np.full(model.n, model.off, dtype=np.int8) if s is None else _one(model, s)
    size = _listable("the units that are free", len(free))
    states = np.tile(s, (size, 1))
    on = (np.arange(size)[:, None] >> np.arange(len(free))) & 1
    states[:, free] = np.where(on, 1, model.off)
    E, p = np.empty(size), np.empty(size)
    _energies(model.W, model.b, model.off, s, free, E)
    return Distribution(states, E, p, _distribution(model.W, model.b, model.off, s, free, T, p))


@_check.takes(Boltzmann)
def visible(model, T=1.0):
    """p(v), the sum of p(v, h) over the hidden states, for every visible state.

    Parameters
    ----------
    model : Boltzmann
        At most 20 units in all.
    T : float
        Temperature, > 0.

    Returns
    -------
    (2^n_visible,) float64 array
        Unit i is on where bit i of the place is 1.

    Raises
    ------
    TypeError, ValueError
        If the machine has more than 20 units or T <= 0.

    Examples
    --------
    A hidden unit that is always on pulls the visible one with 2:

    >>> from ebm.boltzmann import Boltzmann
    >>> visible(Boltzmann([[0, 2], [2, 0]], [0, 50], n_visible=1)).round(2).tolist()
    [0.12, 0.88]
    """
    p, _ = _listed(model, np.full(model.n, model.off, np.int8), np.arange(model.n), _check.temperature(T))
    return p.reshape(2**model.n_hidden, 2**model.n_visible).sum(axis=0)


@_check.takes(Boltzmann)
def log_likelihood(model, v, T=1.0):
    """log p(v) = log sum_h e^(-E(v, h)/T) - log Z, for each example.

    Parameters
    ----------
    model : Boltzmann
        At most 20 units in all.
    v : (n_visible,) or (batch, n_visible) array of 0 and 1 (of +1 and -1 for spins)
    T : float
        Temperature, > 0.

    Returns
    -------
    float, or (batch,) float64 array
        In nats.

    Raises
    ------
    TypeError, ValueError
        If `v` does not fit the model, the machine has more than 20 units, or T <= 0.

    Examples
    --------
    A machine without weights tosses a coin for each unit:

    >>> from ebm.boltzmann import Boltzmann
    >>> round(log_likelihood(Boltzmann(np.zeros((5, 5)), n_visible=3), [1, 0, 1]), 4)
    -2.0794
    """
    v, T = _states_of(model, "v", v, model.n_visible), _check.temperature(T)
    log_p = _log_p(model, np.atleast_2d(v), T)
    return float(log_p[0]) if v.ndim == 1 else log_p


@_check.takes(Boltzmann)
def kl(model, data, p=None, T=1.0):
    """KL(data || model) = sum over v of p_data(v) log(p_data(v) / p_model(v)): 0 if all is learned.

    Parameters
    ----------
    model : Boltzmann
        At most 20 units in all.
    data : (P, n_visible) array of 0 and 1 (of +1 and -1 for spins)
        Visible states, or samples; the same one may come more than once.
    p : (P,) array, optional
        Their probabilities; 1/P each if left out.
    T : float
        Temperature, > 0.

    Returns
    -------
    float
        In nats, >= 0 but for rounding.

    Raises
    ------
    TypeError, ValueError
        If the data do not fit the model or are empty, the machine has more than 20 units, or T <= 0.

    Examples
    --------
    A machine without weights, and data that are the same on two units: one bit is missing.

    >>> from ebm.boltzmann import Boltzmann
    >>> round(kl(Boltzmann(np.zeros((2, 2))), [[0, 0], [1, 1]]), 4) == round(float(np.log(2)), 4)
    True
    """
    v, p = _data(model, data, p)
    return _kl(model, v, p, _check.temperature(T))


@_check.takes(Boltzmann)
def positive(model, data, p=None, T=1.0):
    """<s_i s_j> and <s_i> with the visible units held at the data, the hidden ones free.

    Parameters
    ----------
    model : Boltzmann
        At most 20 hidden units.
    data, p, T
        As for `kl`.

    Returns
    -------
    Statistics

    Raises
    ------
    TypeError, ValueError
        As `kl`.

    Examples
    --------
    >>> from ebm.boltzmann import Boltzmann
    >>> positive(Boltzmann(np.zeros((3, 3)), n_visible=2), [[1, 0], [1, 1]]).W.tolist()
    [[0.0, 0.5, 0.5], [0.5, 0.0, 0.25], [0.5, 0.25, 0.0]]
    """
    v, p = _data(model, data, p)
    return _positive(model, v, p, _check.temperature(T))


@_check.takes(Boltzmann)
def negative(model, T=1.0):
    """<s_i s_j> and <s_i> of the machine itself, every unit free.

    Parameters
    ----------
    model : Boltzmann
        At most 20 units in all.
    T : float
        Temperature, > 0.

    Returns
    -------
    Statistics

    Raises
    ------
    TypeError, ValueError
        If the machine has more than 20 units or T <= 0.

    Examples
    --------
    >>> from ebm.boltzmann import Boltzmann
    >>> negative(Boltzmann(np.zeros((2, 2)))).W.tolist()
    [[0.0, 0.25], [0.25, 0.0]]
    """
    return _negative(model, _check.temperature(T))


@_check.takes(Boltzmann)
def gradient(model, data, p=None, T=1.0):
    """The gradient of the mean log-likelihood, and of -KL: (positive - negative) / T.

    Parameters
    ----------
    model : Boltzmann
        At most 20 units in all.
    data, p, T
        As for `kl`.

    Returns
    -------
    Statistics
        The derivatives with respect to w_ij (= w_ji, one parameter) and to b_i.

    Raises
    ------
    TypeError, ValueError
        As `kl`.

    Notes
    -----
    [ackley1985], with bits; for spins it reads the same.

    Examples
    --------
    A machine that tosses coins, shown [1, 1] only:

    >>> from ebm.boltzmann import Boltzmann
    >>> gradient(Boltzmann(np.zeros((2, 2))), [[1, 1]]).b.tolist()
    [0.5, 0.5]
    """
    (v, p), T = _data(model, data, p), _check.temperature(T)
    up, down = _positive(model, v, p, T), _negative(model, T)
    return Statistics((up.W - down.W) / T, (up.b - down.b) / T)


def _data(model, data, p):
    """Distinct visible states and their probabilities, none of which is 0."""
    data = _batch_of(model, "data", data, model.n_visible)
    p = np.full(len(data), 1 / len(data)) if p is None else _check.probabilities("p", p, len(data))
    v, place = np.unique(data, axis=0, return_inverse=True)
    p = np.bincount(place.ravel(), weights=p)
    return np.ascontiguousarray(v[p > 0]), p[p > 0]


def _kl(model, v, p, T):
    return float(p @ (np.log(p) - _log_p(model, v, T)))


def _log_p(model, v, T):
    s = np.full(model.n, model.off, dtype=np.int8)
    _, log_Z = _listed(model, s, np.arange(model.n), T)
    log_Zs = np.empty(len(v))
    _log_Zs(model.W, model.b, model.off, v, s, _hidden(model), T, np.empty(2**model.n_hidden), log_Zs)
    return log_Zs - log_Z


def _listed(model, s, free, T):
    """p of every state of the free units, and log Z."""
    p = np.empty(_listable("the units that are free", len(free)))
    return p, _distribution(model.W, model.b, model.off, s, free, T, p)


def _positive(model, v, weights, T):
    p = np.empty(_listable("the hidden units", model.n_hidden))
    averages = Statistics(np.zeros((model.n, model.n)), np.zeros(model.n))
    s = np.empty(model.n, dtype=np.int8)
    _held(model.W, model.b, model.off, v, weights, s, _hidden(model), T, p, *averages)
    return averages


def _negative(model, T):
    p = np.empty(_listable("the units that are free", model.n))
    averages = Statistics(np.zeros((model.n, model.n)), np.zeros(model.n))
    s = np.empty(model.n, dtype=np.int8)
    _running(model.W, model.b, model.off, s, np.arange(model.n), T, p, *averages)
    return averages


def _hidden(model):
    return np.arange(model.n_visible, model.n)


def _listable(name, k):
    """2^k, if so many states can be listed."""
    if k > _MOST_UNITS:
        raise ValueError(
            f"model has {k} units among {name}; wanted at most {_MOST_UNITS}: "
            f"2^{k} states would take {2.0**k * 8 / 2**30:.3g} GiB"
        )
    return 2**k


@kernel
def _energies(W, b, off, s, free, E):
    """E of every state of the free units, the others as in s.

    With all free units off there is one state. Each unit more doubles the list: where it is on, E is
    lower by (1 - off) times its field, in which only units that came before it can be on.
    """
    for i in free:
        s[i] = off
    E[0] = _energy(W, b, s)
    for k in range(len(free)):
        i = free[k]
        field_off = b[i]
        for j in range(len(s)):
            field_off += W[i, j] * s[j]
        for state in range(1 << k):
            field = field_off
            for m in range(k):
                if (state >> m) & 1:
                    field += (1 - off) * W[i, free[m]]
            E[state + (1 << k)] = E[state] - (1 - off) * field


@kernel
def _distribution(W, b, off, s, free, T, p):
    """p of every state of the free units, the others as in s; returns the log of their Z."""
    _energies(W, b, off, s, free, p)
    lowest = p[0]
    for E in p:
        lowest = min(lowest, E)
    Z = 0.0  # relative to the lowest energy
    for k in range(len(p)):
        p[k] = exp((lowest - p[k]) / T)
        Z += p[k]
    for k in range(len(p)):
        p[k] /= Z
    return log(Z) - lowest / T


@kernel
def _log_Zs(W, b, off, v, s, hidden, T, p, log_Zs):
    """log of the sum of e^(-E/T) over the hidden states, for each row of v."""
    for k in range(len(v)):
        _show(v[k], s)
        log_Zs[k] = _distribution(W, b, off, s, hidden, T, p)


@kernel
def _held(W, b, off, v, weights, s, hidden, T, p, pairs, means):
    """Averages over the hidden states given each row of v, weighted by the probability of that row."""
    for k in range(len(v)):
        _show(v[k], s)
        _distribution(W, b, off, s, hidden, T, p)
        _add_list(off, s, hidden, weights[k], p, pairs, means)


@kernel
def _running(W, b, off, s, free, T, p, pairs, means):
    """Averages over the states of all free units; returns log Z."""
    log_Z = _distribution(W, b, off, s, free, T, p)
    _add_list(off, s, free, 1.0, p, pairs, means)
    return log_Z


@kernel
def _add_list(off, s, free, weight, p, pairs, means):
    for state in range(len(p)):
        for m in range(len(free)):
            s[free[m]] = 1 if (state >> m) & 1 else off
        _add(s, weight * p[state], pairs, means)


@kernel
def _add(s, weight, pairs, means):
    """One state into the averages."""
    for i in range(len(s)):
        if s[i] != 0:
            means[i] += weight * s[i]
            for j in range(i):
                pairs[i, j] += weight * s[i] * s[j]
                pairs[j, i] = pairs[i, j]


@kernel
def _show(v, s):
    """The visible units take the states of v."""
    for i in range(len(v)):
        s[i] = v[i]
