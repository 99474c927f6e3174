"""Every notebook of the book ran from its first cell to its last, and its checked cells print what it says.

The run is that of `make book`: what is compared is what stands on the pages.
"""

import json
from pathlib import Path

import pytest

from ebm import claims
from strip_notebooks import TAG

BOOK = claims.book()
NOTEBOOKS = sorted(BOOK.glob("*.ipynb"))
RUNS = BOOK.parent / "_build" / ".jupyter_cache" / "executed"


def code(path):
    """The cells of code in a notebook."""
    cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def sources(cells):
    return ["".join(cell["source"]) for cell in cells]


def run_of(cells, runs=RUNS):
    """The same cells as the book's last build ran them; None if it ran others, or failed."""
    found = (code(path) for path in runs.glob("*/base.ipynb"))
    return next((ran for ran in found if sources(ran) == sources(cells)), None)


def printed(cell):
    """What a cell shows as text: what it prints, by stream, and what its last line is."""
    shown = {}
    for output in cell["outputs"]:
        place = output.get("name", output["output_type"])
        text = output["text"] if "text" in output else output.get("data", {}).get("text/plain", "")
        shown[place] = shown.get(place, "") + "".join(text)
    return shown


def differing(cells, ran):
    """Of the checked cells those that print something else: name to (what the notebook says, what was printed)."""
    pairs = [pair for pair in zip(cells, ran, strict=True) if TAG in pair[0]["metadata"].get("tags", [])]
    return {one["id"]: (printed(one), printed(two)) for one, two in pairs if printed(one) != printed(two)}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_prints_what_it_says(path):
    cells = code(path)
    ran = run_of(cells)
    assert ran is not None, "the last build has no complete run of these cells: see what `make book` says"
    assert differing(cells, ran) == {}


def test_a_cell_that_prints_something_else_is_noticed(tmp_path):
    def cell(name, *outputs, tags=(TAG,)):
        metadata = {"tags": list(tags)}
        return {"cell_type": "code", "id": name, "metadata": metadata, "source": [name], "outputs": outputs}

    def line(text, name="stdout"):
        return {"output_type": "stream", "name": name, "text": [text]}

    def result(text):
        data = {"text/plain": [text], "text/html": ["<b>"]}
        return {"output_type": "execute_result", "data": data, "metadata": {}}

    says = [
        cell("same", line("1\n"), line("2\n"), result("3")),
        cell("number", line("1\n")),
        cell("result", result("3")),
        cell("silent"),
        cell("free", line("1\n"), tags=()),
    ]
    did = [
        cell("same", line("1\n2\n"), result("3")),
        cell("number", line("2\n")),
        cell("result", result("4")),
        cell("silent", line("oh\n", "stderr")),
        cell("free", line("2\n")),
    ]
    assert set(differing(says, did)) == {"number", "result", "silent"}
    assert differing(says, did)["number"] == ({"stdout": "1\n"}, {"stdout": "2\n"})
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "base.ipynb").write_text(json.dumps({"cells": did}))
    assert run_of(says, tmp_path) == json.loads(json.dumps(did))
    assert run_of(says[:-1], tmp_path) is None
