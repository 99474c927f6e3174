"""Exact answers: what the samplers are tested against.

Networks are solved by listing their states: `boltzmann` keeps all of them, `moments` and
`ground_states` only count. Lattices are solved row by row (`lattice`,
`lattice_ground_state`), the chain and the infinite square lattice by formula (`chain`,
`chain_correlation`, `onsager_energy` and its kin).
"""

from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp
from tqdm import tqdm

from ebm import _check
from ebm._kernel import kernel
from ebm._solved import (
    T_C,
    Chain,
    chain,
    chain_correlation,
    onsager_energy,
    onsager_free_energy,
    onsager_specific_heat,
    yang_magnetisation,
)
from ebm._transfer import Ground, Lattice, lattice, lattice_ground_state
from ebm.fast import enumeration

__all__ = [
    "T_C",
    "Chain",
    "Exact",
    "Ground",
    "GroundStates",
    "Lattice",
    "Moments",
    "boltzmann",
    "chain",
    "chain_correlation",
    "ground_states",
    "index",
    "lattice",
    "lattice_ground_state",
    "moments",
    "onsager_energy",
    "onsager_free_energy",
    "onsager_specific_heat",
    "states",
    "yang_magnetisation",
]

_MOST_UNITS = 20  # kept in memory
_MOST_COUNTED = 26
_BLOCK = 16  # units whose 2^16 states are counted at a time: their energies fit a core's cache
_SECONDS_PER_STATE = 1e-8


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
    return _states(_enumerable(n))


def _states(n, numbers=None):
    """The states of those numbers, or all."""
    numbers = np.arange(2**n) if numbers is None else np.asarray(numbers)
    bits = (numbers[:, None] >> np.arange(n)) & 1
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
        If T <= 0, the units are 0 and 1, or the network has more than 20 of them.

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
    everything = states(_check.network("model", model).n)
    E = _energies(model.W, model.b)
    log_Z = logsumexp(-E / T)
    p = np.exp(-E / T - log_Z)
    return Exact(everything, E, p, float(log_Z), p @ everything, (everything.T * p) @ everything)


def _enumerable(n):
    n = _check.count("n", n)
    if n > _MOST_UNITS:
        raise ValueError(
            f"n is {n}; wanted at most {_MOST_UNITS}: 2^{n} states would take "
            f"{2.0**n * (n + 16) / 2**30:.3g} GiB"
        )
    return n


class Moments(NamedTuple):
    """Sums over all states of a network.

    log_Z : float, log of the sum of e^(-E/T)
    energy : float, <E>
    heat_capacity : float, d<E>/dT = (<E^2> - <E>^2) / T^2
    mean : (n,) float64 array, <s_i>
    correlations : (n, n) float64 array, <s_i s_j>
    """

    log_Z: float
    energy: float
    heat_capacity: float
    mean: np.ndarray
    correlations: np.ndarray


def moments(model, T, *, progress=False):
    """Sums over all 2^n states of a network of up to 26 units, none of them kept.

    Parameters
    ----------
    model : Hopfield
        Or any with weights W, biases b and +1/-1 units; a lattice by `ising.to_network`.
    T : float
        Temperature, > 0.
    progress : bool, optional
        Show a bar. (n = 26 takes a second at most.)

    Returns
    -------
    Moments

    Raises
    ------
    TypeError, ValueError
        If T <= 0, the units are 0 and 1, or the network has more than 26 of them.

    Notes
    -----
    The first 16 units have all their energies listed once, with the others at 0. For every
    state of the others that list is corrected by the fields they exert, -f.s for each s.
    Sums are relative to the lowest energy in the list, so that none overflows at low T.
    Unless T is so low that a few states have all the weight, a product of three tables does the
    same a hundred times as fast [williams2005]: milliseconds for n = 24.

    Examples
    --------
    A ring of 24 spins, and the formula for it:

    >>> from ebm.ising import Ising, to_network
    >>> ring = moments(to_network(Ising((24,))), 2.0)
    >>> round(ring.log_Z, 10) == round(float(24 * np.log(2 * np.cosh(0.5)) + np.log1p(np.tanh(0.5) ** 24)), 10)
    True
    """
    T = _check.temperature(T)
    _countable(_check.network("model", model).n)
    found = enumeration.moments(_states, model.W, model.b, T, progress)
    if found:
        log_Z, energy, variance, mean, correlations = found
        return Moments(log_Z, energy, variance / T**2, mean, correlations)
    return _moments_by_blocks(model, T, progress)


def _moments_by_blocks(model, T, progress=False):
    parts = [_block_moments(others, E, T) for others, E in _blocks(model, progress)]
    log_Zs, energies, variances, pairs = (np.array(part) for part in zip(*parts, strict=True))
    log_Z = logsumexp(log_Zs)
    p = np.exp(log_Zs - log_Z)  # of each block
    energy = p @ energies
    variance = p @ (variances + (energies - energy) ** 2)
    pairs = (p[:, None, None] * pairs).sum(axis=0)
    return Moments(float(log_Z), float(energy), float(variance / T**2), pairs[0, 1:], pairs[1:, 1:])


