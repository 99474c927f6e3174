"""Diffusion in the plane, operated in a real browser and checked against the library."""

import hashlib
import math

import anywidget
import numpy as np
import pytest
import traitlets
from ipywidgets import VBox, jslink

from ebm import diffusion as physics
from ebm.widgets import diffusion
from ebm.widgets._diffusion_film import TIMES
from visits import Figure

ORANGE = [181, 71, 8]  # --ebm-mark in light


class Probe(anywidget.AnyWidget):
    """Stands beside the view and writes what the page would tell Python: a digest of the film, the words."""

    _esm = """
    const hex = (bytes) => [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
    const all = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    export default { render({ model, el }) {
      el.classList.add("probe");
      async function write() {
        const [film, words] = [model.get("film"), model.get("words")];
        el.dataset.film = film.byteLength ? hex(new Uint8Array(await crypto.subtle.digest("SHA-256", all(film)))) : "";
        el.dataset.words = hex(all(words));
      }
      model.on("change:film", write);
      model.on("change:words", write);
      write();
    } };"""
    film = traitlets.CBytes(b"").tag(sync=True)
    words = traitlets.CBytes(b"").tag(sync=True)


class Diffusion(Figure):
    """The view as a reader meets it: by the names of its parts."""

    def __init__(self, visit):
        super().__init__(visit, "diffusion")

    @property
    def own(self):
        return int(self.readout("At home").split(" of ")[0])

    def play(self, direction):
        """Play until it comes to rest by itself."""
        self.press(f"Play {direction}")
        self.resting()

    def resting(self):
        self.root.get_by_role("button", name="Pause").wait_for(state="detached", timeout=60_000)

    def wind(self, step):
        """Take the time slider to a step by the keyboard."""
        handle = self.slider("Time")
        handle.focus()
        now = int(float(handle.get_attribute("aria-valuenow")))
        for _ in range(abs(step - now)):
            self.visit.keyboard.press("ArrowRight" if step > now else "ArrowLeft")
        assert int(float(handle.get_attribute("aria-valuenow"))) == step

    def shows(self, twin):
        """Whether all readouts are what Python finds."""
        found, t = twin.view.measure(), twin.t
        assert self.readout("Time t") == f"{t:.4f}"
        shares = [math.exp(-t), math.sqrt(1 - math.exp(-2 * t))]
        assert [self.number("Signal"), self.number("Noise")] == pytest.approx(shares, abs=6e-4)
        wanted = [found.energy, found.expected, found.distance]
        names = ["Mean energy", "exact", "Distance to the pattern"]
        assert [self.number(name) for name in names] == pytest.approx(wanted, abs=6e-4)
        assert self.readout("At home") == f"{found.own} of 300"
        assert self.number("by chance") == pytest.approx(found.chance, abs=0.06)
        return True

    def knows(self, twin):
        """Whether film and random numbers are Python's to the last bit."""
        film = twin.view.film
        wanted = hashlib.sha256(film).hexdigest() if film else ""
        probe = self.visit.locator(f'.probe[data-film="{wanted}"][data-words="{twin.view.words.hex()}"]')
        probe.wait_for(state="attached", timeout=5_000)
        return True

    def pixels(self, places):
        """The plane's pixels (red, green, blue, alpha) at these places, (n, 4)."""
        return np.array(
            self.root.locator("canvas").evaluate(
                """(canvas, places) => {
                    const copy = document.createElement("canvas");
                    [copy.width, copy.height] = [canvas.width, canvas.height];
                    const context = copy.getContext("2d", { willReadFrequently: true });
                    context.drawImage(canvas, 0, 0);
                    return places.map(([x, y]) => [...context.getImageData(
                        Math.round((0.5 + x / 7.2) * canvas.width - 0.5),
                        Math.round((0.5 - y / 7.2) * canvas.height - 0.5), 1, 1).data]);
                }""",
                [[float(x), float(y)] for x, y in places],
            )
        )


