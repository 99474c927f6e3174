"""The Ising model on a square lattice, or on a ring: heat it through Onsager's temperature."""

import numpy as np
import traitlets
from ipywidgets import FloatSlider

from ebm import _check, exact, ising, random, wasm
from ebm._kernel import kernel
from ebm.widgets._interactive import Interactive, View, follows, link, source

SIZES = (64, 128, 256, 512)
RULES = ("Metropolis", "heat bath", "Wolff")
STARTS = ("cold", "random")
COLDEST, HOTTEST, STEP = 0.5, 5.0, 0.01
STRONGEST = 0.5
_MEASURED = ("energy", "magnetisation")
RING = 16  # a ring has as many spins as this many rows of the lattice


@kernel
def _scatter(s, words):
    """Each spin +1 or -1 by the toss of a coin."""
    rows, columns = s.shape
    for row in range(rows):
        for column in range(columns):
            s[row, column] = 2 * random.below(words, 2) - 1


_TABLE = "void(float64, float64, float64, int64, float64[:, ::1])"
_SWEEPS = "void(int8[:, ::1], float64[:, ::1], uint64[::1], int64)"
_KERNELS = {
    "metropolis": (ising._metropolis, _TABLE),
    "heat_bath": (ising._heat_bath, _TABLE),
    "checkerboard": (ising._checkerboard_sweeps, _SWEEPS),
    "random_sites": (ising._random_sweeps, _SWEEPS),
    "wolff": (
        ising._wolff,
        "int64(int8[:, ::1], float64, float64, float64, uint64[::1], int32[:, ::1], int8[:, ::1], int64)",
    ),
    "totals": (ising._totals, "void(int8[:, ::1], int64[::1])"),
    "scatter": (_scatter, "void(int8[:, ::1], uint64[::1])"),
}


class LatticeView(View):
    """The drawing, and the traits it shares with Python.

    temperature : float, 0.5 to 5, in units of J = 1
    field : float, -0.5 to 0.5
    size : int, side of the lattice, 64 to 512
    ring : bool, a chain closed to a ring instead of the lattice
    rule : str, "Metropolis", "heat bath" or "Wolff"
    begin : str, "cold" (all +1) or "random"
    pace : int, sweeps (or clusters) a frame
    running : bool
    seed : int
    steps : int, sweeps (or clusters) since the last reset
    energy, magnetisation : float, per site; follow from the state (the page tells them while it runs)
    state : bytes, int8 spins row by row; the page sends them when it pauses
    """

    _esm = source("lattice", "mjs")
    _css = source("lattice", "css")

    temperature = traitlets.Float(2.5).tag(sync=True)
    field = traitlets.Float(0.0).tag(sync=True)
    size = traitlets.Enum(SIZES, 128).tag(sync=True)
    ring = traitlets.Bool(False).tag(sync=True)
    rule = traitlets.Enum(RULES, "Metropolis").tag(sync=True)
    begin = traitlets.Enum(STARTS, "random").tag(sync=True)
    pace = traitlets.Enum((1, 4, 16), 1).tag(sync=True)
    running = traitlets.Bool(True).tag(sync=True)
    seed = traitlets.Int(0, min=0).tag(sync=True)
    steps = traitlets.Int(0, min=0).tag(sync=True)
    energy = traitlets.Float().tag(sync=True)
    magnetisation = traitlets.Float().tag(sync=True)
    state = traitlets.CBytes().tag(sync=True)
    words = traitlets.CBytes().tag(sync=True)
    start = traitlets.Dict().tag(sync=True)
    known = traitlets.Bytes().tag(sync=True)

    def __init__(self, **given):
        super().__init__(kernels=wasm.build(_KERNELS), known=_known().tobytes(), **given)
        self.reset()

    @traitlets.observe("seed", "size", "ring", "begin")
    def _anew(self, change):
        if self.start:
            self.reset()

    @property
    def shape(self):
        """Of the spins: (rows, columns), a ring being a single row."""
        return (1, RING * self.size) if self.ring else (self.size, self.size)

    @property
    def model(self):
        """The library's model of what is shown."""
        return ising.Ising(self.shape[1:] if self.ring else self.shape, J=1.0, B=self.field)

    def reset(self):
        """Back to the seed: its random numbers, the chosen start, no sweeps."""
        words = random.state(np.random.default_rng(self.seed))
        with self.hold_sync():
            self.start = {
                "words": words.tobytes().hex(),
                "temperature": self.temperature,
                "field": self.field,
            }
            self._begin(words)

    def _begin(self, words):
        s = np.ones(self.shape, dtype=np.int8)
        if self.begin == "random":
            _scatter(s, words)
        self._show(s, words, 0)

    def _show(self, s, words, steps):
        with self.hold_sync():
            self.state, self.words, self.steps = s.tobytes(), words.tobytes(), steps

    def advance(self, steps):
        """Make that many sweeps (clusters, by Wolff's rule) here in Python, with the kernels the page runs."""
        steps = _check.count("steps", steps)
        s = np.frombuffer(self.state, dtype=np.int8).reshape(self.shape).copy()
        words = np.frombuffer(self.words, dtype=np.uint64).copy()
        if self.rule == "Wolff":
            sites, inside = np.empty((s.size, 2), dtype=np.int32), np.zeros(s.shape, dtype=np.int8)
            ising._wolff(s, 1.0, self.field, self.temperature, words, sites, inside, steps)
        else:
            fill = ising._metropolis if self.rule == "Metropolis" else ising._heat_bath
            flip = np.empty((2, 9))
            fill(1.0, self.field, self.temperature, 2 if self.ring else 0, flip)
            sweep = ising._random_sweeps if self.ring else ising._checkerboard_sweeps
            sweep(s, flip, words, steps)
        self._show(s, words, self.steps + steps)

    def figure(self, ax):
        kind = f"ring of {self.shape[1]}" if self.ring else f"{self.size} x {self.size} lattice of"
        self.alt = (
            f"A {kind} spins at temperature {self.temperature:.2f}: magnetisation {self.magnetisation:.2f}, "
            f"energy {self.energy:.2f} per site."
        )
        s = np.frombuffer(self.state, dtype=np.int8).reshape(RING if self.ring else self.size, -1)
        ax.imshow(s, cmap="cividis_r", vmin=-1, vmax=1, interpolation="nearest")
        ax.set(xticks=[], yticks=[], title=f"T = {self.temperature:.2f}, m = {self.magnetisation:.2f}")
        return ax

    @traitlets.validate("temperature")
    def _checked_temperature(self, proposal):
        wanted = f"a temperature from {COLDEST} to {HOTTEST}"
        return _check.number("temperature", proposal.value, low=COLDEST, high=HOTTEST, wanted=wanted)

    @traitlets.validate("field")
    def _checked_field(self, proposal):
        wanted = f"a field from {-STRONGEST} to {STRONGEST}"
        return _check.number("field", proposal.value, low=-STRONGEST, high=STRONGEST, wanted=wanted)

    @traitlets.validate("state")
    def _checked_state(self, proposal):
        s = np.frombuffer(proposal.value, dtype=np.int8)
        rows, columns = self.shape
        _check.spins("state", s, rows * columns)
        return proposal.value

    @traitlets.observe("state", "field")
    def _follow(self, change):
        if self.state and change.name not in self._property_lock:  # the page has measured for itself
            self.energy, self.magnetisation = self._measured()

    @traitlets.validate("energy", "magnetisation")
    def _checked_measures(self, proposal):
        name = proposal.trait.name
        if name in self._property_lock:  # of a state that the page sends when it pauses
            return _check.number(name, proposal.value, low=-3, high=3, wanted="a number per site")
        return follows(proposal, dict(zip(_MEASURED, self._measured(), strict=True))[name], "state")

    def _measured(self):
        s = np.frombuffer(self.state, dtype=np.int8).reshape(self.shape)
        return ising._meter(self.model)(s)


