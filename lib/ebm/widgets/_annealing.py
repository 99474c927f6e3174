"""Five ways down: a network with spurious valleys is quenched, warmed or annealed, once and 200 times."""

import math

import numpy as np
import traitlets
from ipywidgets import FloatSlider, IntSlider

from ebm import _check, hopfield, random, wasm
from ebm.annealing import cooling, schedules
from ebm.widgets import _annealing_race as race
from ebm.widgets._annealing_networks import KERNELS, N, networks
from ebm.widgets._annealing_race import LONGEST, METHODS, MOST, RUNS
from ebm.widgets._interactive import Interactive, View, follows, link, source

COLDEST, HOTTEST = 0.05, 1.5  # of the fixed temperature
COOLEST_START, HOTTEST_START = 0.5, 2.0
COLDEST_END, HOTTEST_END = 0.05, 0.5  # no schedule rises, whatever the sliders say
FEWEST = 5  # sweeps


class AnnealingView(View):
    """The drawing, and the traits it shares with Python.

    memories : str, "pictures" or "letters"
    method : str, of the single run: one of METHODS
    T, T_start, T_end : float, the fixed temperature and the ends of the schedules
    sweeps : int, 5 to 100, before the final quench
    state : list of 64 numbers, +1 or -1; setting it starts a run from there
    energy : float, follows from the state and the memories
    running : bool
    results : dict, the settings and counts of the last race; {} before there is one
    seed : int; setting it resets everything that was drawn at random
    """

    _esm = source("annealing", "mjs")
    _css = source("annealing", "css")

    memories = traitlets.Enum(("pictures", "letters"), "pictures").tag(sync=True)
    method = traitlets.Enum(METHODS, "linear").tag(sync=True)
    T = traitlets.Float(0.2).tag(sync=True)
    T_start = traitlets.Float(1.0).tag(sync=True)
    T_end = traitlets.Float(0.1).tag(sync=True)
    sweeps = traitlets.Int(30).tag(sync=True)
    state = traitlets.TraitType([-1] * N).tag(sync=True)  # checked below
    energy = traitlets.Float()
    running = traitlets.Bool(True).tag(sync=True)
    results = traitlets.TraitType({}).tag(sync=True)  # checked below
    seed = traitlets.Int(0, min=0).tag(sync=True)

    facts = traitlets.Dict().tag(sync=True)
    words = traitlets.CBytes().tag(sync=True)  # the page sends a memoryview, here and below
    trace = traitlets.List(traitlets.Float()).tag(sync=True)  # energies of the run, the start's first
    cue = traitlets.List().tag(sync=True)  # where the run started from
    cue_words = traitlets.CBytes().tag(sync=True)
    race_words = traitlets.CBytes().tag(sync=True)
    start = traitlets.Dict().tag(sync=True)

    def __init__(self, seed, **traits):
        self._own, self._planned = False, None
        facts = {name: _facts(network) for name, network in networks().items()}
        facts = {"networks": facts, "methods": METHODS, "runs": RUNS, "most": MOST}
        super().__init__(kernels=wasm.build(KERNELS), facts=facts, seed=seed, **traits)
        self.reset()

    @traitlets.observe("seed")
    def _reseed(self, change):
        if self.start:
            self.reset()

    def reset(self):
        """Back to the seed: its random start, no sweeps, its first race."""
        rng = np.random.default_rng(self.seed)
        with self.hold_sync():
            self.words, self.race_words = (random.state(rng).tobytes() for _ in range(2))
            self.new_start()
            self.race()
            names = ("memories", "method", "T", "T_start", "T_end", "sweeps", "state", "trace", "results")
            drawn = {name: getattr(self, name).hex() for name in ("words", "race_words")}
            self.start = {name: getattr(self, name) for name in names} | drawn

    @property
    def network(self):
        return networks()[self.memories]

    def schedule(self, method=None):
        """The temperatures of a method (that of the single run) before its final quench."""
        method = self.method if method is None else _check.choice("method", method, METHODS)
        T = np.empty(0 if method == "quench" else self.sweeps)
        if method == "fixed T":
            T[:] = self.T
        elif method == "logarithmic":
            schedules._logarithmic(self.T_start, T)
        elif method != "quench":
            getattr(schedules, f"_{method}")(self.T_start, self.T_end, T)
        return T

    def new_start(self):
        """Another random start, as the button in the page."""
        words, s = np.frombuffer(self.words, dtype=np.uint64).copy(), np.empty((1, N), dtype=np.int8)
        hopfield._scatter(words, s)
        self._begin(s[0].tolist(), words.tobytes())

    def advance(self, sweeps):
        """Make at most that many sweeps here in Python until the run is at rest; the energy after each."""
        words, s = np.frombuffer(self.words, dtype=np.uint64).copy(), np.array(self.state, dtype=np.int8)
        model, T, trace = self.network.model, self.schedule(), list(self.trace)
        fields, tie, known = hopfield.field(model, s), hopfield._tie(model), len(trace)
        for _ in range(_check.count("sweeps", sweeps)):
            if _at_rest(trace, len(T)):
                break
            if len(trace) <= len(T):
                cooling._sweep(model.W, s, fields, T[len(trace) - 1], words, 0)
            else:
                hopfield._descend_sweep(model.W, s, fields, np.arange(N), tie, words, np.empty(N))
            trace.append(hopfield._energy(model.W, model.b, s))
        self._show(s.tolist(), words.tobytes(), trace)
        return np.array(trace[known:])

    @property
    def at_rest(self):
        """Whether the final quench is over: its last sweep flipped nothing."""
        return _at_rest(self.trace, len(self.schedule()))

    def race(self):
        """200 runs of each method, as the button in the page: for each, which ended in a memory, (200,) bool."""
        words = np.frombuffer(self.race_words, dtype=np.uint64).copy()
        ended, counts = race.run(self.network, {method: self.schedule(method) for method in METHODS}, words)
        with self.hold_sync():
            self.race_words = words.tobytes()
            self.results = {"settings": self._settings(), **counts}
        return ended

    def _settings(self):
        return [self.T, self.T_start, self.T_end, self.sweeps]

    def _begin(self, cue, words):
        with self.hold_sync():
            self.cue, self.cue_words = cue, words
            model = self.network.model
            self._planned = self.schedule().tolist()
            self._show(cue, words, [hopfield._energy(model.W, model.b, np.array(cue, dtype=np.int8))])

    def _show(self, state, words, trace):
        self._own = True
        try:
            with self.hold_sync():
                self.state, self.words, self.trace = state, words, trace
                self.energy = self._energy_of()
        finally:
            self._own = False

    def set_state(self, sync_data):
        """From the page: a state that comes with its run is no new start."""
        self._own = "trace" in sync_data
        try:
            super().set_state(sync_data)
        finally:
            self._own = False

    def figure(self, ax):
        told = race.draw(ax, self.results, self._settings(), self.memories)
        how = "at rest" if self.at_rest else "under way"
        self.alt = (
            f"{told} A single run ({self.method}) is {how} at energy {self.energy:.2f} after "
            f"{len(self.trace) - 1} sweeps."
        )
        return ax

    @traitlets.validate("T", "T_start", "T_end")
    def _checked_temperature(self, proposal):
        name = proposal.trait.name
        low, high = {
            "T": (COLDEST, HOTTEST),
            "T_start": (COOLEST_START, HOTTEST_START),
            "T_end": (COLDEST_END, HOTTEST_END),
        }[name]
        wanted = f"a temperature from {low} to {high}"
        return _check.number(name, proposal.value, low=low, high=high, wanted=wanted)

    @traitlets.validate("sweeps")
    def _checked_sweeps(self, proposal):
        return _check.count("sweeps", proposal.value, low=FEWEST, high=MOST)

    @traitlets.validate("state")
    def _checked_state(self, proposal):
        return _check.spins("state", proposal.value, N).tolist()

    @traitlets.validate("trace")
    def _checked_trace(self, proposal):
        if not 1 <= len(proposal.value) <= LONGEST or not all(map(math.isfinite, proposal.value)):
            raise ValueError(f"trace is {proposal.value}; wanted 1 to {LONGEST} energies")
        return proposal.value

    @traitlets.validate("results")
    def _checked_results(self, proposal):
        return race.checked(proposal.value)

    @traitlets.observe("state")
    def _from_elsewhere(self, change):
        if not self._own:
            self._begin(change.new, self.words)
        self.energy = self._energy_of()

    @traitlets.observe("method", "T", "T_start", "T_end", "sweeps")
    def _run_anew(self, change):
        if self.start and self.schedule().tolist() != self._planned:
            self._again()

    @traitlets.observe("memories")
    def _store(self, change):
        if self.start:
            self._again()
            if not self._own:
                self.results = {}

    def _again(self):
        """The same start and random numbers once more; the page has already done so if it is the page that speaks."""
        if self._own:
            self._planned, self.energy = self.schedule().tolist(), self._energy_of()
        else:
            self._begin(self.cue, self.cue_words)

    @traitlets.validate("energy")
    def _checked_energy(self, proposal):
        return follows(proposal, self._energy_of(), "state")

    def _energy_of(self):
        return hopfield.energy(self.network.model, self.state)


