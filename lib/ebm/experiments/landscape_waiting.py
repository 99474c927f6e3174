"""How long a ball waits in a valley, and how its time is shared: the curve of the first chapter.

The ball makes Metropolis steps [metropolis1953] on the 201 cells of `ebm.widgets.landscape`. From the
bottom of a valley to that of the next it has to climb a barrier. If the waiting time is
C e^(barrier / T) with a constant C [arrhenius1889], ln(time) against 1/T is a line, and its slope is
the barrier. On a curve in one dimension C is T over the diffusion constant, up to a factor of the shape
[kramers1940]. In a liquid that constant is itself proportional to T; these steps have the same at any T,
so that it is ln(time / T) which should have this slope. The mean time of a walk from cell to cell is also known
exactly, which both are held against.
"""

import numpy as np

from ebm import _check, random
from ebm._kernel import kernel
from ebm.diagnostics import Estimate
from ebm.widgets import _landscape_kernels as hills

SEED = 1940
VALLEYS = (0.2, 0.8, 0.5)  # memory A, memory B, the mixture
_ESCAPES = {
    0.15: 100,
    0.17: 100,
    0.19: 100,
    0.21: 400,
    0.23: 400,
    0.25: 400,
}  # in a task; cold ones take long
_WARM, _STEPS = 0.5, 40_000_000  # the long walk whose time is shared out: its T, and its steps in a task


