"""All temperatures at once: replica exchange, or parallel tempering."""

from typing import NamedTuple

import numpy as np

from ebm import _check, hopfield, random
from ebm._kernel import kernel
from ebm._progress import parts
from ebm.annealing.cooling import _in_order, _sweep, _words
from ebm.fast import ladder
from ebm.maths import exp


class Exchange(NamedTuple):
    """Copies of a network at R temperatures, in the order of T, after each recorded round.

    s : (rounds, R, n) int8 array of +1 and -1
    energies : (rounds, R) float64 array
    replica : (rounds, R) int64 array, which copy is at each temperature: row 0 began in s[0]'s order
    swap_rates : (R - 1,) float64 array, share of the swaps tried between neighbours that were made
    """

    s: np.ndarray
    energies: np.ndarray
    replica: np.ndarray
    swap_rates: np.ndarray


def replica_exchange(model, s, T, *, rng, sweeps, every=1, order="random", method="auto", progress=False):
    """Copies at fixed temperatures, which swap states with their neighbours: parallel tempering.

    After each sweep, neighbours in the list of temperatures swap their states with probability

        min(1, e^((1/T_a - 1/T_b) (E_a - E_b)))

    which is detailed balance for all copies together: each temperature keeps its Boltzmann distribution.

    Parameters
    ----------
    model : Hopfield
    s : (R, n) array of +1 and -1
        A start for each temperature; left as it is.
    T : (R,) array of float
        Two or more temperatures > 0, each higher than the one before.
    rng : numpy.random.Generator
    sweeps : int
        Of every copy; after odd ones the pairs (0, 1), (2, 3), ... try to swap, after even ones the others.
    every : int
        Record after each so many sweeps.
    order : "random" or "sequential"
        Whether each update picks a unit at random, or all take turns.
    method : "auto" or "plain"
        "auto" takes a kernel that makes the same flips and swaps from the same random numbers, several
        times as fast; "plain" the one that the page runs.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Exchange

    Raises
    ------
    TypeError, ValueError
        If `s` does not fit the model and `T`, temperatures do not rise or are not > 0,
        `sweeps` < `every`, or `rng` is not a Generator.

    Notes
    -----
    [swendsen1986], [hukushima1996].

    Examples
    --------
    >>> from ebm.annealing import geometric, random_starts, sherrington_kirkpatrick
    >>> rng = np.random.default_rng(0)
    >>> model = sherrington_kirkpatrick(20, rng=rng)
    >>> T = geometric(2.0, 0.2, 8)[::-1]
    >>> run = replica_exchange(model, random_starts(model, 8, rng=rng), T, rng=rng, sweeps=1000)
    >>> run.s.shape, bool((run.swap_rates > 0.2).all())
    ((1000, 8, 20), True)
    """
    T = _ladder(T)
    s = _check.spins("s", s, _check.network("model", model).n, ndim=2)
    if len(s) != len(T):
        raise ValueError(f"s has shape {s.shape}; wanted ({len(T)}, {model.n}), a start for each temperature")
    every, in_order = _check.count("every", every), _in_order(order)
    rounds = _check.count("sweeps", sweeps, low=every) // every
    _check.choice("method", method, ("auto", "plain"))
    words = _words(rng, len(T) + 1)  # the last row for the swaps
    run = Exchange(
        np.empty((rounds, *s.shape), dtype=np.int8),
        np.empty((rounds, len(T))),
        np.empty((rounds, len(T)), dtype=np.int64),
        np.empty(len(T) - 1),
    )
    copies = (_Copies if method == "plain" else ladder.Copies)(
        model.W, model.b, s, hopfield.field(model, s), T, words
    )
    for part in parts(rounds, progress, "round"):
        copies.run(in_order, every, part.start * every, *(array[part] for array in run[:3]))
    swaps = copies.swaps
    np.divide(swaps[0], swaps[1], out=run.swap_rates, where=swaps[1] > 0)
    run.swap_rates[swaps[1] == 0] = np.nan
    return run


def _ladder(T):
    wanted = "two or more temperatures > 0, each higher than the one before"
    T = _check.array("T", T, ndim=1, wanted=wanted).astype(np.float64)
    if len(T) < 2 or (T <= 0).any() or (np.diff(T) <= 0).any():
        raise ValueError(f"T is {T.tolist()}; wanted {wanted}")
    return T


class _Copies:
    """Copies on their way, by the plain kernel."""

    def __init__(self, W, b, s, fields, T, words):
        self.replica, self.swaps = np.arange(len(T)), np.zeros((2, len(T) - 1), dtype=np.int64)
        self.given = W, b, s, fields, T, words, self.replica, self.swaps

    def run(self, in_order, every, sweep, states, energies, replicas):
        _exchange(*self.given, in_order, every, sweep, states, energies, replicas)


@kernel
def _exchange(W, b, s, fields, T, words, replica, swaps, in_order, every, sweep, states, energies, replicas):
    """Sweeps and swaps, recorded after each `every`; swaps[0] counts those made, swaps[1] those tried.

    sweep : how many were made before, which says what pairs are next
    """
    R, n = s.shape
    for k in range(len(states)):
        for _ in range(every):
            for r in range(R):
                _sweep(W, s[r], fields[r], T[r], words[r], in_order)
                energies[k, r] = _energy(b, s[r], fields[r])
            for r in range(sweep % 2, R - 1, 2):
                swaps[1, r] += 1
                if _accept(energies[k, r], energies[k, r + 1], T[r], T[r + 1], words[R]):
                    swaps[0, r] += 1
                    _swap(s, fields, energies[k], replica, r)
            sweep += 1
        for r in range(R):
            replicas[k, r] = replica[r]
            for i in range(n):
                states[k, r, i] = s[r, i]


@kernel
def _accept(E_a, E_b, T_a, T_b, words):
    """Whether the states at T_a and T_b swap."""
    return random.uniform(words) < exp((1 / T_a - 1 / T_b) * (E_a - E_b))


@kernel
def _swap(s, fields, energies, replica, r):
    """What is at temperature r goes to r + 1, and the other way round."""
    energies[r], energies[r + 1] = energies[r + 1], energies[r]
    replica[r], replica[r + 1] = replica[r + 1], replica[r]
    for i in range(s.shape[1]):
        s[r, i], s[r + 1, i] = s[r + 1, i], s[r, i]
        fields[r, i], fields[r + 1, i] = fields[r + 1, i], fields[r, i]


@kernel
def _energy(b, s, fields):
    """E = -1/2 sum over i of s_i (field_i + b_i)."""
    E = 0.0
    for i in range(len(s)):
        E -= 0.5 * s[i] * (fields[i] + b[i])
    return E
