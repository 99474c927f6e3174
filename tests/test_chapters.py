"""Every chapter has the parts that a chapter has: looked for in its notebook, without running it."""

import ast
import json
import re
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from ebm import claims, quiz
from fixtures import book  # noqa: F401

BOOK = claims.book()
CHAPTERS = sorted(path.stem for path in BOOK.glob("[0-9][0-9]_*.ipynb"))
RUN = Path(__file__).with_name("run_chapter.py")
TERMS = re.findall(r"^(\w.*)\n  \S", (BOOK / "glossary.md").read_text(encoding="utf-8"), re.M)
# Words that a chapter uses in another sense than the glossary's: Boltzmann's weights, units of J.
EVERYDAY = {"00_landscape": {"weight"}, "01_ising": {"inverse", "pattern", "unit", "weight"}}

WANTED = {
    "a label and a title": r"\A\(ch-\w+\)=\n# \S",
    "learning goals": r"After this chapter you can\n(- .+\n){3,}",
    "prerequisites": r"\*\*You need\*\* \w",
    "times": r"\*\*Time:\*\* .*\d.* to read.* to run",
    "misconceptions": r"\n## Common misconceptions\n[^#]*(\*\*\".+?\"\*\* [^#]*){3}",
    "a quiz": r"\n## Check yourself\n",
    "a summary": r"\n## Summary\n\n(- .+\n+){3,}",
    "what to read next": r"\*\*To read next:\*\* .*\{cite:p\}|\*\*To read next:\*\* .*\n*.*\.ipynb",
}


class Chapter:
    """A notebook: its prose, its code, and the cells of either."""

    name = ""

    def __init__(self, cells):
        self.cells = [
            {**cell, "source": "".join(cell["source"])} for cell in cells if "".join(cell["source"]).strip()
        ]
        self.prose = "\n\n".join(c["source"] for c in self.cells if c["cell_type"] == "markdown")
        self.code = [cell for cell in self.cells if cell["cell_type"] == "code"]


@pytest.fixture(params=CHAPTERS)
def chapter(request):
    found = Chapter(json.loads((BOOK / f"{request.param}.ipynb").read_text(encoding="utf-8"))["cells"])
    found.name = request.param
    return found


# What is missing, as sentences; empty if nothing is.


def missing_parts(chapter):
    return [part for part, pattern in WANTED.items() if not re.search(pattern, chapter.prose)]


def open_predictions(chapter):
    """Titles of "predict, then run" prompts that no folded answer follows, and a remark if there are too few."""
    marks = re.findall(
        r"\{admonition\} (Predict, then run: .+)\n:class: tip|\{admonition\} (.+)\n:class: dropdown",
        chapter.prose,
    )
    asked = [k for k, (prompt, _) in enumerate(marks) if prompt]
    unanswered = [marks[k][0] for k in asked if k + 1 == len(marks) or not marks[k + 1][1]]
    return unanswered + [f"only {len(asked)} predictions"] * (len(asked) < 3)


def told_without_a_source(chapter):
    """History: years in sentences with a citation, as a chapter's story has several of."""
    paragraphs = chapter.prose.split("\n\n")
    years = {
        year
        for text in paragraphs
        if "{cite:p}" in text
        for year in re.findall(r"\b[Ii]n (1[89]\d\d|20\d\d)\b", text)
    }
    return [] if len(years) >= 2 else [f"only {sorted(years)} in a paragraph with a source"]


def functions_without_a_check(chapter):
    """Of the functions a chapter defines, at least three are used in a cell that asserts something."""
    defined = {
        node.name
        for cell in chapter.code
        for node in ast.parse(cell["source"]).body
        if isinstance(node, ast.FunctionDef)
    }
    asserting = " ".join(
        cell["source"] for cell in chapter.code if re.search(r"^\s*assert ", cell["source"], re.M)
    )
    compared = re.search(
        r"\b(exact|hopfield|ising|diagnostics|annealing|boltzmann|dbn|rbm|maths|capacity|w\.view)\b",
        asserting,
    )
    return (
        []
        if len(defined) >= 3 and asserting.count("assert ") >= 3 and compared
        else [f"{len(defined)} functions"]
    )


