"""The dense memories, operated in a real browser and checked against the library."""

import numpy as np
import pytest

from ebm import dense as physics
from ebm import hopfield
from ebm.widgets import dense
from ebm.widgets._dense import _interval
from visits import Figure

DEGREES = {2: "2 (Hebb)", 3: "3", 4: "4", 5: "5", "exponential": "exp"}


class Dense(Figure):
    """The view as a reader meets it: by the names of its parts."""

    def __init__(self, visit):
        super().__init__(visit, "dense")
        self.pad = self.root.get_by_role("application")

    def finish(self):
        """Wait until every trial of the present curve is made."""
        self.root.get_by_role("button", name="Count", exact=True).wait_for(timeout=60_000)

    def states(self):
        """The cue, the state after the descent, the pattern; and how many units of each carry a cross."""
        pictures = self.root.locator(".ebm-pad").evaluate_all(
            "all => all.map((pad) => [...pad.children].map((e) => [e.classList.contains('ebm-ink') ? 1 : -1, "
            "e.classList.contains('ebm-wrong')]))"
        )
        return [[s for s, _ in cells] for cells in pictures], [sum(w for _, w in cells) for cells in pictures]

    def bars(self, which):
        """Heights of a chart's bars as shares, and which of them is the right pattern's."""
        chart = self.root.get_by_role("img", name=which)
        heights = chart.locator("rect").evaluate_all("all => all.map((e) => +e.getAttribute('height'))")
        right = chart.locator("rect").evaluate_all("all => all.map((e) => e.classList.contains('ebm-right'))")
        return np.array(heights) / (150 - 26 - 36), right

    @property
    def status(self):
        return self.root.locator(".ebm-status").text_content()

    def agrees(self, twin, counted=True):
        """What the page shows is what the library computes for the same seed."""
        view = twin.view
        end = view.recall()
        (cue, after, stored), wrong = self.states()
        assert cue == twin.cue and after == end.tolist() and stored == view.pool[0].tolist()
        assert wrong == [np.sum(view.pool[0] != twin.cue), np.sum(view.pool[0] != end), 0]
        lost = f"lost: {wrong[1]} of 64 units wrong"
        assert self.status == {0: "recalled", 1: "recalled but for one unit"}.get(wrong[1], lost)
        shares = view.shares()
        assert float(self.readout("The right one's share")) == pytest.approx(shares[0], abs=5.1e-4)
        heights, right = self.bars("Shares of the pull in the cue")
        assert heights == pytest.approx(np.sort(shares)[::-1][:16], abs=1e-6)
        assert sum(right) == (shares[0] > np.sort(shares)[::-1][min(16, len(shares) - 1)])
        pulls, weights, out = view.stored().astype(float) @ twin.cue, np.empty(twin.P), np.empty(64)
        physics._attend(view.stored(), pulls, twin.beta, weights, out)
        assert float(self.readout("The right one's weight")) == pytest.approx(weights[0], abs=5.1e-4)
        heights, _ = self.bars("Attention's weights")
        assert heights == pytest.approx(np.sort(weights)[::-1][:16], abs=1e-6)
        step = np.where(physics.retrieve(view.stored(), twin.cue, twin.beta) > 0, 1, -1)
        assert self.readout("After one step") == f"{np.sum(step != view.pool[0])} of 64"
        if counted:
            hits, ends = view.measure(), np.empty(2)
            _interval(hits, 100, ends)
            assert self.readout("Recalled") == f"{hits} of 100 (95%: {ends[0]:.2f} to {ends[1]:.2f})"


@pytest.fixture
def open_dense(show):
    """open_dense(seed=..., degree=..., ..., **options of the page) -> (what the reader sees, its twin in Python)."""

    def start(seed=0, degree=2, P=64, noise=0.2, beta=0.125, **options):
        arguments = {"seed": seed, "degree": degree, "P": P, "noise": noise, "beta": beta}
        visit = show(dense(**arguments), **options)
        return Dense(visit), dense(**arguments)

    return start


@pytest.mark.parametrize(("color_scheme", "width"), [("light", 1000), ("dark", 1000), ("light", 360)])
def test_it_opens_with_a_network_that_forgets(open_dense, color_scheme, width):
    page, twin = open_dense(color_scheme=color_scheme, width=width)
    page.finish()
    page.agrees(twin)
    assert page.status.startswith("lost")
    assert page.visit.faint("main") == []
    assert page.visit.evaluate("document.documentElement.scrollWidth") <= width
    assert page.visit.complaints == []
    assert all(address.startswith(("http://127.0.0.1", "data:", "blob:")) for address in page.visit.requests)


@pytest.mark.parametrize("degree", DEGREES)
@pytest.mark.parametrize(
    ("seed", "P", "noise", "beta"), [(1, 8, 0.1, 1.0), (2, 128, 0.23, 0.13), (3, 512, 0.3, 0.5)]
)
def test_the_page_computes_what_the_library_does(open_dense, degree, seed, P, noise, beta):
    page, twin = open_dense(seed=seed, degree=degree, P=P, noise=noise, beta=beta)
    page.root.get_by_text("of 100 (95%").wait_for(timeout=60_000)
    page.agrees(twin)
    page.press("Another cue")
    twin.view.another_cue()
    page.agrees(twin, counted=False)
    assert page.visit.complaints == []


