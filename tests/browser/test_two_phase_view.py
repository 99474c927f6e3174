"""The learning Boltzmann machine, operated in a real browser and checked against the library."""

import re

import numpy as np
import pytest

from ebm import boltzmann
from ebm.widgets import _two_phase_machine as machine
from ebm.widgets import two_phase
from visits import Figure

LABELS = {
    "one": "One",
    "opposites": "Opposites",
    "bars": "Bars",
    "parity": "Parity",
    "smooth": "Smooth",
    "drawn": "Drawn",
    "encoder": "4-2-4 encoder",
}
STILL = {"reduced_motion": "reduce"}

# Remembers where the view's kernel that begins a run was told to put its arrays.
LISTEN = """
(() => {
  const instantiate = WebAssembly.instantiate;
  WebAssembly.instantiate = async (module, imports) => {
    const { exports } = await instantiate(module, imports);
    const begin = (...given) => {
      globalThis.begun = { memory: imports.env.__linear_memory, given };
      return exports.begin(...given);
    };
    return { exports: { ...exports, begin } };
  };
})()
"""

# The generator's words, W and b as they are in the page's memory now, as hexadecimal bytes.
READ = """
() => {
  const { memory, given } = globalThis.begun;
  let at = 2; // behind the places for the result and the exception
  const found = [1, 2, 0, 2, 1].map((rank) => { // words, links, scale, W, b
    const [count, size, place] = given.slice(at + 2, at + 5).map(Number);
    at += rank ? 5 + 2 * rank : 1;
    if (!rank) return "";
    return [...new Uint8Array(memory.buffer, place, count * size)].map((b) => b.toString(16).padStart(2, "0")).join("");
  });
  return [found[0], found[3], found[4]];
}
"""


def heard(locator):
    """What a screen reader hears of each item: (name, numbers)."""
    lines = [line.replace("\u2212", "-").split(": ") for line in locator.all_text_contents()]
    return [(name, [float(x) for x in re.findall(r"-?\d+\.\d+", rest)]) for name, rest in lines]


class TwoPhase(Figure):
    """The view as a reader meets it: by the names of its parts."""

    def __init__(self, visit):
        super().__init__(visit, "two_phase")

    @property
    def step(self):
        return int(self.readout("Step"))

    def state(self, bits):
        """The button of a visible state."""
        return self.root.get_by_role("button", name=" ".join(bits), exact=True)

    def heights(self, which, places="states"):
        share = self.root.locator(f".ebm-tp-{places} .ebm-tp-both i:{which}-child").evaluate_all(
            "all => all.map((e) => e.getBoundingClientRect().height / e.parentElement.clientHeight)"
        )
        return np.array(share)

    def pressed(self):
        return self.root.get_by_role("button", pressed=True).evaluate_all(
            "all => all.map((e) => (e.querySelector('.ebm-unseen') ?? e).textContent)"
        )

    def shows(self, twin):
        """Whether everything that is shown is what Python has."""
        model, (v, p) = twin.view.model, twin.view.examples()
        assert self.step == twin.step
        assert self.number("KL") == pytest.approx(boltzmann.kl(model, v, p), abs=5.1e-5)
        assert self.readout("Gradient") == f"{twin.norm:.4f}"
        assert self.readout("Next change") == f"{twin.rate * twin.norm:.4f}"
        self.shows_states(twin)
        self.shows_averages(twin)
        return True

    def shows_states(self, twin):
        wanted, _, others = twin.view.shares()
        found = boltzmann.visible(twin.view.model)[machine.places(twin.data)]
        said = [numbers for _, numbers in heard(self.root.locator(".ebm-tp-states li > .ebm-unseen"))]
        assert np.array(said) == pytest.approx(np.column_stack([wanted, found]), abs=5.1e-5)
        top = max(*wanted, *found)
        assert self.heights("first") == pytest.approx(wanted / top, abs=0.025)
        assert self.heights("last") == pytest.approx(found / top, abs=0.025)
        framed = self.root.locator(".ebm-tp-states li").evaluate_all(
            "all => all.map((e) => e.classList.contains('ebm-tp-data'))"
        )
        assert framed == (wanted > 0).tolist()
        if twin.data == "encoder":
            assert self.root.get_by_text("240 other states").text_content().endswith(f" {others:.3f}")

    def shows_averages(self, twin):
        held, free = twin.view.averages()
        n, n_visible = twin.view.model.n, twin.view.model.n_visible
        links = machine.ENCODER if twin.data == "encoder" else 1 - np.eye(n)
        pairs = [(i, j) for i in range(n) for j in range(i + 1, n) if links[i, j]]
        pairs.sort(key=lambda pair: (pair[0] >= n_visible) + (pair[1] >= n_visible))  # as they are grouped
        names = [str(i % 4 + 1) + "\u2032" * (i > 3) for i in range(n_visible)] + [*"abc"]
        wanted = [(names[i], [held.b[i], free.b[i], twin.b[i]]) for i in range(n)]
        wanted += [
            (f"{names[i]} and {names[j]}", [held.W[i, j], free.W[i, j], twin.W[i][j]]) for i, j in pairs
        ]
        said = heard(self.root.locator(".ebm-tp-groups .ebm-unseen"))
        assert [name for name, _ in said] == [name for name, _ in wanted]
        numbers = np.array([values for _, values in wanted])
        assert np.array([values for _, values in said]) == pytest.approx(numbers, abs=5.1e-5)
        gaps = numbers[:, 0] - numbers[:, 1]
        ways = self.root.locator(".ebm-tp-way").all_text_contents()
        assert ways == ["\u2191" if gap > 0.005 else "\u2193" if gap < -0.005 else "=" for gap in gaps]
        top = next(height for height in (0.3, 0.6, 1.001) if max(*held.b, *free.b) <= height)
        assert self.heights("first", "groups") == pytest.approx(numbers[:, 0] / top, abs=0.03)
        assert self.heights("last", "groups") == pytest.approx(numbers[:, 1] / top, abs=0.03)


