"""Fine-tuning by back-propagation: a stack of machines as the start of a feed-forward network.

The stack was trained without being told what for. Back-propagation [rumelhart1986] then
makes of it a classifier, or an autoencoder that squeezes the data through a narrow layer
[hinton2006science].
"""

from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

import numpy as np
from scipy.special import expit, log_expit, log_softmax, softmax
from tqdm import tqdm

from ebm import _check
from ebm._blas import one_thread
from ebm.dbn.model import DBN
from ebm.rbm.training import _refuse_infinite

_UNITS = {
    "logistic": expit,
    "rectified": lambda x: np.maximum(x, 0),
    "linear": lambda x: x,
    "softmax": lambda x: softmax(x, axis=1),
}


@dataclass(frozen=True)
class Network:
    """Layers of units, each a function of the one before: y = f(x W + b).

    Parameters
    ----------
    weights : tuple of (n_in, n_out) arrays
        From the input.
    biases : tuple of (n_out,) arrays
    units : tuple of str
        "logistic", "linear", below the last layer "rectified", or, in the last one, "softmax".

    Raises
    ------
    TypeError, ValueError
        If the layers do not fit each other or a kind of unit is unknown.

    Examples
    --------
    >>> Network([np.ones((3, 2))], [np.zeros(2)], ["softmax"]).units
    ('softmax',)
    """

    weights: tuple
    biases: tuple
    units: tuple

    def __post_init__(self):
        weights, biases, units = (
            _check.sequence(name, getattr(self, name), wanted="one for each layer")
            for name in ("weights", "biases", "units")
        )
        if not len(weights) == len(biases) == len(units) > 0:
            raise ValueError(
                f"weights, biases and units have {len(weights)}, {len(biases)} and {len(units)} entries; "
                "wanted one of each for each layer"
            )
        for k, kind in enumerate(units):
            weights[k] = _check.array(
                f"weights[{k}]", weights[k], ndim=2, wanted="an array of shape (n_in, n_out)"
            )
            biases[k] = _check.reals(f"biases[{k}]", biases[k], weights[k].shape[1], ndim=1)
            if k and len(weights[k]) != len(biases[k - 1]):
                raise ValueError(
                    f"weights[{k}] has shape {weights[k].shape}; wanted ({len(biases[k - 1])}, n_out)"
                )
            only_there = {"softmax": k + 1 == len(units), "rectified": k + 1 < len(units)}
            if kind not in _UNITS or not only_there.get(kind, True):
                raise ValueError(
                    f"units[{k}] is {kind!r}; wanted logistic, linear, rectified (not last) or softmax (last)"
                )
        dtype = np.float32 if all(W.dtype == np.float32 for W in weights) else np.float64
        for name, parts in (("weights", weights), ("biases", biases)):
            parts = tuple(part.astype(dtype) for part in parts)
            for part in parts:
                part.flags.writeable = False
            object.__setattr__(self, name, parts)
        object.__setattr__(self, "units", tuple(units))


class Fitted(NamedTuple):
    """The network after one more pass over the data.

    epoch : int, from 1
    network : Network
    loss : float, mean over the batches of the pass, while the weights were changing
    """

    epoch: int
    network: Network
    loss: float


