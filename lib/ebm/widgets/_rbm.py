"""A small restricted Boltzmann machine that learns three letters, while it is watched."""

from typing import NamedTuple

import numpy as np
import traitlets

from ebm import _check, data, random, wasm
from ebm import rbm as physics
from ebm.maths import exp
from ebm.widgets import _rbm_figure as figure
from ebm.widgets import _rbm_kernels as kernels
from ebm.widgets._interactive import Interactive, View, follows, slider, source

NAMES, SIDE = "TLO", 3
N_V, N_H = SIDE**2, 4
SLOWEST, FASTEST = 0.01, 1.0
SPEEDS = (10, 60, 400)
MOST_EPOCHS = 10_000
FINE = 1.02  # from one point of the curves to the next, on their logarithmic axis
SCALE = 0.1  # standard deviation of the first weights
STRONGEST = 1000.0
BEST = float(-np.log(len(NAMES)))  # mean log-likelihood of a machine that shows nothing but the letters


class RoundTrip(NamedTuple):
    """From the visible units to the hidden ones and back.

    p : (4,) array, p(h | v)
    h : (4,) int8 array, drawn from p
    chances : (9,) array, p(v' | h)
    v : (9,) int8 array, v' drawn from the chances
    """

    p: np.ndarray
    h: np.ndarray
    chances: np.ndarray
    v: np.ndarray


