"""Learning: what goes together in the data is strengthened, what goes together in the machine's dreams weakened.

    change of w_ij = rate (<s_i s_j>data - <s_i s_j>model) / T

Two phases find the two averages. In the positive one the visible units are held at the data,
in the negative one the machine runs by itself [hinton1983, ackley1985]. Either can list
all states ("exact") or sample (`Annealed`, `Persistent`).
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from ebm import _check
from ebm._kernel import kernel
from ebm.boltzmann import likelihood
from ebm.boltzmann.likelihood import Statistics, _add, _data, _held, _log_Zs, _running
from ebm.boltzmann.model import Boltzmann, _linked
from ebm.boltzmann.sampling import _anneal, _falling_to, _sweep, _words, random_states
from ebm.maths import log

_FEW_UNITS = 12  # up to here KL is found after every step, however the averages are


class Annealed(NamedTuple):
    """A phase that starts anew each time: from coin tosses down a schedule, then averages over sweeps at T.

    schedule : temperatures of single sweeps, never rising, none below T
    sweeps : int, sweeps at T whose states are averaged
    chains : int, runs; in the positive phase the examples are dealt to them
    """

    schedule: tuple
    sweeps: int = 10
    chains: int = 10


class Persistent(NamedTuple):
    """A negative phase whose chains run on from step to step, and are averaged over each step's sweeps.

    chains : int
    sweeps : int, in each step
    """

    chains: int = 100
    sweeps: int = 1


class Step(NamedTuple):
    """The machine after one more change of its weights.

    step : int, from 1
    model : Boltzmann
    positive, negative : Statistics, the averages that made the change
    norm : float, length of the gradient (positive - negative) / T, each weight counted once
    kl : float, KL(data || model) in nats; NaN if that would take listing more than 2^12 states
    """

    step: int
    model: object
    positive: Statistics
    negative: Statistics
    norm: float
    kl: float


class _Settings(NamedTuple):
    rate: list
    T: float
    sign: int
    links: np.ndarray
    decay: float
    measure: bool
    progress: bool


@_check.takes(Boltzmann)
def learn(
    model,
    data,
    p=None,
    *,
    steps,
    rate,
    T=1.0,
    positive="exact",
    negative="exact",
    rule="gradient",
    links=None,
    decay=0.0,
    noise=(0.0, 0.0),
    rng=None,
    progress=False,
):
    """Change weights and biases step by step so that the machine's visible states become those of the data.

    Parameters
    ----------
    model : Boltzmann
        The start (see `initial`); left as it is.
    data : (P, n_visible) array of 0 and 1 (of +1 and -1 for spins)
        Visible states, or samples; the same one may come more than once.
    p : (P,) array, optional
        Their probabilities; 1/P each if left out.
    steps : int
    rate : float or (steps,) array
        Learning rate, > 0.
    T : float
        Temperature at which the machine is to have the distribution of the data, > 0.
    positive : "exact" or Annealed
    negative : "exact", Annealed or Persistent
        How each phase finds its averages; "exact" lists the states of up to 20 units.
    rule : "gradient" or "sign"
        With "sign" each weight changes by `rate`, up or down, as in 1985.
    links : (n, n) array of 0 and 1, optional
        1 where a weight may change (see `links`); all if left out. Biases always may.
    decay : float
        Weight decay, >= 0: each step also takes rate * decay of each such weight away.
    noise : (float, float)
        Probabilities that a held unit that should be on is off, and one that should be off is on.
        So a weight whose units always agree does not grow for ever.
    rng : numpy.random.Generator
        Needed unless both phases are exact.
    progress : bool
        Show a progress bar.

    Returns
    -------
    iterator of Step
        Nothing is computed before the first is asked for.

    Raises
    ------
    TypeError, ValueError
        At the call, if the data do not fit or an argument is out of range; during learning,
        if the weights grow beyond all bounds.

    Notes
    -----
    Rule: [ackley1985], who used noise (0.15, 0.05), the sign with a step of 2, and annealing from
    T = 20 to 10. Persistent chains: [younes1989], [tieleman2008].

    Examples
    --------
    Two units that agree:

    >>> from ebm.boltzmann import initial, kl
    >>> start = initial(2, rng=np.random.default_rng(0))
    >>> data, p = [[0, 0], [0, 1], [1, 0], [1, 1]], [0.4, 0.1, 0.1, 0.4]
    >>> *_, last = learn(start, data, p, steps=200, rate=1.0)
    >>> last.kl < 1e-4, last.model.W.round(1).tolist()
    (True, [[0.0, 2.8], [2.8, 0.0]])
    """
    v, p = _data(model, data, p)
    steps, T = _check.count("steps", steps), _check.temperature(T)
    noise = _noise(noise)
    if rng is not None:
        _check.generator(rng)
    held = _positive_phase(model, v, p, T, positive, noise, rng)
    running = _negative_phase(model, T, negative, rng)
    settings = _Settings(
        _check.schedule("rate", rate, steps, above=0, wanted="a learning rate > 0"),
        T,
        int(_check.choice("rule", rule, ("gradient", "sign")) == "sign"),
        _linked(links, model.n),
        _check.number("decay", decay, low=0, wanted="a weight decay of 0 or more"),
        _is_exact(negative) or model.n <= _FEW_UNITS,
        progress,
    )
    return _steps(model, v, p, held, running, settings)


def _steps(model, v, p, held, running, settings):
    _, T, sign, links, decay, measure, progress = settings
    W, b = model.W.copy(), model.b.copy()
    for step, rate in enumerate(tqdm(settings.rate, disable=not progress, unit="step"), 1):
        positive, negative = held(model), running(model)
        _change(W, b, links, *positive, *negative, rate, T, sign, decay)
        if not (np.isfinite(W).all() and np.isfinite(b).all()):
            raise ValueError(
                f"rate is {rate} in step {step}, and the weights grew beyond all bounds; wanted a smaller one"
            )
        model = replace(model, W=W, b=b)
        kl = likelihood._kl(model, v, p, T) if measure else np.nan
        yield Step(step, model, positive, negative, _norm(positive, negative, links, T), kl)


def _norm(positive, negative, links, T):
    weights = np.triu(links * (positive.W - negative.W), 1)
    return float(np.sqrt((weights**2).sum() + ((positive.b - negative.b) ** 2).sum()) / T)


def _noise(noise):
    if not isinstance(noise, (tuple, list)) or len(noise) != 2:
        raise TypeError(f"noise is {noise!r}; wanted two probabilities, (on to off, off to on)")
    return tuple(_check.fraction("noise", share) for share in noise)


def _positive_phase(model, v, p, T, phase, noise, rng):
    """A function that finds the averages of a model with its visible units held at the data."""
    if _is_exact(phase):
        likelihood._listable("the hidden units", model.n_hidden)
        noisy_v, noisy_p = noisy(model, v, p, *noise) if any(noise) else (v, p)
        return lambda model: likelihood._positive(model, noisy_v, noisy_p, T)
    if not isinstance(phase, Annealed):
        raise TypeError(f'positive is {phase!r}; wanted "exact" or Annealed(...)')
    sampled = _annealed_phase(phase, T, likelihood._hidden(model), rng)

    def examples():
        dealt = v[_deal(p, phase.chains, rng)]
        wrong = rng.random(dealt.shape) < np.where(dealt == 1, *noise)
        return np.where(wrong, 1 + model.off - dealt, dealt)

    return lambda model: sampled(model, examples())


def _negative_phase(model, T, phase, rng):
    """A function that finds the averages of a model that runs by itself."""
    if _is_exact(phase):
        likelihood._listable("all units", model.n)
        return lambda model: likelihood._negative(model, T)
    everything = np.arange(model.n)
    if isinstance(phase, Annealed):
        return _annealed_phase(phase, T, everything, rng)
    if not isinstance(phase, Persistent):
        raise TypeError(f'negative is {phase!r}; wanted "exact", Annealed(...) or Persistent(...)')
    chains, sweeps = _check.count("chains", phase.chains), _check.count("sweeps", phase.sweeps)
    s, words = random_states(model, chains, rng=rng), _words(rng, chains)
    return lambda model: _collected(model, s, everything, T, words, sweeps)


def _is_exact(phase):
    return isinstance(phase, str) and phase == "exact"


def _annealed_phase(phase, T, free, rng):
    schedule = _falling_to(T, phase.schedule)
    chains, sweeps = _check.count("chains", phase.chains), _check.count("sweeps", phase.sweeps)
    _check.generator(rng)

    def averages(model, held=None):
        s = np.full((chains, model.n), model.off, dtype=np.int8)
        if held is not None:
            s[:, : model.n_visible] = held
        words = _words(rng, chains)
        _anneal(model.W, model.b, model.off, s, free, schedule, words)
        return _collected(model, s, free, T, words, sweeps)

    return averages


def _collected(model, s, free, T, words, sweeps):
    averages = Statistics(np.zeros((model.n, model.n)), np.zeros(model.n))
    _collect(model.W, model.b, model.off, s, free, T, words, sweeps, *averages)
    return averages


def _deal(p, chains, rng):
    """Numbers of examples, each as often as its share of the chains says, but for the rounding, which is by chance."""
    places = (np.arange(chains) + rng.random()) / chains
    return np.minimum(np.searchsorted(np.cumsum(p), places, side="right"), len(p) - 1)


@_check.takes(Boltzmann)
def noisy(model, data, p=None, on_off=0.15, off_on=0.05):
    """The distribution of visible states after each unit has been turned over with some probability.

    Parameters
    ----------
    model : Boltzmann
        At most 12 visible units.
    data : (P, n_visible) array of 0 and 1 (of +1 and -1 for spins)
    p : (P,) array, optional
        Their probabilities; 1/P each if left out.
    on_off, off_on : float
        Probabilities that a unit that is on gets turned off, and one that is off gets turned on.

    Returns
    -------
    v : (2^n_visible, n_visible) int8 array
        All states.
    p : (2^n_visible,) float64 array

    Raises
    ------
    TypeError, ValueError
        If the data do not fit the model, it has more than 12 visible units, or a probability is
        not from 0 to 1.

    Notes
    -----
    What [ackley1985] clamped their encoders to.

    Examples
    --------
    >>> from ebm.boltzmann import Boltzmann
    >>> v, p = noisy(Boltzmann([[0, 0], [0, 0]]), [[1, 0]], on_off=0.5, off_on=0.0)
    >>> v.tolist(), p.tolist()
    ([[0, 0], [1, 0], [0, 1], [1, 1]], [0.5, 0.5, 0.0, 0.0])
    """
    v, p = _data(model, data, p)
    on_off, off_on = _check.fraction("on_off", on_off), _check.fraction("off_on", off_on)
    n = model.n_visible
    if n > _FEW_UNITS:
        raise ValueError(
            f"model has {n} visible units; wanted at most {_FEW_UNITS} for a list of noisy states"
        )
    turned = np.array([[1 - off_on, on_off], [off_on, 1 - on_off]])  # to off, to on; from off, from on
    table = np.zeros(2**n)
    table[(v == 1) @ (1 << np.arange(n))] = p
    table = table.reshape((2,) * n)
    for axis in range(n):
        table = np.moveaxis(np.tensordot(turned, table, (1, axis)), 0, axis)
    on = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    return np.where(on, 1, model.off).astype(np.int8), table.ravel()


@kernel
def _collect(W, b, off, s, free, T, words, sweeps, pairs, means):
    """Sweeps of every chain, and the averages of their states after each."""
    for c in range(len(s)):
        for _ in range(sweeps):
            _sweep(W, b, off, s[c], free, T, words[c], 0)
            _add(s[c], 1.0 / (len(s) * sweeps), pairs, means)


@kernel
def _change(W, b, links, pairs, means, own_pairs, own_means, rate, T, sign, decay):
    """W and b change in place by rate times the gradient, or times its sign."""
    for i in range(len(b)):
        b[i] += rate * _slope(means[i] - own_means[i], T, sign)
        for j in range(i):
            if links[i, j]:
                slope = _slope(pairs[i, j] - own_pairs[i, j], T, sign)
                W[i, j] += rate * (slope - decay * W[i, j])
                W[j, i] = W[i, j]


@kernel
def _slope(difference, T, sign):
    if sign:
        return 1.0 if difference > 0 else -1.0 if difference < 0 else 0.0
    return difference / T


@kernel
def _two_phases(
    W,
    b,
    off,
    links,
    v,
    p_v,
    s,
    free,
    hidden,
    rate,
    T,
    p,
    p_hidden,
    log_Zs,
    pairs,
    means,
    own_pairs,
    own_means,
):
    """One exact step of learning for a page, all of it in place; returns KL(data || model) before the step."""
    pairs[:] = 0.0
    own_pairs[:] = 0.0
    means[:] = 0.0
    own_means[:] = 0.0
    _held(W, b, off, v, p_v, s, hidden, T, p_hidden, pairs, means)
    log_Z = _running(W, b, off, s, free, T, p, own_pairs, own_means)
    _log_Zs(W, b, off, v, s, hidden, T, p_hidden, log_Zs)
    divergence = 0.0
    for k in range(len(v)):
        divergence += p_v[k] * (log(p_v[k]) - log_Zs[k] + log_Z)
    _change(W, b, links, pairs, means, own_pairs, own_means, rate, T, 0, 0.0)
    return divergence
