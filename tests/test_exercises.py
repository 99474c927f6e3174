"""The exercises are derived from their sources, and give each answer the points it deserves.

The answers are kept as data in tests/exercises/NN_name: files in jupytext's percent form, each
cell of which takes the place of the student's cell that binds the same names.
"""

import ast
import io
import os
import re
import subprocess
import sys
import zipfile
from itertools import zip_longest
from pathlib import Path

import nbclient
import nbformat
import pytest
from otter.api import grade_submission
from otter.test_files import GradingResults

import make_exercises
from grading import marking, sandbox

ANSWERS = Path(__file__).parent / "exercises"
# How otter marks the cells for answers, empty or filled.
TAGS = {"otter_answer_cell", "otter_assign_solution_cell"}
POINTS = {
    "01_ising": {"q1": 4, "q2": 3, "q3": 5, "q4": 4, "q5": 4},
    "02_hopfield": {"q1": 3, "q2": 3, "q3": 5, "q4": 4, "q5": 5},
    "03_boltzmann": {"q1": 3, "q2": 3, "q3": 5, "q4": 4, "q5": 5},
    "04_annealing": {"q1": 3, "q2": 5, "q3": 4, "q4": 4, "q5": 4},
    "05_boltzmann_machine": {"q1": 3, "q2": 3, "q3": 5, "q4": 5, "q5": 4},
    "06_rbm": {"q1": 3, "q2": 5, "q3": 5, "q4": 3, "q5": 4},
    "07_dbn": {"q1": 4, "q2": 3, "q3": 5, "q4": 4, "q5": 4},
    "08_echoes": {"q1": 3, "q2": 3, "q3": 4, "q4": 5, "q5": 5},
}
# Questions that a reader marks, by a rubric, and their points.
OPEN = {name: {"q6": 4} for name in POINTS}
# Five typical slips that each set must know, whatever others it knows.
TYPICAL = {
    "01_ising": {"field_twice", "entries", "no_factor_two", "all_at_once", "naive_error", "spread_for_error"},
    "02_hopfield": {"no_half", "diagonal", "synchronous", "one_over_patterns", "field_sign"},
    "03_boltzmann": {"overflow", "factor_two", "all_at_once", "one_T", "weighed_twice", "starts_with_coins"},
    "04_annealing": {"gaps", "no_two", "heat_bath", "ends_exchanged", "one_temperature", "surest_for_best"},
    "05_boltzmann_machine": {"not_clamped", "reversed", "sign", "diagonal", "stale_slope", "unit_by_unit"},
    "06_rbm": {
        "sum_in_the_logarithm",
        "probabilities_passed_down",
        "old_hidden_units",
        "summed_over_the_batch",
        "nothing_sampled",
        "minus_F_only",
        "lowest_error",
    },
    "07_dbn": {
        "biases_kept",
        "memory_without_z",
        "fields_passed_up",
        "no_entropy",
        "logarithm_of_the_mean",
        "label_let_go",
        "not_centred",
    },
    "08_echoes": {"overflow", "no_beta", "slope_of_p", "half_drift", "noise_without_2", "spread_for_error"},
}
WHY_NOT = sandbox.why_not()
WRONG = [(path.parts[-3], path.stem) for path in sorted(ANSWERS.glob("*/wrong/*.py"))]


def claims(path):
    """The question that a wrong answer loses, and the hint it should bring."""
    text = path.read_text()
    return re.search("^# loses: (.*)$", text, re.M)[1], re.search("^# hint: (.*)$", text, re.M)[1]


def hands():
    """The wrong answers of each set, dealt to notebooks: a question gets at most one in each.

    Two notebooks a set, six wrong answers or more, are part of every run; with EVERY_WRONG_ANSWER set, all.
    """
    for name in POINTS:
        by_question = {}
        for slip in (slip for of, slip in WRONG if of == name):
            question, _ = claims(ANSWERS / name / "wrong" / f"{slip}.py")
            by_question.setdefault(question, []).append(slip)
        dealt = [tuple(slip for slip in slips if slip) for slips in zip_longest(*by_question.values())]
        if "EVERY_WRONG_ANSWER" not in os.environ:
            dealt = dealt[:2]
        assert sum(map(len, dealt)) >= 6, name
        yield from ((name, slips) for slips in dealt)


HINTS = {claims(path)[1] for path in ANSWERS.glob("*/wrong/*.py")}


@pytest.fixture(scope="module", params=POINTS)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def sets():
    """Each set, built once."""
    return {name: make_exercises.build(name, run=False) for name in POINTS}


@pytest.fixture
def grade(sets, tmp_path):
    """What `otter run` says to a notebook, hidden tests included."""

    def grade(name, notebook, called=None):
        autograder = tmp_path / "autograder.zip"
        autograder.write_bytes(sets[name].autograder)
        submission = tmp_path / (called or f"{name}.ipynb")
        nbformat.write(notebook, submission)
        results = grade_submission(str(submission), str(autograder), quiet=True).results
        assert {q: r.possible for q, r in results.items()} == POINTS[name]
        return results

    return grade


