"""The dreaming network, operated in a real browser and checked against the library."""

import re
from itertools import chain

import numpy as np
import pytest

from ebm import dbn
from ebm.widgets import dream
from ebm.widgets._dream import EVERY, KEPT, ROW, SIZES, WARM
from visits import Figure

ASKED = [(None, 1.0, "grey"), (7, 1.0, "sample"), (7, 0.6, "grey"), (2, 2.0, "grey"), (None, 3.0, "grey")]
PLACES = """(root) => [...root.querySelectorAll('p:not(.ebm-unseen), button, li, .ebm-digit')].map((e) => {
  const box = e.getBoundingClientRect();
  return [box.x, box.y, box.width, box.height].map(Math.round);
})"""
LAYERS = ["First hidden layer: 100 units", "Second hidden layer: 100 units", "Top layer: 256 units"]


class Dream(Figure):
    """The view as a reader meets it: by the names of its parts."""

    def __init__(self, visit):
        super().__init__(visit, "dream")

    @property
    def dots(self):
        """Units of the three layers that look on, from the first hidden one: dots larger than 4 pixels."""
        large = "all => all.map((e) => +(parseFloat(getComputedStyle(e, '::before').width) > 4))"
        boxes = [self.root.locator(".ebm-layer", has_text=name) for name in LAYERS]
        return list(chain(*(box.locator(".ebm-dots span").evaluate_all(large) for box in boxes)))

    @property
    def ink(self):
        picture = self.root.get_by_role("img", name="The dreamt picture")
        return np.array(
            picture.locator("span").evaluate_all("all => all.map((e) => +getComputedStyle(e).opacity)")
        )

    @property
    def reading(self):
        """Digit and probability, as said in words."""
        said = self.root.get_by_text("The network reads this as", exact=False).and_(
            self.root.locator(".ebm-reading")
        )
        digit, p = re.fullmatch(
            r"The network reads this as (\d) \((\d\.\d\d)\)", said.text_content()
        ).groups()
        return int(digit), p

    @property
    def labels(self):
        """For each label unit the height of its bar, as a share, and what is said of it."""
        found = self.root.get_by_role("list", name="Label units").get_by_role("listitem").all()
        heights = (
            "e => { const fill = e.querySelector('i'); "
            "return fill.getBoundingClientRect().height / fill.parentNode.clientHeight; }"
        )
        return [(item.evaluate(heights), item.text_content()) for item in found]

    @property
    def kept(self):
        """Earlier pictures: what each was read as, and its ink."""
        items = self.root.get_by_role("list", name="Earlier pictures").get_by_role("listitem")
        names = items.locator("b").all_text_contents()
        ink = items.locator(".ebm-digit span").evaluate_all(
            "all => all.map((e) => +getComputedStyle(e).opacity)"
        )
        return names, np.reshape(ink, (KEPT, 64))

    @property
    def sweeps(self):
        return int(self.readout("Sweeps"))


@pytest.fixture
def open_dream(show):
    """open_dream(**arguments, options=...) -> (what the reader sees, its twin in Python)."""
    visits = []

    def start(options=None, **arguments):
        twins = [dream(**arguments) for _ in range(2)]
        visits.append(show(twins[0], **(options or {"reduced_motion": "reduce"})))
        visits[-1].set_default_timeout(10_000)
        return Dream(visits[-1]), twins[1]

    yield start
    for visit in visits:
        assert visit.complaints == [] and visit.strangers("http://127.0.0.1", "about:") == []


def check(page, twin):
    """All that is seen is what Python has."""
    v, h1, x, labels, h = np.split(np.array(twin.state), np.cumsum(SIZES)[:-1])
    assert page.dots == [*h1, *x, *h]
    assert page.sweeps == twin.sweeps and int(page.readout("Label on")) == labels.argmax()
    assert page.ink == pytest.approx(v if twin.picture == "sample" else twin.view.shown(), abs=1e-5)
    assert page.reading == (twin.reading, f"{twin.view.read().max():.2f}")
    heights, said = zip(*page.labels, strict=True)
    p = twin.view.p_label()
    assert heights == pytest.approx(p, abs=0.02)  # to a pixel of 50
    for k in range(10):
        mark = "held" if k == twin.label else "on" if labels[k] else ""
        assert said[k] == f"{k}: probability {p[k]:.2f} {mark}"
    names, ink = page.kept
    rows = np.frombuffer(twin.view.trail, dtype=np.uint8).reshape(-1, ROW)
    assert names == ["–"] * (KEPT - len(rows)) + [str(row[-1]) for row in rows]
    assert ink[KEPT - len(rows) :] == pytest.approx(rows[:, :-1] / 255, abs=1e-5)
    assert not ink[: KEPT - len(rows)].any()


@pytest.mark.parametrize("arguments", [{}, {"label": 4, "seed": 2}, {"temperature": 2.0, "seed": 1}])
def test_it_opens_with_what_python_has(open_dream, arguments):
    page, twin = open_dream(**arguments)
    assert page.sweeps == WARM
    check(page, twin)


def test_each_sweep_is_the_sweep_python_makes(open_dream):
    page, twin = open_dream(seed=3)
    for label, T, picture in ASKED:
        page.press("none" if label is None else str(label))
        page.press({"grey": "Probabilities", "sample": "Sample"}[picture])
        while float(page.slider("Temperature").get_attribute("aria-valuetext")) != T:
            now = float(page.slider("Temperature").get_attribute("aria-valuetext"))
            page.slider("Temperature").focus()
            page.visit.keyboard.press("ArrowRight" if now < T else "ArrowLeft")
        twin.label, twin.temperature, twin.picture = label, T, picture
        check(page, twin)
        for _ in range(3):
            page.press("Step")
            twin.view.advance(1)
            check(page, twin)
    # The random numbers are at the same place: coins from them agree.
    page.press("New start")
    twin.view.new_start()
    check(page, twin)


