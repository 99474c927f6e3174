"""A Boltzmann machine that learns while one watches: two phases, and weights that move until they agree."""

import numpy as np
import traitlets
from traitlets import Bunch

from ebm import _check, boltzmann, random, wasm
from ebm.boltzmann import Statistics
from ebm.widgets import _two_phase_machine as machine
from ebm.widgets._interactive import Interactive, View, follows, slider, source
from ebm.widgets._two_phase_machine import DATA, MODES, MOST_HIDDEN, MOST_STEPS, VISIBLE, Learner
from ebm.widgets._two_phase_run import SETTING, checked, words_from

SLOWEST, FASTEST = 0.05, 2.0  # learning rates
_FOLLOW = ("W", "b", "step", "kl", "norm")


def _fixed():
    """What the page needs to know once."""
    named = {}
    for data in DATA:
        if data != "drawn":
            v, p = machine.chosen(data, None)
            named[data] = {"v": v.tolist(), "p": p.tolist(), "marks": machine.MARKS.get(data, [])}
    return {
        "sets": named,
        "encoder": machine.ENCODER.tolist(),
        "steps": MOST_STEPS,
        "chains": machine.CHAINS,
        "cooling": machine.COOLING.tolist(),
        "scale": machine.SCALE,
    }


class TwoPhaseView(View):
    """The drawing, and the traits it shares with Python.

    data : str, "one", "opposites", "bars", "parity", "smooth", "drawn" or "encoder"
    drawn : list of 16 of 0 and 1, the states that are data where data is "drawn"; at least one
    hidden : int, 0 to 3, hidden units beside four visible ones; the encoder always has 2
    mode : str, "exact" or "sampled": how both phases find their averages
    rate : float, learning rate, 0.05 to 2
    run : dict, how far learning has got; a change of data or of hidden units starts it anew
    W, b, step, kl, norm : the machine, the steps made, KL(data || model) in nats, and the length of
        the gradient that the next step follows; they follow from the run
    running : bool
    seed : int; setting it resets what was drawn at random
    """

    _esm = source("two_phase", "mjs")
    _css = source("two_phase", "css")

    data = traitlets.Unicode("bars").tag(sync=True)  # this and the next are checked below
    drawn = traitlets.TraitType([int(ink == 1) for ink in machine.INK]).tag(sync=True)
    hidden = traitlets.TraitType(2).tag(sync=True)
    mode = traitlets.Unicode("exact").tag(sync=True)
    rate = traitlets.Float(0.5).tag(sync=True)
    run = traitlets.Dict().tag(sync=True)
    W = traitlets.TraitType()
    b = traitlets.TraitType()
    step = traitlets.TraitType()
    kl = traitlets.TraitType()
    norm = traitlets.TraitType()
    running = traitlets.Bool(True).tag(sync=True)
    seed = traitlets.Int(0, min=0).tag(sync=True)

    fixed = traitlets.Dict().tag(sync=True)
    start = traitlets.Dict().tag(sync=True)

    def __init__(self, seed, **traits):
        super().__init__(kernels=wasm.build(machine.KERNELS), fixed=_fixed(), seed=seed, **traits)
        self.reset()

    @traitlets.observe("seed")
    def _reseed(self, change):
        self.reset()

    def reset(self):
        """Back to the seed: its first weights, its random numbers, no steps."""
        origin = random.state(np.random.default_rng(self.seed)).tobytes().hex()
        kept = {name: getattr(self, name) for name in (*SETTING, "rate")}
        with self.hold_sync():
            self.start = kept | {"origin": origin}
            self._begin(origin)

    def new_weights(self):
        """Start anew from other random weights, as the button in the page does."""
        self._begin(self.run["words"])

    def place(self, W, b):
        """Go on from these weights and biases."""
        self.run = self.run | {"W": W, "b": b}

    def advance(self, steps):
        """Learn for that many steps here in Python, with the kernels the page runs; KL after each."""
        steps, so_far = _check.count("steps", steps), self.step
        if so_far + steps > MOST_STEPS:
            raise ValueError(f"steps is {steps}; wanted at most {MOST_STEPS} in a run, {so_far} are made")
        learner = self._learner()
        kls = np.array([learner.step(self.rate, self.mode) for _ in range(steps)])
        self.run = self._packed(learner, self.run["origin"], so_far + steps)
        return kls

    def examples(self):
        """The visible states that are data, a row each, and their probabilities."""
        return machine.chosen(self.data, self.drawn)

    @property
    def model(self):
        """The machine as the library knows it."""
        return boltzmann.Boltzmann(self.W, self.b, 8 if self.data == "encoder" else VISIBLE)

    def averages(self):
        """<s_i s_j> and <s_i> with the visible units held, and of the machine running freely."""
        pairs, means, own_pairs, own_means = self._learner().averages
        return Statistics(pairs, means), Statistics(own_pairs, own_means)

    def shares(self):
        """p of data and of the model for the 16 states that are drawn, and what the model gives to others."""
        v, p_v = self.examples()
        places, learner = machine.places(self.data), self._learner()
        learner.exactly()
        found, wanted = np.empty(len(places) + 1), np.zeros(len(places))
        machine._shares(learner.lists[0], learner.n_visible, places, found)
        for row, p in zip(v, p_v, strict=True):
            wanted[places == (row.astype(int) << np.arange(row.size)).sum()] = p
        return wanted, found[:-1], float(found[-1])

    def codes(self):
        """The mean of each hidden unit for each example, (P, hidden)."""
        return self._learner().codes()

    def figure(self, ax):
        wanted, found, _ = self.shares()
        place = np.arange(len(wanted))
        ax.bar(place - 0.2, wanted, 0.4, label="data")
        ax.bar(place + 0.2, found, 0.4, hatch="////", label="model")
        ax.set_xticks(place, machine.names(self.data), rotation=90, fontsize=7)
        state = "units on in the two groups" if self.data == "encoder" else "state of visible units 1 to 4"
        ax.set(xlabel=state, ylabel="probability")
        ax.set_title(f"Step {self.step}: KL = {self.kl:.3f}, gradient {self.norm:.3f}")
        ax.legend()
        hidden = self._setting()["hidden"]
        self.alt = (
            f"Pairs of bars, the probabilities of 16 visible states in the data ({self.data}) and in a Boltzmann "
            f"machine with {hidden} hidden unit{'s' * (hidden != 1)} after {self.step} steps of "
            f"learning: KL is {self.kl:.3f} nats."
        )
        return ax

    def _setting(self):
        encoder, drawn = self.data == "encoder", self.drawn if self.data == "drawn" else None
        hidden = 2 if encoder else self.hidden
        return {"data": self.data, "hidden": hidden, "drawn": drawn, "mode": self.mode}

    def _empty(self):
        hidden = self._setting()["hidden"]
        links = machine.ENCODER if self.data == "encoder" else boltzmann.model._linked(None, VISIBLE + hidden)
        return Learner(*self.examples(), hidden, links)

    def _begin(self, origin):
        learner = self._empty()
        learner.begin(words_from("origin", origin))
        learner.measure(self.mode)
        self.run = self._packed(learner, origin, 0)

    def _learner(self):
        """The arrays of the run."""
        learner, run = self._empty(), self.run
        learner.words[:] = words_from("words", run["words"])
        learner.W[:], learner.b[:] = run["W"], run["b"]
        if run["averages"] is None:
            learner.measure("exact")
        else:
            for sums, found in zip(learner.averages, run["averages"], strict=True):
                sums[:] = found
        return learner

    def _packed(self, learner, origin, step):
        sampled = self.mode == "sampled"
        return self._setting() | {
            "origin": origin,
            "words": learner.words.tobytes().hex(),
            "step": step,
            "W": learner.W.tolist(),
            "b": learner.b.tolist(),
            "averages": [sums.tolist() for sums in learner.averages] if sampled else None,
        }

    @traitlets.observe("data", "drawn", "hidden", "mode")
    def _begin_anew(self, change):
        before, now = {name: self.run.get(name) for name in SETTING}, self._setting()
        if not self.run or before == now:
            return
        if before | {"mode": self.mode} != now:
            return self._begin(self.run["origin"])
        learner = self._learner()
        learner.measure(self.mode)
        self.run = self._packed(learner, self.run["origin"], self.run["step"])

    @traitlets.observe("run")
    def _follow(self, change):
        learner = self._learner()
        self._followed = {
            "W": self.run["W"],
            "b": self.run["b"],
            "step": self.run["step"],
            "kl": learner.exactly(),
            "norm": learner.norm,
        }
        for name, value in self._followed.items():
            setattr(self, name, value)

    @traitlets.validate(*_FOLLOW)
    def _checked_followers(self, proposal):
        given = np.asarray(proposal.value).tolist() if proposal.trait.name in "Wb" else proposal.value
        return follows(Bunch(proposal, value=given), self._followed[proposal.trait.name], "run")

    @traitlets.validate("run")
    def _checked_run(self, proposal):
        return checked(proposal.value, self._setting(), self._empty().links)

    @traitlets.validate("data")
    def _checked_data(self, proposal):
        return _check.choice("data", proposal.value, DATA)

    @traitlets.validate("mode")
    def _checked_mode(self, proposal):
        return _check.choice("mode", proposal.value, MODES)

    @traitlets.validate("hidden")
    def _checked_hidden(self, proposal):
        return _check.count("hidden", proposal.value, low=0, high=MOST_HIDDEN)

    @traitlets.validate("drawn")
    def _checked_drawn(self, proposal):
        drawn = _check.bits("drawn", proposal.value, 2**VISIBLE).tolist()
        if not any(drawn):
            raise ValueError("drawn holds no 1; wanted at least one state that is data")
        return drawn

    @traitlets.validate("rate")
    def _checked_rate(self, proposal):
        wanted = f"a learning rate from {SLOWEST} to {FASTEST}"
        rate = _check.number("rate", proposal.value, low=SLOWEST, high=FASTEST, wanted=wanted)
        return round(rate, 6)  # a slider says 0.15000000000000002 and means 0.15


