"""The kernels of the live views in Chromium beside the same calls natively: `make bench` runs this.

    python benchmarks/page.py

Native, in the page, and in the page without the vector instructions (simd128) take turns on one thread; after
each round the arrays they leave behind must be equal to the last bit. A JSON line a kernel: benchmarks/page.jsonl.
"""

import http.server
import json
import shutil
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from compare import machine
from playwright.sync_api import sync_playwright

from ebm import data, hopfield, ising, wasm
from ebm.widgets import _annealing_networks, _lattice, _memory

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "scripts")]
import chromium  # noqa: E402

SWEEPS = 6  # a call takes about a millisecond: less than the turn a busy system gives a process
RESULTS = HERE / "page.jsonl"
SHARED = HERE.parent / "lib" / "ebm" / "widgets" / "shared.mjs"
WARM, ROUNDS = 10, 31  # V8 compiles well only what has run for a while
FORMATS = {"with simd128": wasm._FEATURES, "without": wasm._FEATURES.replace("+simd128", "-simd128")}
CODES = {"float64": "f8", "int8": "i1", "uint64": "u8", "int64": "i8", "int32": "i4"}

PREPARE = """
async ([name, bytes, kernel, given]) => {
  const { loadKernels } = await import("./shared.mjs");
  const { array, call } = await loadKernels(new DataView(Uint8Array.from(bytes).buffer));
  const ready = given.map((x) => x.kind ? array(x.kind, x.shape, /8/.test(x.kind) && x.kind !== "f8"
    ? x.values.map(BigInt) : x.values.map(Number)) : x);
  globalThis[name] = {
    run() { const start = performance.now(); call[kernel](...ready); return (performance.now() - start) / 1000; },
    seen: () => ready.filter((x) => x.kind).map((x) => [...x.values].map(String)),
  };
}
"""


@dataclass(frozen=True)
class Kernel:
    """name for the table, the view's kernels and which of them, arguments, and the updates one call makes."""

    name: str
    kernels: dict
    kernel: str
    given: tuple
    updates: float


def words(*shape):
    return np.random.default_rng(0).integers(1, 2**64, size=(*shape, 4), dtype=np.uint64)


def kernels():
    s, flip = np.ones((128, 128), dtype=np.int8), np.empty((2, 9))
    ising._metropolis(1.0, 0.0, 2.4, 0, flip)
    sweeps = (s, flip, words(), SWEEPS)
    network = hopfield.hebb(data.letters("TL", "3x3"))
    W = np.triu(np.random.default_rng(1).normal(size=(64, 64)), 1)
    W = W + W.T
    runs = np.ones((50, 64), dtype=np.int8)
    updates = 20_000
    heat = (network.W, network.b, np.ones(9, dtype=np.int8), 1.0, words(), np.zeros(updates + 1))
    anneal = (W, runs, runs @ W, 1.0, words(50), 1, SWEEPS)
    coins = (np.ones((256, 256), dtype=np.int8), words())
    many = np.ones((1000, 64), dtype=np.int8)
    fields = (W, np.zeros(64), many, many @ W)
    return [
        Kernel("lattice: 128 x 128, in checkerboard order", _lattice._KERNELS, "checkerboard", sweeps, SWEEPS * s.size),
        Kernel("lattice: 128 x 128, in random order", _lattice._KERNELS, "random_sites", sweeps, SWEEPS * s.size),
        Kernel("lattice: spins by the toss of a coin", _lattice._KERNELS, "scatter", coins, 256**2),
        Kernel("memory: heat bath, 9 units", _memory._KERNELS, "heat_bath", heat, updates),
        Kernel("annealing: 50 runs of 64 units", _annealing_networks.KERNELS, "sweep_all", anneal, SWEEPS * runs.size),
        Kernel("annealing: fields of 1000 states", _annealing_networks.KERNELS, "fields", fields, many.size),
    ]  # fmt: skip


def described(value):
    """An argument as JSON; 64-bit integers as text, since the page's numbers are floats."""
    if not isinstance(value, np.ndarray):
        return value
    code = CODES[value.dtype.name]
    values = value.ravel().tolist()
    return {"kind": code, "shape": list(value.shape), "values": [str(x) for x in values]}


def built(entry, features):
    """The one kernel as WebAssembly, with or without vector instructions."""
    before, wasm._FEATURES = wasm._FEATURES, features
    try:
        return list(wasm.build({entry.kernel: entry.kernels[entry.kernel]}))
    finally:
        wasm._FEATURES = before


def measured(page, entry):
    function = entry.kernels[entry.kernel][0]
    given = [x.copy() if isinstance(x, np.ndarray) else x for x in entry.given]
    for name, features in FORMATS.items():
        page.evaluate(
            PREPARE, [name, built(entry, features), entry.kernel, [described(x) for x in entry.given]]
        )
    function(*[x.copy() if isinstance(x, np.ndarray) else x for x in given])  # compiled before the clock runs
    seconds = {name: [] for name in ("native", *FORMATS)}
    for _ in range(WARM + ROUNDS):
        time.sleep(0.003)  # the page waits to be asked, too
        start = time.perf_counter()
        function(*given)
        seconds["native"].append(time.perf_counter() - start)
        for name in FORMATS:
            seconds[name].append(page.evaluate("(name) => globalThis[name].run()", name))
    wanted = [x.ravel() for x in given if isinstance(x, np.ndarray)]
    for name in FORMATS:
        seen = page.evaluate("(name) => globalThis[name].seen()", name)
        for there, here in zip(seen, wanted, strict=True):
            if (np.array([here.dtype.type(x) for x in there]) != here).any():
                sys.exit(f"{entry.name}: other bits in the page ({name})")
    rates = {
        name: np.quantile(entry.updates / np.array(took[WARM:]), [0.25, 0.5, 0.75]).tolist()
        for name, took in seconds.items()
    }
    return {"kernel": entry.name, "rates": rates}


def main():
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        Path(folder, "index.html").write_text("<!doctype html><html lang=en><link rel=icon href=data:,>")
        shutil.copy(SHARED, folder)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_address[1]}/index.html")
        lines = [{"machine": machine(), "browser": f"Chromium {browser.version}"}]
        for entry in kernels():
            lines.append(measured(page, entry))
            print(json.dumps(lines[-1]), flush=True)
        browser.close()
        server.shutdown()
    RESULTS.write_text("".join(json.dumps(line) + "\n" for line in lines))


class Quiet(http.server.SimpleHTTPRequestHandler):
    def end_headers(self):
        """By itself in its process a page may read a clock of 5 us; else of 100, which is all that some calls take."""
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def log_message(self, *args):
        pass


if __name__ == "__main__":
    main()
