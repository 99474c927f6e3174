"""Diffusion in the plane: a pattern dissolves into noise, and other points come back along the score."""

import math
from typing import NamedTuple

import numpy as np
import traitlets
from ipywidgets import FloatSlider, SelectionSlider

from ebm import _check, random, wasm
from ebm import diffusion as physics
from ebm.widgets import _diffusion_film as kernels
from ebm.widgets._diffusion_film import PATTERNS, POINTS, STEPS, TIMES
from ebm.widgets._interactive import Interactive, View, follows, link, source

FOLLOWED = 4  # points with a mark of their own
SPAN = 3.6  # the plane is drawn from -3.6 to 3.6
WIDEST = 0.5
WAYS = ("forward", "backward")


class Measured(NamedTuple):
    """What is measured of the points.

    energy : float, mean of x.x/2
    expected : float, that of the distribution they are drawn from
    distance : float, mean distance to the nearest stored point
    own : int, points whose nearest stored point is the one they left at t = 0
    chance : float, how many that would be if who went where were shuffled
    """

    energy: float
    expected: float
    distance: float
    own: int
    chance: float


class DiffusionView(View):
    """The drawing, and the traits it shares with Python.

    pattern : str, "spiral", "ring", "T", "two clusters" or "grid"
    width : float, standard deviation of the data around each stored point, 0 to 0.5
    step : int, 0 to 160: which moment of the film is shown
    t : float, its time, 4 (step / 160)^2; follows
    direction : str, "forward" or "backward": the way it runs
    running : bool
    seed : int; setting it resets everything that was drawn at random
    film : bytes, float64 points (161, 300, 2) of every moment, then where they were at t = 0 before the last
        shot; empty as long as it is the seed's. The page sends it when it comes to rest.
    """

    _esm = source("diffusion", "mjs")
    _css = source("diffusion", "css")

    pattern = traitlets.Unicode("spiral").tag(sync=True)
    width = traitlets.Float(0.1).tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    t = traitlets.Float(0.0)
    direction = traitlets.Unicode("forward").tag(sync=True)
    running = traitlets.Bool(True).tag(sync=True)
    seed = traitlets.Int(0, min=0).tag(sync=True)
    film = traitlets.CBytes(b"").tag(sync=True)  # the page sends memoryviews

    patterns = traitlets.Dict({name: x.tolist() for name, x in PATTERNS.items()}).tag(sync=True)
    times = traitlets.List(TIMES.tolist()).tag(sync=True)
    limits = traitlets.Dict({"points": POINTS, "followed": FOLLOWED, "span": SPAN}).tag(sync=True)
    words = traitlets.CBytes().tag(sync=True)
    start = traitlets.Dict().tag(sync=True)

    def __init__(self, pattern, width, step, seed):
        super().__init__(
            kernels=wasm.build(kernels.KERNELS), pattern=pattern, width=width, step=step, seed=seed
        )
        self.reset()

    @traitlets.observe("seed")
    def _reseed(self, change):
        self.reset()

    def reset(self):
        """Back to the seed: its random numbers and its film."""
        words = random.state(np.random.default_rng(self.seed))
        kept = {name: getattr(self, name) for name in ("pattern", "width", "step", "direction")}
        with self.hold_sync():
            self.start = kept | {"words": words.tobytes().hex()}
            self._anew()

    @traitlets.observe("pattern", "width")
    def _anew(self, change=None):
        if not self.start:
            return
        words = self._seeded()
        with self.hold_sync():
            self.words, self.film = words.tobytes(), b""

    def _seeded(self):
        """Develop the seed's film; the generator's words after it."""
        words = np.frombuffer(bytes.fromhex(self.start["words"]), dtype=np.uint64).copy()
        self._film = np.empty((STEPS + 1, POINTS, 2))
        kernels._develop(PATTERNS[self.pattern], self.width, TIMES, words, self._film)
        self._left = self._film[0].copy()
        return words

    @traitlets.observe("film")
    def _load(self, change):
        if change.new:
            numbers = np.frombuffer(change.new).copy()
            self._film = numbers[: -2 * POINTS].reshape(STEPS + 1, POINTS, 2)
            self._left = numbers[-2 * POINTS :].reshape(POINTS, 2)
        else:
            self._seeded()

    @property
    def points(self):
        """Where the points are now, (300, 2)."""
        return self._film[self.step].copy()

    @property
    def left(self):
        """Where they were at t = 0 before they were last sent on their way, (300, 2)."""
        return self._left.copy()

    @property
    def mixture(self):
        """The data's distribution as the library knows it, at time 0."""
        return physics.Mixture(PATTERNS[self.pattern], self.width**2)

    def advance(self, steps):
        """Make that many steps in the present direction here in Python, as the page does when it plays.

        Forward from the end starts over at t = 0; backward from t = 0 starts from fresh noise.
        """
        steps, way = _check.count("steps", steps), 1 if self.direction == "forward" else -1
        at = {(1, STEPS): 0, (-1, 0): STEPS}.get((way, self.step), self.step)
        room = STEPS - at if way > 0 else at
        if steps > room:
            raise ValueError(f"steps is {steps}; wanted at most the {room} that are left {self.direction}")
        film, left, words = self._film.copy(), self._film[0].copy(), self._words()
        if way < 0 and self.step == 0:
            kernels._noise(film, words)
        means, weights = PATTERNS[self.pattern], np.empty(len(PATTERNS[self.pattern]))
        log_shares = np.zeros(len(means))  # all alike, and so they cancel
        for k in range(at, at + way * steps, way):
            kernels._shoot(means, log_shares, self.width, TIMES, film, k, way, words, weights)
        with self.hold_sync():
            self.film, self.words = film.tobytes() + left.tobytes(), words.tobytes()
            self.step = at + way * steps

    def _words(self):
        return np.frombuffer(self.words, dtype=np.uint64).copy()

    def measure(self):
        """What the page reads out of the points: a Measured."""
        means, out = PATTERNS[self.pattern], np.empty(5)
        kernels._measure(
            means, self.width, self.t, self._left, self._film, self.step, np.empty((2, len(means))), out
        )
        energy, expected, distance, own, chance = out.tolist()
        return Measured(energy, expected, distance, int(own), chance)

    def figure(self, ax):
        drawn = physics.dissolve(self.mixture, max(self.t, TIMES[1]))
        fine = (np.arange(120) + 0.5) / 120 * 2 * SPAN - SPAN
        coarse = (np.arange(13) + 0.5) / 13 * 2 * SPAN - SPAN
        cells, spots = (np.stack(np.meshgrid(x, x), axis=-1).reshape(-1, 2) for x in (fine, coarse))
        E = -physics.log_density(physics.Mixture(drawn.means, drawn.variance + 0.03**2), cells)
        slope = physics.score(drawn, spots)
        size = np.linalg.norm(slope, axis=1, keepdims=True)
        (dx, dy), x = (slope / (1 + size)).T, self.points
        box = {"extent": [-SPAN, SPAN] * 2, "origin": "lower", "cmap": "Blues_r", "alpha": 0.5}
        ax.imshow(E.reshape(120, 120), vmin=E.min(), vmax=E.min() + 6, interpolation="bilinear", **box)
        ax.quiver(*spots.T, dx, dy, color="0.45", scale=25, width=0.004)
        ax.plot(*x[FOLLOWED:].T, ".", color="black", markersize=2)
        for mark, here, was in zip("s^Dv", x[:FOLLOWED], self._left, strict=False):
            ax.plot(*was, mark, color="C1", markerfacecolor="none", markersize=5)
            ax.plot(*here, mark, color="C1", markersize=5)
        found, signal = self.measure(), math.exp(-self.t)
        ax.set(aspect="equal", xlim=(-SPAN, SPAN), ylim=(-SPAN, SPAN), xticks=[], yticks=[])
        ax.set_title(f"{self.pattern}, t = {self.t:.2f}: signal {signal:.2f}, energy {found.energy:.2f}")
        self.alt = (
            f"{POINTS} points in the plane at time {self.t:.2f} between the pattern ({self.pattern}) and noise, on "
            f"the energy landscape of that time, with arrows along the score. Signal {signal:.2f}, mean energy "
            f"{found.energy:.2f}, mean distance to the nearest stored point {found.distance:.2f}."
        )
        return ax

    @traitlets.validate("pattern")
    def _checked_pattern(self, proposal):
        return _check.choice("pattern", proposal.value, tuple(PATTERNS))

    @traitlets.validate("direction")
    def _checked_direction(self, proposal):
        return _check.choice("direction", proposal.value, WAYS)

    @traitlets.validate("width")
    def _checked_width(self, proposal):
        wanted = f"a width from 0 to {WIDEST}"
        return _check.number("width", proposal.value, low=0, high=WIDEST, wanted=wanted)

    @traitlets.validate("step")
    def _checked_step(self, proposal):
        return _check.count("step", proposal.value, low=0, high=STEPS)

    @traitlets.validate("film")
    def _checked_film(self, proposal):
        wanted = 8 * 2 * POINTS * (STEPS + 2)
        if len(proposal.value) not in (0, wanted):
            raise ValueError(
                f"film has {len(proposal.value)} bytes; wanted {wanted}, or none for the seed's film"
            )
        if not np.isfinite(np.frombuffer(proposal.value)).all():
            raise ValueError("film holds NaN or infinity; wanted float64 positions")
        return proposal.value

    @traitlets.observe("step")
    def _follow(self, change):
        self.t = float(TIMES[self.step])

    @traitlets.validate("t")
    def _checked_t(self, proposal):
        return follows(proposal, float(TIMES[self.step]), "step")


