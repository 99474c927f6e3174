"""Things to remember: letters on small grids, as patterns of +1 (ink) and -1 (paper)."""

from functools import cache

import numpy as np

from ebm import _check
from ebm.data import _glyphs

# Size, as it is spoken of (columns x rows), to the shape of the array (rows, columns).
SHAPES = {"3x3": (3, 3), "5x7": (7, 5), "16x16": (16, 16)}


def letters(names, size):
    """Letters as patterns, one a row, ready for Hebb's rule.

    Parameters
    ----------
    names : str or sequence of str
        Single characters such as "TL", in the order wanted; `available(size)` lists them.
    size : str
        "3x3", "5x7" (5 columns, 7 rows) or "16x16".

    Returns
    -------
    (P, n) int8 array of +1 and -1
        Row by row from the top left; `SHAPES[size]` is the shape to draw them in.

    Raises
    ------
    TypeError, ValueError
        If `names` is empty or holds a letter that the size lacks, or `size` is unknown.

    Examples
    --------
    >>> letters("TL", "3x3").tolist()
    [[1, 1, 1, -1, 1, -1, -1, 1, -1], [1, -1, -1, 1, -1, -1, 1, 1, 1]]
    """
    known = _alphabet(_size(size))
    wanted = f"letters of size {size}, among {''.join(known)}"
    try:
        names = list(names)
    except TypeError:
        raise TypeError(f"names is {names!r}; wanted {wanted}") from None
    if not names:
        raise ValueError(f"names is empty; wanted {wanted}")
    for name in names:
        if not isinstance(name, str) or name not in known:
            raise ValueError(f"names holds {name!r}; wanted {wanted}")
    return np.array([known[name] for name in names], dtype=np.int8)


def available(size):
    """The letters drawn in a size.

    Parameters
    ----------
    size : str
        "3x3", "5x7" or "16x16".

    Returns
    -------
    str

    Raises
    ------
    TypeError, ValueError
        If `size` is unknown.

    Examples
    --------
    >>> available("3x3")
    'TLOXCI'
    """
    return "".join(_alphabet(_size(size)))


def erase(pattern, share):
    """Blank the end of a pattern: its last units become -1, paper.

    Parameters
    ----------
    pattern : (n,) array of +1 and -1
        Left as it is. For a letter the end is the bottom of the picture.
    share : float
        In [0, 1]; exactly round(share * n) units are blanked.

    Returns
    -------
    (n,) int8 array

    Raises
    ------
    TypeError, ValueError
        If `pattern` holds anything but +1 and -1, or `share` is outside [0, 1].

    Examples
    --------
    >>> erase([1, 1, 1, 1], 0.5).tolist()
    [1, 1, -1, -1]
    """
    s = _check.spins("pattern", pattern)
    blank = round(_check.fraction("share", share) * len(s))
    s[len(s) - blank :] = -1
    return s


def _size(size):
    if not isinstance(size, str):
        raise TypeError(f"size is {size!r}; wanted one of {', '.join(SHAPES)}")
    if size not in SHAPES:
        raise ValueError(f"size is {size!r}; wanted one of {', '.join(SHAPES)}")
    return size


@cache
def _alphabet(size):
    """Every letter of a size, as a tuple of +1 and -1."""
    alphabet = {}
    for block in getattr(_glyphs, f"GLYPHS_{size}").strip().split("\n\n"):
        names, *rows = (line.split() for line in block.splitlines())
        for name, *glyph in zip(names, *rows, strict=True):
            alphabet[name] = tuple(1 if c == "#" else -1 for c in "".join(glyph))
    return alphabet
