"""Letters of 256 units to draw, spoil and recall, and random patterns that crowd them out."""

import numpy as np
import traitlets
from ipywidgets import FloatSlider, IntSlider

from ebm import _check, data, dense, hopfield, plot, random, wasm
from ebm.widgets._interactive import Interactive, View, follows, link, source

RULES = ("Hebb", "pseudo-inverse", "dense")
DEGREE = 3  # of the dense rule
MOST = 60  # random patterns
TIE = 1e-9  # fields this small are rounding errors: the smallest of Hebb's rule is 1 / 256
SIDE = 16
KEPT = 0.8  # of a letter whose overlap is smaller nobody would say that it was recalled


def _flips(noise):
    """How many units that share is, halves up, as the page rounds."""
    return int(noise * SIDE**2 + 0.5)


_KERNELS = {
    "hebb": (hopfield._hebb, "void(int8[:, ::1], float64[:, ::1])"),
    "pseudo_inverse": (hopfield._pseudo_inverse, "void(int8[:, ::1], float64[:, ::1], float64[:, ::1])"),
    "scatter": (hopfield._scatter, "void(uint64[::1], int8[:, ::1])"),
    "flip": (hopfield._flip, "void(uint64[::1], int8[::1], int64[::1], int64)"),
    "pulls": (hopfield._pulls, "void(int8[:, ::1], int8[::1], float64[::1])"),
    "fields": (hopfield._fields, "void(float64[:, ::1], float64[::1], int8[:, ::1], float64[:, ::1])"),
    "energy": (hopfield._energy, "float64(float64[:, ::1], float64[::1], int8[::1])"),
    "descend": (
        hopfield._descend_sweep,
        "int64(float64[:, ::1], int8[::1], float64[::1], int64[::1], float64, uint64[::1], float64[::1])",
    ),
    "dense_energy": (dense._energy, "float64(float64[::1], int64, int64)"),
    "dense_descend": (
        dense._descend_sweep,
        "int64(int8[:, ::1], int8[::1], float64[::1], float64[::1], int64, int64[::1], uint64[::1], float64[::1])",
    ),
}


class MemoryPadView(View):
    """The drawing, and the traits it shares with Python.

    rule : str, "Hebb", "pseudo-inverse" or "dense"
    extra : int, random patterns stored beside the letters, 0 to 60
    noise : float, share of the units that "Add noise" flips
    state : list of 256 numbers, +1 (ink) or -1, row by row
    energy : float, follows from the state, the rule and the patterns
    sweeps : int, of 256 single-unit updates at T = 0, since the state was last set from outside
    running : bool
    seed : int; setting it resets everything that was drawn at random
    status : str, what the state is
    """

    _esm = source("memory_pad", "mjs")
    _css = source("memory_pad", "css")

    rule = traitlets.Unicode("Hebb").tag(sync=True)
    extra = traitlets.Int(0, min=0, max=MOST).tag(sync=True)
    noise = traitlets.Float(0.3).tag(sync=True)
    state = traitlets.TraitType().tag(sync=True)  # checked below
    energy = traitlets.Float()
    sweeps = traitlets.Int(0, min=0).tag(sync=True)
    running = traitlets.Bool(True).tag(sync=True)
    seed = traitlets.Int(0, min=0).tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)

    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    patterns = traitlets.Bytes().tag(sync=True)
    most = traitlets.Int(MOST).tag(sync=True)
    degree = traitlets.Int(DEGREE).tag(sync=True)
    tie = traitlets.Float(TIE).tag(sync=True)
    kept = traitlets.Float(KEPT).tag(sync=True)
    words = traitlets.CBytes().tag(sync=True)  # the page sends a memoryview
    cue = traitlets.List().tag(sync=True)  # the state that the recall started from
    start = traitlets.Dict().tag(sync=True)

    def __init__(self, names, seed, rule, extra, noise):
        self.letters = data.letters(names, "16x16")
        self.crowd = np.empty((MOST, SIDE**2), dtype=np.int8)
        self._coupled = None  # rule, extra, seed and their weights
        super().__init__(
            kernels=wasm.build(_KERNELS),
            names=list(names),
            patterns=self.letters.tobytes(),
            rule=rule,
            extra=extra,
            noise=noise,
            seed=seed,
        )
        self.reset()

    @traitlets.observe("seed")
    def _reseed(self, change):
        self.reset()

    def reset(self):
        """Back to the seed: its random patterns, its noisy first letter, its random numbers."""
        words = random.state(np.random.default_rng(self.seed))
        drawn = words.tobytes().hex()
        hopfield._scatter(words, self.crowd)
        s = self.letters[0].copy()
        hopfield._flip(words, s, np.arange(s.size), _flips(self.noise))
        with self.hold_sync():
            self.start = {
                "state": s.tolist(),
                "drawn": drawn,  # the words the random patterns come from
                "words": words.tobytes().hex(),
                "rule": self.rule,
                "extra": self.extra,
                "noise": self.noise,
            }
            self._place(s, words)

    def _place(self, s, words):
        with self.hold_sync():
            self.words, self.cue, self.state, self.sweeps = words.tobytes(), s.tolist(), s.tolist(), 0
            self._follow()

    def add_noise(self):
        """Flip the share `noise` of the units, as the button in the page does."""
        words, s = self._words(), np.array(self.state, dtype=np.int8)
        hopfield._flip(words, s, np.arange(s.size), _flips(self.noise))
        self._place(s, words)

    def stored(self):
        """The letters and the random patterns beside them, (P, 256) int8."""
        return np.vstack([self.letters, self.crowd[: self.extra]])

    def overlaps(self):
        """The overlap m of the state with each letter."""
        return hopfield.overlap(self.letters, self.state)

    def advance(self, sweeps):
        """Make at most that many sweeps here in Python, with the kernels the page runs, until none flips a unit."""
        words, s = self._words(), np.array(self.state, dtype=np.int8)
        energies, patterns = np.empty(s.size), self.stored()
        pulls = patterns.astype(np.float64) @ s
        flips = -1
        done = 0
        while flips and done < _check.count("sweeps", sweeps):
            order = np.arange(s.size)
            if self.rule == "dense":
                columns = np.ascontiguousarray(patterns.T)
                trial = np.empty_like(pulls)
                flips = dense._descend_sweep(columns, s, pulls, trial, DEGREE, order, words, energies)
            else:
                model = self._network()
                fields = hopfield.field(model, s)
                flips = hopfield._descend_sweep(model.W, s, fields, order, TIE, words, energies)
            done += 1
        with self.hold_sync():
            self.words, self.state, self.sweeps = words.tobytes(), s.tolist(), self.sweeps + done

    def _words(self):
        return np.frombuffer(self.words, dtype=np.uint64).copy()

    def _network(self):
        """The weights of Hebb's rule or of the pseudo-inverse, by the kernels the page builds them with."""
        wanted = self.rule, self.extra, self.seed
        if self._coupled is None or self._coupled[0] != wanted:
            patterns = self.stored()
            W = np.empty((SIDE**2, SIDE**2))
            if self.rule == "Hebb":
                hopfield._hebb(patterns, W)
            else:
                hopfield._pseudo_inverse(patterns, np.empty(patterns.shape), W)
            self._coupled = wanted, hopfield.Hopfield(W)
        return self._coupled[1]

    def figure(self, ax):
        values = ", ".join(f"{name} {m:.2f}" for name, m in zip(self.names, self.overlaps(), strict=True))
        self.alt = (
            f"Grids of 16 by 16 cells: the network's state and the stored letters, with the overlaps {values}. "
            f"Rule: {self.rule}, {self.extra} random patterns beside the letters."
        )
        labels = [f"{name}\nm = {m:.2f}" for name, m in zip(self.names, self.overlaps(), strict=True)]
        return plot.spins(
            np.vstack([self.state, self.letters]),
            (SIDE, SIDE),
            ax,
            labels=[f"now\nE = {self.energy:.1f}", *labels],
        )

    @traitlets.validate("rule")
    def _checked_rule(self, proposal):
        return _check.choice("rule", proposal.value, RULES)

    @traitlets.validate("noise")
    def _checked_noise(self, proposal):
        wanted = "a share of the units from 0 to 0.5"
        return _check.number("noise", proposal.value, low=0, high=0.5, wanted=wanted)

    @traitlets.validate("state")
    def _checked_state(self, proposal):
        return _check.spins("state", proposal.value, SIDE**2).tolist()

    @traitlets.observe("state", "rule", "extra")
    def _follow(self, change=None):
        if self.cue:  # the first state is set
            self.energy = self._energy_of()

    @traitlets.validate("energy")
    def _checked_energy(self, proposal):
        return follows(proposal, self._energy_of(), "state")

    def _energy_of(self):
        if self.rule == "dense":
            return dense.energy(dense.Dense(self.stored(), DEGREE), self.state)
        return hopfield.energy(self._network(), self.state)


