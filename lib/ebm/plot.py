"""Pictures of networks. Each function draws into `ax` and returns it; `style` sets the look of all."""

import numpy as np
from matplotlib import style as _style
from matplotlib.colors import LinearSegmentedColormap, ListedColormap

from ebm import _check

BLUE, ORANGE = "#0072b2", "#d55e00"
# Paper, ink, ink missing, ink too much: what is dark stays dark, so a wrong cell still shows its state.
_CELLS = ListedColormap(["#e9e8e2", "#17466f", "#f7c59a", ORANGE])
_WEIGHTS = LinearSegmentedColormap.from_list("weights", [ORANGE, "#fbfbf9", BLUE])


def style():
    """Use the book's style sheet (`ebm/book.mplstyle`) from here on."""
    _style.use("ebm.book")


def spins(s, shape, ax, *, labels=None, against=None):
    """Draw states as pictures side by side: +1 is ink, -1 is paper.

    Parameters
    ----------
    s : (n,) or (P, n) array of +1 and -1
    shape : (rows, columns)
        Of one picture; rows * columns = n.
    ax : matplotlib Axes
    labels : sequence of str, optional
        A text under each picture.
    against : array of the shape of `s`, optional
        Where `s` differs from it, ink is drawn in orange and paper in light orange.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        If a state holds anything but +1 and -1, or the sizes do not fit.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = spins([1, 1, 1, -1, 1, -1], (2, 3), Figure().subplots())
    >>> len(ax.collections)
    1
    """
    rows, columns = shape
    s = np.atleast_2d(_check.spins("s", s, rows * columns, ndim=2 if np.ndim(s) == 2 else 1))
    cells = (s > 0).astype(int)
    if against is not None:
        wanted = np.atleast_2d(
            _check.spins("against", against, rows * columns, ndim=2 if np.ndim(against) == 2 else 1)
        )
        if wanted.shape != s.shape:
            raise ValueError(f"against holds {len(wanted)} states; wanted {len(s)}, one for each in s")
        cells += 2 * (s != wanted)
    if labels is not None and len(labels) != len(s):
        raise ValueError(f"labels holds {len(labels)} texts; wanted {len(s)}, one for each state")
    pitch = columns + max(1, columns // 4)
    for k, picture in enumerate(cells.reshape(-1, rows, columns)):
        edges = k * pitch + np.arange(columns + 1), np.arange(rows + 1)
        ax.pcolormesh(
            *edges, picture, cmap=_CELLS, vmin=0, vmax=3, edgecolors=ax.get_facecolor(), linewidth=0.4
        )
    centres = columns / 2 + pitch * np.arange(len(s))
    ax.set(xlim=(0, centres[-1] + columns / 2), ylim=(rows, 0), aspect="equal", yticks=[])
    ax.set_xticks([] if labels is None else centres, labels)
    ax.tick_params(length=0, labelsize="medium")
    ax.spines[:].set_visible(False)
    ax.grid(False)
    return ax


def weights(W, ax):
    """Draw a weight matrix: blue pulls two units to the same state, orange to opposite ones.

    Parameters
    ----------
    W : (n, n) array
        Weights, in energy units.
    ax : matplotlib Axes

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        If W is not a matrix of finite numbers.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> weights([[0, 1], [1, 0]], Figure().subplots()).get_xlabel()
    'unit j'
    """
    W = _check.array("W", W, ndim=2, wanted="an (n, n) array of weights")
    largest = np.abs(W).max() or 1.0
    drawn = ax.imshow(W, cmap=_WEIGHTS, vmin=-largest, vmax=largest)
    ax.figure.colorbar(drawn, ax=ax, label="weight $w_{ij}$ (energy)")
    ax.set(xlabel="unit j", ylabel="unit i")
    ax.grid(False)
    return ax


def trace(energies, ax, *, per="flip", **line):
    """Draw the energy along a run, one step for each flip or update.

    Parameters
    ----------
    energies : (k,) array
        As in `hopfield.Path`; the first is that of the start.
    ax : matplotlib Axes
    per : str
        What happens between two energies: "flip" after `descend`, "update" after `heat_bath`.
    **line
        Passed to `ax.step`, such as `label`.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        If `energies` is not a list of finite numbers.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> trace([0.0, -1.0, -4.0], Figure().subplots()).get_xlabel()
    'flips'
    """
    energies = _check.array("energies", energies, ndim=1, wanted="the energies of a run")
    ax.step(np.arange(len(energies)), energies, where="post", **({"marker": ""} | line))
    ax.set(xlabel=f"{per}s", ylabel="energy E")
    return ax
