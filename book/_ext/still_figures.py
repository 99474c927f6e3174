"""Sphinx extension: where a live view cannot run, its still figure stands: without JavaScript, and in the EPUB.

A view leaves its still picture and that picture's words in the widgets' state of its page. (For the PDF
nothing needs doing: there the picture that comes with the cell's output is taken.)
"""

import base64
import hashlib
import json
import posixpath
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.osutil import relative_uri

VIEW = '<script type="application/vnd.jupyter.widget-view+json">'
BOOKS = ("epub",)  # builders whose readers run no scripts
NOTE = (
    '<p class="still-note">A still picture: in the pages on the web this figure moves, and has controls.</p>'
)


def stand_in(app: Sphinx, doctree, docname: str) -> None:
    """Put the still figure behind, or in a book instead of, each live view of a page."""
    views = [node for node in doctree.findall(nodes.raw) if node.astext().startswith(VIEW)]
    if not views or app.builder.format != "html":
        return
    state = widgets_state(app.env.nb_metadata[docname]["js_files"])
    for node in views:
        shown = json.loads(node.astext().removeprefix(VIEW).removesuffix("</script>"))["model_id"]
        for picture, alt in stills(state, shown):
            name = f"still-{hashlib.sha256(picture).hexdigest()[:16]}.png"
            folder = Path(app.outdir, app.builder.imagedir)
            folder.mkdir(exist_ok=True)
            (folder / name).write_bytes(picture)
            here = posixpath.dirname(app.builder.get_target_uri(docname)) + "/"
            source = relative_uri(here, posixpath.join(app.builder.imagedir, name))
            image = f'<img class="still" src="{source}" alt="{escape(alt)}"'
            if app.builder.name in BOOKS:
                node.replace_self(nodes.raw("", f"<p>{image} /></p>{NOTE}", format="html"))
            else:
                noscript = f"<noscript>{image}></noscript>"
                node.parent.insert(node.parent.index(node) + 1, nodes.raw("", noscript, format="html"))


def widgets_state(files: dict) -> dict:
    """The state of every widget of a page: model_id -> what is known of it."""
    _, options = files["ipywidgets_state"]
    return json.loads(options["body"])["state"]


def stills(state: dict, shown: str) -> list[tuple[bytes, str]]:
    """The still pictures, each with its words, of this widget and of those inside it."""
    model = state[shown]
    found = [
        (base64.b64decode(buffer["data"]), model["state"]["alt"])
        for buffer in model.get("buffers", [])
        if buffer["path"] == ["still"]
    ]
    for child in model["state"].get("children", []):
        found += stills(state, child.removeprefix("IPY_MODEL_"))
    return found


def setup(app: Sphinx) -> dict:
    app.connect("doctree-resolved", stand_in)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
