"""The ball in the hilly curve, operated in a real browser and checked against the library."""

import math
import re

import numpy as np
import pytest

from ebm.widgets import landscape
from visits import Figure

EDGE, TOP, BED, HEIGHT = 14, 16, 34, 270  # of the drawing, in pixels
CEILING, FLOOR, PEAK = 1.6, -2.3, 0.42
PLACES = ["Place of memory A", "Place of memory B", "Place of mixture"]


class Landscape(Figure):
    """The view as a reader meets it: by the names of its parts."""

    def __init__(self, visit):
        super().__init__(visit, "landscape")
        self.scene = self.root.locator(".ebm-scene")
        self.ball = self.root.get_by_role("slider", name="The ball")

    @property
    def at(self):
        """Where the ball is; said while it is paused."""
        return float(self.ball.get_attribute("aria-valuenow"))

    @property
    def steps(self):
        return int(self.readout("Steps").replace(",", ""))

    @property
    def places(self):
        return [float(self.slider(name).get_attribute("aria-valuenow")) for name in PLACES]

    @property
    def table(self):
        """Each valley's name, exact weight and share of the time, as they are written."""
        rows = self.root.locator("tbody tr").all()
        return [[part.text_content() for part in row.locator("th, td b").all()] for row in rows]

    def points(self, name):
        """Where the corners of a drawn line are."""
        drawn = self.root.locator(f".ebm-{name}").get_attribute("d")
        return np.array(
            [[float(x) for x in pair.split(",")] for pair in re.findall(r"-?[\d.]+,-?[\d.]+", drawn)]
        )

    def point(self, x, height=0.5):
        """A point in the page: x along the curve, and a share of the drawing's height."""
        box = self.scene.bounding_box()
        return box["x"] + EDGE + x * (box["width"] - 2 * EDGE), box["y"] + height * box["height"]

    def drag(self, start, end):
        mouse = self.visit.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move(*end, steps=8)
        mouse.up()

    def keys(self, control, *names):
        control.focus()
        for name in names:
            self.visit.keyboard.press(name)

    def run(self, milliseconds):
        """Let it run so long; the steps it made since it last began to count."""
        self.press("Run")
        self.visit.wait_for_timeout(milliseconds)
        self.pause()
        return self.steps

    def shows(self, twin):
        """Whether all that is written and drawn is what Python finds."""
        names, owned = ["memory A", "memory B", "mixture"], twin.view._divided()[0].tolist()
        percent = lambda share: f"{100 * share:.1f}%"  # noqa: E731
        steps = sum(twin.counts)
        for v, (name, exact, spent) in enumerate(self.table):
            own = owned[v] == v
            assert name == names[v] if own else name.endswith("part of " + "AB"[owned[v]])
            assert exact == (percent(twin.weights[v]) if own and twin.temperature else "–")
            assert spent == (percent(twin.shares[v]) if own and steps else "–")
        E, height = twin.view.curve(), HEIGHT - TOP - BED
        low = min(FLOOR, E.min() - 0.3)
        assert self.points("hill")[:, 1] == pytest.approx(
            TOP + (CEILING - E) / (CEILING - low) * height, abs=0.051
        )
        if twin.temperature:
            p = twin.view.p()
            shaded = self.points("chance")[1:-1, 1]
            assert (HEIGHT - shaded) / (PEAK * HEIGHT) == pytest.approx(p / p.max(), abs=0.001)
            if steps:
                seen = [np.mean(twin.counts[k : k + 3]) / steps / p.max() for k in range(0, 201, 3)]
                drawn = (HEIGHT - self.points("been")[::2, 1]) / (PEAK * HEIGHT)
                assert drawn == pytest.approx(np.minimum(seen, (HEIGHT - TOP) / (PEAK * HEIGHT)), abs=0.001)
        barrier = self.readout("Barrier")
        in_T = f"= {twin.barrier / twin.temperature:.1f} T" if twin.temperature else "– never climbed"
        assert barrier == ("none: one valley" if math.isinf(twin.barrier) else f"{twin.barrier:.2f} {in_T}")
        assert self.at == twin.ball and self.places == twin.valleys and self.steps == steps
        return True


@pytest.fixture
def open_landscape(show):
    """open_landscape(arguments, **options of the page) -> (what the reader sees, its twin in Python)."""
    visits = []

    def start(arguments=None, **options):
        shown, twin = (landscape(**arguments or {}) for _ in range(2))
        visits.append(show(shown, **options))
        visits[-1].set_default_timeout(10_000)
        return Landscape(visits[-1]), twin

    yield start
    for visit in visits:
        assert visit.complaints == [] and visit.strangers("http://127.0.0.1", "about:") == []


