"""What a class gets: grades.csv, a page of feedback for each file, what was written, a plot of the questions."""

import csv
import hashlib
import re
from pathlib import Path

import jinja2

NOT_JUDGED = "not judged"  # the fault is ours: the score stays blank, and another run tries again
COLUMNS = ["student", "file", "counts", "status", "reason", "total", "possible"]
TOP = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
  :root { color-scheme: light dark; }
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
  table { border-collapse: collapse; }
  td, th { border-bottom: 1px solid; padding: 0.3rem 0.8rem 0.3rem 0; text-align: left; vertical-align: top; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; font: inherit; }
</style>
"""
PAGE = """<title>{{ set }}: {{ result.student }}</title>
<h1>{{ set }}: {{ result.student }}</h1>
<p>File: {{ result.file }}</p>
{% if result.scores is none %}
<p>Not judged yet, through no fault of yours.</p>
{% else %}
<p><strong>{{ "%g" % result.total }} of {{ "%g" % result.possible }} points.</strong></p>
{% endif %}
{% if result.reason %}<p>Note: {{ result.reason }}</p>{% endif %}
{% if result.scores %}
<table>
<tr><th scope="col">Question</th><th scope="col">Points</th><th scope="col">What the checks say</th></tr>
{% for name, score in result.scores.items() %}
<tr><th scope="row">{{ name }}</th><td>{{ "%g" % score }} of {{ "%g" % points[name] }}</td><td>
{%- for test in result.tests[name] if not test.passed and not test.hidden %}<pre>{{ test.message }}</pre>{% endfor -%}
{%- set hidden = result.tests[name] | selectattr("hidden") | rejectattr("passed") | list -%}
{%- set shown = result.tests[name] | rejectattr("hidden") | rejectattr("passed") | list -%}
{%- if hidden and not shown %}Right on the inputs of the notebook, wrong on others.{% endif -%}
{%- if not hidden and not shown %}Right.{% endif -%}
</td></tr>
{% endfor %}
</table>
{% endif %}
</html>
"""
WRITTEN = """<title>{{ set }}: open questions</title>
<h1>{{ set }}: open questions</h1>
<p>What each point is given for stands under the question in the notebook; an answer that gets all of
them, and notes for whoever marks, in <code>solutions/{{ set }}</code>.</p>
{% for question in questions %}
<h2>{{ question }}</h2>
{% for student, answers in texts.items() %}
<h3>{{ student }}</h3>
<pre>{{ answers.get(question) or "Nothing written." }}</pre>
{% endfor %}
{% endfor %}
</html>
"""


def grades(results, points, path):
    """Write grades.csv: a row a file, a column a question.

    Parameters
    ----------
    results : list of dict
        As `grade.py` makes them.
    points : dict of question to points
    path : Path
    """
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow([*COLUMNS, *points, "seconds"])
        for result in results:
            scores = result["scores"]
            row = [result[name] for name in COLUMNS[:5]]
            row += ["" if scores is None else f"{result['total']:g}", f"{result['possible']:g}"]
            row += ["" if scores is None else f"{scores.get(name, 0):g}" for name in points]
            table.writerow([*map(_plain, row), result["seconds"]])


def _plain(cell):
    """Text that no spreadsheet takes for a formula."""
    return f"'{cell}" if str(cell)[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def feedback(result, points, name, folder):
    """Write the page of one file; its name depends on the file's alone.

    Returns
    -------
    Path
    """
    slug = re.sub(r"[^A-Za-z0-9]+", "-", result["file"]).strip("-")[:60]
    path = Path(folder) / f"{slug}-{hashlib.sha256(result['file'].encode()).hexdigest()[:8]}.html"
    _page(PAGE, path, result=result, points=points, set=name)
    return path


def written(texts, name, path):
    """Write one page of all answers to open questions, question by question; none if nobody was asked any.

    Parameters
    ----------
    texts : dict of student to dict of question to text
    name : str
        The set.
    path : Path
    """
    questions = list(dict.fromkeys(question for answers in texts.values() for question in answers))
    if questions:
        _page(WRITTEN, path, texts=texts, questions=questions, set=name)


def _page(template, path, **names):
    template = jinja2.Environment(autoescape=True, trim_blocks=True).from_string(TOP + template)
    path.write_text(template.render(**names), encoding="utf-8")


def plot(results, points, path):
    """Draw, for each question, how many got full points, some, or none.

    Files that do not count, or were not judged, are left out.
    """
    import matplotlib

    matplotlib.use("agg")
    from matplotlib.figure import Figure

    counted = [r["scores"] for r in results if r["counts"] == "yes" and r["scores"] is not None]
    full = [sum(scores.get(q, 0) == points[q] for scores in counted) for q in points]
    none = [sum(scores.get(q, 0) == 0 for scores in counted) for q in points]
    some = [len(counted) - a - b for a, b in zip(full, none, strict=True)]
    figure = Figure(figsize=(1.5 + 0.9 * len(points), 3.2), layout="constrained")
    ax = figure.subplots()
    bottom = [0] * len(points)
    looks = [(full, "full points", "#0072B2", ""), (some, "some", "#E69F00", "//"), (none, "none", "0.8", "")]
    for part, label, colour, hatch in looks:
        ax.bar(list(points), part, bottom=bottom, label=label, color=colour, hatch=hatch, edgecolor="black")
        bottom = [a + b for a, b in zip(bottom, part, strict=True)]
    ax.set(title=f"{len(counted)} students", xlabel="question", ylabel="students")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    figure.savefig(path)