@pytest.fixture
def open_two_phase(show):
    """open_two_phase(arguments, **options of the page) -> (what the reader sees, its twin in Python)."""
    visits = []

    def start(arguments=None, **options):
        shown, twin = (two_phase(**arguments or {}) for _ in range(2))
        visits.append(show(shown, **options))
        visits[-1].set_default_timeout(10_000)
        return TwoPhase(visits[-1]), twin

    yield start
    for visit in visits:
        assert visit.complaints == [] and visit.strangers("http://127.0.0.1", "about:") == []


def test_it_opens_with_a_machine_that_learns(open_two_phase):
    page, twin = open_two_phase()
    page.visit.wait_for_timeout(1000)
    assert page.step > 3 and page.status == "Learning"
    page.pause()
    twin.view.advance(page.step)
    assert page.shows(twin)
    assert page.status == f"KL {twin.kl:.4f} after {twin.step} steps"


@pytest.mark.parametrize(
    ("data", "hidden", "mode", "rate", "seed"),
    [
        ("one", 0, "exact", 0.5, 1),
        ("opposites", 1, "exact", 2.0, 2),
        ("bars", 2, "sampled", 0.15, 3),
        ("parity", 3, "exact", 1.0, 4),
        ("smooth", 0, "sampled", 0.05, 5),
        ("drawn", 3, "sampled", 0.5, 6),
        ("encoder", 2, "exact", 0.5, 7),
        ("encoder", 2, "sampled", 0.75, 8),
    ],
)
def test_each_step_is_the_step_python_makes(open_two_phase, data, hidden, mode, rate, seed):
    page, twin = open_two_phase(
        {"data": data, "hidden": hidden, "mode": mode, "rate": rate, "seed": seed}, **STILL
    )
    assert page.shows(twin)
    for _ in range(6):
        page.press("Step")
        twin.view.advance(1)
    assert page.shows(twin)
    assert page.status.startswith(f"KL {twin.kl:.4f} after 6 steps")


@pytest.mark.parametrize(
    "arguments",
    [{"seed": 2}, {"data": "encoder", "mode": "sampled"}, {"data": "smooth", "hidden": 3, "rate": 0.15}],
)
def test_a_run_in_the_page_is_the_run_python_makes_to_the_last_bit(open_two_phase, arguments):
    page, twin = open_two_phase(arguments, **STILL)
    page.visit.add_init_script(LISTEN)
    page.visit.reload()
    page.root.wait_for()
    page.press("Reset")
    page.press("Run")
    page.visit.wait_for_timeout(5000)
    page.pause()
    assert page.step > 50
    twin.view.advance(page.step)
    assert page.shows(twin)
    assert page.visit.evaluate(READ) == [
        twin.run["words"], np.array(twin.W).tobytes().hex(), np.array(twin.b).tobytes().hex()
    ]  # fmt: skip
    page.press("New weights")
    twin.view.new_weights()
    assert page.shows(twin)
    assert page.visit.evaluate(READ)[:2] == [twin.run["words"], np.array(twin.W).tobytes().hex()]
    page.press("Step")
    twin.view.advance(1)
    assert page.shows(twin)
    page.press("Reset")
    assert page.shows(two_phase(**arguments))


