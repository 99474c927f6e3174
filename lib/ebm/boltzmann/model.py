"""The machine: units, energies, and what it is as a Hopfield network."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from ebm import _check, hopfield
from ebm.hopfield import Hopfield


@dataclass(frozen=True)
class Boltzmann:
    """n stochastic units, each coupled to any other; the first n_visible are seen, the others hidden.

    Parameters
    ----------
    W : (n, n) array
        Weights, symmetric, zero diagonal; energy units.
    b : (n,) array, optional
        Biases, in energy units; 0 if left out.
    n_visible : int, optional
        1 to n; all if left out.
    units : "bits" or "spins"
        Whether a unit that is off is 0, as in [ackley1985], or -1.

    Raises
    ------
    TypeError, ValueError
        If W is not square or not symmetric, has a non-zero diagonal, or holds NaN; if
        something does not fit it.

    Examples
    --------
    >>> model = Boltzmann(W=[[0, 1], [1, 0]], n_visible=1)
    >>> model.n, model.n_hidden, model.units
    (2, 1, 'bits')
    """

    W: np.ndarray
    b: np.ndarray | None = None
    n_visible: int | None = None
    units: str = "bits"

    def __post_init__(self):
        network = Hopfield(self.W, self.b)
        n_visible = network.n if self.n_visible is None else self.n_visible
        object.__setattr__(self, "W", network.W)
        object.__setattr__(self, "b", network.b)
        object.__setattr__(self, "n_visible", _check.count("n_visible", n_visible, high=network.n))
        object.__setattr__(self, "units", _check.choice("units", self.units, ("bits", "spins")))

    @property
    def n(self):
        """Number of units."""
        return len(self.b)

    @property
    def n_hidden(self):
        """Number of hidden units."""
        return self.n - self.n_visible

    @property
    def off(self):
        """The state of a unit that is off: 0 or -1."""
        return 0 if self.units == "bits" else -1


class Network(NamedTuple):
    """A machine as a network of +1 and -1 units.

    model : Hopfield
    offset : float, E of the machine minus E of the network, the same in every state
    """

    model: Hopfield
    offset: float


class Machine(NamedTuple):
    """A network as a machine.

    model : Boltzmann
    offset : float, E of the machine minus E of the network, the same in every state
    """

    model: Boltzmann
    offset: float


def initial(n_visible, n_hidden=0, *, rng, links=None, scale=0.1, units="bits"):
    """A machine to start learning from: small random weights, no biases.

    Hidden units that all start with the same weights would all learn the same.

    Parameters
    ----------
    n_visible, n_hidden : int
        Numbers of units; at least one is visible.
    rng : numpy.random.Generator
    links : (n, n) array of 0 and 1, optional
        1 where two units may be coupled (see `links`); all if left out.
    scale : float
        Standard deviation of the weights.
    units : "bits" or "spins"

    Returns
    -------
    Boltzmann

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range or does not fit.

    Examples
    --------
    >>> model = initial(4, 2, rng=np.random.default_rng(0))
    >>> model.n, model.n_visible, model.b.any()
    (6, 4, np.False_)
    """
    n_visible = _check.count("n_visible", n_visible)
    n = n_visible + _check.count("n_hidden", n_hidden, low=0)
    scale = _check.number("scale", scale, low=0, wanted="a standard deviation of 0 or more")
    allowed = _linked(links, n)
    upper = np.triu(_check.generator(rng).normal(0, scale, (n, n)) * allowed, 1)
    return Boltzmann(upper + upper.T, None, n_visible, units)


def links(sizes, joined):
    """Which units may be coupled, for units that come in groups.

    Parameters
    ----------
    sizes : sequence of int
        Units in each group, in their order in the machine: visible groups first.
    joined : sequence of (int, int)
        Pairs of groups whose units are coupled; (g, g) couples the units of a group to one another.

    Returns
    -------
    (n, n) int8 array of 0 and 1
        Symmetric, with a zero diagonal.

    Raises
    ------
    TypeError, ValueError
        If a size is not a whole number of 1 or more, or there is no such group.

    Examples
    --------
    The 4-2-4 encoder: two visible groups that can talk only through two hidden units.

    >>> allowed = links([4, 4, 2], [(0, 0), (1, 1), (0, 2), (1, 2)])
    >>> allowed.shape, int(allowed.sum()) // 2
    ((10, 10), 28)
    """
    sizes = [
        _check.count("sizes", size) for size in _check.sequence("sizes", sizes, wanted="units in each group")
    ]
    if not sizes:
        raise ValueError("sizes is empty; wanted units in each group")
    group = np.repeat(np.arange(len(sizes)), sizes)
    allowed = np.zeros((len(group), len(group)), dtype=np.int8)
    for pair in _check.sequence("joined", joined, wanted="pairs of groups"):
        if np.size(pair) != 2:
            raise ValueError(f"joined holds {pair!r}; wanted pairs of groups")
        first, second = (_check.count("joined", g, low=0, high=len(sizes) - 1) for g in pair)
        allowed[np.ix_(group == first, group == second)] = 1
        allowed[np.ix_(group == second, group == first)] = 1
    np.fill_diagonal(allowed, 0)
    return allowed


def _linked(links, n):
    """`links` as an (n, n) int8 array, all of them if it is None."""
    if links is None:
        return (1 - np.eye(n)).astype(np.int8)
    allowed = _check.symmetric("links", links)
    if allowed.shape != (n, n) or not np.isin(allowed, (0, 1)).all():
        found = f"has shape {allowed.shape}" if allowed.shape != (n, n) else "holds other numbers"
        raise ValueError(f"links {found}; wanted a symmetric array of 0 and 1 of shape ({n}, {n})")
    return allowed.astype(np.int8)


@_check.takes(Boltzmann)
def to_network(model):
    """The machine as a network of +1 and -1 units, for all that needs one.

    Bits are v = (1 + s)/2, so that the weights become w_ij / 4, the biases
    b_i / 2 + sum_j w_ij / 4, and a constant is left over.

    Parameters
    ----------
    model : Boltzmann

    Returns
    -------
    Network

    Examples
    --------
    >>> network, offset = to_network(Boltzmann([[0, 4], [4, 0]]))
    >>> network.W.tolist(), network.b.tolist(), offset
    ([[0.0, 1.0], [1.0, 0.0]], [1.0, 1.0], -1.0)
    """
    W, b = model.W, model.b
    if model.units == "spins":
        return Network(Hopfield(W, b), 0.0)
    return Network(Hopfield(W / 4, b / 2 + W.sum(axis=1) / 4), float(-b.sum() / 2 - W.sum() / 8))


def from_network(network, n_visible=None, *, units="bits"):
    """A network of +1 and -1 units as a machine.

    Spins are s = 2 v - 1, so that the weights become 4 w_ij, the biases
    2 b_i - 2 sum_j w_ij, and a constant is left over.

    Parameters
    ----------
    network : Hopfield
    n_visible : int, optional
        How many of its units are visible; all if left out.
    units : "bits" or "spins"
        With spins, weights and biases stay as they are.

    Returns
    -------
    Machine

    Raises
    ------
    TypeError, ValueError
        If `n_visible` is not from 1 to n, or `units` is neither of the two.

    Examples
    --------
    >>> machine, offset = from_network(Hopfield([[0, 1], [1, 0]], [1, 1]))
    >>> machine.W.tolist(), machine.b.tolist(), offset
    ([[0.0, 4.0], [4.0, 0.0]], [0.0, 0.0], -1.0)
    """
    _check.choice("units", units, ("bits", "spins"))
    W, b = _check.network("network", network).W, network.b
    if units == "spins":
        return Machine(Boltzmann(W, b, n_visible, units), 0.0)
    model = Boltzmann(4 * W, 2 * b - 2 * W.sum(axis=1), n_visible, units)
    return Machine(model, float(W.sum() / 2 - b.sum()))


@_check.takes(Boltzmann)
def energy(model, s):
    """E(s) = -1/2 s.W.s - b.s.

    Parameters
    ----------
    model : Boltzmann
    s : (n,) or (batch, n) array of 0 and 1 (of +1 and -1 for spins)

    Returns
    -------
    float, or (batch,) float64 array

    Raises
    ------
    TypeError, ValueError
        If `s` does not fit the model.

    Examples
    --------
    >>> energy(Boltzmann([[0, 2], [2, 0]], [-0.5, -0.5]), [[0, 0], [0, 1], [1, 1]]).tolist()
    [0.0, 0.5, -1.0]
    """
    s = _states_of(model, "s", s)
    E = np.array([hopfield._energy(model.W, model.b, row) for row in np.atleast_2d(s)])
    return float(E[0]) if s.ndim == 1 else E


@_check.takes(Boltzmann)
def field(model, s):
    """The field on each unit, sum_j w_ij s_j + b_i.

    Parameters
    ----------
    model : Boltzmann
    s : (n,) or (batch, n) array of 0 and 1 (of +1 and -1 for spins)

    Returns
    -------
    float64 array of the shape of `s`

    Raises
    ------
    TypeError, ValueError
        If `s` does not fit the model.

    Examples
    --------
    >>> field(Boltzmann([[0, 2], [2, 0]], [-0.5, -0.5]), [0, 1]).tolist()
    [1.5, -0.5]
    """
    return _states_of(model, "s", s) @ model.W + model.b


@_check.takes(Boltzmann)
def dE(model, s, i):
    """Energy after minus energy before, if unit i changes: the energy it would save by being on, or lose.

    Parameters
    ----------
    model : Boltzmann
    s : (n,) array of 0 and 1 (of +1 and -1 for spins)
    i : int
        0 <= i < n

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        If `s` does not fit the model or there is no unit i.

    Examples
    --------
    >>> dE(Boltzmann([[0, 2], [2, 0]], [-0.5, -0.5]), [0, 1], 0)
    -1.5
    """
    i = _check.count("i", i, low=0, high=model.n - 1)
    saved = (1 - model.off) * field(model, _one(model, s))[i]
    return float(saved if s[i] == 1 else -saved)


@_check.takes(Boltzmann)
def p_on(model, s, T=1.0):
    """p(unit i is on | all others) = sigma(energy saved by being on / T), for every unit.

    On saves field_i for bits, and 2 field_i for spins.

    Parameters
    ----------
    model : Boltzmann
    s : (n,) or (batch, n) array of 0 and 1 (of +1 and -1 for spins)
    T : float
        Temperature, > 0.

    Returns
    -------
    float64 array of the shape of `s`

    Raises
    ------
    TypeError, ValueError
        If `s` does not fit the model or T <= 0.

    Examples
    --------
    >>> p_on(Boltzmann([[0, 2], [2, 0]]), [0, 1]).round(2).tolist()
    [0.88, 0.5]
    """
    return expit((1 - model.off) * field(model, s) / _check.temperature(T))


def _states_of(model, name, value, n=None):
    """One state or a batch of them as a fresh int8 array, in the model's alphabet."""
    check = _check.bits if model.units == "bits" else _check.spins
    ndim = 2 if _check.dimensions(value) == 2 else 1
    return check(name, value, model.n if n is None else n, ndim=ndim)


def _batch_of(model, name, value, n=None):
    """A batch of states as a fresh int8 array, in the model's alphabet."""
    check = _check.bits if model.units == "bits" else _check.spins
    return check(name, value, model.n if n is None else n, ndim=2)


def _one(model, s):
    check = _check.bits if model.units == "bits" else _check.spins
    return check("s", s, model.n)
