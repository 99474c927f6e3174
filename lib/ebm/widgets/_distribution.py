"""Four units, their sixteen states, and a chain that finds the Boltzmann distribution."""

import numpy as np
import traitlets

from ebm import _check, exact, hopfield, random, wasm
from ebm.widgets import _distribution_kernels as kernels
from ebm.widgets._interactive import Interactive, View, follows, slider, source

COLDEST, HOTTEST = 0.05, 5.0
UNITS = 4
STRONGEST = 3.0  # weight or bias
MOST_UPDATES = 100_000
# Rows of the picture agree, columns differ, and the first unit would rather be on.
_W = [[0.0, 0.75, -0.25, 0.0], [0.75, 0.0, 0.0, -0.25], [-0.25, 0.0, 0.0, 0.75], [0.0, -0.25, 0.75, 0.0]]
_B = [0.25, 0.0, 0.0, 0.0]


class DistributionView(View):
    """The drawing, and the traits it shares with Python.

    temperature : float, 0.05 to 5, in energy units
    W : 4 lists of 4 floats, -3 to 3, symmetric with a zero diagonal
    b : list of 4 floats, -3 to 3
    log_Z, mean_energy, entropy : floats, follow from these
    state : list of 4 numbers, +1 or -1: where the chain is
    counts : list of 16 ints, updates that led to each state; they start anew when p changes
    distance : float, total variation between the counts and p; follows; 1 before the first update
    running : bool
    seed : int; setting it resets what was drawn at random
    """

    _esm = source("distribution", "mjs")
    _css = source("distribution", "css")

    temperature = traitlets.Float(1.0).tag(sync=True)
    W = traitlets.TraitType(_W).tag(sync=True)  # this and the next are checked below
    b = traitlets.TraitType(_B).tag(sync=True)
    log_Z = traitlets.Float()
    mean_energy = traitlets.Float()
    entropy = traitlets.Float()
    state = traitlets.TraitType([-1] * UNITS).tag(sync=True)
    counts = traitlets.TraitType([0] * 2**UNITS).tag(sync=True)
    distance = traitlets.Float(1.0)
    running = traitlets.Bool(True).tag(sync=True)
    seed = traitlets.Int(0, min=0).tag(sync=True)

    limits = traitlets.Dict({"weight": STRONGEST, "updates": MOST_UPDATES}).tag(sync=True)
    words = traitlets.CBytes().tag(sync=True)  # the page sends a memoryview
    start = traitlets.Dict().tag(sync=True)

    def __init__(self, W, b, temperature, seed):
        super().__init__(kernels=wasm.build(kernels.KERNELS), W=W, b=b, temperature=temperature, seed=seed)
        self.reset()

    @traitlets.observe("seed")
    def _reseed(self, change):
        self.reset()

    def reset(self):
        """Back to the seed: its first state, its random numbers, nothing counted."""
        rng = np.random.default_rng(self.seed)
        state = (2 * rng.integers(2, size=UNITS) - 1).tolist()
        words = random.state(rng).tobytes()
        kept = {name: getattr(self, name) for name in ("temperature", "W", "b")}
        with self.hold_sync():
            self.start = kept | {"state": state, "words": words.hex()}
            self.words, self.state, self.counts = words, state, [0] * 2**UNITS
            self._follow()

    @property
    def model(self):
        """The network as the library knows it."""
        return hopfield.Hopfield(self.W, self.b)

    def solve(self):
        """Energies, probabilities, and (log Z, mean energy, entropy), by the kernel the page runs."""
        energies, p, sums = np.empty(2**UNITS), np.empty(2**UNITS), np.empty(3)
        W, b = np.array(self.W), np.array(self.b)
        kernels.solve(W, b, self.temperature, np.empty(UNITS), np.empty(UNITS), energies, p, sums)
        return energies, p, sums

    def advance(self, updates):
        """Make that many updates here in Python, with the kernel the page runs; the distance after each."""
        updates, so_far = _check.count("updates", updates), sum(self.counts)
        if so_far + updates > MOST_UPDATES:
            raise ValueError(
                f"updates is {updates}; wanted at most {MOST_UPDATES} in a run, {so_far} are made"
            )
        words = np.frombuffer(self.words, dtype=np.uint64).copy()
        s, counts = np.array(self.state, dtype=np.int8), np.array(self.counts, dtype=np.int32)
        distances = np.empty(updates)
        W, b, (_, p, _) = np.array(self.W), np.array(self.b), self.solve()
        kernels.visit(W, b, s, self.temperature, words, np.zeros(2), p, counts, distances)
        with self.hold_sync():
            self.words, self.state, self.counts = words.tobytes(), s.tolist(), counts.tolist()
        return distances

    def figure(self, ax):
        energies, p, (log_Z, mean, entropy) = self.solve()
        updates = sum(self.counts)
        place = np.arange(len(p))
        ax.bar(place - 0.2 * bool(updates), p, 0.4 if updates else 0.7, label="exact")
        if updates:
            shares = np.array(self.counts) / updates
            ax.bar(place + 0.2, shares, 0.4, hatch="////", label=f"{updates} updates")
            ax.legend()
        signs = ["".join("+" if unit > 0 else "\u2212" for unit in s) for s in exact.states(UNITS)]
        ax.set_xticks(
            place, [f"{s}  {E:.2f}" for s, E in zip(signs, energies, strict=True)], rotation=90, fontsize=7
        )
        ax.set(xlabel="state of units 1 to 4, and its energy", ylabel="probability")
        ax.set_title(f"T = {self.temperature:.3g}: log Z = {log_Z:.2f}, <E> = {mean:.2f}, S = {entropy:.2f}")
        top = int(p.argmax())
        self.alt = (
            f"Sixteen bars, the probability of each state of four units at T = {self.temperature:.3g}. "
            f"The highest, {p[top]:.2f}, is that of {signs[top]} with energy {energies[top]:.2f}."
        )
        return ax

    @traitlets.validate("temperature")
    def _checked_temperature(self, proposal):
        wanted = f"a temperature from {COLDEST} to {HOTTEST}"
        return _check.number("temperature", proposal.value, low=COLDEST, high=HOTTEST, wanted=wanted)

    @traitlets.validate("W")
    def _checked_W(self, proposal):
        W = _check.symmetric("W", proposal.value)
        if W.shape != (UNITS, UNITS):
            raise ValueError(f"W has shape {W.shape}; wanted ({UNITS}, {UNITS})")
        return _weak("W", W)

    @traitlets.validate("b")
    def _checked_b(self, proposal):
        return _weak("b", _check.reals("b", proposal.value, UNITS, ndim=1))

    @traitlets.validate("state")
    def _checked_state(self, proposal):
        return _check.spins("state", proposal.value, UNITS).tolist()

    @traitlets.validate("counts")
    def _checked_counts(self, proposal):
        counts = _check.whole("counts", proposal.value, 2**UNITS, below=MOST_UPDATES + 1).tolist()
        if sum(counts) > MOST_UPDATES:
            raise ValueError(f"counts sums to {sum(counts)}; wanted at most {MOST_UPDATES} updates")
        return counts

    @traitlets.observe("temperature", "W", "b")
    def _start_anew(self, change):
        self.counts = [0] * 2**UNITS
        self._follow()

    def _follow(self):
        self.log_Z, self.mean_energy, self.entropy = self.solve()[2].tolist()

    @traitlets.observe("counts")
    def _measure(self, change):
        self.distance = self._measured()

    def _measured(self):
        return kernels.distance(self.solve()[1], np.array(self.counts, dtype=np.int32), sum(self.counts))

    @traitlets.validate("log_Z", "mean_energy", "entropy")
    def _checked_sums(self, proposal):
        sums = dict(zip(("log_Z", "mean_energy", "entropy"), self.solve()[2].tolist(), strict=True))
        return follows(proposal, sums[proposal.trait.name], "temperature")

    @traitlets.validate("distance")
    def _checked_distance(self, proposal):
        return follows(proposal, self._measured(), "counts")