def test_data_hidden_units_and_phases_are_chosen(open_two_phase):
    page, twin = open_two_phase({"rate": 1.0}, **STILL)
    for data, label in LABELS.items():
        page.press(label)
        twin.data = data
        page.press("Step")
        twin.view.advance(1)
        assert page.shows(twin)
        assert label in page.pressed()
        hidden = page.root.get_by_role("button", name="3", exact=True)
        assert hidden.is_disabled() == (data == "encoder")
    page.press("Parity")
    twin.data = "parity"
    for hidden in (0, 1, 3):
        page.press(str(hidden))
        twin.hidden = hidden
        page.press("Step")
        twin.view.advance(1)
        assert page.shows(twin) and {str(hidden), "Exact"} <= set(page.pressed())
    page.press("Sampled")
    twin.mode = "sampled"
    assert page.shows(twin) and twin.step == 1
    page.press("Step")
    twin.view.advance(1)
    assert page.shows(twin)
    page.press("Exact")
    twin.mode = "exact"
    assert page.shows(twin) and twin.step == 2
    page.press("Reset")
    assert page.shows(two_phase(rate=1.0))
    assert {"Bars", "2", "Exact"} <= set(page.pressed())


def test_states_are_made_data_by_mouse_and_keyboard(open_two_phase):
    page, twin = open_two_phase({"data": "opposites"}, **STILL)
    drawn = [0] * 16
    drawn[3] = drawn[12] = 1
    page.state("0110").click()
    drawn[6] = 1
    twin.data, twin.drawn = "drawn", drawn
    assert page.shows(twin) and "Drawn" in page.pressed()
    page.state("1100").focus()
    page.visit.keyboard.press("Space")
    drawn[3] = 0
    page.visit.keyboard.press("Tab")
    page.visit.keyboard.press("Enter")
    drawn[4] = 1
    twin.drawn = drawn
    assert page.shows(twin)
    page.press("Step")
    twin.view.advance(1)
    assert page.shows(twin)
    for bits in ("0011", "0110", "0010"):  # the last one stays
        page.state(bits).click()
    twin.drawn = [int(place == 4) for place in range(16)]
    assert page.shows(twin) and "0 0 1 0" in page.pressed()


def test_a_finger_draws(open_two_phase):
    page, twin = open_two_phase({"hidden": 0}, width=360, has_touch=True, **STILL)
    page.press("Drawn")
    page.state("1111").tap()
    twin.data = "drawn"
    twin.drawn = [*twin.drawn[:15], 1]
    wanted, _, _ = twin.view.shares()
    said = heard(page.root.locator(".ebm-tp-states li > .ebm-unseen"))
    assert [numbers[0] for _, numbers in said] == pytest.approx(wanted, abs=5e-5)
    for box in (button.bounding_box() for button in page.root.locator("button.ebm-tp-state").all()):
        assert box["width"] >= 40 and box["height"] >= 40


def test_the_rate_is_that_of_the_next_step(open_two_phase):
    page, twin = open_two_phase({"rate": 0.1}, **STILL)
    slider = page.slider("Learning rate")
    slider.focus()
    page.visit.keyboard.press("ArrowRight")
    twin.rate = float(slider.get_attribute("aria-valuetext"))
    assert twin.rate == 0.15 and page.shows(twin) and page.step == 0
    page.press("Step")
    twin.view.advance(1)
    assert page.shows(twin)
    box = slider.bounding_box()
    page.visit.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.visit.mouse.down()
    page.visit.mouse.move(box["x"] + 150, box["y"] + box["height"] / 2, steps=4)
    page.visit.mouse.up()
    twin.rate = float(slider.get_attribute("aria-valuetext"))
    assert twin.rate > 0.5
    page.press("Step")
    twin.view.advance(1)
    assert page.shows(twin) and page.step == 2  # another rate starts no other run


