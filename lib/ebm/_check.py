"""What public functions ask of their arguments, said once and in the reader's words."""

import functools
import inspect
import numbers
import os
from pathlib import Path

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


def dimensions(value):
    """np.ndim, which here does not mind rows of unequal length: `array` will name them."""
    try:
        return np.ndim(value)
    except ValueError:
        return 1


def spins(name, value, n=None, *, ndim=1):
    """A fresh int8 array of +1 and -1 with last axis `n`."""
    shape = {1: "(n,)", 2: "(P, n)"}[ndim].replace("n", "n" if n is None else str(n))
    wanted = f"an array of +1 and -1 of shape {shape}"
    found = array(name, value, ndim=ndim, wanted=wanted)
    if found.size == 0:
        raise ValueError(f"{name} is empty; wanted {wanted}")
    if n is not None and found.shape[-1] != n:
        raise ValueError(f"{name} has shape {found.shape}; wanted {wanted}")
    return _plus_minus(name, found, wanted)


def spins_of_shape(name, value, shape, *, batch=False):
    """A fresh int8 array of +1 and -1, of that shape, or of many such states in a batch."""
    sides = ", ".join(map(str, shape)) + ("," if len(shape) == 1 and not batch else "")
    wanted = f"an array of +1 and -1 of shape ({'batch, ' * batch}{sides})"
    found = array(name, value, ndim=len(shape) + batch, wanted=wanted)
    if found.shape[batch:] != tuple(shape) or found.size == 0:
        raise ValueError(f"{name} has shape {found.shape}; wanted {wanted}")
    return _plus_minus(name, found, wanted)


def _plus_minus(name, found, wanted):
    strange = found[np.abs(found) != 1] if found.dtype.kind != "b" else found
    if strange.size:
        raise ValueError(f"{name} holds {strange.flat[0]}; wanted {wanted}")
    return found.astype(np.int8)


def bits(name, value, n=None, *, ndim=1):
    """An int8 array of 0 and 1 with last axis `n`; `ndim` 2 for a batch of them, one a row."""
    wanted = f"an array of 0 and 1 of shape {_shape(n, ndim)}"
    found = _filled(name, value, n, ndim, wanted)
    strange = found[(found != 0) & (found != 1)] if found.dtype.kind != "b" else found[:0]
    if strange.size:
        raise ValueError(f"{name} holds {strange.flat[0]}; wanted {wanted}")
    return found.astype(np.int8)


def chances(name, value, n=None, *, ndim=2):
    """An array of numbers from 0 to 1 with last axis `n`: bits, or the probabilities that they are 1."""
    wanted = f"an array of 0 and 1, or of numbers between, of shape {_shape(n, ndim)}"
    found = _filled(name, value, n, ndim, wanted)
    if found.dtype.kind != "b" and not (0 <= found.min() and found.max() <= 1):
        raise ValueError(f"{name} holds {found.min() if found.min() < 0 else found.max()}; wanted {wanted}")
    return found


def reals(name, value, n=None, *, ndim=2):
    """An array of finite numbers with last axis `n`."""
    return _filled(name, value, n, ndim, f"an array of numbers of shape {_shape(n, ndim)}")


def _filled(name, value, n, ndim, wanted):
    found = array(name, value, ndim=ndim, wanted=wanted)
    if found.size == 0:
        raise ValueError(f"{name} is empty; wanted {wanted}")
    if n is not None and found.shape[-1] != n:
        raise ValueError(f"{name} has shape {found.shape}; wanted {wanted}")
    return found


def _shape(n, ndim):
    n = "n" if n is None else n
    return f"({n},)" if ndim == 1 else f"(batch, {n})"


def whole(name, value, length, *, below):
    """A (length,) int64 array of whole numbers from 0 to `below` - 1, such as labels."""
    wanted = f"{length} whole numbers from 0 to {below - 1}"
    found = array(name, value, ndim=1, wanted=wanted)
    if found.shape != (length,):
        raise ValueError(f"{name} has shape {found.shape}; wanted {wanted}")
    strange = found[(found != np.floor(found)) | (found < 0) | (found >= below)]
    if strange.size:
        raise ValueError(f"{name} holds {strange[0]}; wanted {wanted}")
    return found.astype(np.int64)


def schedule(name, value, steps, *, wanted, low=-np.inf, above=-np.inf, below=np.inf):
    """A list of floats, one for each step, from a single number or from an array of one for each."""
    wanted = f"{wanted}, or an array of {steps} of them"
    if isinstance(value, numbers.Real):
        value = [number(name, value, wanted=wanted)] * steps
    found = array(name, value, ndim=1, wanted=wanted).astype(np.float64)
    if found.shape != (steps,):
        raise ValueError(f"{name} has shape {found.shape}; wanted {wanted}")
    strange = found[(found < low) | (found <= above) | (found >= below)]
    if strange.size:
        raise ValueError(f"{name} holds {strange[0]}; wanted {wanted}")
    return found.tolist()


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


def temperatures(name, value):
    """Temperatures as a float64 array of any shape, all > 0."""
    wanted = "temperatures > 0"
    found = array(name, value, ndim=dimensions(value), wanted=wanted).astype(np.float64)
    if found.size == 0:
        raise ValueError(f"{name} is empty; wanted {wanted}")
    if (found <= 0).any():
        raise ValueError(f"{name} holds {found.min()}; wanted {wanted}")
    return found


