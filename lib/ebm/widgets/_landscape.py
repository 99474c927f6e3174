"""A ball in a hilly energy curve: two memories, a mixture of them, and a temperature that makes it jump."""

import math

import numpy as np
import traitlets

from ebm import _check, random, wasm
from ebm.widgets import _landscape_kernels as hills
from ebm.widgets._interactive import Interactive, View, follows, slider, source

CELLS = 201  # places of the ball, from x = 0 to x = 1
NAMES = ("A", "B", "mixture")
LEFTMOST, RIGHTMOST = 0.1, 0.9  # places of a valley
HOTTEST = 2.0
FAST = 50
MOST_STEPS = 1_000_000_000


class LandscapeView(View):
    """The drawing, and the traits it shares with Python.

    temperature : float, 0 to 2, in energy units; at 0 the ball only rolls downhill
    valleys : list of 3 floats, 0.1 to 0.9: where the memories A and B and their mixture lie
    ball : float, 0 to 1: where the ball is, to the next of 201 cells
    valley : str, the valley the ball is in: "A", "B" or "mixture", merged ones as "A+B"; follows
    weights : list of 3 floats, exp(-E/T) / Z of each valley, 0 for one that has merged into another, None at
        T = 0; follows
    counts : list of 201 ints, steps that ended in each cell; they start anew when the curve or T changes
    shares : list of 3 floats, share of the steps that ended in each valley; follows
    barrier : float, energy from the bottom of the ball's valley to its lower pass, inf without one; follows
    pace : int, 1 to watch the ball, 50 for statistics
    running : bool
    seed : int; setting it resets what was drawn at random
    """

    _esm = source("landscape", "mjs")
    _css = source("landscape", "css")

    temperature = traitlets.Float(0.5).tag(sync=True)
    valleys = traitlets.TraitType([0.2, 0.8, 0.5]).tag(sync=True)  # this and the next are checked below
    ball = traitlets.Float(0.35).tag(sync=True)
    valley = traitlets.Unicode("")
    weights = traitlets.TraitType(None, allow_none=True)
    counts = traitlets.TraitType([0] * CELLS).tag(sync=True)
    shares = traitlets.TraitType([0.0, 0.0, 0.0])
    barrier = traitlets.Float(0.0)
    pace = traitlets.Enum((1, FAST), 1).tag(sync=True)
    running = traitlets.Bool(True).tag(sync=True)
    seed = traitlets.Int(0, min=0).tag(sync=True)

    limits = traitlets.Dict(
        {"cells": CELLS, "steps": MOST_STEPS, "left": LEFTMOST, "right": RIGHTMOST, "fast": FAST}
    ).tag(sync=True)
    words = traitlets.CBytes().tag(sync=True)  # the page sends a memoryview
    start = traitlets.Dict().tag(sync=True)

    def __init__(self, temperature, valleys, ball, seed):
        super().__init__(
            kernels=wasm.build(hills.KERNELS), temperature=temperature, valleys=valleys, ball=ball, seed=seed
        )
        self.reset()

    @traitlets.observe("seed")
    def _reseed(self, change):
        self.reset()

    def reset(self):
        """The seed's random numbers, nothing counted; the ball where it is, which a reset in the page goes back to."""
        words = random.state(np.random.default_rng(self.seed)).tobytes()
        kept = {name: getattr(self, name) for name in ("temperature", "valleys", "ball")}
        with self.hold_sync():
            self.start = kept | {"words": words.hex()}
            self.words, self.counts = words, [0] * CELLS
            self._follow()

    def advance(self, steps):
        """Make that many steps here in Python, with the kernel the page runs (at T = 0 until the ball is at rest)."""
        steps, so_far = _check.count("steps", steps), sum(self.counts)
        if so_far + steps > MOST_STEPS:
            raise ValueError(f"steps is {steps}; wanted at most {MOST_STEPS} in a run, {so_far} are made")
        words, counts = self._words(), np.array(self.counts, dtype=np.int32)
        E, k = self.curve(), _cell(self.ball)
        if self.temperature == 0:
            k = hills.roll(E, k, words, counts, steps)
        else:
            k = hills.wander(E, self.temperature, k, words, counts, steps)
        with self.hold_sync():
            self.words, self.ball, self.counts = words.tobytes(), _place(k), counts.tolist()
        return self.ball

    def drop(self, x=None):
        """Let the ball go anew at x, or in a cell drawn at random; what was counted is forgotten."""
        words = self._words()
        if x is None:
            x = _place(random.below(words, CELLS))
        with self.hold_sync():
            self.ball = x
            self.words, self.counts = words.tobytes(), [0] * CELLS
        return self.ball

    def curve(self):
        """The energy in each of the 201 cells."""
        E = np.empty(CELLS)
        hills.curve(np.array(self.valleys, dtype=np.float64), E)
        return E

    def p(self):
        """exp(-E/T) / Z of each cell, T > 0."""
        p = np.empty(CELLS)
        hills.boltzmann(self.curve(), self.temperature, p)
        return p

    def _words(self):
        return np.frombuffer(self.words, dtype=np.uint64).copy()

    def _divided(self):
        owner, of = np.empty(3, dtype=np.int32), np.empty(CELLS, dtype=np.int32)
        hills.divide(self.curve(), np.array(self.valleys, dtype=np.float64), owner, of)
        return owner, of

    def _found(self):
        """All that follows: the valley's name, the weights, the shares, the barrier."""
        (owner, of), E, k, sums = self._divided(), self.curve(), _cell(self.ball), np.empty(3)
        found = {"valley": "+".join(name for name, v in zip(NAMES, owner, strict=True) if v == of[k])}
        found["weights"] = None
        if self.temperature > 0:
            hills.gather(of, self.p(), 1.0, sums)
            found["weights"] = sums.tolist()
        hills.gather(of, np.array(self.counts, dtype=np.int32), float(max(1, sum(self.counts))), sums)
        found["shares"] = sums.tolist()
        found["barrier"] = hills.barrier(E, of, k, np.empty(2, dtype=np.int32))
        return found

    def figure(self, ax):
        x, E = np.linspace(0, 1, CELLS), self.curve()
        owner, _ = self._divided()
        low, high = min(-2.7, E.min() - 0.7), hills.WALL + 0.3
        ax.plot(x, E, marker="", linewidth=2, color="0.15")
        ax.plot([self.ball], [E[_cell(self.ball)]], "o", markersize=10, color="#d55e00", zorder=3)
        where = _spoken(self.valley)
        said = "it only rolls downhill"
        if self.temperature > 0:
            p = self.p()
            ax.fill_between(
                x, low, low + 0.5 * (high - low) * p / p.max(), alpha=0.3, color="#0072b2", linewidth=0
            )
            parts = zip(NAMES, owner, self.weights, strict=True)
            kept = [f"{name} {weight:.0%}" for v, (name, u, weight) in enumerate(parts) if u == v]
            said = f"shaded, the chance of each place: {', '.join(kept)}"
        for name, c in zip(NAMES, self.valleys, strict=True):
            ax.annotate(name, (c, low), (0, 3), textcoords="offset points", ha="center", va="bottom")
        ax.set(xlabel="state", ylabel="energy", xlim=(0, 1), ylim=(low, high), xticks=[])
        ax.set_title(f"T = {self.temperature:.3g}: in {where}")
        self.alt = (
            f"A curve of energy with valleys for the memories A and B and a shallow one, a mixture. "
            f"At T = {self.temperature:.3g} the ball is in {where}, at x = {self.ball:.3g}; {said}."
        )
        return ax

    @traitlets.validate("temperature")
    def _checked_temperature(self, proposal):
        wanted = f"a temperature from 0 to {HOTTEST}"
        return _check.number("temperature", proposal.value, low=0, high=HOTTEST, wanted=wanted)

    @traitlets.validate("valleys")
    def _checked_valleys(self, proposal):
        valleys = _check.reals("valleys", proposal.value, len(NAMES), ndim=1)
        for strange in valleys[(valleys < LEFTMOST) | (valleys > RIGHTMOST)]:
            raise ValueError(f"valleys holds {strange}; wanted 3 places from {LEFTMOST} to {RIGHTMOST}")
        return valleys.astype(np.float64).tolist()

    @traitlets.validate("ball")
    def _checked_ball(self, proposal):
        x = _check.number("ball", proposal.value, low=0, high=1, wanted="a place from 0 to 1")
        return _place(_cell(x))

    @traitlets.validate("counts")
    def _checked_counts(self, proposal):
        counts = _check.whole("counts", proposal.value, CELLS, below=MOST_STEPS + 1).tolist()
        if sum(counts) > MOST_STEPS:
            raise ValueError(f"counts sums to {sum(counts)}; wanted at most {MOST_STEPS} steps")
        return counts

    @traitlets.observe("temperature", "valleys")
    def _start_anew(self, change):
        self.counts = [0] * CELLS
        self._follow()

    @traitlets.observe("ball", "counts")
    def _follow(self, change=None):
        for name, value in self._found().items():
            setattr(self, name, value)

    @traitlets.validate("valley", "weights", "shares", "barrier")
    def _checked_followers(self, proposal):
        causes = {"valley": "ball", "weights": "temperature", "shares": "counts", "barrier": "ball"}
        return follows(proposal, self._found()[proposal.trait.name], causes[proposal.trait.name])