def test_the_curve_of_the_cube(open_dense):
    page, twin = open_dense()
    page.root.get_by_role("button", name="3", exact=True).focus()
    page.visit.keyboard.press("Enter")
    page.finish()
    twin.degree = 3
    page.agrees(twin)
    heights = page.root.locator(".ebm-point").evaluate_all("all => all.map((e) => +e.getAttribute('cy'))")
    found = (210 - 36 - np.array(heights)) / (210 - 26 - 36)
    wanted = []
    for k in range(1, 13):
        twin.P = 2**k
        wanted.append(twin.view.measure() / 100)
    assert found == pytest.approx(wanted, abs=1e-6)
    assert wanted[5] > 0.9 and wanted[-1] == 0
    labels = page.root.locator(".ebm-degree").all_text_contents()
    assert labels == ["2", "3"]


def test_sliders_by_keyboard_and_mouse(open_dense):
    page, twin = open_dense(degree=3)
    page.finish()
    slider = page.visit.get_by_role("slider", name="Patterns P")
    slider.focus()
    for _ in range(2):
        page.visit.keyboard.press("ArrowRight")
    page.finish()
    twin.P = 256
    page.agrees(twin)
    page.visit.get_by_role("slider", name="Attention's").focus()
    page.visit.keyboard.press("End")
    twin.beta = 1.0
    page.agrees(twin)
    page.visit.get_by_role("slider", name="Noise").focus()
    page.visit.keyboard.press("Home")
    page.finish()
    twin.noise = 0
    twin.view.another_cue()
    page.agrees(twin)
    page.press("Reset")
    twin = dense(degree=3)
    page.agrees(twin, counted=False)
    targets = page.visit.locator(".noUi-target")
    box = targets.nth(0).bounding_box()
    targets.nth(0).click(position={"x": box["width"] * 8 / 11, "y": box["height"] / 2})
    page.finish()
    twin.P = 512
    targets.nth(2).click()
    twin.beta = float(page.visit.get_by_role("textbox", name="Attention's").text_content())
    assert 0.5 <= twin.beta < 0.53
    page.agrees(twin)
    assert page.visit.complaints == []


def test_the_cue_is_drawn_by_pointer_and_by_keyboard(open_dense):
    page, twin = open_dense(degree=4)
    box = page.pad.bounding_box()
    page.visit.mouse.click(box["x"] + box["width"] * 2.5 / 8, box["y"] + box["height"] * 1.5 / 8)
    cue = [*twin.cue]
    cue[10] *= -1
    twin.cue = cue
    page.agrees(twin, counted=False)
    page.pad.focus()
    for name in ("ArrowDown", "Space"):
        page.visit.keyboard.press(name)
    cue[18] *= -1
    twin.cue = cue
    page.agrees(twin, counted=False)


def test_with_beta_one_attention_has_the_weights_of_the_exponential_memory(open_dense):
    page, _ = open_dense(degree="exponential", beta=1.0, noise=0.4, P=2048)
    left, right = page.bars("Shares of the pull in the cue")[0], page.bars("Attention's weights")[0]
    assert left == pytest.approx(right, abs=1e-9)
    assert page.readout("The right one's share") == page.readout("The right one's weight")


def test_everything_can_be_reached_by_keyboard(open_dense):
    page, _ = open_dense()
    page.visit.get_by_role("slider", name="Patterns P").focus()
    reached = []
    for _ in range(16):
        page.visit.keyboard.press("Tab")
        reached.append(
            page.visit.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent")
        )
    for name in [*DEGREES.values(), "Another cue", "Reset"]:
        assert name in reached
    assert sum("8 by 8 units" in name for name in reached) == 1


def test_pause_and_count_on(open_dense):
    page, twin = open_dense(degree="exponential", P=4096)
    page.press("Pause")
    page.visit.wait_for_timeout(100)
    held = page.readout("Recalled")
    page.visit.wait_for_timeout(300)
    assert page.readout("Recalled") == held and not held.startswith("100 of 100")
    page.press("Count")
    page.root.get_by_text("of 100 (95%").wait_for(timeout=60_000)
    page.agrees(twin)


def test_nothing_runs_by_itself_for_those_who_ask_for_less_motion(open_dense):
    page, twin = open_dense(reduced_motion="reduce")
    page.visit.wait_for_timeout(300)
    assert page.readout("Recalled").startswith("0 of 0")
    page.press("3")
    twin.degree = 3
    page.agrees(twin, counted=False)
    assert page.readout("Recalled").startswith("0 of 0")
    page.press("Count")
    page.root.get_by_text("of 100 (95%").wait_for(timeout=60_000)
    page.agrees(twin)


def test_it_fits_fingers_and_is_announced(open_dense):
    page, twin = open_dense(width=360, has_touch=True)
    page.finish()
    for button in page.root.get_by_role("button").all():
        box = button.bounding_box()
        assert box["width"] >= 40 and box["height"] >= 40
    page.pad.tap()
    cue, stored = page.states()[0][0], twin.view.pool[0]
    assert np.sum(np.array(cue) != twin.cue) == 1
    spoken = page.root.get_by_role("status").all_text_contents()
    assert any(text == page.status for text in spoken)
    assert any(text == f"{twin.view.measure()} of 100 trials recalled" for text in spoken)
    assert hopfield.overlap(stored, cue) != hopfield.overlap(stored, twin.cue)


def test_the_name_of_a_tall_bar_stands_beside_it(show):
    page = Dense(show(dense(P=2)))
    page.finish()
    chart = page.root.get_by_role("img", name="Shares of the pull in the cue")
    title, name = (chart.locator(part).bounding_box() for part in (".ebm-title", ".ebm-mark-text"))
    bar = chart.locator(".ebm-right").bounding_box()
    assert bar["height"] > 0.8 * (150 - 26 - 36)
    assert name["y"] > title["y"] + title["height"] - 2 and name["x"] > bar["x"] + bar["width"] - 1
