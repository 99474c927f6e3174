"""One stochastic unit: how often it is on, at any temperature, and the flips of its coin."""

import math

import numpy as np
import traitlets
from ipywidgets import FloatSlider

from ebm import _check, random, wasm
from ebm._kernel import kernel
from ebm.maths import sigmoid
from ebm.widgets._interactive import Interactive, View, follows, link, source

COLDEST, HOTTEST = 0.05, 10.0
MOST_SAVED = 6.0
MOST_FLIPS = 10_000


@kernel
def _p_on(saved, T):
    """p(on) = sigma(energy saved by being on / T)."""
    return sigmoid(saved / T)


@kernel
def _flip(saved, T, words, on):
    """Flip the unit's coin len(on) - 1 times; on[k] counts the times it was on, on[0] is given."""
    p = sigmoid(saved / T)
    for k in range(1, len(on)):
        on[k] = on[k - 1] + (1 if random.uniform(words) < p else 0)


@kernel
def _standard_error(p, flips):
    """How far the share of `flips` coins strays from p: sqrt(p (1 - p) / flips)."""
    return math.sqrt(p * (1 - p) / flips)


_KERNELS = {
    "p_on": (_p_on, "float64(float64, float64)"),
    "flip": (_flip, "void(float64, float64, uint64[::1], int32[::1])"),
    "standard_error": (_standard_error, "float64(float64, int64)"),
}


class NeuronView(View):
    """The drawing, and the traits it shares with Python.

    temperature : float, 0.05 to 10, in energy units
    saved : float, -6 to 6: the energy saved by switching the unit on
    p : float, follows from these two
    counts : list of 2 ints, flips that left the unit off and on; they start anew when p changes
    running : bool
    seed : int; setting it resets what was drawn at random
    """

    _esm = source("neuron", "mjs")
    _css = source("neuron", "css")

    temperature = traitlets.Float(1.0).tag(sync=True)
    saved = traitlets.Float(2.0).tag(sync=True)
    p = traitlets.Float()
    counts = traitlets.TraitType().tag(sync=True)  # checked below
    running = traitlets.Bool(True).tag(sync=True)
    seed = traitlets.Int(0, min=0).tag(sync=True)

    limits = traitlets.Dict({"saved": MOST_SAVED, "flips": MOST_FLIPS}).tag(sync=True)
    words = traitlets.CBytes().tag(sync=True)  # the page sends a memoryview
    start = traitlets.Dict().tag(sync=True)

    def __init__(self, temperature, saved, seed):
        super().__init__(kernels=wasm.build(_KERNELS), temperature=temperature, saved=saved, seed=seed)
        self.reset()

    @traitlets.observe("seed")
    def _reseed(self, change):
        self.reset()

    def reset(self):
        """Back to the seed: its random numbers, no flips."""
        words = random.state(np.random.default_rng(self.seed)).tobytes()
        with self.hold_sync():
            self.start = {"words": words.hex(), "temperature": self.temperature, "saved": self.saved}
            self.words, self.counts = words, [0, 0]
            self.p = _p_on(self.saved, self.temperature)

    def advance(self, flips):
        """Flip that many coins here in Python, with the kernel the page runs; times on so far, after each."""
        flips, so_far = _check.count("flips", flips), sum(self.counts)
        if so_far + flips > MOST_FLIPS:
            raise ValueError(f"flips is {flips}; wanted at most {MOST_FLIPS} in a run, {so_far} are made")
        words = np.frombuffer(self.words, dtype=np.uint64).copy()
        on = np.full(flips + 1, self.counts[1], dtype=np.int32)
        _flip(self.saved, self.temperature, words, on)
        with self.hold_sync():
            self.words, self.counts = words.tobytes(), [so_far + flips - int(on[-1]), int(on[-1])]
        return on

    def figure(self, ax):
        T, saved, (off, on) = self.temperature, self.saved, self.counts
        x = np.linspace(-MOST_SAVED, MOST_SAVED, 241)
        ax.plot(x, [float(i > 0) for i in x], ":", color="0.45", marker="", label="T → 0: a step")
        ax.plot(x, np.full(x.shape, 0.5), "--", color="0.45", marker="", label="T → ∞: p = 1/2")
        ax.plot(x, [_p_on(i, T) for i in x], marker="", label=f"T = {T:.3g}")
        ax.plot([saved], [self.p], "o", markersize=8, label=f"p(on) = {self.p:.2f}")
        self.alt = (
            f"The probability that a unit is on against the energy saved by switching it on, an S-shaped curve "
            f"at T = {T:.3g}; at {saved:.3g} it is {self.p:.2f}."
        )
        if flips := off + on:
            error = _standard_error(self.p, flips)
            ax.errorbar([saved], [on / flips], [error], fmt="s", label=f"share of {flips} flips")
        ax.set(xlabel="energy saved by switching on", ylabel="p(on)", ylim=(-0.05, 1.05))
        ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
        return ax

    @traitlets.validate("temperature")
    def _checked_temperature(self, proposal):
        wanted = f"a temperature from {COLDEST} to {HOTTEST}"
        return _check.number("temperature", proposal.value, low=COLDEST, high=HOTTEST, wanted=wanted)

    @traitlets.validate("saved")
    def _checked_saved(self, proposal):
        wanted = f"an energy from {-MOST_SAVED} to {MOST_SAVED}"
        return _check.number("saved", proposal.value, low=-MOST_SAVED, high=MOST_SAVED, wanted=wanted)

    @traitlets.validate("counts")
    def _checked_counts(self, proposal):
        wanted = f"2 whole numbers, flips that ended off and on, at most {MOST_FLIPS} together"
        counts = _check.whole("counts", proposal.value, 2, below=MOST_FLIPS + 1).tolist()
        if sum(counts) > MOST_FLIPS:
            raise ValueError(f"counts sums to {sum(counts)}; wanted {wanted}")
        return counts

    @traitlets.observe("temperature", "saved")
    def _start_anew(self, change):
        self.counts, self.p = [0, 0], _p_on(self.saved, self.temperature)

    @traitlets.validate("p")
    def _checked_p(self, proposal):
        return follows(proposal, _p_on(self.saved, self.temperature), "temperature")


