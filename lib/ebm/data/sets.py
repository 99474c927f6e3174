"""Things to learn from: handwritten digits, and puzzles small enough to solve exactly.

Pictures come as rows of units from 0 (paper) to 1 (ink), from the top left, with the
training and the test part apart from the start: no function here returns the two as one.

The 8x8 digits travel with the package (`_digits.npz`). They are the test part of "Optical
Recognition of Handwritten Digits", E. Alpaydin and C. Kaynak, 1998, UCI Machine Learning
Repository, https://doi.org/10.24432/C50P49, licence CC BY 4.0, in the copy that scikit-learn
ships: 1797 pictures, counts of ink from 0 to 16, unchanged.
"""

import gzip
import hashlib
import os
import zlib
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ebm import _check

# Where the 8x8 digits are cut: forms begin with 0 to 9 three times over, and one begins here.
_DIGITS_TRAIN = 1415

# The SHA-256 of the four files of MNIST, uncompressed [lecun1998].
_MNIST = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
_MNIST_TRAIN = 60_000
_IDX_TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


class Examples(NamedTuple):
    """Pictures and what they show.

    v : (P, n) float32 array of numbers from 0 (paper) to 1 (ink), row by row from the top left
    labels : (P,) int64 array
    """

    v: np.ndarray
    labels: np.ndarray


class Split(NamedTuple):
    """What may be learned from, and what is kept for the test.

    train, test : Examples
    """

    train: Examples
    test: Examples


def digits():
    """The 8x8 digits: 1415 to learn from, 382 for the test, with the data file inside the package.

    The pictures come form by form, and the cut is between two forms: the test shows forms that
    training has not seen.

    Returns
    -------
    Split
        Of pictures with n = 64 units and 17 grey levels, labels 0 to 9; see `binary`.

    Notes
    -----
    [alpaydin1998]; origin and licence at the top of this module.

    Examples
    --------
    >>> train, test = digits()
    >>> train.v.shape, test.v.shape, test.labels[:10].tolist()
    ((1415, 64), (382, 64), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    """
    with np.load(Path(__file__).parent / "_digits.npz") as file:
        v, labels = file["ink"].astype(np.float32) / 16, file["labels"].astype(np.int64)
    return Split(
        Examples(v[:_DIGITS_TRAIN], labels[:_DIGITS_TRAIN]),
        Examples(v[_DIGITS_TRAIN:], labels[_DIGITS_TRAIN:]),
    )


def binary(v, *, rng=None):
    """Pictures of 0 and 1 from grey ones: ink where it is dark, or where a coin says so.

    Parameters
    ----------
    v : (P, n) array of numbers from 0 to 1
    rng : numpy.random.Generator, optional
        With it each unit is 1 with the probability v; without it where v >= 1/2.

    Returns
    -------
    (P, n) int8 array of 0 and 1

    Raises
    ------
    TypeError, ValueError
        If `v` holds anything but numbers from 0 to 1.

    Examples
    --------
    >>> binary([[0.2, 0.5, 1.0]]).tolist()
    [[0, 1, 1]]
    """
    v = _check.chances("v", v)
    return (v >= 0.5 if rng is None else _check.generator(rng).random(v.shape) < v).astype(np.int8)


def mnist(folder=None):
    """The 28x28 digits of MNIST: 60,000 to learn from, 10,000 for the test [lecun1998].

    Parameters
    ----------
    folder : path, optional
        Where the four IDX files lie, compressed (.gz) or not: train-images-idx3-ubyte,
        train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte. Left out,
        they are looked for in the folder that the environment variable EBM_DATA names, or in
        ~/.cache/ebm; and if they are not there, scikit-learn fetches the data from OpenML
        and they are kept there.

    Returns
    -------
    Split
        Of pictures with n = 784 units and 256 grey levels, labels 0 to 9.

    Raises
    ------
    FileNotFoundError
        If a file is missing from `folder`, or scikit-learn is needed and not installed.
    ConnectionError
        If OpenML cannot be reached.
    ValueError
        If a file is damaged or is not that of MNIST, by its SHA-256.

    Examples
    --------
    >>> mnist("/nowhere")
    Traceback (most recent call last):
    FileNotFoundError: folder /nowhere has no train-images-idx3-ubyte, plain or .gz; wanted the four IDX files of MNIST
    """
    if folder is None:
        folder = _kept_in()
        if not _mnist_is_here():
            _fetch(folder)
    folder = _check.path("folder", folder)
    parts = [_idx(_read(folder, name, digest), name) for name, digest in _MNIST.items()]
    images, labels, test_images, test_labels = parts
    return Split(_examples(images, labels), _examples(test_images, test_labels))


