"""Hopfield networks: memories as the valleys of an energy [hopfield1982].

    E(s) = -1/2 s.W.s - b.s,   s_i = +1 or -1,   W symmetric with a zero diagonal

Patterns are stored in W by Hebb's rule. At T = 0 a unit follows its field, E falls
with every flip, and the network comes to rest in a valley (`descend`). At T > 0 a unit
follows its field only with a probability (`heat_bath`), and states appear with the
Boltzmann distribution e^(-E/T) / Z.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ebm import _check, random
from ebm._kernel import kernel
from ebm._progress import parts
from ebm.fast import recall as _recall
from ebm.maths import sigmoid


@dataclass(frozen=True)
class Hopfield:
    """A network of n units, +1 or -1, each coupled to every other.

    Parameters
    ----------
    W : (n, n) array
        Weights, symmetric, zero diagonal; energy units.
    b : (n,) array, optional
        Biases, in energy units; 0 if left out.

    Raises
    ------
    ValueError
        If W is not square or not symmetric, has a non-zero diagonal, or holds NaN;
        if b does not fit it.

    Examples
    --------
    >>> Hopfield(W=[[0, 1], [1, 0]]).b
    array([0., 0.])
    """

    W: np.ndarray
    b: np.ndarray | None = None

    def __post_init__(self):
        W = _check.symmetric("W", self.W)
        n = len(W)
        wanted = f"an array of shape ({n},), a bias for each unit"
        b = np.zeros(n) if self.b is None else _check.array("b", self.b, ndim=1, wanted=wanted)
        if b.shape != (n,):
            raise ValueError(f"b has shape {b.shape}; wanted {wanted}")
        b = b.astype(np.float64)
        W.flags.writeable = b.flags.writeable = False
        object.__setattr__(self, "W", W)
        object.__setattr__(self, "b", b)

    @property
    def n(self):
        """Number of units."""
        return len(self.b)


class Path(NamedTuple):
    """Where a run ended, and the energies on the way.

    s : (n,) int8 array, the last state
    energies : float64 array; the first is that of the start
    """

    s: np.ndarray
    energies: np.ndarray


def hebb(patterns):
    """Store patterns as valleys: w_ij = 1/n sum over mu of xi_i^mu xi_j^mu, w_ii = 0.

    Parameters
    ----------
    patterns : (P, n) array of +1 and -1
        The memories xi^mu, one a row.

    Returns
    -------
    Hopfield
        With b = 0.

    Raises
    ------
    TypeError, ValueError
        If `patterns` is empty, ragged, or holds anything but +1 and -1.

    Notes
    -----
    Rule: [hebb1949], in the form of [hopfield1982] with the 1/n of [amit1985].

    Examples
    --------
    >>> hebb([[1, 1, -1]]).W.round(2).tolist()
    [[0.0, 0.33, -0.33], [0.33, 0.0, -0.33], [-0.33, -0.33, 0.0]]
    """
    patterns = _check.spins("patterns", patterns, ndim=2).astype(np.float64)
    n = patterns.shape[1]
    W = patterns.T @ patterns / n
    np.fill_diagonal(W, 0)
    return Hopfield(W)


def pseudo_inverse(patterns):
    """Store up to n linearly independent patterns: W projects onto what they span, with w_ii = 0.

    W = 1/n sum over mu, nu of xi^mu (C^-1)_mu,nu xi^nu, with the overlaps C_mu,nu of the patterns.
    Crosstalk is gone: in a stored pattern every unit feels (1 - w_ii) of its own state.

    Parameters
    ----------
    patterns : (P, n) array of +1 and -1
        Dependent ones are allowed: the projection is the same without them.

    Returns
    -------
    Hopfield
        With b = 0.

    Raises
    ------
    TypeError, ValueError
        If `patterns` is empty, ragged, or holds anything but +1 and -1.

    Notes
    -----
    Rule: [kohonen1973], [personnaz1985]; its capacity: [kanter1987].

    Examples
    --------
    Four letters that are too alike for Hebb's rule:

    >>> from ebm import data
    >>> alike = data.letters("KRHE", "16x16")
    >>> is_fixed_point(hebb(alike), alike).tolist(), is_fixed_point(pseudo_inverse(alike), alike).tolist()
    ([False, False, False, False], [True, True, True, True])
    """
    patterns = _check.spins("patterns", patterns, ndim=2).astype(np.float64)
    W = np.linalg.pinv(patterns) @ patterns
    W = (W + W.T) / 2
    np.fill_diagonal(W, 0)
    return Hopfield(W)


def energy(model, s):
    """E(s) = -1/2 s.W.s - b.s.

    Parameters
    ----------
    model : Hopfield
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
    A single stored pattern of n units lies at E = -(n - 1) / 2:

    >>> energy(hebb([[1, 1, -1, -1, 1]]), [1, 1, -1, -1, 1])
    -2.0
    """
    s = _states(model, s)
    E = np.array([_energy(model.W, model.b, row) for row in np.atleast_2d(s)])
    return float(E[0]) if s.ndim == 1 else E


@kernel
def _energy(W, b, s):
    E = 0.0
    for i in range(len(s)):
        E -= 0.5 * s[i] * (_field(W, b, s, i) + b[i])
    return E


def field(model, s):
    """The field on each unit, sum_j w_ij s_j + b_i.

    Parameters
    ----------
    model : Hopfield
    s : (n,) or (batch, n) array of +1 and -1

    Returns
    -------
    float64 array of the shape of `s`

    Raises
    ------
    TypeError, ValueError
        If `s` does not fit the model.

    Examples
    --------
    In a stored pattern each of the n - 1 others pushes a unit its own way with 1/n:

    >>> field(hebb([[1, 1, -1, -1, 1]]), [1, 1, -1, -1, 1]).tolist()
    [0.8, 0.8, -0.8, -0.8, 0.8]
    """
    s = _states(model, s)
    fields = np.empty(s.shape)
    _fields(model.W, model.b, np.atleast_2d(s), np.atleast_2d(fields))
    return fields


@kernel
def _field(W, b, s, i):
    total = b[i]
    for j in range(len(s)):
        total += W[i, j] * s[j]
    return total


@kernel
def _fields(W, b, states, fields):
    for k in range(len(states)):
        for i in range(len(b)):
            fields[k, i] = _field(W, b, states[k], i)


def dE(model, s, i):
    """Energy after minus energy before, if unit i flips: 2 s_i field_i.

    Parameters
    ----------
    model : Hopfield
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
    >>> dE(hebb([[1, 1, -1, -1, 1]]), [1, 1, -1, -1, 1], 0)
    1.6
    """
    s = _check.spins("s", s, _check.network("model", model).n)
    i = _check.count("i", i, low=0, high=model.n - 1)
    return float(2 * s[i] * _field(model.W, model.b, s, i))


def descend(model, s, *, rng):
    """Let units follow their fields, one at a time, until none wants to flip (T = 0).

    Every sweep visits all n units in a fresh random order. A unit whose flip would lower
    E flips; one whose field is zero keeps its state. E falls with each flip, so
    the run ends, in a state from which no single flip leads down.

    Parameters
    ----------
    model : Hopfield
    s : (n,) array of +1 and -1
        The start; left as it is.
    rng : numpy.random.Generator

    Returns
    -------
    Path
        The fixed point, and the energy at the start and after each flip.

    Raises
    ------
    TypeError, ValueError
        If `s` does not fit the model or `rng` is not a Generator.

    Notes
    -----
    Dynamics: [hopfield1982]. Fields within rounding error of zero count as zero.

    Examples
    --------
    >>> memory = [1, 1, -1, -1, 1]
    >>> path = descend(hebb([memory]), [-1, 1, -1, -1, 1], rng=np.random.default_rng(0))
    >>> path.s.tolist(), path.energies.round(2).tolist()
    ([1, 1, -1, -1, 1], [-0.4, -2.0])
    """
    s = _check.spins("s", s, _check.network("model", model).n)
    words = random.state(rng)
    fields = field(model, s)
    order = np.arange(model.n)
    tie = _tie(model)
    found = [energy(model, s)]
    energies = np.empty(model.n)
    flips = -1
    while flips:
        flips = _descend_sweep(model.W, s, fields, order, tie, words, energies)
        found.extend(found[-1] + energies[:flips])
    return Path(s, np.array(found))


@kernel
def _descend_sweep(W, s, fields, order, tie, words, changes):
    """One sweep at T = 0; returns the number of flips, with E after - E(start) of each."""
    n = len(s)
    flips = 0
    change = 0.0
    random.shuffle(words, order)
    for k in range(n):
        i = order[k]
        if s[i] * fields[i] < -tie:
            change += 2 * s[i] * fields[i]
            s[i] = -s[i]
            for j in range(n):
                fields[j] += 2 * W[i, j] * s[i]
            changes[flips] = change
            flips += 1
    return flips


class Recalled(NamedTuple):
    """Where many cues ended.

    s : (cues, n) int8 array, the last states
    sweeps : (cues,) int64 array, with the last, in which nothing moved
    rests : (cues,) bool array: False for one that two states take turns in, or that was cut off
    """

    s: np.ndarray
    sweeps: np.ndarray
    rests: np.ndarray


def recall(patterns, cues, *, rng=None, at_once=False, most=1000, progress=False):
    """`descend` from many cues in the network that `hebb` makes of the patterns, without making it.

    Parameters
    ----------
    patterns : (P, n) array of +1 and -1
    cues : (cues, n) array of +1 and -1
        The starts; left as they are.
    rng : numpy.random.Generator
        For the order of the updates, the same for all cues. Not needed if they come at once.
    at_once : bool
        Update all units at once, as `synchronous` does.
    most : int
        Sweeps after which a synchronous run is cut off.
    progress : bool
        Show a progress bar: how many cues have come to rest.

    Returns
    -------
    Recalled
        A single cue ends where `descend` with the same generator takes it.

    Raises
    ------
    TypeError, ValueError
        If `patterns` or `cues` hold anything but +1 and -1, do not fit each other, or `rng` is missing.

    Notes
    -----
    Fields are whole numbers, sums over P patterns and never over n units: exact, and for few
    patterns in a large network a hundred times as fast.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> patterns = rng.choice([-1, 1], size=(20, 1000))
    >>> cues = [corrupt(pattern, 0.2, rng=rng) for pattern in patterns]
    >>> bool((recall(patterns, cues, rng=rng).s == patterns).all())
    True
    """
    patterns = _check.spins("patterns", patterns, ndim=2)
    s = _check.spins("cues", cues, patterns.shape[1], ndim=2)
    if at_once:
        return Recalled(s, *_recall.synchronous(patterns, s, _check.count("most", most), progress))
    sweeps = _recall.asynchronous(patterns, s, random.state(rng), progress)
    return Recalled(s, sweeps, np.ones(len(s), dtype=bool))


def synchronous(model, s):
    """All units follow their fields at once: s_i <- sign(field_i), kept where it is 0.

    E may rise, and the network may end in a cycle of two states. This is Little's
    dynamics at T = 0 [little1974], here as a contrast to `descend`.

    Parameters
    ----------
    model : Hopfield
    s : (n,) or (batch, n) array of +1 and -1
        Left as it is.

    Returns
    -------
    int8 array of the shape of `s`

    Raises
    ------
    TypeError, ValueError
        If `s` does not fit the model.

    Examples
    --------
    Two units that want to agree, each following the other's old state:

    >>> synchronous(Hopfield([[0, 1], [1, 0]]), [1, -1]).tolist()
    [-1, 1]
    """
    s = _states(model, s)
    fields = field(model, s)
    return np.where(np.abs(fields) > _tie(model), np.sign(fields), s).astype(np.int8)


def is_fixed_point(model, s):
    """Whether no single flip lowers the energy.

    Parameters
    ----------
    model : Hopfield
    s : (n,) or (batch, n) array of +1 and -1

    Returns
    -------
    bool, or (batch,) bool array

    Raises
    ------
    TypeError, ValueError
        If `s` does not fit the model.

    Examples
    --------
    >>> is_fixed_point(hebb([[1, 1, -1]]), [[1, 1, -1], [1, 1, 1]]).tolist()
    [True, False]
    """
    s = _states(model, s)
    tie = _tie(model)
    fixed = np.array([_is_fixed_point(model.W, model.b, row, tie) for row in np.atleast_2d(s)], dtype=bool)
    return bool(fixed[0]) if s.ndim == 1 else fixed


@kernel
def _is_fixed_point(W, b, s, tie):
    for i in range(len(s)):
        if s[i] * _field(W, b, s, i) < -tie:
            return 0
    return 1


def heat_bath(model, s, T, *, rng, updates, progress=False):
    """Stochastic units: pick one at random, switch it on with p = sigma(2 field_i / T).

    Parameters
    ----------
    model : Hopfield
    s : (n,) array of +1 and -1
        The start; left as it is.
    T : float
        Temperature, > 0, in energy units (k_B = 1).
    rng : numpy.random.Generator
    updates : int
        Number of single-unit updates; n of them are one sweep.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Path
        The last state, and the energy at the start and after each update.

    Raises
    ------
    TypeError, ValueError
        If `s` does not fit the model, T <= 0, `updates` < 1 or `rng` is not a Generator.

    Notes
    -----
    Rule: [glauber1963], [ackley1985].

    Examples
    --------
    >>> memory = [1, 1, -1, -1, 1]
    >>> path = heat_bath(hebb([memory]), memory, 0.1, rng=np.random.default_rng(0), updates=50)
    >>> path.s.tolist(), len(path.energies)
    ([1, 1, -1, -1, 1], 51)
    """
    s = _check.spins("s", s, _check.network("model", model).n)
    T = _check.temperature(T)
    energies = np.empty(_check.count("updates", updates) + 1)
    energies[0] = energy(model, s)
    words = random.state(rng)
    for part in parts(updates, progress, "update"):
        _heat_bath(model.W, model.b, s, T, words, energies[part.start : part.stop + 1])
    return Path(s, energies)


def sample(model, s, T, *, rng, sweeps, progress=False):
    """States after each of a number of heat-bath sweeps, for averages at temperature T.

    Parameters
    ----------
    model : Hopfield
    s : (n,) array of +1 and -1
        The start; left as it is, and not among the results.
    T : float
        Temperature, > 0.
    rng : numpy.random.Generator
    sweeps : int
        Number of sweeps of n single-unit updates each.
    progress : bool
        Show a progress bar.

    Returns
    -------
    (sweeps, n) int8 array
        Successive states, so neighbours in it are correlated.

    Raises
    ------
    TypeError, ValueError
        As `heat_bath`.

    Examples
    --------
    >>> sample(hebb([[1, 1, -1]]), [1, 1, -1], 1.0, rng=np.random.default_rng(0), sweeps=4).shape
    (4, 3)
    """
    s = _check.spins("s", s, _check.network("model", model).n)
    T = _check.temperature(T)
    states = np.empty((_check.count("sweeps", sweeps), model.n), dtype=np.int8)
    words = random.state(rng)
    for part in parts(sweeps, progress, "sweep"):
        _heat_bath_sweeps(model.W, model.b, s, T, words, np.empty(model.n + 1), states[part])
    return states


@kernel
def _heat_bath(W, b, s, T, words, energies):
    """len(energies) - 1 updates in place; energies[0] is given, the rest are filled in."""
    n = len(s)
    for k in range(1, len(energies)):
        i = random.below(words, n)
        field_i = _field(W, b, s, i)
        before = s[i]
        s[i] = 1 if random.uniform(words) < sigmoid(2 * field_i / T) else -1
        energies[k] = energies[k - 1] - (s[i] - before) * field_i


@kernel
def _heat_bath_sweeps(W, b, s, T, words, energies, states):
    energies[0] = 0.0
    for k in range(len(states)):
        _heat_bath(W, b, s, T, words, energies)
        for i in range(len(s)):
            states[k, i] = s[i]


def overlap(patterns, s):
    """m = 1/n sum_i xi_i s_i: 1 for the pattern itself, 0 for a random state, -1 for its inverse.

    Parameters
    ----------
    patterns : (P, n) or (n,) array of +1 and -1
    s : (n,) or (batch, n) array of +1 and -1

    Returns
    -------
    float64 array
        Shape (P,) or (batch, P); without P for a single pattern.

    Raises
    ------
    TypeError, ValueError
        If either holds anything but +1 and -1, or their lengths differ.

    Examples
    --------
    >>> overlap([1, 1, -1, -1], [1, 1, -1, 1])
    0.5
    """
    patterns = _check.spins(
        "patterns", patterns, ndim=np.ndim(patterns) if np.ndim(patterns) in (1, 2) else 2
    )
    n = patterns.shape[-1]
    s = _check.spins("s", s, n, ndim=2 if np.ndim(s) == 2 else 1)
    m = s.astype(np.float64) @ patterns.T / n
    return float(m) if m.ndim == 0 else m


def corrupt(pattern, fraction, *, rng):
    """Flip a share of the units, chosen at random.

    Parameters
    ----------
    pattern : (n,) array of +1 and -1
        Left as it is.
    fraction : float
        In [0, 1]; exactly round(fraction * n) units flip.
    rng : numpy.random.Generator

    Returns
    -------
    (n,) int8 array

    Raises
    ------
    TypeError, ValueError
        If `pattern` holds anything but +1 and -1, or `fraction` is outside [0, 1].

    Examples
    --------
    >>> s = corrupt(np.ones(100), 0.3, rng=np.random.default_rng(0))
    >>> overlap(np.ones(100), s)
    0.4
    """
    s = _check.spins("pattern", pattern)
    fraction = _check.fraction("fraction", fraction)
    _check.generator(rng)
    s[rng.choice(len(s), round(fraction * len(s)), replace=False)] *= -1
    return s


def _states(model, s):
    return _check.spins("s", s, _check.network("model", model).n, ndim=2 if np.ndim(s) == 2 else 1)


def _tie(model):
    """Fields this close to zero are zero: the rounding error of a sum of n terms, with room."""
    largest = np.abs(model.W).sum(axis=1).max() + np.abs(model.b).max()
    return 1e-12 * largest


@kernel
def _hebb(patterns, W):
    """What `hebb` does, for a page that builds W itself: it would be 512 KB for 256 units."""
    P, n = patterns.shape
    for i in range(n):
        W[i, i] = 0.0
        for j in range(i):
            together = 0.0
            for mu in range(P):
                together += patterns[mu, i] * patterns[mu, j]
            W[i, j] = W[j, i] = together / n


@kernel
def _pseudo_inverse(patterns, basis, W):
    """What `pseudo_inverse` does, by Gram and Schmidt: W projects onto the rows of an orthonormal basis.

    basis : (P, n), overwritten; a row is 0 where a pattern depends on those before it
    """
    P, n = patterns.shape
    for mu in range(P):
        for i in range(n):
            basis[mu, i] = patterns[mu, i]
        for _ in range(2):  # the second time removes what rounding left
            for nu in range(mu):
                along = 0.0
                for i in range(n):
                    along += basis[nu, i] * basis[mu, i]
                for i in range(n):
                    basis[mu, i] -= along * basis[nu, i]
        length = 0.0
        for i in range(n):
            length += basis[mu, i] * basis[mu, i]
        length = math.sqrt(length)
        for i in range(n):
            basis[mu, i] = basis[mu, i] / length if length > 1e-6 else 0.0
    for i in range(n):
        W[i, i] = 0.0
        for j in range(i):
            together = 0.0
            for mu in range(P):
                together += basis[mu, i] * basis[mu, j]
            W[i, j] = W[j, i] = together


@kernel
def _pulls(patterns, s, pulls):
    """n m_mu, the unscaled overlap of the state with each pattern."""
    for mu in range(len(patterns)):
        pulls[mu] = 0.0
        for i in range(len(s)):
            pulls[mu] += patterns[mu, i] * s[i]


@kernel
def _scatter(words, states):
    """Random patterns: every unit +1 or -1 with equal chance."""
    for mu in range(len(states)):
        for i in range(states.shape[1]):
            states[mu, i] = 2 * random.below(words, 2) - 1


@kernel
def _flip(words, s, order, count):
    """Flip `count` different units, chosen at random; `order` holds 0 .. n-1 in any order and is shuffled."""
    for k in range(count):
        other = k + random.below(words, len(s) - k)
        order[k], order[other] = order[other], order[k]
        s[order[k]] = -s[order[k]]