class RbmView(View):
    """The drawing, and the traits it shares with Python.

    rate : float, learning rate, 0.01 to 1, to six decimals
    speed : int, 10, 60 or 400 epochs a second
    W : 9 lists of 4 floats; b_v : list of 9 floats; b_h : list of 4 floats
    epoch : int, passes over the letters since the weights were new
    error : float, reconstruction error per unit; follows from the weights
    log_likelihood : float, exact, mean over the letters; follows from the weights
    v : list of 9 numbers, 0 or 1: the visible units
    running : bool
    seed : int; setting it resets everything that was drawn at random
    """

    _esm = source("rbm", "mjs")
    _css = source("rbm", "css")

    rate = traitlets.Float(0.1).tag(sync=True)
    speed = traitlets.Enum(SPEEDS, 60).tag(sync=True)
    W = traitlets.TraitType([[0.0] * N_H] * N_V).tag(sync=True)  # this and the next are checked below
    b_v = traitlets.TraitType([0.0] * N_V).tag(sync=True)
    b_h = traitlets.TraitType([0.0] * N_H).tag(sync=True)
    epoch = traitlets.Int(0, min=0, max=MOST_EPOCHS).tag(sync=True)
    error = traitlets.Float()
    log_likelihood = traitlets.Float()
    v = traitlets.TraitType([0] * N_V).tag(sync=True)
    running = traitlets.Bool(True).tag(sync=True)
    seed = traitlets.Int(0, min=0).tag(sync=True)

    letters = traitlets.Bytes().tag(sync=True)
    limits = traitlets.Dict(
        {"epochs": MOST_EPOCHS, "fine": FINE, "scale": SCALE, "names": NAMES, "best": BEST}
    ).tag(sync=True)
    order = traitlets.List([0, 1, 2]).tag(sync=True)  # of the letters, in the last pass
    curve = traitlets.List().tag(sync=True)  # epoch, error and log-likelihood, of some epochs
    words = traitlets.CBytes().tag(sync=True)  # of learning; the page sends a memoryview
    coins = traitlets.CBytes().tag(sync=True)  # of the way from v to v'
    start = traitlets.Dict().tag(sync=True)

    def __init__(self, rate, speed, seed, epochs):
        self.patterns = data.to_bits(data.letters(NAMES, f"{SIDE}x{SIDE}"))
        super().__init__(
            kernels=wasm.build(kernels.KERNELS),
            letters=self.patterns.tobytes(),
            rate=rate,
            speed=speed,
            seed=seed,
        )
        self.reset()
        if _check.count("epochs", epochs, low=0, high=MOST_EPOCHS):
            self.advance(epochs)

    @traitlets.observe("seed")
    def _reseed(self, change):
        self.reset()

    def reset(self):
        """Back to the seed: its weights, its random numbers, no epochs, a T with one unit turned over."""
        rng = np.random.default_rng(self.seed)
        machine = physics.initial(N_V, N_H, rng=rng, scale=SCALE, dtype=np.float64)
        words, coins, v = random.state(rng), random.state(rng), self.patterns[0].copy()
        kernels.corrupt(coins, v)
        first = {"rate": self.rate, "W": machine.W.tolist(), "b_v": [0.0] * N_V, "b_h": [0.0] * N_H}
        with self.hold_sync():
            self.start = first | {
                "v": v.tolist(),
                "order": [0, 1, 2],
                "words": words.tobytes().hex(),
                "coins": coins.tobytes().hex(),
            }
            self.coins, self.v = coins.tobytes(), v.tolist()
            self._show((machine.W, machine.b_v, machine.b_h), words, np.arange(len(NAMES)), 0, [])

    def _show(self, parts, words, order, epoch, curve):
        with self.hold_sync(), self.hold_trait_notifications():
            self.W, self.b_v, self.b_h = (part.tolist() for part in parts)
            self.words, self.order, self.epoch, self.curve = words.tobytes(), order.tolist(), epoch, curve

    @property
    def machine(self):
        """The machine as the library knows it."""
        return physics.RBM(*self._parts())

    def _parts(self):
        return np.array(self.W), np.array(self.b_v), np.array(self.b_h)

    def advance(self, epochs):
        """Learn here in Python, with the kernels the page runs; (epochs, 2) errors and log-likelihoods."""
        epochs = _check.count("epochs", epochs)
        if self.epoch + epochs > MOST_EPOCHS:
            raise ValueError(
                f"epochs is {epochs}; wanted at most {MOST_EPOCHS} in a run, {self.epoch} are made"
            )
        parts, order, words = self._parts(), np.array(self.order), _words(self.words)
        v, h, p0, p = np.empty(N_V, np.int8), np.empty(N_H, np.int8), np.empty(N_H), np.empty(N_H)
        logs, measured = np.empty(len(NAMES)), np.empty((epochs, 2))
        kernels.learn(*parts, self.patterns, order, self.rate, words, v, h, p0, p, logs, measured)
        curve = list(self.curve)
        for k, row in enumerate(measured.tolist(), start=self.epoch + 1):
            if not curve or k >= FINE * curve[-1][0]:
                curve.append([k, *row])
        self._show(parts, words, order, self.epoch + epochs, curve)
        return measured

    def new_weights(self):
        """Forget: small random weights drawn anew, as the button in the page does."""
        parts, order, words = self._parts(), np.array(self.order), _words(self.words)
        kernels.forget(words, SCALE, *parts, order)
        self._show(parts, words, order, 0, [])

    def probabilities(self):
        """The exact probability of each letter, (3,)."""
        logs = np.empty(len(NAMES))
        kernels.log_likelihoods(*self._parts(), self.patterns, logs)
        return np.array([exp(x) for x in logs])

    def corrupt(self):
        """Turn one visible unit over, any of them."""
        coins, v = _words(self.coins), np.array(self.v, dtype=np.int8)
        kernels.corrupt(coins, v)
        with self.hold_sync():
            self.coins, self.v = coins.tobytes(), v.tolist()

    def round_trip(self):
        """v -> h -> v' with the next random numbers, which stay the next ones: what the page shows."""
        return self._tripped()[0]

    def put_back(self):
        """Make v' the visible units: one sweep of Gibbs sampling."""
        trip, coins = self._tripped()
        with self.hold_sync():
            self.coins, self.v = coins.tobytes(), trip.v.tolist()

    def _tripped(self):
        coins, v = _words(self.coins), np.array(self.v, dtype=np.int8)
        trip = RoundTrip(np.empty(N_H), np.empty(N_H, np.int8), np.empty(N_V), np.empty(N_V, np.int8))
        kernels.round_trip(*self._parts(), v, coins, *trip)
        return trip, coins

    def figure(self, ax):
        p = ", ".join(f"p({name}) = {x:.2f}" for name, x in zip(NAMES, self.probabilities(), strict=True))
        error, now, best = (
            f"{x:.3f}".replace("-", "\u2212") for x in (self.error, self.log_likelihood, BEST)
        )
        self.alt = (
            f"Four grids of 3 by 3 weights, one for each hidden unit, after {self.epoch} epochs with the "
            f"reconstruction error {error}; and a curve of the mean log-likelihood, now {now}, at best {best}. "
            f"The machine shows the letters with {p}."
        )
        ax.set_axis_off()
        ax.set_title(f"{self.epoch} epochs, error {error}; {p}", pad=8)
        figure.fields(ax.inset_axes([-0.08, 0, 0.5, 1]), self.W)
        figure.curve(ax.inset_axes([0.58, 0.1, 0.46, 0.9]), self.curve, BEST, MOST_EPOCHS)
        return ax

    @traitlets.validate("rate")
    def _checked_rate(self, proposal):
        wanted = f"a learning rate from {SLOWEST} to {FASTEST}"
        return round(_check.number("rate", proposal.value, low=SLOWEST, high=FASTEST, wanted=wanted), 6)

    @traitlets.validate("W")
    def _checked_W(self, proposal):
        W = _check.reals("W", proposal.value, N_H)
        if len(W) != N_V:
            raise ValueError(f"W has shape {W.shape}; wanted ({N_V}, {N_H})")
        return _bounded("W", W)

    @traitlets.validate("b_v")
    def _checked_b_v(self, proposal):
        return _bounded("b_v", _check.reals("b_v", proposal.value, N_V, ndim=1))

    @traitlets.validate("b_h")
    def _checked_b_h(self, proposal):
        return _bounded("b_h", _check.reals("b_h", proposal.value, N_H, ndim=1))

    @traitlets.validate("v")
    def _checked_v(self, proposal):
        return _check.bits("v", proposal.value, N_V).tolist()

    @traitlets.observe("W", "b_v", "b_h")
    def _follow(self, change):
        self.error, self.log_likelihood = self._measured()

    def _measured(self):
        given = *self._parts(), self.patterns
        return kernels.error(*given, np.empty(N_H)), kernels.log_likelihoods(*given, np.empty(len(NAMES)))

    @traitlets.validate("error", "log_likelihood")
    def _checked_measures(self, proposal):
        return follows(proposal, self._measured()[proposal.trait.name == "log_likelihood"], "weights")