@pytest.fixture
def desk(sets, tmp_path):
    """A student's folder, and what a run of a notebook in it shows."""

    def run(name, notebook, called):
        for path, content in sets[name].student.items():
            if path.suffix != ".ipynb":
                (tmp_path / path).parent.mkdir(exist_ok=True)
                (tmp_path / path).write_bytes(content)
        nbformat.write(notebook, tmp_path / called)
        client = nbclient.NotebookClient(notebook, resources={"metadata": {"path": tmp_path}})
        return checks(client.execute())

    return run


def student(sets, name):
    """The student's notebook, nothing answered."""
    (path,) = (path for path in sets[name].student if path.suffix == ".ipynb")
    return nbformat.reads(sets[name].student[path].decode(), as_version=4)


def solution(sets, name):
    """The instructor's notebook, everything answered."""
    return nbformat.reads(sets[name].answered.decode(), as_version=4)


def answered(notebook, answers):
    """The notebook with these answers in place of its own."""
    cells = answer_cells(notebook)
    for answer in answers.read_text().split("\n# %%\n"):
        (cell,) = (cell for cell in cells if bound(cell.source) & bound(answer))
        cell.source = answer
    return notebook


def answer_cells(notebook):
    return [cell for cell in tagged(notebook) if cell.cell_type == "code"]


def tagged(notebook):
    return [cell for cell in notebook.cells if TAGS & set(cell.metadata.get("tags", ()))]


def without_pictures(notebook):
    """The notebook without the cells that only draw: half its time, and no points."""
    notebook.cells = [cell for cell in notebook.cells if "plt.subplots" not in cell.source]
    return notebook


def bound(code):
    """The functions a cell defines, or else the names it assigns."""
    body = ast.parse(code).body
    functions = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    targets = (target for node in body if isinstance(node, ast.Assign) for target in node.targets)
    return functions or {target.id for target in targets if isinstance(target, ast.Name)}


def checks(notebook):
    """What each `grader.check` showed, by question."""
    shown = {}
    for cell in notebook.cells:
        asked = re.match(r'grader\.check\("(\w+)"\)', cell.source)
        if cell.cell_type == "code" and asked:
            shown[asked[1]] = cell.outputs[0].data["text/plain"]
    return shown


def scores(results):
    return {question: result.score for question, result in results.items()}


def visible(results):
    """The messages of the failed tests that a student sees."""
    return [
        case.message
        for result in results.values()
        for case in result.test_case_results
        if not (case.passed or case.test_case.hidden)
    ]


# The files


def test_every_set_is_tested():
    assert set(POINTS) == set(make_exercises.sets())
    assert {name for name, _ in WRONG} == set(POINTS)
    for name, slips in TYPICAL.items():
        assert slips <= {slip for of, slip in WRONG if of == name}


def test_exercises_are_up_to_date():
    command = [sys.executable, make_exercises.__file__, "--check"]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, f"exercises/ is stale:\n{run.stdout}{run.stderr}"


def test_the_same_source_gives_the_same_bytes(sets, name):
    assert make_exercises.build(name, run=False) == sets[name]


