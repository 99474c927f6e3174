"""Questions in a page that stands alone: judged on the spot, by mouse and keyboard, read aloud, silent."""

import json

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from ebm import quiz

QUESTIONS = [
    {
        "question": "Which way is <i>down</i>?",
        "type": "multiple_choice",
        "answers": [
            {"answer": "left", "correct": False, "feedback": "That is a side."},
            {"answer": "below", "correct": True, "feedback": "It is."},
        ],
    },
    {
        "question": "Which are odd?",
        "type": "many_choice",
        "answers": [
            {"answer": "1", "correct": True, "feedback": "Odd."},
            {"answer": "2", "correct": False, "feedback": "Halve it."},
            {"answer": "3", "correct": True, "feedback": "Odd too."},
        ],
    },
    {
        "question": "Two and two?",
        "type": "numeric",
        "answers": [
            {"type": "value", "value": 4, "correct": True, "feedback": "Four."},
            {"type": "value", "value": 22, "correct": False, "feedback": "Add them."},
            {"type": "default", "feedback": "Count on your fingers."},
        ],
    },
]


@pytest.fixture(params=["light", "dark"])
def page(request, open_page, book, monkeypatch, tmp_path):
    """The questions between two paragraphs of a page of the built book: its styles and formulas, no widgets."""
    (tmp_path / "quizzes").mkdir()
    (tmp_path / "quizzes" / "some.json").write_text(json.dumps(QUESTIONS))
    monkeypatch.setattr(quiz.claims, "book", lambda: tmp_path)
    InteractiveShell.instance()
    with capture_output() as made:
        quiz.quiz("some")
    html, script = made.outputs
    visit = open_page((book / "book" / "notation.html").as_uri(), color_scheme=request.param)
    visit.evaluate(
        """([html, script]) => {
          const place = document.querySelector("article h1").parentElement;
          place.insertAdjacentHTML("beforeend", `<div class="cell_output">${html}</div><p id=after>After.</p>`);
          const element = document.createElement("script");
          element.textContent = script;
          place.append(element);
        }""",
        [html.data["text/html"], script.data["application/javascript"]],
    )
    visit.wait_for_timeout(700)  # jupyterquiz sets its formulas after half a second
    InteractiveShell.clear_instance()
    return visit


def feedback(page, k):
    return page.get_by_role("status").nth(k).text_content()


def test_by_mouse(page):
    page.get_by_text("left", exact=True).click()
    assert feedback(page, 0) == "That is a side."
    page.get_by_text("below", exact=True).click()
    assert feedback(page, 0) == "It is."
    assert page.locator(".MCButton.incorrectButton").count() == 0
    for answer, said in [("3", "Odd too. [1/2]"), ("1", "Odd. [2/2]"), ("2", "Halve it. [0/2]")]:
        page.locator(".MCButton", has_text=answer).click()
        assert feedback(page, 1) == said


def test_by_keyboard(page):
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    assert feedback(page, 0) in ("That is a side.", "It is.")
    page.get_by_role("checkbox", name="1").focus()
    page.keyboard.press("Space")
    assert feedback(page, 1) == "Odd. [1/2]"
    for answer, said in [("22", "Add them."), ("7", "Count on your fingers."), ("4", "Four.")]:
        page.get_by_role("textbox", name="A number, then Enter").focus()
        page.keyboard.type(answer + "\n")
        assert feedback(page, 2) == said


def test_silent_and_read_aloud(page):
    assert page.get_by_role("radiogroup", name="Which way is down?").count() == 1
    assert page.get_by_role("group", name="Which are odd?").count() == 1
    page.get_by_text("left", exact=True).click()
    page.locator(".MCButton", has_text="1").click()
    page.get_by_role("textbox", name="A number, then Enter").focus()
    page.keyboard.type("4\n")
    assert page.get_by_role("status").count() == 3
    assert page.strangers("file:") == []
    theirs = ("log: [PST]", "log: [togglebutton]")  # the theme's
    assert [line for line in page.console if not line.startswith(theirs)] == page.errors == []
    assert page.violations("article") == page.faint("article") == []


def test_the_page_goes_on_outside(page):
    assert page.locator(".cell_output #after").count() == 0


def test_fits_a_telephone(page):
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
