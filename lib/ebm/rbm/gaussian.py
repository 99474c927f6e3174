"""Machines whose visible units are real numbers, with Gaussian noise [hinton2006science].

    E(v, h) = sum_i (v_i - b_v_i)^2 / (2 sigma_i^2) - sum_ij (v_i / sigma_i) w_ij h_j - b_h.h

Given h the visible units are independent and normal, with mean b_v + sigma (W h) and
variance sigma^2 T. So p(v) is a mixture of 2^n_h Gaussians of one shape, and each hidden
unit that is on moves the centre by its column of W. Bring data to mean 0 and variance 1.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import expit, logsumexp
from tqdm import tqdm

from ebm import _check
from ebm.rbm import training
from ebm.rbm.likelihood import _MOST_UNITS, Statistics, states
from ebm.rbm.model import _coins, _float, _hidden, _machine, _ndim, _softplus, _temperature
from ebm.rbm.units import NORMAL


@dataclass(frozen=True)
class GaussianRBM:
    """n_v real-valued visible units and n_h hidden units, 0 or 1.

    Parameters
    ----------
    W : (n_v, n_h) array
        float32 is kept; any other type becomes float64.
    b_v : (n_v,) array, optional
        Centres of the visible units when no hidden unit is on, in the units of the data; 0 if left out.
    b_h : (n_h,) array, optional
        Biases of the hidden units; 0 if left out.
    sigma : (n_v,) array, optional
        Standard deviations of the noise at T = 1, > 0; 1 if left out. Not learned.

    Raises
    ------
    TypeError, ValueError
        If W is not a matrix, something does not fit it, any holds NaN, or a sigma is <= 0.

    Examples
    --------
    >>> GaussianRBM([[1.0], [2.0]]).sigma
    array([1., 1.])
    """

    W: np.ndarray
    b_v: np.ndarray | None = None
    b_h: np.ndarray | None = None
    sigma: np.ndarray | None = None

    def __post_init__(self):
        parts = _machine(self.W, self.b_v, self.b_h)
        n = len(parts["b_v"])
        sigma = np.ones(n) if self.sigma is None else _check.reals("sigma", self.sigma, n, ndim=1)
        if not (sigma > 0).all():
            raise ValueError(f"sigma holds {sigma.min()}; wanted standard deviations > 0")
        parts["sigma"] = sigma.astype(parts["W"].dtype)
        parts["sigma"].flags.writeable = False
        for name, value in parts.items():
            object.__setattr__(self, name, value)

    @property
    def n_v(self):
        """Number of visible units."""
        return len(self.b_v)

    @property
    def n_h(self):
        """Number of hidden units."""
        return len(self.b_h)


class States(NamedTuple):
    """Visible and hidden units together.

    v : (..., n_v) array of numbers
    h : (..., n_h) int8 array of 0 and 1
    """

    v: np.ndarray
    h: np.ndarray


@_check.takes(GaussianRBM)
def energy(model, v, h):
    """E(v, h) = sum (v - b_v)^2 / (2 sigma^2) - (v / sigma).W.h - b_h.h.

    Parameters
    ----------
    model : GaussianRBM
    v : (n_v,) or (batch, n_v) array of numbers
    h : (n_h,) or (batch, n_h) array of 0 and 1
        As many as there are in `v`.

    Returns
    -------
    float, or (batch,) float64 array

    Raises
    ------
    TypeError, ValueError
        If `v` or `h` does not fit the model, or one is a batch and the other is not.

    Examples
    --------
    >>> energy(GaussianRBM([[2.0]]), [1.0], [1])
    -1.5
    """
    v, h = _visible(model, v), _hidden(model, h)
    if v.shape[:-1] != h.shape[:-1]:
        raise ValueError(f"h has shape {h.shape} beside v of shape {v.shape}; wanted one h for each v")
    pull = ((v / model.sigma @ model.W) * h).sum(axis=-1, dtype=np.float64)
    return _float(_bowl(model, v) - pull - h @ model.b_h)


@_check.takes(GaussianRBM)
def p_h(model, v, T=1.0):
    """p(h_j = 1 | v) = sigma((sum_i v_i / sigma_i w_ij + b_h_j) / T).

    Parameters
    ----------
    model : GaussianRBM
    v : (n_v,) or (batch, n_v) array of numbers
    T : float
        Temperature, > 0.

    Returns
    -------
    (n_h,) or (batch, n_h) array

    Raises
    ------
    TypeError, ValueError
        If `v` does not fit the model or T <= 0.

    Examples
    --------
    >>> p_h(GaussianRBM([[2.0]]), [1.0]).round(4).tolist()
    [0.8808]
    """
    return expit(_field_h(model, _visible(model, v)) / _temperature(model, T))


@_check.takes(GaussianRBM)
def mean_v(model, h):
    """Centre of the visible units given the hidden ones: b_v + sigma (W h), at any T.

    Parameters
    ----------
    model : GaussianRBM
    h : (n_h,) or (batch, n_h) array of 0 and 1

    Returns
    -------
    (n_v,) or (batch, n_v) array

    Raises
    ------
    TypeError, ValueError
        If `h` does not fit the model.

    Examples
    --------
    >>> mean_v(GaussianRBM([[2.0]], b_v=[1.0], sigma=[0.5]), [1]).tolist()
    [2.0]
    """
    return model.b_v + model.sigma * (_hidden(model, h) @ model.W.T)


@_check.takes(GaussianRBM)
def sample_h(model, v, T=1.0, *, rng):
    """Hidden units drawn from p(h | v).

    Parameters
    ----------
    model : GaussianRBM
    v : (n_v,) or (batch, n_v) array of numbers
    T : float
        Temperature, > 0.
    rng : numpy.random.Generator

    Returns
    -------
    (n_h,) or (batch, n_h) int8 array of 0 and 1

    Raises
    ------
    TypeError, ValueError
        If `v` does not fit the model, T <= 0 or `rng` is not a Generator.

    Examples
    --------
    >>> sample_h(GaussianRBM([[50.0]]), [[1.0], [-1.0]], rng=np.random.default_rng(0)).tolist()
    [[1], [0]]
    """
    return _coins(p_h(model, v, T), _check.generator(rng))


@_check.takes(GaussianRBM)
def sample_v(model, h, T=1.0, *, rng):
    """Visible units drawn from p(v | h), normal with mean `mean_v` and variance sigma^2 T.

    Parameters
    ----------
    model : GaussianRBM
    h : (n_h,) or (batch, n_h) array of 0 and 1
    T : float
        Temperature, > 0.
    rng : numpy.random.Generator

    Returns
    -------
    (n_v,) or (batch, n_v) array

    Raises
    ------
    TypeError, ValueError
        If `h` does not fit the model, T <= 0 or `rng` is not a Generator.

    Examples
    --------
    >>> sample_v(GaussianRBM([[3.0]], sigma=[1e-6]), [1], rng=np.random.default_rng(0)).round(3).tolist()
    [0.0]
    """
    mean = mean_v(model, h)
    noise = _check.generator(rng).standard_normal(mean.shape, dtype=mean.dtype)
    return mean + model.sigma * np.sqrt(_temperature(model, T)) * noise


@_check.takes(GaussianRBM)
def free_energy(model, v, T=1.0):
    """F(v) = sum (v - b_v)^2 / (2 sigma^2) - T sum_j log(1 + e^(field_j / T)).

    Parameters
    ----------
    model : GaussianRBM
    v : (n_v,) or (batch, n_v) array of numbers
    T : float
        Temperature, > 0.

    Returns
    -------
    float, or (batch,) float64 array

    Raises
    ------
    TypeError, ValueError
        If `v` does not fit the model or T <= 0.

    Examples
    --------
    >>> round(free_energy(GaussianRBM([[2.0]]), [0.0]), 4) == round(-float(np.log(2)), 4)
    True
    """
    v, T = _visible(model, v), _temperature(model, T)
    return _float(_bowl(model, v) - T * _softplus(_field_h(model, v) / T))


@_check.takes(GaussianRBM)
def gibbs(model, v, T=1.0, *, rng, sweeps, progress=False):
    """Many chains at once: all hidden units given the visible ones, then all visible ones, and again.

    Parameters
    ----------
    model : GaussianRBM
    v : (n_v,) or (batch, n_v) array of numbers
        The start, a chain a row; left as it is.
    T : float
        Temperature, > 0.
    rng : numpy.random.Generator
    sweeps : int
        Each updates every unit once.
    progress : bool
        Show a progress bar.

    Returns
    -------
    States
        The last ones: v was drawn from p(v | h).

    Raises
    ------
    TypeError, ValueError
        If `v` does not fit the model, T <= 0, `sweeps` < 1 or `rng` is not a Generator.

    Examples
    --------
    >>> v, h = gibbs(GaussianRBM(np.ones((2, 3))), np.zeros((9, 2)), rng=np.random.default_rng(0), sweeps=5)
    >>> v.shape, h.shape
    ((9, 2), (9, 3))
    """
    for _ in tqdm(range(_check.count("sweeps", sweeps)), disable=not progress, unit="sweep"):
        h = sample_h(model, v, T, rng=rng)
        v = sample_v(model, h, T, rng=rng)
    return States(v, h)


@_check.takes(GaussianRBM)
def log_Z(model, T=1.0):
    """log of the integral over v and the sum over h of e^(-E/T), by listing the hidden states.

    With x = W h the integral over v is Gaussian:
    Z = prod_i sqrt(2 pi sigma_i^2 T) sum_h e^((b_h.h + (b_v / sigma).x + x.x / 2) / T).

    Parameters
    ----------
    model : GaussianRBM
        At most 20 hidden units.
    T : float
        Temperature, > 0.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        If the machine has more than 20 hidden units or T <= 0.

    Examples
    --------
    >>> round(log_Z(GaussianRBM([[0.0]])), 4) == round(float(np.log(2 * np.sqrt(2 * np.pi))), 4)
    True
    """
    return _log_Z(model, T)


@_check.takes(GaussianRBM)
def gradient(model, v):
    """The gradient of the mean log-likelihood at T = 1: means over the data minus means of the model, exactly.

    Parameters
    ----------
    model : GaussianRBM
        At most 20 hidden units.
    v : (batch, n_v) array of numbers

    Returns
    -------
    ebm.rbm.Statistics
        The derivatives with respect to W, b_v and b_h: of (v / sigma) h, (v - b_v) / sigma^2 and h.

    Raises
    ------
    TypeError, ValueError
        If `v` does not fit the model, or it has more than 20 hidden units.

    Examples
    --------
    A single Gaussian of width 1 at 0, shown 2:

    >>> gradient(GaussianRBM([[0.0]]), [[2.0]]).b_v.tolist()
    [2.0]
    """
    v = _check.reals("v", v, model.n_v, ndim=2).astype(model.W.dtype)
    data = _statistics(model, v, p_h(model, v), np.full(len(v), 1 / len(v)))
    h = states(_few(model).n_h)
    log_p = _log_weights(model, h, 1.0)
    # Given h the mean of v is all that counts: the three quantities are linear in v.
    dream = _statistics(model, mean_v(model, h), h, np.exp(log_p - logsumexp(log_p)))
    return Statistics(*(up - down for up, down in zip(data, dream, strict=True)))


def _statistics(model, v, h, p):
    """Means of (v / sigma) h, (v - b_v) / sigma^2 and h under the weights p of the rows."""
    return (v / model.sigma).T @ (p[:, None] * h), p @ ((v - model.b_v) / model.sigma**2), p @ h


def _log_Z(model, T):
    T = _check.temperature(T)
    parts = np.array_split(states(_few(model).n_h), max(1, 2**model.n_h // 2**12))
    bowl = 0.5 * np.log(2 * np.pi * model.sigma.astype(np.float64) ** 2 * T).sum()
    return float(bowl + logsumexp(np.concatenate([_log_weights(model, h, T) for h in parts])))


def _few(model):
    if model.n_h > _MOST_UNITS:
        raise ValueError(f"model has {model.n_h} hidden units; wanted at most {_MOST_UNITS}")
    return model


def _log_weights(model, h, T):
    """log of the integral over v beside each h, but for the factor that all of them share."""
    W, b_v, b_h, sigma = (x.astype(np.float64) for x in (model.W, model.b_v, model.b_h, model.sigma))
    x = h @ W.T
    return (h @ b_h + x @ (b_v / sigma) + (x**2).sum(axis=1) / 2) / T


@_check.takes(GaussianRBM)
def log_likelihood(model, v, T=1.0, *, log_Z=None):
    """log p(v) = -F(v)/T - log Z: the log of a density, which can be positive.

    Parameters
    ----------
    model : GaussianRBM
    v : (n_v,) or (batch, n_v) array of numbers
    T : float
        Temperature, > 0.
    log_Z : float, optional
        If it is known; left out, it is found by listing the hidden states.

    Returns
    -------
    float, or (batch,) float64 array
        In nats.

    Raises
    ------
    TypeError, ValueError
        If `v` does not fit the model, T <= 0, or log_Z is needed and there are more than 20 hidden units.

    Examples
    --------
    >>> round(log_likelihood(GaussianRBM([[0.0]]), [0.0]), 4) == round(-float(np.log(2 * np.pi)) / 2, 4)
    True
    """
    log_Z = _log_Z(model, T) if log_Z is None else log_Z
    log_Z = _check.number("log_Z", log_Z, wanted="a number, the log of the partition function")
    return -free_energy(model, v, T) / _check.temperature(T) - log_Z


@_check.takes(GaussianRBM)
def cd(model, data, *, rng, epochs, rate, k=1, batch=100, momentum=0.0, decay=0.0, progress=False):
    """Train by contrastive divergence, as `ebm.rbm.cd`; sigma stays as it is.

    Parameters
    ----------
    model : GaussianRBM
        The start; left as it is.
    data : (P, n_v) array of numbers
        Best with mean 0 and variance 1 in each unit.
    rng, epochs, rate, k, batch, momentum, decay, progress
        As in `ebm.rbm.cd`. The rate should be ten times smaller or so: nothing bounds a
        reconstruction of real numbers.

    Returns
    -------
    iterator of ebm.rbm.Epoch
        With a GaussianRBM as `model` and real numbers in `v`.

    Raises
    ------
    TypeError, ValueError
        As `ebm.rbm.cd`.

    Examples
    --------
    Two clouds, at -2 and at 2:

    >>> rng = np.random.default_rng(0)
    >>> data = rng.normal(0, 0.5, (200, 1)) + rng.choice([-2, 2], (200, 1))
    >>> start = GaussianRBM([[0.1]], sigma=[0.5])
    >>> *_, last = cd(start, data, rng=rng, epochs=100, rate=0.05)
    >>> mean_v(last.model, [[0], [1]]).round(0).tolist()
    [[-2.0], [2.0]]
    """
    return _train(model, data, None, rng, epochs, rate, momentum, decay, batch, k, progress)


@_check.takes(GaussianRBM)
def pcd(
    model, data, *, rng, epochs, rate, k=1, chains=100, batch=100, momentum=0.0, decay=0.0, progress=False
):
    """Train with persistent chains, as `ebm.rbm.pcd`; sigma stays as it is.

    Parameters
    ----------
    model : GaussianRBM
        The start; left as it is.
    data : (P, n_v) array of numbers
        Best with mean 0 and variance 1 in each unit.
    rng, epochs, rate, k, chains, batch, momentum, decay, progress
        As in `ebm.rbm.pcd`.

    Returns
    -------
    iterator of ebm.rbm.Epoch
        With a GaussianRBM as `model` and real numbers in `v`.

    Raises
    ------
    TypeError, ValueError
        As `ebm.rbm.pcd`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> *_, last = pcd(GaussianRBM(np.zeros((2, 3))), rng.normal(size=(50, 2)), rng=rng, epochs=2, rate=0.01)
    >>> last.v.shape
    (100, 2)
    """
    chains = _check.count("chains", chains)
    return _train(model, data, chains, rng, epochs, rate, momentum, decay, batch, k, progress)


def _train(model, data, chains, *settings):
    """In units of sigma the visible units have variance 1, and the loop is that of the binary machine."""
    data, settings = training._validated(model, data, *settings, check=_check.reals)
    return _records(model, data / model.sigma, settings, chains)


def _records(model, data, settings, chains):
    start = model.W, model.b_v / model.sigma, model.b_h
    for epoch, theta, v in training._train(start, data, settings, chains, visible=NORMAL):
        W, b_v, b_h = theta
        error = training._error(theta, data, visible=NORMAL, scale=model.sigma)
        trained = GaussianRBM(W, b_v * model.sigma, b_h, model.sigma)
        yield training.Epoch(epoch, trained, error, v * model.sigma)


def _bowl(model, v):
    return ((v - model.b_v) ** 2 / (2 * model.sigma**2)).sum(axis=-1, dtype=np.float64)


def _field_h(model, v):
    return v / model.sigma @ model.W + model.b_h


def _visible(model, v):
    return _check.reals("v", v, model.n_v, ndim=_ndim(v)).astype(model.W.dtype)
