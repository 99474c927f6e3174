"""The questions at the end of a chapter, from `book/quizzes`, shown by jupyterquiz.

jupyterquiz makes the questions and judges the answers. What it lacks for a page that stands
alone is added here: it hears of no formulas (it would fetch MathJax from another host) and of
no console, takes the colours around it, and tells a screen reader what belongs together.
"""

import json
from pathlib import Path

from ebm import claims

_KINDS = ("multiple_choice", "many_choice", "numeric")
_COLOURS = {
    "--jq-multiple-choice-bg": "var(--jp-layout-color2)",
    "--jq-many-choice-bg": "var(--jp-layout-color2)",
    "--jq-numeric-bg": "var(--jp-layout-color2)",
    "--jq-mc-button-bg": "var(--jp-layout-color1)",
    "--jq-mc-button-border": "var(--jp-border-color1)",
    "--jq-mc-button-inset-shadow": "transparent",
    "--jq-numeric-input-bg": "var(--jp-layout-color1)",
    "--jq-numeric-input-label": "var(--jp-content-font-color1)",
    "--jq-text-color": "var(--jp-content-font-color1)",
    "--jq-link-color": "var(--jp-brand-color1)",
    "--jq-correct-color": "#0072b2",
    "--jq-incorrect-color": "#d55e00",
}
# Its script sees these in place of the page's own MathJax and console. It calls `typeset` with each
# quiz and each answer's feedback when they are there.
_SCRIPT = """\
((MathJax, console) => {
%s
})({
  version: "3",
  typeset([node]) {
    for (const quiz of node.querySelectorAll(".Quiz")) {
      const question = quiz.querySelector("[id^=quizQn]");
      const answers = quiz.querySelector(".Answer");
      const several = quiz.querySelector(".ManyChoiceQn");
      quiz.querySelector(".Feedback").setAttribute("role", "status");
      answers.setAttribute("role", answers.querySelector("[type=radio]") && !several ? "radiogroup" : "group");
      answers.setAttribute("aria-labelledby", question.id);
      for (const input of answers.querySelectorAll("input")) {
        if (several) input.type = "checkbox";
        if (input.type !== "text") continue;
        input.previousElementSibling.htmlFor = input.id;
        input.previousElementSibling.textContent = "A number, then Enter:";
      }
    }
  },
}, { log() {}, error: console.error });
"""


def quiz(chapter):
    """Show the questions of a chapter, in a notebook and in its page.

    Parameters
    ----------
    chapter : str
        Name of the notebook, such as "01_ising"; the questions are in `book/quizzes`, in the
        format of jupyterquiz. Formulas are written in HTML, such as <i>T</i><sub>c</sub>.

    Raises
    ------
    FileNotFoundError
        If there are none.
    ValueError
        If a question has no right answer, or an answer says nothing back.
    """
    from IPython.display import HTML, Javascript, display
    from IPython.utils.capture import capture_output
    from jupyterquiz import display_quiz

    with capture_output() as made:
        display_quiz(questions(chapter), colors=_COLOURS)
    page, script = made.outputs
    style = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
    # jupyterquiz leaves its <div> open, and with it the rest of a static page.
    display(HTML(f"{page.data['text/html']}<style>{style}</style></div>"))
    display(Javascript(_SCRIPT.replace("%s", script.data["application/javascript"])))


def questions(chapter):
    """The questions of a chapter, checked.

    Parameters
    ----------
    chapter : str

    Returns
    -------
    list of dict

    Raises
    ------
    FileNotFoundError, ValueError
        As `quiz`.

    Examples
    --------
    >>> questions("01_ising")[0]["type"]
    'multiple_choice'
    """
    found = json.loads((claims.book() / "quizzes" / f"{chapter}.json").read_text(encoding="utf-8"))
    for k, question in enumerate(found, start=1):
        check(question, f"question {k} of {chapter}")
    return found


def check(question, name):
    """Refuse a question that no answer gets right, or with an answer that gets no feedback.

    Parameters
    ----------
    question : dict
    name : str
        For the message.

    Raises
    ------
    ValueError

    Examples
    --------
    >>> check({"question": "?", "type": "numeric", "answers": [{"value": 2, "correct": True}]}, "it")
    Traceback (most recent call last):
    ValueError: it: an answer has no feedback: {'value': 2, 'correct': True}
    """
    kind, answers = question.get("type"), question.get("answers", [])
    if kind not in _KINDS or not question.get("question"):
        raise ValueError(f"{name} is of type {kind!r}; wanted a question of one of {', '.join(_KINDS)}")
    if silent := [answer for answer in answers if not answer.get("feedback")]:
        raise ValueError(f"{name}: an answer has no feedback: {silent[0]}")
    right, one = sum(answer.get("correct", False) for answer in answers), kind == "multiple_choice"
    if not right or (one and right > 1):
        raise ValueError(f"{name} has {right} right answers; wanted {'one' if one else 'some'}")
    if kind == "numeric" and answers[-1].get("type") != "default":
        raise ValueError(
            f"{name}: the last answer is {answers[-1]}; wanted one of type 'default', for the rest"
        )