def test_it_opens_with_a_ball_in_a_memory(open_landscape):
    page, _ = open_landscape()
    assert page.status == "In memory A"
    page.visit.wait_for_timeout(1000)
    assert page.steps > 20
    assert [row[:2] for row in page.table] == [
        ["memory A", "46.3%"],
        ["memory B", "46.3%"],
        ["mixture", "7.3%"],
    ]


@pytest.mark.parametrize("T", [0.0, 0.25, 1.0, 2.0])
@pytest.mark.parametrize("valleys", [(0.2, 0.8, 0.5), (0.65, 0.3, 0.12), (0.5, 0.52, 0.8), (0.4, 0.5, 0.45)])
def test_all_that_is_exact_is_what_python_computes(open_landscape, T, valleys):
    given = {"temperature": T, "valleys": valleys, "ball": 0.73}
    page, twin = open_landscape(given, reduced_motion="reduce")
    assert page.shows(twin)


@pytest.mark.parametrize(("T", "seed", "speed"), [(0.5, 0, "watch"), (1.2, 3, "watch"), (0.9, 4, "fast")])
def test_a_run_in_the_page_is_the_run_python_makes(open_landscape, T, seed, speed):
    page, twin = open_landscape({"temperature": T, "seed": seed})
    page.rest()
    assert page.shows(twin)
    page.press(speed)
    steps = page.run(2500)
    assert steps > (20_000 if speed == "fast" else 300)
    twin.view.advance(steps)
    assert page.shows(twin)
    steps = page.run(500) - steps
    twin.view.advance(steps)
    assert page.shows(twin)
    page.press("Drop anywhere")  # with the random numbers that come next
    twin.view.drop()
    assert page.shows(twin)
    page.press("Run")
    page.visit.wait_for_timeout(400)
    page.press("Reset")  # while it runs; its random numbers begin again, too
    page.visit.wait_for_timeout(400)
    page.pause()
    again = landscape(temperature=T, seed=seed)
    again.view.advance(page.steps)
    assert page.shows(again)
    page.press("Reset")
    assert page.shows(landscape(temperature=T, seed=seed))


def test_a_reset_right_after_the_start_brings_the_random_numbers_back(open_landscape):
    page, twin = open_landscape(reduced_motion="reduce")
    page.root.evaluate(  # before the view has told anybody that it moved
        """async (root) => {
          const click = (name) => [...root.querySelectorAll("button")].find((b) => b.textContent === name).click();
          const next = () => new Promise(requestAnimationFrame);
          click("Run");
          for (const from = performance.now(); performance.now() - from < 120;) await next();
          click("Reset");
          click("Pause");
        }"""
    )
    assert page.shows(twin)
    page.press("Drop anywhere")
    twin.view.drop()
    assert page.shows(twin)


def test_fast_the_shares_come_near_the_weights(open_landscape):
    page, _ = open_landscape({"temperature": 1.5})
    page.press("fast")
    page.root.get_by_text(re.compile(r"^[1-9],\d{3},\d{3}$")).wait_for(timeout=60_000)
    page.pause()
    shares = np.array([[float(text[:-1]) for text in row[1:]] for row in page.table])
    assert shares[:, 1] == pytest.approx(shares[:, 0], abs=15) and shares[:, 1].min() > 8


@pytest.mark.parametrize(
    ("ball", "said"), [(0.37, "memory A"), (0.45, "the shallow valley: a mixture nobody stored")]
)
def test_cold_it_rolls_to_the_bottom_and_stays(open_landscape, ball, said):
    page, twin = open_landscape({"temperature": 0, "ball": ball})
    page.root.get_by_text(f"At rest in {said}", exact=True).wait_for()
    twin.view.advance(100)
    page.visit.wait_for_timeout(300)
    page.pause()
    assert page.shows(twin) and page.points("chance").tolist() == [[0, 0]]
    page.rest()
    assert page.status == "Rolling downhill" and page.steps == 0 and page.at == ball


def test_a_click_drops_the_ball_there(open_landscape):
    page, twin = open_landscape({"temperature": 0})
    page.visit.wait_for_timeout(300)
    page.visit.mouse.click(*page.point(0.655, 0.08))
    page.root.get_by_text("At rest in memory B").wait_for()
    page.pause()
    twin.view.drop(0.655)
    twin.view.advance(100)
    assert page.shows(twin)
    page.visit.mouse.click(*page.point(0.445, 0.9))  # paused, it lies where it is put
    twin.view.drop(0.445)
    assert page.shows(twin) and page.status == "Rolling downhill"
    page.visit.mouse.click(*page.point(0.0, 0.1))
    page.visit.mouse.click(*page.point(-0.01, 0.1))
    assert page.at == 0


