"""Lattices solved exactly by a transfer matrix, one spin at a time. All of it is public as `ebm.exact`.

What is known of the spins added so far is a table over the states of the last w of them
alone: w bits, a queue. The spin that leaves at the low end is the one above the new spin,
which joins at the high end; the leaving one is summed over, with the weights of the new
spin's bonds. So a row of w spins costs w 2^w steps where a matrix would take 4^w. With
sums of weights this gives log_Z; with lowest energies in their place, the ground state.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp
from tqdm import tqdm

from ebm import _check, ising
from ebm._kernel import kernel
from ebm.maths import exp

_WIDEST = 16
_STEPS_PER_SECOND = 5e8
_MOST_BYTES = 2**31
_LARGEST_EXPONENT = 600  # e^-700 is about the smallest weight a float holds


class Lattice(NamedTuple):
    """Sums over all states of a lattice.

    log_Z : float, log of the sum of e^(-E/T)
    energy : float, <E>, of the whole lattice
    """

    log_Z: float
    energy: float


def lattice(model, T, *, progress=False):
    """log_Z and the mean energy of a lattice up to 16 spins wide, of any length.

    Parameters
    ----------
    model : Ising or SpinGlass
        Its shorter side is the width w, but see below.
    T : float
        Temperature, > 0; not so low that the weights of one row differ by e^600.
    progress : bool, optional
        Show a bar.

    Returns
    -------
    Lattice
        The energy is summed along with the weights; nothing is differentiated.

    Raises
    ------
    TypeError, ValueError
        If the lattice is wider than 16 (the message says what it would cost), or T out of range.

    Notes
    -----
    A lattice with a free edge (the last row's `down` or the last column's `right` all 0)
    takes a single pass of n 2^w steps, 0.03 s for 16 x 16; it is cut along that edge, whichever
    side is shorter. A lattice without one takes a pass for every state of its last row, less
    what symmetry saves: a half at B = 0, and for an `Ising` a factor of up to 2w more. That is
    0.1 s at w = 10, and at w = 16 half a minute for an `Ising`, 20 minutes for a `SpinGlass`.

    Method: [kramers1941], here spin by spin.

    Examples
    --------
    A cold 4 x 4 torus is in one of two states at E = -32, now and then in one of 32 at -24:

    >>> from ebm.ising import Ising
    >>> cold = lattice(Ising((4, 4)), 0.7)
    >>> round(cold.log_Z, 4), round(float(np.log(2 * np.exp(32 / 0.7) + 32 * np.exp(24 / 0.7))), 4)
    (46.4076, 46.4076)
    """
    T = _check.temperature(T)
    rows = _rows(model)
    _refuse_underflow(rows, T)
    scales = np.empty(rows.count)
    parts = []
    for last, times in tqdm(rows.starts, desc="passes", disable=not progress):
        tables = np.zeros((2, 2, 2**rows.width))
        tables[0, 0, last] = 1
        t = _sum_rows(tables, rows.down, rows.right, rows.B, T, scales)
        Z, sum_E = tables[t][:, last] if rows.closed else tables[t].sum(axis=1)
        parts.append((np.log(times * Z) + np.log(scales).sum(), sum_E / Z))
    log_Zs, energies = np.array(parts).T
    log_Z = logsumexp(log_Zs)
    return Lattice(float(log_Z), float(np.exp(log_Zs - log_Z) @ energies))


@kernel
def _sum_rows(tables, down, right, B, T, scales):
    """Add all rows to a table over the states of the row above the first, which is the last one, around the edge.

    tables[t, 0] are sums of e^(-E/T), tables[t, 1] of E e^(-E/T), for the t that is returned,
    and after every row are divided by its scale.
    """
    rows, width = down.shape
    t = 0
    for row in range(rows):
        for column in range(width):
            left = right[row, column - 1] if column > 0 else 0.0
            _sum_spin(tables[t], tables[1 - t], down[row - 1, column], left, B, T)
            t = 1 - t
        scales[row] = _sum_edge(tables[t], right[row, width - 1], T)
        for k in range(tables.shape[2]):
            tables[t, 0, k] /= scales[row]
            tables[t, 1, k] /= scales[row]
    return t


@kernel
def _sum_spin(old, new, above, left, B, T):
    """Add one spin, bonded to the oldest in the queue by `above` and to the newest by `left`."""
    half = old.shape[1] // 2
    for spin in range(-1, 2, 2):
        joined = half if spin > 0 else 0
        for newest in range(-1, 2, 2):
            E_0 = -spin * (left * newest + B - above)  # with the oldest spin -1
            E_1 = -spin * (left * newest + B + above)  # with the oldest spin +1
            w_0, w_1 = exp(-E_0 / T), exp(-E_1 / T)
            for k in range(half // 2 if newest > 0 else 0, half if newest > 0 else half // 2):
                Z_0, Z_1 = w_0 * old[0, 2 * k], w_1 * old[0, 2 * k + 1]
                new[0, joined + k] = Z_0 + Z_1
                new[1, joined + k] = w_0 * old[1, 2 * k] + E_0 * Z_0 + w_1 * old[1, 2 * k + 1] + E_1 * Z_1


@kernel
def _sum_edge(table, bond, T):
    """Close a row: bond its last spin, the newest in the queue, to its first, the oldest; returns the largest Z."""
    size = table.shape[1]
    largest = 0.0
    for k in range(size):
        E = -bond if (k & 1) == (2 * k >= size) else bond
        w = exp(-E / T)
        table[1, k] = w * (table[1, k] + E * table[0, k])
        table[0, k] = w * table[0, k]
        largest = max(largest, table[0, k])
    return largest


class Ground(NamedTuple):
    """A state of lowest energy.

    energy : float, of the whole lattice
    s : int8 array of the lattice's shape
    """

    energy: float
    s: np.ndarray


def lattice_ground_state(model, *, progress=False):
    """A state of lowest energy of a lattice up to 16 spins wide (T = 0).

    Parameters
    ----------
    model : Ising or SpinGlass
    progress : bool, optional
        Show a bar.

    Returns
    -------
    Ground
        One state of lowest energy; there may be many others.

    Raises
    ------
    TypeError, ValueError
        If the lattice is wider than 16, or longer than memory allows; the message says
        what it would cost.

    Notes
    -----
    The steps are those of `lattice`, with min and + in place of + and x, and take as long; the
    way back through the choices made gives the state. It needs 2 n 2^w / w bytes.

    Examples
    --------
    >>> from ebm.ising import spin_glass
    >>> model = spin_glass((16, 16), rng=np.random.default_rng(0), periodic=(False, True))
    >>> lattice_ground_state(model).energy
    -352.0
    """
    rows = _rows(model)
    _refuse_length(model, rows)
    tables = np.empty((2, 2**rows.width))
    unread = np.zeros((1, 2**rows.width), dtype=np.uint16)

    def lowest(last, choices):
        tables[0] = np.inf
        tables[0, last] = 0
        t = _lowest_rows(tables, rows.down, rows.right, rows.B, choices)
        return (tables[t, last], last) if rows.closed else (tables[t].min(), int(tables[t].argmin()))

    best = 0
    if len(rows.starts) > 1:
        passes = tqdm(rows.starts, desc="passes", disable=not progress)
        _, best = min(lowest(last, unread) for last, _ in passes)
    choices = np.zeros((rows.count, 2**rows.width), dtype=np.uint16)
    _, k = lowest(best, choices)
    s = _way_back(choices, k, rows.width)
    s = (s.T if rows.turned else s).reshape(model.shape)
    return Ground(ising.energy(model, s), s)


@kernel
def _lowest_rows(tables, down, right, B, choices):
    """Add all rows to a table of lowest energies; as `_sum_rows`.

    Bit c of choices[row, k] says whether the spin above column c was +1, on the best way to the
    state k of the queue; a single row of choices is one nobody reads.
    """
    rows, width = down.shape
    t = 0
    for row in range(rows):
        for column in range(width):
            left = right[row, column - 1] if column > 0 else 0.0
            chosen = choices[row % len(choices)]
            _lowest_spin(tables[t], tables[1 - t], down[row - 1, column], left, B, chosen, column)
            t = 1 - t
        _lowest_edge(tables[t], right[row, width - 1])
    return t


@kernel
def _lowest_spin(old, new, above, left, B, chosen, column):
    half = len(old) // 2
    for spin in range(-1, 2, 2):
        joined = half if spin > 0 else 0
        for newest in range(-1, 2, 2):
            E_0 = -spin * (left * newest + B - above)
            E_1 = -spin * (left * newest + B + above)
            for k in range(half // 2 if newest > 0 else 0, half if newest > 0 else half // 2):
                with_0, with_1 = E_0 + old[2 * k], E_1 + old[2 * k + 1]
                new[joined + k] = min(with_0, with_1)
                chosen[joined + k] |= (with_1 < with_0) << column


@kernel
def _lowest_edge(table, bond):
    for k in range(len(table)):
        table[k] += -bond if (k & 1) == (2 * k >= len(table)) else bond


def _way_back(choices, k, width):
    """The state whose last row is k, spin by spin from the last to the first."""
    s = np.empty((len(choices), width), dtype=np.int8)
    for row in reversed(range(len(s))):
        for column in reversed(range(width)):
            newest = k >> (width - 1)
            s[row, column] = 2 * newest - 1
            oldest = (int(choices[row, k]) >> column) & 1
            k = ((k << 1) & (2**width - 1)) | oldest
    return s


class _Rows(NamedTuple):
    """A lattice as the kernels see it: few columns, many rows.

    right, down : (count, width) float64 arrays
    B : float
    closed : bool, whether the last row is bonded to the first
    turned : bool, whether rows and columns have changed places
    starts : list of (state of the last row, how many others give the same sum)
    """

    right: np.ndarray
    down: np.ndarray
    B: float
    closed: bool
    turned: bool
    starts: list

    @property
    def count(self):
        return self.down.shape[0]

    @property
    def width(self):
        return self.down.shape[1]


def _rows(model):
    """The lattice, turned the way that takes fewer steps."""
    right, down = ising.couplings(model)
    upright = _Rows(right, down, model.B, bool(down[-1].any()), False, [])
    turned = _Rows(down.T, right.T, model.B, bool(right[:, -1].any()), True, [])
    rows = min(upright, turned, key=lambda rows: rows.width * (1 + rows.closed))
    if rows.width > _WIDEST:
        steps = 2.0 ** (rows.width * (1 + rows.closed)) * model.n
        raise ValueError(
            f"model has shape {model.shape}; wanted a width of at most {_WIDEST}: "
            f"{rows.width} would take about {_check.duration(steps / _STEPS_PER_SECOND)}"
        )
    starts = _starts(rows, uniform=isinstance(model, ising.Ising)) if rows.closed else [(0, 1)]
    return rows._replace(
        right=np.ascontiguousarray(rows.right), down=np.ascontiguousarray(rows.down), starts=starts
    )


def _starts(rows, uniform):
    """A state of each class of last rows that symmetry makes equal, with the size of the class."""
    w = rows.width
    state = np.arange(2**w)
    images = [state]
    if uniform:  # turn the row around the torus, and mirror it
        mirrored = sum(((state >> i) & 1) << (w - 1 - i) for i in range(w))
        images = [(x >> i | x << (w - i)) & (2**w - 1) for x in (state, mirrored) for i in range(w)]
    if rows.B == 0:
        images += [2**w - 1 - x for x in images]
    classes, sizes = np.unique(np.min(images, axis=0), return_counts=True)
    return list(zip(classes.tolist(), sizes.tolist(), strict=True))


def _refuse_length(model, rows):
    size = 2 * rows.count * 2**rows.width
    if size > _MOST_BYTES:
        raise ValueError(
            f"model has shape {model.shape}; wanted fewer rows of {rows.width}: "
            f"the way back through them would take {size / 2**30:.3g} GiB"
        )


def _refuse_underflow(rows, T):
    span = 2 * (np.abs(rows.right) + np.abs(rows.down) + abs(rows.B)).sum(axis=1).max()
    if span > _LARGEST_EXPONENT * T:
        raise ValueError(
            f"T is {T}; wanted at least {span / _LARGEST_EXPONENT:.3g} for this lattice: below, "
            "weights within a row differ too much for floats (T = 0 is `lattice_ground_state`)"
        )
