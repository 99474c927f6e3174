"""Heat-bath updates of the nine-unit network: native, and in the page."""

import numpy as np
import pytest

from ebm import data, hopfield, random, wasm
from ebm.widgets import _memory

UPDATES = 1_000_000

LOAD = """
async ([kernels, W, b, updates]) => {
  const { loadKernels } = await import("./shared.mjs");
  const { array, call } = await loadKernels(new DataView(Uint8Array.from(kernels).buffer));
  const n = b.length;
  const given = [array("f8", [n, n], W), array("f8", [n], b), array("i1", [n], Array(n).fill(1)), 1.0,
    array("u8", [4], [1n, 2n, 3n, 4n]), array("f8", [updates + 1])];
  globalThis.run = () => call.heat_bath(...given);
}
"""


@pytest.fixture
def network():
    return hopfield.hebb(data.letters("TL", "3x3"))


def per_update(benchmark):
    benchmark.extra_info["ns per update, median"] = benchmark.stats.stats.median / UPDATES * 1e9


def test_native(benchmark, network):
    words, energies = random.state(np.random.default_rng(0)), np.zeros(UPDATES + 1)
    s = np.ones(9, dtype=np.int8)
    benchmark.pedantic(
        hopfield._heat_bath, (network.W, network.b, s, 1.0, words, energies), rounds=15, warmup_rounds=2
    )
    per_update(benchmark)


def test_in_the_page(benchmark, network, kernel_page):
    kernel_page.evaluate(
        LOAD, [list(wasm.build(_memory._KERNELS)), network.W.ravel().tolist(), network.b.tolist(), UPDATES]
    )
    benchmark.pedantic(lambda: kernel_page.evaluate("run()"), rounds=15, warmup_rounds=3)
    per_update(benchmark)
