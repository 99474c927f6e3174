"""A network that was trained on the 8x8 digits, in the package: for pages, which cannot train one.

Its weights are whole numbers of 8 bits, with one scale for each matrix. `scripts/train_dream.py`
trains it, packs it and writes down how well it does after that; everybody uses the packed one.
"""

import functools
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ebm import _check
from ebm.dbn.model import DBN, Layer
from ebm.rbm.model import RBM

_FILE = Path(__file__).parent.parent / "data" / "_digit_network.npz"
_LARGEST = 127  # of 8 bits with a sign, leaving out -128


class Packed(NamedTuple):
    """A network in few bytes: W = scale * weights, for each matrix.

    weights : tuple of int8 arrays; for each layer from the bottom W_up and W_down, then W of the top
    scales : tuple of float, one for each of `weights`
    biases : tuple of float32 arrays; for each layer b_up and b_down, then b_v and b_h of the top
    classes : int, label units
    """

    weights: tuple
    scales: tuple
    biases: tuple
    classes: int


@_check.takes(DBN)
def pack(model):
    """A network with weights of 8 bits: each a whole number of 1/127 of the largest in its matrix.

    Parameters
    ----------
    model : DBN

    Returns
    -------
    Packed

    Raises
    ------
    TypeError
        If `model` is no DBN.

    Examples
    --------
    >>> from ebm.dbn import stack
    >>> pack(stack([RBM([[0.5], [-1.0]])])).weights[0].tolist()
    [[64], [-127]]
    """
    if not isinstance(model, DBN):
        raise TypeError(f"model is a {type(model).__name__}; wanted a DBN")
    matrices = [W for layer in model.layers for W in (layer.W_up, layer.W_down)] + [model.top.W]
    biases = [b for layer in model.layers for b in (layer.b_up, layer.b_down)]
    scales = [float(np.abs(W).max() or 1.0) / _LARGEST for W in matrices]
    weights = [np.rint(W / scale).astype(np.int8) for W, scale in zip(matrices, scales, strict=True)]
    biases = [b.astype(np.float32) for b in (*biases, model.top.b_v, model.top.b_h)]
    return Packed(tuple(weights), tuple(scales), tuple(biases), model.classes)


@_check.takes(Packed)
def unpack(packed):
    """The network that a page and Python run: float64, of weights scale * whole number.

    Parameters
    ----------
    packed : Packed

    Returns
    -------
    DBN

    Raises
    ------
    TypeError, ValueError
        If the parts do not fit each other.

    Examples
    --------
    >>> from ebm.dbn import stack
    >>> unpack(pack(stack([RBM([[0.5], [-1.0]])]))).top.W.round(3).tolist()
    [[0.504], [-1.0]]
    """
    matrices = [W * scale for W, scale in zip(packed.weights, packed.scales, strict=True)]
    biases = [b.astype(np.float64) for b in packed.biases]
    layers = [
        Layer(matrices[k], biases[k], matrices[k + 1], biases[k + 1]) for k in range(0, len(matrices) - 1, 2)
    ]
    return DBN(tuple(layers), RBM(matrices[-1], *biases[-2:]), packed.classes)


def save(file, packed, record):
    """Write a packed network.

    Parameters
    ----------
    file : path or binary file
    packed : Packed
    record : dict
        How it was made and how well it does, for `digit_record`; plain values.

    Raises
    ------
    TypeError
        If the record holds what JSON cannot.
    """
    parts = {f"weights{k}": W for k, W in enumerate(packed.weights)}
    parts |= {f"biases{k}": b for k, b in enumerate(packed.biases)}
    np.savez_compressed(
        file, **parts, scales=packed.scales, classes=packed.classes, record=json.dumps(record, indent=1)
    )


def load(file):
    """Read what `save` wrote.

    Parameters
    ----------
    file : path or binary file

    Returns
    -------
    Packed, dict

    Examples
    --------
    >>> packed, record = load(_FILE)
    >>> packed.weights[0].shape
    (64, 100)
    """
    with np.load(file) as found:
        count = len(found["scales"])
        weights = tuple(found[f"weights{k}"] for k in range(count))
        biases = tuple(found[f"biases{k}"] for k in range(count + 1))
        packed = Packed(weights, tuple(found["scales"].tolist()), biases, int(found["classes"]))
        return packed, json.loads(str(found["record"]))


@functools.cache
def digit_packed():
    """The network of `digit_network` in few bytes, as a page gets it.

    Returns
    -------
    Packed

    Examples
    --------
    >>> sum(W.nbytes for W in digit_packed().weights)
    60960
    """
    return load(_FILE)[0]


@functools.cache
def digit_network():
    """A network trained on the 8x8 digits: 64 units, two hidden layers of 100, and 256 above 10 labels.

    Returns
    -------
    DBN
        Of float64 weights that are read-only.

    Notes
    -----
    Trained by `greedy` and `up_down` on the training part of `ebm.data.digits`, see `digit_record`.

    Examples
    --------
    >>> from ebm import data, dbn
    >>> test = data.digits().test
    >>> model = digit_network()
    >>> model.sizes, bool((dbn.classify(model, test.v) == test.labels).mean() > 0.9)
    ((64, 100, 100, 256), True)
    """
    return unpack(digit_packed())


def digit_record():
    """How `digit_network` was trained, and how well it does.

    Returns
    -------
    dict
        The settings; `accuracy` on the test digits, of `classify`; `recognised`, the share of dreams
        of each label that a support vector machine, which knows the training digits only, reads as
        that label, `mean`, their mean, and `error`, its standard error.

    Examples
    --------
    >>> digit_record()["seed"]
    2006
    """
    return load(_FILE)[1]