@pytest.mark.parametrize(("label", "T"), [(None, 3.0), (5, 3.0)])  # so hot, it is rarely read as its label
def test_a_long_run_is_the_run_python_makes(open_dream, label, T):
    page, twin = open_dream(label=label, temperature=T, seed=1)
    page.press("New start")
    twin.view.new_start()
    page.press("Run")
    page.visit.wait_for_function(
        "() => +[...document.querySelectorAll('.ebm-readouts b')][0].textContent > 45"
    )
    page.pause()
    assert page.sweeps >= 2 * EVERY
    twin.view.advance(page.sweeps)
    check(page, twin)
    page.press("New start")
    twin.view.new_start()
    check(page, twin)


def test_what_it_reads_is_what_the_library_reads(open_dream):
    page, _ = open_dream(label=8)
    page.press("Step")
    p = dbn.p_label(dbn.digit_network(), page.ink[None])[0]
    digit, said = page.reading
    assert digit == p.argmax() and float(said) == pytest.approx(p.max(), abs=0.0051)


def test_a_held_label_is_marked_in_words_and_the_dream_follows_it(open_dream):
    page, _ = open_dream(seed=2)
    assert not any("held" in said for _, said in page.labels)
    for digit in (0, 3):
        page.press(str(digit))
        pressed = page.root.get_by_role("group", name="Label").get_by_role("button", pressed=True)
        assert pressed.all_text_contents() == [str(digit)]
        assert [k for k, (_, said) in enumerate(page.labels) if "held" in said] == [digit]
        page.press("Step")
        assert int(page.readout("Label on")) == digit
        assert page.status.startswith(f"Dreaming of {digit}, sweep {page.sweeps}: the network reads this as ")
    page.press("none")
    assert not any("held" in said for _, said in page.labels)
    assert page.status.startswith("Dreaming freely, sweep")


def test_reset_restores_the_seed(open_dream):
    page, twin = open_dream(label=6, seed=4)
    page.press("1")
    page.press("Sample")
    page.slider("Temperature").focus()
    page.visit.keyboard.press("End")
    for _ in range(3):
        page.press("Step")
    page.press("New start")
    page.press("Step")
    page.press("Reset")
    assert page.slider("Temperature").get_attribute("aria-valuetext") == "1.0"
    check(page, twin)
    page.press("Step")
    twin.view.advance(1)
    check(page, twin)


def test_while_it_runs_little_is_announced(open_dream):
    page, _ = open_dream(options={"width": 1000})
    page.visit.evaluate(
        "() => { window.said = []; new MutationObserver(() => window.said.push("
        "document.querySelector('[role=status]').textContent)).observe("
        "document.querySelector('[role=status]'), { childList: true, characterData: true, subtree: true }); }"
    )
    before = page.sweeps
    page.visit.wait_for_timeout(1500)
    assert page.sweeps > before + 5 and page.status == "Dreaming freely"
    page.press("7")
    page.visit.wait_for_timeout(500)
    page.press("Pause")
    said = page.visit.evaluate("window.said")
    assert said[0] == "Dreaming of 7" and len(said) == 2
    digit, p = page.reading
    assert said[1] == f"Dreaming of 7, sweep {page.sweeps}: the network reads this as {digit} ({p})"


def test_everything_by_keyboard(open_dream):
    page, twin = open_dream()
    page.root.get_by_role("button", name="3", exact=True).focus()
    page.visit.keyboard.press("Enter")
    page.root.get_by_role("button", name="Step").focus()
    page.visit.keyboard.press("Space")
    twin.label = 3
    twin.view.advance(1)
    check(page, twin)
    page.root.get_by_role("button", name="Run").focus()
    page.visit.keyboard.press("Space")
    page.visit.wait_for_timeout(600)
    page.visit.keyboard.press("Space")
    stopped = page.sweeps
    assert stopped > WARM + 1
    page.visit.wait_for_timeout(300)
    assert page.sweeps == stopped
    twin.view.advance(stopped - twin.sweeps)
    check(page, twin)
    page.slider("Temperature").focus()
    page.visit.keyboard.press("Home")
    twin.temperature = 0.1
    assert page.root.get_by_text("Gibbs sampling at T = 0.1").is_visible()
    check(page, twin)


def test_the_slider_by_mouse(open_dream):
    page, twin = open_dream()
    box = page.slider("Temperature").bounding_box()
    page.visit.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.visit.mouse.down()
    page.visit.mouse.move(box["x"] + 100, box["y"] + box["height"] / 2, steps=5)
    page.visit.mouse.up()
    T = float(page.slider("Temperature").get_attribute("aria-valuetext"))
    assert T > 1.2 and page.root.get_by_text(f"Gibbs sampling at T = {T:.1f}").is_visible()
    twin.temperature = T
    page.press("Step")
    twin.view.advance(1)
    check(page, twin)


@pytest.mark.parametrize("width", [360, 712])
def test_nothing_moves_about_while_it_runs(open_dream, width):
    page, _ = open_dream(options={"width": width, "reduced_motion": "reduce"}, temperature=3.0)
    before = page.root.evaluate(PLACES)
    read = set()
    for _ in range(12):
        page.press("Step")
        read.add(page.reading[0])
        assert page.root.evaluate(PLACES) == before
    assert len(read) > 1