@_check.takes(DBN)
def classifier(model, classes=None):
    """The upward half of a deep belief network, with a softmax layer for the labels on top.

    Parameters
    ----------
    model : DBN
        If it has label units, their weights to the top layer are those of the softmax layer:
        sampled upwards, the network already names what it sees.
    classes : int, optional
        Number of labels, if the model has none; the softmax layer then starts at 0.

    Returns
    -------
    Network

    Raises
    ------
    TypeError, ValueError
        If the number of labels is missing, or is not that of the model's label units.

    Examples
    --------
    >>> from ebm.dbn import stack
    >>> from ebm.rbm import RBM
    >>> network = classifier(stack([RBM(np.zeros((6, 4))), RBM(np.zeros((4, 5)))]), classes=3)
    >>> [W.shape for W in network.weights]
    [(6, 4), (4, 5), (5, 3)]
    """
    if classes is None and model.classes == 0:
        raise ValueError("classes is missing, and the model has no label units")
    if model.classes and classes not in (None, model.classes):
        raise ValueError(
            f"classes is {classes}; wanted {model.classes}, the number of the model's label units"
        )
    top, n = model.top, model.top.n_v - model.classes
    if model.classes:
        last = top.W[n:].T, top.b_v[n:]
    else:
        classes = _check.count("classes", classes)
        last = np.zeros((top.n_h, classes), top.W.dtype), np.zeros(classes)
    weights = [*(layer.W_up for layer in model.layers), top.W[:n], last[0]]
    biases = [*(layer.b_up for layer in model.layers), top.b_h, last[1]]
    return Network(weights, biases, ["logistic"] * (len(weights) - 1) + ["softmax"])


@_check.takes(DBN)
def autoencoder(model):
    """A deep belief network unfolded: up to a code in the top layer, and down again.

    The code units are linear, so that they can say more than yes or no; all others are logistic.

    Parameters
    ----------
    model : DBN
        Without label units. Its top layer is the code.

    Returns
    -------
    Network
        See `encode` and `decode`.

    Raises
    ------
    ValueError
        If the model has label units.

    Examples
    --------
    >>> from ebm.dbn import stack
    >>> from ebm.rbm import RBM
    >>> network = autoencoder(stack([RBM(np.zeros((6, 4))), RBM(np.zeros((4, 2)))]))
    >>> [W.shape for W in network.weights], network.units
    ([(6, 4), (4, 2), (2, 4), (4, 6)], ('logistic', 'linear', 'logistic', 'logistic'))
    """
    if model.classes:
        raise ValueError(f"model has {model.classes} label units; wanted a model of the data alone")
    top, layers = model.top, model.layers
    weights = [*(part.W_up for part in layers), top.W, top.W.T, *(part.W_down.T for part in reversed(layers))]
    biases = [*(part.b_up for part in layers), top.b_h, top.b_v, *(part.b_down for part in reversed(layers))]
    units = ["logistic"] * len(layers) + ["linear"] + ["logistic"] * (len(layers) + 1)
    return Network(weights, biases, units)


@_check.takes(Network)
def activities(network, x):
    """What every layer says, from the input to the output.

    Parameters
    ----------
    network : Network
    x : (batch, n_in) array of numbers

    Returns
    -------
    list of arrays
        `x` first.

    Raises
    ------
    TypeError, ValueError
        If `x` does not fit the network.

    Examples
    --------
    >>> [y.tolist() for y in activities(Network([[[2.0]]], [[1.0]], ["linear"]), [[3.0]])]
    [[[3.0]], [[7.0]]]
    """
    return _activities_of(network, "x", x)


def _activities_of(network, name, x):
    return _activities(network.weights, network.biases, network.units, _input(network, name, x))


