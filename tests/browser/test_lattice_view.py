"""The lattice of spins, operated in a real browser and checked against the library spin by spin."""

import ipywidgets as widgets
import numpy as np
import pytest

from ebm import exact
from ebm.widgets import lattice
from visits import Figure

# One number for each pixel of the canvas: 1 where it has the colour of an up spin.
READ = """
(canvas) => {
  const name = getComputedStyle(canvas).getPropertyValue("--ebm-on").trim();
  const on = [1, 3, 5].map((k) => parseInt(name.slice(k, k + 2), 16));
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return Array.from({ length: data.length / 4 }, (_, k) => (on.every((c, j) => data[4 * k + j] === c) ? 1 : -1));
}
"""


class Lattice(Figure):
    """The view as a reader meets it."""

    def __init__(self, visit):
        super().__init__(visit, "lattice")

    def choose(self, label, option):
        self.root.get_by_label(label).select_option(label=option)

    @property
    def spins(self):
        return np.array(self.root.locator("canvas").evaluate(READ), dtype=np.int8)


@pytest.fixture
def open_lattice(show):
    """open_lattice(**arguments of lattice, page={}) -> (what the reader sees, its twin in Python)."""

    def start(page=None, **given):
        given = {"size": 64, "seed": 3} | given
        return Lattice(show(lattice(**given), **(page or {}))), lattice(**given)

    return start


def same(page, twin):
    s = np.frombuffer(twin.state, dtype=np.int8)
    if twin.ring:
        s = s[: 4 * twin.size]
    return (page.spins[: s.size] == s).all()


@pytest.mark.parametrize("rule", ["Metropolis", "heat bath", "Wolff"])
@pytest.mark.parametrize(("temperature", "field"), [(1.5, 0.0), (2.27, 0.1)])
def test_each_step_is_the_step_python_takes(open_lattice, rule, temperature, field):
    page, twin = open_lattice(rule=rule, temperature=temperature, field=field)
    page.rest()
    assert same(page, twin)
    for _ in range(12):
        page.press("Step")
        twin.view.advance(1)
        assert same(page, twin)
        assert page.number("Magnetisation") == pytest.approx(twin.magnetisation, abs=6e-4)
        assert page.number("Energy") == pytest.approx(twin.energy, abs=6e-4)
    assert page.number("Steps") == twin.steps == 12
    ours = [line for line in page.visit.complaints if "getImageData" not in line]  # that is this test reading
    assert ours == [] and page.visit.errors == []


@pytest.mark.parametrize("rule", ["Metropolis", "Wolff"])
def test_a_ring_takes_the_steps_python_takes(open_lattice, rule):
    page, twin = open_lattice(ring=True, rule=rule, temperature=0.8, begin="cold")
    page.rest()
    for _ in range(8):
        page.press("Step")
    twin.view.advance(8)
    assert same(page, twin)
    assert page.number("Energy") == pytest.approx(twin.energy, abs=6e-4)
    assert page.status == "a ring has no order at any temperature above 0"


def test_it_runs_and_obeys_onsager(open_lattice):
    """A cold lattice below T_c keeps the magnetisation that Yang found, and the energy of Onsager."""
    page, _ = open_lattice(temperature=1.8, begin="cold")
    page.choose("Pace", "16 a frame")
    page.visit.wait_for_timeout(2000)
    page.press("Pause")
    assert page.number("Steps") > 100
    assert page.number("Magnetisation") == pytest.approx(exact.yang_magnetisation(1.8), abs=0.03)
    assert page.number("Energy") == pytest.approx(exact.onsager_energy(1.8), abs=0.06)
    marks = page.root.locator(".ebm-mark-text").all_text_contents()
    assert f"exact {exact.yang_magnetisation(1.8):.2f}" in marks
    assert f"exact \u2212{-exact.onsager_energy(1.8):.2f}" in marks


def test_temperature_by_keyboard_crosses_onsagers_point(open_lattice):
    page, _ = open_lattice(temperature=2.25)
    page.rest()
    assert page.status == "critical: T is close to 2.269"
    handle = page.visit.get_by_role("slider", name="Temperature")
    handle.focus()
    for _ in range(8):
        page.visit.keyboard.press("ArrowRight")
    assert handle.get_attribute("aria-valuetext") == "2.33"
    assert page.status == "disordered: T is above the critical 2.269"
    page.visit.keyboard.press("Home")
    assert page.status == "ordered: T is below the critical 2.269"
    assert "exact 1.00" in page.root.locator(".ebm-mark-text").all_text_contents()


def test_a_field_hides_the_lines_that_hold_without_one(open_lattice):
    page, _ = open_lattice()
    page.rest()
    assert page.root.locator(".ebm-mark-text").count() > 0
    page.visit.get_by_role("slider", name="Field").focus()
    page.visit.keyboard.press("ArrowRight")
    assert page.root.locator(".ebm-mark-text").count() == 0
    assert page.status == "the field favours up (blue): no sharp transition"


def test_the_lowest_energy_stays_within_its_chart(open_lattice):
    page, _ = open_lattice(temperature=0.5, field=0.5, begin="cold")
    page.rest()
    for _ in range(3):
        page.press("Step")
    assert page.number("Energy") == pytest.approx(-2.5, abs=0.01)
    chart = page.root.get_by_role("img", name="Energy per site")
    line, axis = chart.locator(".ebm-line").bounding_box(), chart.locator(".ebm-axis").bounding_box()
    assert line["y"] + line["height"] < axis["y"] + axis["height"]


def test_choices_start_anew(open_lattice):
    page, _ = open_lattice()
    page.rest()
    page.choose("Side", "128")
    twin = lattice(size=128, seed=3)
    assert same(page, twin)
    page.choose("Start", "cold")
    assert (page.spins == 1).all() and page.number("Magnetisation") == 1
    page.choose("Rule", "Wolff")
    assert (page.spins == 1).all()
    page.choose("Shape", "ring (chain)")
    page.press("Step")
    twin = lattice(size=128, seed=3, begin="cold", ring=True, rule="Wolff")
    twin.view.advance(1)
    assert same(page, twin)


def test_every_control_by_keyboard(open_lattice):
    page, _ = open_lattice()
    page.visit.get_by_role("slider", name="Temperature").focus()
    reached = []
    for _ in range(12):
        page.visit.keyboard.press("Tab")
        reached.append(
            page.visit.evaluate(
                "(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim().split(/[ \\n]/)[0]"
            )
        )
    for name in ["Rule", "Shape", "Side", "Start", "Pace", "Pause", "Step", "Reset"]:
        assert name in reached
    page.root.get_by_label("Rule").focus()
    page.visit.keyboard.press("End")
    assert page.root.get_by_label("Rule").input_value() == "Wolff"


def test_still_for_those_who_ask_for_less_motion(open_lattice):
    page, _ = open_lattice(page={"reduced_motion": "reduce"})
    page.visit.wait_for_timeout(300)
    assert page.number("Steps") == 0


def test_spins_that_come_from_elsewhere_are_shown(show):
    """As from Python: here from another lattice of the page, whose steps go unheard."""
    one, other = (lattice(size=64, seed=seed) for seed in (1, 2))
    one.running = other.running = False
    widgets.jsdlink((one.view, "state"), (other.view, "state"))
    visit = show(one, other)
    pages = Lattice(visit), Lattice(visit)
    pages[1].root = visit.locator(".ebm-lattice").nth(1)
    pages[0].press("Step")
    assert (pages[0].spins == pages[1].spins).all()
    assert pages[1].readout("Energy") == pages[0].readout("Energy")
    assert visit.complaints == []