def falling(name, value):
    """Temperatures > 0 that never rise, as a float64 array."""
    wanted = "an array of temperatures > 0 that never rise"
    found = array(name, value, ndim=1, wanted=wanted).astype(np.float64)
    if found.size == 0:
        raise ValueError(f"{name} is empty; wanted {wanted}")
    if (found <= 0).any():
        raise ValueError(f"{name} holds {found[found <= 0][0]}; wanted {wanted}")
    rises = np.diff(found) > 1e-12 * found[:-1]  # but for rounding
    if rises.any():
        k = int(np.argmax(rises))
        raise ValueError(f"{name} rises from {found[k]} to {found[k + 1]}; wanted {wanted}")
    return found


def probabilities(name, value, length):
    """A (length,) float64 array of numbers that are not negative and sum to 1."""
    wanted = f"{length} probabilities that sum to 1"
    found = array(name, value, ndim=1, wanted=wanted).astype(np.float64)
    if found.shape != (length,):
        raise ValueError(f"{name} has shape {found.shape}; wanted {wanted}")
    if (found < 0).any():
        raise ValueError(f"{name} holds {found.min()}; wanted {wanted}")
    if abs(found.sum() - 1) > 1e-9:
        raise ValueError(f"{name} sums to {found.sum()}; wanted {wanted}")
    return found


def choice(name, value, options):
    """`value`, if it is one of the options."""
    if not isinstance(value, str) or value not in options:
        wanted = " or ".join(f'"{option}"' for option in options)
        raise ValueError(f"{name} is {value!r}; wanted {wanted}")
    return value


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


def counts(name, value):
    """Whole numbers >= 0 as an int64 array of any shape."""
    wanted = "whole numbers of 0 or more"
    found = array(name, value, ndim=dimensions(value), wanted=wanted)
    if found.dtype.kind not in "iu":
        raise TypeError(f"{name} holds {found.dtype}; wanted {wanted}")
    if (found < 0).any():
        raise ValueError(f"{name} holds {found.min()}; wanted {wanted}")
    return found.astype(np.int64)


def sides(name, value, *, dimensions=(1, 2)):
    """The side lengths of a chain or a lattice as a tuple of ints."""
    wanted = " or ".join({1: "(n,)", 2: "(rows, columns)"}[d] for d in dimensions)
    wanted = f"{wanted}, whole numbers of 1 or more"
    if not isinstance(value, (tuple, list)) or any(
        isinstance(side, (bool, np.bool_)) or not isinstance(side, numbers.Integral) for side in value
    ):
        raise TypeError(f"{name} is {value!r}; wanted {wanted}")
    if len(value) not in dimensions or min(value) < 1:
        raise ValueError(f"{name} is {value!r}; wanted {wanted}")
    return tuple(int(side) for side in value)


def site(name, value, shape):
    """A site of a chain (an int) or of a lattice (row, column), as (row, column)."""
    if len(shape) == 1:
        return 0, count(name, value, low=0, high=shape[0] - 1)
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise TypeError(f"{name} is {value!r}; wanted (row, column)")
    return tuple(
        count(f"{name}[{axis}]", place, low=0, high=side - 1)
        for axis, (place, side) in enumerate(zip(value, shape, strict=True))
    )


def sequence(name, value, *, wanted):
    """`value` as a list, if it can be gone through."""
    try:
        return list(value)
    except TypeError:
        raise TypeError(f"{name} is {value!r}; wanted {wanted}") from None


def function(name, value, *, wanted):
    """`value`, if it can be called."""
    if not callable(value):
        raise TypeError(f"{name} is {value!r}; wanted {wanted}")
    return value


def network(name, value):
    """`value`, if it has weights, biases and units of +1 and -1."""
    if not all(hasattr(value, part) for part in ("n", "W", "b")):
        raise TypeError(f"{name} is a {type(value).__name__}; wanted a network with weights W and biases b")
    if getattr(value, "units", "spins") != "spins":
        raise ValueError(
            f"{name} has units of 0 and 1; wanted units of +1 and -1 (boltzmann.to_network makes such a network)"
        )
    return value


def picture(name, value):
    """(rows, columns) of a picture."""
    return sides(name, value, dimensions=(2,))


def path(name, value):
    """A path, from text or a path."""
    if not isinstance(value, (str, os.PathLike)):
        raise TypeError(f"{name} is {value!r}; wanted a path")
    return Path(value)


def flags(name, value, length):
    """So many of True and False."""
    if (
        not isinstance(value, (tuple, list))
        or len(value) != length
        or not all(isinstance(flag, (bool, np.bool_)) for flag in value)
    ):
        raise TypeError(f"{name} is {value!r}; wanted {length} of True and False")
    return tuple(bool(flag) for flag in value)


def duration(seconds):
    """A time in words, to say what something would cost."""
    for unit, length in (("years", 3.2e7), ("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.2g} {unit}"
    return f"{seconds:.2g} seconds"


def generator(rng):
    """`rng`, if it is a NumPy Generator."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng is {rng!r}; wanted a numpy.random.Generator such as numpy.random.default_rng(0)"
        )
    return rng


def takes(kind):
    """A decorator: the first argument is of this kind, such as `RBM`, or a TypeError says what it is."""

    def decorate(function):
        first = next(iter(inspect.signature(function).parameters))

        @functools.wraps(function)
        def checked(*args, **named):
            value = args[0] if args else named.get(first)
            if not isinstance(value, kind) and (args or first in named):
                raise TypeError(f"{first} is a {type(value).__name__}; wanted an instance of {kind.__name__}")
            return function(*args, **named)

        return checked

    return decorate
