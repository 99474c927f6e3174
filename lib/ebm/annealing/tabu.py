"""Tabu search: always the best flip, even uphill, but none that was made a moment ago."""

from typing import NamedTuple

import numpy as np

from ebm import _check, hopfield, random
from ebm._kernel import kernel
from ebm.annealing.cooling import _starts, _words
from ebm.fast import descents

_MOST_STEPS = 2**31 - 2**20  # counters of 32 bits


class Found(NamedTuple):
    """The best state that each run came by.

    s : (runs, n) int8 array of +1 and -1; (n,) for a single start
    energies : (runs,) float64 array; a float for a single start
    steps : (runs,) int64 array, the step that led there; an int for a single start
    """

    s: np.ndarray
    energies: np.ndarray
    steps: np.ndarray


def tabu(model, s, *, rng, steps, tenure=None, method="auto"):
    """Flip the unit that costs least, again and again, but leave it alone for a while after.

    A descent would stop in the first valley. Here the best flip is made even if it leads up,
    and what flipped is tabu for `tenure` to 2 `tenure` - 1 steps, so that the run cannot
    fall back where it came from. A flip that leads below everything seen so far is always allowed.

    Parameters
    ----------
    model : Hopfield
    s : (n,) or (runs, n) array of +1 and -1
        The starts; left as they are.
    rng : numpy.random.Generator
        For the lengths of the bans.
    steps : int
        Flips of each run.
    tenure : int, optional
        A quarter of the units, at most 15, if left out.
    method : "auto", "plain" or "vectors"
        "vectors" looks at eight units at a time, with weights rounded to a billionth of the largest
        field: the same flips where weights are whole numbers. "auto" takes it from 32 units on.

    Returns
    -------
    Found

    Raises
    ------
    TypeError, ValueError
        If `s` does not fit the model, `steps` or `tenure` < 1, `method` is none of the above, or `rng`
        is not a Generator.

    Notes
    -----
    [glover1989]. The first runs come out the same, however many others there are.

    Examples
    --------
    >>> from ebm.annealing import random_starts, sherrington_kirkpatrick
    >>> rng = np.random.default_rng(0)
    >>> model = sherrington_kirkpatrick(64, rng=rng)
    >>> found = tabu(model, random_starts(model, 20, rng=rng), rng=rng, steps=2000)
    >>> int((found.energies < found.energies.min() + 1e-9).sum())
    18
    """
    s = _starts(model, s)
    steps = _check.count("steps", steps, high=_MOST_STEPS)
    tenure = min(15, max(1, model.n // 4)) if tenure is None else _check.count("tenure", tenure, high=2**18)
    _check.choice("method", method, ("auto", "plain", "vectors"))
    runs = np.atleast_2d(s)
    words = _words(rng, len(runs))
    if method == "vectors" or (method == "auto" and model.n >= 32):
        best, found = descents.search(model.W, model.b, runs, words, steps, tenure)
    else:
        best, found = runs.copy(), np.empty(len(runs), dtype=np.int64)
        _searches(model.W, runs, hopfield.field(model, runs), words, steps, tenure, best, found)
    best = best if s.ndim == 2 else best[0]
    return Found(best, hopfield.energy(model, best), found if s.ndim == 2 else int(found[0]))


@kernel
def _searches(W, s, fields, words, steps, tenure, best, found):
    until = np.empty(W.shape[0], dtype=np.int64)
    for r in range(len(s)):
        until[:] = 0
        found[r] = _search(W, s[r], fields[r], until, words[r], steps, tenure, best[r])


@kernel
def _search(W, s, fields, until, words, steps, tenure, best):
    """One run; the step at which its best state was found.

    until : (n,) int64 array of zeros, the step from which each unit may flip again
    """
    energy = lowest = 0.0  # halved, and counted from the start: a flip adds s_i field_i
    found = 0
    for step in range(1, steps + 1):
        i, cost = -1, np.inf
        for j in range(len(s)):
            allowed = until[j] < step or energy + s[j] * fields[j] < lowest
            if allowed and s[j] * fields[j] <= cost:
                i, cost = j, s[j] * fields[j]
        if i < 0:
            continue  # all are tabu
        energy += cost
        s[i] = -s[i]
        for j in range(len(s)):
            fields[j] += 2 * W[i, j] * s[i]
        until[i] = step + tenure + random.below(words, tenure)
        if energy < lowest:
            lowest, found = energy, step
            best[:] = s
    return found