def test_a_dropped_ball_falls_before_it_moves(open_landscape):
    page, _ = open_landscape({"temperature": 0})
    level = lambda: float(re.search(r",(-?[\d.]+)\)", page.ball.get_attribute("transform"))[1])  # noqa: E731
    page.root.get_by_text("At rest in").wait_for()
    page.visit.wait_for_timeout(600)  # the drawing lags behind
    rest = level()
    page.visit.evaluate(
        "() => { window.levels = []; const ball = document.querySelector('.ebm-ball'); const see = () => {"
        "window.levels.push([+ball.getAttribute('transform').match(/,(-?[\\d.]+)/)[1],"
        "document.querySelector('.ebm-status').textContent]); requestAnimationFrame(see); }; see(); }"
    )
    page.visit.mouse.click(*page.point(0.2, 0.1))
    page.root.get_by_text("At rest in").wait_for()
    page.visit.wait_for_timeout(600)
    levels = [height for height, _ in page.visit.evaluate("window.levels")]
    assert min(levels) < 80 < rest - 80 and level() == pytest.approx(rest, abs=0.2)


def test_a_valley_is_dragged_by_the_ground_or_by_its_handle(open_landscape):
    page, twin = open_landscape({"temperature": 0.8})
    page.rest()
    page.drag(page.point(0.78, 0.9), page.point(0.68, 0.9))
    twin.valleys = [0.2, 0.7, 0.5]
    assert page.shows(twin)
    box = page.slider(PLACES[2]).bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.drag(middle, (page.point(0.42)[0], middle[1]))
    twin.valleys = [0.2, 0.7, 0.42]
    assert page.shows(twin)
    page.drag(page.point(0.2, 0.3), page.point(0.0, 0.3))  # as far as it goes
    twin.valleys = [0.1, 0.7, 0.42]
    assert page.shows(twin)
    page.drag(page.point(0.92, 0.9), page.point(0.95, 0.9))  # nothing near to take hold of
    assert page.shows(twin)
    steps = page.run(800)
    twin.view.advance(steps)
    assert page.shows(twin)
    page.press("Reset")
    assert page.places == [0.2, 0.8, 0.5]


def test_the_ball_can_be_carried(open_landscape):
    page, twin = open_landscape({"temperature": 0})
    page.root.get_by_text("At rest in memory A").wait_for()
    box = page.ball.locator(".ebm-body").bounding_box()
    page.visit.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.visit.mouse.down()
    page.visit.mouse.move(*page.point(0.7), steps=8)
    page.visit.wait_for_timeout(400)
    assert page.steps == 0  # it does not roll out of the hand
    page.visit.mouse.up()
    page.root.get_by_text("At rest in memory B").wait_for()
    page.pause()
    twin.view.drop(0.7)
    twin.view.advance(100)
    assert page.shows(twin)


def test_a_finger_drops_the_ball_and_moves_a_valley(open_landscape):
    page, twin = open_landscape({"temperature": 0}, width=360, has_touch=True)
    page.rest()
    page.visit.touchscreen.tap(*page.point(0.85, 0.2))
    twin.view.drop(page.at)
    assert page.at == pytest.approx(0.85, abs=0.005) and page.shows(twin)
    touch = page.visit.context.new_cdp_session(page.visit.page)

    def finger(kind, *points):
        touch.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
        )

    box = page.slider(PLACES[1]).bounding_box()
    level = box["y"] + box["height"] / 2
    finger("touchStart", (page.point(0.8)[0], level))
    for x in (0.78, 0.72, 0.65, 0.6):
        finger("touchMove", (page.point(x)[0], level))
    finger("touchEnd")
    twin.valleys = page.places
    assert page.places[1] == pytest.approx(0.6, abs=0.011) and page.shows(twin)
    finger("touchStart", page.point(0.2, 0.9))
    for x in (0.22, 0.26, 0.3):
        finger("touchMove", page.point(x, 0.9))
    finger("touchEnd")
    twin.valleys = page.places
    assert page.places[0] == pytest.approx(0.3, abs=0.011) and page.shows(twin)


