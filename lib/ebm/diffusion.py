"""Diffusion: dissolve data into noise, and bring it back along the score.

Forward, x is pulled to the origin and shaken [sohldickstein2015, song2021]:

    dx = -x dt + sqrt(2) dW,    so that    x_t = e^-t x_0 + sqrt(1 - e^-2t) z,  z normal

which is Langevin motion in the energy x.x/2 at T = 1: annealing run backwards. A mixture of
normal distributions stays one, so its score, the gradient of log p_t, is known exactly; with it
the motion can be reversed. `langevin` samples any energy whose gradient is known.
"""

import itertools
import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp, softmax

from ebm import _check


@dataclass(frozen=True)
class Mixture:
    """A mixture of normal distributions of one variance, in any number of dimensions.

    p(x) = sum over k of share_k N(x; mean_k, variance), all k alike if no shares are given.
    With variance 0 it is a set of points, such as the training data themselves.

    Parameters
    ----------
    means : (K, d) array
    variance : float
        >= 0, of each coordinate.
    shares : (K,) array, optional
        Positive; scaled so that they add up to 1.

    Raises
    ------
    TypeError, ValueError
        If the shapes do not fit, something is not finite, the variance is negative, or a share
        is not positive.

    Examples
    --------
    >>> Mixture([[0.0, 0.0], [1.0, 1.0]], variance=0.1).shares.tolist()
    [0.5, 0.5]
    """

    means: np.ndarray
    variance: float
    shares: np.ndarray | None = None

    def __post_init__(self):
        means = _check.array("means", self.means, ndim=2, wanted="a (K, d) array of numbers").astype(
            np.float64
        )
        if means.size == 0:
            raise ValueError(f"means has shape {means.shape}; wanted a (K, d) array of numbers, not empty")
        variance = _check.number("variance", self.variance, low=0, wanted="a variance of 0 or more")
        wanted = f"an array of {len(means)} positive numbers"
        shares = np.ones(len(means)) if self.shares is None else self.shares
        shares = _check.array("shares", shares, ndim=1, wanted=wanted).astype(np.float64)
        if len(shares) != len(means):
            raise ValueError(f"shares has shape {shares.shape}; wanted {wanted}")
        if (shares <= 0).any():
            raise ValueError(f"shares holds {shares.min()}; wanted {wanted}")
        shares = shares / shares.sum()
        means.flags.writeable = shares.flags.writeable = False
        object.__setattr__(self, "means", means)
        object.__setattr__(self, "variance", variance)
        object.__setattr__(self, "shares", shares)


class Moment(NamedTuple):
    """The points at one time of the motion.

    t : float, 0 for data, large for noise
    x : (batch, d) float64 array
    """

    t: float
    x: np.ndarray


@_check.takes(Mixture)
def sample(mixture, count, *, rng):
    """Points drawn from a mixture.

    Parameters
    ----------
    mixture : Mixture
    count : int
    rng : numpy.random.Generator

    Returns
    -------
    (count, d) float64 array

    Raises
    ------
    TypeError, ValueError
        If `count` < 1 or `rng` is not a Generator.

    Examples
    --------
    >>> sample(Mixture([[3.0]], 0.0), 2, rng=np.random.default_rng(0)).tolist()
    [[3.0], [3.0]]
    """
    count = _check.count("count", count)
    rng = _check.generator(rng)
    which = rng.choice(len(mixture.means), size=count, p=mixture.shares)
    noise = rng.normal(size=(count, mixture.means.shape[1]))
    return mixture.means[which] + math.sqrt(mixture.variance) * noise


def forward(x, t, *, rng):
    """Points after a time t of dissolving: x_t = e^-t x_0 + sqrt(1 - e^-2t) z.

    Parameters
    ----------
    x : (batch, d) array
        Data; left as it is.
    t : float
        >= 0.
    rng : numpy.random.Generator

    Returns
    -------
    (batch, d) float64 array

    Raises
    ------
    TypeError, ValueError
        If `x` is not such an array, t < 0, or `rng` is not a Generator.

    Examples
    --------
    >>> forward([[2.0, 1.0]], 0.0, rng=np.random.default_rng(0)).tolist()
    [[2.0, 1.0]]
    """
    x = _points("x", x)
    t = _check.number("t", t, low=0, wanted="a time t of 0 or more")
    noise = _check.generator(rng).normal(size=x.shape)
    return math.exp(-t) * x + math.sqrt(-math.expm1(-2 * t)) * noise


