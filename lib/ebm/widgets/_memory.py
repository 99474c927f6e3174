"""A Hopfield network of nine units that remembers letters, at any temperature."""

import numpy as np
import traitlets

from ebm import _check, data, hopfield, plot, random, wasm
from ebm.widgets._interactive import Interactive, View, slider, source

COLDEST, HOTTEST = 0.05, 5.0
CORRUPTED = 0.25

_KERNELS = {
    "heat_bath": (
        hopfield._heat_bath,
        "void(float64[:, ::1], float64[::1], int8[::1], float64, uint64[::1], float64[::1])",
    ),
    "energy": (hopfield._energy, "float64(float64[:, ::1], float64[::1], int8[::1])"),
    "is_fixed_point": (hopfield._is_fixed_point, "int64(float64[:, ::1], float64[::1], int8[::1], float64)"),
    "below": (random.below, "int64(uint64[::1], int64)"),
}


class MemoryView(View):
    """The drawing, and the traits it shares with Python.

    temperature : float, 0.05 to 5, in energy units
    state : list of 9 numbers, +1 or -1, row by row
    energy : float, follows from the state
    updates : int, single-unit updates since the last reset
    running : bool
    seed : int; setting it resets everything that was drawn at random
    status : str, what the state is at rest in, or "exploring"
    """

    _esm = source("memory", "mjs")
    _css = source("memory", "css")

    temperature = traitlets.Float(0.2).tag(sync=True)
    state = traitlets.TraitType().tag(sync=True)  # checked below
    energy = traitlets.Float()
    updates = traitlets.Int(0, min=0).tag(sync=True)
    running = traitlets.Bool(True).tag(sync=True)
    seed = traitlets.Int(0, min=0).tag(sync=True)
    status = traitlets.Unicode("exploring").tag(sync=True)

    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    patterns = traitlets.Bytes().tag(sync=True)
    weights = traitlets.Bytes().tag(sync=True)
    biases = traitlets.Bytes().tag(sync=True)
    tie = traitlets.Float().tag(sync=True)
    words = traitlets.CBytes().tag(sync=True)  # the page sends a memoryview
    start = traitlets.Dict().tag(sync=True)

    def __init__(self, names, seed, temperature):
        self.stored = data.letters(names, "3x3")
        self.model = hopfield.hebb(self.stored)
        super().__init__(
            kernels=wasm.build(_KERNELS),
            names=list(names),
            patterns=self.stored.tobytes(),
            weights=self.model.W.tobytes(),
            biases=self.model.b.tobytes(),
            tie=hopfield._tie(self.model),
            temperature=temperature,
            seed=seed,
        )
        self.reset()

    @traitlets.observe("seed")
    def _reseed(self, change):
        self.reset()

    def reset(self):
        """Back to the seed: its corrupted memory, its random numbers, no updates."""
        rng = np.random.default_rng(self.seed)
        state = hopfield.corrupt(self.stored[0], CORRUPTED, rng=rng).tolist()
        words = random.state(rng).tobytes()
        with self.hold_sync():
            self.start = {"state": state, "words": words.hex(), "temperature": self.temperature}
            self.words, self.state, self.updates = words, state, 0

    def advance(self, updates):
        """Make that many updates here in Python, with the kernel the page runs; the energies."""
        words = np.frombuffer(self.words, dtype=np.uint64).copy()
        s = np.array(self.state, dtype=np.int8)
        energies = np.full(_check.count("updates", updates) + 1, self.energy)
        hopfield._heat_bath(self.model.W, self.model.b, s, self.temperature, words, energies)
        with self.hold_sync():
            self.words, self.state, self.updates = words.tobytes(), s.tolist(), self.updates + updates
        return energies

    def figure(self, ax):
        states = np.vstack([self.state, self.stored])
        now = f"now: E = {self.energy:.2f}"
        self.alt = f"Grids of 3 by 3 cells: the network's state, {now}, and the stored letters {', '.join(self.names)}."
        return plot.spins(states, (3, 3), ax, labels=[now, *(f"stored: {name}" for name in self.names)])

    @traitlets.validate("temperature")
    def _checked_temperature(self, proposal):
        wanted = f"a temperature from {COLDEST} to {HOTTEST}"
        return _check.number("temperature", proposal.value, low=COLDEST, high=HOTTEST, wanted=wanted)

    @traitlets.validate("state")
    def _checked_state(self, proposal):
        return _check.spins("state", proposal.value, self.model.n).tolist()

    @traitlets.observe("state")
    def _follow(self, change):
        self.energy = self._energy_of(change.new)

    @traitlets.validate("energy")
    def _checked_energy(self, proposal):
        E = self._energy_of(self.state)
        if proposal.value != E:
            raise ValueError(
                f"energy is {proposal.value}; it follows from the state, for which it is {E}: set `state`"
            )
        return E

    def _energy_of(self, state):
        return hopfield.energy(self.model, state)


def memory(names="TL", *, seed=0, temperature=0.2):
    """A network of 3 x 3 units that stores letters by Hebb's rule and recalls them at a temperature.

    Parameters
    ----------
    names : str or sequence of str
        3x3 letters to store, see `ebm.data.letters`.
    seed : int
        >= 0; the corrupted first letter it starts from, and all its random numbers.
    temperature : float
        From 0.05 to 5, in energy units.

    Returns
    -------
    Interactive
        With the traits `temperature`, `state` (a list of nine +1 or -1), `energy` (follows from
        the state), `updates`, `running`, `seed` and `status`, to read, write and observe; and `view`,
        whose `advance` makes updates in Python.

    Raises
    ------
    TypeError, ValueError, traitlets.TraitError
        If a letter is not there, or the seed or the temperature is out of range.

    Notes
    -----
    Rule: [hopfield1982] at low temperature, [ackley1985] at any.

    Examples
    --------
    >>> w = memory(seed=1)
    >>> w.state = [1, 1, 1, -1, 1, -1, -1, 1, -1]  # the letter T, as deep as L
    >>> w.energy
    -4.0
    """
    view = MemoryView(names, seed, temperature)
    control = slider(view, "temperature", "Temperature", COLDEST, HOTTEST)
    return Interactive(
        view, [control], ["temperature", "state", "energy", "updates", "running", "seed", "status"]
    )
