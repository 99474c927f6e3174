"""The network that remembers letters, operated in a real browser and checked against the library."""

import re

import numpy as np
import pytest

from ebm import exact, hopfield
from ebm.widgets import memory
from visits import Figure

CHAPTER = "book/02_hopfield.html"
LETTER_T = [1, 1, 1, -1, 1, -1, -1, 1, -1]
LETTER_L = [1, -1, -1, 1, -1, -1, 1, 1, 1]


class Memory(Figure):
    """The view as a reader meets it: by the names of its parts."""

    def __init__(self, visit):
        super().__init__(visit, "memory")

    def cell(self, i):
        return self.root.get_by_role("button", name=f"row {i // 3 + 1}, column {i % 3 + 1}")

    @property
    def state(self):
        return self.root.locator(".ebm-cell").evaluate_all(
            "all => all.map((e) => (e.ariaPressed === 'true' ? 1 : -1))"
        )

    @property
    def signs(self):
        return [{"+": 1, "\u2212": -1}[text] for text in self.root.locator(".ebm-cell").all_text_contents()]

    @property
    def energy(self):
        return float(self.root.get_by_text("Energy ").locator("b").text_content().replace("\u2212", "-"))

    @property
    def updates(self):
        return int(self.root.get_by_text("Updates ").locator("b").text_content())

    def wait_for_status(self, pattern):
        self.visit.wait_for_function(
            "([node, pattern]) => new RegExp(pattern).test(node.textContent)",
            arg=[self.root.get_by_role("status").element_handle(), pattern],
        )


@pytest.fixture
def open_memory(show):
    """open_memory(names, ..., **options of the page) -> (what the reader sees, its twin in Python)."""

    def start(names="TL", seed=0, temperature=0.2, **options):
        twin = memory(names, seed=seed, temperature=temperature)
        visit = show(twin, **options)
        return Memory(visit), memory(names, seed=seed, temperature=temperature)

    return start


def test_the_chapter_opens_with_a_network_that_recalls(open_page):
    visit = open_page(CHAPTER)
    page = Memory(visit)
    page.root.scroll_into_view_if_needed()
    page.wait_for_status("^settled in (the inverse of )?[TL]$")
    assert page.energy == -4.0 and page.updates > 0
    assert page.state in [LETTER_T, LETTER_L, [-x for x in LETTER_T], [-x for x in LETTER_L]]
    assert visit.complaints == [] and visit.errors == [] and visit.failed == []


@pytest.mark.parametrize(("seed", "temperature"), [(0, 0.2), (7, 1.3), (8, 5.0)])
def test_each_step_is_the_step_python_takes(open_memory, seed, temperature):
    page, twin = open_memory(seed=seed, temperature=temperature)
    page.rest()
    assert page.state == page.signs == twin.state and page.updates == 0
    for k in range(1, 61):
        page.press("Step")
        twin.view.advance(1)
        assert page.state == twin.state
        assert page.energy == pytest.approx(twin.energy, abs=0.005)
        assert page.updates == k


def test_a_long_run_in_the_page_is_the_run_python_makes(open_memory):
    page, twin = open_memory(seed=2, temperature=1.0)
    page.rest()
    page.press("Run")
    page.visit.wait_for_timeout(1500)
    page.press("Pause")
    assert page.updates > 50
    twin.view.advance(page.updates)
    assert page.state == twin.state


def test_run_and_pause(open_memory):
    page, _ = open_memory(temperature=1.0)
    page.visit.wait_for_timeout(300)
    page.press("Pause")
    stopped = page.updates
    page.visit.wait_for_timeout(300)
    assert page.updates == stopped > 0
    page.press("Run")
    page.visit.wait_for_timeout(300)
    assert page.updates > stopped


def test_about_ninety_updates_a_second(open_memory):
    page, _ = open_memory(temperature=1.0)
    rate = page.visit.evaluate(
        """async (node) => {
          const wait = () => new Promise((resolve) => setTimeout(resolve, 1500));
          const [first, start] = [+node.textContent, performance.now()];
          await wait();
          return (+node.textContent - first) / ((performance.now() - start) / 1000);
        }""",
        page.root.get_by_text("Updates ").locator("b").element_handle(),
    )
    assert 45 < rate < 100  # a slow machine may drop frames; none goes faster


def test_the_slider_heats_by_keyboard_and_the_physics_follows(open_memory):
    page, twin = open_memory()
    page.rest()
    handle = page.visit.get_by_role("slider", name="Temperature")
    handle.focus()
    for _ in range(16):
        page.visit.keyboard.press("ArrowRight")
    assert handle.get_attribute("aria-valuetext") == "1.00"
    twin.temperature = 1.0
    for _ in range(40):
        page.press("Step")
    twin.view.advance(40)
    assert page.state == twin.state
    page.press("Reset")
    assert handle.get_attribute("aria-valuetext") == "0.20"


def test_hot_it_boils_and_cold_it_freezes(open_memory):
    page, _ = open_memory(temperature=5.0)
    seen = set()
    for _ in range(12):
        page.visit.wait_for_timeout(100)
        seen.add(page.energy)
        assert page.status == "exploring"
    assert len(seen) > 2
    handle = page.visit.get_by_role("slider", name="Temperature")
    handle.focus()
    page.visit.keyboard.press("Home")
    assert handle.get_attribute("aria-valuetext") == "0.05"
    page.wait_for_status("^settled in (the inverse of )?[TL]$")
    assert page.energy == -4.0