@_check.takes(Mixture)
def dissolve(mixture, t):
    """The distribution at time t of points that a mixture had at time 0: again a mixture.

    Parameters
    ----------
    mixture : Mixture
    t : float
        >= 0.

    Returns
    -------
    Mixture
        Means e^-t mean_k, variance e^-2t variance + 1 - e^-2t.

    Raises
    ------
    TypeError, ValueError
        If t < 0 or not finite.

    Examples
    --------
    >>> dissolve(Mixture([[1.0]], 0.0), np.log(2)).variance
    0.75
    """
    t = _check.number("t", t, low=0, wanted="a time t of 0 or more")
    variance = math.exp(-2 * t) * mixture.variance - math.expm1(-2 * t)
    return Mixture(math.exp(-t) * mixture.means, variance, mixture.shares)


@_check.takes(Mixture)
def log_density(mixture, x):
    """log p(x) of a mixture.

    Parameters
    ----------
    mixture : Mixture
        Of positive variance.
    x : (batch, d) array

    Returns
    -------
    (batch,) float64 array

    Raises
    ------
    TypeError, ValueError
        If the dimensions differ or the variance is 0, where there is no density.

    Examples
    --------
    >>> round(float(log_density(Mixture([[0.0]], 1.0), [[0.0]])[0]), 4) == round(-0.5 * math.log(2 * math.pi), 4)
    True
    """
    weights, variance = _log_weights(mixture, x)
    return logsumexp(weights, axis=1) - 0.5 * mixture.means.shape[1] * math.log(2 * math.pi * variance)


@_check.takes(Mixture)
def score(mixture, x):
    """The gradient of log p(x): towards the means, each with its posterior weight.

    score(x) = sum over k of p(k | x) (mean_k - x) / variance

    Parameters
    ----------
    mixture : Mixture
        Of positive variance; for time t use `dissolve(mixture, t)`.
    x : (batch, d) array

    Returns
    -------
    (batch, d) float64 array

    Raises
    ------
    TypeError, ValueError
        As `log_density`.

    Examples
    --------
    >>> score(Mixture([[1.0]], 0.5), [[0.0]]).tolist()
    [[2.0]]
    """
    weights, variance = _log_weights(mixture, x)
    return (softmax(weights, axis=1) @ mixture.means - np.asarray(x, dtype=np.float64)) / variance


@_check.takes(Mixture)
def reverse(mixture, x, times, *, rng):
    """Bring noise back to data, step by step along the score.

    Backwards in time the motion is dx = (x + 2 score) dt + sqrt(2) dW [anderson1982]. Each step
    treats the origin's pull exactly and the score as constant.

    Parameters
    ----------
    mixture : Mixture
        The data's distribution, at time 0.
    x : (batch, d) array
        Points at the first of the times, such as `rng.normal(size=...)`.
    times : (steps,) array
        From the first, large, falling to the last, >= 0 (> 0 for a mixture of variance 0).
    rng : numpy.random.Generator

    Yields
    ------
    Moment
        At each of the times; the first is the start.

    Raises
    ------
    TypeError, ValueError
        If the times do not fall, the dimensions differ, or `rng` is not a Generator: at once, not at
        the first step.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> two = Mixture([[-2.0], [2.0]], 0.01)
    >>> *_, last = reverse(two, rng.normal(size=(500, 1)), np.geomspace(5, 0.001, 300), rng=rng)
    >>> bool(np.all(np.abs(np.abs(last.x) - 2) < 0.6))
    True
    """
    x, times = _fitting(mixture, x), _falling(mixture, times)
    return _reverse(mixture, x, times, _check.generator(rng))


def _reverse(mixture, x, times, rng):
    yield Moment(times[0], x)
    for before, t in itertools.pairwise(times):
        grown = math.exp(before - t)
        drift = 2 * score(dissolve(mixture, before), x)
        x = grown * x + (grown - 1) * drift + math.sqrt(grown**2 - 1) * rng.normal(size=x.shape)
        yield Moment(t, x)


@_check.takes(Mixture)
def flow(mixture, x, times):
    """Bring noise back to data without chance: dx = (x + score) dt backwards in time [song2021].

    The same distribution at every time as `reverse`, but each point has one future.

    Parameters
    ----------
    mixture, x, times
        As for `reverse`.

    Yields
    ------
    Moment
        At each of the times; the first is the start.

    Raises
    ------
    TypeError, ValueError
        As `reverse`.

    Examples
    --------
    A single normal distribution is only scaled:

    >>> *_, last = flow(Mixture([[0.0]], 4.0), [[1.0]], np.linspace(6, 0, 3000))
    >>> round(last.x.item(), 2)
    2.0
    """
    x, times = _fitting(mixture, x), _falling(mixture, times)
    return _flow(mixture, x, times)


def _flow(mixture, x, times):
    yield Moment(times[0], x)
    for before, t in itertools.pairwise(times):
        step = before - t
        halfway = x + step / 2 * (x + score(dissolve(mixture, before), x))
        x = x + step * (halfway + score(dissolve(mixture, (before + t) / 2), halfway))
        yield Moment(t, x)


