"""Exact answers by listing every state: what the samplers are tested against."""

from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp

from ebm import _check
from ebm._kernel import kernel

_MOST_UNITS = 20


class Exact(NamedTuple):
    """The Boltzmann distribution of a small network, in full.

    states : (2^n, n) int8 array of +1 and -1; unit i of state k is +1 where bit i of k is 1
    energies : (2^n,) float64 array
    p : (2^n,) float64 array, e^(-E/T) / Z
    log_Z : float, log of the sum of e^(-E/T)
    mean : (n,) float64 array, <s_i>
    correlations : (n, n) float64 array, <s_i s_j>
    """

    states: np.ndarray
    energies: np.ndarray
    p: np.ndarray
    log_Z: float
    mean: np.ndarray
    correlations: np.ndarray


def states(n):
    """Every state of n units of +1 and -1.

    Parameters
    ----------
    n : int
        1 <= n <= 20.

    Returns
    -------
    (2^n, n) int8 array
        Unit i of state k is +1 where bit i of k is 1.

    Raises
    ------
    TypeError, ValueError
        If n is not a whole number from 1 to 20.

    Examples
    --------
    >>> states(2).tolist()
    [[-1, -1], [1, -1], [-1, 1], [1, 1]]
    """
    n = _enumerable(n)
    bits = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    return (2 * bits - 1).astype(np.int8)


def index(s):
    """The place of a state in the list that `states` gives.

    Parameters
    ----------
    s : (n,) or (batch, n) array of +1 and -1

    Returns
    -------
    int64, or (batch,) int64 array

    Raises
    ------
    TypeError, ValueError
        If `s` holds anything but +1 and -1, or n > 20.

    Examples
    --------
    >>> int(index([-1, 1]))
    2
    """
    s = _check.spins("s", s, ndim=2 if np.ndim(s) == 2 else 1)
    return (s > 0) @ (1 << np.arange(_enumerable(s.shape[-1])))


def boltzmann(model, T):
    """p(s) = e^(-E(s)/T) / Z for every state of a network of up to 20 units.

    Parameters
    ----------
    model : Hopfield
        Or any with weights W, biases b and +1/-1 units.
    T : float
        Temperature, > 0 (k_B = 1).

    Returns
    -------
    Exact

    Raises
    ------
    TypeError, ValueError
        If T <= 0 or the network has more than 20 units.

    Examples
    --------
    Two units with w = 1: agreeing pairs have E = -1, the others E = +1.

    >>> from ebm.hopfield import Hopfield
    >>> exact = boltzmann(Hopfield([[0, 1], [1, 0]]), 1.0)
    >>> round(exact.log_Z, 6) == round(float(np.log(4 * np.cosh(1.0))), 6)
    True
    >>> exact.correlations.round(4).tolist()
    [[1.0, 0.7616], [0.7616, 1.0]]
    """
    T = _check.temperature(T)
    everything = states(model.n)
    E = np.empty(len(everything))
    _gray_energies(model.W, model.b, -np.ones(model.n), model.b - model.W.sum(axis=1), E)
    log_Z = logsumexp(-E / T)
    p = np.exp(-E / T - log_Z)
    return Exact(everything, E, p, float(log_Z), p @ everything, (everything.T * p) @ everything)


@kernel
def _gray_energies(W, b, s, fields, energies):
    """E of every state in 2^n steps that each flip one unit (Gray code), by dE = 2 s_i field_i.

    s starts as all -1, fields as the fields in that state.
    """
    n = len(b)
    E = 0.0
    for i in range(n):
        E -= 0.5 * s[i] * (fields[i] + b[i])
    energies[0] = E
    for step in range(1, len(energies)):
        i = 0
        while (step >> i) & 1 == 0:
            i += 1
        E += 2 * s[i] * fields[i]
        s[i] = -s[i]
        for j in range(n):
            fields[j] += 2 * W[i, j] * s[i]
        energies[step ^ (step >> 1)] = E


def _enumerable(n):
    n = _check.count("n", n)
    if n > _MOST_UNITS:
        raise ValueError(
            f"n is {n}; wanted at most {_MOST_UNITS}: 2^{n} states would take "
            f"{2.0**n * (n + 16) / 2**30:.3g} GiB"
        )
    return n
