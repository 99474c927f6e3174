"""The same kernels in Chromium and natively: every bit of a long run."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import ebm.widgets
from ebm import exact, hopfield, maths, random, wasm

SHARED = Path(ebm.widgets.__file__).parent / "shared.mjs"
SWEEPS = 10_000

KERNELS = {
    "sweeps": (
        hopfield._heat_bath_sweeps,
        "void(float64[:, ::1], float64[::1], int8[::1], float64, uint64[::1], float64[::1], int8[:, ::1])",
    ),
    "updates": (
        hopfield._heat_bath,
        "void(float64[:, ::1], float64[::1], int8[::1], float64, uint64[::1], float64[::1])",
    ),
    "descend": (
        hopfield._descend_sweep,
        "int64(float64[:, ::1], int8[::1], float64[::1], int64[::1], float64, uint64[::1], float64[::1])",
    ),
    "energy": (hopfield._energy, "float64(float64[:, ::1], float64[::1], int8[::1])"),
    "gray": (
        exact._gray_energies,
        "void(float64[:, ::1], float64[::1], float64[::1], float64[::1], float64[::1])",
    ),
    "exp": (maths.exp, "float64(float64)"),
    "below": (random.below, "int64(uint64[::1], int64)"),
}

PREPARE = """
async ({ W, b, s, words }) => {
  const { loadKernels } = await import("/shared.mjs");
  const bytes = new DataView(await (await fetch("/kernels.wasm")).arrayBuffer());
  const { array, call } = await loadKernels(bytes);
  const n = b.length;
  globalThis.kernels = {
    array, call, n,
    W: array("f8", [n, n], W), b: array("f8", [n], b), s: array("i1", [n], s),
    words: array("u8", [4], words.map(BigInt)), energies: array("f8", [n + 1]),
  };
}
"""


@pytest.fixture(scope="module")
def address(serve, tmp_path_factory):
    folder = tmp_path_factory.mktemp("kernels")
    (folder / "index.html").write_text(
        "<!doctype html><html lang=en><title>kernels</title><link rel=icon href=data:,>"
    )
    shutil.copy(SHARED, folder)
    (folder / "kernels.wasm").write_bytes(wasm.build(KERNELS))
    return serve(folder)


@pytest.fixture
def network():
    rng = np.random.default_rng(5)
    W = np.triu(rng.normal(size=(9, 9)), 1)
    return hopfield.Hopfield(W + W.T, rng.normal(size=9)), random.state(rng), np.ones(9, dtype=np.int8)


@pytest.fixture
def page(open_page, address, network):
    model, words, s = network
    visit = open_page(address + "index.html")
    visit.evaluate(
        PREPARE,
        {
            "W": model.W.ravel().tolist(),
            "b": model.b.tolist(),
            "s": s.tolist(),
            "words": [str(w) for w in words],
        },
    )
    yield visit
    assert visit.complaints == [] and visit.errors == [] and visit.failed == []


@pytest.mark.parametrize("T", [0.05, 1.0, 5.0])
def test_ten_thousand_sweeps_are_equal_to_the_last_bit(page, network, T):
    model, words, s = network
    states, energies = np.empty((SWEEPS, 9), dtype=np.int8), np.empty(10)
    hopfield._heat_bath_sweeps(model.W, model.b, s, T, words, energies, states)
    seen = page.evaluate(
        """([T, sweeps]) => {
          const { array, call, W, b, s, words, energies, n } = kernels;
          const states = array("i1", [sweeps, n]);
          call.sweeps(W, b, s, T, words, energies, states);
          return { states: [...states.values], words: [...words.values].map(String), energies: [...energies.values] };
        }""",
        [T, SWEEPS],
    )
    assert (np.array(seen["states"], dtype=np.int8).reshape(SWEEPS, 9) == states).all()
    assert [int(w) for w in seen["words"]] == words.tolist()
    assert seen["energies"] == energies.tolist()


def test_every_kernel_gives_the_same_bits(page, network):
    model, words, s = network
    seen = page.evaluate(
        """() => {
          const { array, call, W, b, s, words, n } = kernels;
          const fields = array("f8", [n], b.values), order = array("i8", [n], [...s.values].map((_, i) => BigInt(i)));
          const changes = array("f8", [n]), all = array("f8", [2 ** n]);
          const energy = call.energy(W, b, s);
          const flips = call.descend(W, s, fields, order, 1e-12, words, changes);
          const down = array("f8", [n], Array(n).fill(-1));
          const row = (i) => W.values.slice(i * n, i * n + n);
          const least = array("f8", [n], Array.from({ length: n }, (_, i) => -row(i).reduce((a, c) => a + c)));
          call.gray(W, b, down, least, all);
          const exps = Array.from({ length: 4000 }, (_, k) => call.exp((k - 2000) / 7));
          const drawn = Array.from({ length: 4000 }, (_, k) => call.below(words, k + 1));
          return { energy, flips, s: [...s.values], changes: [...changes.values], all: [...all.values], exps, drawn };
        }"""
    )
    fields, order, changes, energies = model.b.copy(), np.arange(9), np.zeros(9), np.empty(2**9)
    assert seen["energy"] == hopfield._energy(model.W, model.b, s)
    assert seen["flips"] == hopfield._descend_sweep(model.W, s, fields, order, 1e-12, words, changes)
    assert seen["s"] == s.tolist() and seen["changes"] == changes.tolist()
    least = np.array([-sum(row.tolist()) for row in model.W])
    exact._gray_energies(model.W, model.b, -np.ones(9), least, energies)
    assert seen["all"] == energies.tolist()
    assert [float(x) for x in seen["exps"]] == [maths.exp((k - 2000) / 7) for k in range(4000)]
    assert seen["drawn"] == [random.below(words, k + 1) for k in range(4000)]


def test_arrays_survive_growing_memory(page):
    grown = page.evaluate(
        """() => {
          const { array } = kernels;
          const first = array("f8", [3], [1, 2, 3]);
          const large = array("f8", [400, 1000]);
          large.values[399999] = 7;
          return [[...first.values], large.values.at(-1), large.values.byteOffset % 64];
        }"""
    )
    assert grown == [[1, 2, 3], 7, 0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("kernels.call.energy(kernels.W, kernels.b)", "energy takes 3 arguments"),
        ("kernels.call.energy(kernels.W, kernels.s, kernels.s)", "energy wants an array f8:1"),
        ("kernels.call.energy(kernels.b, kernels.b, kernels.s)", "energy wants an array f8:2"),
        ("kernels.call.energy(1, kernels.b, kernels.s)", "energy wants an array f8:2"),
    ],
)
def test_wrong_calls_are_refused(page, call, message):
    said = page.evaluate(
        f"() => {{ try {{ {call}; return 'nothing'; }} catch (error) {{ return error.message; }} }}"
    )
    assert said == message


def test_the_signatures_travel_with_the_bytes(address, page):
    found = page.evaluate(
        """async () => {
          const module = await WebAssembly.compileStreaming(fetch("/kernels.wasm"));
          const [section] = WebAssembly.Module.customSections(module, "ebm.signatures");
          return [new TextDecoder().decode(section), WebAssembly.Module.exports(module).map(({ name }) => name)];
        }"""
    )
    assert sorted(json.loads(found[0])) == sorted(found[1]) == sorted(KERNELS)
