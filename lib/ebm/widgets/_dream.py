"""A deep belief network dreams digits: the memory at its top wanders, and each thought is passed down to a picture."""

from itertools import pairwise

import numpy as np
import traitlets
from ipywidgets import FloatSlider

from ebm import _check, random, wasm
from ebm.dbn.shipped import digit_packed
from ebm.rbm.sampling import _draw_h
from ebm.widgets._dream_kernels import KERNELS, _begin, _infer, _label_chances, _read, _remember, _shade
from ebm.widgets._interactive import Interactive, View, follows, link, source

COLDEST, HOTTEST = 0.1, 3.0
PICTURES = ("grey", "sample")
CLASSES = 10
SIZES = (64, 100, 100, CLASSES, 256)  # units of the picture, the two hidden layers, the labels, the top
EDGES = np.cumsum((0, *SIZES)).tolist()
WARM = 200  # sweeps before it is first seen
EVERY, KEPT = 20, 10  # a picture is kept every so many sweeps, and so many of them
ROW = SIZES[0] + 1  # bytes of a kept picture, and what it was read as


def _parts():
    """Weights with their scales, and biases, as the kernels take them: up, down, then the memory."""
    packed = digit_packed()
    (up0, down0, up1, down1, top), (a0, c0, a1, c1, b) = packed.weights, packed.scales
    (b_up0, b_down0, b_up1, b_down1, b_v, b_h), n = packed.biases, SIZES[2]
    weights = [(up0, a0), (up1, a1), (down1.T, c1), (down0.T, c0), (top[:n], b), (top[n:], b)]
    return weights, [b_up0, b_up1, b_down1, b_down0, b_v[:n], b_v[n:], b_h]