def test_the_curve_of_kl_and_what_it_is_compared_with(show):
    w, twin = (two_phase(data="parity", hidden=0) for _ in range(2))
    opened = w.kl
    w.view.advance(9_900)
    page = TwoPhase(show(w))
    chart = page.root.get_by_role("img", name="KL(data || model)")
    assert chart.get_by_text("best without hidden units").count() == 1
    page.root.get_by_role("button", name="Run", exact=True).wait_for(timeout=10_000)
    assert page.step == 10_000 and page.status.endswith("after 10000 steps: the phases nearly agree")

    def heights(line, highest):
        """The line as values of KL, from the axis that is high enough for the highest."""
        points = chart.locator(line).get_attribute("points").split()
        top = next(top for top in (0.5, 1.0, 1.5, 2.0) if top >= highest)
        return [(190 - 36 - float(point.split(",")[1])) / (190 - 36 - 26) * top for point in points]

    least = np.log(2)  # no machine without hidden units gets below
    assert heights(".ebm-mark", 1.2 * least) == pytest.approx([least, least], abs=1e-3)
    assert heights(".ebm-line", 1.2 * least)[-1] == pytest.approx(least, abs=1e-3)
    page.press("Run")  # a run that has ended starts over
    page.visit.wait_for_timeout(400)
    page.pause()
    assert 0 < page.step < 200
    kls, found = twin.view.advance(page.step), heights(".ebm-line", max(opened, 1.2 * least))
    assert [found[0], found[-1]] == pytest.approx([kls[0], kls[-1]], abs=2e-3)


@pytest.mark.parametrize("chosen_in_the_page", [False, True])
def test_codes_of_the_encoder(show, chosen_in_the_page):
    w = two_phase(data="encoder", hidden=3)
    if not chosen_in_the_page:
        w.view.advance(600)
    page = TwoPhase(show(w, **STILL))
    chart = page.root.get_by_role("img", name="p(b on) of each pattern")
    if chosen_in_the_page:
        page.press("Bars")
        assert not chart.is_visible() and "3" in page.pressed()
        page.press("4-2-4 encoder")
    assert "2" in page.pressed() and "3" not in page.pressed()
    width = chart.evaluate("(e) => e.clientWidth")
    dots = chart.locator("circle").evaluate_all(
        "all => all.map((e) => [+e.getAttribute('cx'), +e.getAttribute('cy')])"
    )
    names = chart.locator(".ebm-tp-name").all_text_contents()
    v, _ = w.view.examples()
    codes = dict(zip(v[:, :4].argmax(axis=1), w.view.codes(), strict=True))
    for name, (x, y) in zip(names, dots, strict=True):
        a, b = codes[int(name) - 1]
        assert (x - 38) / (width - 50) == pytest.approx((a + 0.15) / 1.3, abs=0.005)
        assert (154 - y) / (154 - 26) == pytest.approx((b + 0.15) / 1.3, abs=0.005)
    page.press("Step")  # and the way there is drawn
    assert len(chart.locator("polyline").first.get_attribute("points").split()) == 2


def test_weights_and_biases_are_lines_and_rims(show):
    w = two_phase(data="encoder")
    w.view.advance(300)
    page = TwoPhase(show(w, **STILL))
    net = page.root.get_by_role("img", name="The machine's weights and biases")
    drawn = net.locator("path[d*=Q], circle").evaluate_all(
        "all => all.map((e) => [e.getAttribute('class'), +e.getAttribute('stroke-width')])"
    )
    links = [(i, j) for i in range(10) for j in range(i + 1, 10) if machine.ENCODER[i, j]]
    wanted = [(w.W[i][j], 0) for i, j in links] + [(bias, 1) for bias in w.b]  # and the width of the weakest
    assert len(links) == 28
    for (name, width), (weight, least) in zip(drawn, wanted, strict=True):
        weak, strength = abs(weight) < 0.05, abs(weight)
        assert name == ("ebm-tp-none" if weak else "ebm-tp-minus" if weight < 0 else "ebm-tp-plus")
        assert width == pytest.approx(
            least if weak else 8 * strength / (strength + 6) + least / 2, abs=0.0051
        )
    dashes = [net.locator(f".ebm-tp-{sign}").first.evaluate("(e) => getComputedStyle(e).strokeDasharray")
              for sign in ("plus", "minus")]  # fmt: skip
    assert dashes[0] == "none" != dashes[1]
    page.press("Bars")
    assert net.locator("path[d*=Q]").count() == 15 and net.locator("circle").count() == 6


def test_run_and_pause_by_keyboard(open_two_phase):
    page, _ = open_two_phase()
    page.visit.wait_for_timeout(500)
    page.root.get_by_role("button", name="Pause").focus()
    page.visit.keyboard.press("Space")
    stopped = page.step
    page.visit.wait_for_timeout(300)
    assert page.step == stopped > 0 and page.status.startswith("KL ")
    page.visit.keyboard.press("Enter")
    page.visit.wait_for_timeout(500)
    assert page.step > stopped and page.status == "Learning"