@pytest.fixture
def open_diffusion(show):
    """open_diffusion(arguments, **options of the page) -> (what the reader sees, its twin in Python)."""
    visits = []

    def start(arguments=None, **options):
        shown, twin = (diffusion(**arguments or {}) for _ in range(2))
        probe = Probe(words=shown.view.words)
        for name in ("film", "words"):
            jslink((shown.view, name), (probe, name))
        visits.append(show(VBox([shown, probe]), **options))
        visits[-1].set_default_timeout(10_000)
        return Diffusion(visits[-1]), twin

    yield start
    for visit in visits:
        assert visit.complaints == [] and visit.strangers("http://127.0.0.1", "about:") == []


@pytest.mark.parametrize("pattern", ["spiral", "ring", "T", "two clusters", "grid"])
@pytest.mark.parametrize(("step", "width"), [(0, 0.1), (40, 0.0), (160, 0.3)])
def test_readouts_are_the_ones_python_computes(open_diffusion, pattern, step, width):
    arguments = {"pattern": pattern, "step": step, "width": width, "seed": step}
    page, twin = open_diffusion(arguments, reduced_motion="reduce")
    assert page.shows(twin) and page.knows(twin)
    words = {0: "The pattern", 40: "Between pattern and noise", 160: "Noise"}
    assert page.status == words[step]


def test_it_opens_by_dissolving_and_comes_back_elsewhere(open_diffusion):
    page, twin = open_diffusion()
    assert page.status == "Dissolving"
    page.visit.wait_for_timeout(300)
    assert page.number("Signal") < 1
    page.root.get_by_text("Coming back along the score").wait_for(timeout=60_000)
    page.resting()
    twin.view.advance(160)
    twin.direction = "backward"
    twin.view.advance(160)
    assert page.shows(twin) and page.knows(twin)
    own = twin.view.measure().own
    assert own < 25 and page.status == f"Back: {own} of 300 at home"


@pytest.mark.parametrize(
    ("pattern", "width", "seed"), [("ring", 0.0, 1), ("T", 0.2, 2), ("two clusters", 0.1, 3)]
)
def test_ways_there_and_back_are_python_s_to_the_last_bit(open_diffusion, pattern, width, seed):
    arguments = {"pattern": pattern, "width": width, "seed": seed}
    page, twin = open_diffusion(arguments, reduced_motion="reduce")
    for direction, steps in [("backward", 160), ("forward", 160), ("backward", 160), ("backward", 160)]:
        twin.direction = direction
        page.play(direction)
        twin.view.advance(steps)
        assert page.knows(twin) and page.shows(twin)


def test_from_the_middle_and_back_into_the_middle(open_diffusion):
    page, twin = open_diffusion({"step": 30, "pattern": "grid"}, reduced_motion="reduce")
    twin.direction = "backward"
    page.play("backward")
    twin.view.advance(30)
    assert page.knows(twin) and page.shows(twin) and page.own > 60
    page.wind(12)
    twin.step = 12
    assert page.shows(twin)
    twin.direction = "forward"
    page.play("forward")
    twin.view.advance(148)
    assert page.knows(twin) and page.shows(twin) and page.status == "Noise"
    page.play("forward")  # from noise it starts over at the pattern
    twin.view.advance(160)
    assert page.knows(twin) and page.shows(twin)


def test_a_pause_anywhere_is_so_many_steps(open_diffusion):
    page, twin = open_diffusion({"step": 160, "seed": 4}, reduced_motion="reduce")
    page.press("Play backward")
    page.visit.wait_for_timeout(700)
    page.press("Pause")
    left = int(float(page.slider("Time").get_attribute("aria-valuenow")))
    assert 0 < left < 160
    twin.direction = "backward"
    twin.view.advance(160 - left)
    assert page.knows(twin) and page.shows(twin) and page.status == "Between pattern and noise"
    page.press("Play forward")
    page.resting()
    twin.direction = "forward"
    twin.view.advance(160 - left)
    assert page.knows(twin) and page.shows(twin)


def test_the_slider_winds_the_film_and_everyone_comes_home(open_diffusion):
    page, twin = open_diffusion(reduced_motion="reduce")
    for step in (1, 9, 30, 60, 3, 0):
        page.wind(step)
        twin.step = step
        assert page.shows(twin)
        assert page.slider("Time").get_attribute("aria-valuetext") == f"{twin.t:.4f}"
    assert page.own == 300 and page.status == "The pattern" and page.knows(twin)
    page.visit.keyboard.press("End")
    twin.step = 160
    assert page.shows(twin) and page.status == "Noise"


