"""The stochastic unit, operated in a real browser and checked against the library."""

import re

import numpy as np
import pytest

from ebm.maths import sigmoid
from ebm.widgets import neuron
from ebm.widgets._neuron import _standard_error
from visits import Figure


class Neuron(Figure):
    """The view as a reader meets it: by the names of its parts."""

    def __init__(self, visit):
        super().__init__(visit, "neuron")

    @property
    def flips(self):
        return int(self.readout("Flips"))

    @property
    def coins(self):
        """The last flips as the filled and hollow coins show them, oldest first."""
        return self.root.locator(".ebm-coin").evaluate_all(
            "all => all.map((e) => getComputedStyle(e).backgroundColor !== 'rgba(0, 0, 0, 0)')"
        )

    def line(self, of, within):
        points = self.root.get_by_role("img", name=within).locator(of).get_attribute("points").split()
        return np.array([[float(x) for x in point.split(",")] for point in points])


@pytest.fixture
def open_neuron(show):
    """open_neuron(temperature, saved, seed, **options of the page) -> (what the reader sees, its twin in Python)."""
    visits = []

    def start(temperature=1.0, saved=2.0, seed=0, **options):
        twins = [neuron(temperature=temperature, saved=saved, seed=seed) for _ in range(2)]
        visits.append(show(twins[0], **options))
        visits[-1].set_default_timeout(5_000)
        return Neuron(visits[-1]), twins[1]

    yield start
    for visit in visits:
        assert visit.complaints == [] and visit.strangers("http://127.0.0.1", "about:") == []


def test_it_opens_with_something_true(open_neuron):
    page, _ = open_neuron()
    assert page.status == "p(on) = 0.8808"
    page.visit.wait_for_timeout(1000)
    assert page.flips > 3 and 0.3 < float(page.readout("Share on")) <= 1


@pytest.mark.parametrize("T", [0.05, 1.0, 2.5, 10.0])
@pytest.mark.parametrize("saved", [-3.0, 0.0, 2.0])
def test_p_is_the_one_python_computes(open_neuron, T, saved):
    page, twin = open_neuron(T, saved, reduced_motion="reduce")
    assert page.status == f"p(on) = {twin.p:.4f}"
    bottom, top = 164.0, 26.0  # heights of p = 0 and p = 1 in the drawing
    curve = page.line(".ebm-curve", "p(on) at")
    expected = [sigmoid(x / T) for x in np.linspace(-6, 6, 121)]
    assert (bottom - curve[:, 1]) / (bottom - top) == pytest.approx(expected, abs=0.001)
    assert (bottom - page.line(".ebm-lead", "p(on) at")[1, 1]) / (bottom - top) == pytest.approx(
        twin.p, abs=0.001
    )


def test_the_cold_step_and_the_hot_line_are_there(open_neuron):
    page, _ = open_neuron()
    chart = page.root.get_by_role("img", name="p(on) at this temperature")
    assert chart.get_by_text("cold: a step").is_visible() and chart.get_by_text("hot: p = ½").is_visible()
    assert chart.locator(".ebm-limit").count() == 2


@pytest.mark.parametrize(("T", "saved", "seed"), [(1.0, 2.0, 0), (5.0, -1.0, 3)])
def test_each_flip_is_the_flip_python_makes(open_neuron, T, saved, seed):
    page, twin = open_neuron(T, saved, seed)
    page.rest()
    assert page.flips == 0 and page.readout("Share on") == "–"
    expected = []
    for k in range(1, 41):
        page.press("Step")
        before, after = twin.view.advance(1)
        expected.append(bool(after > before))
        assert page.flips == k
        assert page.coins == expected[-20:]
        assert page.readout("Share on") == f"{after / k:.4f}"
        assert page.readout("Standard error") == f"{_standard_error(twin.p, k):.4f}"
        assert page.status == f"p(on) = {twin.p:.4f}; {k} flip{'s' * (k > 1)}: share {after / k:.4f}"


def test_a_long_run_in_the_page_is_the_run_python_makes(open_neuron):
    page, twin = open_neuron(seed=2)
    page.rest()
    page.press("Run")
    page.visit.wait_for_timeout(4000)
    page.press("Pause")
    flips = page.flips
    assert flips > 40
    on = twin.view.advance(flips)
    assert page.readout("Share on") == f"{on[-1] / flips:.4f}"
    line = page.line(".ebm-line", "share of flips")
    shares = (164.0 - line[:, 1]) / (164.0 - 26.0)
    assert shares[-1] == pytest.approx(on[-1] / flips, abs=0.001) and shares[0] == on[1]
    page.press("New run")
    page.press("Step")
    twin.view.counts = [0, 0]
    on = twin.view.advance(1)
    assert page.readout("Share on") == f"{on[-1]:.4f}"