class DreamView(View):
    """The drawing, and the traits it shares with Python.

    label : None, or an int from 0 to 9 that is held
    temperature : float, of the memory, 0.1 to 3, in energy units
    picture : str, "grey" (probabilities) or "sample" (drawn from them)
    state : list of 530 numbers 0 or 1: picture, first and second hidden layer, labels (one is on), top
    sweeps : int, of the memory, since it began with coins
    reading : int, what the network calls the picture that is shown; follows from state and picture
    running : bool
    seed : int; setting it resets what was drawn at random
    """

    _esm = source("dream", "mjs")
    _css = source("dream", "css")

    label = traitlets.TraitType(None, allow_none=True).tag(sync=True)  # checked below
    temperature = traitlets.Float(1.0).tag(sync=True)
    picture = traitlets.Unicode("grey").tag(sync=True)
    state = traitlets.TraitType().tag(sync=True)
    sweeps = traitlets.Int(0, min=0).tag(sync=True)
    reading = traitlets.Int()
    running = traitlets.Bool(True).tag(sync=True)
    seed = traitlets.Int(0, min=0).tag(sync=True)

    limits = traitlets.Dict({"sizes": list(SIZES), "every": EVERY, "kept": KEPT}).tag(sync=True)
    weights = traitlets.Bytes().tag(sync=True)
    scales = traitlets.List().tag(sync=True)
    biases = traitlets.Bytes().tag(sync=True)
    trail = traitlets.CBytes().tag(sync=True)  # the page sends a memoryview
    words = traitlets.CBytes().tag(sync=True)
    start = traitlets.Dict().tag(sync=True)

    def __init__(self, label, temperature, seed):
        weights, biases = _parts()
        self.W = [np.ascontiguousarray(whole) * scale for whole, scale in weights]
        self.b = [bias.astype(np.float64) for bias in biases]
        super().__init__(
            kernels=wasm.build(KERNELS),
            weights=b"".join(np.ascontiguousarray(whole).tobytes() for whole, _ in weights),
            scales=[scale for _, scale in weights],
            biases=np.concatenate(self.b).tobytes(),
            label=label,
            temperature=temperature,
            seed=seed,
        )
        self.reset()

    @traitlets.observe("seed")
    def _reseed(self, change):
        self.reset()

    def reset(self):
        """Back to the seed: its random numbers, and a memory that has found its way from coins to a thought."""
        self.words = random.state(np.random.default_rng(self.seed)).tobytes()
        with self.hold_sync():
            self.new_start()
            self.advance(WARM)
            names = ("label", "temperature", "picture", "state", "sweeps")
            bytes_ = {"words": self.words.hex(), "trail": self.trail.hex()}
            self.start = bytes_ | {name: getattr(self, name) for name in names}

    def new_start(self):
        """Begin again with a memory of coins, as the button in the page does."""
        words, (v, h1, x, labels, h) = self._words(), self._units(np.zeros(EDGES[-1], dtype=np.int8))
        _begin(words, self._held(), x, labels, h)
        self._down(words, x, h1, v)
        with self.hold_sync():
            self.words, self.sweeps, self.trail = words.tobytes(), 0, b""
            self.state = np.concatenate([v, h1, x, labels, h]).tolist()

    def advance(self, sweeps):
        """Make that many sweeps of the memory here in Python, with the kernels the page runs."""
        words, trail, p = self._words(), self.trail, np.empty(max(SIZES))
        v, h1, x, labels, h = units = self._units(np.array(self.state, dtype=np.int8))
        (*_, W, W_labels), (*_, b_x, b_labels, b_h), p_labels = self.W, self.b, np.empty(CLASSES)
        for k in range(1, _check.count("sweeps", sweeps) + 1):
            memory = W, b_x, b_h, W_labels, b_labels
            _remember(*memory, self._held(), self.temperature, words, x, labels, h, p, p_labels)
            grey = self._down(words, x, h1, v)
            if (self.sweeps + k) % EVERY == 0:
                trail += self._row(grey)
        with self.hold_sync():
            self.words, self.sweeps, self.trail = words.tobytes(), self.sweeps + sweeps, trail[-KEPT * ROW :]
            self.state = np.concatenate(units).tolist()

    def _down(self, words, x, h1, v):
        """From features to a picture, in place; the probabilities it was drawn from."""
        p, grey = np.empty(len(h1)), np.empty(len(v))
        _draw_h(self.W[2], self.b[2], x, 1.0, words, p, h1)
        _draw_h(self.W[3], self.b[3], h1, 1.0, words, grey, v)
        return grey

    def _row(self, grey):
        shades = np.empty(len(grey), dtype=np.uint8)
        _shade(grey, shades)
        return shades.tobytes() + bytes([int(self._read(grey).argmax())])

    def _read(self, shown):
        h1, h2, p = np.empty(SIZES[1]), np.empty(SIZES[2]), np.empty(CLASSES)
        _infer(self.W[0], self.b[0], shown, h1)
        _infer(self.W[1], self.b[1], h1, h2)
        _read(self.W[4], self.b[6], self.W[5], self.b[5], h2, p)
        return p

    def shown(self):
        """The picture: (64,) probabilities of ink, or the sample of 0 and 1 that was drawn from them."""
        v, h1, *_ = self._units(np.array(self.state, dtype=np.int8))
        if self.picture == "sample":
            return v.astype(np.float64)
        grey = np.empty(len(v))
        _infer(self.W[3], self.b[3], h1, grey)
        return grey

    def read(self):
        """What the network, sent upwards, takes the picture for: (10,) probabilities."""
        return self._read(self.shown())

    def p_label(self):
        """What the top layer thinks of: (10,) probabilities of the label units, given it, at this temperature."""
        p = np.empty(CLASSES)
        _label_chances(
            self.W[5], self.b[5], np.array(self.state[EDGES[4] :], dtype=np.int8), self.temperature, p
        )
        return p

    def _units(self, s):
        return [s[a:b] for a, b in pairwise(EDGES)]

    def _words(self):
        return np.frombuffer(self.words, dtype=np.uint64).copy()

    def _held(self):
        return -1 if self.label is None else self.label

    def figure(self, ax):
        p, trail = self.read(), np.frombuffer(self.trail, dtype=np.uint8).reshape(-1, ROW)
        asked = "free labels" if self.label is None else f"label {self.label} held"
        self.alt = (
            f"An 8 by 8 picture that a deep belief network dreams, {asked}, at T = {self.temperature:.3g}, after "
            f"{self.sweeps} sweeps of its memory; it reads it as {self.reading} ({p.max():.2f}). "
            f"Beside it the probabilities of its ten label units"
        )
        self.alt += (
            "." if not len(trail) else f", below it earlier pictures, read as {trail[:, -1].tolist()}."
        )
        look = {"cmap": "gray_r", "vmin": 0, "vmax": 1}
        ax.imshow(self.shown().reshape(8, 8), extent=(0, 8, 3, 11), **look)
        for k, row in enumerate(trail):
            left = 2.4 * k
            ax.imshow(row[:-1].reshape(8, 8) / 255, extent=(left, left + 2, 0.2, 2.2), **look)
            ax.text(left + 1, -0.1, row[-1], ha="center", va="top")
        for k, chance in enumerate(self.p_label()):
            ax.barh(10.6 - 0.8 * k, 8 * chance, 0.6, left=12, color="0.35")
            ax.text(11.7, 10.6 - 0.8 * k, k, ha="right", va="center")
            if k == self.label:
                ax.text(12 + 8 * chance + 0.3, 10.6 - 0.8 * k, "held", va="center")
        ax.set(xlim=(0, 24), ylim=(-1.2, 11), aspect="equal")
        ax.set_title(f"Dream with {asked}, read as {self.reading} ({p.max():.2f})")
        ax.axis("off")
        return ax

    @traitlets.validate("label")
    def _checked_label(self, proposal):
        if proposal.value is None:
            return None
        return _check.count("label", proposal.value, low=0, high=CLASSES - 1)

    @traitlets.validate("temperature")
    def _checked_temperature(self, proposal):
        wanted = f"a temperature from {COLDEST} to {HOTTEST}"
        return _check.number("temperature", proposal.value, low=COLDEST, high=HOTTEST, wanted=wanted)

    @traitlets.validate("picture")
    def _checked_picture(self, proposal):
        return _check.choice("picture", proposal.value, PICTURES)

    @traitlets.validate("state")
    def _checked_state(self, proposal):
        s = _check.bits("state", proposal.value, EDGES[-1])
        if (on := s[EDGES[3] : EDGES[4]].sum()) != 1:
            raise ValueError(f"state has {on} label units on; wanted exactly one")
        return s.tolist()

    @traitlets.observe("state", "picture")
    def _follow(self, change):
        if self.state is not None:
            self.reading = self._reading_of()

    @traitlets.validate("reading")
    def _checked_reading(self, proposal):
        return follows(proposal, self._reading_of(), "state")

    def _reading_of(self):
        return int(self.read().argmax())


