"""Take outputs out of the book's notebooks, except where a cell's printed output is checked.

    python scripts/strip_notebooks.py [--check] [notebook ...]

A cell is checked when it has the tag `nbval-check-output`: it keeps its output and, because
nbval skips cells that seem never to have run, an execution count, which is always 1.
"""

import argparse
import sys
from pathlib import Path

import nbformat
from nbstripout import strip_output

ROOT = Path(__file__).resolve().parent.parent
TAG = "nbval-check-output"
# What Jupyter writes down about the machine it ran on.
NOISE = ["metadata.language_info.version", "metadata.vscode", "cell.metadata.execution", "metadata.widgets"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help="write nothing, fail if there is something to strip"
    )
    parser.add_argument("notebooks", nargs="*", type=Path)
    options = parser.parse_args()
    unclean = []
    for path in options.notebooks or sorted((ROOT / "book").glob("*.ipynb")):
        before = path.read_text(encoding="utf-8")
        after = stripped(before)
        if after != before:
            unclean.append(path)
            if not options.check:
                path.write_text(after, encoding="utf-8")
    for path in unclean:
        print(f"{path}: {'has outputs nobody checks (make format)' if options.check else 'stripped'}")
    sys.exit(1 if unclean and options.check else 0)


def stripped(text: str) -> str:
    notebook = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
    checked = [
        (cell, cell.get("outputs", [])) for cell in notebook.cells if TAG in cell.metadata.get("tags", [])
    ]
    strip_output(notebook, keep_output=False, keep_count=False, keep_id=True, extra_keys=NOISE)
    for cell, outputs in checked:
        cell.outputs = outputs
        cell.execution_count = 1
        for output in outputs:
            if output.output_type == "execute_result":
                output.execution_count = 1
    return nbformat.writes(notebook) + "\n"


if __name__ == "__main__":
    main()