def _cell(x):
    return math.floor(x * (CELLS - 1) + 0.5)


def _place(k):
    return k / (CELLS - 1)


def _spoken(valley):
    """The valley in words, as the page names it."""
    if valley == "mixture":
        return "the shallow valley, a mixture nobody stored"
    kept = [name for name in valley.split("+") if name != "mixture"]
    return f"memory {kept[0]}" if len(kept) == 1 else "memories A and B, merged into one"


def landscape(*, temperature=0.5, valleys=(0.2, 0.8, 0.5), ball=0.35, seed=0):
    """A ball in an energy curve with two stored valleys and a shallow spurious one.

    Parameters
    ----------
    temperature : float
        From 0 (the ball only rolls downhill) to 2, in energy units; a stored valley is 2 deep.
        The slider makes steps of 0.05.
    valleys : (3,) array
        Where the memories A and B and their mixture lie, from 0.1 to 0.9.
    ball : float
        Where the ball is let go, from 0 to 1, to the next of 201 cells.
    seed : int
        >= 0; the random numbers of its steps.

    Returns
    -------
    Interactive
        With the traits `temperature`, `valleys`, `ball`, `counts` (steps that ended in each cell),
        `pace`, `running` and `seed`, to read, write and observe, and `valley`, `weights`, `shares` and
        `barrier`, which follow; and `view`, whose `advance`, `drop`, `curve` and `p` do in Python what
        the page does.

    Raises
    ------
    TypeError, ValueError, traitlets.TraitError
        If a number is out of range.

    Notes
    -----
    Steps: Metropolis [metropolis1953], to a neighbouring cell; valleys as memories: [hopfield1982]. A
    change of the curve or of T starts a new run; the random numbers go on.

    Examples
    --------
    A cold ball stays where it was dropped, in the end in the memory that is nearest:

    >>> w = landscape(temperature=0, ball=0.35)
    >>> w.view.advance(100), w.valley
    (0.2, 'A')
    """
    view = LandscapeView(temperature, valleys, ball, seed)
    control = slider(view, "temperature", "Temperature", 0, HOTTEST)
    names = ["temperature", "valleys", "ball", "counts", "pace", "running", "seed"]
    return Interactive(view, [control], [*names, "valley", "weights", "shares", "barrier"])
