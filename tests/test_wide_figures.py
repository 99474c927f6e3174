"""Figures that were drawn wide are marked, so that a telephone scrolls them."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.utils import new_document
from PIL import Image

EXTENSION = Path(__file__).resolve().parent.parent / "book" / "_ext" / "wide_figures.py"


@pytest.fixture
def marked(tmp_path):
    """marked(builder, width) -> the classes of a figure whose picture has this width in pixels."""
    spec = importlib.util.spec_from_file_location("wide_figures", EXTENSION)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def start(builder, width):
        Image.new("L", (width, 10)).save(tmp_path / "drawn.png")
        page = new_document("page")
        page += nodes.figure("", nodes.image(uri="drawn.png"))
        module.mark_wide(
            SimpleNamespace(builder=SimpleNamespace(name=builder), srcdir=tmp_path), page, "page"
        )
        return page[0]["classes"]

    return start


def test_only_wide_ones_of_pages_are_marked(marked):
    assert marked("html", 910) == ["output", "wide"]
    assert marked("html", 650) == []
    assert marked("epub", 910) == []
