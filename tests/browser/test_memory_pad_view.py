"""The pad of letters, operated in a real browser and checked against the library."""

import numpy as np
import pytest

from ebm import data, hopfield
from ebm.widgets import memory_pad
from visits import Figure

LETTERS = data.letters("RSTX", "16x16")
RULES = {"Hebb": "Hebb", "pseudo-inverse": "Pseudo-inverse", "dense": "Dense"}


class Pad(Figure):
    """The view as a reader meets it: by the names of its parts."""

    def __init__(self, visit):
        super().__init__(visit, "memory_pad")
        self.pad = self.root.get_by_role("application")

    def recall(self):
        self.press("Recall")
        self.wait_for_rest()

    def wait_for_rest(self):
        self.root.get_by_text("at rest").wait_for()

    def cells(self, rows, columns):
        """The middle of a cell, in the page."""
        box = self.pad.bounding_box()
        return (
            box["x"] + (columns + 0.5) * box["width"] / 16,
            box["y"] + (rows + 0.5) * box["height"] / 16,
        )

    def key(self, *names):
        for name in names:
            self.visit.keyboard.press(name)

    @property
    def state(self):
        return self.root.locator(".ebm-pad > span").evaluate_all(
            "all => all.map((e) => (e.classList.contains('ebm-ink') ? 1 : -1))"
        )

    @property
    def overlaps(self):
        texts = self.root.locator(".ebm-overlap b").all_text_contents()
        return [float(text.replace("\u2212", "-")) for text in texts]

    @property
    def status(self):
        return self.root.locator(".ebm-status").text_content()

    @property
    def spoken(self):
        return self.root.locator(".ebm-unseen").text_content()

    def agrees(self, twin):
        """What the page shows is what the library computes for the same seed."""
        crowd = hopfield.overlap(twin.view.stored(), twin.state)[4:]
        wanted = [*twin.view.overlaps(), np.abs(crowd).max(initial=0)]
        assert self.state == twin.state
        assert self.overlaps == pytest.approx(wanted, abs=0.0051)
        assert self.number("Energy") == pytest.approx(twin.energy, abs=0.0051)
        assert self.number("Sweeps") == twin.sweeps


@pytest.fixture
def open_pad(show):
    """open_pad(seed=..., rule=..., ..., **options of the page) -> (what the reader sees, its twin in Python)."""

    def start(seed=0, rule="Hebb", extra=0, noise=0.3, names="RSTX", **options):
        arguments = {"seed": seed, "rule": rule, "extra": extra, "noise": noise}
        visit = show(memory_pad(names, **arguments), **options)
        return Pad(visit), memory_pad(names, **arguments)

    return start


@pytest.mark.parametrize(("color_scheme", "width"), [("light", 1000), ("dark", 1000), ("light", 360)])
def test_it_opens_by_recalling_a_letter(open_pad, color_scheme, width):
    page, twin = open_pad(color_scheme=color_scheme, width=width)
    page.wait_for_rest()
    twin.view.advance(50)
    page.agrees(twin)
    assert page.status == "at rest in R" and page.overlaps[0] == 1.0
    assert page.visit.faint("main") == []
    assert page.visit.evaluate("document.documentElement.scrollWidth") <= width
    assert page.visit.complaints == []
    assert all(address.startswith(("http://127.0.0.1", "data:", "blob:")) for address in page.visit.requests)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("seed", "extra"), [(1, 0), (2, 30), (3, 60)])
def test_each_sweep_is_the_sweep_python_makes(open_pad, rule, seed, extra):
    page, twin = open_pad(seed=seed, rule=rule, extra=extra)
    page.rest()
    page.agrees(twin)
    for _ in range(4):
        if twin.sweeps and page.status.startswith("at rest"):
            break
        page.press("One sweep")
        twin.view.advance(1)
        page.agrees(twin)
    page.press("Add noise")
    twin.view.add_noise()
    page.agrees(twin)
    page.recall()
    twin.view.advance(100)
    page.agrees(twin)
    assert page.visit.complaints == []


def test_a_change_of_the_load_or_the_rule_recalls_anew_from_the_same_cue(open_pad):
    page, twin = open_pad(seed=4, noise=0.2)
    page.rest()
    cue = twin.state
    slider = page.visit.get_by_role("slider", name="Random patterns")
    slider.focus()
    page.key("End")
    page.wait_for_rest()
    twin.extra = 60
    twin.view.advance(100)
    page.agrees(twin)
    assert page.overlaps[0] < 0.95
    load = page.root.locator(".ebm-load b").text_content()
    assert load == "64/256 = 0.250"
    for rule in ("dense", "pseudo-inverse", "Hebb"):
        twin.view.running = False
        button = page.root.get_by_role("button", name=RULES[rule], exact=True)
        button.focus()
        page.key("Enter")
        page.wait_for_rest()
        assert button.get_attribute("aria-pressed") == "true"
        twin.rule, twin.state, twin.sweeps = rule, cue, 0
        twin.view.advance(100)
        page.agrees(twin)
    assert page.overlaps[0] < 0.95
    page.press("Reset")
    page.agrees(memory_pad(seed=4, noise=0.2))
    assert slider.get_attribute("aria-valuenow") in ("0", "0.0")


