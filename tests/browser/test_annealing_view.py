"""Annealing, operated in a real browser and checked against the library."""

import numpy as np
import pytest

from ebm import annealing as physics
from ebm import hopfield
from ebm.widgets import annealing
from ebm.widgets._annealing import METHODS
from ebm.widgets._annealing_networks import networks
from visits import Figure

BUTTONS = dict(zip(METHODS, ["Quench", "Fixed T", "Linear", "Geometric", "Logarithmic"], strict=True))
# A race in the page: how long it takes, and the longest time between two frames meanwhile, in milliseconds.
TIMED = """(root) => new Promise((done) => {
  const race = [...root.querySelectorAll("button")].find((one) => one.textContent === "Race");
  const start = performance.now();
  let before = start, longest = 0;
  race.click();
  requestAnimationFrame(function look(now) {
    longest = Math.max(longest, now - before);
    before = now;
    if (race.ariaDisabled === "true") requestAnimationFrame(look);
    else done([performance.now() - start, longest]);
  });
})"""


class Annealing(Figure):
    """The view as a reader meets it: by the names of its parts."""

    def __init__(self, visit):
        super().__init__(visit, "annealing")

    @property
    def status(self):
        return self.root.locator(".ebm-status").text_content()

    @property
    def told(self):
        """What the last race was run with."""
        return self.root.locator(".ebm-told").text_content()

    @property
    def state(self):
        return self.root.locator(".ebm-now .ebm-grid > span").evaluate_all(
            "all => all.map((e) => (e.classList.contains('ebm-ink') ? 1 : -1))"
        )

    @property
    def overlaps(self):
        texts = self.root.locator(".ebm-overlap b").all_text_contents()
        return [float(text.replace("\u2212", "-")) for text in texts]

    @property
    def table(self):
        rows = self.root.locator("tbody tr").all()
        return [[cell.text_content() for cell in row.locator("th, td").all()] for row in rows]

    def line(self, kind, within):
        points = self.root.get_by_role("img", name=within).locator(kind).get_attribute("points").split()
        return np.array([[float(x) for x in point.split(",")] for point in points])

    def race(self):
        self.press("Race")
        self.root.locator("button[aria-disabled=false]", has_text="Race").wait_for(timeout=20_000)

    def set(self, name, value):
        """Move a slider by the arrow keys."""
        slider = self.slider(name)
        slider.focus()
        for _ in range(100):
            now = float(slider.get_attribute("aria-valuetext"))
            if abs(now - value) < 1e-9:
                return
            self.visit.keyboard.press("ArrowRight" if now < value else "ArrowLeft")
        raise AssertionError(f"{name} stays at {now}")

    def shows(self, twin):
        """Whether the single run is the one Python made."""
        view = twin.view
        assert self.state == twin.state
        assert self.overlaps == pytest.approx(hopfield.overlap(view.network.patterns, twin.state), abs=0.0051)
        assert self.number("Energy") == pytest.approx(twin.energy, abs=0.0051)
        made, T = len(view.trace) - 1, view.schedule()
        planned = f"{min(made, len(T))} of {len(T)}" + f", quench {made - len(T)}" * (made > len(T))
        assert self.readout("Sweep") == (planned if len(T) else str(made))
        assert self.readout("Temperature") == (f"{T[made]:.2f}" if made < len(T) else "0")
        return True

    def counted(self, twin):
        """Whether table and bars show the race Python made."""
        expected, spent, heights, whiskers = [], [], [], []
        for k, method in enumerate(METHODS):
            hits, lowest, sweeps = (twin.results[name][k] for name in ("hits", "lowest", "sweeps"))
            share = physics.success(np.arange(200) < hits)
            interval = f"{share.low:.2f}\u2013{share.high:.2f}"
            expected.append([method, str(hits), interval, str(lowest)])
            spent.append(sweeps / 200)
            heights.append(share.value)
            whiskers.append((share.low, share.high))
        table = self.table
        assert [row[:4] for row in table] == expected
        assert [float(row[4]) for row in table] == pytest.approx(spent, abs=0.0501)
        drawn = self.root.locator(".ebm-share").evaluate_all(
            "all => all.map((e) => +e.getAttribute('height'))"
        )
        length = 230 - 26 - 36  # of the axis from 0 to 1
        assert np.array(drawn) / length == pytest.approx(heights, abs=1e-6)
        paths = self.root.locator(".ebm-whisker").evaluate_all("all => all.map((e) => e.getAttribute('d'))")
        ends = [[float(x) for x in path.split(" M")[0].split(",")[1].split(" V")] for path in paths]
        assert (194 - np.array(ends)) / length == pytest.approx(np.array(whiskers), abs=1e-6)
        deep = self.root.locator(".ebm-deep").evaluate_all("all => all.map((e) => e.getAttribute('d'))")
        lowest = [(194 - float(path.split(",")[1].split(" ")[0])) / length for path in deep]
        assert lowest == pytest.approx(np.array(twin.results["lowest"]) / 200, abs=1e-6)
        return True


