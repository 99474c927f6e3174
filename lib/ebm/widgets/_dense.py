"""Sharpening: one power of the overlaps decides whether a network forgets or stores far more than n patterns."""

import math

import numpy as np
import traitlets
from ipywidgets import FloatLogSlider, FloatSlider

from ebm import _check, hopfield, plot, random, wasm
from ebm import dense as physics
from ebm.annealing.success import _interval
from ebm.widgets._interactive import Interactive, View, follows, link, source

SIDE = 8
N = SIDE**2
DEGREES = (2, 3, 4, 5, "exponential")
SIZES = tuple(2**k for k in range(1, 13))  # numbers of patterns; a slider of powers would round others
MOST = SIZES[-1]
TRIALS = 100
MOST_NOISE = 0.4
SOFTEST, SHARPEST = 0.025, 1.0


def _flips(noise):
    """How many units that share is, halves up, as the page rounds."""
    return int(noise * N + 0.5)


_KERNELS = {
    "scatter": (hopfield._scatter, "void(uint64[::1], int8[:, ::1])"),
    "below": (random.below, "int64(uint64[::1], int64)"),
    "flip": (hopfield._flip, "void(uint64[::1], int8[::1], int64[::1], int64)"),
    "pulls": (hopfield._pulls, "void(int8[:, ::1], int8[::1], float64[::1])"),
    "energy": (physics._energy, "float64(float64[::1], int64, int64)"),
    "descend": (
        physics._descend_sweep,
        "int64(int8[:, ::1], int8[::1], float64[::1], float64[::1], int64, int64[::1], uint64[::1], float64[::1])",
    ),
    "shares": (physics._shares, "void(float64[::1], int64, int64, float64[::1])"),
    "attend": (physics._attend, "void(int8[:, ::1], float64[::1], float64, float64[::1], float64[::1])"),
    "interval": (_interval, "void(int64, int64, float64[::1])"),
}


class _Whole(traitlets.TraitType):
    """What a slider of powers sends for a whole number, 64.0 or 127.99999999999997, is that number."""

    def validate(self, obj, value):
        near = isinstance(value, float) and math.isfinite(value) and math.isclose(value, round(value))
        return round(value) if near else value


