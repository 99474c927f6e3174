"""One temperature at a time: quenching at T = 0, annealing down a schedule."""

from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from ebm import _check, hopfield, random
from ebm._kernel import kernel
from ebm._progress import parts
from ebm.fast import bonds, glass, limits
from ebm.hopfield import _descend_sweep
from ebm.maths import exp, sigmoid


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
    n, runs = _check.network("model", model).n, _check.count("runs", runs)
    return (2 * _check.generator(rng).integers(0, 2, (runs, n)) - 1).astype(np.int8)


def quench(model, s, *, rng, progress=False):
    """Descend from each start to a state from which no single flip leads down (T = 0).

    Parameters
    ----------
    model : Hopfield
    s : (n,) or (runs, n) array of +1 and -1
        The starts; left as they are.
    rng : numpy.random.Generator
        For the order of the updates, fresh in each sweep.
    progress : bool
        Show a progress bar.

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
    fields, tie, words = hopfield.field(model, runs), hopfield._tie(model), _words(rng, len(runs))
    for part in parts(len(runs), progress, "run"):
        _quench(model.W, runs[part], fields[part], tie, words[part], *scratch, sweeps[part])
    energies = hopfield.energy(model, s)
    return Ends(s, energies, sweeps if s.ndim == 2 else int(sweeps[0]))


def anneal(
    model,
    s,
    schedule,
    *,
    rng,
    sweeps=1,
    order="random",
    rule="heat bath",
    every=1,
    method="auto",
    progress=False,
):
    """Cool many runs at once down a schedule of temperatures, by single flips.

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
    order : "random", "sequential" or "checkerboard"
        Whether each update picks a unit at random, or all take turns: from the first to the last, or
        (n = L^2 units, L even, as in `spin_glass`) first the black sites of the board, then the white.
    rule : "heat bath" or "metropolis"
        Whether a flip that costs dE is made with probability 1 / (1 + e^(dE/T)) or min(1, e^(-dE/T)).
    every : int
        Give a record after each so many temperatures, and after the last.
    method : "auto", "plain" or "multispin"
        "multispin" cools 64 runs a word, up to some hundred times as fast: the same distribution, from
        other random numbers. It is for Metropolis' rule where all bonds are of one size and there
        are no biases: in the order of a checkerboard on `spin_glass` networks, in sequential order on
        any graph of up to 126 bonds a unit. There "auto" takes it, for 16 and for 256 runs or
        more. Else it is "plain", or in sequential order a kernel that makes the same flips from the
        same random numbers in half the time.
    progress : bool
        Show a progress bar.

    Returns
    -------
    iterator of Cooling
        One for each temperature, or for each `every`. Nothing is computed before the first is asked for.

    Raises
    ------
    TypeError, ValueError
        At the call, if `s` does not fit the model, the schedule rises or holds a T <= 0,
        `sweeps` or `every` < 1, `order`, `rule` or `method` is none of the above or does not
        fit the model, or `rng` is not a Generator.

    Notes
    -----
    [kirkpatrick1983]; there the rule is Metropolis'. Every run has random numbers
    of its own: the first runs come out the same, however many others the same method cools.

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
    sweeps, every = _check.count("sweeps", sweeps), _check.count("every", every)
    _check.choice("order", order, ("random", "sequential", "checkerboard"))
    _check.choice("rule", rule, ("heat bath", "metropolis"))
    turns = _turns(model.n, order)
    many = _multispin(model, np.atleast_2d(s), order, rule, method)
    if many is not None:
        return _multispin_coolings(many, s, schedule, _check.generator(rng), sweeps, every, progress)
    words = _words(rng, len(np.atleast_2d(s)))
    in_bulk = order == "sequential" and method == "auto"
    if rule == "metropolis" or order == "checkerboard" or in_bulk:
        turns = None if in_bulk else turns
        metropolis = rule == "metropolis"
        return _coolings_in_turn(model, s, schedule, words, sweeps, turns, metropolis, every, progress)
    return _coolings(model, s, schedule, words, sweeps, int(order == "sequential"), progress, every)


# Runs from which on words of 64 are faster than one run after the other.
_MANY = {"checkerboard": 16, "sequential": 256}