def tasks(size):
    """Escapes from valley A at six temperatures, and stretches of a walk at T = 0.5."""
    share, batches = {"quick": (8, 1), "full": (1, 8)}[size]
    waits = [
        {"T": T, "escapes": escapes // share, "batch": k}
        for T, escapes in _ESCAPES.items()
        for k in range(batches)
    ]
    return waits + [{"T": _WARM, "steps": _STEPS, "batch": k} for k in range(2 * batches)]


def measure(task, *, rng):
    """The waiting times, in steps; or the steps that ended in each valley, block by block."""
    E = curve()
    bottom_a, _, bottom_mixture = bottoms(E)
    if "escapes" in task:
        times = waiting_times(E, task["T"], bottom_a, bottom_mixture, escapes=task["escapes"], rng=rng)
        return times.tolist()
    return shares(E, task["T"], task["steps"], blocks=10, rng=rng).tolist()


def curve(valleys=VALLEYS):
    """The energy in each of the 201 cells.

    Parameters
    ----------
    valleys : (3,) sequence of float
        Where A, B and the mixture lie, from 0 to 1.

    Returns
    -------
    (201,) float64 array

    Examples
    --------
    >>> curve()[[0, 40, 100]].round(3).tolist()
    [1.231, -1.976, -1.015]
    """
    E = np.empty(201)
    hills.curve(np.array(valleys, dtype=np.float64), E)
    return E


def bottoms(E, valleys=VALLEYS):
    """The lowest cell of each valley: (3,) ints."""
    return [int(hills.bottom(E, round(c * (len(E) - 1)))) for c in valleys]


def barrier(E, start):
    """Energy from the bottom of a cell's valley up to its lower pass; inf without one.

    Parameters
    ----------
    E : (201,) float64 array
    start : int
        A cell.

    Returns
    -------
    float

    Examples
    --------
    >>> round(barrier(curve(), 40), 4)
    1.5753
    """
    return float(hills.barrier(E, _drains_into(E), start, np.empty(2, dtype=np.int32)))


def waiting_times(E, T, start, goal, *, escapes, rng):
    """Metropolis steps from one cell until another is reached, again and again.

    Parameters
    ----------
    E : (n,) float64 array
        Energy of each cell.
    T : float
        > 0.
    start, goal : int
        Two cells.
    escapes : int
        How often.
    rng : numpy.random.Generator

    Returns
    -------
    (escapes,) int64 array

    Raises
    ------
    TypeError, ValueError
        If T is not > 0 or a cell is not one of the n.

    Examples
    --------
    Two cells of the same height: half of all tries lead out of range, so 2 steps on average.

    >>> flat = np.zeros(2)
    >>> times = waiting_times(flat, 1.0, 0, 1, escapes=10_000, rng=np.random.default_rng(0))
    >>> bool(abs(times.mean() - mean_waiting_time(flat, 1.0, 0, 1)) < 0.05)
    True
    """
    T = _check.number("T", T, above=0, wanted="a temperature > 0")
    for name, cell in (("start", start), ("goal", goal)):
        if not 0 <= cell < len(E):
            raise ValueError(f"{name} is {cell}; wanted a cell from 0 to {len(E) - 1}")
    words, visits = random.state(rng), np.zeros(len(E), dtype=np.int32)
    times = np.empty(_check.count("escapes", escapes), dtype=np.int64)
    for k in range(len(times)):
        visits[:] = 0  # they fit into 32 bits for one escape at a time
        times[k] = _wait(E, T, start, goal, words, visits)
    return times


@kernel
def _wait(E, T, k, goal, words, visits):
    steps = 0
    while k != goal:
        k = hills.wander(E, T, k, words, visits, 1)
        steps += 1
    return steps


def mean_waiting_time(E, T, start, goal):
    """The exact mean of the steps from a cell to one further right, for a walk from cell to cell.

    To go from i to i + 1 for the first time takes P(0..i) / flow(i) steps on average: P(0..i) is the
    Boltzmann weight of all cells up to i, and flow(i) = min(p_i, p_{i+1}) / 2 that of the steps
    from i to i + 1 in equilibrium. The mean is the sum over i from the start to before the goal.

    Parameters
    ----------
    E : (n,) float64 array
    T : float
        > 0.
    start, goal : int
        start < goal.

    Returns
    -------
    float
    """
    p = np.exp((E.min() - E) / T)
    flow = np.minimum(p[:-1], p[1:]) / 2
    return float((np.cumsum(p)[:-1] / flow)[start:goal].sum())


def kramers(E, T, bottom, top):
    """Kramers' mean waiting time: 2 pi T / (D sqrt(k_bottom k_top)) e^(barrier / T).

    D = 1/2 cell^2 a step; the k are the curvatures of E at the bottom and (without its sign) at the pass.

    Parameters
    ----------
    E : (n,) float64 array
    T : float
        > 0, small against the barrier.
    bottom, top : int
        Two cells.

    Returns
    -------
    float
    """
    stiff = [abs(E[k - 1] - 2 * E[k] + E[k + 1]) for k in (bottom, top)]
    return float(2 * np.pi * T / (0.5 * np.sqrt(stiff[0] * stiff[1])) * np.exp((E[top] - E[bottom]) / T))


def shares(E, T, steps, *, blocks, rng):
    """Shares of the steps of one long walk that ended in each valley, block by block; it starts at A's bottom.

    Parameters
    ----------
    E : (201,) float64 array
    T : float
        > 0.
    steps : int
        A multiple of blocks.
    blocks : int
    rng : numpy.random.Generator

    Returns
    -------
    (blocks, 3) float64 array
    """
    of, k, words = _drains_into(E), bottoms(E)[0], random.state(rng)
    found = np.empty((blocks, 3))
    for block in found:
        visits = np.zeros(len(E), dtype=np.int32)
        k = hills.wander(E, T, k, words, visits, steps // blocks)
        hills.gather(of, visits, float(steps // blocks), block)
    return found


def _drains_into(E):
    """Which valley each cell drains into."""
    owner, of = np.empty(3, dtype=np.int32), np.empty(len(E), dtype=np.int32)
    hills.divide(E, np.array(VALLEYS), owner, of)
    return of


def slope(x, y, error):
    """The slope of the straight line through measured points, each weighted by 1 / error^2.

    Parameters
    ----------
    x, y, error : (k,) arrays
        k >= 2; error > 0.

    Returns
    -------
    Estimate
        Its error follows from those of the points alone.

    Examples
    --------
    >>> found = slope([0.0, 1.0, 2.0], [1.0, 3.0, 5.0], [0.1, 0.1, 0.1])
    >>> round(found.value, 6), round(found.error, 4)
    (2.0, 0.0707)
    """
    x, y, weight = np.asarray(x), np.asarray(y), 1 / np.square(error)
    away = x - np.average(x, weights=weight)
    spread = (weight * away**2).sum()
    return Estimate(float((weight * away * y).sum() / spread), float(1 / np.sqrt(spread)))


def summarise(found):
    """Slopes with and without Kramers' factor, and how the time at T = 0.5 is shared."""
    E = curve()
    bottom_a, _, bottom_mixture = bottoms(E)
    top = bottom_a + int(np.argmax(E[bottom_a:bottom_mixture]))
    waits = []
    for T in _ESCAPES:
        times = np.concatenate([result for task, result in found if task["T"] == T])
        mean, error = times.mean(), times.std(ddof=1) / np.sqrt(len(times))
        exact, theory = mean_waiting_time(E, T, bottom_a, bottom_mixture), kramers(E, T, bottom_a, top)
        row = {"T": T, "escapes": len(times), "steps": mean, "error": error}
        waits.append({**row, "exact": exact, "kramers": theory})
    T, mean, error = (np.array([row[name] for row in waits]) for name in ("T", "steps", "error"))
    values = {
        "barrier": Estimate(barrier(E, bottom_a), 0),
        "slope_plain": slope(1 / T, np.log(mean), error / mean),
        "slope": slope(1 / T, np.log(mean / T), error / mean),
    }
    blocks = np.concatenate([result for task, result in found if "steps" in task])
    for name, share in zip(("a", "b", "mixture"), blocks.T, strict=True):
        values[f"share_{name}"] = Estimate(share.mean(), share.std(ddof=1) / np.sqrt(len(share)))
    values["ratio"] = _ratio(blocks[:, 0] + blocks[:, 1], blocks[:, 2])
    return values | {"waits": waits}


def _ratio(memories, mixture):
    """The mean of a memory's share over that of the mixture, both memories alike; the error from the blocks."""
    ratio = memories.mean() / 2 / mixture.mean()
    scatter = memories / 2 - ratio * mixture
    return Estimate(ratio, scatter.std(ddof=1) / np.sqrt(len(scatter)) / mixture.mean())