@_check.takes(Network)
def encode(network, v):
    """The code of each example: the activities half-way through an autoencoder.

    Parameters
    ----------
    network : Network
        With an even number of layers, from `autoencoder`.
    v : (batch, n_in) array of numbers

    Returns
    -------
    (batch, n_code) array

    Raises
    ------
    TypeError, ValueError
        If `v` does not fit the network.

    Examples
    --------
    >>> encode(Network([[[2.0]], [[0.5]]], [[1.0], [0.0]], ["linear", "linear"]), [[3.0]]).tolist()
    [[7.0]]
    """
    return _activities_of(network, "v", v)[len(network.weights) // 2]


@_check.takes(Network)
def decode(network, code):
    """Pictures from codes: the second half of an autoencoder.

    Parameters
    ----------
    network : Network
        With an even number of layers, from `autoencoder`.
    code : (batch, n_code) array of numbers

    Returns
    -------
    (batch, n_out) array

    Raises
    ------
    TypeError, ValueError
        If `code` does not fit the network.

    Examples
    --------
    >>> decode(Network([[[2.0]], [[0.5]]], [[1.0], [0.0]], ["linear", "linear"]), [[7.0]]).tolist()
    [[3.5]]
    """
    half = len(network.weights) // 2
    code = _check.reals("code", code, len(network.weights[half]))
    parts = network.weights[half:], network.biases[half:], network.units[half:]
    return _activities(*parts, code.astype(network.weights[0].dtype))[-1]


@_check.takes(Network)
def loss(network, x, target):
    """How wrong the output is, a mean over examples.

    Logistic and softmax outputs by their cross-entropy, -sum target log y (and for logistic ones
    also -sum (1 - target) log(1 - y)); linear outputs by half the squared error.

    Parameters
    ----------
    network : Network
    x : (batch, n_in) array of numbers
    target : (batch, n_out) array of numbers
        From 0 to 1, unless the outputs are linear; for softmax outputs rows of sum 1.

    Returns
    -------
    float
        In nats for logistic and softmax outputs.

    Raises
    ------
    TypeError, ValueError
        If `x` or `target` does not fit the network.

    Examples
    --------
    >>> loss(Network([np.zeros((2, 2))], [[0, 0]], ["softmax"]), [[1, 1]], [[0, 1]]) == float(np.log(2))
    True
    """
    x, target = _input(network, "x", x), _target(network, target, len(x))
    below = _activities(network.weights[:-1], network.biases[:-1], network.units[:-1], x)[-1]
    return _loss(below @ network.weights[-1] + network.biases[-1], target, network.units[-1])


@_check.takes(Network)
def gradient(network, x, target):
    """The derivatives of `loss` by every weight and bias, by back-propagation.

    In the last layer each unit's error is y - target, whatever its kind. A layer's error is passed
    down through the weights, times the slope of the units there.

    Parameters
    ----------
    network : Network
    x : (batch, n_in) array of numbers
    target : (batch, n_out) array of numbers

    Returns
    -------
    weights, biases : lists of arrays
        Of the shapes of those of the network.

    Raises
    ------
    TypeError, ValueError
        If `x` or `target` does not fit the network.

    Examples
    --------
    >>> gradient(Network([[[2.0]]], [[1.0]], ["linear"]), [[3.0]], [[5.0]])[0][0].tolist()
    [[6.0]]
    """
    x = _input(network, "x", x)
    return _gradient(network.weights, network.biases, network.units, x, _target(network, target, len(x)))[:2]


@_check.takes(Network)
def fit(network, x, target, *, rng, epochs, rate=0.001, batch=100, progress=False):
    """Train by gradient descent with Adam: each weight's step is scaled by its own recent gradients.

    Parameters
    ----------
    network : Network
        The start; left as it is.
    x : (P, n_in) array of numbers
    target : (P, n_out) array of numbers, or (P,) array of labels
        `x` itself for an autoencoder; labels for a classifier.
    rng : numpy.random.Generator
    epochs : int
        Passes over the data.
    rate : float or (epochs,) array
        Learning rate, > 0.
    batch : int
        Examples for each change of the weights.
    progress : bool
        Show a progress bar.

    Returns
    -------
    iterator of Fitted

    Raises
    ------
    TypeError, ValueError
        At the call, if the data do not fit or a number is out of range; during training, if the
        weights grow beyond all bounds.

    Notes
    -----
    [kingma2015], with its constants 0.9, 0.999 and 1e-8.

    Examples
    --------
    >>> x, labels = np.array([[0.0], [1.0]]), [0, 1]
    >>> start = Network([np.zeros((1, 2))], [np.zeros(2)], ["softmax"])
    >>> *_, last = fit(start, x, labels, rng=np.random.default_rng(0), epochs=500, rate=0.1)
    >>> last.loss < 0.05
    True
    """
    x = _input(network, "x", x)
    classes = len(network.biases[-1])
    if np.ndim(target) == 1 and network.units[-1] == "softmax":
        target = np.eye(classes)[_check.whole("target", target, len(x), below=classes)]
    target = _target(network, target, len(x))
    epochs = _check.count("epochs", epochs)
    rate = _check.schedule("rate", rate, epochs, above=0, wanted="a learning rate > 0")
    batch, rng = _check.count("batch", batch), _check.generator(rng)
    return _fit(network, x, target, rate, batch, rng, progress)


def _fit(network, x, target, rates, batch, rng, progress):
    depth = len(network.weights)
    theta = [part.copy() for part in (*network.weights, *network.biases)]
    moments = [np.zeros_like(part) for part in theta], [np.zeros_like(part) for part in theta]
    steps = count(1)
    for epoch, rate in enumerate(tqdm(rates, disable=not progress, unit="epoch"), start=1):
        batches = np.split(rng.permutation(len(x)), range(batch, len(x), batch))
        with np.errstate(over="ignore", invalid="ignore"):
            wrong = _pass(theta, moments, network.units, x, target, batches, rate, steps)
        _refuse_infinite(theta, rate, epoch)
        yield Fitted(epoch, Network(theta[:depth], theta[depth:], network.units), wrong)


@one_thread
def _pass(theta, moments, units, x, target, batches, rate, steps):
    """One pass over the data, changing theta and the moments of its gradients in place; the mean loss."""
    depth, total = len(units), 0.0
    for rows, step in zip(batches, steps, strict=False):
        dW, db, wrong = _gradient(theta[:depth], theta[depth:], units, x[rows], target[rows])
        _adam(theta, [*dW, *db], *moments, rate, step)
        total += wrong * len(rows)
    return total / len(x)


def _adam(theta, gradients, mean, square, rate, step):
    """theta -= rate * mean gradient / root mean square gradient, both over the recent steps."""
    for x, g, m, s in zip(theta, gradients, mean, square, strict=True):
        m += 0.1 * (g - m)
        s += 0.001 * (g * g - s)
        x -= rate * (m / (1 - 0.9**step)) / (np.sqrt(s / (1 - 0.999**step)) + 1e-8)


def _activities(weights, biases, units, x):
    found = [x]
    for W, b, kind in zip(weights, biases, units, strict=True):
        found.append(_UNITS[kind](found[-1] @ W + b))
    return found


def _gradient(weights, biases, units, x, target):
    """Derivatives by weights and by biases, and the loss itself."""
    layers = _activities(weights[:-1], biases[:-1], units[:-1], x)
    field = layers[-1] @ weights[-1] + biases[-1]
    delta = (_UNITS[units[-1]](field) - target) / len(x)
    dW, db = [], []
    for k in range(len(weights) - 1, -1, -1):
        dW.insert(0, layers[k].T @ delta)
        db.insert(0, delta.sum(axis=0))
        if k:
            delta = delta @ weights[k].T
            if units[k - 1] == "logistic":
                delta *= layers[k] * (1 - layers[k])
            elif units[k - 1] == "rectified":
                delta *= layers[k] > 0
    return dW, db, _loss(field, target, units[-1])


def _loss(field, target, kind):
    if kind == "linear":
        each = 0.5 * (field - target) ** 2
    elif kind == "softmax":
        each = -target * log_softmax(field, axis=1)
    else:
        each = -target * log_expit(field) - (1 - target) * log_expit(-field)
    return float(each.sum(dtype=np.float64) / len(field))


def _input(network, name, x):
    return _check.reals(name, x, len(network.weights[0])).astype(network.weights[0].dtype)


def _target(network, target, examples):
    n = len(network.biases[-1])
    check = _check.reals if network.units[-1] == "linear" else _check.chances
    target = check("target", target, n)
    if len(target) != examples:
        raise ValueError(f"target has {len(target)} rows beside {examples} of x; wanted one for each")
    return target.astype(network.weights[0].dtype)
