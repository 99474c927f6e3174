"""The Ising model: a chain or a square lattice of spins, each pulled by its neighbours [ising1925].

    E(s) = -J sum over bonds of s_i s_j - B sum over i of s_i,   s_i = +1 or -1

A step proposes a change, and accepts it with a probability that keeps the Boltzmann
distribution e^(-E/T) / Z as it is. `metropolis` and `heat_bath` propose one spin at a
time and differ in nothing but a table of probabilities; `wolff` turns whole clusters.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ebm import _check, random
from ebm._kernel import kernel
from ebm.fast import multispin, multispin_field
from ebm.fast import wolff as _stack
from ebm.hopfield import Hopfield
from ebm.maths import exp, sigmoid

_MOST_DENSE = 4096  # sites; a network of that many has 128 MiB of weights


@dataclass(frozen=True)
class Ising:
    """A ring of n spins, or a square lattice that closes on itself in both directions.

    Every site has a bond to the site on its right and to the one below it, around the
    edges. On a side of length 2 the left and the right neighbour are one spin, held by
    two bonds. A side of length 1 has no bonds: no spin is its own neighbour.

    Parameters
    ----------
    shape : (n,) or (rows, columns)
    J : float, optional
        Coupling, in energy units; neighbours like to agree if J > 0.
    B : float, optional
        Field, in energy units; spins like to be +1 if B > 0.

    Raises
    ------
    TypeError, ValueError
        If `shape` is not one or two whole numbers, or J or B is not a finite number.

    Examples
    --------
    >>> Ising((4, 4)).n, Ising((10,), J=-1.0).n
    (16, 10)
    """

    shape: tuple
    J: float = 1.0
    B: float = 0.0

    def __post_init__(self):
        object.__setattr__(self, "shape", _check.sides("shape", self.shape))
        object.__setattr__(self, "J", _check.number("J", self.J, wanted="a coupling, a finite number"))
        object.__setattr__(self, "B", _check.number("B", self.B, wanted="a field, a finite number"))

    @property
    def n(self):
        """Number of spins."""
        return math.prod(self.shape)


@dataclass(frozen=True)
class SpinGlass:
    """A square lattice with a coupling of its own for every bond [edwards1975].

    Parameters
    ----------
    right : (rows, columns) array
        Couplings of each site to the one on its right, in energy units; the last column's
        lead back to the first, and are 0 if that edge is free.
    down : (rows, columns) array
        Couplings of each site to the one below it; the last row's lead back to the first.
    B : float, optional
        Field on every spin.

    Raises
    ------
    TypeError, ValueError
        If the two differ in shape, hold NaN, or bind a spin to itself (on a side of length 1).

    Examples
    --------
    Two spins, joined by a bond each way round:

    >>> energy(SpinGlass(right=[[1.0, 0.5]], down=[[0.0, 0.0]]), [[1, 1]])
    -1.5
    """

    right: np.ndarray
    down: np.ndarray
    B: float = 0.0

    def __post_init__(self):
        bonds = {}
        for name in ("right", "down"):
            wanted = "a (rows, columns) array, a coupling for each site"
            bonds[name] = _check.array(name, getattr(self, name), ndim=2, wanted=wanted).astype(np.float64)
            if bonds[name].shape != bonds["right"].shape or bonds[name].size == 0:
                raise ValueError(
                    f"{name} has shape {bonds[name].shape}; wanted {wanted}, as right has, and not empty"
                )
            bonds[name].flags.writeable = False
            object.__setattr__(self, name, bonds[name])
        rows, columns = self.shape
        for name, side in (("right", columns), ("down", rows)):
            if side == 1 and bonds[name].any():
                raise ValueError(f"{name} binds a spin to itself; wanted zeros on a side of length 1")
        object.__setattr__(self, "B", _check.number("B", self.B, wanted="a field, a finite number"))

    @property
    def shape(self):
        """(rows, columns)"""
        return self.right.shape

    @property
    def n(self):
        """Number of spins."""
        return self.right.size


def spin_glass(shape, *, rng, J=1.0, periodic=(True, True)):
    """A lattice whose bonds are +J or -J, each with probability 1/2.

    Parameters
    ----------
    shape : (rows, columns)
    rng : numpy.random.Generator
    J : float, optional
        Size of the couplings.
    periodic : (bool, bool), optional
        Whether the last row is bonded to the first, and the last column to the first.

    Returns
    -------
    SpinGlass

    Raises
    ------
    TypeError, ValueError
        If `shape` is not two whole numbers, or `periodic` not two of True and False.

    Notes
    -----
    The +-J model of [toulouse1977]. Its ground states: `ebm.exact.lattice_ground_state`.

    Examples
    --------
    >>> model = spin_glass((16, 16), rng=np.random.default_rng(0), periodic=(False, True))
    >>> model.n, bool(model.down[-1].any()), sorted({float(J) for J in model.right.flat})
    (256, False, [-1.0, 1.0])
    """
    rows, columns = shape = _check.sides("shape", shape, dimensions=(2,))
    J = _check.number("J", J, wanted="a coupling, a finite number")
    _check.generator(rng)
    wrap_rows, wrap_columns = _check.flags("periodic", periodic, 2)
    right, down = J * rng.choice([-1.0, 1.0], size=(2, *shape))
    if not wrap_columns or columns == 1:
        right[:, -1] = 0
    if not wrap_rows or rows == 1:
        down[-1] = 0
    return SpinGlass(right, down)


def couplings(model):
    """The coupling of every site to its right and to its lower neighbour.

    Parameters
    ----------
    model : Ising or SpinGlass

    Returns
    -------
    right, down : (rows, columns) float64 arrays, read-only; a chain is a single row

    Examples
    --------
    >>> right, down = couplings(Ising((3,), J=2.0))
    >>> right.tolist(), down.tolist()
    ([[2.0, 2.0, 2.0]], [[0.0, 0.0, 0.0]])
    """
    _check_lattice(model)
    if isinstance(model, SpinGlass):
        return model.right, model.down
    rows, columns = _grid(model)
    right = np.broadcast_to(model.J if columns > 1 else 0.0, (rows, columns))
    down = np.broadcast_to(model.J if rows > 1 else 0.0, (rows, columns))
    return right, down


def energy(model, s):
    """E(s) = -sum over sites of s_i (J_right s_right + J_down s_down) - B sum of s_i.

    Parameters
    ----------
    model : Ising or SpinGlass
    s : array of +1 and -1, of the model's shape, or of shape (batch, \\*shape)

    Returns
    -------
    float, or (batch,) float64 array
        Of the whole lattice, not per site.

    Raises
    ------
    TypeError, ValueError
        If `s` does not fit the model.

    Examples
    --------
    Two bonds a site, all satisfied:

    >>> energy(Ising((4, 4)), cold_start(Ising((4, 4))))
    -32.0
    """
    _check_lattice(model)
    many = _check.dimensions(s) == len(model.shape) + 1
    s = _check.spins_of_shape("s", s, model.shape, batch=many)
    grid = s.reshape(-1, *_grid(model))
    right, down = couplings(model)
    pull = right * np.roll(grid, -1, axis=2) + down * np.roll(grid, -1, axis=1) + model.B
    E = -(grid * pull).sum(axis=(1, 2))
    return E if many else float(E[0])


def dE(model, s, site):
    """Energy after minus energy before, if one spin flips: 2 s_i (sum over bonds of J_ij s_j + B).

    Parameters
    ----------
    model : Ising or SpinGlass
    s : array of +1 and -1, of the model's shape
    site : int, or (row, column)

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        If `s` does not fit the model or there is no such site.

    Examples
    --------
    The first spin to turn breaks four bonds:

    >>> dE(Ising((4, 4)), cold_start(Ising((4, 4))), (0, 2))
    8.0
    """
    right, down = couplings(model)
    grid = _check.spins_of_shape("s", s, model.shape).reshape(right.shape)
    row, column = _check.site("site", site, model.shape)
    rows, columns = grid.shape
    field = (
        right[row, column] * grid[row, (column + 1) % columns]
        + right[row, column - 1] * grid[row, column - 1]
        + down[row, column] * grid[(row + 1) % rows, column]
        + down[row - 1, column] * grid[row - 1, column]
        + model.B
    )
    return float(2 * grid[row, column] * field)


def to_network(model):
    """The same energy as a network of n units: w_ij is the sum of the bonds of i and j, b_i = B.

    Parameters
    ----------
    model : Ising or SpinGlass
        Of at most 4096 spins.

    Returns
    -------
    Hopfield
        Its units are the sites row by row: `s.ravel()` is its state.

    Raises
    ------
    ValueError
        If the lattice is larger.

    Examples
    --------
    >>> to_network(Ising((4,), J=2.0, B=0.5)).W.tolist()[0]
    [0.0, 2.0, 0.0, 2.0]
    """
    right, down = couplings(model)
    n = right.size
    if n > _MOST_DENSE:
        raise ValueError(
            f"model has {n} sites; wanted at most {_MOST_DENSE}: {n} x {n} weights would take "
            f"{8 * n**2 / 2**30:.3g} GiB"
        )
    site = np.arange(n).reshape(right.shape)
    W = np.zeros((n, n))
    W[site, np.roll(site, -1, axis=1)] += right
    W[site, np.roll(site, -1, axis=0)] += down
    return Hopfield(W + W.T, np.full(n, model.B))


def cold_start(model):
    """All spins +1: a ground state of a ferromagnet.

    Parameters
    ----------
    model : Ising or SpinGlass

    Returns
    -------
    int8 array of the model's shape

    Examples
    --------
    >>> cold_start(Ising((3,))).tolist()
    [1, 1, 1]
    """
    _check_lattice(model)
    return np.ones(model.shape, dtype=np.int8)


def random_start(model, *, rng):
    """Each spin +1 or -1 with probability 1/2: a state at T = infinity.

    Parameters
    ----------
    model : Ising or SpinGlass
    rng : numpy.random.Generator

    Returns
    -------
    int8 array of the model's shape

    Raises
    ------
    TypeError
        If `rng` is not a Generator.

    Examples
    --------
    >>> random_start(Ising((2, 3)), rng=np.random.default_rng(0)).shape
    (2, 3)
    """
    _check_lattice(model)
    _check.generator(rng)
    return rng.choice(np.array([-1, 1], dtype=np.int8), size=model.shape)


class Record(NamedTuple):
    """One measurement.

    sweep : int, sweeps done since the start
    u : float, energy per site, E / n; (batch,) float64 array for many lattices
    m : float, magnetisation per site, sum of s_i / n; (batch,) float64 array for many lattices
    s : int8 array, the state: a copy, yours to keep
    """

    sweep: int
    u: float
    m: float
    s: np.ndarray


def metropolis(model, s, T, *, rng, sweeps, order="random", every=1, method="auto"):
    """Propose one flip at a time and accept it with probability min(1, e^(-dE/T)).

    Parameters
    ----------
    model : Ising
    s : array of +1 and -1, of the model's shape, or of shape (batch, \\*shape)
        The start, or the starts of many independent lattices; left as they are, and not among
        the records.
    T : float
        Temperature, > 0, in energy units (k_B = 1).
    rng : numpy.random.Generator
    sweeps : int
        Length of the run; one sweep is n proposals.
    order : "random" or "checkerboard", optional
        Which sites are tried: n at random, with repeats; or all black sites, then all
        white ones, each once. No two sites of one colour are neighbours, so it needs sides
        of even length (or 1).
    every : int, optional
        Sweeps from one record to the next.
    method : "auto", "plain" or "multispin", optional
        "multispin" treats 64 spins at a time, in checkerboard order: the same distribution
        some hundred times as fast (fifty in a field), from other random numbers. "auto" takes it for
        many lattices, where it can, and "plain" for a single one: the run that a page shows.

    Yields
    ------
    Record
        After each `every` sweeps, as they are done: stop when you have enough.

    Raises
    ------
    TypeError, ValueError
        At the call, if an argument is out of range or does not fit.

    Notes
    -----
    Rule: [metropolis1953]. It makes every move with dE = 0, on a checkerboard all of them at
    once, like clockwork. At B = 0 there are states, such as diagonal stripes, that this only
    ever turns into one another, and that no run from elsewhere reaches. From 4 x 4 on they
    hardly count: there they weigh 1e-6 at T = 2J, and exponentially less in larger lattices. On
    a chain they weigh as much as all others, so chains and narrower lattices are refused. And
    at J = B = 0, where it makes every move, a run has a period of two in either order.

    Examples
    --------
    >>> model = Ising((8, 8))
    >>> run = metropolis(model, cold_start(model), 0.5, rng=np.random.default_rng(0), sweeps=10)
    >>> [record.m for record in run][-1]
    1.0

    A thousand lattices, at once:

    >>> hot = [random_start(model, rng=np.random.default_rng(k)) for k in range(1000)]
    >>> rng = np.random.default_rng(0)
    >>> *_, last = metropolis(model, hot, 0.5, rng=rng, sweeps=100, order="checkerboard", every=100)
    >>> last.m.shape, bool((abs(last.m) == 1).mean() > 0.6)
    ((1000,), True)
    """
    return _single_flips(_metropolis, model, s, T, rng, sweeps, order, every, method)


def heat_bath(model, s, T, *, rng, sweeps, order="random", every=1, method="auto"):
    """Give one spin at a time a fresh value: it flips with probability sigma(-dE/T).

    Whatever it was before, it is then +1 with p = sigma(2 (J sum of neighbours + B) / T).

    Parameters
    ----------
    model, s, T, rng, sweeps, order, every, method
        As for `metropolis`.

    Yields
    ------
    Record

    Raises
    ------
    TypeError, ValueError
        At the call, if an argument is out of range or does not fit.

    Notes
    -----
    Rule: [glauber1963].

    Examples
    --------
    >>> model = Ising((8, 8), B=5.0)
    >>> run = heat_bath(model, -cold_start(model), 0.5, rng=np.random.default_rng(0), sweeps=10)
    >>> [record.m for record in run][-1]
    1.0
    """
    return _single_flips(_heat_bath, model, s, T, rng, sweeps, order, every, method)


def _single_flips(rule, model, s, T, rng, sweeps, order, every, method):
    many = isinstance(model, Ising) and _check.dimensions(s) == len(model.shape) + 1
    s, T, every, sweeps = _checked_run(model, s, T, every, sweeps, "sweeps", batch=many)
    _check.choice("order", order, ("random", "checkerboard"))
    if order == "checkerboard" and any(side > 1 and side % 2 for side in model.shape):
        raise ValueError(
            f"order is 'checkerboard' on sides {model.shape}; wanted even sides: "
            "around an odd one two neighbours have the same colour"
        )
    if order == "checkerboard" and rule is _metropolis and min(_grid(model)) < 4:
        raise ValueError(
            f"order is 'checkerboard' on sides {model.shape}; wanted both sides >= 4: on less, Metropolis' "
            "rule leaves states out in this order (heat_bath does not)"
        )
    flip = np.empty((2, 9))
    rule(model.J, model.B, T, _self_bonds(model), flip)
    _check.generator(rng)
    if _takes_multispin(model, order, method, many):
        return _multispin_records(model, s, flip, rng, sweeps, every)
    advance = _random_sweeps if order == "random" else _checkerboard_sweeps
    if many:
        return _batch_records(model, s, advance, flip, rng, sweeps, every)
    return _flip_records(model, s, advance, flip, random.state(rng), sweeps, every)


def _takes_multispin(model, order, method, many):
    _check.choice("method", method, ("auto", "plain", "multispin"))
    against = multispin.fits(model.shape)
    if order != "checkerboard":
        against = f"order is {order!r}; wanted 'checkerboard'"
    if method == "multispin" and against:
        raise ValueError(f"{against} (for method 'multispin')")
    return method == "multispin" or (method == "auto" and many and not against)


def _flip_records(model, s, advance, flip, words, sweeps, every):
    grid = s.reshape(_grid(model))
    measure = _meter(model)
    for sweep in range(every, sweeps + 1, every):
        advance(grid, flip, words, every)
        yield Record(sweep, *measure(grid), s.copy())


def _batch_records(model, s, advance, flip, rng, sweeps, every):
    """Lattices one after the other, each with random numbers of its own."""
    grids = s.reshape(-1, *_grid(model))
    measure = _meter(model)
    words = [random.state(rng) for _ in grids]
    for sweep in range(every, sweeps + 1, every):
        for grid, its_words in zip(grids, words, strict=True):
            advance(grid, flip, its_words, every)
        yield Record(sweep, *np.transpose([measure(grid) for grid in grids]), s.copy())


def _multispin_records(model, s, flip, rng, sweeps, every):
    lattices = multispin.Lattices(s, model.shape, rng)
    measure = _meter(model)
    for sweep in range(every, sweeps + 1, every):
        if model.B:
            multispin_field.sweep(lattices, flip, every)
        else:
            lattices.sweep(flip, model.J, every)
        s = lattices.spins()
        yield Record(sweep, *(measure(s) if s.ndim == 2 else np.transpose([*map(measure, s)])), s)


@kernel
def _metropolis(J, B, T, self_bonds, flip):
    """flip[i, 4 + a]: the probability that a spin of -1 (i = 0) or +1 (i = 1) flips if `_around` it is a."""
    for i in range(2):
        for around in range(-4, 5):
            dE = _cost(2 * i - 1, around, J, B, self_bonds)
            flip[i, 4 + around] = 1.0 if dE <= 0 else exp(-dE / T)


@kernel
def _heat_bath(J, B, T, self_bonds, flip):
    """As `_metropolis`."""
    for i in range(2):
        for around in range(-4, 5):
            dE = _cost(2 * i - 1, around, J, B, self_bonds)
            flip[i, 4 + around] = sigmoid(-dE / T)


@kernel
def _cost(spin, around, J, B, self_bonds):
    """dE = 2 s_i (J (sum of neighbours) + B), where `around` counts the spin itself among its neighbours."""
    return 2 * spin * (J * (around - self_bonds * spin) + B)


@kernel
def _random_sweeps(s, flip, words, sweeps):
    rows, columns = s.shape
    for _ in range(sweeps * rows * columns):
        row = random.below(words, rows)
        column = random.below(words, columns)
        _try_flip(s, row, column, flip, words)


@kernel
def _checkerboard_sweeps(s, flip, words, sweeps):
    rows, columns = s.shape
    for half_sweep in range(2 * sweeps):
        for row in range(rows):
            for column in range((row + half_sweep) % 2, columns, 2):
                _try_flip(s, row, column, flip, words)


@kernel
def _try_flip(s, row, column, flip, words):
    spin = s[row, column]
    turn = random.uniform(words) < flip[(1 + spin) >> 1, 4 + _around(s, row, column)]
    s[row, column] = -spin if turn else spin


@kernel
def _around(s, row, column):
    """Sum of the spins to the left and right, above and below: on a side of length 1 the spin itself, twice."""
    rows, columns = s.shape
    left = column - 1 if column > 0 else columns - 1
    right = column + 1 if column + 1 < columns else 0
    above = row - 1 if row > 0 else rows - 1
    below = row + 1 if row + 1 < rows else 0
    return int(s[row, left] + s[row, right] + s[above, column] + s[below, column])


@kernel
def _totals(s, totals):
    """totals[0] = sum over i of s_i `_around` it, each bond from both its ends; totals[1] = sum of s_i."""
    rows, columns = s.shape
    pairs = spins = 0
    for row in range(rows):
        for column in range(columns):
            spin = int(s[row, column])
            pairs += spin * _around(s, row, column)
            spins += spin
    totals[0] = pairs
    totals[1] = spins


class Cluster(NamedTuple):
    """One measurement between clusters.

    cluster : int, clusters done since the start
    size : int, spins in the last of them
    u : float, energy per site
    m : float, magnetisation per site
    s : int8 array, the state: a copy, yours to keep
    """

    cluster: int
    size: int
    u: float
    m: float
    s: np.ndarray


def wolff(model, s, T, *, rng, clusters, every=1, method="plain"):
    """Turn a whole cluster: grown from a random site over satisfied bonds, each with p = 1 - e^(-2|J|/T).

    A bond is satisfied if J s_i s_j > 0. In a field, the finished cluster turns with
    probability min(1, e^(-dE/T)), where dE = 2 B (sum of its spins) is the field's share.

    Parameters
    ----------
    model : Ising
        With any J and B; where |B| n > T most large clusters are refused, and single flips do better.
    s : array of +1 and -1, of the model's shape
        The start; left as it is, and not among the records.
    T : float
        Temperature, > 0.
    rng : numpy.random.Generator
    clusters : int
        Length of the run. A cluster is not a sweep: it holds `size` spins, often far
        fewer than n, sometimes nearly all.
    every : int, optional
        Clusters from one record to the next. (Measuring after a fixed number of *spins*
        would be biased towards states with large clusters.)
    method : "plain" or "stack", optional
        "stack" grows clusters of the same distribution ten times as fast, from other
        random numbers. It needs J >= 0, or even sides and B = 0. "plain" is the run that a page shows.

    Yields
    ------
    Cluster
        At B = 0 and J > 0 the mean of size / n is that of m^2.

    Raises
    ------
    TypeError, ValueError
        At the call, if an argument is out of range or does not fit.

    Notes
    -----
    Algorithm: [wolff1989]. To turn with min(1, e^(-dE/T)) is to refuse those clusters that
    would be bonded to a ghost spin which stands for the field.

    Examples
    --------
    >>> model = Ising((8, 8))
    >>> run = wolff(model, cold_start(model), 0.1, rng=np.random.default_rng(0), clusters=3)
    >>> [(record.size, record.m) for record in run]
    [(64, -1.0), (64, 1.0), (64, -1.0)]
    """
    s, T, every, clusters = _checked_run(model, s, T, every, clusters, "clusters")
    _check.choice("method", method, ("plain", "stack"))
    _check.generator(rng)
    if method == "plain":
        return _cluster_records(model, s, T, random.state(rng), clusters, every)
    against = _stack.fits(model.shape, model.J, model.B)
    if against:
        raise ValueError(f"{against} (for method 'stack')")
    lattice = _stack.Lattice(
        s.reshape(_grid(model)), model.J, 1 - exp(-2 * abs(model.J) / T), 2 * model.B / T, rng
    )
    return _stack_records(model, lattice, clusters, every)


def _cluster_records(model, s, T, words, clusters, every):
    grid = s.reshape(_grid(model))
    measure = _meter(model)
    sites, inside = np.empty((model.n, 2), dtype=np.int32), np.zeros(grid.shape, dtype=np.int8)
    for cluster in range(every, clusters + 1, every):
        size = _wolff(grid, model.J, model.B, T, words, sites, inside, every)
        yield Cluster(cluster, size, *measure(grid), s.copy())


def _stack_records(model, lattice, clusters, every):
    measure = _meter(model)
    for cluster in range(every, clusters + 1, every):
        size = lattice.turn(every)
        grid = lattice.spins()
        yield Cluster(cluster, size, *measure(grid), grid.reshape(model.shape))


@kernel
def _wolff(s, J, B, T, words, sites, inside, clusters):
    """Grow and turn clusters; the size of the last. sites has room for all, inside is all zero."""
    size = 0
    for _ in range(clusters):
        size = _grow(s, J, 1 - exp(-2 * abs(J) / T), words, sites, inside)
        spins = 0
        for k in range(size):
            spins += int(s[sites[k, 0], sites[k, 1]])
        turn = random.uniform(words) < exp(-2 * B * spins / T)
        for k in range(size):
            row, column = sites[k, 0], sites[k, 1]
            inside[row, column] = 0
            if turn:
                s[row, column] = -s[row, column]
    return size


@kernel
def _grow(s, J, p, words, sites, inside):
    """List the sites of one cluster, mark them, return their number."""
    rows, columns = s.shape
    sites[0, 0] = random.below(words, rows)
    sites[0, 1] = random.below(words, columns)
    inside[sites[0, 0], sites[0, 1]] = 1
    size, done = 1, 0
    while done < size:
        row, column = sites[done, 0], sites[done, 1]
        done += 1
        for direction in range(4):
            i, j = _step(row, column, direction, rows, columns)
            satisfied = J * s[row, column] * s[i, j] > 0
            if satisfied and not inside[i, j] and random.uniform(words) < p:
                inside[i, j] = 1
                sites[size, 0], sites[size, 1] = i, j
                size += 1
    return size


@kernel
def _step(row, column, direction, rows, columns):
    """The site to the left, right, above or below."""
    if direction == 0:
        return row, column - 1 if column > 0 else columns - 1
    if direction == 1:
        return row, column + 1 if column + 1 < columns else 0
    if direction == 2:
        return row - 1 if row > 0 else rows - 1, column
    return row + 1 if row + 1 < rows else 0, column


class Trace(NamedTuple):
    """Measurements of a run, one after another.

    u : (records,) float64 array, energies per site; (records, batch) for many lattices
    m : (records,) or (records, batch) float64 array, magnetisations per site
    """

    u: np.ndarray
    m: np.ndarray


def trace(run):
    """Energies and magnetisations of a run as arrays; its states are forgotten.

    Parameters
    ----------
    run : iterable of Record or Cluster

    Returns
    -------
    Trace

    Raises
    ------
    TypeError, ValueError
        If the run holds no record, or something else than records.

    Examples
    --------
    >>> model = Ising((100,))
    >>> run = heat_bath(model, cold_start(model), 2.0, rng=np.random.default_rng(0), sweeps=2000)
    >>> round(float(trace(run).u.mean()), 2), round(-float(np.tanh(1 / 2.0)), 2)
    (-0.46, -0.46)
    """
    if not np.iterable(run):
        raise TypeError(f"run is {run!r}; wanted the records of a run")
    found = np.array([_measured(record) for record in run])
    if not len(found):
        raise ValueError("run is empty; wanted at least one record")
    return Trace(found[:, 0], found[:, 1])


def _measured(record):
    if not (hasattr(record, "u") and hasattr(record, "m")):
        raise TypeError(f"run holds a {type(record).__name__}; wanted records with u and m")
    return record.u, record.m


def _check_lattice(model):
    if not isinstance(model, (Ising, SpinGlass)):
        raise TypeError(f"model is a {type(model).__name__}; wanted an Ising or a SpinGlass")


def _checked_run(model, s, T, every, steps, name, batch=False):
    if not isinstance(model, Ising):
        raise TypeError(f"model is a {type(model).__name__}; wanted an Ising (others: `to_network`)")
    s = _check.spins_of_shape("s", s, model.shape, batch=batch)
    T = _check.temperature(T)
    every = _check.count("every", every)
    return s, T, every, _check.count(name, steps, low=every)


def _meter(model):
    """A function that measures u and m of a grid."""
    n, J, B, self_bonds = model.n, model.J, model.B, _self_bonds(model)
    totals = np.empty(2, dtype=np.int64)

    def measure(grid):
        _totals(grid, totals)
        pairs, spins = totals.tolist()
        bonds = (pairs - self_bonds * n) // 2
        return -(J * bonds + B * spins) / n, spins / n

    return measure


def _self_bonds(model):
    """How often the kernels, which know no side of length 1, take a spin for its own neighbour."""
    return 2 * _grid(model).count(1)


def _grid(model):
    """(rows, columns); a chain is a single row."""
    return model.shape if len(model.shape) == 2 else (1, *model.shape)