def test_load_corrupt_and_random(open_memory):
    page, twin = open_memory()
    page.rest()
    page.press("Load L")
    assert (page.state, page.energy, page.status) == (LETTER_L, -4.0, "settled in L")
    page.press("Load T")
    assert (page.state, page.energy, page.status) == (LETTER_T, -4.0, "settled in T")
    page.press("Corrupt a memory")
    distances = [sum(np.not_equal(page.state, letter)) for letter in (LETTER_T, LETTER_L)]
    assert 2 in distances
    assert page.status == "exploring"
    corrupted = page.state
    page.press("Random state")
    scattered = page.state
    assert page.energy == pytest.approx(hopfield.energy(twin.view.model, scattered), abs=0.005)
    page.press("Reset")
    assert page.state == twin.state
    page.press("Corrupt a memory")
    page.press("Random state")
    assert (page.state, corrupted) != (scattered, scattered)
    page.press("Reset")
    page.press("Corrupt a memory")
    first = page.state
    page.press("Reset")
    page.press("Corrupt a memory")
    assert page.state == first


def test_cells_flip_by_mouse_and_by_keyboard(open_memory):
    page, twin = open_memory()
    page.rest()
    page.press("Load T")
    page.cell(4).click()
    expected = [*LETTER_T]
    expected[4] *= -1
    assert page.state == page.signs == expected
    assert page.energy == pytest.approx(hopfield.energy(twin.view.model, expected), abs=0.005)
    page.cell(0).focus()
    for key in ["ArrowRight", "ArrowDown", "ArrowDown", "ArrowDown", "Space"]:
        page.visit.keyboard.press(key)
    expected[7] *= -1
    assert page.state == expected
    for key in ["ArrowLeft", "ArrowLeft", "ArrowUp", "Enter"]:
        page.visit.keyboard.press(key)
    expected[3] *= -1
    assert page.state == expected
    assert page.visit.evaluate("document.activeElement.ariaLabel") == "row 2, column 1"


def test_every_button_can_be_reached_and_pressed_by_keyboard(open_memory):
    page, _ = open_memory()
    reached = []
    page.visit.get_by_role("slider", name="Temperature").focus()
    for _ in range(12):
        page.visit.keyboard.press("Tab")
        reached.append(
            page.visit.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent")
        )
    for name in [
        "row 1, column 1",
        "Pause",
        "Step",
        "Corrupt a memory",
        "Load T",
        "Load L",
        "Random state",
        "Reset",
    ]:
        assert name in reached
    page.press("Pause")
    page.root.get_by_role("button", name="Load L").focus()
    page.visit.keyboard.press("Enter")
    assert page.state == LETTER_L


def test_the_inverse_is_named(open_memory):
    page, _ = open_memory()
    page.rest()
    page.press("Load L")
    for i in range(9):
        page.cell(i).click()
    assert page.status == "settled in the inverse of L"
    assert page.energy == -4.0


def test_a_spurious_minimum_is_named(open_memory):
    """T and L leave no room for one; T, X and C have a mixture, which enumeration finds too."""
    page, twin = open_memory("TXC")
    states = exact.states(9)
    minima = states[hopfield.is_fixed_point(twin.view.model, states)]
    known = np.vstack([twin.view.stored, -twin.view.stored])
    (spurious, *_) = [s for s in minima if not (known == s).all(axis=1).any()]
    page.rest()
    page.press("Load T")
    for i in np.flatnonzero(spurious != np.array(LETTER_T)):
        page.cell(i).click()
    assert page.state == spurious.tolist()
    assert page.status == "settled in a spurious minimum"
    assert page.energy == pytest.approx(hopfield.energy(twin.view.model, spurious), abs=0.005)


def test_the_trace_shows_the_energies(open_memory):
    page, twin = open_memory(seed=4, temperature=1.5)
    page.rest()
    for _ in range(20):
        page.press("Step")
    energies = twin.view.advance(20)
    points = page.root.locator("polyline").get_attribute("points").split()
    heights = np.array([float(point.split(",")[1]) for point in points])
    assert len(heights) == 21
    slope, start = np.polyfit(energies, heights, 1)
    assert slope < 0 and np.abs(heights - (slope * energies + start)).max() < 0.1


def test_still_for_those_who_ask_for_less_motion(open_memory):
    page, twin = open_memory(reduced_motion="reduce")
    page.visit.wait_for_timeout(400)
    assert page.updates == 0 and page.state == twin.state
    page.press("Run")
    page.visit.wait_for_timeout(400)
    assert page.updates > 0


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_it_fits_a_phone_and_fingers(open_memory, color_scheme):
    page, _ = open_memory(width=360, color_scheme=color_scheme, has_touch=True)
    assert page.visit.evaluate("document.documentElement.scrollWidth") <= 360
    for button in page.root.get_by_role("button").all():
        box = button.bounding_box()
        assert box["width"] >= 40 and box["height"] >= 40
    page.press("Pause")
    page.press("Reset")
    before = page.state
    page.cell(8).tap()
    assert [a != b for a, b in zip(before, page.state, strict=True)] == [False] * 8 + [True]


def test_what_changes_is_said_politely(open_memory):
    page, _ = open_memory()
    assert page.root.get_by_role("status").count() == 1
    assert page.root.get_by_role("img", name="Energy over time").count() == 1
    assert re.fullmatch(r"exploring|settled in .*", page.status)


def test_two_on_one_page_do_not_meddle(show):
    from ipywidgets import VBox

    first, second = memory(seed=1), memory(seed=2, temperature=2.0)
    visit = show(VBox([first, second]))
    roots = visit.locator(".ebm-memory")
    roots.nth(1).wait_for()
    pages = [Memory(visit), Memory(visit)]
    pages[1].root = roots.nth(1)
    for page in pages:
        page.rest()
    pages[0].press("Load L")
    assert pages[0].state == LETTER_L
    assert pages[1].state == memory(seed=2).state
    assert visit.complaints == []