@pytest.fixture
def open_annealing(show):
    """open_annealing(..., **options of the page) -> (what the reader sees, its twin in Python)."""
    visits = []

    def start(options=None, **arguments):
        visits.append(show(annealing(**arguments), **(options or {})))
        visits[-1].set_default_timeout(10_000)
        return Annealing(visits[-1]), annealing(**arguments)

    yield start
    for visit in visits:
        assert visit.complaints == [] and visit.strangers("http://127.0.0.1", "about:") == []


def test_it_opens_with_a_race_and_a_run_that_ends_in_a_memory(open_annealing):
    page, twin = open_annealing()
    assert page.counted(twin) and page.told.startswith("200 runs of each, 30 sweeps: fixed T = 0.20")
    page.root.get_by_text("at rest").wait_for()
    twin.view.advance(200)
    assert page.shows(twin) and page.status == "at rest in the mirror image of memory 3"
    assert page.number("Quenches that") == pytest.approx(
        twin.results["sweeps"][2] / twin.results["sweeps"][0], abs=0.051
    )


@pytest.mark.parametrize("memories", ["pictures", "letters"])
@pytest.mark.parametrize("method", METHODS)
def test_each_sweep_is_the_sweep_python_makes(open_annealing, memories, method):
    page, twin = open_annealing({"reduced_motion": "reduce"}, memories=memories, seed=3, sweeps=10)
    page.press(BUTTONS[method])
    twin.method = method
    assert page.shows(twin) and page.status == "at a random start"
    for k in range(1, 100):
        page.press("Step")
        twin.view.advance(1)
        assert page.shows(twin)
        if twin.view.at_rest:
            break
        assert page.status == f"stopped after {k} sweep{'s' * (k > 1)}"
    line = page.line(".ebm-run", "Energy")
    scale = np.polyfit(line[:, 1], twin.view.trace, 1)
    assert np.polyval(scale, line[:, 1]) == pytest.approx(twin.view.trace, abs=0.05)
    assert np.diff(line[:, 0]) == pytest.approx(np.diff(line[:2, 0])[0], abs=0.11)
    page.press("Step")  # at rest: another start, and the generator's words are where Python's are
    twin.view.new_start()
    assert page.shows(twin)
    page.press("New start")
    twin.view.new_start()
    assert page.shows(twin)


def test_where_it_rests_is_said(show):
    """Memories, their mirror images, blends, and a blend that lies lowest, each as a start of its own."""
    pictures, letters = (networks()[name] for name in ("pictures", "letters"))
    blend = np.sign(pictures.patterns[:3].sum(axis=0)).astype(np.int8)
    bottom = annealing(memories="letters", sweeps=100)
    bottom.view.advance(200)
    assert bottom.energy == letters.lowest
    cases = [
        ("pictures", pictures.patterns[1], "at rest in memory 2"),
        ("pictures", -pictures.patterns[6], "at rest in the mirror image of memory 7"),
        ("pictures", blend, "at rest in a blend, no memory"),
        ("letters", letters.patterns[3], "at rest in memory O"),
        ("letters", bottom.state, "at rest in a blend: no memory, but the lowest state"),
    ]
    for memories, state, words in cases:
        w = annealing(memories=memories, method="quench")
        w.state = state
        w.view.advance(1)
        assert w.view.at_rest
        page = Annealing(show(w, reduced_motion="reduce"))
        assert page.status == words and page.shows(w)


@pytest.mark.parametrize("memories", ["pictures", "letters"])
def test_races_are_the_races_python_makes(open_annealing, memories):
    page, twin = open_annealing({"reduced_motion": "reduce"}, memories=memories, seed=5, sweeps=10, T=0.4)
    assert page.counted(twin)
    for _ in range(2):  # the second has its words from where the first left the generator
        page.race()
        twin.view.race()
        assert page.counted(twin)
    spoken = page.root.locator(".ebm-unseen").text_content()
    assert spoken == "Of 200 runs in a memory: " + ", ".join(
        f"{method} {hits}" for method, hits in zip(METHODS, twin.results["hits"], strict=True)
    )


def test_settings_are_moved_by_keyboard_and_count_in_the_next_race(open_annealing):
    page, twin = open_annealing({"reduced_motion": "reduce"}, seed=1)
    first = twin.results
    for name, trait, value in [("Fixed T", "T", 0.4), ("T start", "T_start", 1.4), ("T end", "T_end", 0.25)]:
        page.set(name, value)
        setattr(twin, trait, value)
    page.set("Sweeps", 20)
    twin.sweeps = 20
    assert page.counted(twin) and twin.results == first  # of the old settings, and it says so
    assert page.told.endswith("The settings have changed since: press Race.")
    assert page.shows(twin)
    page.race()
    twin.view.race()
    assert page.counted(twin)
    assert page.told == "200 runs of each, 20 sweeps: fixed T = 0.40, cooling from 1.40 to 0.25."
    before = page.root.locator(".ebm-before").evaluate_all("all => all.map((e) => +e.getAttribute('cy'))")
    assert (194 - np.array(before)) / 168 == pytest.approx(np.array(first["hits"]) / 200, abs=1e-6)
    drawn = page.line(".ebm-ahead", "Temperature")
    assert (184 - drawn[::2, 1]) / (220 - 26 - 36) * 2 == pytest.approx(twin.view.schedule(), abs=0.002)
    page.press("Reset")
    twin = annealing(seed=1)
    assert page.counted(twin) and page.shows(twin) and page.told.endswith("from 1.00 to 0.10.")
    assert page.slider("Fixed T").get_attribute("aria-valuetext") == "0.20"
    page.race()
    twin.view.race()
    assert page.counted(twin)