def two_phase(*, data="bars", hidden=2, mode="exact", rate=0.5, seed=0):
    """A small Boltzmann machine that learns: data beside the model, and the two phases whose difference moves it.

    Parameters
    ----------
    data : str
        What the four visible units learn: "one" picture, two "opposites", "bars" (and stripes), "parity"
        (an even number of units on), "smooth" (p = e^(-(k - 2)^2 / 2) / Z with k units on), or "drawn",
        to be drawn by the reader. With "encoder" it is the 4-2-4 encoder of 1985: eight visible units in
        two groups, and two hidden ones between them.
    hidden : int
        0 to 3 hidden units beside the four visible ones.
    mode : str
        "exact" lists all states in both phases; "sampled" takes the last states of 100 chains in each,
        annealed from T = 8 to T = 1.
    rate : float
        Learning rate, from 0.05 to 2.
    seed : int
        >= 0; the first weights, and the random numbers of the chains.

    Returns
    -------
    Interactive
        With the traits `data`, `drawn` (which of the 16 states are data if drawn, in the order of
        `ebm.exact.states`), `hidden`, `mode`, `rate`, `run` (all that learning has reached), `running`
        and `seed`, and with `W`, `b`, `step`, `kl` (in nats) and `norm` (of the gradient), which follow
        from the run; and `view`, whose `advance` learns in Python.

    Raises
    ------
    TypeError, ValueError, traitlets.TraitError
        If an argument is none of these or out of range.

    Notes
    -----
    Units are 0 or 1, T = 1. Rule, and annealing in both phases: [ackley1985]. The encoder, whose two
    groups meet only in its hidden units, is theirs too.

    Examples
    --------
    What is smooth can be learned by weights of -1 and biases of 3/2:

    >>> w = two_phase(data="smooth", hidden=0)
    >>> kls = w.view.advance(2000)
    >>> np.unique(np.round(w.W, 3)).tolist(), np.round(w.b, 3).tolist()
    ([-1.0, 0.0], [1.5, 1.5, 1.5, 1.5])
    """
    view = TwoPhaseView(seed, data=data, hidden=hidden, mode=mode, rate=rate)
    control = slider(view, "rate", "Learning rate", SLOWEST, FASTEST)
    names = ["data", "drawn", "hidden", "mode", "rate", "run", *_FOLLOW, "running", "seed"]
    return Interactive(view, [control], names)