def _multispin(model, s, order, rule, method):
    """A function of (starts, rng) that makes runs of `fast.glass` or `fast.bonds`, or None for the plain kernels."""
    _check.choice("method", method, ("auto", "plain", "multispin"))
    fits = rule == "metropolis" and order in _MANY
    if method == "multispin" and not fits:
        raise ValueError(
            f"order is {order!r} and rule {rule!r}; wanted 'checkerboard' or 'sequential', and "
            "'metropolis', for method 'multispin'"
        )
    if not fits or method == "plain" or (method == "auto" and len(s) < _MANY[order]):
        return None
    if order == "checkerboard":
        lattice = glass.bonds(model.W, model.b)
        if lattice is not None:
            return lambda s, rng: glass.Runs(lattice, s, rng)
    else:
        size = bonds.size(model.W, model.b)
        if size is not None:
            return lambda s, rng: bonds.Runs(model.W, size, s, rng)
    if method == "multispin":
        kind = (
            "a periodic square lattice of even side >= 4" if order == "checkerboard" else "at most 126 a unit"
        )
        raise ValueError(
            f"model does not have bonds of one size, without biases, {kind}, as 'multispin' wants"
        )
    return None


def _turns(n, order):
    """The units in the order of their turns; none for an order that is random."""
    if order == "random":
        return np.arange(0)
    if order == "sequential":
        return np.arange(n)
    L = round(n**0.5)
    if L * L != n or L % 2:
        raise ValueError(f"order is 'checkerboard' for n = {n} units; wanted n = L^2 with an even L")
    colour = np.add.outer(np.arange(L), np.arange(L)).ravel() % 2
    return np.argsort(colour, kind="stable")


def _parts(steps, every, progress):
    """(the temperatures up to a record) for each record, with a bar that counts temperatures."""
    with tqdm(total=steps, disable=not progress, unit="T") as bar:
        for start in range(0, steps, every):
            part = slice(start, min(start + every, steps))
            yield part
            bar.update(part.stop - part.start)


def _coolings(model, s, schedule, words, sweeps, in_order, progress, every=1):
    runs = np.atleast_2d(s)
    fields = hopfield.field(model, runs)
    for part in _parts(len(schedule), every, progress):
        for T in schedule[part]:
            _sweep_all(model.W, runs, fields, T, words, in_order, sweeps)
        yield Cooling(part.stop, float(T), s.copy(), hopfield.energy(model, s))


def _coolings_in_turn(model, s, schedule, words, sweeps, turns, metropolis, every, progress):
    runs = np.atleast_2d(s)
    fields = hopfield.field(model, runs)
    for part in _parts(len(schedule), every, progress):
        if turns is None:
            limits.cool(model.W, runs, fields, schedule[part], words, metropolis, sweeps)
        else:
            _cool(model.W, runs, fields, schedule[part], words, turns, metropolis, sweeps)
        yield Cooling(part.stop, float(schedule[part][-1]), s.copy(), hopfield.energy(model, s))


def _multispin_coolings(many, s, schedule, rng, sweeps, every, progress):
    runs = many(np.atleast_2d(s), rng)
    for part in _parts(len(schedule), every, progress):
        runs.cool(schedule[part], sweeps)
        found = runs.spins()
        energies = runs.energies()
        one = s.ndim == 1
        yield Cooling(
            part.stop,
            float(schedule[part][-1]),
            found[0] if one else found,
            float(energies[0]) if one else energies,
        )


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


@kernel
def _cool(W, s, fields, schedule, words, turns, metropolis, sweeps):
    """So many sweeps of every run at each temperature, by either rule, in any order."""
    for r in range(len(s)):
        for T in schedule:
            for _ in range(sweeps):
                _sweep_in_turn(W, s[r], fields[r], T, words[r], turns, metropolis)


@kernel
def _sweep_in_turn(W, s, fields, T, words, turns, metropolis):
    """n updates: a flip that costs dE is made with the chance that the rule gives it.

    turns : the order of the units, or an empty array for a unit at random each time
    """
    n = len(s)
    for k in range(n):
        i = turns[k] if len(turns) else random.below(words, n)
        dE = 2 * s[i] * fields[i]
        p = min(1.0, exp(-dE / T)) if metropolis else sigmoid(-dE / T)
        if random.uniform(words) < p:
            s[i] = -s[i]
            for j in range(n):
                fields[j] += 2 * W[i, j] * s[i]


def _starts(model, s):
    return _check.spins("s", s, _check.network("model", model).n, ndim=2 if _check.dimensions(s) == 2 else 1)


def _in_order(order):
    return int(_check.choice("order", order, ("random", "sequential")) == "sequential")


def _words(rng, runs):
    """Four words for each run; the first runs get the same, however many there are."""
    return _check.generator(rng).integers(0, 2**64, size=(runs, 4), dtype=np.uint64)