def read_idx(path):
    """An array from a file in the IDX format, compressed (.gz) or not.

    The file starts with two zero bytes, a byte for the type of the entries, one for the
    number of dimensions, and the size of each as four bytes, the highest first.

    Parameters
    ----------
    path : path

    Returns
    -------
    array
        Of the type the file says.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not an IDX file, is damaged, or is shorter or longer than it says.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "labels"
    ...     _ = file.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1]))
    ...     read_idx(file).tolist()
    [7, 2, 1]
    """
    path = _check.path("path", path)
    return _idx(_content(path), path.name)


def bars_and_stripes(n):
    """Every picture of n x n units that is made of whole rows or of whole columns.

    Parameters
    ----------
    n : int
        2 <= n <= 10.

    Returns
    -------
    (2^(n+1) - 2, n^2) int8 array of 0 and 1
        Each once: all paper and all ink are rows and columns at the same time.

    Raises
    ------
    TypeError, ValueError
        If n is not a whole number from 2 to 10.

    Notes
    -----
    A standard test, after [mackay2003] (chapter 43).

    Examples
    --------
    >>> bars_and_stripes(2).tolist()
    [[0, 0, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1]]
    """
    lines = _bits(_check.count("n", n, low=2, high=10))
    bars = np.tile(lines, (1, n))
    stripes = np.repeat(lines[1:-1], n, axis=1)
    return np.vstack([bars, stripes])


def shifter(n):
    """Every case of the shifter: a row of n units, the row again shifted, and which way it went.

    Three units at the end say left, not at all, right. No unit of the rows tells anything about
    them by itself: it takes one of each row.

    Parameters
    ----------
    n : int
        Units in a row, 3 <= n <= 14.

    Returns
    -------
    (3 * 2^n, 2 n + 3) int8 array of 0 and 1
        Shifts wrap round.

    Raises
    ------
    TypeError, ValueError
        If n is not a whole number from 3 to 14.

    Notes
    -----
    [hinton1986], with n = 8.

    Examples
    --------
    >>> shifter(3)[1].tolist()
    [1, 0, 0, 0, 0, 1, 1, 0, 0]
    """
    rows = _bits(_check.count("n", n, low=3, high=14))
    shifted = [np.roll(rows, by, axis=1) for by in (-1, 0, 1)]
    told = np.repeat(np.eye(3, dtype=np.int8), len(rows), axis=0)
    return np.hstack([np.vstack([rows] * 3), np.vstack(shifted), told])


def encoder(n):
    """The n-k-n encoder: two groups of n units, one unit on in each, and the same one.

    A machine whose k hidden units are the only link between the groups must find a code:
    k = log2(n) is just enough.

    Parameters
    ----------
    n : int
        2 <= n <= 1000.

    Returns
    -------
    (n, 2 n) int8 array of 0 and 1

    Raises
    ------
    TypeError, ValueError
        If n is not a whole number from 2 to 1000.

    Notes
    -----
    [ackley1985], with 4-2-4, 4-3-4, 8-3-8 and 40-10-40.

    Examples
    --------
    >>> encoder(2).tolist()
    [[1, 0, 1, 0], [0, 1, 0, 1]]
    """
    one_of_n = np.eye(_check.count("n", n, low=2, high=1000), dtype=np.int8)
    return np.hstack([one_of_n, one_of_n])


def to_spins(v):
    """0 and 1 as -1 and +1: s = 2 v - 1.

    Parameters
    ----------
    v : (n,) or (P, n) array of 0 and 1

    Returns
    -------
    int8 array of the shape of `v`

    Raises
    ------
    TypeError, ValueError
        If `v` holds anything but 0 and 1.

    Examples
    --------
    >>> to_spins([0, 1, 1]).tolist()
    [-1, 1, 1]
    """
    return 2 * _check.bits("v", v, ndim=2 if np.ndim(v) == 2 else 1) - 1