def _words(given):
    return np.frombuffer(given, dtype=np.uint64).copy()


def _bounded(name, array):
    if np.abs(array).max() > STRONGEST:
        strange = array.flat[np.abs(array).argmax()]
        raise ValueError(f"{name} holds {strange}; wanted numbers from {-STRONGEST} to {STRONGEST}")
    return array.astype(np.float64).tolist()


def rbm(*, rate=0.1, speed=60, epochs=0, seed=0):
    """A machine of nine visible and four hidden units that learns the letters T, L and O by CD-1.

    Every number of the machine is in view: its weights as receptive fields, the error of its
    reconstructions beside the exact likelihood, and the way from a drawn pattern v to h and back to v'.

    Parameters
    ----------
    rate : float
        Learning rate, 0.01 to 1 (no unit), to six decimals; the slider makes steps of 0.01.
    speed : int
        Epochs a second: 10, 60 or 400. An epoch is a pass over the three letters.
    epochs : int
        Passes already made when it opens, 0 to 10,000; a still picture of an untrained machine
        says little.
    seed : int
        >= 0; the first weights, and all that is drawn later.

    Returns
    -------
    Interactive
        With the traits `rate`, `speed`, `W`, `b_v`, `b_h`, `epoch`, `error` and `log_likelihood`
        (which follow from the weights), `v`, `running` and `seed`, to read, write and observe; and
        `view`, whose `advance`, `new_weights`, `corrupt`, `round_trip` and `put_back` do in Python
        what the page does.

    Raises
    ------
    TypeError, ValueError, traitlets.TraitError
        If a number is out of range.

    Notes
    -----
    Rule: [hinton2002]. The error is that of mean-field reconstructions, per unit, as in
    `ebm.rbm.Epoch`; it falls to 0 while the mean log-likelihood, at best log 1/3, may be falling too.
    The weights are those of `ebm.rbm.online` from `ebm.rbm.initial`, with one generator for both.

    Examples
    --------
    >>> w = rbm(epochs=2000)
    >>> round(w.error, 3), round(w.log_likelihood, 2), round(float(np.log(1 / 3)), 2)
    (0.0, -1.27, -1.1)
    """
    view = RbmView(rate, speed, seed, epochs)
    control = slider(view, "rate", "Learning rate", SLOWEST, FASTEST, step=0.01)
    measures = ["error", "log_likelihood"]
    names = ["rate", "speed", "W", "b_v", "b_h", "epoch", *measures, "v", "running", "seed"]
    return Interactive(view, [control], names)
