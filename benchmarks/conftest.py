import shutil
from pathlib import Path

import pytest

import ebm.widgets
from fixtures import book, book_url, browser, open_page, serve, show  # noqa: F401


@pytest.fixture
def kernel_page(open_page, serve, tmp_path):  # noqa: F811
    """An empty page that can import the loader of kernels."""
    (tmp_path / "index.html").write_text("<!doctype html><html lang=en><link rel=icon href=data:,>")
    shutil.copy(Path(ebm.widgets.__file__).parent / "shared.mjs", tmp_path)
    return open_page(serve(tmp_path) + "index.html")
