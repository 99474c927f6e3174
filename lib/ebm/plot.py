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
    """Use the book's style sheet (`ebm/book.mplstyle`) from here on.

    Examples
    --------
    >>> import matplotlib
    >>> with matplotlib.rc_context():
    ...     style()
    ...     matplotlib.rcParams["axes.grid"]
    True
    """
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
    rows, columns = _check.picture("shape", shape)
    s = np.atleast_2d(_check.spins("s", s, rows * columns, ndim=2 if np.ndim(s) == 2 else 1))
    cells = (s > 0).astype(int)
    if against is not None:
        wanted = np.atleast_2d(
            _check.spins("against", against, rows * columns, ndim=2 if np.ndim(against) == 2 else 1)
        )
        if wanted.shape != s.shape:
            raise ValueError(f"against holds {len(wanted)} states; wanted {len(s)}, one for each in s")
        cells += 2 * (s != wanted)
    labels = _texts(labels, len(s))
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
    energies = _check.reals("energies", energies, ndim=1)
    ax.step(np.arange(len(energies)), energies, where="post", **({"marker": ""} | line))
    ax.set(xlabel=f"{per}s", ylabel="energy E")
    return ax


def receptive_fields(W, shape, ax, *, columns=None):
    """Draw what each hidden unit looks for: its weights to the visible units, as a picture.

    Parameters
    ----------
    W : (n_v, n_h) array
        Weights of an RBM.
    shape : (rows, columns)
        Of one picture; rows * columns = n_v.
    ax : matplotlib Axes
    columns : int, optional
        Pictures in a row; about as many as rows of them if left out.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        If W is not a matrix of finite numbers or the sizes do not fit.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = receptive_fields(np.eye(4), (2, 2), Figure().subplots())
    >>> len(ax.collections)
    4
    """
    W = _check.array("W", W, ndim=2, wanted="an (n_v, n_h) array of weights")
    height, width = _check.picture("shape", shape)
    if height * width != len(W):
        raise ValueError(f"shape is {shape}; wanted rows * columns = {len(W)}, the number of visible units")
    across = _check.count("columns", int(np.ceil(np.sqrt(W.shape[1]))) if columns is None else columns)
    largest = np.abs(W).max() or 1.0
    for k, picture in enumerate(W.T.reshape(-1, height, width)):
        row, column = divmod(k, across)
        edges = column * (width + 1) + np.arange(width + 1), row * (height + 1) + np.arange(height + 1)
        drawn = ax.pcolormesh(*edges, picture, cmap=_WEIGHTS, vmin=-largest, vmax=largest)
    rows = -(-W.shape[1] // across)
    ax.set(xlim=(-0.5, across * (width + 1) - 0.5), ylim=(rows * (height + 1) - 0.5, -0.5), aspect="equal")
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.grid(False)
    ax.figure.colorbar(drawn, ax=ax, label="weight (energy)")
    return ax


def distribution(p, ax, *, measured=None, error=None, labels=None):
    """Draw the probabilities of states as bars, and measured shares as points beside them.

    Parameters
    ----------
    p : (K,) array
        Exact probabilities.
    ax : matplotlib Axes
    measured : (K,) array, optional
        Shares of the time a sampler spent in each state.
    error : (K,) array, optional
        Their standard errors.
    labels : sequence of K str, optional
        A name under each bar.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        If an array is not of K finite numbers of 0 or more.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = distribution([0.25, 0.75], Figure().subplots(), measured=[0.3, 0.7])
    >>> [float(bar.get_height()) for bar in ax.patches]
    [0.25, 0.75]
    """
    p = _shares("p", p, None)
    error = None if error is None else _shares("error", error, len(p))
    measured = None if measured is None else _shares("measured", measured, len(p))
    labels = _texts(labels, len(p))
    places = np.arange(len(p))
    ax.bar(places, p, color=BLUE, alpha=0.55, label="exact")
    if measured is not None:
        ax.errorbar(places, measured, yerr=error, color=ORANGE, fmt="o", label="measured")
        ax.legend()
    ax.set_xticks(places, places if labels is None else labels)
    ax.set(xlabel="state", ylabel="probability")
    return ax


def _texts(labels, count):
    """A text for each state, or None."""
    if labels is None:
        return None
    labels = _check.sequence("labels", labels, wanted="a text for each state")
    if len(labels) != count:
        raise ValueError(f"labels holds {len(labels)} texts; wanted {count}, one for each state")
    return labels


def _shares(name, value, count):
    wanted = f"an array of {'K' if count is None else count} numbers of 0 or more"
    found = _check.array(name, value, ndim=1, wanted=wanted)
    if len(found) == 0 or (count is not None and len(found) != count):
        raise ValueError(f"{name} has shape {found.shape}; wanted {wanted}")
    if (found < 0).any():
        raise ValueError(f"{name} holds {found.min()}; wanted {wanted}")
    return found