def test_check_finds_what_is_stale(sets, name, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(make_exercises, "ROOT", tmp_path)
    monkeypatch.setattr(make_exercises, "EXERCISES", tmp_path / "exercises")
    monkeypatch.setattr(make_exercises, "build", lambda name, run: sets[name])
    place = tmp_path / "exercises" / name
    assert make_exercises.main([]) == 0
    (place / ".OTTER_LOG").touch()
    assert make_exercises.main(["--check"]) == 0
    (place / "tests" / "q1.py").unlink()
    with (place / f"{name}.ipynb").open("a") as notebook:
        notebook.write("\n")
    (tmp_path / "exercises" / "99_gone").mkdir()
    (tmp_path / "exercises" / "99_gone" / "left.py").touch()
    capsys.readouterr()
    assert make_exercises.main(["--check"]) == 1
    told = re.findall(r"out of date: exercises/(\S+)", capsys.readouterr().out)
    assert told == [f"{name}/{name}.ipynb", f"{name}/tests/q1.py", "99_gone/left.py"]
    assert make_exercises.main([]) == 0
    assert make_exercises.main(["--check"]) == 0


def test_students_get_no_answers(sets, name):
    empty, full = answer_cells(student(sets, name)), answer_cells(solution(sets, name))
    assert [bound(cell.source) for cell in empty] == [bound(cell.source) for cell in full]
    dots = [re.findall(r"^    \.\.\.$|^\w+ = \.\.\.$", cell.source, re.M) for cell in empty]
    assert all(dots), "an answer has no BEGIN SOLUTION or SOLUTION beside it"
    assert not any("..." in cell.source for cell in full)


def test_open_questions_show_their_rubric_and_no_answer(sets, name):
    text = "\n".join(cell.source for cell in student(sets, name).cells)
    written, blank = (
        [cell.source for cell in tagged(notebook) if cell.cell_type == "markdown"]
        for notebook in (solution(sets, name), student(sets, name))
    )
    assert blank == ["_Type your answer here, replacing this text._"] * len(OPEN.get(name, ()))
    assert len(written) == 2 * len(blank)  # otter leaves the empty cell above the answer
    assert not any(answer in text for answer in written if answer not in blank)
    assert text.count("A reader marks this question") == len(blank)
    for question, points in OPEN.get(name, {}).items():
        rubric = re.search(r"A reader marks this question.*?\n((\n- .*(\n  .*)*)+)", text)[1]
        assert len(re.findall("^- ", rubric, re.M)) == points, question


def test_students_get_no_hidden_tests(sets, name):
    given = "\n".join(content.decode() for content in sets[name].student.values())
    assert "hidden=False" in given
    assert "hidden=True" not in given
    with zipfile.ZipFile(io.BytesIO(sets[name].autograder)) as archive:
        tests = {question: archive.read(f"tests/{question}.py").decode() for question in POINTS[name]}
    hidden = {question: re.findall(r"hidden=True\)\ndef (\w+)", tests[question]) for question in tests}
    assert all(hidden.values()), "a question has no hidden test"
    assert [test for found in hidden.values() for test in found if test in given] == []


def test_the_notebook_is_clean(sets, name):
    notebook = student(sets, name)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 4)
    assert all("id" not in cell for cell in notebook.cells)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert max(cell.source.count("\n") + 1 for cell in code) <= 25


# The marks


def test_the_solution_gets_full_marks(sets, name, grade):
    results = grade(name, solution(sets, name))
    assert scores(results) == POINTS[name], results


@pytest.mark.parametrize("results", [GradingResults([]), GradingResults.without_results(OSError())])
def test_a_solution_without_results_is_refused(sets, name, monkeypatch, results):
    monkeypatch.setattr(make_exercises, "grade_submission", lambda *_, **__: results)
    with pytest.raises(RuntimeError, match=f"the answers of {name} fail its tests"):
        make_exercises.build(name)


def test_another_style_gets_full_marks(sets, name, grade):
    notebook = answered(student(sets, name), ANSWERS / name / "other_style.py")
    results = grade(name, without_pictures(notebook))
    assert scores(results) == POINTS[name], results


def test_the_blank_notebook_runs_and_gets_nothing(sets, name, desk):
    """That the class's grader gives nothing for it is seen below."""
    shown = desk(name, student(sets, name), f"{name}.ipynb")  # stops at the first error
    assert set(shown) == set(POINTS[name])
    assert all("Not answered yet" in text for text in shown.values())


@pytest.mark.parametrize(
    ("name", "slips"), list(hands()), ids=lambda x: x if isinstance(x, str) else "-".join(x)
)
def test_a_wrong_answer_loses_its_points_and_brings_its_hint(sets, grade, name, slips):
    """At most one in each question of a notebook: so few notebooks do for all of them."""
    notebook, lost = solution(sets, name), {}
    for slip in slips:
        answers = ANSWERS / name / "wrong" / f"{slip}.py"
        question, lost[question] = claims(answers)
        notebook = answered(notebook, answers)
    results = grade(name, without_pictures(notebook))
    assert scores(results) == POINTS[name] | dict.fromkeys(lost, 0), results
    for question, hint in lost.items():
        messages = visible({question: results[question]})
        told = {h for h in HINTS for message in messages if f"AssertionError: {h}" in message}
        assert told == {hint}, results[question]


@pytest.mark.skipif(bool(WHY_NOT) and "CI" not in os.environ, reason=f"no sandbox on this machine: {WHY_NOT}")
def test_the_grader_of_a_class_agrees(sets, name):
    """Behind walls, with other inputs for the hidden tests."""
    asked = marking.questions(sets[name].autograder)
    for notebook, wanted in [
        (solution(sets, name), POINTS[name]),
        (student(sets, name), dict.fromkeys(POINTS[name], 0)),
    ]:
        cells = [cell.source for cell in without_pictures(notebook).cells if cell.cell_type == "code"]
        found = marking.mark(cells, asked, seed=12345)
        assert (found["scores"], found["status"], found["reason"]) == (wanted, "graded", ""), found


def test_a_renamed_notebook_still_checks_and_grades(sets, desk, grade):
    name, called = "02_hopfield", "Ana's answers (final).ipynb"
    notebook = without_pictures(answered(student(sets, name), ANSWERS / name / "other_style.py"))
    shown = desk(name, notebook, called)
    assert shown == {q: f"{q} results: All test cases passed!" for q in POINTS[name]}
    assert scores(grade(name, notebook, called)) == POINTS[name]