def diffusion(*, pattern="spiral", width=0.1, step=0, seed=0):
    """300 points of a pattern that dissolve into noise, and others that come back along the score.

    Playing forward, each step is x -> e^-dt x + sqrt(1 - e^-2dt) z; playing backward, it is a step of
    `ebm.diffusion.reverse`, with the exact score of the mixture. Both draw fresh noise and film what
    happens, moment by moment, over what was there; the time slider winds that film, so that a film run
    backwards brings each point home, and playing backward does not. The seed's own film is one way forward.
    Playing backward from t = 0 starts from fresh noise; from anywhere else, from where the points are.

    Parameters
    ----------
    pattern : str
        "spiral", "ring", "T", "two clusters" or "grid": the stored points, K = 40, 24, 108, 2 or 16.
    width : float
        Standard deviation of the data around each stored point, from 0 (the stored points themselves:
        the way back can only remember them) to 0.5 (the way back makes new ones); the slider makes steps of 0.01.
    step : int
        The moment shown at first, from 0 to 160, at the time t = 4 (step / 160)^2.
    seed : int
        >= 0; the points and all noise.

    Returns
    -------
    Interactive
        With the traits `pattern`, `width`, `step`, `t` (follows from the step), `direction` ("forward" or
        "backward"), `running` and `seed`, to read, write and observe; and `view`, whose `advance`
        makes steps in Python, whose `points` are the positions and whose `measure` is what the page reads out.

    Raises
    ------
    TypeError, ValueError, traitlets.TraitError
        If the pattern is not there, or a number is out of range.

    Notes
    -----
    Shade and arrows are the energy -log p(x, t) and the score at the time t, exactly; at t = 0 those of the first
    moment after, and the shade no finer than the squares it is drawn in. "At home" counts the points whose nearest
    stored point is the one they were at when they last set out.

    Motions: [sohldickstein2015], [anderson1982], [song2021].

    Examples
    --------
    Without a width the way back ends at the stored points, each with the same chance, wherever a point came from:

    >>> w = diffusion(pattern="two clusters", width=0.0)
    >>> w.direction = "backward"
    >>> w.view.advance(160)
    >>> found = w.view.measure()
    >>> round(found.distance, 2), found.own, round(found.chance)
    (0.02, 154, 150)
    """
    view = DiffusionView(pattern, width, step, seed)
    look = {"style": {"description_width": "70px"}, "layout": {"width": "min(100%, 560px)"}}
    moments = [(f"{t:.4f}", k) for k, t in enumerate(TIMES)]
    time = SelectionSlider(options=moments, index=view.step, readout=False, description="Time", **look)
    spread = FloatSlider(value=width, min=0, max=WIDEST, step=0.01, description="Width", **look)
    link((time, "index"), view, "step")
    link((spread, "value"), view, "width")
    names = ["pattern", "width", "step", "t", "direction", "running", "seed"]
    return Interactive(view, [time, spread], names)