def test_the_hand_on_the_slider_stops_the_run(open_diffusion):
    page, _ = open_diffusion()
    page.visit.wait_for_timeout(300)
    box = page.visit.locator(".widget-hslider .noUi-target").first.bounding_box()
    middle, height = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    early = float(page.slider("Time").get_attribute("aria-valuenow")) < 80
    away = box["width"] * (0.45 if early else -0.45)  # where the handle, which moves, is not
    page.visit.mouse.click(middle + away, height)
    page.root.get_by_role("button", name="Pause").wait_for(state="detached", timeout=2_000)
    for goal, (low, high) in {
        away: (140, 160) if early else (0, 20),
        -150: (20, 40),
        100: (105, 125),
    }.items():
        if goal != away:
            page.visit.locator(".noUi-state-tap").wait_for(state="detached")  # the handle glides to a click
            page.slider("Time").hover()
            page.visit.mouse.down()
            page.visit.mouse.move(middle + goal, height, steps=5)
            page.visit.mouse.up()
        step = int(float(page.slider("Time").get_attribute("aria-valuenow")))
        assert low < step < high and page.readout("Time t") == f"{TIMES[step]:.4f}"
    page.visit.wait_for_timeout(200)
    assert page.readout("Time t") == f"{TIMES[step]:.4f}"


def test_width_by_keyboard_and_mouse(open_diffusion):
    page, twin = open_diffusion({"step": 10}, reduced_motion="reduce")
    handle = page.slider("Width")
    handle.focus()
    for key, width in [("ArrowRight", 0.11), ("Home", 0.0), ("End", 0.5)]:
        page.visit.keyboard.press(key)
        twin.width = width
        assert page.shows(twin) and page.knows(twin)
    box = handle.bounding_box()
    page.visit.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.visit.mouse.down()
    page.visit.mouse.move(box["x"] - 120, box["y"] + box["height"] / 2, steps=4)
    page.visit.mouse.up()
    twin.width = float(handle.get_attribute("aria-valuetext"))
    assert 0.2 < twin.width < 0.45 and page.shows(twin) and page.knows(twin)


def test_patterns_reset_and_every_button_by_keyboard(open_diffusion):
    page, twin = open_diffusion({"step": 20, "seed": 7}, reduced_motion="reduce")
    for name in ["grid", "T", "ring", "two clusters", "spiral", "ring"]:
        button = page.root.get_by_role("button", name=name, exact=True)
        button.focus()
        page.visit.keyboard.press("Enter")
        twin.pattern = name
        assert button.get_attribute("aria-pressed") == "true" and page.shows(twin) and page.knows(twin)
    page.root.get_by_role("button", name="Play backward").focus()
    page.visit.keyboard.press("Space")
    page.resting()
    twin.direction = "backward"
    twin.view.advance(20)
    assert page.knows(twin) and page.shows(twin)
    page.root.get_by_role("button", name="Reset").focus()
    page.visit.keyboard.press("Enter")
    assert page.shows(diffusion(step=20, seed=7)) and page.status == "Between pattern and noise"
    assert page.slider("Time").get_attribute("aria-valuetext") == "0.0625"


def test_a_film_shot_in_python_goes_on_in_the_page(show):
    shown, twin = (diffusion(step=160, seed=2) for _ in range(2))
    for w in (shown, twin):
        w.direction = "backward"
        w.view.advance(100)
    page = Diffusion(show(shown, reduced_motion="reduce"))
    assert page.shows(twin)
    page.play("backward")
    twin.view.advance(60)
    assert page.shows(twin)


