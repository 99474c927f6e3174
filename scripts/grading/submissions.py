"""The files of a class: which there are, whose they are, and the code in them."""

import io
import json
import re
import stat
import zipfile
from pathlib import Path
from typing import NamedTuple

import nbformat

LARGEST = 20 * 2**20  # bytes of a notebook
LITTER = re.compile(r"^\.|^__MACOSX$|^__pycache__$|^Thumbs\.db$|^desktop\.ini$")
# How otter marks an open question in a student's notebook.
BEGIN, END = "<!-- BEGIN QUESTION -->", "<!-- END QUESTION -->"
UNANSWERED = "_Type your answer here, replacing this text._"
_HEADING = re.compile(r"^#+ (.+)$", re.M)
_COPY = re.compile(r"\s*(\(\d+\)|- Copy|-\d)$")  # what browsers and desktops add to a second file of a name


class Unreadable(Exception):
    """A file that holds no notebook; the message says why."""


class Submission(NamedTuple):
    """One file.

    path : Path
    name : str, relative to the folder of submissions
    student : str, from the folder it lies in, or else its name
    """

    path: Path
    name: str
    student: str


def find(folder):
    """Every file in a folder, however it is named: the folders in it are students.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    list of Submission
        Sorted by name. Links are listed, but never followed.
    """
    found = []
    for path in sorted(_walk(folder)):
        place = path.relative_to(folder)
        student = place.parts[0] if len(place.parts) > 1 else _COPY.sub("", path.stem)
        found.append(Submission(path, str(place), student))
    return found


def _walk(folder):
    for path in folder.iterdir():
        if LITTER.search(path.name):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)
        else:
            yield path


def latest(found):
    """Of each student's files the one handed in last: only that one counts.

    Returns
    -------
    dict of student to name
    """
    newest = {}
    for submission in found:
        when = submission.path.lstat().st_mtime, submission.name
        newest[submission.student] = max(newest.get(submission.student, (when[0], "")), when)
    return {student: name for student, (_, name) in newest.items()}


def read(submission):
    """What is in a file, as bytes of a notebook.

    Raises
    ------
    Unreadable
        If it is a link, no file, too large, or a zip that does not hold exactly one notebook.
    """
    about = submission.path.lstat()
    if not stat.S_ISREG(about.st_mode):
        raise Unreadable("a link or a device, not a file")
    if about.st_size > LARGEST:
        raise Unreadable(f"{about.st_size:,} bytes; a notebook has at most {LARGEST:,}")
    content = submission.path.read_bytes()
    return _only_notebook(content) if content[:4] == b"PK\x03\x04" else content


def _only_notebook(content):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = [
                info
                for info in archive.infolist()
                if info.filename.endswith(".ipynb")
                and not LITTER.search(Path(info.filename).name)
                and "__MACOSX" not in info.filename
            ]
            if len(inside) != 1:
                raise Unreadable(f"a zip with {len(inside)} notebooks; wanted one")
            with archive.open(inside[0]) as file:
                notebook = file.read(LARGEST + 1)  # whatever size the zip says it has
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise Unreadable(f"a damaged zip: {error}") from error
    if len(notebook) > LARGEST:
        raise Unreadable(f"a zip that unpacks to more than {LARGEST:,} bytes")
    return notebook


def cells(content):
    """The code of a notebook, cell by cell.

    Lenient with what does not matter: metadata, outputs, old formats.

    Parameters
    ----------
    content : bytes

    Returns
    -------
    list of str
    """
    return [source for kind, source in _cells(content) if kind == "code"]


def written(content):
    """What stands between the marks of open questions, in the order of the notebook.

    Parameters
    ----------
    content : bytes
        Of a notebook.

    Returns
    -------
    dict of str to str
        The heading of a question, such as "6. Derived, or alike?", and what was written under it: Markdown
        and code, empty if nothing was.
    """
    found, heading = {}, None
    for kind, source in _cells(content):
        if kind == "markdown" and source.startswith(END):
            heading = None
        if kind == "markdown" and BEGIN in source:
            heading = _HEADING.search(source)
            heading = heading[1] if heading else "a question without a heading"
            found[heading] = []
        elif heading is not None and source.strip() not in {"", UNANSWERED}:
            found[heading].append(source)
    return {heading: "\n\n".join(parts) for heading, parts in found.items()}


def _cells(content):
    """Kind and source of every cell."""
    if not content.strip():
        raise Unreadable("an empty file")
    try:
        raw = json.loads(content)
        if not isinstance(raw, dict):
            raise Unreadable("not a notebook: JSON of another kind")
        if raw.get("nbformat") == 3:
            raw = nbformat.convert(nbformat.from_dict(raw), 4)
        return [(cell.get("cell_type"), _source(cell)) for cell in raw["cells"]]
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not a notebook: {error}"[:200]) from error
    except (KeyError, TypeError, AttributeError) as error:
        raise Unreadable("not a notebook: it has no list of cells") from error


def _source(cell):
    source = cell.get("source", "")
    source = "".join(source) if isinstance(source, list) else source
    if not isinstance(source, str):
        raise TypeError("a cell whose source is not text")
    return source.encode(errors="replace").decode()
