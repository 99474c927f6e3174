"""A chapter's link to its exercise: on the page it hands out the set, notebook and tests in one zip."""

import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CONF = """
import sys
sys.path.insert(0, {extensions!r})
extensions = ["myst_parser"{ours}]
exclude_patterns = ["exercises", "_build"]
source_suffix = {{".md": "markdown", ".ipynb": "markdown"}}
"""
PAGE = "# A page\n\nThe exercise in [`exercises/01_x`](exercises/01_x/01_x.ipynb) asks.\n"


def built(place, *, ours=True):
    """The page, what Sphinx complained of, and the zips that came with it."""
    (place / "conf.py").write_text(
        CONF.format(extensions=str(ROOT / "book/_ext"), ours=', "exercise_links"' * ours)
    )
    (place / "index.md").write_text(PAGE)
    tests = place / "exercises/01_x/tests"
    tests.mkdir(parents=True, exist_ok=True)
    (tests / "q1.py").write_text("q1")
    (tests / ".OTTER_LOG").write_text("litter")
    notebook = tests.parent / "01_x.ipynb"
    if not notebook.exists():
        notebook.write_text("{}")
    command = [sys.executable, "-m", "sphinx", "-q", "-n", "-b", "html", ".", "out"]
    run = subprocess.run(command, cwd=place, capture_output=True, text=True, check=True)
    zips = [path.read_bytes() for path in (place / "out").rglob("01_x.zip")]
    return (place / "out/index.html").read_text(encoding="utf-8"), run.stderr, zips


def test_the_link_hands_out_notebook_and_tests(tmp_path):
    page, complaints, (archive,) = built(tmp_path)
    assert complaints == ""
    assert re.search(r'<a class="reference download[^>]*/01_x.zip"><span[^>]*><code', page)
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        assert found.namelist() == ["01_x/01_x.ipynb", "01_x/tests/q1.py"]
        assert found.read("01_x/tests/q1.py") == b"q1"


def test_without_the_extension_the_link_leads_nowhere(tmp_path):
    page, complaints, zips = built(tmp_path, ours=False)
    assert "exercises/01_x" in complaints and ".zip" not in page and not zips


def test_the_same_set_gives_the_same_bytes_and_a_changed_one_new_ones(tmp_path):
    (first,) = built(tmp_path)[2]
    assert built(tmp_path)[2] == [first]
    (tmp_path / "exercises/01_x/01_x.ipynb").write_text('{"cells": []}')
    (second,) = built(tmp_path)[2]
    with zipfile.ZipFile(io.BytesIO(second)) as found:
        assert found.read("01_x/01_x.ipynb") == b'{"cells": []}'


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "exercises").glob("[0-9]*")))
def test_every_set_has_what_is_handed_out(name):
    folder = ROOT / "exercises" / name
    assert (folder / f"{name}.ipynb").is_file() and list(folder.glob("tests/q*.py"))