def memory_pad(names="RSTX", *, seed=0, rule="Hebb", extra=0, noise=0.3):
    """Letters of 16 x 16 units to draw, spoil and recall, under three rules and a growing load.

    Parameters
    ----------
    names : str or sequence of str
        16x16 letters to store, see `ebm.data.letters`. Hebb's rule keeps R, S, T and X, which are
        unlike enough; it does not keep K, R, H and E.
    seed : int
        >= 0; the random patterns, the noise it starts from, and the order of the updates.
    rule : str
        "Hebb", "pseudo-inverse" or "dense" (of degree 3).
    extra : int
        Random patterns stored beside the letters, 0 to 60; Hebb's rule breaks near a load of
        0.138, some 35 patterns.
    noise : float
        Share of the units that are flipped, 0 to 0.5; the slider makes steps of 0.01.

    Returns
    -------
    Interactive
        With the traits `rule`, `extra`, `noise`, `state` (a list of 256 +1 or -1), `energy`
        (follows from the state), `sweeps`, `running`, `seed` and `status`, to read, write and observe;
        and `view`, whose `advance`, `add_noise` and `overlaps` do in Python what the page does.

    Raises
    ------
    TypeError, ValueError, traitlets.TraitError
        If a letter or the rule is not there, or a number is out of range.

    Notes
    -----
    Capacity of Hebb's rule: [amit1985]; pseudo-inverse: [personnaz1985]; dense: [krotov2016].

    Examples
    --------
    >>> w = memory_pad(seed=1)
    >>> w.view.advance(20)
    >>> w.view.overlaps().tolist()[0]  # R, from a state with three tenths of its units flipped
    1.0
    """
    view = MemoryPadView(names, seed, rule, extra, noise)
    look = {"style": {"description_width": "135px"}, "layout": {"width": "min(100%, 480px)"}}
    crowd = IntSlider(value=extra, min=0, max=MOST, description="Random patterns", **look)
    spoil = FloatSlider(value=noise, min=0, max=0.5, step=0.01, description="Noise", **look)
    link((crowd, "value"), view, "extra")
    link((spoil, "value"), view, "noise")
    names = ["rule", "extra", "noise", "state", "energy", "sweeps", "running", "seed", "status"]
    return Interactive(view, [crowd, spoil], names)