def to_bits(s):
    """-1 and +1 as 0 and 1: v = (1 + s) / 2. So a machine can learn `letters`.

    Parameters
    ----------
    s : (n,) or (P, n) array of +1 and -1

    Returns
    -------
    int8 array of the shape of `s`

    Raises
    ------
    TypeError, ValueError
        If `s` holds anything but +1 and -1.

    Examples
    --------
    >>> to_bits([-1, 1, 1]).tolist()
    [0, 1, 1]
    """
    return (1 + _check.spins("s", s, ndim=2 if np.ndim(s) == 2 else 1)) // 2


def _bits(n):
    """Every row of n bits; bit i of the row's number is unit i."""
    return ((np.arange(2**n)[:, None] >> np.arange(n)) & 1).astype(np.int8)


def _examples(images, labels):
    v = images.reshape(len(images), -1).astype(np.float32) / 255
    return Examples(v, labels.astype(np.int64))


def _kept_in():
    return Path(os.environ.get("EBM_DATA") or Path.home() / ".cache" / "ebm")


def _mnist_is_here():
    """Whether `mnist` finds its files without asking anybody."""
    return all(_found(_kept_in(), name) for name in _MNIST)


def _found(folder, name):
    """The file of that name in the folder, compressed or not, or None."""
    paths = (Path(folder) / name, Path(folder) / f"{name}.gz")
    return next((path for path in paths if path.is_file()), None)


def _read(folder, name, digest):
    path = _found(folder, name)
    if path is None:
        raise FileNotFoundError(
            f"folder {folder} has no {name}, plain or .gz; wanted the four IDX files of MNIST"
        )
    content = _content(path)
    _compare(content, digest, path)
    return content


def _compare(content, digest, where):
    found = hashlib.sha256(content).hexdigest()
    if found != digest:
        raise ValueError(f"{where} is not the file of MNIST: its SHA-256 is {found}; wanted {digest}")


def _content(path):
    raw = path.read_bytes()
    if raw[:2] != b"\x1f\x8b":
        return raw
    try:
        return gzip.decompress(raw)
    except (EOFError, OSError, zlib.error) as error:
        raise ValueError(f"{path} is damaged: it does not decompress ({error})") from None


def _idx(content, name):
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in _IDX_TYPES:
        raise ValueError(f"{name} is not an IDX file: it starts with {content[:4].hex(' ') or 'nothing'}")
    dtype, start = np.dtype(_IDX_TYPES[content[2]]), 4 + 4 * content[3]
    if len(content) < start:
        raise ValueError(f"{name} is cut short: it ends within its header")
    shape = [int.from_bytes(content[at : at + 4]) for at in range(4, start, 4)]
    wanted = start + dtype.itemsize * int(np.prod(shape, dtype=object))
    if len(content) != wanted:
        raise ValueError(f"{name} has {len(content)} bytes; wanted {wanted} for an array of shape {shape}")
    return np.frombuffer(content, dtype, offset=start).reshape(shape).astype(dtype.newbyteorder("="))


def _fetch(folder):
    """MNIST from OpenML as four files in the folder, all of them or none."""
    instead = "give a folder with the four IDX files, or use digits()"
    try:
        from sklearn.datasets import fetch_openml

        table = fetch_openml("mnist_784", version=1, as_frame=False, cache=False)
    except ImportError as error:
        raise FileNotFoundError(
            f"MNIST is not in {folder}, and fetching it needs scikit-learn and pandas ({error}); "
            f"install them, or {instead}"
        ) from None
    except (OSError, ValueError, HTTPException) as error:
        raise ConnectionError(
            f"MNIST is not in {folder} and could not be fetched from OpenML ({error}); {instead}"
        ) from error
    images = np.asarray(table.data).astype(np.uint8).reshape(-1, 28, 28)
    labels = np.asarray(table.target).astype(np.uint8)
    cut = _MNIST_TRAIN
    contents = [_as_idx(part) for part in (images[:cut], labels[:cut], images[cut:], labels[cut:])]
    for content, (name, digest) in zip(contents, _MNIST.items(), strict=True):
        _compare(content, digest, f"{name} as OpenML has it")
    Path(folder).mkdir(parents=True, exist_ok=True)
    for content, name in zip(contents, _MNIST, strict=True):
        partial = Path(folder) / f"{name}.partial"
        partial.write_bytes(gzip.compress(content, mtime=0))
        partial.replace(Path(folder) / f"{name}.gz")


def _as_idx(x):
    return bytes([0, 0, 8, x.ndim]) + b"".join(side.to_bytes(4) for side in x.shape) + x.tobytes()