def _known():
    """For each temperature of the slider and no field: lattice energy and magnetisation, ring energy; (K, 3)."""
    T = np.arange(round(COLDEST / STEP), round(HOTTEST / STEP) + 1) * STEP
    energies = [exact.onsager_energy(t) for t in T], [exact.yang_magnetisation(t) for t in T]
    return np.column_stack([*energies, -np.tanh(1 / T)])


def lattice(*, size=128, temperature=2.5, field=0.0, rule="Metropolis", begin="random", ring=False, seed=0):
    """Spins on a square lattice, or on a ring, with Onsager's exact answers beside the measured ones.

    Parameters
    ----------
    size : int
        64, 128, 256 or 512: the side of the lattice; a ring has 16 times as many spins.
    temperature : float
        From 0.5 to 5; J = 1. The lattice orders below `ebm.exact.T_C`, the ring never.
    field : float
        From -0.5 to 0.5.
    rule : str
        "Metropolis", "heat bath" or "Wolff".
    begin : str
        "cold", all +1, or "random".
    ring : bool
    seed : int
        >= 0.

    Returns
    -------
    Interactive
        With the traits `temperature`, `field`, `size`, `ring`, `rule`, `begin`, `pace`, `running`,
        `seed`, `steps`, `energy`, `magnetisation` and `state`, to read, write and observe; and
        `view`, whose `advance` makes sweeps in Python.

    Raises
    ------
    TypeError, ValueError, traitlets.TraitError
        If an argument is out of range.

    Notes
    -----
    Exact lines: [onsager1944], [yang1952], [ising1925].

    Examples
    --------
    >>> w = lattice(size=64, temperature=1.5, begin="cold")
    >>> w.view.advance(20)
    >>> bool(abs(w.magnetisation - exact.yang_magnetisation(1.5)) < 0.02)
    True
    """
    view = LatticeView(
        size=size, temperature=temperature, field=field, rule=rule, begin=begin, ring=ring, seed=seed
    )
    look = {
        "readout_format": ".2f",
        "style": {"description_width": "100px"},
        "layout": {"width": "min(100%, 560px)"},
    }
    T = FloatSlider(temperature, min=COLDEST, max=HOTTEST, step=STEP, description="Temperature", **look)
    B = FloatSlider(field, min=-STRONGEST, max=STRONGEST, step=0.01, description="Field", **look)
    link((T, "value"), view, "temperature")
    link((B, "value"), view, "field")
    names = "temperature field size ring rule begin pace running seed steps energy magnetisation state"
    return Interactive(view, [T, B], names.split())
