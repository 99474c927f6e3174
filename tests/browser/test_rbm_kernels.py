"""The kernels that train and sample a restricted Boltzmann machine, in Chromium and natively: every bit."""

import shutil
from pathlib import Path

import numpy as np
import pytest

import ebm.widgets
from ebm import data, random, rbm, wasm
from ebm.rbm import sampling, training

SHARED = Path(ebm.widgets.__file__).parent / "shared.mjs"
N_V, N_H = 9, 4
EPOCHS, SWEEPS = 500, 200
LETTERS = data.to_bits(data.letters("TLO", "3x3"))

KERNELS = {
    "train": (
        training._cd1_epoch,
        "void(float64[:, ::1], float64[::1], float64[::1], int8[:, ::1], int64[::1], float64, uint64[::1], "
        "int8[::1], int8[::1], float64[::1], float64[::1])",
    ),
    "sample": (
        sampling._gibbs_sweeps,
        "void(float64[:, ::1], float64[::1], float64[::1], int8[::1], int8[::1], float64, uint64[::1], "
        "float64[::1], int8[:, ::1], int8[:, ::1])",
    ),
    "draw_h": (
        sampling._draw_h,
        "void(float64[:, ::1], float64[::1], int8[::1], float64, uint64[::1], float64[::1], int8[::1])",
    ),
    "draw_v": (
        sampling._draw_v,
        "void(float64[:, ::1], float64[::1], int8[::1], float64, uint64[::1], int8[::1])",
    ),
}

PREPARE = """
async ({ W, letters, words }) => {
  const { loadKernels } = await import("/shared.mjs");
  const { array, call } = await loadKernels(new DataView(await (await fetch("/kernels.wasm")).arrayBuffer()));
  const [n_v, n_h] = [W.length, W[0].length];
  globalThis.machine = {
    array, call, n_v, n_h,
    W: array("f8", [n_v, n_h], W.flat()), b_v: array("f8", [n_v]), b_h: array("f8", [n_h]),
    letters: array("i1", [letters.length, n_v], letters.flat()),
    order: array("i8", [letters.length], letters.map((_, k) => BigInt(k))),
    words: array("u8", [4], words.map(BigInt)),
    v: array("i1", [n_v], letters[0]), h: array("i1", [n_h]), p0: array("f8", [n_h]), p: array("f8", [n_h]),
    words_now() { return [...this.words.values].map(String); },
  };
}
"""


class Machine:
    """The arrays that the kernels work on, natively."""

    def __init__(self):
        rng = np.random.default_rng(1)
        self.W, self.words = rng.normal(0, 0.1, (N_V, N_H)), random.state(rng)
        self.b_v, self.b_h, self.order = np.zeros(N_V), np.zeros(N_H), np.arange(len(LETTERS))
        self.v, self.h = LETTERS[0].copy(), np.empty(N_H, np.int8)
        self.p0, self.p = np.empty(N_H), np.empty(N_H)

    @property
    def words_now(self):
        return [str(word) for word in self.words]


@pytest.fixture(scope="module")
def address(serve, tmp_path_factory):
    folder = tmp_path_factory.mktemp("kernels")
    (folder / "index.html").write_text(
        "<!doctype html><html lang=en><title>kernels</title><link rel=icon href=data:,>"
    )
    shutil.copy(SHARED, folder)
    module = wasm.build(KERNELS)
    assert len(module) < 20_000
    (folder / "kernels.wasm").write_bytes(module)
    return serve(folder)


@pytest.fixture
def native():
    return Machine()


@pytest.fixture
def page(open_page, address, native):
    visit = open_page(address + "index.html")
    visit.evaluate(PREPARE, {"W": native.W.tolist(), "letters": LETTERS.tolist(), "words": native.words_now})
    yield visit
    assert visit.complaints == []


@pytest.mark.parametrize("rate", [0.05, 0.3])
def test_learning_letters_leaves_the_same_weights_and_the_same_generator(page, native, rate):
    seen = page.evaluate(
        """([rate, epochs]) => {
          const { call, W, b_v, b_h, letters, order, words, v, h, p0, p } = machine;
          for (let k = 0; k < epochs; k++) call.train(W, b_v, b_h, letters, order, rate, words, v, h, p0, p);
          const [weights, visible, hidden, back] = [W, b_v, b_h, v].map(({ values }) => [...values]);
          return { weights, visible, hidden, back, order: [...order.values].map(Number), words: machine.words_now() };
        }""",
        [rate, EPOCHS],
    )
    m = native
    for _ in range(EPOCHS):
        training._cd1_epoch(m.W, m.b_v, m.b_h, LETTERS, m.order, rate, m.words, m.v, m.h, m.p0, m.p)
    assert seen["words"] == m.words_now
    assert seen["weights"] == m.W.ravel().tolist()
    assert (seen["visible"], seen["hidden"]) == (m.b_v.tolist(), m.b_h.tolist())
    assert (seen["back"], seen["order"]) == (m.v.tolist(), m.order.tolist())
    chance = -N_V * np.log(2)  # something was learned: these are no longer fair coins
    assert rbm.log_likelihood(rbm.RBM(m.W, m.b_v, m.b_h), LETTERS).mean() > chance / 2


@pytest.mark.parametrize("T", [0.6, 1.0, 4.0])
def test_gibbs_sweeps_visit_the_same_states(page, native, T):
    scale = 10  # weights of about 1: states that depend on each other
    seen = page.evaluate(
        """([T, sweeps, scale]) => {
          const { array, call, W, b_v, b_h, words, v, h, p, n_v, n_h } = machine;
          W.values.set(W.values.map((w) => scale * w));
          const [vs, hs] = [array("i1", [sweeps, n_v]), array("i1", [sweeps, n_h])];
          call.sample(W, b_v, b_h, v, h, T, words, p, vs, hs);
          return { vs: [...vs.values], hs: [...hs.values], p: [...p.values], words: machine.words_now() };
        }""",
        [T, SWEEPS, scale],
    )
    m = native
    vs, hs = np.empty((SWEEPS, N_V), np.int8), np.empty((SWEEPS, N_H), np.int8)
    sampling._gibbs_sweeps(scale * m.W, m.b_v, m.b_h, m.v, m.h, T, m.words, m.p, vs, hs)
    assert seen["words"] == m.words_now
    assert (seen["vs"], seen["hs"]) == (vs.ravel().tolist(), hs.ravel().tolist())
    assert seen["p"] == m.p.tolist()
    assert len(np.unique(vs, axis=0)) > 10


def test_one_side_at_a_time_draws_the_same_units(page, native):
    seen = page.evaluate(
        """() => {
          const { call, W, b_v, b_h, words, v, h, p } = machine;
          call.draw_h(W, b_h, v, 0.5, words, p, h);
          const [hidden, chances] = [[...h.values], [...p.values]];
          call.draw_v(W, b_v, h, 2.0, words, v);
          return { hidden, chances, visible: [...v.values], words: machine.words_now() };
        }"""
    )
    m = native
    sampling._draw_h(m.W, m.b_h, m.v, 0.5, m.words, m.p, m.h)
    sampling._draw_v(m.W, m.b_v, m.h, 2.0, m.words, m.v)
    assert (seen["hidden"], seen["chances"]) == (m.h.tolist(), m.p.tolist())
    assert (seen["visible"], seen["words"]) == (m.v.tolist(), m.words_now)
