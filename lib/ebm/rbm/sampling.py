"""Sampling by turns: one side given the other, and back (block Gibbs sampling [geman1984])."""

from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from ebm import _check, random
from ebm._blas import one_thread
from ebm._kernel import kernel
from ebm._progress import parts
from ebm.maths import sigmoid
from ebm.rbm.model import RBM, _double, _temperature, _visible
from ebm.rbm.units import BITS, quick


class States(NamedTuple):
    """Visible and hidden units together.

    v : (..., n_v) int8 array of 0 and 1
    h : (..., n_h) int8 array of 0 and 1
    """

    v: np.ndarray
    h: np.ndarray


@_check.takes(RBM)
@one_thread
def gibbs(model, v, T=1.0, *, rng, sweeps, progress=False):
    """Many chains at once: all hidden units given the visible ones, then all visible ones, and again.

    Parameters
    ----------
    model : RBM
    v : (n_v,) or (batch, n_v) array of 0 and 1
        The start, a chain a row; left as it is.
    T : float
        Temperature, > 0.
    rng : numpy.random.Generator
    sweeps : int
        Each updates every unit once.
    progress : bool
        Show a progress bar.

    Returns
    -------
    States
        The last ones: v was drawn from p(v | h).

    Raises
    ------
    TypeError, ValueError
        If `v` does not fit the model, T <= 0, `sweeps` < 1 or `rng` is not a Generator.

    Notes
    -----
    In single precision units are drawn by the kernels of `ebm.fast.layers`, in double precision by NumPy.

    Examples
    --------
    >>> from ebm.rbm import RBM
    >>> v, h = gibbs(RBM(np.ones((6, 3))), np.zeros((100, 6)), rng=np.random.default_rng(0), sweeps=5)
    >>> v.shape, h.shape
    ((100, 6), (100, 3))
    """
    v, T = _visible(model, v), _temperature(model, T)
    sweeps, rng = _check.count("sweeps", sweeps), _check.generator(rng)
    bits = quick(BITS, model.W.dtype, rng)
    with np.errstate(over="ignore"):
        for _ in tqdm(range(sweeps), disable=not progress, unit="sweep"):
            h = bits.sample(bits.mean((v @ model.W + model.b_h) / T), rng)
            v = bits.sample(bits.mean((h @ model.W.T + model.b_v) / T), rng)
    return States(v.astype(np.int8), h.astype(np.int8))


@_check.takes(RBM)
def sample(model, v, T=1.0, *, rng, sweeps, progress=False):
    """One chain, every state of it: for averages over a small machine at temperature T.

    Parameters
    ----------
    model : RBM
    v : (n_v,) array of 0 and 1
        The start; left as it is, and not among the results.
    T : float
        Temperature, > 0.
    rng : numpy.random.Generator
    sweeps : int
        Each updates every unit once.
    progress : bool
        Show a progress bar.

    Returns
    -------
    States
        Of (sweeps, n_v) and (sweeps, n_h); neighbours in it are correlated.

    Raises
    ------
    TypeError, ValueError
        As `gibbs`.

    Examples
    --------
    >>> from ebm.rbm import RBM
    >>> v, h = sample(RBM(np.ones((6, 3))), np.zeros(6), rng=np.random.default_rng(0), sweeps=4)
    >>> v.shape, h.shape
    ((4, 6), (4, 3))
    """
    v = _check.bits("v", v, model.n_v)
    T, sweeps = _check.temperature(T), _check.count("sweeps", sweeps)
    words = random.state(rng)
    states = States(np.empty((sweeps, model.n_v), np.int8), np.empty((sweeps, model.n_h), np.int8))
    h, p = np.empty(model.n_h, np.int8), np.empty(model.n_h)
    for part in parts(sweeps, progress, "sweep"):
        _gibbs_sweeps(*_double(model), v, h, T, words, p, states.v[part], states.h[part])
    return states


@kernel
def _gibbs_sweeps(W, b_v, b_h, v, h, T, words, p, vs, hs):
    for k in range(len(vs)):
        _draw_h(W, b_h, v, T, words, p, h)
        _draw_v(W, b_v, h, T, words, v)
        for i in range(len(v)):
            vs[k, i] = v[i]
        for j in range(len(h)):
            hs[k, j] = h[j]


@kernel
def _draw_h(W, b_h, v, T, words, p, h):
    """h from p(h | v), and the probabilities."""
    for j in range(len(h)):
        field = b_h[j]
        for i in range(len(v)):
            field += v[i] * W[i, j]
        p[j] = sigmoid(field / T)
        h[j] = 1 if random.uniform(words) < p[j] else 0


@kernel
def _draw_v(W, b_v, h, T, words, v):
    """v from p(v | h)."""
    for i in range(len(v)):
        field = b_v[i]
        for j in range(len(h)):
            field += W[i, j] * h[j]
        v[i] = 1 if random.uniform(words) < sigmoid(field / T) else 0


@_check.takes(RBM)
@one_thread
def complete(model, v, known, T=1.0, *, rng, sweeps, progress=False):
    """Hold some visible units fixed and let the others settle: what goes with what is seen?

    Parameters
    ----------
    model : RBM
    v : (n_v,) or (batch, n_v) array of 0 and 1
        Left as it is. What it says of unknown units is not used: they start as fair coins.
    known : (n_v,) array of 0 and 1
        1 (or True) for the units that are held.
    T : float
        Temperature, > 0.
    rng : numpy.random.Generator
    sweeps : int
        Gibbs sweeps.
    progress : bool
        Show a progress bar.

    Returns
    -------
    int8 array of the shape of `v`

    Raises
    ------
    TypeError, ValueError
        If `v` or `known` does not fit the model, T <= 0, `sweeps` < 1 or `rng` is not a Generator.

    Examples
    --------
    Two visible units that a hidden one keeps equal, the first known:

    >>> from ebm.rbm import RBM
    >>> equal = RBM([[40.0], [40.0]], b_v=[-20, -20], b_h=[-40])
    >>> complete(equal, [1, 0], [1, 0], rng=np.random.default_rng(0), sweeps=20).tolist()
    [1, 1]
    """
    v, T = _visible(model, v), _temperature(model, T)
    free = _check.bits("known", known, model.n_v) == 0
    sweeps, rng = _check.count("sweeps", sweeps), _check.generator(rng)
    v[..., free] = rng.integers(0, 2, v[..., free].shape)
    bits = quick(BITS, model.W.dtype, rng)
    with np.errstate(over="ignore"):
        for _ in tqdm(range(sweeps), disable=not progress, unit="sweep"):
            h = bits.sample(bits.mean((v @ model.W + model.b_h) / T), rng)
            v[..., free] = bits.sample(bits.mean((h @ model.W.T + model.b_v)[..., free] / T), rng)
    return v.astype(np.int8)
