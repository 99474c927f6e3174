"""Sphinx extension: on a page, a link to the notebook of an exercise hands out the whole set, as a zip.

In Jupyter the same link opens the notebook. To download that alone would be of little use: what checks the
answers is in the folder `tests` beside it.
"""

import io
import zipfile
from pathlib import Path

from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

ZIPS = "_build/exercises"


class ExerciseLinks(SphinxTransform):
    """Links to exercises/NN_name/NN_name.ipynb, which is no page of the book, become downloads."""

    default_priority = 500

    def apply(self, **_) -> None:
        for link in list(self.document.findall(addnodes.pending_xref)):
            folder, *rest = link["reftarget"].split("/")
            if link["refdomain"] == "doc" and folder == "exercises":
                download = addnodes.download_reference("", "", *link.children)
                download["reftarget"] = f"/{ZIPS}/{rest[0]}.zip"
                link.replace_self(download)


def pack(app: Sphinx) -> None:
    """Write the zips anew where a set has changed: a page is read again if its zip is newer."""
    for folder in sorted(Path(app.srcdir, "exercises").glob("[0-9][0-9]_*")):
        path, content = Path(app.srcdir, ZIPS, f"{folder.name}.zip"), zipped(folder)
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def zipped(folder: Path) -> bytes:
    """A set as a zip: its notebook and its visible tests, in a folder of their own; the same bytes each time."""
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in [folder / f"{folder.name}.ipynb", *sorted(folder.glob("tests/*.py"))]:
            entry = zipfile.ZipInfo(path.relative_to(folder.parent).as_posix())  # the start of 1980
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return result.getvalue()


def setup(app: Sphinx) -> dict:
    app.connect("builder-inited", pack)
    app.add_transform(ExerciseLinks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