def test_sliders_by_mouse(open_pad):
    page, _ = open_pad()
    page.rest()
    page.visit.locator(".noUi-target").nth(0).click()
    page.wait_for_rest()
    assert page.root.locator(".ebm-load b").text_content() == "34/256 = 0.133"
    page.visit.locator(".noUi-target").nth(1).click()
    page.press("Load T")
    page.press("Add noise")
    assert np.sum(LETTERS[2] != page.state) == 64


def test_letters_are_loaded_spoiled_and_cleared(open_pad):
    page, _ = open_pad()
    page.rest()
    for name, letter in zip("RSTX", LETTERS, strict=True):
        page.press(f"Load {name}")
        assert page.state == letter.tolist() and page.status == "a cue"
        page.press("Erase half")
        assert page.state == data.erase(letter, 0.5).tolist()
        page.recall()
        assert page.state == letter.tolist() and page.status == f"at rest in {name}"
    page.press("Clear")
    assert page.state == [-1] * 256


def test_drawing_by_mouse(open_pad):
    page, _ = open_pad()
    page.rest()
    page.press("Clear")
    page.visit.mouse.move(*page.cells(2, 3))
    page.visit.mouse.down()
    page.visit.mouse.move(*page.cells(2, 12))  # at once: the cells between are drawn too
    page.visit.mouse.move(*page.cells(9, 12))
    page.visit.mouse.up()
    page.visit.mouse.move(*page.cells(15, 15))
    wanted = -np.ones((16, 16), dtype=int)
    wanted[2, 3:13] = wanted[2:10, 12] = 1
    assert page.state == wanted.ravel().tolist()
    page.visit.mouse.click(*page.cells(2, 3))
    wanted[2, 3] = -1
    assert page.state == wanted.ravel().tolist()
    assert page.overlaps[:4] == pytest.approx(hopfield.overlap(LETTERS, page.state), abs=0.0051)


def test_drawing_stops_the_recall(open_pad):
    page, _ = open_pad(extra=20)
    page.press("Reset")
    page.press("Recall")
    page.visit.mouse.click(*page.cells(0, 15))
    assert page.root.get_by_role("button", name="Recall", exact=True).count() == 1
    held = page.state
    page.visit.wait_for_timeout(400)
    assert page.state == held and page.status == "a cue"


def test_drawing_by_keyboard(open_pad):
    page, _ = open_pad()
    page.rest()
    page.press("Clear")
    page.pad.focus()
    assert page.spoken == "row 1, column 1: paper"
    page.key("ArrowDown", "ArrowRight", "Space")
    assert page.spoken == "row 2, column 2: ink"
    page.key("Shift+ArrowRight", "ArrowLeft", "ArrowLeft", "ArrowLeft", "Enter")
    wanted = -np.ones((16, 16), dtype=int)
    wanted[1, 1] = wanted[1, 2] = wanted[1, 0] = 1
    assert page.state == wanted.ravel().tolist()
    page.key("Space", "ArrowUp", "ArrowUp")
    assert page.spoken == "row 1, column 1: paper"
    wanted[1, 0] = -1
    assert page.state == wanted.ravel().tolist()


def test_everything_can_be_reached_by_keyboard_and_the_pad_is_one_stop(open_pad):
    page, _ = open_pad()
    page.rest()
    page.visit.get_by_role("slider", name="Random patterns").focus()
    reached = []
    for _ in range(18):
        page.key("Tab")
        reached.append(
            page.visit.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent")
        )
    buttons = [
        "Hebb",
        "Dense",
        "Load R",
        "Load X",
        "Recall",
        "One sweep",
        "Erase half",
        "Add noise",
        "Clear",
        "Reset",
    ]
    for name in buttons:
        assert name in reached
    assert sum("16 by 16 units" in name for name in reached) == 1
    for name in ["Load S", "Erase half", "One sweep", "Clear", "Add noise", "Reset"]:
        page.root.get_by_role("button", name=name, exact=True).focus()
        before = page.state
        page.key("Enter")
        assert page.state != before


def test_a_phone_draws_with_a_finger(open_pad):
    page, _ = open_pad(width=360, has_touch=True)
    page.rest()
    page.press("Clear")
    page.visit.touchscreen.tap(*page.cells(5, 6))
    assert np.flatnonzero(np.array(page.state) > 0).tolist() == [5 * 16 + 6]
    assert page.pad.evaluate("(node) => getComputedStyle(node).touchAction") == "none"
    for button in page.root.get_by_role("button").all():
        box = button.bounding_box()
        assert box["width"] >= 40 and box["height"] >= 40


def test_still_for_those_who_ask_for_less_motion(open_pad):
    page, twin = open_pad(reduced_motion="reduce")
    page.visit.wait_for_timeout(500)
    page.agrees(twin)
    page.press("Dense")  # what it leads to is shown at once
    assert page.status == "at rest in R"
