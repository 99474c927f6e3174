"""Labels as visible units: one machine that knows pictures and names together [larochelle2008]."""

import numpy as np
from scipy.special import softmax

from ebm import _check
from ebm.rbm.model import RBM, _ndim, _softplus, _temperature


def with_labels(v, labels, classes):
    """Examples with their labels beside them: one more unit for each class, one of them on.

    Parameters
    ----------
    v : (P, n) array of numbers from 0 to 1
    labels : (P,) array of whole numbers
        From 0 to classes - 1.
    classes : int

    Returns
    -------
    (P, n + classes) array
        int8 if `v` holds only 0 and 1.

    Raises
    ------
    TypeError, ValueError
        If there is not one label for each example.

    Examples
    --------
    >>> with_labels([[1, 0], [1, 1]], [2, 0], 3).tolist()
    [[1, 0, 0, 0, 1], [1, 1, 1, 0, 0]]
    """
    v, classes = _check.chances("v", v), _check.count("classes", classes)
    labels = _check.whole("labels", labels, len(v), below=classes)
    if ((v == 0) | (v == 1)).all():
        v = v.astype(np.int8)
    return np.hstack([v, np.eye(classes, dtype=v.dtype)[labels]])


@_check.takes(RBM)
def p_label(model, v, classes, T=1.0):
    """p(label | v) of a machine whose last visible units are the labels of `with_labels`.

    p(label) is proportional to e^(-F(v, label)/T), the free energy with each label in turn, given
    that one label unit is on and no more.

    Parameters
    ----------
    model : RBM
    v : (n,) or (batch, n) array of 0 and 1
        Without labels: n = n_v - classes.
    classes : int
        1 <= classes < n_v.
    T : float
        Temperature, > 0.

    Returns
    -------
    (classes,) or (batch, classes) float64 array

    Raises
    ------
    TypeError, ValueError
        If `v` does not fit the model or T <= 0.

    Examples
    --------
    One unit, two labels, and a hidden unit that is on when unit and second label are:

    >>> from ebm.rbm import RBM
    >>> p_label(RBM([[0], [0], [3.0]], b_h=[-1.0]), [1], classes=2).round(3).tolist()
    [0.14, 0.86]
    """
    classes = _check.count("classes", classes, high=model.n_v - 1)
    v = _check.bits("v", v, model.n_v - classes, ndim=_ndim(v))
    return _p_label(model, v.astype(model.W.dtype), classes, _temperature(model, T))


def _p_label(model, v, classes, T=1.0):
    n = model.n_v - classes
    fields = (v @ model.W[:n] + model.b_h)[..., None, :] + model.W[n:]
    return softmax((model.b_v[n:] + T * _softplus(fields / T)) / T, axis=-1)


@_check.takes(RBM)
def classify(model, v, classes):
    """The label of lowest free energy for each example.

    Parameters
    ----------
    model : RBM
        Its last `classes` visible units are the labels of `with_labels`.
    v : (n,) or (batch, n) array of 0 and 1
        Without labels: n = n_v - classes.
    classes : int
        1 <= classes < n_v.

    Returns
    -------
    int, or (batch,) int64 array

    Raises
    ------
    TypeError, ValueError
        If `v` does not fit the model.

    Examples
    --------
    >>> from ebm.rbm import RBM
    >>> classify(RBM([[0], [0], [3.0]], b_h=[-1.0]), [[1], [0]], classes=2).tolist()
    [1, 1]
    """
    best = p_label(model, v, classes).argmax(axis=-1)
    return int(best) if best.ndim == 0 else best
