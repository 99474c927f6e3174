"""Stochastic units: one at a time gets a fresh state, given all the others (Gibbs sampling [geman1984])."""

import numpy as np

from ebm import _check, random
from ebm._kernel import kernel
from ebm._progress import parts
from ebm.boltzmann.model import Boltzmann, _one, _states_of
from ebm.fast import blocks, few, lanes, rows
from ebm.hopfield import _field
from ebm.maths import sigmoid

_ENOUGH_LANES = 16  # chains; fewer are faster one by one
_NO_STATES = np.empty((0, 0), dtype=np.int8)


@_check.takes(Boltzmann)
def random_states(model, chains, *, rng):
    """Every unit a fair coin: states at T = infinity, to start chains from.

    Parameters
    ----------
    model : Boltzmann
    chains : int
    rng : numpy.random.Generator

    Returns
    -------
    (chains, n) int8 array

    Raises
    ------
    TypeError, ValueError
        If `chains` < 1 or `rng` is not a Generator.

    Examples
    --------
    >>> from ebm.boltzmann import Boltzmann
    >>> random_states(Boltzmann([[0, 1], [1, 0]]), 3, rng=np.random.default_rng(0)).tolist()
    [[1, 1], [1, 0], [0, 0]]
    """
    chains = _check.count("chains", chains)
    on = _check.generator(rng).integers(0, 2, (chains, model.n))
    return np.where(on, 1, model.off).astype(np.int8)


@_check.takes(Boltzmann)
def gibbs(model, s, T=1.0, *, rng, sweeps, clamped=None, order="random", progress=False):
    """Many chains at once: units are switched on with p = sigma(energy saved / T), one after the other.

    Parameters
    ----------
    model : Boltzmann
    s : (n,) or (chains, n) array of 0 and 1 (of +1 and -1 for spins)
        The start, a chain a row; left as it is.
    T : float
        Temperature, > 0.
    rng : numpy.random.Generator
    sweeps : int
        In a sweep as many units are updated as are not clamped.
    clamped : (n,) array of 0 and 1, optional
        1 (or True) for units that keep their state; none if left out.
    order : "random" or "sequential"
        Whether each update picks a unit at random, or all take turns.
    progress : bool
        Show a progress bar.

    Returns
    -------
    int8 array of the shape of `s`
        The last states. Each chain has random numbers of its own: the first chains come out
        the same, however many others there are.

    Raises
    ------
    TypeError, ValueError
        If `s` or `clamped` does not fit the model, T <= 0, `sweeps` < 1 or `rng` is not a Generator.

    Notes
    -----
    Rule: [ackley1985], [geman1984]. The same states come out of whichever kernel is fastest: up to
    12 units and for long runs `ebm.fast.few`, for 24 units or more `ebm.fast.rows`; in sequential order,
    16 chains or more go side by side, in `ebm.fast.blocks` (32 units or more) or `ebm.fast.lanes`.

    Examples
    --------
    Two units that like to be on together, the second held on:

    >>> from ebm.boltzmann import Boltzmann
    >>> rng = np.random.default_rng(0)
    >>> s = gibbs(Boltzmann([[0, 2], [2, 0]]), [[0, 1]] * 10_000, rng=rng, sweeps=1, clamped=[0, 1])
    >>> s.mean(axis=0).round(2).tolist()
    [0.88, 1.0]
    """
    s, T = _states_of(model, "s", s), _check.temperature(T)
    sweeps, free, in_order = _settings(model, sweeps, clamped, order)
    chains = np.atleast_2d(s)
    words = _words(rng, len(chains))
    for part in parts(sweeps, progress, "sweep"):
        _run(model, chains, free, T, words, in_order, part.stop - part.start, _NO_STATES)
    return s


@_check.takes(Boltzmann)
def sample(model, s, T=1.0, *, rng, sweeps, clamped=None, order="random", progress=False):
    """One chain, its state after every sweep: for averages at temperature T.

    Parameters
    ----------
    model : Boltzmann
    s : (n,) array of 0 and 1 (of +1 and -1 for spins)
        The start; left as it is, and not among the results.
    T, rng, sweeps, clamped, order, progress
        As for `gibbs`.

    Returns
    -------
    (sweeps, n) int8 array
        Successive states, so neighbours in it are correlated.

    Raises
    ------
    TypeError, ValueError
        As `gibbs`.

    Examples
    --------
    >>> from ebm.boltzmann import Boltzmann
    >>> sample(Boltzmann([[0, 1], [1, 0]]), [0, 0], rng=np.random.default_rng(0), sweeps=4).shape
    (4, 2)
    """
    s, T = _one(model, s), _check.temperature(T)
    sweeps, free, in_order = _settings(model, sweeps, clamped, order)
    states = np.empty((sweeps, model.n), dtype=np.int8)
    words = random.state(rng)[None]
    for part in parts(sweeps, progress, "sweep"):
        _run(model, s[None], free, T, words, in_order, part.stop - part.start, states[part])
    return states


