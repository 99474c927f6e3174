"""Dense memories: the valleys of a Hopfield network, sharpened [krotov2016, demircigil2017].

    E(s) = -n/k sum over mu of m_mu^k        degree k = 2, 3, 4, ...
    E(s) = -log sum over mu of e^(n m_mu)    degree infinity

with the overlaps m_mu = 1/n xi^mu.s of the state with the patterns. Degree 2 is Hebb's rule
(but for the constant P/2). The higher the degree, the less a pattern far from the state counts,
and the more patterns fit: about n^(k-1), and exponentially many at degree infinity.

For states of real numbers the last energy has a one-step descent, and it is the attention of a
transformer [ramsauer2021]: `retrieve`.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp, softmax

from ebm import _check, hopfield, random
from ebm._kernel import kernel
from ebm.maths import exp, log


@dataclass(frozen=True)
class Dense:
    """A memory of n units, +1 or -1, that keeps its patterns and sharpens their pull.

    Parameters
    ----------
    patterns : (P, n) array of +1 and -1
        The memories, one a row.
    degree : int or inf
        The power k >= 2 of the overlaps, or `math.inf` for the exponential.

    Raises
    ------
    TypeError, ValueError
        If `patterns` is empty or holds anything but +1 and -1, or the degree is below 2 or broken.

    Examples
    --------
    >>> Dense([[1, 1, -1]], degree=3).n
    3
    """

    patterns: np.ndarray
    degree: float = 3

    def __post_init__(self):
        patterns = _check.spins("patterns", self.patterns, ndim=2)
        patterns.flags.writeable = False
        degree = self.degree
        if not (isinstance(degree, float) and math.isinf(degree) and degree > 0):
            degree = _check.count("degree", degree, low=2)
        object.__setattr__(self, "patterns", patterns)
        object.__setattr__(self, "degree", degree)

    @property
    def n(self):
        """Number of units."""
        return self.patterns.shape[1]


@_check.takes(Dense)
def energy(model, s):
    """E(s): -n/k times the sum of the k-th powers of the overlaps, or -log sum e^(n m).

    Parameters
    ----------
    model : Dense
    s : (n,) or (batch, n) array of +1 and -1

    Returns
    -------
    float, or (batch,) float64 array

    Raises
    ------
    TypeError, ValueError
        If `s` does not fit the model.

    Examples
    --------
    A stored pattern that is alone lies at -n/k:

    >>> energy(Dense([[1, 1, -1, -1, 1, 1]], degree=3), [1, 1, -1, -1, 1, 1])
    -2.0
    """
    s = _check.spins("s", s, model.n, ndim=2 if np.ndim(s) == 2 else 1)
    pulls = np.atleast_2d(s).astype(np.float64) @ model.patterns.T
    E = np.array([_energy(row, model.n, _power(model)) for row in pulls])
    return float(E[0]) if s.ndim == 1 else E


@kernel
def _energy(pulls, n, k):
    """E from the pulls n m_mu; k = 0 stands for the exponential."""
    if k == 0:
        largest = pulls[0]
        for pull in pulls:
            largest = max(largest, pull)
        total = 0.0
        for pull in pulls:
            total += exp(pull - largest)
        return -(largest + log(total))
    E = 0.0
    for pull in pulls:
        power = 1.0
        for _ in range(k):
            power *= pull / n
        E -= n / k * power
    return E


@_check.takes(Dense)
def dE(model, s, i):
    """Energy after minus energy before, if unit i flips.

    Parameters
    ----------
    model : Dense
    s : (n,) array of +1 and -1
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
    >>> round(dE(Dense([[1, 1, -1, -1, 1, 1]], degree=3), [1, 1, -1, -1, 1, 1], 0), 4)
    1.4074
    """
    i = _check.count("i", i, low=0, high=model.n - 1)
    s = _check.spins("s", s, model.n)
    pulls = model.patterns.astype(np.float64) @ s
    flipped = pulls - 2.0 * model.patterns[:, i] * s[i]
    return _energy(flipped, model.n, _power(model)) - _energy(pulls, model.n, _power(model))


@_check.takes(Dense)
def descend(model, s, *, rng):
    """Flip units whose flip lowers the energy, one at a time, until there is none (T = 0).

    As `ebm.hopfield.descend`, but a unit compares the energies of its two states; for degree 2
    that is the sign of its field.

    Parameters
    ----------
    model : Dense
    s : (n,) array of +1 and -1
        The start; left as it is.
    rng : numpy.random.Generator

    Returns
    -------
    ebm.hopfield.Path
        The fixed point, and the energy at the start and after each flip.

    Raises
    ------
    TypeError, ValueError
        If `s` does not fit the model or `rng` is not a Generator.

    Examples
    --------
    As many patterns as units, seven times what Hebb's rule can hold:

    >>> rng = np.random.default_rng(0)
    >>> patterns = rng.choice([-1, 1], size=(100, 100))
    >>> start = hopfield.corrupt(patterns[0], 0.1, rng=rng)
    >>> hopfield.overlap(patterns[0], descend(Dense(patterns, degree=4), start, rng=rng).s)
    1.0
    """
    s = _check.spins("s", s, model.n)
    words = random.state(rng)
    k = _power(model)
    pulls = model.patterns.astype(np.float64) @ s
    trial = np.empty_like(pulls)
    order = np.arange(model.n)
    columns = np.ascontiguousarray(model.patterns.T)
    found = [_energy(pulls, model.n, k)]
    energies = np.empty(model.n)
    flips = -1
    while flips:
        flips = _descend_sweep(columns, s, pulls, trial, k, order, words, energies)
        found.extend(energies[:flips])
    return hopfield.Path(s, np.array(found))


@kernel
def _descend_sweep(columns, s, pulls, trial, k, order, words, energies):
    """One sweep at T = 0; returns the number of flips, with the energy after each.

    columns : (n, P) int8, the patterns with the units first; pulls : (P,), kept up to date
    trial : (P,), overwritten
    """
    n = len(s)
    E = _energy(pulls, n, k)
    flips = 0
    random.shuffle(words, order)
    for j in range(n):
        i = order[j]
        for mu in range(len(pulls)):
            trial[mu] = pulls[mu] - 2.0 * columns[i, mu] * s[i]
        after = _energy(trial, n, k)
        if after < E - 1e-12 * (1 + abs(E)):  # lower by more than rounding
            for mu in range(len(pulls)):
                pulls[mu] = trial[mu]
            s[i] = -s[i]
            E = after
            energies[flips] = E
            flips += 1
    return flips


def _power(model):
    return 0 if math.isinf(model.degree) else model.degree


def retrieve(patterns, q, beta):
    """One step downhill for states of real numbers: X^T softmax(beta X q), X the patterns row by row.

    It lowers E(q) = -1/beta log sum over mu of e^(beta x^mu.q) + q.q/2 (`continuous_energy`), and
    is attention with the query q and the patterns as keys and values.

    Parameters
    ----------
    patterns : (P, n) array
        Any real numbers.
    q : (n,) or (batch, n) array
        States, or queries.
    beta : float
        Inverse temperature, > 0; in a transformer 1 / sqrt(n).

    Returns
    -------
    float64 array of the shape of `q`

    Raises
    ------
    TypeError, ValueError
        If the shapes do not fit, something is not finite, or beta <= 0.

    Notes
    -----
    Update: [ramsauer2021]; attention: [vaswani2017].

    Examples
    --------
    >>> retrieve([[1, 0], [0, 1]], [0.9, 0.1], beta=50.0).round(3).tolist()
    [1.0, 0.0]
    """
    X, q, beta = _continuous(patterns, q, beta)
    return softmax(beta * q @ X.T, axis=-1) @ X


def continuous_energy(patterns, q, beta):
    """E(q) = -1/beta log sum over mu of e^(beta x^mu.q) + q.q/2, which `retrieve` never raises.

    Parameters
    ----------
    patterns, q, beta
        As for `retrieve`.

    Returns
    -------
    float, or (batch,) float64 array

    Raises
    ------
    TypeError, ValueError
        As for `retrieve`.

    Examples
    --------
    >>> round(continuous_energy([[1, 0], [0, 1]], [1.0, 0.0], beta=50.0), 6)
    -0.5
    """
    X, q, beta = _continuous(patterns, q, beta)
    E = -logsumexp(beta * q @ X.T, axis=-1) / beta + 0.5 * (q * q).sum(axis=-1)
    return float(E) if q.ndim == 1 else E


def _continuous(patterns, q, beta):
    X = _check.array("patterns", patterns, ndim=2, wanted="a (P, n) array of numbers").astype(np.float64)
    if X.size == 0:
        raise ValueError("patterns is empty; wanted a (P, n) array of numbers")
    wanted = f"an array of {X.shape[1]} numbers, or of such rows"
    q = _check.array("q", q, ndim=2 if np.ndim(q) == 2 else 1, wanted=wanted).astype(np.float64)
    if q.shape[-1] != X.shape[1]:
        raise ValueError(f"q has shape {q.shape}; wanted {wanted}")
    return X, q, _check.number("beta", beta, above=0, wanted="an inverse temperature beta > 0")


@kernel
def _shares(pulls, n, k, shares):
    """Each pattern's share of the pull on the units, |m|^(k-1) or e^(n m), over the sum of all."""
    if k == 0:
        _softmax(pulls, 1.0, shares)
        return
    total = 0.0
    for mu in range(len(pulls)):
        share = 1.0
        for _ in range(k - 1):
            share *= abs(pulls[mu]) / n
        shares[mu] = share
        total += share
    for mu in range(len(pulls)):
        shares[mu] = shares[mu] / total if total > 0 else 1.0 / len(pulls)


@kernel
def _softmax(pulls, beta, weights):
    largest = pulls[0]
    for pull in pulls:
        largest = max(largest, pull)
    total = 0.0
    for mu in range(len(pulls)):
        weights[mu] = exp(beta * (pulls[mu] - largest))
        total += weights[mu]
    for mu in range(len(pulls)):
        weights[mu] /= total


@kernel
def _attend(patterns, pulls, beta, weights, out):
    """What `retrieve` does, from the pulls X q: the weights softmax(beta X q) and X^T weights."""
    _softmax(pulls, beta, weights)
    for i in range(len(out)):
        out[i] = 0.0
        for mu in range(len(pulls)):
            out[i] += weights[mu] * patterns[mu, i]
