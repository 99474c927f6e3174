"""The machine that learns three letters, operated in a real browser and checked against the library."""

import re

import numpy as np
import pytest

from ebm import data
from ebm import rbm as physics
from ebm.widgets import rbm
from visits import Figure

LETTERS = data.to_bits(data.letters("TLO", "3x3"))

# Remembers the memory of the view's kernels and with which arguments each was called last.
LISTEN = """
(() => {
  const begin = WebAssembly.instantiate;
  globalThis.heard = {};
  WebAssembly.instantiate = async (module, imports) => {
    const { exports } = await begin(module, imports);
    const memory = imports.env.__linear_memory;
    const listening = Object.entries(exports).map(([name, call]) => [name, (...given) => {
      heard[name] = { memory, given };
      return call(...given);
    }]);
    return { exports: Object.fromEntries(listening) };
  };
})()
"""

# The arrays of the last call of `learn`, from the memory of the page itself, as hexadecimal bytes.
READ = """
() => {
  const { memory, given } = heard.learn;
  const ranks = [2, 1, 1, 2, 1, 0, 1]; // W, b_v, b_h, letters, order, rate, words
  let at = 2; // behind the places for the result and the exception
  const found = ranks.map((rank) => {
    const [count, size, place] = given.slice(at + 2, at + 5).map(Number);
    at += rank ? 5 + 2 * rank : 1;
    if (!rank) return "";
    return [...new Uint8Array(memory.buffer, place, count * size)].map((b) => b.toString(16).padStart(2, "0")).join("");
  });
  return { W: found[0], b_v: found[1], b_h: found[2], order: found[4], words: found[6] };
}
"""


