"""WebAssembly bytes: what is built, what is refused, what is kept on disk."""

import json

import numpy as np
import pytest
from numba import njit

from ebm import hopfield, maths, random, wasm

UNIFORM = {"uniform": (random.uniform, "float64(uint64[::1])")}


@njit
def allocates(x):
    return np.ones(3).sum() + x


@njit(error_model="numpy")
def raises(x):
    if x < 0:
        raise ValueError("negative")
    return x


@njit(error_model="numpy")
def prints(x):
    print(x)
    return x


@njit(error_model="numpy")
def calls_the_c_library(x):
    return np.sin(x)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (allocates, "kernel 'f' allocates memory; hand it its arrays"),
        (raises, "kernel 'f' raises an exception; check the arguments before the call"),
        (prints, "kernel 'f' calls Python .* a page has none"),
        (calls_the_c_library, "kernel 'f' calls sin, .* ebm.maths"),
    ],
)
def test_what_no_page_has_is_refused(function, message):
    with pytest.raises(ValueError, match=message):
        wasm.build({"good": (maths.exp, "float64(float64)"), "f": (function, "float64(float64)")})


@pytest.mark.parametrize(
    ("function", "signature", "message"),
    [
        (lambda x: x, "float64(float64)", r"kernels\['f'\] is .*wanted a numba-jitted function"),
        (maths.exp, "float64", r"kernels\['f'\] has signature 'float64'; wanted .*float64\(float64\)"),
        (maths.exp, "(float64,)", r"kernels\['f'\] has signature .*; wanted one with a result"),
        (maths.exp, "float64(complex128)", r"kernels\['f'\] takes or returns complex128; wanted"),
        (random.uniform, "float64(uint64[:])", r"kernels\['f'\] takes or returns .*wanted contiguous arrays"),
    ],
)
def test_bad_entries(function, signature, message):
    with pytest.raises(TypeError, match=message):
        wasm.build({"f": (function, signature)})


def test_no_kernels_is_an_error():
    with pytest.raises(ValueError, match="kernels is empty"):
        wasm.build({})


def sections(code):
    assert code[:8] == b"\0asm\1\0\0\0"
    return list(wasm._sections(code))


def test_the_module_is_well_formed_and_small():
    code = wasm.build(
        {
            "sweep": (
                hopfield._heat_bath,
                "void(float64[:,::1],float64[::1],int8[::1],float64,uint64[::1],float64[::1])",
            ),
            **UNIFORM,
        }
    )
    kinds = [kind for kind, _ in sections(code)]
    assert [kind for kind in kinds if kind] == sorted(kind for kind in kinds if kind)
    assert kinds.count(7) == 1 and kinds[-1] == 0
    title, at = wasm._read_string(sections(code)[-1][1], 0)
    assert title == "ebm.signatures"
    assert json.loads(sections(code)[-1][1][at:]) == {
        "sweep": ["f8:2", "f8:1", "i1:1", "f8", "u8:1", "f8:1", "void"],
        "uniform": ["u8:1", "f8"],
    }
    assert len(code) < 4000


def test_bytes_are_the_same_each_time_and_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(wasm, "_cache_folder", lambda: tmp_path / "kept")
    first = wasm.build(UNIFORM)
    (kept,) = (tmp_path / "kept").iterdir()
    assert kept.read_bytes() == first
    kept.write_bytes(b"\0asm from the disk")
    assert wasm.build(UNIFORM) == b"\0asm from the disk"
    kept.unlink()
    assert wasm.build(UNIFORM) == first


def test_a_folder_that_cannot_be_written_is_no_obstacle(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setattr(wasm, "_cache_folder", lambda: tmp_path / "file" / "kept")
    assert wasm.build(UNIFORM)[:4] == b"\0asm"