def neuron(*, temperature=1.0, saved=2.0, seed=0):
    """A unit that is on with probability sigma(energy saved / T), and a run of its coin flips.

    Parameters
    ----------
    temperature : float
        From 0.05 (nearly a step) to 10 (nearly a fair coin), in energy units.
    saved : float
        The energy saved by switching the unit on, from -6 to 6.
    seed : int
        >= 0; the random numbers of the flips.

    Returns
    -------
    Interactive
        With the traits `temperature`, `saved`, `p` (follows from these), `counts` (flips that left
        the unit off and on), `running` and `seed`, to read, write and observe; and `view`, whose
        `advance` flips in Python.

    Raises
    ------
    TypeError, ValueError, traitlets.TraitError
        If a number is out of range.

    Notes
    -----
    Rule: [glauber1963], [ackley1985]. A change of p starts a new run; the random numbers go on.

    Examples
    --------
    >>> w = neuron(temperature=1.0, saved=2.0)
    >>> round(w.p, 2)
    0.88
    """
    view = NeuronView(temperature, saved, seed)
    shared = {"style": {"description_width": "7em"}, "layout": {"width": "min(100%, 480px)"}}
    T = FloatSlider(
        value=temperature,
        min=COLDEST,
        max=HOTTEST,
        step=0.05,
        description="Temperature",
        readout_format=".2f",
        **shared,
    )
    energy = FloatSlider(
        value=saved,
        min=-MOST_SAVED,
        max=MOST_SAVED,
        step=0.1,
        description="Energy saved",
        readout_format=".1f",
        **shared,
    )
    link((T, "value"), view, "temperature")
    link((energy, "value"), view, "saved")
    return Interactive(view, [T, energy], ["temperature", "saved", "p", "counts", "running", "seed"])
