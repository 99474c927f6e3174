"""The distribution of four units, operated in a real browser and checked against the library."""

import re

import numpy as np
import pytest

from ebm import exact
from ebm.widgets import distribution
from visits import Figure

READOUTS = ["log Z", "Mean energy", "Entropy"]


class Distribution(Figure):
    """The view as a reader meets it: by the names of its parts."""

    def __init__(self, visit):
        super().__init__(visit, "distribution")

    def field(self, name):
        return self.root.get_by_role("spinbutton", name=name)

    @property
    def updates(self):
        return int(self.readout("Updates"))

    @property
    def states(self):
        """What a screen reader hears of the sixteen states: (signs, [energy, probability, sampled])."""
        said = self.root.locator("li .ebm-unseen").all_text_contents()
        parts = [line.replace("−", "-").split(": ") for line in said]
        return [(signs, [float(x) for x in re.findall(r"-?[\d.]+", rest)]) for signs, rest in parts]

    @property
    def here(self):
        """The state that is marked as the chain's."""
        marked = self.root.locator("li").evaluate_all(
            "all => all.map((e) => e.classList.contains('ebm-now'))"
        )
        assert sum(marked) == 1
        return exact.states(4)[marked.index(True)].tolist()

    def heights(self, which):
        return np.array(
            self.root.locator(f".ebm-states .ebm-{which}").evaluate_all(
                "all => all.map((e) => e.getBoundingClientRect().height)"
            )
        )

    def shows(self, twin):
        """Whether all that is exact is what Python finds."""
        found = exact.boltzmann(twin.view.model, twin.temperature)
        mean = found.p @ found.energies
        sums = [found.log_Z, mean, found.log_Z + mean / twin.temperature]
        assert [float(self.readout(name)) for name in READOUTS] == pytest.approx(sums, abs=6e-5)
        for (signs, numbers), s, E, p in zip(self.states, found.states, found.energies, found.p, strict=True):
            assert signs.split() == ["+" if unit > 0 else "-" for unit in s]
            assert numbers[0] == pytest.approx(E, abs=0.0051) and numbers[1] == pytest.approx(p, abs=6e-5)
        return True


@pytest.fixture
def open_distribution(show):
    """open_distribution(arguments, **options of the page) -> (what the reader sees, its twin in Python)."""
    visits = []

    def start(arguments=None, **options):
        shown, twin = (distribution(**arguments or {}) for _ in range(2))
        visits.append(show(shown, **options))
        visits[-1].set_default_timeout(5_000)
        return Distribution(visits[-1]), twin

    yield start
    for visit in visits:
        assert visit.complaints == [] and visit.strangers("http://127.0.0.1", "about:") == []


def some_network(seed):
    rng = np.random.default_rng(seed)
    W = np.triu(rng.uniform(-2, 2, size=(4, 4)).round(2), 1)
    return {"W": W + W.T, "b": rng.uniform(-1, 1, size=4).round(2)}