def test_everything_by_keyboard(open_landscape):
    page, twin = open_landscape({"temperature": 0.6})
    page.keys(page.root.get_by_role("button", name="Pause"), "Enter")
    page.keys(page.root.get_by_role("button", name="Reset"), "Space")
    page.keys(page.ball, "ArrowRight", "ArrowRight", "ArrowUp", "ArrowLeft", "Shift+ArrowRight")
    twin.view.drop(0.47)
    assert page.shows(twin) and page.status == "In the shallow valley: a mixture nobody stored"
    assert page.ball.get_attribute("aria-valuetext") == "at 0.470, over the valley of mixture"
    page.keys(page.slider(PLACES[2]), "ArrowRight", "PageUp", "ArrowDown", "Shift+ArrowLeft", "ArrowLeft")
    twin.valleys = [0.2, 0.8, 0.49]
    assert page.shows(twin)
    page.keys(page.slider(PLACES[0]), "End")
    page.keys(page.slider(PLACES[1]), "Home")
    twin.valleys = [0.9, 0.1, 0.49]
    assert page.shows(twin)
    page.keys(page.slider("Temperature"), "ArrowRight", "ArrowRight")
    twin.temperature = 0.7
    assert page.shows(twin)
    page.keys(page.root.get_by_role("button", name="Run"), "Enter")
    page.visit.wait_for_timeout(500)
    page.visit.keyboard.press("Space")
    twin.view.advance(page.steps)
    assert page.shows(twin)
    page.keys(page.slider("Temperature"), "Home")
    twin.temperature = 0
    assert page.shows(twin)
    page.keys(page.root.get_by_role("button", name="Drop anywhere"), "Enter")
    twin.view.drop()
    assert page.shows(twin)
    page.keys(page.root.get_by_role("button", name="fast"), "Space")
    assert page.root.get_by_role("button", name="fast").get_attribute("aria-pressed") == "true"


def test_the_temperature_by_mouse(open_landscape):
    page, twin = open_landscape()
    page.rest()
    box = page.slider("Temperature").bounding_box()
    page.drag(
        (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2),
        (box["x"] + 90, box["y"] + box["height"] / 2),
    )
    twin.temperature = float(page.slider("Temperature").get_attribute("aria-valuetext"))
    assert twin.temperature > 0.7 and page.shows(twin)


@pytest.mark.parametrize(
    ("valleys", "ball", "T", "said"),
    [
        ((0.2, 0.8, 0.5), 0.8, 0.3, "In memory B"),
        ((0.2, 0.8, 0.5), 0.52, 0.3, "In the shallow valley: a mixture nobody stored"),
        ((0.2, 0.8, 0.3), 0.3, 0.3, "In memory A"),
        ((0.5, 0.52, 0.8), 0.3, 0.3, "In A and B, now one valley"),
        ((0.5, 0.5, 0.5), 0.5, 0.0, "At rest in A and B, now one valley"),
        ((0.2, 0.8, 0.5), 0.6, 0.0, "Rolling downhill"),
    ],
)
def test_words_for_where_the_ball_is(open_landscape, valleys, ball, T, said):
    given = {"valleys": valleys, "ball": ball, "temperature": T}
    page, _ = open_landscape(given, reduced_motion="reduce")
    assert page.status == said


def test_words_change_with_the_valley_and_not_in_a_flood(open_landscape):
    page, _ = open_landscape({"temperature": 1.0})
    page.visit.evaluate(
        "() => { window.said = []; const node = document.querySelector('.ebm-status');"
        "new MutationObserver(() => window.said.push(node.textContent)).observe(node, { childList: true }); }"
    )
    page.visit.wait_for_timeout(5000)
    watched = page.visit.evaluate("window.said.splice(0)")
    assert len(watched) <= 15
    page.press("fast")
    page.visit.wait_for_timeout(3000)
    assert page.status == "Hopping from valley to valley" and len(page.visit.evaluate("window.said")) <= 3
    page.pause()
    assert page.status.startswith("In ")


def test_nothing_jumps_while_it_runs(open_landscape):
    page, _ = open_landscape({"temperature": 1.2}, width=360)
    page.press("fast")
    heights = set()
    for _ in range(10):
        page.visit.wait_for_timeout(200)
        heights.add(page.root.get_by_role("button", name="Reset").bounding_box()["y"])
    page.press("Drop anywhere")
    heights.add(page.root.get_by_role("button", name="Reset").bounding_box()["y"])
    page.rest()
    heights.add(page.root.get_by_role("button", name="Reset").bounding_box()["y"])
    assert len(heights) == 1
