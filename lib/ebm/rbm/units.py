"""How a layer of units answers its fields: the mean it settles at, and a sample around that mean.

Training and annealing run the same loops for all machines; what differs between them is here.
In single precision `quick` puts the kernels of `ebm.fast.layers` in place of the formulas.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import softmax

from ebm.fast import layers


class Units(NamedTuple):
    """A kind of layer.

    mean : of (batch, n) fields, which it may overwrite; the caller lets e^x overflow
    sample : of (batch, n) means and a numpy.random.Generator
    """

    mean: Callable
    sample: Callable


def sigmoid(x):
    """1 / (1 + e^-x), in place: p(on) of a unit of 0 and 1."""
    np.negative(x, out=x)
    np.exp(x, out=x)
    x += 1
    return np.reciprocal(x, out=x)


def coins(p, rng):
    """1 with probability p, else 0."""
    return (rng.random(p.shape, dtype=p.dtype) < p).astype(p.dtype)


def noisy(mean, rng):
    """Normal with that mean and unit variance."""
    return mean + rng.standard_normal(mean.shape, dtype=mean.dtype)


BITS = Units(sigmoid, coins)
NORMAL = Units(lambda field: field, noisy)


def quick(units, dtype, rng):
    """The same units; in single precision, bits get compiled kernels with generators of their own.

    Parameters
    ----------
    units : Units
    dtype : numpy.float32 or numpy.float64
        Of the fields.
    rng : numpy.random.Generator
        The generators begin from 256 words of it. `sample` then leaves the one it is given alone.

    Returns
    -------
    Units

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> units = quick(BITS, np.float32, rng)
    >>> p = units.mean(np.zeros((1000, 9), dtype=np.float32))
    >>> bool(abs(units.sample(p, rng).mean() - 0.5) < 0.02)
    True
    """
    if units is not BITS or dtype != np.float32:
        return units
    stream = layers.stream(rng)

    def sample(p, _):
        x = np.empty(p.shape, dtype=p.dtype)
        layers.toss(p.ravel(), stream, x.ravel())
        return x

    return Units(quick_mean(units, dtype), sample)


def quick_mean(units, dtype):
    """The mean alone, without generators."""
    if units is not BITS or dtype != np.float32:
        return units.mean

    def mean(field):
        field = np.ascontiguousarray(field)
        layers.sigmoid(field.ravel())
        return field

    return mean


def with_one_of(classes):
    """Bits, and at the end a group of units of which exactly one is on, by a softmax of their fields.

    >>> units = with_one_of(2)
    >>> units.mean(np.array([[0.0, np.log(3.0), 0.0]])).round(6).tolist()
    [[0.5, 0.75, 0.25]]
    """
    if not classes:
        return BITS

    def mean(field):
        chances = softmax(field[:, -classes:], axis=1)
        p = sigmoid(field)
        p[:, -classes:] = chances
        return p

    def sample(p, rng):
        x = coins(p, rng)
        cumulative = p[:, -classes:].cumsum(axis=1)
        chosen = (rng.random((len(p), 1)) * cumulative[:, -1:] < cumulative).argmax(axis=1)
        x[:, -classes:] = np.eye(classes, dtype=p.dtype)[chosen]
        return x

    return Units(mean, sample)