class DenseView(View):
    """The drawing, and the traits it shares with Python.

    degree : int or str, 2, 3, 4, 5 or "exponential"
    P : int, random patterns stored, a power of 2 from 2 to 4096
    noise : float, share of a pattern's units that are flipped in a cue, 0 to 0.4
    beta : float, inverse temperature of the attention
    cue : list of 64 numbers, +1 or -1; the first pattern, spoiled
    overlap : float, with the first pattern after the descent from the cue; follows from the rest
    recalled, trials : int, how often a spoiled pattern came back, of how many trials
    running : bool, trials are being made
    seed : int; setting it resets everything that was drawn at random
    """

    _esm = source("dense", "mjs")
    _css = source("dense", "css")

    degree = traitlets.TraitType(2).tag(sync=True)  # checked below
    P = _Whole(N).tag(sync=True)
    noise = traitlets.Float(0.2).tag(sync=True)
    beta = traitlets.Float(0.125).tag(sync=True)
    cue = traitlets.TraitType().tag(sync=True)
    overlap = traitlets.Float()
    recalled = traitlets.Int(0, min=0, max=TRIALS).tag(sync=True)
    trials = traitlets.Int(0, min=0, max=TRIALS).tag(sync=True)
    running = traitlets.Bool(True).tag(sync=True)
    seed = traitlets.Int(0, min=0).tag(sync=True)

    most = traitlets.Int(MOST).tag(sync=True)
    enough = traitlets.Int(TRIALS).tag(sync=True)
    words = traitlets.CBytes().tag(sync=True)  # the page sends a memoryview
    start = traitlets.Dict().tag(sync=True)

    def __init__(self, seed, **traits):
        self.pool = np.empty((MOST, N), dtype=np.int8)
        super().__init__(kernels=wasm.build(_KERNELS), seed=seed, **traits)
        self.reset()

    @traitlets.observe("seed")
    def _reseed(self, change):
        self.reset()

    def reset(self):
        """Back to the seed: its patterns, its cue, its random numbers, no trials."""
        rng = np.random.default_rng(self.seed)
        drawn, self._for_trials, self._for_descent, words = (random.state(rng) for _ in range(4))
        start = {"pool": drawn, "trials": self._for_trials, "descent": self._for_descent}
        start = {name: state.tobytes().hex() for name, state in start.items()}
        hopfield._scatter(drawn, self.pool)
        kept = {name: getattr(self, name) for name in ("degree", "P", "noise", "beta")}
        with self.hold_sync():
            self.words = words.tobytes()
            self.another_cue()
            self.start = start | kept | {"words": self.words.hex(), "cue": self.cue}
            self.recalled = self.trials = 0
            self._follow()

    def stored(self):
        """The patterns, (P, 64) int8."""
        return self.pool[: self.P]

    def model(self):
        """The memory as the library knows it."""
        return physics.Dense(self.stored(), math.inf if self.degree == "exponential" else self.degree)

    def another_cue(self):
        """Spoil the first pattern anew, as the button in the page does."""
        words, s = np.frombuffer(self.words, dtype=np.uint64).copy(), self.pool[0].copy()
        hopfield._flip(words, s, np.arange(N), _flips(self.noise))
        with self.hold_sync():
            self.words, self.cue = words.tobytes(), s.tolist()

    def recall(self):
        """Where the descent from the cue ends, (64,) int8, by the kernels the page runs."""
        s = np.array(self.cue, dtype=np.int8)
        self._settle(s, self._for_descent.copy())
        return s

    def measure(self, trials=TRIALS):
        """How many of so many spoiled patterns come back with at most one unit wrong, here in Python."""
        words, hits = self._for_trials.copy(), 0
        for _ in range(_check.count("trials", trials)):
            mu = random.below(words, self.P)
            s = self.pool[mu].copy()
            hopfield._flip(words, s, np.arange(N), _flips(self.noise))
            hits += self._settle(s, words)[mu] >= N - 2
        return int(hits)

    def _settle(self, s, words):
        """Descend to the end, in place; the pulls there."""
        patterns = self.stored()
        columns, pulls = np.ascontiguousarray(patterns.T), np.empty(self.P)
        hopfield._pulls(patterns, s, pulls)
        order, trial, energies = np.arange(N), np.empty(self.P), np.empty(N)
        while physics._descend_sweep(columns, s, pulls, trial, self._power(), order, words, energies):
            pass
        return pulls

    def shares(self):
        """Each pattern's share of the pull in the cue, (P,): |m|^(k-1) or e^(n m) over the sum of all."""
        pulls, shares = self.stored().astype(np.float64) @ self.cue, np.empty(self.P)
        physics._shares(pulls, N, self._power(), shares)
        return shares

    def _power(self):
        return 0 if self.degree == "exponential" else self.degree

    def figure(self, ax):
        end = self.recall()
        wrong = int(np.sum(end != self.pool[0]))
        self.alt = (
            f"Grids of 8 by 8 cells: a pattern with a share {self.noise:.2f} of its units flipped, "
            f"what a memory of degree {self.degree} with {self.P} patterns makes of it, with {wrong} units wrong, "
            "and the pattern as stored."
        )
        labels = ["cue", f"after descent: m = {self.overlap:.2f}", "stored"]
        states = np.vstack([self.cue, end, self.pool[0]])
        plot.spins(states, (SIDE, SIDE), ax, labels=labels, against=np.tile(self.pool[0], (3, 1)))
        ax.set_title(f"Degree {self.degree}, {self.P} patterns in {N} units")
        return ax

    @traitlets.validate("degree")
    def _checked_degree(self, proposal):
        if isinstance(proposal.value, float) and math.isinf(proposal.value) and proposal.value > 0:
            return "exponential"
        if isinstance(proposal.value, (bool, list, dict, np.ndarray)) or proposal.value not in DEGREES:
            raise ValueError(f'degree is {proposal.value!r}; wanted 2, 3, 4, 5 or "exponential"')
        return proposal.value if proposal.value == "exponential" else int(proposal.value)

    @traitlets.validate("P")
    def _checked_P(self, proposal):
        P = _check.count("P", proposal.value)
        if P not in SIZES:
            raise ValueError(f"P is {P}; wanted a power of 2 from 2 to {MOST}")
        return P

    @traitlets.validate("noise")
    def _checked_noise(self, proposal):
        wanted = f"a share of the units from 0 to {MOST_NOISE}"
        return _check.number("noise", proposal.value, low=0, high=MOST_NOISE, wanted=wanted)

    @traitlets.validate("beta")
    def _checked_beta(self, proposal):
        wanted = f"an inverse temperature from {SOFTEST} to {SHARPEST}"
        return _check.number("beta", proposal.value, low=SOFTEST, high=SHARPEST, wanted=wanted)

    @traitlets.validate("cue")
    def _checked_cue(self, proposal):
        return _check.spins("cue", proposal.value, N).tolist()

    @traitlets.observe("cue", "degree", "P")
    def _follow(self, change=None):
        if self.start:  # the first cue is set
            self.overlap = self._overlap_of()

    @traitlets.validate("overlap")
    def _checked_overlap(self, proposal):
        return follows(proposal, self._overlap_of(), "cue")

    def _overlap_of(self):
        return hopfield.overlap(self.pool[0], self.recall())