def _at_rest(trace, steps):
    """At T = 0 every flip lowers the energy: that stays if none was made."""
    return len(trace) > steps + 1 and trace[-1] == trace[-2]


def _facts(network):
    """A network for the page."""
    tie = hopfield._tie(network.model)
    patterns = network.patterns.tobytes().hex()
    return {"names": network.names, "patterns": patterns, "lowest": network.lowest, "tie": tie}


def annealing(*, memories="pictures", method="linear", T=0.2, T_start=1.0, T_end=0.1, sweeps=30, seed=0):
    """Quench, fixed T or annealing: one run of a network with spurious valleys, and a race of 200 of each.

    A run starts at random, makes its sweeps, and is quenched at the end (T = 0, until nothing flips).
    It succeeds if it rests in a stored memory or its mirror image, which has the same energy. In a race
    every method has the same starts and the same random numbers.

    Parameters
    ----------
    memories : str
        "pictures", eight orthogonal patterns in 64 units, the lowest states there are; or "letters", five
        that are alike, where a blend lies lower than any of them.
    method : str
        Of the single run: "quench", "fixed T", "linear", "geometric" or "logarithmic".
    T : float
        The fixed temperature, from 0.05 to 1.5, in energy units; this slider and the next two make
        steps of 0.05.
    T_start, T_end : float
        Where schedules begin, 0.5 to 2, and end, 0.05 to 0.5; the logarithmic one ends where its law leads.
    sweeps : int
        Of 64 updates, before the final quench, 5 to 100; the slider makes steps of 5.
    seed : int
        >= 0; the start, the updates, the races.

    Returns
    -------
    Interactive
        With the traits `memories`, `method`, `T`, `T_start`, `T_end`, `sweeps`, `state` (a list of 64 +1 or
        -1), `energy` (follows), `running`, `results` (the settings T, T_start, T_end and sweeps of the last
        race, and for each method the runs that ended in a memory, `hits`, those at the lowest energy,
        `lowest`, and all their sweeps) and `seed`, to read, write and observe; and `view`, whose `advance`,
        `race` and `new_start` do in Python what the page does.

    Raises
    ------
    TypeError, ValueError, traitlets.TraitError
        If an argument is out of range.

    Notes
    -----
    Annealing: [kirkpatrick1983]; spurious mixtures of patterns: [amit1985]; interval: [wilson1927].

    Examples
    --------
    Half the quenches end in a mixture of pictures; slow cooling finds a picture nearly always:

    >>> w = annealing(sweeps=100)
    >>> [round(hits / 200, 2) for hits in w.results["hits"]]
    [0.55, 0.87, 0.98, 1.0, 0.92]
    """
    view = AnnealingView(
        seed, memories=memories, method=method, T=T, T_start=T_start, T_end=T_end, sweeps=sweeps
    )
    look = {"style": {"description_width": "70px"}, "layout": {"width": "min(100%, 480px)"}}
    bounds = {
        "T": ("Fixed T", COLDEST, HOTTEST),
        "T_start": ("T start", COOLEST_START, HOTTEST_START),
        "T_end": ("T end", COLDEST_END, HOTTEST_END),
    }
    sliders = []
    for name, (label, low, high) in bounds.items():
        value = getattr(view, name)
        slider = FloatSlider(value, min=low, max=high, step=0.05, description=label, **look)
        link((slider, "value"), view, name)
        sliders.append(slider)
    length = IntSlider(sweeps, min=FEWEST, max=MOST, step=5, description="Sweeps", **look)
    link((length, "value"), view, "sweeps")
    names = "memories method T T_start T_end sweeps state energy running results seed"
    return Interactive(view, [*sliders, length], names.split())
