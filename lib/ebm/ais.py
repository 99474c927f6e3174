"""Annealed importance sampling: the partition function of a machine too large to list [neal2001].

Chains go from a machine without weights, whose Z is known, to the one in question, through

    p_beta(v) ~ e^((1 - beta) a.v + beta b_v.v) prod_j (1 + e^(beta field_j)),   beta = 0 .. 1

At each step a chain's weight is multiplied by p_new(v) / p_old(v), without their Z; then one
Gibbs sweep at the new beta follows. The mean weight is Z / Z_0, whatever the steps; many
small ones make it precise [salakhutdinov2008]. Its logarithm is too low on average. Chains
that go the other way, from the machine's own states, give one that is too high on average:
between the two lies log Z [burda2015].
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp
from tqdm import tqdm

from ebm import _check
from ebm._blas import one_thread
from ebm.fast import annealed
from ebm.rbm.model import RBM, _softplus
from ebm.rbm.units import BITS


class Estimate(NamedTuple):
    """An estimate of log Z.

    log_Z : float
    error : float, standard error of log_Z, from the scatter of the weights. Not to be trusted above
        one or so: a few chains then carry all the weight
    log_weights : (chains,) float64 array, log of Z / Z_0 (forward) or Z_0 / Z (reverse) by each chain
    """

    log_Z: float
    error: float
    log_weights: np.ndarray


class Step(NamedTuple):
    """The chains after a step.

    beta : float
    log_weights : (chains,) float64 array
    v : (chains, n_v) array of 0 and 1
    """

    beta: float
    log_weights: np.ndarray
    v: np.ndarray


def forward(model, betas, *, rng, chains=100, base=None, T=1.0, progress=False):
    """log Z from chains that start without weights: too low on average, less so with more steps.

    Parameters
    ----------
    model : RBM
        Its precision is that of the computation.
    betas : (steps,) array
        From 0 to 1, never falling; for example np.linspace(0, 1, 1000).
    rng : numpy.random.Generator
    chains : int
        >= 2, all run at once.
    base : (n_v,) array, optional
        Biases a of the machine at beta = 0: `rbm.mean_biases` of the training data saves most of
        the way. 0 if left out.
    T : float
        Temperature, > 0: log of the sum of e^(-E/T) is estimated.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Estimate

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range or does not fit the model.

    Notes
    -----
    [neal2001], for this machine [salakhutdinov2008]. In single precision steps are those of
    `ebm.fast.annealed`.

    Examples
    --------
    Without weights one step is exact:

    >>> from ebm import rbm
    >>> model, b_v = rbm.RBM(np.zeros((3, 2)), [1.0, 0, -1]), [1.0, 0, -1]
    >>> found = forward(model, [0, 1], rng=np.random.default_rng(0), base=b_v)
    >>> round(found.log_Z, 6) == round(rbm.log_Z(model), 6), found.error
    (True, 0.0)
    """
    last = _end(_forward(model, betas, rng, chains, base, T, progress))
    return _estimate(_log_Z_0(_base(model, base), model.n_h), last.log_weights, 1)


def steps(model, betas, *, rng, chains=100, base=None, T=1.0, progress=False):
    """The same, step by step: what `forward` looks at only the end of.

    Parameters
    ----------
    model, betas, rng, chains, base, T, progress
        As in `forward`.

    Returns
    -------
    iterator of Step

    Raises
    ------
    TypeError, ValueError
        As `forward`.

    Examples
    --------
    >>> from ebm.rbm import RBM
    >>> model = RBM(np.ones((3, 2)))
    >>> [step.beta for step in steps(model, [0, 0.5, 1], rng=np.random.default_rng(0))]
    [0.5, 1.0]
    """
    return _one_by_one(_forward(model, betas, rng, chains, base, T, progress))


def reverse(model, betas, v, *, rng, base=None, T=1.0, progress=False):
    """log Z from chains that start in the machine's own states: too high on average.

    Parameters
    ----------
    model : RBM
        Its precision is that of the computation.
    betas : (steps,) array
        From 0 to 1, as for `forward`; run through from the end.
    v : (chains, n_v) array of 0 and 1
        Independent samples of the machine at T: by `rbm.draw`, or the ends of long Gibbs chains.
        As good as they are is the claim that the estimate is too high.
    rng : numpy.random.Generator
    base : (n_v,) array, optional
        Biases of the machine at beta = 0; 0 if left out.
    T : float
        Temperature, > 0.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Estimate

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range or does not fit the model.

    Notes
    -----
    [burda2015], [grosse2015].

    Examples
    --------
    >>> from ebm import rbm
    >>> model, rng = rbm.RBM([[1.0, -2.0], [3.0, 0.5]]), np.random.default_rng(0)
    >>> found = reverse(model, np.linspace(0, 1, 50), rbm.draw(model, 500, rng=rng), rng=rng)
    >>> abs(found.log_Z - rbm.log_Z(model)) < 3 * found.error < 0.1
    True
    """
    betas, base = _rising(betas), _base(model, base)
    v = _check.bits("v", v, model.n_v, ndim=2).astype(model.W.dtype)
    _check.count("the number of chains in v", len(v), low=2)
    last = _end(_anneal(model, base, betas[::-1], v, _check.temperature(T), _check.generator(rng), progress))
    return _estimate(_log_Z_0(base, model.n_h), last.log_weights, -1)


def _forward(model, betas, rng, chains, base, T, progress):
    betas, base = _rising(betas), _base(model, base)
    rng, T = _check.generator(rng), _check.temperature(T)
    chains = _check.count("chains", chains, low=2)
    v = BITS.sample(BITS.mean(np.tile(base, (chains, 1))), rng)
    return _anneal(model, base, betas, v, T, rng, progress)


def _anneal(model, a, betas, v, T, rng, progress):
    """Take the chains v from the first beta to the last, and yield the weights they gather on the way."""
    machine = [x / x.dtype.type(T) for x in (model.W, model.b_v, model.b_h)]
    step = _stepper(machine, a, rng)
    log_weights = np.zeros(len(v))
    path = tqdm(pairwise(betas), total=len(betas) - 1, disable=not progress, desc="AIS", unit="step")
    for old, new in path:
        gained, v = step(old, new, v)
        log_weights += gained
        yield Step(new, log_weights.copy(), v)


def _stepper(machine, a, rng):
    """`_step` of that machine; in single precision its quick form."""
    if a.dtype == np.float32:
        return annealed.Chains(*machine, a, rng).step
    return lambda old, new, v: _step(*machine, a, old, new, v, BITS, rng)


def _step(W, b_v, b_h, a, old, new, v, bits, rng):
    """The weights that the chains v gain from one beta to the next, and the chains after a sweep there."""
    field = v @ W + b_h
    gained = (new - old) * (v @ (b_v - a)) + _gain(field, old, new)
    with np.errstate(over="ignore"):
        h = bits.sample(bits.mean(new * field), rng)
        v = bits.sample(bits.mean((1 - new) * a + new * (h @ W.T + b_v)), rng)
    return gained, v


def _gain(field, old, new):
    """log of the product over hidden units of (1 + e^(new field)) / (1 + e^(old field))."""
    return _softplus(new * field) - _softplus(old * field)


@one_thread
def _end(path):
    *_, last = path
    return last


def _one_by_one(path):
    """The same, each step on one thread, and what happens in between on as many as before."""
    following = one_thread(lambda: next(path, None))
    while (step := following()) is not None:
        yield step


def _estimate(log_Z_0, log_weights, sign):
    """log Z = log Z_0 +- log of the mean weight; the error of the logarithm is the relative one of the mean."""
    chains = len(log_weights)
    log_mean = logsumexp(log_weights) - np.log(chains)
    relative = np.exp(log_weights - log_mean)
    return Estimate(
        float(log_Z_0 + sign * log_mean), float(relative.std(ddof=1) / np.sqrt(chains)), log_weights
    )


def _log_Z_0(a, n_h):
    """log Z at beta = 0: every hidden unit is a fair coin."""
    return float(np.logaddexp(0, a, dtype=np.float64).sum() + n_h * np.log(2))


def _base(model, base):
    if not isinstance(model, RBM):
        raise TypeError(f"model is a {type(model).__name__}; wanted an RBM, whose visible units are 0 or 1")
    a = np.zeros(model.n_v) if base is None else _check.reals("base", base, model.n_v, ndim=1)
    return a.astype(model.W.dtype)


def _rising(betas):
    """betas as a list of floats."""
    wanted = "an array of numbers that go from 0 to 1 and never fall"
    found = _check.array("betas", betas, ndim=1, wanted=wanted).astype(np.float64)
    if len(found) < 2 or found[0] != 0 or found[-1] != 1:
        ends = f"from {found[0]} to {found[-1]}" if len(found) else "nowhere"
        raise ValueError(f"betas goes {ends}; wanted {wanted}")
    if (np.diff(found) < 0).any():
        k = int(np.argmax(np.diff(found) < 0))
        raise ValueError(f"betas falls from {found[k]} to {found[k + 1]}; wanted {wanted}")
    return found.tolist()