def bare_figures(chapter):
    """Figures without a caption, a name or alt text, and measured ones without error bars."""
    drawers = {"subplots", "figure"}
    for cell in chapter.code:
        for node in ast.parse(cell["source"]).body:
            if isinstance(node, ast.FunctionDef) and drawers & set(_calls(node)):
                drawers.add(node.name)
    found = []
    for cell in chapter.code:
        body = [node for node in ast.parse(cell["source"]).body if not isinstance(node, ast.FunctionDef)]
        if not any(drawers & set(_calls(node)) for node in body):
            continue
        meta = cell["metadata"].get("mystnb", {})
        caption = meta.get("figure", {}).get("caption", "")
        if not (caption and meta["figure"].get("name") and meta.get("image", {}).get("alt")):
            found.append(f"{cell['id']}: no caption, name or alt text")
        if "pcolormesh" in cell["source"]:  # a map has no bars: its caption says how large the errors are
            bars = "standard error" in caption
        else:
            bars = "error" in re.sub(r"#.*", "", cell["source"])
        if re.search(r"measured|[Pp]oints:|standard error|trials", caption) and not bars:
            found.append(f"{cell['id']}: measured, and no error bars")
    return found


def _calls(node):
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            yield getattr(part.func, "attr", getattr(part.func, "id", ""))


def unlinked_terms(chapter, terms=TERMS):
    """Terms of the glossary that the prose uses and nowhere links."""
    prose = re.sub(
        r"(?s)\$\$.*?\$\$|\$[^$\n]*\$|`[^`\n]*`|\[[^\]]*\]\([^)]*\)|```\{claims\}.*?```", " ", chapter.prose
    )
    linked = {
        re.sub(r".*<(.*)>", r"\1", text).lower() for text in re.findall(r"\{term\}`([^`]+)`", chapter.prose)
    }
    used = {term for term in terms if re.search(rf"\b{re.escape(term)}s?\b", prose, re.I)}
    return sorted(term for term in used - EVERYDAY.get(chapter.name, set()) if term.lower() not in linked)


def unchecked_prints(chapter):
    """Cells that print something which no run of the tests compares with what it printed before."""
    printers, found = {"print", "beside_the_source"}, []
    for cell in chapter.code:
        for node in ast.parse(cell["source"]).body:
            if printers & set(_calls(node)):
                if isinstance(node, ast.FunctionDef):
                    printers.add(node.name)
                elif "nbval-check-output" not in cell["metadata"].get("tags", []):
                    found.append(cell["id"])
    return sorted(set(found))


def long_cells(chapter):
    lines = {
        cell["id"]: len([line for line in cell["source"].splitlines() if line.strip()])
        for cell in chapter.code
    }
    found = [f"{name}: {count} lines" for name, count in lines.items() if count > 25]
    median = statistics.median(lines.values())
    return found + [f"median of {median} lines"] * (median > 3)