@_check.takes(Boltzmann)
def complete(model, v, known, T=1.0, *, rng, sweeps, schedule=None, progress=False):
    """Hold some visible units fixed and let all others settle: what goes with what is seen?

    Parameters
    ----------
    model : Boltzmann
    v : (n_visible,) or (batch, n_visible) array of 0 and 1 (of +1 and -1 for spins)
        Left as it is. What it says of unknown units is not used: they start as fair coins.
    known : (n_visible,) array of 0 and 1
        1 (or True) for the units that are held.
    T : float
        Temperature, > 0.
    rng : numpy.random.Generator
    sweeps : int
        Sweeps at T, in random order.
    schedule : array of float, optional
        Temperatures, none below T and never rising, of sweeps that are made before: slower and surer.
    progress : bool
        Show a progress bar for the sweeps at T.

    Returns
    -------
    int8 array of the shape of `v`

    Raises
    ------
    TypeError, ValueError
        If `v` or `known` does not fit the model, T <= 0, `sweeps` < 1, the schedule rises, or
        `rng` is not a Generator.

    Examples
    --------
    Two visible units that a hidden one keeps equal, the first known:

    >>> from ebm.boltzmann import Boltzmann
    >>> W = [[0, 0, 40], [0, 0, 40], [40, 40, 0]]
    >>> equal = Boltzmann(W, [-20, -20, -40], n_visible=2)
    >>> complete(equal, [1, 0], [1, 0], rng=np.random.default_rng(0), sweeps=20).tolist()
    [1, 1]
    """
    v, T = _states_of(model, "v", v, model.n_visible), _check.temperature(T)
    known = _check.bits("known", known, model.n_visible)
    sweeps, free, _ = _settings(model, sweeps, np.append(known, np.zeros(model.n_hidden)), "random")
    schedule = _falling_to(T, schedule)
    chains = np.atleast_2d(v)
    s = np.hstack([chains, np.empty((len(chains), model.n_hidden), dtype=np.int8)])
    words = _words(rng, len(chains))
    _anneal(model.W, model.b, model.off, s, free, schedule, words)
    for part in parts(sweeps, progress, "sweep"):
        _chains(model.W, model.b, model.off, s, free, T, words, 0, part.stop - part.start)
    return s[:, : model.n_visible].reshape(v.shape)


def _run(model, s, free, T, words, in_order, sweeps, states):
    """So many sweeps of every chain by the fastest kernel; of a single one, each state goes to `states`."""
    given = model.W, model.b, model.off, s, free, T, words
    margin = blocks.margins(model.W, model.b, model.off, T)
    if few.worth(model.n, len(s) * sweeps):
        few.chains(*given, in_order, sweeps, states)
    elif in_order and len(s) >= _ENOUGH_LANES and blocks.worth(margin, model.n):
        blocks.chains(*given, sweeps, margin)
    elif in_order and len(s) >= _ENOUGH_LANES:
        lanes.chains(*given, sweeps)
    elif rows.worth(margin, model.n):
        rows.chains(*given, in_order, sweeps, states)
    elif len(states):
        _states(*given[:3], s[0], free, T, words[0], in_order, states)
    else:
        _chains(*given, in_order, sweeps)


@kernel
def _chains(W, b, off, s, free, T, words, in_order, sweeps):
    """So many sweeps of every chain, each with its own row of words."""
    for c in range(len(s)):
        for _ in range(sweeps):
            _sweep(W, b, off, s[c], free, T, words[c], in_order)


@kernel
def _states(W, b, off, s, free, T, words, in_order, states):
    """One chain, a sweep for each row of `states`."""
    for k in range(len(states)):
        _sweep(W, b, off, s, free, T, words, in_order)
        for i in range(len(s)):
            states[k, i] = s[i]


@kernel
def _anneal(W, b, off, s, free, schedule, words):
    """Every chain: free units become fair coins, then a sweep at each temperature."""
    for c in range(len(s)):
        _toss(off, s[c], free, words[c])
        for T in schedule:
            _sweep(W, b, off, s[c], free, T, words[c], 0)


@kernel
def _toss(off, s, free, words):
    for i in free:
        s[i] = 1 if random.uniform(words) < 0.5 else off


@kernel
def _sweep(W, b, off, s, free, T, words, in_order):
    """As many updates as there are free units, of units picked at random or of each in turn."""
    for k in range(len(free)):
        _update(W, b, off, s, free[k if in_order else random.below(words, len(free))], T, words)


@kernel
def _update(W, b, off, s, i, T, words):
    """Unit i on with p = sigma(saved / T): being on rather than off saves (1 - off) field_i."""
    saved = (1 - off) * _field(W, b, s, i)
    s[i] = 1 if random.uniform(words) < sigmoid(saved / T) else off


def _words(rng, chains):
    """Four words for each chain; the first chains get the same, however many there are."""
    return _check.generator(rng).integers(0, 2**64, size=(chains, 4), dtype=np.uint64)


def _falling_to(T, schedule):
    """A schedule of temperatures >= T, empty if it is None."""
    if schedule is None:
        return np.empty(0)
    schedule = _check.falling("schedule", schedule)
    if schedule[-1] < (1 - 1e-12) * T:
        raise ValueError(f"schedule ends at {schedule[-1]}; wanted it to end at T = {T} or above")
    return schedule


def _free(model, clamped):
    """The numbers of the units that are not clamped."""
    if clamped is None:
        return np.arange(model.n)
    return np.flatnonzero(_check.bits("clamped", clamped, model.n) == 0)


def _settings(model, sweeps, clamped, order):
    _check.choice("order", order, ("random", "sequential"))
    return _check.count("sweeps", sweeps), _free(model, clamped), int(order == "sequential")
