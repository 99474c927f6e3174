"""Products whose left side is 0 and 1, and whole passes of contrastive divergence made of them."""

import numpy as np
import pytest

from ebm import rbm
from ebm.fast import binary, contrast, layers
from ebm.rbm import RBM, training
from ebm.rbm.units import BITS, with_one_of
from in_processes import on_one_thread_and_two


def rng(seed=0):
    return np.random.default_rng(seed)


def bits(*shape, seed=1, p=0.4):
    return (rng(seed).random(shape) < p).astype(np.float32)


def normal(*shape, seed=2):
    return rng(seed).normal(size=shape).astype(np.float32)


SIZES = [
    (1, 1, 1), (3, 4, 7), (5, 3, 64), (2, 33, 65), (100, 31, 63), (7, 32, 128), (0, 5, 5), (130, 100, 129)
]  # fmt: skip


# --- products ---


@pytest.mark.parametrize(("examples", "n", "m"), SIZES)
def test_sums_that_do_not_round_are_those_of_numpy_in_bits(examples, n, m):
    """Sizes around the four rows of a table, the eight tables and the 64 columns of a turn."""
    v, W = bits(examples, n), rng(3).integers(-500, 500, (n, m)).astype(np.float32)
    b = rng(4).integers(-9, 9, m).astype(np.float32)
    fields = binary.Fields(W, b)
    assert (fields(v) == v @ W + b).all()
    assert (fields(v[: examples // 2]) == v[: examples // 2] @ W + b).all()
    assert (fields(1 - v) == (1 - v) @ W + b).all()  # nothing is left over from the time before


@pytest.mark.parametrize(("examples", "n", "m"), SIZES)
def test_others_are_as_near_as_single_precision_is(examples, n, m):
    v, W, b = bits(examples, n), normal(n, m), normal(m)
    exact = v.astype(float) @ W + b
    most = np.abs(v).astype(float) @ np.abs(W) + np.abs(b)
    assert (np.abs(binary.Fields(W, b)(v) - exact) <= 2.0**-24 * (n + 5) * most).all()


def test_one_row_more_is_found():
    v, W, b = bits(50, 37), normal(37, 20), np.zeros(20, np.float32)
    wrong = v.copy()
    wrong[:, 36] = 1 - wrong[:, 36]
    assert (np.abs(binary.Fields(W, b)(wrong) - v @ W).max(axis=1) > 1e-2).all()


def test_rows_that_are_not_in_order():
    v, W, b = bits(9, 40), normal(50, 40), np.zeros(50, np.float32)
    assert np.allclose(binary.Fields(W.T, b)(v), v @ W.T, atol=1e-4)


def test_fields_beyond_all_bounds_stay_where_they_are():
    """An infinite weight counts in the examples that use it, and in no others."""
    W, v = np.ones((6, 70), np.float32), np.eye(6, dtype=np.float32)
    W[2, 5] = np.inf
    found = binary.Fields(W, np.zeros(70, np.float32))(v)
    assert found[2, 5] == np.inf and (np.delete(found.ravel(), 2 * 70 + 5) == 1).all()


@pytest.mark.parametrize(("n", "m"), [(1, 1), (4, 3), (5, 64), (33, 65), (200, 130)])
def test_columns_are_numbered_as_rows_are(n, m):
    v = bits(n, m)
    across, upright = (np.zeros((m, binary.groups(n)), np.uint16) for _ in range(2))
    binary.number_transposed(v, across)
    binary.number(np.ascontiguousarray(v.T), upright)
    assert (across == upright).all()


def test_what_is_0_and_1():
    assert binary.only(bits(50))
    for other in (0.5, 2, -1, np.nan):
        assert not binary.only(np.append(bits(50), np.float32(other)))


# --- passes ---


def start(n_v, n_h, scale=0.5):
    return RBM(*(scale * x for x in (normal(n_v, n_h), normal(n_v, seed=3), normal(n_h, seed=4))))


def learned(learn, model, data, plain, monkeypatch, **settings):
    with monkeypatch.context() as changed:
        if plain:
            changed.setattr(training, "_quick_passes", training._passes)
        settings = {"epochs": 2, "rate": [0.1, 0.05], "rng": rng(5)} | settings
        *_, last = learn(model, data, **settings)
    return last


def apart(one, other):
    """The largest difference of two machines."""
    return max(
        np.abs(x - y).max()
        for x, y in zip(
            (one.W, one.b_v, one.b_h), (other.W, other.b_v, other.b_h), strict=True
        )
    )  # fmt: skip


SETTINGS = [
    {"batch": 10},
    {"batch": 7, "k": 3, "momentum": [0.5, 0.9], "decay": 0.01},
    {"batch": 1},
    {"batch": 1000},
    {"batch": 10, "chains": 1},
    {"batch": 9, "chains": 33, "k": 2, "decay": 0.1, "momentum": 0.3},
]


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize(("n_v", "n_h"), [(1, 1), (1, 130), (7, 3), (65, 33), (30, 130)])
def test_a_pass_is_the_plain_pass_but_for_rounding(n_v, n_h, settings, monkeypatch):
    """The same coins fall from the same generators: all but the last digits are the same."""
    learn, model, data = rbm.pcd if "chains" in settings else rbm.cd, start(n_v, n_h), bits(43, n_v)
    fast, plain = (learned(learn, model, data, p, monkeypatch, **settings) for p in (False, True))
    assert (fast.v == plain.v).all() and fast.v.shape == plain.v.shape
    assert apart(fast.model, plain.model) < 2e-6
    assert apart(fast.model, model) > 1e-3


@pytest.mark.parametrize("mistake", ["_transpose", "_fill", "_weigh"])
def test_a_wrong_pass_is_found(mistake, monkeypatch):
    """The plain source with one step left out is no longer the plain pass."""
    monkeypatch.setattr(contrast, "_pass", contrast._pass.py_func)
    monkeypatch.setattr(contrast, "_climb", contrast._climb.py_func)
    model, data = start(9, 5), bits(40, 9)
    plain = learned(rbm.cd, model, data, True, monkeypatch, batch=10)
    assert apart(learned(rbm.cd, model, data, False, monkeypatch, batch=10).model, plain.model) < 2e-6
    monkeypatch.setattr(contrast, mistake, lambda *_: None)
    found = learned(rbm.cd, model, data, False, monkeypatch, batch=10)
    assert not apart(found.model, plain.model) < 2e-6


def test_only_machines_of_bits_on_bits_take_it(monkeypatch):
    def refuse(*_):
        raise AssertionError

    monkeypatch.setattr(contrast, "_pass", refuse)
    model, data = start(6, 4), bits(20, 6)
    with pytest.raises(AssertionError):
        learned(rbm.cd, model, data, False, monkeypatch)
    learned(rbm.cd, model, 0.5 * data, False, monkeypatch)
    learned(rbm.cd, RBM(model.W.astype(float)), data, False, monkeypatch)
    settings = training._validated(model, data, rng(), 1, 0.1, 0, 0, 10, 1, False)[1]
    next(training._train((model.W, model.b_v, model.b_h), data, settings, visible=with_one_of(2)))
    with pytest.raises(AssertionError):
        next(training._train((model.W, model.b_v, model.b_h), data, settings, visible=BITS))


def test_weights_that_grow_beyond_all_bounds_are_refused(monkeypatch):
    with pytest.raises(ValueError, match="grew beyond all bounds"):
        learned(rbm.cd, start(6, 4), bits(20, 6), False, monkeypatch, rate=1e30, decay=1e10, epochs=9)


def test_saturated_units_keep_what_they_have_learned(monkeypatch):
    """Fields of 10^4: reconstructions are the data, and nothing changes."""
    data = np.repeat(np.eye(2, dtype=np.float32), 20, axis=1)[[0, 1] * 10]
    W = np.float32(1e3) * np.where(data[:2].T == 1, 1, -1).astype(np.float32)
    last = learned(rbm.cd, RBM(W), data, False, monkeypatch, batch=10)
    assert last.error == 0 and (last.model.W == W).all()


SCRIPT = """
import numpy as np
from ebm import rbm
rng = np.random.default_rng(0)
data = rng.random((150, 90)) < 0.3
*_, last = rbm.pcd(rbm.initial(90, 70, rng=rng), data, rng=rng, epochs=3, rate=0.1, batch=40, k=2)
print(last.model.W.tobytes().hex(), last.error)
"""


def test_one_thread_or_two_learn_the_same():
    said = on_one_thread_and_two(SCRIPT)
    assert said[0] == said[1] and len(said[0]) > 90 * 70


def test_the_generators_are_those_of_the_plain_units():
    given, same = rng(), rng()
    theta = [x.copy() for x in (normal(4, 3), normal(4), normal(3))]
    passes = contrast.Passes(theta, [0 * x for x in theta], bits(5, 4), None, 5, 1, given)
    for stream in passes.streams:
        assert (stream == layers.stream(same)).all()