CHECKS = [
    missing_parts,
    open_predictions,
    told_without_a_source,
    functions_without_a_check,
    bare_figures,
    unlinked_terms,
    unchecked_prints,
    long_cells,
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_nothing_is_missing(chapter, check):
    assert check(chapter) == []


def test_the_quiz_is_shown_and_has_questions(chapter):
    assert any(f'quiz("{chapter.name}")' in cell["source"] for cell in chapter.code)
    assert len(quiz.questions(chapter.name)) >= 4


def test_the_exercise_is_linked_where_there_is_one(chapter):
    notebook = f"../exercises/{chapter.name}/{chapter.name}.ipynb"
    assert (f"]({notebook})" in chapter.prose) == (BOOK / notebook).is_file()


def twice(texts):
    """Labels of figures that are given more than once."""
    names = [name for text in texts for name in re.findall(r'"name": "(fig-[^"]*)"', text)]
    return sorted({name for name in names if names.count(name) > 1})


def test_a_figure_has_a_label_of_its_own():
    assert twice(['"name": "fig-a", "name": "fig-b"', '"name": "fig-b"']) == ["fig-b"]
    assert twice(path.read_text(encoding="utf-8") for path in BOOK.glob("*.ipynb")) == []


def test_claims_of_the_chapter_are_shown_in_it(chapter):
    if any(claim.chapter == chapter.name for claim in claims.load()):
        assert f"```{{claims}}\n:chapter: {chapter.name}\n```" in chapter.prose


def cost(path):
    """What `run_chapter` prints about a notebook."""
    run = subprocess.run([sys.executable, RUN, path], capture_output=True, text=True, cwd=BOOK, check=False)
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    return json.loads(run.stdout.splitlines()[-1])


@pytest.mark.usefixtures("book")
def test_a_chapter_is_cheap_and_compiles_nothing_and_each_cell_can_be_run_twice(chapter):
    """60 s of computing at most, hence of waiting on an idle machine, and 400 MB.

    What it needs compiled the book's build has left on disk, for a reader's first run too.
    """
    spent = cost(BOOK / f"{chapter.name}.ipynb")
    assert (spent["compiled"], spent["fail again"]) == ([], [])
    assert spent["seconds"] < 60 and spent["megabytes"] < 400


def test_a_cell_that_cannot_be_run_twice_and_what_it_costs_are_noticed(tmp_path):
    cells = ["x = [0] * 10_000_000", "x.remove(0)", "y = x.pop; del x[1:]", "y(); z = sum(range(10**7))"]
    cells.append("import numba\n@numba.njit\ndef twice(x):\n    return 2 * x\ntwice(1)")
    cells = [{"cell_type": "code", "id": f"c{k}", "source": [source]} for k, source in enumerate(cells)]
    (tmp_path / "x.ipynb").write_text(json.dumps({"cells": cells}))
    spent = cost(tmp_path / "x.ipynb")
    assert (spent["compiled"], spent["fail again"]) == (["twice"], ["c3"])
    assert spent["seconds"] > 0.1 and spent["megabytes"] > 80


# The checks notice what they are for.

WHOLE = (
    """(ch-x)=
# X

```{admonition} After this chapter you can
- a;
- b;
- c.
```

**You need** nothing. **Time:** 15 minutes to read, a minute to run.

Begun in 1900, done in 1905 {cite:p}`a`, by a {term}`unit`.

"""
    + """```{admonition} Predict, then run: one
:class: tip
```

```{admonition} Answer
:class: dropdown
```

"""
    * 3
    + """
## Common misconceptions

**"A."** No.

**"B."** No.

**"C."** No.

## Check yourself

## Summary

- a
- b
- c

**To read next:** Y {cite:p}`y`.
"""
)
FIGURE = {"figure": {"caption": "Points: measured.", "name": "fig-x"}, "image": {"alt": "Points."}}


def made(prose=WHOLE, code=(), **metadata):
    cells = [{"cell_type": "markdown", "id": "prose", "metadata": {}, "source": [prose]}]
    for name, source in zip("abcd", code, strict=False):
        cells.append({"cell_type": "code", "id": name, "metadata": metadata, "source": [source]})
    return Chapter(cells)


def test_a_whole_chapter_has_every_part():
    assert missing_parts(made()) == open_predictions(made()) == told_without_a_source(made()) == []
    assert unlinked_terms(made(), ["unit", "load"]) == []


@pytest.mark.parametrize(
    "part, out",
    [
        ("a label and a title", "(ch-x)="),
        ("learning goals", "- c.\n"),
        ("prerequisites", "**You need**"),
        ("times", " to run"),
        ("misconceptions", '**"C."** No.'),
        ("a quiz", "## Check yourself"),
        ("a summary", "- b\n"),
        ("what to read next", " {cite:p}`y`"),
    ],
)
def test_a_part_that_is_not_there_is_missed(part, out):
    assert out in WHOLE and missing_parts(made(WHOLE.replace(out, ""))) == [part]


def test_a_prediction_without_an_answer_is_noticed():
    last = WHOLE.rindex("```{admonition} Answer")
    assert open_predictions(made(WHOLE[:last] + WHOLE[last:].replace("dropdown", "note"))) == [
        "Predict, then run: one"
    ]
    assert open_predictions(made("")) == ["only 0 predictions"]


def test_a_story_without_sources_is_noticed():
    assert told_without_a_source(made(WHOLE.replace("{cite:p}`a`", "")))


def test_a_bare_figure_is_noticed():
    plain, errors = "plt.subplots()\nax.plot(x)", "plt.subplots()\nax.errorbar(x)"
    assert bare_figures(made(code=[plain])) == ["a: no caption, name or alt text"]
    assert bare_figures(made(code=[plain], mystnb=FIGURE)) == ["a: measured, and no error bars"]
    assert bare_figures(made(code=[errors], mystnb=FIGURE)) == []
    assert bare_figures(made(code=["def draw():\n    plt.subplots()", "draw()"])) == [
        "b: no caption, name or alt text"
    ]


def test_an_unlinked_term_is_noticed():
    assert unlinked_terms(made("Units {term}`unit` and loads, $load$."), ["unit", "load", "sweep"]) == [
        "load"
    ]


def test_a_print_that_nothing_compares_is_noticed():
    code = ["def say(x):\n    print(x)", "for k in range(3):\n    say(k)", "x = 1"]
    assert unchecked_prints(made(code=code)) == ["b"]
    assert unchecked_prints(made(code=code, tags=["nbval-check-output"])) == []


def test_long_cells_are_noticed():
    assert long_cells(made(code=["x\n" * 3, "x\n" * 2, "x\n" * 25])) == []
    assert long_cells(made(code=["x\n" * 3, "x\n" * 4, "x\n" * 26])) == ["c: 26 lines", "median of 4 lines"]


def test_functions_that_nothing_checks_are_noticed():
    three = ["def a(): ...\ndef b(): ...\ndef c(): ..."]
    assert functions_without_a_check(made(code=three))
    checked = ["assert a() == ising.a()\nassert b() == ising.b()\nassert c() == ising.c()"]
    assert functions_without_a_check(made(code=three + checked)) == []