def dream(*, label=None, temperature=1.0, seed=0):
    """What a network that learned digits imagines, of a label that is held or of whatever it likes.

    The top two layers are a memory that wanders by Gibbs sampling; after each sweep its features
    are passed down to a picture, which the same network, sent upwards, reads.

    Parameters
    ----------
    label : int, optional
        0 to 9: the label unit that is held on; left out, the labels run free.
    temperature : float
        Of the memory, 0.1 to 3, in energy units; it was trained at 1. The slider makes steps of 0.1.
    seed : int
        >= 0; the start and the random numbers of the run.

    Returns
    -------
    Interactive
        With the traits `label`, `temperature`, `picture` ("grey" or "sample"), `state` (530 of 0 and 1),
        `sweeps`, `reading` (follows from the state), `running` and `seed`, to read, write and observe;
        and `view`, whose `advance` and `new_start` do in Python what the page does, and whose
        `shown`, `read` and `p_label` say what it shows.

    Raises
    ------
    TypeError, ValueError, traitlets.TraitError
        If an argument is out of range.

    Notes
    -----
    Network and its dreams: [hinton2006]; the digits: [alpaydin1998]. `ebm.dbn.digit_record` says how
    it was trained, and how many of its dreams are recognised.

    Examples
    --------
    >>> w = dream(label=3)
    >>> w.reading
    3
    """
    view = DreamView(label, temperature, seed)
    T = FloatSlider(
        value=temperature,
        min=COLDEST,
        max=HOTTEST,
        step=0.1,
        description="Temperature",
        readout_format=".1f",
        style={"description_width": "7em"},
        layout={"width": "min(100%, 480px)"},
    )
    link((T, "value"), view, "temperature")
    names = ["label", "temperature", "picture", "state", "sweeps", "reading", "running", "seed"]
    return Interactive(view, [T], names)