def test_settings_are_moved_by_mouse(open_annealing):
    page, twin = open_annealing({"reduced_motion": "reduce"}, method="fixed T")
    for name, trait in [("Fixed T", "T"), ("T start", "T_start"), ("T end", "T_end"), ("Sweeps", "sweeps")]:
        box = page.slider(name).bounding_box()
        page.visit.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.visit.mouse.down()
        page.visit.mouse.move(box["x"] + 90, box["y"] + box["height"] / 2, steps=6)
        page.visit.mouse.up()
        value = float(page.slider(name).get_attribute("aria-valuetext"))
        assert value > getattr(twin, trait)
        setattr(twin, trait, int(value) if trait == "sweeps" else value)
    page.press("Step")
    twin.view.advance(1)
    assert page.shows(twin)
    page.race()
    twin.view.race()
    assert page.counted(twin)


def test_a_setting_of_another_method_does_not_disturb_the_run(open_annealing):
    page, twin = open_annealing({"reduced_motion": "reduce"})
    for _ in range(3):
        page.press("Step")
    twin.view.advance(3)
    page.set("Fixed T", 0.6)
    twin.T = 0.6
    assert page.shows(twin)
    page.set("T end", 0.2)
    twin.T_end = 0.2
    assert page.shows(twin) and page.readout("Sweep") == "0 of 30"


def test_other_memories_begin_without_a_race(open_annealing):
    page, twin = open_annealing({"reduced_motion": "reduce"}, sweeps=10)
    page.root.get_by_role("button", name="Letters", exact=True).focus()
    page.visit.keyboard.press("Enter")
    twin.memories = "letters"
    assert page.shows(twin) and page.told == "No race with these memories yet: guess, then press Race."
    assert page.table[0] == ["quench", "\u2013", "\u2013", "\u2013", "\u2013"]
    assert page.root.locator(".ebm-share").count() == 0
    names = page.root.get_by_role("img", name="Energy").locator(".ebm-mark-text").all_text_contents()
    assert names == ["E", "K, S", "O, T"]
    page.root.get_by_role("button", name="Race", exact=True).focus()
    page.visit.keyboard.press("Space")
    page.root.get_by_text("200 runs of each").wait_for()
    twin.view.race()
    assert page.counted(twin)
    page.press("Reset")
    assert page.counted(annealing(sweeps=10)) and page.shows(annealing(sweeps=10))


def test_a_whole_run_is_the_run_python_makes(open_annealing):
    page, twin = open_annealing(seed=8, method="geometric", sweeps=20)
    page.root.get_by_text("at rest").wait_for()
    twin.view.advance(200)
    assert page.shows(twin) and page.root.get_by_role("button", name="Run", exact=True).count() == 1
    page.press("Run")  # from another start
    page.visit.wait_for_timeout(400)
    page.pause()
    twin.view.new_start()
    twin.view.advance(int(page.readout("Sweep").split()[0]))
    assert page.shows(twin)


def test_run_and_pause_by_keyboard(open_annealing):
    page, _ = open_annealing(sweeps=100)
    page.visit.wait_for_timeout(300)
    page.root.get_by_role("button", name="Pause").focus()
    page.visit.keyboard.press("Space")
    stopped = page.readout("Sweep")
    page.visit.wait_for_timeout(300)
    assert page.readout("Sweep") == stopped != "0 of 100"
    page.visit.keyboard.press("Enter")
    page.visit.wait_for_timeout(300)
    assert page.readout("Sweep") != stopped


def test_a_method_chosen_runs_at_once_and_the_run_before_it_stays_as_a_shadow(open_annealing):
    page, twin = open_annealing(sweeps=10)
    page.root.get_by_text("at rest").wait_for()
    run = page.line(".ebm-run", "Energy")
    page.press("Quench")
    page.root.get_by_text("at rest").wait_for()
    assert page.line(".ebm-shadow", "Energy") == pytest.approx(run, abs=0.11)
    twin.method = "quench"
    twin.view.advance(100)
    assert page.shows(twin)


@pytest.mark.parametrize("sweeps", [30, 100])
def test_a_race_takes_less_than_a_second_in_short_frames(open_annealing, sweeps):
    page, _ = open_annealing({"reduced_motion": "reduce"}, sweeps=sweeps)
    times = []
    for _ in range(5):  # other work on the machine may slow some of them
        times.append(page.root.evaluate(TIMED))
        if times[-1][0] < 1000 and times[-1][1] < 50:
            return
    raise AssertionError(f"milliseconds, and the longest frame: {times}")
