"""One temperature at a time: quenching at T = 0, annealing down a schedule."""

from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from ebm import _check, hopfield, random
from ebm._kernel import kernel
from ebm.hopfield import _descend_sweep
from ebm.maths import sigmoid


class Ends(NamedTuple):
    """Where runs came to rest.

    s : (runs, n) int8 array of +1 and -1; (n,) for a single start
    energies : (runs,) float64 array; a float for a single start
    sweeps : (runs,) int64 array; an int for a single start
    """

    s: np.ndarray
    energies: np.ndarray
    sweeps: np.ndarray


class Cooling(NamedTuple):
    """Runs after the sweeps at one temperature of their schedule.

    step : int, from 1
    T : float
    s : (runs, n) int8 array of +1 and -1; (n,) for a single start
    energies : (runs,) float64 array; a float for a single start
    """

    step: int
    T: float
    s: np.ndarray
    energies: np.ndarray


def random_starts(model, runs, *, rng):
    """Every spin +1 or -1 by a fair coin: starts for so many runs.

    Parameters
    ----------
    model : Hopfield
    runs : int
    rng : numpy.random.Generator

    Returns
    -------
    (runs, n) int8 array of +1 and -1

    Raises
    ------
    TypeError, ValueError
        If `runs` < 1 or `rng` is not a Generator.

    Examples
    --------
    >>> from ebm.hopfield import Hopfield
    >>> random_starts(Hopfield([[0, 1], [1, 0]]), 3, rng=np.random.default_rng(0)).tolist()
    [[1, 1], [1, -1], [-1, -1]]
    """
    runs = _check.count("runs", runs)
    return (2 * _check.generator(rng).integers(0, 2, (runs, model.n)) - 1).astype(np.int8)


def quench(model, s, *, rng):
    """Descend from each start to a state from which no single flip leads down (T = 0).

    Parameters
    ----------
    model : Hopfield
    s : (n,) or (runs, n) array of +1 and -1
        The starts; left as they are.
    rng : numpy.random.Generator
        For the order of the updates, fresh in each sweep.

    Returns
    -------
    Ends
        `sweeps` counts the last one, in which nothing moved.

    Raises
    ------
    TypeError, ValueError
        If `s` does not fit the model or `rng` is not a Generator.

    Notes
    -----
    `hopfield.descend` from many starts. The first runs come out the same, however many others there are.

    Examples
    --------
    >>> from ebm.hopfield import hebb
    >>> memory = [1, 1, -1, -1, 1]
    >>> ends = quench(hebb([memory]), [-1, 1, -1, -1, 1], rng=np.random.default_rng(0))
    >>> ends.s.tolist(), ends.energies, ends.sweeps
    ([1, 1, -1, -1, 1], -2.0, 2)
    """
    s = _starts(model, s)
    runs = np.atleast_2d(s)
    sweeps = np.empty(len(runs), dtype=np.int64)
    scratch = np.arange(model.n), np.empty(model.n)
    _quench(
        model.W,
        runs,
        hopfield.field(model, runs),
        hopfield._tie(model),
        _words(rng, len(runs)),
        *scratch,
        sweeps,
    )
    energies = hopfield.energy(model, s)
    return Ends(s, energies, sweeps if s.ndim == 2 else int(sweeps[0]))


def anneal(model, s, schedule, *, rng, sweeps=1, order="random", progress=False):
    """Cool many runs at once down a schedule of temperatures, by heat-bath updates.

    Parameters
    ----------
    model : Hopfield
    s : (n,) or (runs, n) array of +1 and -1
        The starts; left as they are.
    schedule : (steps,) array of float
        Temperatures > 0 that never rise.
    rng : numpy.random.Generator
    sweeps : int
        Sweeps at each temperature.
    order : "random" or "sequential"
        Whether each update picks a unit at random, or all take turns.
    progress : bool
        Show a progress bar.

    Returns
    -------
    iterator of Cooling
        One for each temperature. Nothing is computed before the first is asked for.

    Raises
    ------
    TypeError, ValueError
        At the call, if `s` does not fit the model, the schedule rises or holds a T <= 0,
        `sweeps` < 1 or `rng` is not a Generator.

    Notes
    -----
    [kirkpatrick1983], with the heat bath in place of Metropolis' rule. Every run has random numbers
    of its own: the first runs come out the same, however many others there are.

    Examples
    --------
    >>> from ebm.annealing import geometric
    >>> from ebm.hopfield import hebb
    >>> rng = np.random.default_rng(0)
    >>> model = hebb([[1, 1, -1, -1, 1]])
    >>> *_, last = anneal(model, random_starts(model, 100, rng=rng), geometric(2.0, 0.1, 50), rng=rng)
    >>> round(last.T, 12), last.energies.max()
    (0.1, np.float64(-2.0))
    """
    s, schedule = _starts(model, s), _check.falling("schedule", schedule)
    sweeps, in_order = _check.count("sweeps", sweeps), _in_order(order)
    words = _words(rng, len(np.atleast_2d(s)))
    return _coolings(model, s, schedule, words, sweeps, in_order, progress)


def _coolings(model, s, schedule, words, sweeps, in_order, progress):
    runs = np.atleast_2d(s)
    fields = hopfield.field(model, runs)
    for step, T in enumerate(tqdm(schedule.tolist(), disable=not progress, unit="T"), 1):
        _sweep_all(model.W, runs, fields, T, words, in_order, sweeps)
        yield Cooling(step, T, s.copy(), hopfield.energy(model, s))


@kernel
def _quench(W, s, fields, tie, words, order, energies, sweeps):
    """Each run at T = 0 until a sweep flips nothing; the number of sweeps of each."""
    for r in range(len(s)):
        for i in range(len(order)):
            order[i] = i
        sweeps[r] = 1
        while _descend_sweep(W, s[r], fields[r], order, tie, words[r], energies):
            sweeps[r] += 1


@kernel
def _sweep_all(W, s, fields, T, words, in_order, sweeps):
    """So many sweeps of every run, each with its own row of words."""
    for r in range(len(s)):
        for _ in range(sweeps):
            _sweep(W, s[r], fields[r], T, words[r], in_order)


@kernel
def _sweep(W, s, fields, T, words, in_order):
    """n heat-bath updates; fields are kept up to date, so that only a flip costs n operations."""
    n = len(s)
    for k in range(n):
        i = k if in_order else random.below(words, n)
        new = 1 if random.uniform(words) < sigmoid(2 * fields[i] / T) else -1
        if new != s[i]:
            s[i] = new
            for j in range(n):
                fields[j] += 2 * W[i, j] * new


def _starts(model, s):
    return _check.spins("s", s, model.n, ndim=2 if _check.dimensions(s) == 2 else 1)


def _in_order(order):
    return int(_check.choice("order", order, ("random", "sequential")) == "sequential")


def _words(rng, runs):
    """Four words for each run; the first runs get the same, however many there are."""
    return _check.generator(rng).integers(0, 2**64, size=(runs, 4), dtype=np.uint64)
