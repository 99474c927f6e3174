"""The Sphinx extension that finishes the pages: what it does to pictures."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

EXTENSION = Path(__file__).resolve().parent.parent / "book" / "_ext" / "local_pages.py"


@pytest.fixture
def lighten(tmp_path):
    """A function that lightens the pictures in the page's folder, and that folder."""
    spec = importlib.util.spec_from_file_location("local_pages", EXTENSION)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    folder = tmp_path / "_images"
    folder.mkdir()
    return lambda exception=None: module.lighten(SimpleNamespace(outdir=tmp_path), exception), folder


def drawn(path, **options):
    figure = Figure(dpi=130)
    ax = figure.subplots()
    for k in range(9):
        ax.plot(np.sin(np.linspace(0, 9, 200) + k))
    figure.savefig(path, **options)
    return np.asarray(Image.open(path).convert("RGBA")).astype(int)


def test_a_picture_has_half_the_bytes_and_looks_the_same(lighten):
    lighten, folder = lighten
    path = folder / "curves.png"
    before, size = drawn(path), path.stat().st_size
    lighten()
    after = np.asarray(Image.open(path).convert("RGBA")).astype(int)
    assert path.stat().st_size < size / 2
    assert np.abs(after - before).max() < 24 and np.abs(after - before).mean() < 1
    once = path.read_bytes()
    lighten()
    assert path.read_bytes() == once


def test_a_transparent_picture_and_a_failed_build_are_left_alone(lighten):
    lighten, folder = lighten
    clear, opaque = folder / "clear.png", folder / "opaque.png"
    drawn(clear, transparent=True)
    before = clear.read_bytes()
    lighten()
    assert clear.read_bytes() == before
    drawn(opaque)
    before = opaque.read_bytes()
    lighten(exception=RuntimeError())
    assert opaque.read_bytes() == before