@pytest.mark.parametrize("T", [0.3, 1.0, 5.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_sixteen_probabilities_and_their_sums_are_the_ones_python_computes(open_distribution, seed, T):
    page, twin = open_distribution(some_network(seed) | {"temperature": T}, reduced_motion="reduce")
    assert page.shows(twin)
    p = exact.boltzmann(twin.view.model, T).p
    heights = page.heights("exact")
    assert heights.max() > 80
    assert heights / heights.max() == pytest.approx(p / p.max(), abs=0.02)


def test_it_opens_with_a_chain_that_samples(open_distribution):
    page, twin = open_distribution()
    page.visit.wait_for_timeout(1000)
    assert page.shows(twin) and page.updates > 3 and page.status == "The chain runs"


@pytest.mark.parametrize(("T", "seed"), [(1.0, 0), (0.4, 3), (4.0, 5)])
def test_each_update_is_the_update_python_makes(open_distribution, T, seed):
    page, twin = open_distribution(some_network(seed) | {"temperature": T, "seed": seed})
    page.rest()
    assert page.updates == 0 and page.here == twin.state and page.readout("Distance") == "–"
    for k in range(1, 41):
        page.press("Step")
        (distance,) = twin.view.advance(1)
        assert page.updates == k and page.here == twin.state
        assert page.readout("Distance") == f"{distance:.4f}"
        assert page.status == f"Distance {distance:.4f} after {k} update{'s' * (k > 1)}"
    sampled = [numbers[2] for _, numbers in page.states]
    assert sampled == pytest.approx(np.array(twin.counts) / 40, abs=6e-5)


def test_a_long_run_in_the_page_is_the_run_python_makes(open_distribution):
    page, twin = open_distribution({"seed": 2})
    page.rest()
    page.press("Run")
    page.visit.wait_for_timeout(6000)
    page.press("Pause")
    updates = page.updates
    assert updates > 100
    distances = twin.view.advance(updates)
    assert page.readout("Distance") == f"{distances[-1]:.4f}" and page.here == twin.state
    sampled = [numbers[2] for _, numbers in page.states]
    assert sampled == pytest.approx(np.array(twin.counts) / updates, abs=6e-5)
    points = page.root.locator(".ebm-line").get_attribute("points").split()
    first, last = (float(points[k].split(",")[1]) for k in (0, -1))
    top, bottom = 26.0, 154.0  # heights of 1 and of 0.001 in the drawing
    expected = top - np.log10(distances[[0, -1]]) / 3 * (bottom - top)
    assert [first, last] == pytest.approx(expected, abs=0.1)
    page.press("New run")
    assert page.updates == 0 and page.here == twin.state
    page.press("Step")
    twin.counts = [0] * 16
    assert page.readout("Distance") == f"{twin.view.advance(1)[0]:.4f}"


def test_a_run_ends_by_itself_and_starts_over(show):
    w, twin = distribution(seed=1), distribution(seed=1)
    for each in (w, twin):
        each.view.advance(95_000)
    page = Distribution(show(w))
    page.root.get_by_role("button", name="Run", exact=True).wait_for(timeout=10_000)
    distance = twin.view.advance(5_000)[-1]
    assert page.status == f"Distance {distance:.4f} after 100000 updates" and page.here == twin.state
    page.press("Run")
    page.visit.wait_for_timeout(300)
    assert page.updates < 100


def test_weights_and_biases_are_edited_by_keyboard(open_distribution):
    page, twin = open_distribution()
    page.rest()
    W, b = np.array(twin.W), list(twin.b)
    for i in range(4):
        for j in range(i + 1, 4):
            value = round(0.3 * (i + 1) - 0.4 * j, 2)
            page.field(f"weight between units {i + 1} and {j + 1}").fill(str(value))
            W[i, j] = W[j, i] = value
        page.field(f"bias of unit {i + 1}").fill(str(0.1 * i))
        b[i] = 0.1 * i
    twin.W, twin.b = W, b
    assert page.shows(twin)
    field = page.field("weight between units 1 and 2")
    field.focus()
    page.visit.keyboard.press("ArrowUp")
    twin.W = [[0, float(field.input_value()), *W[0, 2:]], [float(field.input_value()), *W[1, 1:]], *W[2:]]
    assert float(field.input_value()) != W[0, 1] and page.shows(twin)
    page.press("Step")
    assert page.readout("Distance") == f"{twin.view.advance(1)[0]:.4f}"
    page.press("Reset")
    assert page.shows(distribution()) and field.input_value() == "0.75"


@pytest.mark.parametrize("text", ["", "7", "-3.5"])
def test_what_is_no_weight_changes_nothing(open_distribution, text):
    page, twin = open_distribution()
    page.rest()
    field = page.field("weight between units 3 and 4")
    field.fill(text)
    assert field.get_attribute("aria-invalid") == "true" and page.shows(twin)
    page.visit.keyboard.press("Tab")
    assert (field.input_value(), field.get_attribute("aria-invalid")) == ("0.75", "false")


def test_temperature_by_keyboard_and_mouse(open_distribution):
    page, twin = open_distribution()
    page.rest()
    handle = page.visit.get_by_role("slider", name="Temperature")
    handle.focus()
    page.visit.keyboard.press("ArrowRight")
    twin.temperature = float(handle.get_attribute("aria-valuetext"))
    assert twin.temperature == 1.05 and page.shows(twin) and page.updates == 0
    box = handle.bounding_box()
    page.visit.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.visit.mouse.down()
    page.visit.mouse.move(box["x"] + 80, box["y"] + box["height"] / 2, steps=4)
    page.visit.mouse.up()
    twin.temperature = float(handle.get_attribute("aria-valuetext"))
    assert twin.temperature > 1.5 and page.shows(twin)


def test_run_pause_and_every_control_by_keyboard(open_distribution):
    page, _ = open_distribution()
    page.visit.wait_for_timeout(400)
    page.root.get_by_role("button", name="Pause").focus()
    page.visit.keyboard.press("Space")
    stopped = page.updates
    page.visit.wait_for_timeout(300)
    assert page.updates == stopped > 0
    page.visit.keyboard.press("Enter")
    page.visit.wait_for_timeout(400)
    assert page.updates > stopped
    reached = []
    page.visit.get_by_role("slider", name="Temperature").focus()
    for _ in range(18):
        page.visit.keyboard.press("Tab")
        reached.append(
            page.visit.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent")
        )
    pairs = [(i, j) for i in range(1, 5) for j in range(i + 1, 5)]
    assert {
        *(f"weight between units {i} and {j}" for i, j in pairs),
        *(f"bias of unit {i}" for i in range(1, 5)),
        *("Pause", "Step", "New run", "Reset"),
    } <= set(reached)


def test_still_for_those_who_ask_for_less_motion(open_distribution):
    page, _ = open_distribution(reduced_motion="reduce")
    page.visit.wait_for_timeout(400)
    assert page.updates == 0 and page.status == "The chain waits"
    page.press("Run")
    page.visit.wait_for_timeout(500)
    assert page.updates > 0


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_it_fits_a_phone_and_fingers(open_distribution, color_scheme):
    page, _ = open_distribution(width=360, color_scheme=color_scheme, has_touch=True)
    page.visit.wait_for_timeout(600)
    assert page.visit.evaluate("document.documentElement.scrollWidth") <= 360
    for button in page.root.get_by_role("button").all():
        box = button.bounding_box()
        assert box["width"] >= 40 and box["height"] >= 40
    for field in page.root.get_by_role("spinbutton").all():
        box = field.bounding_box()
        assert box["width"] >= 40 and box["height"] >= 36
    assert page.visit.faint(".cell_output") == []
    page.root.get_by_role("button", name="Pause").tap()
    before = page.updates
    page.root.get_by_role("button", name="Step").tap()
    assert page.updates == before + 1