@pytest.mark.parametrize(("pattern", "step"), [("ring", 0), ("two clusters", 50), ("T", 160)])
def test_points_marks_and_homes_are_drawn_where_they_are(open_diffusion, pattern, step):
    page, twin = open_diffusion({"pattern": pattern, "step": step, "seed": 1}, reduced_motion="reduce")
    x = twin.view.points
    marks = page.pixels(x[:4])
    assert (np.abs(marks[:, :3] - ORANGE) < 12).all() and (marks[:, 3] == 255).all()
    homes, trails = twin.view.left[:4], between(twin.view._film[max(0, step - 24) : step + 1, :4])
    if step == 160:  # a hollow mark has no paint inside, and an edge
        gaps = [
            [np.linalg.norm(other - home, axis=1).min() for other in (x[4:], x[:4], trails)] for home in homes
        ]
        clear = (np.array(gaps) > [0.08, 0.35, 0.08]).all(axis=1)
        assert clear.sum() >= 2 and (page.pixels(homes)[clear][:, 3] < 200).all()
        right = page.pixels([homes[0] + [6 / 338 * 7.2, 0]])  # of the square
        assert (np.abs(right[0, :3] - ORANGE) < 40).all()
    inside = (np.abs(x[4:]) < 3.5).all(axis=1)
    over = np.vstack([x[:4], homes, *([trails] if step else [])])
    far = np.array([np.linalg.norm(over - p, axis=1).min() > 0.3 for p in x[4:]])
    dots = page.pixels(x[4:][inside & far])
    assert len(dots) > 80 and (dots[:, 3] > 200).all() and (dots[:, :3] < 130).all()


def test_the_shade_is_the_energy_of_that_time(open_diffusion):
    page, twin = open_diffusion({"pattern": "two clusters", "step": 50}, reduced_motion="reduce")
    side = (np.arange(48) + 0.5) / 48 * 7.2 - 3.6
    cells = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    spots = (np.arange(13) + 0.5) / 13 * 7.2 - 3.6
    arrows = np.stack(np.meshgrid(spots, spots), axis=-1).reshape(-1, 2)
    drawn = np.vstack([twin.view.points, twin.view.left[:4], between(twin.view._film[26:51, :4])])
    free = [
        np.linalg.norm(drawn - cell, axis=1).min() > 0.35
        and np.linalg.norm(arrows - cell, axis=1).min() > 0.33
        for cell in cells
    ]
    cells = cells[np.array(free)]
    E = -physics.log_density(physics.dissolve(twin.view.mixture, twin.t), cells)
    lowest = -physics.log_density(physics.dissolve(twin.view.mixture, twin.t), PLACES).max()
    expected = 120 * np.clip(1 - (E - lowest) / 6, 0, 1)
    seen = page.pixels(cells)[:, 3]
    assert len(cells) > 50 and expected.max() > 40
    np.testing.assert_allclose(seen, expected, atol=4)


def between(trails):
    """Places along the trails that moments (k, n, 2) draw."""
    parts = np.linspace(0, 1, 8)[:, None, None, None]
    return (parts * trails[1:] + (1 - parts) * trails[:-1]).reshape(-1, 2)


PLACES = np.stack(np.meshgrid(*[np.linspace(-3.6, 3.6, 300)] * 2), axis=-1).reshape(-1, 2)


def test_arrows_point_along_the_score(open_diffusion):
    page, twin = open_diffusion({"pattern": "two clusters", "step": 20}, reduced_motion="reduce")
    side = (np.arange(13) + 0.5) / 13 * 7.2 - 3.6
    spots = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    mixture = physics.dissolve(twin.view.mixture, twin.t)
    score = physics.score(mixture, spots)
    size = np.linalg.norm(score, axis=1, keepdims=True)
    arrow = score / np.maximum(size, 1e-12) * (size / (1 + size)) * 0.8 * 7.2 / 13
    across = arrow[:, ::-1] * [1, -1]
    far = (np.linalg.norm(spots[:, None] - mixture.means, axis=2).min(axis=1) > 2.3) & (size[:, 0] > 2)
    assert far.sum() > 20

    def ink(places):  # the middle of a barb, and what would be one at the other end
        return page.pixels(places[far])[:, 3]

    head = [ink(spots + 0.36 * arrow + turn * 0.1 * across) for turn in (-1, 1)]
    tail = [ink(spots - 0.36 * arrow + turn * 0.1 * across) for turn in (-1, 1)]
    assert np.median(head) > 40 and np.mean(np.array(head) > np.array(tail)) > 0.9


def test_still_for_those_who_ask_for_less_motion(open_diffusion):
    page, _ = open_diffusion(reduced_motion="reduce")
    page.visit.wait_for_timeout(300)
    assert page.readout("Time t") == "0.0000" and page.status == "The pattern"
    page.play("forward")
    assert page.status == "Noise"  # what the reader asked for, and no more