class Machine(Figure):
    """The view as a reader meets it: by the names of its parts."""

    def __init__(self, visit):
        super().__init__(visit, "rbm")
        self.pad = self.root.get_by_role("application")

    @property
    def status(self):
        return self.root.locator(".ebm-status").text_content().replace("\u2212", "-")

    @property
    def epochs(self):
        return int(self.readout("Epochs"))

    @property
    def v(self):
        return self.ink(".ebm-pad > span")

    def ink(self, cells):
        return self.root.locator(cells).evaluate_all(
            "all => all.map((e) => +e.classList.contains('ebm-ink'))"
        )

    def texts(self, cells):
        return [text.replace("\u2212", "-") for text in self.root.locator(cells).all_text_contents()]

    def numbers(self, cells):
        return np.array([float(text) for text in self.texts(cells)])

    def cell(self, i):
        """The middle of a unit on the pad, in the page."""
        self.pad.scroll_into_view_if_needed()
        box = self.pad.bounding_box()
        return box["x"] + (i % 3 + 0.5) * box["width"] / 3, box["y"] + (i // 3 + 0.5) * box["height"] / 3

    def curve(self, chart):
        points = self.root.get_by_role("img", name=chart).locator(".ebm-line").get_attribute("points").split()
        return np.array([[float(x) for x in point.split(",")] for point in points])

    def shows_weights(self, weights):
        """In the cells of the fields; from 10 on there is no room for a decimal."""
        off = np.abs(self.numbers(".ebm-weights > span > span") - weights)
        return (off < np.where(np.abs(weights) < 9.95, 0.051, 0.51)).all()

    def agrees(self, twin):
        """What the page shows is what the library computes for the same seed."""
        model, trip = twin.view.machine, twin.view.round_trip()
        logs = physics.log_likelihood(model, LETTERS)
        assert self.epochs == twin.epoch
        assert self.number("Error") == pytest.approx(twin.error, abs=5.1e-5)
        assert self.number("Log-likelihood") == pytest.approx(logs.mean(), abs=0.0051)
        p = [*np.exp(logs), 1 - np.exp(logs).sum()]
        assert self.numbers(".ebm-tile b") == pytest.approx(p, abs=0.0051)
        weights = np.vstack([model.W.T, model.b_v]).ravel()
        assert self.shows_weights(weights)
        signs = self.root.locator(".ebm-weights i").evaluate_all(
            "all => all.map((e) => (e.classList.contains('ebm-minus') ? -1 : 1) * e.style.opacity)"
        )
        assert signs == pytest.approx(0.5 * np.clip(weights / 3, -1, 1), abs=1e-6)
        biases = [re.search(r"bias (.*)", text)[1] for text in self.texts(".ebm-receptive .ebm-tile p")[:4]]
        assert [float(text) for text in biases] == pytest.approx(model.b_h, abs=0.051)
        assert self.v == twin.v
        assert self.numbers(".ebm-chance b") == pytest.approx(trip.p, abs=0.0051)
        widths = self.root.locator(".ebm-chance i").evaluate_all(
            "all => all.map((e) => parseFloat(e.style.width))"
        )
        assert widths == pytest.approx(100 * trip.p, abs=0.01)
        assert (
            self.texts(".ebm-unit") == ["on" if on else "off" for on in trip.h]
            and self.ink(".ebm-unit") == trip.h.tolist()
        )
        assert self.numbers(".ebm-returned > span") == pytest.approx(trip.chances, abs=0.0051)
        assert self.ink(".ebm-returned > span") == trip.v.tolist()


@pytest.fixture
def open_machine(show):
    """open_machine(arguments, **options of the page) -> (what the reader sees, its twin in Python)."""
    visits = []

    def start(arguments=None, **options):
        shown, twin = (rbm(**arguments or {}) for _ in range(2))
        visits.append(show(shown, **options))
        visits[-1].set_default_timeout(5_000)
        return Machine(visits[-1]), twin

    yield start
    for visit in visits:
        assert visit.complaints == [] and visit.strangers("http://127.0.0.1", "about:") == []


def test_it_opens_and_learns(open_machine):
    page, twin = open_machine()
    page.visit.wait_for_timeout(1500)
    assert page.status == "Learning"
    page.press("Pause")
    assert page.epochs > 20
    twin.view.advance(page.epochs)
    page.agrees(twin)
    assert page.status == (
        f"After {twin.epoch} epochs: error {twin.error:.4f}, log-likelihood {twin.log_likelihood:.2f}"
    )


@pytest.mark.parametrize(("rate", "seed"), [(0.1, 0), (0.37, 4)])
def test_after_100_epochs_the_weights_are_pythons_to_the_last_bit(open_machine, rate, seed):
    page, twin = open_machine({"rate": rate, "seed": seed}, reduced_motion="reduce")
    page.visit.add_init_script(LISTEN)
    page.visit.reload()
    page.root.wait_for()
    for k in range(1, 101):
        page.press("One epoch")
        assert page.epochs == k
    seen = page.visit.evaluate(READ)
    rng = np.random.default_rng(seed)
    start = physics.initial(9, 4, rng=rng, scale=0.1, dtype=np.float64)
    *_, last = physics.online(start, LETTERS, rng=rng, epochs=100, rate=rate)
    assert seen["W"] == last.model.W.tobytes().hex()
    assert seen["b_v"] == last.model.b_v.tobytes().hex() and seen["b_h"] == last.model.b_h.tobytes().hex()
    twin.view.advance(100)
    assert seen["words"] == twin.view.words.hex()
    assert seen["order"] == np.array(twin.view.order).tobytes().hex()
    page.agrees(twin)


def test_a_long_run_is_pythons_run_and_draws_its_curves(open_machine):
    page, twin = open_machine({"speed": 400, "seed": 1})
    page.rest()
    page.agrees(twin)
    page.visit.add_init_script(LISTEN)
    page.visit.reload()
    page.root.wait_for()
    page.visit.wait_for_timeout(3000)
    page.press("Pause")
    twin.view.advance(page.epochs)
    assert twin.epoch > 300
    page.agrees(twin)
    seen = page.visit.evaluate(READ)
    assert seen["W"] == np.array(twin.W).tobytes().hex() and seen["words"] == twin.view.words.hex()
    epochs, errors, logs = np.array(twin.view.curve).T
    (bottom, top), right = (
        (170 - 36.0, 26.0),
        page.root.locator(".ebm-curves svg").first.evaluate("e => e.clientWidth"),
    )
    for name, values, (low, high) in [("Reconstruction", errors, (0, 0.3)), ("Mean log", logs, (-8, 0))]:
        line = page.curve(name)
        x = 38 + np.log10(epochs) / 4 * (right - 12 - 38)
        y = bottom - (np.clip(values, low, high) - low) / (high - low) * (bottom - top)
        assert line[:, 0] == pytest.approx(x, abs=0.2) and line[:, 1] == pytest.approx(y, abs=0.06)
    goal = page.root.locator(".ebm-curves .ebm-mark").get_attribute("points").split()
    assert float(goal[0].split(",")[1]) == pytest.approx(
        bottom - (8 - np.log(3)) / 8 * (bottom - top), abs=0.06
    )


def test_it_opens_where_python_left_it(show):
    w, twin = rbm(epochs=2500), rbm(epochs=2500)
    page = Machine(show(w, reduced_motion="reduce"))
    page.agrees(twin)
    assert len(page.curve("Mean log")) == len(twin.view.curve)
    assert page.number("Error") < 0.001 and page.number("Log-likelihood") < -1.2
    page.press("One epoch")
    twin.view.advance(1)
    page.agrees(twin)


def test_a_run_ends_by_itself_and_begins_anew(show):
    w, twin = rbm(epochs=9_900, speed=400), rbm(epochs=9_900)
    page = Machine(show(w))
    page.root.get_by_role("button", name="Train", exact=True).wait_for(timeout=10_000)
    twin.view.advance(100)
    page.agrees(twin)
    page.press("One epoch")
    twin.view.new_weights()
    twin.view.advance(1)
    page.agrees(twin)
    assert page.status.startswith("After 1 epoch: error")


def test_speed_is_what_it_says(open_machine):
    page, _ = open_machine({"speed": 10})
    for speed, name in [(10, "10"), (60, "60"), (400, "400")]:
        page.press(name)
        assert page.root.get_by_role("button", name=name, exact=True).get_attribute("aria-pressed") == "true"
        page.press("Reset")
        seconds = page.visit.evaluate(
            "() => new Promise((done) => { const from = performance.now();"
            " setTimeout(() => done((performance.now() - from) / 1000), 2000); })"
        )
        assert page.epochs == pytest.approx(speed * seconds, rel=0.5)


def test_new_weights_and_reset(open_machine):
    page, twin = open_machine({"seed": 2})
    page.rest()
    page.agrees(twin)
    for _ in range(3):
        page.press("One epoch")
    page.press("New weights")
    twin.view.advance(3)
    twin.view.new_weights()
    page.agrees(twin)
    assert page.status.startswith("Nothing learned yet: error 0.2")
    page.press("One epoch")
    twin.view.advance(1)
    page.agrees(twin)
    page.slider("Learning rate").focus()
    page.visit.keyboard.press("End")
    page.press("Load L")
    page.press("Put v\u2032 back")
    page.press("Reset")
    page.agrees(rbm(seed=2))
    assert page.slider("Learning rate").get_attribute("aria-valuetext") == "0.10"


def test_the_rate_by_keyboard_and_by_mouse(open_machine):
    page, twin = open_machine()
    page.rest()
    handle = page.slider("Learning rate")
    handle.focus()
    page.visit.keyboard.press("ArrowRight")
    assert handle.get_attribute("aria-valuetext") == "0.11"
    twin.rate = 0.11
    page.press("One epoch")
    twin.view.advance(1)
    page.agrees(twin)
    handle.focus()
    page.visit.keyboard.press("End")
    twin.rate = 1.0
    page.press("One epoch")
    twin.view.advance(1)
    page.agrees(twin)
    box = handle.bounding_box()
    page.visit.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.visit.mouse.down()
    page.visit.mouse.move(box["x"] - 100, box["y"] + box["height"] / 2, steps=4)
    page.visit.mouse.up()
    twin.rate = float(handle.get_attribute("aria-valuetext"))
    assert 0.3 < twin.rate < 0.9
    page.press("One epoch")
    twin.view.advance(1)
    page.agrees(twin)


def test_letters_are_loaded_corrupted_and_sent_through(open_machine):
    page, twin = open_machine({"epochs": 400}, reduced_motion="reduce")
    page.agrees(twin)
    for name, letter in zip("TLO", LETTERS, strict=True):
        page.press(f"Load {name}")
        twin.v = letter
        page.agrees(twin)
        assert page.texts(".ebm-end > p:last-child")[0] == f"v: {name}"
        page.press("Corrupt one unit")
        twin.view.corrupt()
        page.agrees(twin)
        assert page.texts(".ebm-end > p:last-child")[0] == f"v: {name} but for one unit"
        for _ in range(4):
            page.press("Put v\u2032 back")
            twin.view.put_back()
            page.agrees(twin)


def test_what_comes_back_is_said(open_machine):
    page, twin = open_machine({"epochs": 600}, reduced_motion="reduce")
    page.press("Load O")
    twin.v = LETTERS[2]
    trip = twin.view.round_trip()
    assert trip.v.tolist() == LETTERS[2].tolist()
    assert page.texts(".ebm-end > p:last-child") == ["v: O", "v\u2032: O"]
    said = page.root.get_by_role("status").all_text_contents()
    assert "v is O, v\u2032 is O" in said
    label = page.root.get_by_role("img", name="v\u2032:").get_attribute("aria-label")
    assert label.startswith(f"v\u2032: chances row by row {trip.chances[0]:.2f} ") and label.endswith(
        "ink ink"
    )
    label = page.root.get_by_role("img", name="Weights of hidden unit 1").get_attribute("aria-label")
    assert f"{np.array(twin.W)[0, 0]:+.1f}".replace("-", "\u2212") in label


def test_drawing_by_mouse_and_by_finger_and_by_keyboard(open_machine):
    page, twin = open_machine(reduced_motion="reduce", has_touch=True)
    v = np.array(twin.v)
    page.visit.mouse.click(*page.cell(6))
    v[6] ^= 1
    twin.v = v
    page.agrees(twin)
    page.visit.touchscreen.tap(*page.cell(3))
    v[3] ^= 1
    twin.v = v
    page.agrees(twin)
    page.pad.focus()
    page.visit.keyboard.press("Home")  # no key of the pad's: nothing happens
    page.visit.keyboard.press("ArrowDown")
    page.visit.keyboard.press("ArrowRight")
    page.visit.keyboard.press("Space")
    v[7] ^= 1
    twin.v = v
    page.agrees(twin)
    said = page.root.get_by_role("status").all_text_contents()
    assert f"row 3, column 2: {'ink' if v[7] else 'paper'}" in said


def test_drawing_and_the_way_back_leave_learning_alone(open_machine):
    page, twin = open_machine()
    page.rest()
    page.press("Train")
    for name in ["Load L", "Corrupt one unit", "Put v\u2032 back", "Load T"]:
        page.press(name)
    page.visit.mouse.click(*page.cell(4))
    page.press("Pause")
    twin.view.advance(page.epochs)
    model = twin.view.machine
    weights = np.vstack([model.W.T, model.b_v]).ravel()
    assert page.shows_weights(weights)
    assert page.number("Error") == pytest.approx(twin.error, abs=5.1e-5)


def test_train_and_pause_by_keyboard_and_every_button_is_reached(open_machine):
    page, _ = open_machine()
    page.visit.wait_for_timeout(400)
    page.root.get_by_role("button", name="Pause").focus()
    page.visit.keyboard.press("Space")
    stopped = page.epochs
    page.visit.wait_for_timeout(300)
    assert page.epochs == stopped > 0
    page.visit.keyboard.press("Enter")
    page.visit.wait_for_timeout(400)
    assert page.epochs > stopped
    page.press("Pause")
    for name in [
        "One epoch",
        "New weights",
        "Load T",
        "Load L",
        "Load O",
        "Corrupt one unit",
        "Reset",
        "400",
    ]:
        page.root.get_by_role("button", name=name, exact=True).focus()
        before = page.root.inner_html()
        page.visit.keyboard.press("Enter")
        assert page.root.inner_html() != before, name


def test_nothing_jumps_while_it_learns(open_machine):
    page, _ = open_machine({"speed": 10})
    boxes = """(root) => [...root.querySelectorAll("button, .ebm-picture, svg, .ebm-readouts")]
      .map((e) => JSON.stringify(e.getBoundingClientRect()))"""
    page.press("400")
    before = page.root.evaluate(boxes)
    page.visit.wait_for_timeout(2500)
    assert page.epochs > 300
    assert page.root.evaluate(boxes) == before


def test_at_rest_it_follows_the_width_of_the_window(open_machine):
    page, _ = open_machine({"epochs": 50}, reduced_motion="reduce")
    for width in (1000, 360, 700):
        page.visit.set_viewport_size({"width": width, "height": 800})
        page.visit.wait_for_timeout(200)
        drawn, box = page.root.locator(".ebm-curves svg").first.evaluate(
            "(e) => [e.viewBox.baseVal.width, e.clientWidth]"
        )
        assert drawn == box and 250 < box < width


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_numbers_are_legible_on_the_strongest_weights(show, color_scheme):
    w = rbm()
    w.W = np.where(np.arange(36).reshape(9, 4) % 2, 9.0, -9.0)
    page = Machine(show(w, color_scheme=color_scheme, reduced_motion="reduce"))
    colours = page.root.locator(".ebm-weights > span").evaluate_all(
        """all => all.slice(0, 36).map((cell) => [getComputedStyle(cell).backgroundColor,
          getComputedStyle(cell.firstChild).backgroundColor, getComputedStyle(cell.lastChild).color]
          .map((colour) => colour.match(/[\\d.]+/g).map(Number)))"""
    )
    paper, fill, ink = np.array(colours).transpose(1, 0, 2) / 255

    def luminance(rgb):
        return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) @ [
            0.2126,
            0.7152,
            0.0722,
        ]

    light = np.sort([luminance(0.5 * fill + 0.5 * paper), luminance(ink)], axis=0)
    assert len(np.unique(fill, axis=0)) == 2
    assert ((light[1] + 0.05) / (light[0] + 0.05)).min() > 4.5
