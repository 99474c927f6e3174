"""Execute and build the book; do nothing where nothing changed.

    python scripts/build_book.py         pages
    python scripts/build_book.py epub    one file for a book reader, after the pages

Jupyter Book's cache knows only the notebooks. Here two digests, kept beside it, say what else an
old result depends on: one for what a notebook computes with, one for what a page is made of.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import page_scripts

ROOT = Path(__file__).resolve().parent.parent
JUPYTER_BOOK = Path(sys.executable).parent / "jupyter-book"
BUILD = ROOT / "_build"
PAGES = BUILD / "html"
# What the results of a cell depend on, apart from its notebook.
CODE = ["lib/ebm", "requirements.txt", "book/claims.yml", "book/records"]
# What every page depends on, apart from its source.
FRAME = ["_config.yml", "_toc.yml", "book/_ext", "book/_assets", "scripts/build_book.py"]
RUN_NOTEBOOKS = Path(__file__).with_name("execute_notebooks.py")
SOURCES = [
    "book",
    "exercises",
    *(f"benchmarks/{path.name}" for path in (ROOT / "benchmarks").glob("*.jsonl")),
]


def main() -> None:
    code, frame, everything = digest(CODE), digest(FRAME), digest([*CODE, *FRAME, *SOURCES])
    if stored("everything") != everything:
        if stored("code") != code:
            print("  the library or its dependencies changed: every notebook runs again", flush=True)
            forget(".jupyter_cache", ".doctrees", "html", "jupyter_execute")
        elif stored("frame") != frame:
            print("  the frame of the pages changed: every page is written again", flush=True)
            forget(".doctrees", "html")
        forget("built-from/everything")
        store("code", code)
        store("frame", frame)
        build()
        store("everything", everything)
    else:
        print("  nothing changed since the last build")
    if sys.argv[1:] == ["epub"]:
        build("--builder", "custom", "--custom-builder", "epub")
        (made,) = (BUILD / "epub").glob("*.epub")
        print(f"Open {made}")
    else:
        print(f"Open {PAGES / 'index.html'}")


def digest(places: list[str]) -> str:
    """One number for the names and contents of all files under these places."""
    total = hashlib.sha256()
    for path in sorted(file for place in places for file in files(ROOT / place)):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(ROOT)} {content}\n".encode())
    return total.hexdigest()


def files(place: Path) -> list[Path]:
    found = place.rglob("*") if place.is_dir() else [place]
    scratch = {"__pycache__", ".ipynb_checkpoints"}
    return [path for path in found if path.is_file() and not scratch & set(path.parts)]


def build(*options: str) -> None:
    print("  executing changed notebooks (first time: a minute or two)", flush=True)
    quietly([sys.executable, RUN_NOTEBOOKS])
    print("  jupyter-book: writing pages (first time: a minute or two)", flush=True)
    quietly([JUPYTER_BOOK, "build", ".", "-W", "-n", "--keep-going", "-q", *options])


def quietly(command: list) -> None:
    """Run a command whose words matter only if it fails; then show them, and stop."""
    # Node for the formulas of the EPUB; and one thread for a notebook, since each core has one.
    environment = dict(os.environ, PATH=page_scripts.path_with_node(), OPENBLAS_NUM_THREADS="1")
    finished = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if finished.returncode:
        print(finished.stdout)
        # Sphinx would not repeat the warnings of pages it holds for read.
        forget(".doctrees")
        sys.exit("The book has warnings or errors: see above.")


def stored(name: str) -> str:
    path = BUILD / "built-from" / name
    return path.read_text() if path.exists() else ""


def store(name: str, value: str) -> None:
    path = BUILD / "built-from" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value)


def forget(*names: str) -> None:
    for name in names:
        path = BUILD / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