class Step(NamedTuple):
    """One step of Langevin motion.

    x : (batch, d) float64 array
    accepted : float, share of the points that moved
    """

    x: np.ndarray
    accepted: float


def langevin(energy, gradient, x, T, *, step, rng, steps):
    """Sample e^(-E(x)/T) for any energy: downhill, shaken, and corrected to be exact.

    A proposal moves by -step gradient + sqrt(2 step T) z; accepting it by the rule of Metropolis
    and Hastings makes the distribution exact whatever the step [roberts1996].

    Parameters
    ----------
    energy : function of a (batch, d) array, giving (batch,) energies
    gradient : function of a (batch, d) array, giving its (batch, d) gradient
    x : (batch, d) array
        The starts, one a chain; left as they are.
    T : float
        Temperature, > 0, in energy units.
    step : float
        > 0; about two thirds of the proposals should be accepted.
    rng : numpy.random.Generator
    steps : int

    Yields
    ------
    Step
        After each step.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, or the functions give arrays of other shapes: at once.

    Examples
    --------
    The energy x.x/2 at T = 2 has variance 2:

    >>> rng = np.random.default_rng(0)
    >>> E, slope = lambda x: 0.5 * (x**2).sum(axis=1), lambda x: x
    >>> run = [s.x for s in langevin(E, slope, np.zeros((400, 1)), 2.0, step=0.5, rng=rng, steps=100)]
    >>> bool(abs(np.var(run[20:]) - 2) < 0.1)
    True
    """
    x = _points("x", x)
    T = _check.temperature(T)
    step = _check.number("step", step, above=0, wanted="a step > 0")
    steps = _check.count("steps", steps)
    rng = _check.generator(rng)
    for name, given in (("energy", energy), ("gradient", gradient)):
        _check.function(name, given, wanted="a function of a (batch, d) array")
    E = _result("energy", energy, x, x.shape[:1])
    slope = _result("gradient", gradient, x, x.shape)
    return _langevin(energy, gradient, x, E, slope, T, step, rng, steps)


def _langevin(energy, gradient, x, E, slope, T, step, rng, steps):
    for _ in range(steps):
        proposed = x - step * slope + math.sqrt(2 * step * T) * rng.normal(size=x.shape)
        there, slope_there = energy(proposed), gradient(proposed)
        log_forth = -((proposed - x + step * slope) ** 2).sum(axis=1) / (4 * step * T)
        log_back = -((x - proposed + step * slope_there) ** 2).sum(axis=1) / (4 * step * T)
        moved = np.log(rng.random(len(x))) < (E - there) / T + log_back - log_forth
        x = np.where(moved[:, None], proposed, x)
        E, slope = np.where(moved, there, E), np.where(moved[:, None], slope_there, slope)
        yield Step(x, float(moved.mean()))


def _points(name, value):
    x = _check.array(name, value, ndim=2, wanted="a (batch, d) array of numbers").astype(np.float64)
    if x.size == 0:
        raise ValueError(f"{name} has shape {x.shape}; wanted a (batch, d) array of numbers, not empty")
    return x


def _fitting(mixture, x):
    x, d = _points("x", x), mixture.means.shape[1]
    if x.shape[1] != d:
        raise ValueError(f"x has shape {x.shape}; wanted (batch, {d}), as the mixture has {d} dimensions")
    return x


def _falling(mixture, times):
    least = "0 or more" if mixture.variance else "more than 0, as the mixture has no density at 0"
    wanted = f"an array of two or more falling times, the last {least}"
    times = _check.array("times", times, ndim=1, wanted=wanted).astype(np.float64)
    if len(times) < 2 or (np.diff(times) >= 0).any():
        raise ValueError(f"times does not fall: {times[:5]}; wanted {wanted}")
    if times[-1] < 0 or (times[-1] == 0 and mixture.variance == 0):
        raise ValueError(f"times ends at {times[-1]}; wanted {wanted}")
    return times


def _log_weights(mixture, x):
    """log of share_k e^(-|x - mean_k|^2 / 2 variance), for every point and k; and the variance."""
    x = _fitting(mixture, x)
    if mixture.variance == 0:
        raise ValueError("mixture has variance 0, so no density; wanted a positive one, as `dissolve` gives")
    squared = ((x[:, None, :] - mixture.means) ** 2).sum(axis=2)
    return np.log(mixture.shares) - squared / (2 * mixture.variance), mixture.variance


def _result(name, function, x, shape):
    value = np.asarray(function(x))
    if value.shape != shape:
        raise ValueError(f"{name}(x) has shape {value.shape} for x of shape {x.shape}; wanted {shape}")
    return value