def test_a_run_ends_by_itself_and_starts_over(show):
    w = neuron(seed=1)
    twin = neuron(seed=1)
    twin.view.advance(9_500)
    w.view.advance(9_500)
    page = Neuron(show(w))
    page.root.get_by_role("button", name="Run", exact=True).wait_for(timeout=10_000)
    on = twin.view.advance(500)
    assert page.status == f"p(on) = 0.8808; 10000 flips: share {on[-1] / 10_000:.4f}"
    page.press("Run")
    page.visit.wait_for_timeout(300)
    assert page.flips < 100


def test_sliders_by_keyboard_start_a_new_run(open_neuron):
    page, twin = open_neuron()
    page.rest()
    page.press("Step")
    twin.view.advance(1)
    page.slider("Energy saved").focus()
    page.visit.keyboard.press("ArrowRight")
    twin.saved = 2.1
    assert page.status == f"p(on) = {twin.p:.4f}" and page.flips == 0
    page.press("Step")
    assert page.readout("Share on") == f"{twin.view.advance(1)[-1]:.4f}"
    page.slider("Temperature").focus()
    page.visit.keyboard.press("Home")
    assert page.status == f"p(on) = {sigmoid(2.1 / 0.05):.4f}" == "p(on) = 1.0000"
    page.visit.keyboard.press("End")
    assert page.status == f"p(on) = {sigmoid(2.1 / 10):.4f}" == "p(on) = 0.5523"
    page.press("Reset")
    assert page.status == "p(on) = 0.8808"
    assert page.slider("Temperature").get_attribute("aria-valuetext") == "1.00"


def test_sliders_by_mouse(open_neuron):
    page, _ = open_neuron()
    page.rest()
    for name in ["Temperature", "Energy saved"]:
        before, box = page.status, page.slider(name).bounding_box()
        page.visit.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.visit.mouse.down()
        page.visit.mouse.move(box["x"] + 60, box["y"] + box["height"] / 2, steps=4)
        page.visit.mouse.up()
        assert page.status != before
    saved, T = (
        float(page.slider(n).get_attribute("aria-valuetext").replace("−", "-"))
        for n in ["Energy saved", "Temperature"]
    )
    shown = float(re.fullmatch(r"p\(on\) = ([\d.]+)", page.status)[1])
    assert shown == pytest.approx(sigmoid(saved / T), abs=1e-4)


def test_run_and_pause_by_keyboard(open_neuron):
    page, _ = open_neuron()
    page.visit.wait_for_timeout(400)
    page.root.get_by_role("button", name="Pause").focus()
    page.visit.keyboard.press("Space")
    stopped = page.flips
    page.visit.wait_for_timeout(300)
    assert page.flips == stopped > 0
    page.visit.keyboard.press("Enter")
    page.visit.wait_for_timeout(400)
    assert page.flips > stopped
    reached = []
    page.slider("Temperature").focus()
    for _ in range(8):
        page.visit.keyboard.press("Tab")
        reached.append(page.visit.evaluate("document.activeElement.textContent"))
    assert {"Pause", "Step", "New run", "Reset"} <= set(reached)


def test_still_for_those_who_ask_for_less_motion(open_neuron):
    page, _ = open_neuron(reduced_motion="reduce")
    page.visit.wait_for_timeout(400)
    assert page.flips == 0
    page.press("Run")
    page.visit.wait_for_timeout(500)
    assert page.flips > 0


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_it_fits_a_phone_and_fingers(open_neuron, color_scheme):
    page, _ = open_neuron(width=360, color_scheme=color_scheme, has_touch=True)
    page.visit.wait_for_timeout(600)
    assert page.visit.evaluate("document.documentElement.scrollWidth") <= 360
    for button in page.root.get_by_role("button").all():
        box = button.bounding_box()
        assert box["width"] >= 40 and box["height"] >= 40
    assert page.visit.faint(".cell_output") == []
    page.root.get_by_role("button", name="Pause").tap()
    before = page.flips
    page.root.get_by_role("button", name="Step").tap()
    assert page.flips == before + 1
