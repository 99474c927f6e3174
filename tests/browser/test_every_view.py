"""What holds for every live view, whatever it shows: a new one is met by all of it at once."""

import pytest

import ebm.widgets
from visits import Figure, look

VIEWS = sorted(ebm.widgets.__all__)
# Sliders of which nothing is seen until the next step; the view's own test shows that they count then.
FOR_THE_NEXT_STEP = {"memory": ["Temperature"], "memory_pad": ["Noise"], "rbm": ["Learning rate"]}
COUNT_FRAMES = """() => {
  const ask = window.requestAnimationFrame;
  window.frames_asked = 0;
  window.requestAnimationFrame = (step) => { window.frames_asked += 1; return ask.call(window, step); };
}"""


@pytest.fixture(params=VIEWS)
def name(request):
    return request.param


@pytest.fixture
def meet(show, name):
    """meet(...) -> the view's page class; at the end the console must have stayed silent."""
    figures = []

    def start(widget=None, **options):
        visit = show(getattr(ebm.widgets, name)() if widget is None else widget, **options)
        visit.set_default_timeout(10_000)
        figures.append(Figure(visit, name))
        return figures[-1]

    yield start
    for figure in figures:
        assert figure.visit.complaints == []
        assert figure.visit.strangers("http://127.0.0.1", "about:") == []


def frames(figure, milliseconds=500):
    """How many frames of motion the page asks for in that time."""
    figure.visit.evaluate("window.frames_asked = 0")
    figure.visit.wait_for_timeout(milliseconds)
    return figure.visit.evaluate("window.frames_asked")


def moves_or_has_ended(figure):
    """Wait for a frame of motion; a run that came to its end by itself (a memory at rest) asks for none."""
    figure.visit.wait_for_function(
        """() => window.frames_asked > 0
          || ![...document.querySelectorAll("button")].some((button) => button.textContent === "Pause")""",
        polling=50,
    )


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_it_fits_a_phone_fingers_and_every_eye(meet, color_scheme):
    figure = meet(width=360, color_scheme=color_scheme, has_touch=True, reduced_motion="reduce")
    assert figure.visit.evaluate("document.documentElement.scrollWidth") <= 360
    small = figure.root.locator("button:visible, select:visible, [role=application]:visible").evaluate_all(
        "all => all.map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])"
        ".filter(([, box]) => box.width < 40 || box.height < 40).map(([html]) => html)"
    )
    assert small == []
    assert figure.visit.faint("main") == []
    assert figure.visit.violations("main") == []


def test_fingers_work_it(meet):
    figure = meet(width=360, has_touch=True, reduced_motion="reduce")
    touch = figure.visit.context.new_cdp_session(figure.visit.page)
    slider = figure.visit.get_by_role("slider").first
    said = slider.get_attribute("aria-valuetext")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    (x, y), away = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2), 40
    if slider.get_attribute("aria-valuenow") == slider.get_attribute("aria-valuemax"):
        away = -away
    for kind, points in [("Start", [x]), ("Move", [x + away / 2]), ("Move", [x + away]), ("End", [])]:
        fingers = [{"x": place, "y": y} for place in points]
        touch.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": fingers})
    assert slider.get_attribute("aria-valuetext") != said, "a finger does not move the slider"
    reset = figure.root.get_by_role("button", name="Reset", exact=True)
    reset.scroll_into_view_if_needed()
    figure.visit.wait_for_timeout(400)  # right after a drag a tap counts as part of it
    reset.tap()
    figure.visit.wait_for_timeout(100)
    assert slider.get_attribute("aria-valuetext") == said, "a finger does not press Reset"


def test_on_a_desk_it_is_still_for_those_who_ask_for_less_motion_and_axe_finds_nothing(meet):
    figure = meet(reduced_motion="reduce")
    figure.visit.evaluate(COUNT_FRAMES)
    before = look(figure.root)
    assert frames(figure) == 0 and look(figure.root) == before
    assert figure.visit.violations("main") == []


def test_it_rests_while_out_of_sight(meet, name):
    widget = getattr(ebm.widgets, name)()
    widget.running = True
    figure = meet(widget)
    figure.visit.evaluate(COUNT_FRAMES)
    moves_or_has_ended(figure)
    figure.visit.evaluate(
        "document.querySelector('main').append(Object.assign(document.createElement('div'), "
        "{ style: 'height: 9000px' }))"
    )
    figure.visit.mouse.wheel(0, 8000)
    figure.visit.wait_for_timeout(300)
    assert frames(figure) == 0
    figure.visit.mouse.wheel(0, -8000)
    moves_or_has_ended(figure)


def test_no_slider_moves_while_nothing_changes(meet, name):
    figure = meet(reduced_motion="reduce")
    sliders = figure.visit.get_by_role("slider")
    for k in range(sliders.count()):
        slider = sliders.nth(k)
        before, value = look(figure.root), slider.get_attribute("aria-valuetext")
        at_the_end = slider.get_attribute("aria-valuenow") == slider.get_attribute("aria-valuemax")
        slider.focus()
        for _ in range(4):
            figure.visit.keyboard.press("ArrowLeft" if at_the_end else "ArrowRight")
        figure.visit.wait_for_timeout(100)
        said = slider.get_attribute("aria-label") or value
        assert slider.get_attribute("aria-valuetext") != value, f"slider {k} ({said}) does not move"
        if said not in FOR_THE_NEXT_STEP.get(name, []):
            assert look(figure.root) != before, f"slider {k} ({said}) moves and nothing changes"


def test_every_control_is_reached_by_the_tab_key(meet):
    figure = meet(reduced_motion="reduce")
    wanted = figure.visit.evaluate(
        "() => { const all = [...document.querySelectorAll('main :is(button, select, input, [role=slider], "
        "[role=application])')].filter((e) => e.checkVisibility() && !e.disabled && e.type !== 'hidden' "
        "&& e.tabIndex >= 0); all.forEach((e, k) => { e.dataset.control = k; }); return all.length; }"
    )
    reached = set()
    for _ in range(2 * wanted):  # a slider's number is a stop of its own
        figure.visit.keyboard.press("Tab")
        reached.add(figure.visit.evaluate("document.activeElement.dataset.control ?? null"))
    assert len(reached - {None}) == wanted > 0


def test_where_it_cannot_start_a_still_figure_and_a_sentence_stand_in(show, name):
    widget = getattr(ebm.widgets, name)()
    widget._repr_mimebundle_()
    widget.view.kernels = b"not a module"
    figure = Figure(show(widget), name)
    assert figure.root.get_by_role("alert").text_content().startswith("This figure cannot move here: Web")
    picture = figure.root.locator("img")
    assert picture.evaluate("(image) => image.naturalWidth") > 100
    assert picture.get_attribute("alt") == widget.view.alt and len(widget.view.alt) > 40