def dense(*, seed=0, degree=2, P=64, noise=0.2, beta=0.125):
    """Random patterns in 64 units, recalled by memories of growing sharpness, and by attention.

    Parameters
    ----------
    seed : int
        >= 0; the patterns, the cue and the trials.
    degree : int or str
        2 (Hebb's rule), 3, 4, 5 or "exponential" (or `math.inf`), see `ebm.dense.Dense`.
    P : int
        Patterns stored, a power of 2 from 2 to 4096.
    noise : float
        Share of a pattern's units that are flipped before its recall, 0 to 0.4; the slider makes steps of 0.01.
    beta : float
        Inverse temperature of the attention, 0.025 to 1; 0.125 is the 1/sqrt(n) of a transformer; the
        slider makes steps of 0.005.

    Returns
    -------
    Interactive
        With the traits `degree`, `P`, `noise`, `beta`, `cue` (a list of 64 +1 or -1), `overlap`
        (of the recalled state with the first pattern; follows from the others), `recalled`, `trials`, `running`
        and `seed`, to read, write and observe; and `view`, whose `recall`, `measure`, `shares` and
        `another_cue` do in Python what the page does.

    Raises
    ------
    TypeError, ValueError, traitlets.TraitError
        If an argument is out of range.

    Notes
    -----
    Memories: [krotov2016], [demircigil2017]; attention: [ramsauer2021].

    Examples
    --------
    As many patterns as units are too many for Hebb's rule, and few for a cube:

    >>> dense(degree=2).view.measure(), dense(degree=3).view.measure()
    (0, 96)
    """
    view = DenseView(seed, degree=degree, P=P, noise=noise, beta=beta)
    look = {"style": {"description_width": "125px"}, "layout": {"width": "min(100%, 480px)"}}
    crowd = FloatLogSlider(
        value=P, min=1, max=12, step=1, base=2, readout_format=".0f", description="Patterns P", **look
    )
    spoil = FloatSlider(value=noise, min=0, max=MOST_NOISE, step=0.01, description="Noise", **look)
    sharp = FloatSlider(
        value=beta,
        min=SOFTEST,
        max=SHARPEST,
        step=0.005,
        readout_format=".3f",
        description="Attention's β",
        **look,
    )
    link((crowd, "value"), view, "P")
    link((spoil, "value"), view, "noise")
    link((sharp, "value"), view, "beta")
    names = ["degree", "P", "noise", "beta", "cue", "overlap", "recalled", "trials", "running", "seed"]
    return Interactive(view, [crowd, spoil, sharp], names)