def _weak(name, array):
    if np.abs(array).max() > STRONGEST:
        strange = array.flat[np.abs(array).argmax()]
        raise ValueError(f"{name} holds {strange}; wanted numbers from {-STRONGEST} to {STRONGEST}")
    return array.astype(np.float64).tolist()


def distribution(W=None, b=None, *, temperature=1.0, seed=0):
    """Four units at a temperature: p(s) = e^(-E(s)/T) / Z of all sixteen states, and a chain that samples it.

    Parameters
    ----------
    W : (4, 4) array, optional
        Weights, symmetric with a zero diagonal, from -3 to 3.
    b : (4,) array, optional
        Biases, from -3 to 3; 0 if W is given without them.
    temperature : float
        From 0.05 to 5, in energy units.
    seed : int
        >= 0; where the chain starts, and its random numbers.

    Returns
    -------
    Interactive
        With the traits `temperature`, `W`, `b`, `state`, `counts` (updates that led to each state, in
        the order of `ebm.exact.states`), `running` and `seed`, and `log_Z`, `mean_energy`, `entropy`
        and `distance`, which follow; and `view`, whose `advance` makes updates in Python.

    Raises
    ------
    TypeError, ValueError, traitlets.TraitError
        If W or b does not fit, or a number is out of range.

    Notes
    -----
    Chain: `ebm.hopfield.heat_bath` [glauber1963]. Successive states are correlated, so the distance
    falls more slowly than that of independent samples.

    Examples
    --------
    Without weights every state has p = 1/16:

    >>> w = distribution(W=[[0] * 4] * 4)
    >>> bool(np.isclose(w.entropy, 4 * np.log(2)))
    True
    """
    b = (_B if W is None else [0.0] * UNITS) if b is None else b
    view = DistributionView(_W if W is None else W, b, temperature, seed)
    control = slider(view, "temperature", "Temperature", COLDEST, HOTTEST)
    sums = ["log_Z", "mean_energy", "entropy", "distance"]
    return Interactive(
        view, [control], ["temperature", "W", "b", "state", "counts", "running", "seed", *sums]
    )
