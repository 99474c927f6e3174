"""What public functions ask of their arguments, said once and in the reader's words."""

import numbers

import numpy as np


def array(name, value, *, ndim, wanted):
    """`value` as a finite numeric array of `ndim` dimensions."""
    try:
        found = np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} has rows of unequal length; wanted {wanted}") from None
    if found.dtype.kind not in "biuf":
        raise TypeError(f"{name} holds {found.dtype}; wanted {wanted}")
    if found.ndim != ndim:
        raise ValueError(f"{name} has shape {found.shape}; wanted {wanted}")
    if not np.isfinite(found).all():
        raise ValueError(f"{name} holds NaN or infinity; wanted {wanted}")
    return found


def spins(name, value, n=None, *, ndim=1):
    """A fresh int8 array of +1 and -1 with last axis `n`."""
    shape = {1: "(n,)", 2: "(P, n)"}[ndim].replace("n", "n" if n is None else str(n))
    wanted = f"an array of +1 and -1 of shape {shape}"
    found = array(name, value, ndim=ndim, wanted=wanted)
    if found.size == 0:
        raise ValueError(f"{name} is empty; wanted {wanted}")
    if n is not None and found.shape[-1] != n:
        raise ValueError(f"{name} has shape {found.shape}; wanted {wanted}")
    strange = found[np.abs(found) != 1] if found.dtype.kind != "b" else found
    if strange.size:
        raise ValueError(f"{name} holds {strange.flat[0]}; wanted {wanted}")
    return found.astype(np.int8)


def symmetric(name, value):
    """A float64 copy of a square, symmetric matrix with a zero diagonal."""
    wanted = "a symmetric (n, n) array with a zero diagonal"
    found = array(name, value, ndim=2, wanted=wanted).astype(np.float64)
    rows, columns = found.shape
    if rows != columns or rows == 0:
        raise ValueError(f"{name} has shape {found.shape}; wanted {wanted}")
    if not np.array_equal(found, found.T):
        i, j = np.argwhere(found != found.T)[0]
        raise ValueError(
            f"{name} is not symmetric: {name}[{i}, {j}] = {found[i, j]} "
            f"but {name}[{j}, {i}] = {found[j, i]}; wanted {wanted}"
        )
    if found.diagonal().any():
        i = np.flatnonzero(found.diagonal())[0]
        raise ValueError(f"{name}[{i}, {i}] = {found[i, i]}; wanted {wanted}")
    return found


def number(name, value, *, wanted, low=-np.inf, above=None, high=np.inf):
    """A finite float, at least `low` (or greater than `above`), at most `high`."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} is {value!r}; wanted {wanted}")
    value = float(value)
    if not np.isfinite(value) or value < low or value > high:
        raise ValueError(f"{name} is {value}; wanted {wanted}")
    if above is not None and value <= above:
        raise ValueError(f"{name} is {value}; wanted {wanted}")
    return value


def temperature(T):
    """T as a positive float; T = 0 is a function of its own (`descend`)."""
    return number("T", T, above=0, wanted="a temperature T > 0 (T = 0 is `descend`)")


def fraction(name, value):
    """A float in [0, 1]."""
    return number(name, value, low=0, high=1, wanted="a number from 0 to 1")


def count(name, value, *, low=1, high=None):
    """An int from `low` up to `high`."""
    wanted = f"a whole number of {low} or more" if high is None else f"a whole number from {low} to {high}"
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name} is {value!r}; wanted {wanted}")
    if value < low or (high is not None and value > high):
        raise ValueError(f"{name} is {value}; wanted {wanted}")
    return int(value)


def generator(rng):
    """`rng`, if it is a NumPy Generator."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng is {rng!r}; wanted a numpy.random.Generator such as numpy.random.default_rng(0)"
        )
    return rng
