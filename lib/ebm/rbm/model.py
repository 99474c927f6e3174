"""The machine: energies, conditionals and free energies."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from ebm import _check
from ebm.hopfield import Hopfield


@dataclass(frozen=True)
class RBM:
    """n_v visible and n_h hidden units, 0 or 1, with weights between the two kinds only.

    Parameters
    ----------
    W : (n_v, n_h) array
        Weights, in energy units. float32 is kept, and then all is computed in single precision;
        any other type becomes float64.
    b_v : (n_v,) array, optional
        Biases of the visible units; 0 if left out.
    b_h : (n_h,) array, optional
        Biases of the hidden units; 0 if left out.

    Raises
    ------
    TypeError, ValueError
        If W is not a matrix, a bias does not fit it, or any holds NaN.

    Examples
    --------
    >>> RBM([[1.0, 2.0]]).b_h
    array([0., 0.])
    """

    W: np.ndarray
    b_v: np.ndarray | None = None
    b_h: np.ndarray | None = None

    def __post_init__(self):
        for name, value in _machine(self.W, self.b_v, self.b_h).items():
            object.__setattr__(self, name, value)

    @property
    def n_v(self):
        """Number of visible units."""
        return len(self.b_v)

    @property
    def n_h(self):
        """Number of hidden units."""
        return len(self.b_h)


class Network(NamedTuple):
    """A machine as a network of +1 and -1 units.

    model : Hopfield, the visible units first
    offset : float, E of the machine minus E of the network, the same in every state
    """

    model: Hopfield
    offset: float


def initial(n_v, n_h, *, rng, data=None, scale=0.01, dtype=np.float32):
    """A machine to start training from: small random weights, no hidden biases.

    With data, b_v_i = log(p_i / (1 - p_i)) for the share p_i of examples with unit i on: the
    machine then has the right means before it has learned any weight [hinton2012].

    Parameters
    ----------
    n_v, n_h : int
        Numbers of units.
    rng : numpy.random.Generator
    data : (P, n_v) array of numbers from 0 to 1, optional
    scale : float
        Standard deviation of the weights.
    dtype : numpy.float32 or numpy.float64
        The precision in which the machine will be trained.

    Returns
    -------
    RBM

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range or the data do not fit.

    Examples
    --------
    >>> model = initial(2, 3, rng=np.random.default_rng(0), data=[[0, 1], [1, 1]])
    >>> model.W.shape, round(float(model.b_v[0]), 2), round(float(model.b_v[1]), 2)
    ((2, 3), 0.0, 1.61)
    """
    n_v, n_h = _check.count("n_v", n_v), _check.count("n_h", n_h)
    scale = _check.number("scale", scale, low=0, wanted="a standard deviation of 0 or more")
    W = _check.generator(rng).normal(0, scale, (n_v, n_h)).astype(_precision(dtype))
    return RBM(W, None if data is None else mean_biases(_check.chances("data", data, n_v)).astype(W.dtype))


def mean_biases(data):
    """The biases of independent units that are on as often as in the data: log(p / (1 - p)).

    One example that is half on in every unit is added, so that p is never 0 or 1.

    Parameters
    ----------
    data : (P, n) array of numbers from 0 to 1

    Returns
    -------
    (n,) float64 array

    Raises
    ------
    TypeError, ValueError
        If the data are empty or hold anything else.

    Examples
    --------
    >>> mean_biases([[1], [1], [0]]).round(4).tolist()
    [0.5108]
    """
    data = _check.chances("data", data)
    p = (data.sum(axis=0, dtype=np.float64) + 0.5) / (len(data) + 1)
    return np.log(p / (1 - p))


@_check.takes(RBM)
def transposed(model):
    """The same machine with visible and hidden units in each other's place.

    Parameters
    ----------
    model : RBM

    Returns
    -------
    RBM
        With weights W.T, b_v and b_h exchanged.

    Examples
    --------
    >>> transposed(RBM([[1.0, 2.0]])).W.tolist()
    [[1.0], [2.0]]
    """
    return RBM(model.W.T, model.b_h, model.b_v)


@_check.takes(RBM)
def to_network(model):
    """The machine as a network of n_v + n_h units of +1 and -1, for all that needs one.

    With v = (1 + s)/2 the weights become w_ij / 4, the bias of a visible unit
    b_i / 2 + sum_j w_ij / 4 (of a hidden one likewise), and a constant is left over.

    Parameters
    ----------
    model : RBM

    Returns
    -------
    Network

    Examples
    --------
    >>> network, offset = to_network(RBM([[4.0]]))
    >>> network.W.tolist(), network.b.tolist(), offset
    ([[0.0, 1.0], [1.0, 0.0]], [1.0, 1.0], -1.0)
    """
    quarter = model.W.astype(np.float64) / 4
    W = np.block([[np.zeros((model.n_v, model.n_v)), quarter], [quarter.T, np.zeros((model.n_h, model.n_h))]])
    half = np.concatenate([model.b_v, model.b_h]).astype(np.float64) / 2
    return Network(Hopfield(W, half + W.sum(axis=1)), float(-half.sum() - quarter.sum()))


@_check.takes(RBM)
def energy(model, v, h):
    """E(v, h) = -v.W.h - b_v.v - b_h.h.

    Parameters
    ----------
    model : RBM
    v : (n_v,) or (batch, n_v) array of 0 and 1
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
    >>> energy(RBM([[2.0, -1.0]], b_v=[0.5]), [1], [1, 1])
    -1.5
    """
    v, h = _visible(model, v), _hidden(model, h)
    if v.shape[:-1] != h.shape[:-1]:
        raise ValueError(f"h has shape {h.shape} beside v of shape {v.shape}; wanted one h for each v")
    E = -((v @ model.W) * h).sum(axis=-1, dtype=np.float64) - v @ model.b_v - h @ model.b_h
    return _float(E)


@_check.takes(RBM)
def field_h(model, v):
    """The energy each hidden unit saves by being on: sum_i v_i w_ij + b_h_j.

    Parameters
    ----------
    model : RBM
    v : (n_v,) or (batch, n_v) array of 0 and 1

    Returns
    -------
    (n_h,) or (batch, n_h) array

    Raises
    ------
    TypeError, ValueError
        If `v` does not fit the model.

    Examples
    --------
    >>> field_h(RBM([[1.0, -1.0], [2.0, 2.0]], b_h=[0.5, 0]), [1, 1]).tolist()
    [3.5, 1.0]
    """
    return _visible(model, v) @ model.W + model.b_h


@_check.takes(RBM)
def field_v(model, h):
    """The energy each visible unit saves by being on: sum_j w_ij h_j + b_v_i.

    Parameters
    ----------
    model : RBM
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
    >>> field_v(RBM([[1.0, -1.0], [2.0, 2.0]]), [0, 1]).tolist()
    [-1.0, 2.0]
    """
    return _hidden(model, h) @ model.W.T + model.b_v


@_check.takes(RBM)
def p_h(model, v, T=1.0):
    """p(h_j = 1 | v) = sigma(field_j / T): given v, the hidden units are independent.

    Parameters
    ----------
    model : RBM
    v : (n_v,) or (batch, n_v) array of 0 and 1
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
    >>> p_h(RBM([[2.0]]), [1]).round(4).tolist()
    [0.8808]
    """
    return expit(field_h(model, v) / _temperature(model, T))


@_check.takes(RBM)
def p_v(model, h, T=1.0):
    """p(v_i = 1 | h) = sigma(field_i / T): given h, the visible units are independent.

    Parameters
    ----------
    model : RBM
    h : (n_h,) or (batch, n_h) array of 0 and 1
    T : float
        Temperature, > 0.

    Returns
    -------
    (n_v,) or (batch, n_v) array

    Raises
    ------
    TypeError, ValueError
        If `h` does not fit the model or T <= 0.

    Examples
    --------
    >>> p_v(RBM([[2.0]]), [1], T=2.0).round(4).tolist()
    [0.7311]
    """
    return expit(field_v(model, h) / _temperature(model, T))


@_check.takes(RBM)
def sample_h(model, v, T=1.0, *, rng):
    """Hidden units drawn from p(h | v).

    Parameters
    ----------
    model : RBM
    v : (n_v,) or (batch, n_v) array of 0 and 1
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
    >>> sample_h(RBM([[50.0, -50.0]]), [1], rng=np.random.default_rng(0)).tolist()
    [1, 0]
    """
    return _coins(p_h(model, v, T), _check.generator(rng))


@_check.takes(RBM)
def sample_v(model, h, T=1.0, *, rng):
    """Visible units drawn from p(v | h).

    Parameters
    ----------
    model : RBM
    h : (n_h,) or (batch, n_h) array of 0 and 1
    T : float
        Temperature, > 0.
    rng : numpy.random.Generator

    Returns
    -------
    (n_v,) or (batch, n_v) int8 array of 0 and 1

    Raises
    ------
    TypeError, ValueError
        If `h` does not fit the model, T <= 0 or `rng` is not a Generator.

    Examples
    --------
    >>> sample_v(RBM([[50.0], [-50.0]]), [1], rng=np.random.default_rng(0)).tolist()
    [1, 0]
    """
    return _coins(p_v(model, h, T), _check.generator(rng))


@_check.takes(RBM)
def free_energy(model, v, T=1.0):
    """F(v) = -T log sum_h e^(-E(v, h)/T) = -b_v.v - T sum_j log(1 + e^(field_j / T)).

    The sum over the hidden units is done: p(v) = e^(-F(v)/T) / Z. At T = 0 it would be the
    lowest energy that v can have; it falls as T rises.

    Parameters
    ----------
    model : RBM
    v : (n_v,) or (batch, n_v) array of 0 and 1
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
    Two hidden states, of energy 0 and -2:

    >>> round(free_energy(RBM([[2.0]]), [1]), 6) == round(-float(np.log(1 + np.exp(2))), 6)
    True
    """
    v, T = _visible(model, v), _temperature(model, T)
    return _float(-(v @ model.b_v).astype(np.float64) - T * _softplus((v @ model.W + model.b_h) / T))


def _machine(W, b_v, b_h):
    """W, b_v and b_h as read-only arrays of one type that fit each other."""
    W = _check.array("W", W, ndim=2, wanted="an array of shape (n_v, n_h)")
    if W.size == 0:
        raise ValueError(f"W has shape {W.shape}; wanted an array of shape (n_v, n_h)")
    dtype = np.float32 if W.dtype == np.float32 else np.float64
    parts = {"W": np.array(W, dtype, order="C")}
    for name, b, n in (("b_v", b_v, W.shape[0]), ("b_h", b_h, W.shape[1])):
        wanted = f"an array of shape ({n},), a bias for each unit"
        b = np.zeros(n) if b is None else _check.array(name, b, ndim=1, wanted=wanted)
        if b.shape != (n,):
            raise ValueError(f"{name} has shape {b.shape}; wanted {wanted}")
        parts[name] = b.astype(dtype)
    for part in parts.values():
        part.flags.writeable = False
    return parts


def _precision(dtype):
    if dtype not in (np.float32, np.float64):
        raise ValueError(f"dtype is {dtype!r}; wanted numpy.float32 or numpy.float64")
    return dtype


def _visible(model, v):
    return _check.bits("v", v, model.n_v, ndim=_ndim(v)).astype(model.W.dtype)


def _hidden(model, h):
    return _check.bits("h", h, model.n_h, ndim=_ndim(h)).astype(model.W.dtype)


def _ndim(states):
    return 2 if np.ndim(states) == 2 else 1


def _temperature(model, T):
    return model.W.dtype.type(_check.temperature(T))


def _double(model):
    return (x.astype(np.float64) for x in (model.W, model.b_v, model.b_h))


def _float(E):
    return float(E) if np.ndim(E) == 0 else np.asarray(E, dtype=np.float64)


def _coins(p, rng, dtype=np.int8):
    """1 with probability p, else 0."""
    return (rng.random(p.shape, dtype=p.dtype) < p).astype(dtype)


def _softplus(x):
    """Sum over the last axis of log(1 + e^x), which never overflows in this form."""
    # np.logaddexp(0, x) says the same and takes two to eight times as long.
    return (np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))).sum(axis=-1, dtype=np.float64)
