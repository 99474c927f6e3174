"""Derive exercises/, what a student gets, from solutions/, what an instructor writes.

    python scripts/make_exercises.py                    all sets, written to exercises/
    python scripts/make_exercises.py --check            only say what is out of date
    python scripts/make_exercises.py --autograder DIR   also the zip that grades a set

A set is solutions/NN_name/NN_name.py: prompt, answer, visible and hidden tests in one file, in
jupytext's percent form. The same source gives the same bytes, so exercises/ is committed and
a test can tell whether it is stale. Hidden tests go into the autograder's zip, which is not
committed, and nowhere else.
"""

import argparse
import io
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

import jupytext
import nbformat
from otter.api import grade_submission
from otter.assign import main as otter_assign

ROOT = Path(__file__).resolve().parent.parent
SOLUTIONS = ROOT / "solutions"
EXERCISES = ROOT / "exercises"
RUFF = Path(sys.executable).parent / "ruff"
# What lies about after a student, or an editor, has been at work: not ours, left alone.
LITTER = {".OTTER_LOG", ".ipynb_checkpoints", "__pycache__"}


class Exercise(NamedTuple):
    """One set, ready to be written.

    student : dict of path to bytes; the paths are relative to exercises/NN_name
    autograder : bytes of the zip for `otter run` and Gradescope, hidden tests included
    answered : bytes of the notebook with the instructor's answers
    """

    student: dict[Path, bytes]
    autograder: bytes
    answered: bytes


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Derive exercises/ from solutions/.")
    parser.add_argument("names", nargs="*", metavar="SET", help="for example 02_hopfield (all)")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if out of date")
    parser.add_argument("--autograder", type=Path, metavar="DIR", help="write the zips there too")
    options = parser.parse_args(arguments)
    names = options.names or sets()
    strange = set(names) - set(sets())
    if strange:
        parser.error(f"no set {', '.join(sorted(strange))}; there are {', '.join(sets())}")

    # --check compares bytes only: the answers were run when these were written.
    built = {name: build(name, run=not options.check) for name in names}
    if options.autograder:
        options.autograder.mkdir(parents=True, exist_ok=True)
        for name, exercise in built.items():
            (options.autograder / f"{name}.zip").write_bytes(exercise.autograder)

    wanted = {
        EXERCISES / name / path: content
        for name, exercise in built.items()
        for path, content in exercise.student.items()
    }
    changed = stale(wanted, [EXERCISES / name for name in options.names] or [EXERCISES])
    for path in changed:
        print(f"  {'out of date' if options.check else 'written'}: {path.relative_to(ROOT)}")
        if not options.check:
            write(path, wanted.get(path))
    if not changed:
        print("  exercises/ is up to date")
    elif options.check:
        print("Run `make exercises` and commit what it writes.")
    return 1 if options.check and changed else 0


def sets() -> list[str]:
    """The names of all sets: folders NN_name of solutions/ that hold NN_name.py."""
    return sorted(path.stem for path in SOLUTIONS.glob("*/*.py") if path.stem == path.parent.name)


def build(name: str, *, run: bool = True) -> Exercise:
    """One set; with `run`, only if its own answers pass all of its tests."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / name
        shutil.copytree(SOLUTIONS / name, place, ignore=shutil.ignore_patterns(*LITTER))
        master = place / f"{name}.ipynb"
        nbformat.write(notebook(place / f"{name}.py"), master)
        result = Path(folder) / "result"
        otter_assign(str(master), str(result), no_run_tests=True)
        student = result / "student"
        files = {
            path.relative_to(student): tidy(Path(name) / path.relative_to(student), path)
            for path in sorted(student.rglob("*"))
            if path.is_file()
        }
        (autograder,) = (result / "autograder").glob("*.zip")
        answered = result / "autograder" / f"{name}.ipynb"
        if run:
            run_answers(answered, autograder)
        return Exercise(files, without_times(autograder.read_bytes()), answered.read_bytes())


def run_answers(answered: Path, autograder: Path) -> None:
    """Grade the instructor's own answers: anything but full marks is an error.

    otter can do this while it assigns, but takes a run that brought no result at all for a pass:
    0 points of 0.
    """
    results = grade_submission(str(answered), str(autograder), quiet=True)
    if results.possible == 0 or results.total != results.possible:
        raise RuntimeError(f"the answers of {answered.stem} fail its tests:\n{results.summary()}")


def notebook(source: Path) -> nbformat.NotebookNode:
    """The master as a notebook whose bytes depend on nothing but its source.

    Format 4.4 is the last without cell ids, which would be drawn at random.
    """
    script = jupytext.read(source, fmt="py:percent")
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    script.metadata = nbformat.from_dict({"kernelspec": kernel, "language_info": {"name": "python"}})
    script.nbformat, script.nbformat_minor = 4, 4
    for cell in script.cells:
        cell.pop("id", None)
    return script


def tidy(where: Path, path: Path) -> bytes:
    """The file's bytes; otter's long lines and stray blanks are put in the house's style."""
    content = path.read_bytes()
    if path.suffix not in {".py", ".ipynb"}:
        return content
    command = [RUFF, "format", "--stdin-filename", EXERCISES / where, "-"]
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout


def without_times(archive: bytes) -> bytes:
    """The same zip, its files in order and none with the time it was made."""
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as old,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in sorted(old.namelist()):
            entry = zipfile.ZipInfo(name)  # the start of 1980
            entry.external_attr = 0o644 << 16
            new.writestr(entry, old.read(name), zipfile.ZIP_DEFLATED)
    return result.getvalue()


def stale(wanted: dict[Path, bytes], places: list[Path]) -> list[Path]:
    """The files of these folders that are not as wanted, are missing, or should not be there."""
    present = {
        path
        for place in places
        for path in place.rglob("*")
        if path.is_file() and not LITTER & set(path.parts)
    }
    same = {path for path in present & set(wanted) if path.read_bytes() == wanted[path]}
    return sorted((present | set(wanted)) - same)


def write(path: Path, content: bytes | None) -> None:
    """Put the file there; without content, take it away."""
    if content is None:
        path.unlink()
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())
