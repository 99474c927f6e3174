"""Sphinx extension: figures drawn wide can be scrolled on a telephone, where their letters would else be unreadable.

The class `wide` is for book.css. By the class `output` the theme knows a part that may scroll, and lets
the keyboard reach it.
"""

from pathlib import Path

from docutils import nodes
from PIL import Image
from sphinx.application import Sphinx

WIDE = 750  # pixels of the picture: 6 inches or more at the resolution of the book's style


def mark_wide(app: Sphinx, doctree, docname: str) -> None:
    if app.builder.name == "epub":
        return
    for figure in doctree.findall(nodes.figure):
        image = figure.next_node(nodes.image)
        path = Path(app.srcdir, image["uri"])
        if path.suffix == ".png":
            with Image.open(path) as picture:
                if picture.width >= WIDE:
                    figure["classes"] += ["output", "wide"]


def setup(app: Sphinx) -> dict:
    app.connect("doctree-resolved", mark_wide)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
