"""The network, and inference: up through its layers, and what to call what is seen."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, softmax

from ebm import _check
from ebm.rbm.model import RBM, _softplus


@dataclass(frozen=True)
class Layer:
    """Directed weights between a layer of units and the next one up: one set to infer, one to generate.

    p(above = 1 | below) = sigma(below W_up + b_up), p(below = 1 | above) = sigma(above W_down.T + b_down).

    Parameters
    ----------
    W_up, W_down : (n_below, n_above) arrays
    b_up : (n_above,) array
    b_down : (n_below,) array

    Raises
    ------
    TypeError, ValueError
        If the shapes do not fit each other, or any holds NaN.

    Examples
    --------
    >>> Layer(np.ones((3, 2)), np.zeros(2), np.ones((3, 2)), np.zeros(3)).W_up.shape
    (3, 2)
    """

    W_up: np.ndarray
    b_up: np.ndarray
    W_down: np.ndarray
    b_down: np.ndarray

    def __post_init__(self):
        wanted = "an array of shape (n_below, n_above)"
        W_up, W_down = (
            _check.array(name, getattr(self, name), ndim=2, wanted=wanted) for name in ("W_up", "W_down")
        )
        if W_up.size == 0:
            raise ValueError(f"W_up has shape {W_up.shape}; wanted {wanted}")
        if W_up.shape != W_down.shape:
            raise ValueError(f"W_down has shape {W_down.shape}; wanted that of W_up, {W_up.shape}")
        b_up = _check.reals("b_up", self.b_up, W_up.shape[1], ndim=1)
        b_down = _check.reals("b_down", self.b_down, W_up.shape[0], ndim=1)
        up, down = RBM(W_up, None, b_up), RBM(W_down, b_down)
        for name, value in zip(
            ("W_up", "b_up", "W_down", "b_down"), (up.W, up.b_h, down.W, down.b_v), strict=True
        ):
            object.__setattr__(self, name, value)


@dataclass(frozen=True)
class DBN:
    """Directed layers below an associative memory, which may also see a label.

    Parameters
    ----------
    layers : tuple of Layer
        From the bottom; may be empty.
    top : RBM
        Its visible units are the uppermost directed layer and then the label units.
    classes : int
        Number of label units, of which exactly one is on; 0 for none.

    Raises
    ------
    TypeError, ValueError
        If a layer does not fit the one below.

    Examples
    --------
    >>> model = stack([RBM(np.zeros((6, 4))), RBM(np.zeros((4 + 3, 5)))], classes=3)
    >>> model.n_v, model.sizes
    (6, (6, 4, 5))
    """

    layers: tuple
    top: RBM
    classes: int = 0

    def __post_init__(self):
        layers = tuple(_check.sequence("layers", self.layers, wanted="Layers, from the bottom"))
        for k, layer in enumerate(layers):
            if not isinstance(layer, Layer):
                raise TypeError(f"layers[{k}] is a {type(layer).__name__}; wanted a Layer")
        if not isinstance(self.top, RBM):
            raise TypeError(f"top is a {type(self.top).__name__}; wanted an RBM")
        classes = _check.count("classes", self.classes, low=0, high=self.top.n_v - 1)
        begins = [len(layer.W_up) for layer in layers[1:]] + [self.top.n_v - classes]
        for k, (layer, wanted) in enumerate(zip(layers, begins, strict=False)):
            if len(layer.b_up) != wanted:
                raise ValueError(
                    f"layers[{k}] has {len(layer.b_up)} units above; the next one begins with {wanted}"
                )
        object.__setattr__(self, "layers", layers)
        object.__setattr__(self, "classes", classes)

    @property
    def n_v(self):
        """Number of visible units."""
        return self.sizes[0]

    @property
    def sizes(self):
        """Numbers of units from the visible layer to the top, without labels."""
        return (*(len(layer.W_up) for layer in self.layers), self.top.n_v - self.classes, self.top.n_h)


def stack(machines, classes=0):
    """Machines trained on top of each other as one network: the lower ones' weights become directed.

    Parameters
    ----------
    machines : sequence of RBM
        From the bottom; each has as many visible units as the one below has hidden ones.
    classes : int
        Label units among the visible units of the last machine, after the others.

    Returns
    -------
    DBN
        With the same weights upwards and downwards.

    Raises
    ------
    TypeError, ValueError
        If `machines` is empty or they do not fit.

    Examples
    --------
    >>> stack([RBM(np.zeros((6, 4))), RBM(np.zeros((4, 5)))]).sizes
    (6, 4, 5)
    """
    machines = _check.sequence("machines", machines, wanted="RBMs, from the bottom")
    if not machines:
        raise ValueError("machines is empty; wanted one RBM or more, from the bottom")
    for k, machine in enumerate(machines):
        if not isinstance(machine, RBM):
            raise TypeError(f"machines[{k}] is a {type(machine).__name__}; wanted an RBM")
    *lower, top = machines
    return DBN(tuple(Layer(m.W, m.b_h, m.W, m.b_v) for m in lower), top, classes)


@_check.takes(DBN)
def features(model, v):
    """What the memory gets to see: probabilities passed up through the directed layers.

    Parameters
    ----------
    model : DBN
    v : (batch, n_v) array of 0 and 1
        Or of numbers between.

    Returns
    -------
    (batch, n) array of numbers from 0 to 1
        For a network without directed layers `v` itself.

    Raises
    ------
    TypeError, ValueError
        If `v` does not fit the model.

    Examples
    --------
    >>> features(stack([RBM(np.zeros((2, 1))), RBM([[1.0]])]), [[1, 0]]).tolist()
    [[0.5]]
    """
    x = _seen(model, v)
    for layer in model.layers:
        x = expit(x @ layer.W_up + layer.b_up)
    return x


@_check.takes(DBN)
def reconstruct(model, v):
    """Up through the directed layers and down again, by probabilities: what the features have kept.

    Parameters
    ----------
    model : DBN
    v : (batch, n_v) array of 0 and 1
        Or of numbers between.

    Returns
    -------
    (batch, n_v) array of numbers from 0 to 1

    Raises
    ------
    TypeError, ValueError
        If `v` does not fit the model.

    Examples
    --------
    >>> reconstruct(stack([RBM(np.zeros((2, 1))), RBM([[1.0]])]), [[1, 0]]).tolist()
    [[0.5, 0.5]]
    """
    x = features(model, v)
    for layer in reversed(model.layers):
        x = expit(x @ layer.W_down.T + layer.b_down)
    return x


@_check.takes(DBN)
def p_label(model, v):
    """p(label | features of v), by the free energy of the memory with each label in turn.

    Parameters
    ----------
    model : DBN
        With label units.
    v : (batch, n_v) array of 0 and 1
        Or of numbers between.

    Returns
    -------
    (batch, classes) float64 array

    Raises
    ------
    TypeError, ValueError
        If `v` does not fit the model, or the model has no label units.

    Examples
    --------
    >>> model = stack([RBM([[0], [0], [3.0]], b_h=[-1.0])], classes=2)
    >>> p_label(model, [[1]]).round(3).tolist()
    [[0.14, 0.86]]
    """
    _labelled(model)
    n = model.top.n_v - model.classes
    fields = (features(model, v) @ model.top.W[:n] + model.top.b_h)[:, None, :] + model.top.W[n:]
    return softmax(model.top.b_v[n:] + _softplus(fields), axis=-1)


@_check.takes(DBN)
def classify(model, v):
    """The label of lowest free energy for each example.

    Parameters
    ----------
    model : DBN
        With label units.
    v : (batch, n_v) array of 0 and 1
        Or of numbers between.

    Returns
    -------
    (batch,) int64 array

    Raises
    ------
    TypeError, ValueError
        If `v` does not fit the model, or the model has no label units.

    Examples
    --------
    >>> classify(stack([RBM([[0], [0], [3.0]], b_h=[-1.0])], classes=2), [[1], [0]]).tolist()
    [1, 1]
    """
    return p_label(model, v).argmax(axis=1)


def _seen(model, v):
    return _check.chances("v", v, model.n_v).astype(model.top.W.dtype)


def _labelled(model):
    if not model.classes:
        raise ValueError("model has no label units; wanted one trained with labels")
