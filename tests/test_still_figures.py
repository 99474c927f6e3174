"""The Sphinx extension that puts a still figure where a live view cannot run."""

import importlib.util
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.utils import new_document
from ipywidgets.embed import embed_data

from ebm.widgets import memory

EXTENSION = Path(__file__).resolve().parent.parent / "book" / "_ext" / "still_figures.py"


@pytest.fixture
def stand_in(tmp_path):
    """stand_in(builder) -> (the widget, the HTML of a page that held it, the folder of pictures)."""
    spec = importlib.util.spec_from_file_location("still_figures", EXTENSION)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def start(name):
        w = memory()
        w._repr_mimebundle_()
        data = embed_data([w], drop_defaults=False)
        files = {"ipywidgets_state": (None, {"body": json.dumps(data["manager_state"])})}
        builder = SimpleNamespace(
            name=name, format="html", imagedir="_images", get_target_uri=lambda page: f"{page}.html"
        )
        env = SimpleNamespace(nb_metadata={"book/page": {"js_files": files}})
        app = SimpleNamespace(builder=builder, env=env, outdir=tmp_path)
        page = new_document("page")
        cell = nodes.container()
        cell += nodes.raw("", f"{module.VIEW}{json.dumps(data['view_specs'][0])}</script>", format="html")
        page += cell
        module.stand_in(app, page, "book/page")
        return w, "".join(node.astext() for node in cell.children), tmp_path / "_images"

    return start


def test_in_a_book_it_replaces_the_view(stand_in):
    w, html, pictures = stand_in("epub")
    (picture,) = pictures.iterdir()
    assert picture.read_bytes() == w.view.still
    assert html.startswith(
        f'<p><img class="still" src="../_images/{picture.name}" alt="Grids of 3 by 3 cells'
    )
    assert "script" not in html
    assert "A still picture" in html


def test_in_a_page_it_waits_behind_the_view(stand_in):
    _, html, _ = stand_in("html")
    assert html.startswith("<script") and "<noscript><img" in html and html.endswith("></noscript>")
    assert "A still picture" not in html