def _block_moments(others, E, T):
    """log_Z, mean and variance of E, and <x x^T> with x = (1, s): of one block's states alone."""
    lowest = E.min()
    w = np.exp((lowest - E) / T)
    Z = w.sum()
    p = w / Z
    mean = (p * (E - lowest)).sum()  # p @ ... would wake BLAS's threads, for 0.05 ms of work
    variance = (p * (E - lowest - mean) ** 2).sum()
    pairs = _pairs(p)
    x = np.vstack([np.eye(len(pairs)), np.zeros((len(others), len(pairs)))])
    x[len(pairs) :, 0] = others  # the same in the whole block
    return np.log(Z) - lowest / T, lowest + mean, variance, x @ pairs @ x.T


def _pairs(p):
    """Sum of p x x^T with x = (1, s), over the 2^k states: by halves, as p is a table of one half against the other."""
    k = int(np.log2(len(p)))
    first, second = (np.hstack([np.ones((2**m, 1)), _states(m)]) for m in (k // 2, k - k // 2))
    p = p.reshape(len(second), len(first))
    across = second.T @ p @ first
    within_first = (first.T * p.sum(axis=0)) @ first
    within_second = (second.T * p.sum(axis=1)) @ second
    return np.block([[within_first, across[1:].T], [across[1:], within_second[1:, 1:]]])


class GroundStates(NamedTuple):
    """The states of lowest energy.

    energy : float, the lowest
    states : (k, n) int8 array, those that have it, in the order of `states`; at most as many as asked for
    count : int, how many there are
    """

    energy: float
    states: np.ndarray
    count: int


def ground_states(model, *, most=1000, progress=False):
    """All states of lowest energy of a network of up to 26 units (T = 0).

    Parameters
    ----------
    model : Hopfield
        Or any with weights W, biases b and +1/-1 units; a lattice by `ising.to_network`.
    most : int, optional
        How many of them to list; all are counted.
    progress : bool, optional
        Show a bar.

    Returns
    -------
    GroundStates

    Raises
    ------
    TypeError, ValueError
        If the units are 0 and 1, the network has more than 26 of them, or `most` < 1.

    Notes
    -----
    Energies that differ by less than rounding error are equal.

    Examples
    --------
    A ring of five that all want to differ: one pair cannot.

    >>> from ebm.ising import Ising, to_network
    >>> found = ground_states(to_network(Ising((5,), J=-1.0)))
    >>> found.energy, found.count, found.states[0].tolist()
    (-3.0, 10, [1, -1, 1, -1, -1])
    """
    most = _check.count("most", most)
    _countable(_check.network("model", model).n)
    tie = 1e-11 * (np.abs(model.W).sum() + np.abs(model.b).sum())
    energy, found, count = np.inf, [], 0
    for block, (_, E) in enumerate(_blocks(model, progress)):
        if E.min() < energy - tie:
            energy, found, count = E.min(), [], 0
        places = np.flatnonzero(E <= energy + tie)
        found.extend(block * len(E) + places[: most - len(found)])
        count += len(places)
    return GroundStates(float(energy), _states(model.n, found), count)


def _blocks(model, progress):
    """Energies of the states of the first 16 units, for each state of the others: (others, energies)."""
    n = _countable(model.n)
    k = min(n, _BLOCK)
    W, b = model.W, model.b
    E_alone = _energies(W[:k, :k], b[:k])
    for others in tqdm(_states(n - k), desc=f"2^{n} states", disable=not progress):
        E_others = -0.5 * others @ W[k:, k:] @ others - b[k:] @ others
        yield others, E_alone + E_others - _sums(W[:k, k:] @ others)


def _energies(W, b):
    """E of every state in the order of `states`; each unit more doubles the list."""
    E = np.zeros(1)
    for i in range(len(b)):
        field = b[i] + _sums(W[i, :i])
        E = np.concatenate([E + field, E - field])
    return E


def _sums(a):
    """a.s for every state s, in the order of `states`."""
    sums = np.zeros(1)
    for a_i in a:
        sums = np.concatenate([sums - a_i, sums + a_i])
    return sums


@kernel
def _gray_energies(W, b, s, fields, energies):
    """What `_energies` lists, for a page: nothing is allocated, but rounding errors add up.

    2^n steps, each flips one unit (Gray code), by dE = 2 s_i field_i. s starts as all -1,
    fields as the fields in that state.
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


def _countable(n):
    if n > _MOST_COUNTED:
        raise ValueError(
            f"n is {n}; wanted at most {_MOST_COUNTED}: 2^{n} states would take "
            f"about {_check.duration(2.0**n * _SECONDS_PER_STATE)}"
        )
    return n
