"""Layers in single precision, drawn by kernels: the formulas' probabilities, and the machine's distribution."""

import numpy as np
import pytest

import harness
from ebm import ais, rbm
from ebm.fast import annealed, layers, softplus
from ebm.rbm import RBM
from ebm.rbm.units import BITS, quick, sigmoid, with_one_of
from in_processes import on_one_thread_and_two

TEMPERATURES = [0.5, 1.0, 3.0]


def rng(seed=0):
    return np.random.default_rng(seed)


def single(n_v=4, n_h=3, scale=0.7, seed=0):
    draw = rng(seed).normal
    parts = draw(0, scale, (n_v, n_h)), draw(0, scale, n_v), draw(0, scale, n_h)
    return RBM(*(x.astype(np.float32) for x in parts))


def shares(field, tries=40_000, seed=0):
    """How often each unit is on."""
    units, many = (
        quick(BITS, np.float32, rng(seed)),
        np.tile(np.asarray(field, dtype=np.float32), (tries, 1)),
    )
    drawn = units.sample(units.mean(many), None)
    assert drawn.dtype == np.float32 and set(np.unique(drawn)) <= {0, 1}
    return drawn


def test_the_exponential_is_right_in_single_precision():
    x = np.linspace(-87, 87, 200_001).astype(np.float32)
    e = 1 / quick(BITS, np.float32, rng()).mean(-x).astype(float) - 1
    p = quick(BITS, np.float32, rng()).mean(x.copy())
    assert np.abs(p / (1 / (1 + np.exp(-x.astype(float)))) - 1).max() < 4e-7
    assert np.abs(p - sigmoid(x.copy())).max() < 2e-7
    assert (np.diff(e[np.abs(x) < 10]) > -1e-2).all()


def test_saturated_units_are_sure():
    for far in (17, 88, 1e4, 3e38, np.inf):
        assert shares([far, -far], 20_000).tolist()[0] == [1, 0]
        assert (shares([far, -far], 200_000) == [1, 0]).mean() >= 1 - 1e-5


@pytest.mark.parametrize("n", [1, 3, 8, 63, 64, 127, 128, 129, 500])
def test_each_unit_is_on_as_often_as_it_should(n):
    """Sizes that do not divide the 128 units of a step."""
    field = np.linspace(-6, 6, n) if n > 1 else np.array([0.7])
    p, tries = 1 / (1 + np.exp(-field)), 40_000
    error = np.sqrt(p * (1 - p) / tries)
    z = (shares(field, tries).mean(axis=0, dtype=float) - p) / error
    assert np.abs(z).max() < 4.5
    assert np.abs((shares(field + 0.2, tries).mean(axis=0, dtype=float) - p) / error).max() > 4.5


def test_neighbours_are_independent():
    """In a row, from row to row, and where a word is cut in two."""
    x = shares(np.zeros(200), 4000).ravel() - 0.5
    for lag in [*range(1, 70), 127, 128, 129, 200, 256]:
        assert abs(np.mean(x[lag:] * x[:-lag]) / 0.25) < 5 / np.sqrt(len(x))


@pytest.mark.parametrize("T", TEMPERATURES)
@pytest.mark.parametrize(("n_v", "n_h"), [(4, 3), (1, 1), (1, 5), (6, 1)])
def test_many_chains_follow_boltzmann(T, n_v, n_h):
    model = single(n_v, n_h)
    states = rbm.gibbs(model, np.zeros((40_000, n_v)), T, rng=rng(), sweeps=20)
    assert harness.misfit(rbm.to_network(model).model, T, 2 * np.hstack(states) - 1) == ""


@pytest.mark.parametrize("T", TEMPERATURES)
def test_one_chain_follows_boltzmann(T):
    model, v, given = single(), np.zeros(4), rng(1)
    units, W, b_v, b_h = quick(BITS, np.float32, given), model.W, model.b_v, model.b_h
    states, v = np.empty((30_000, 7), dtype=np.int8), np.zeros(4, dtype=np.float32)
    for k in range(len(states)):
        h = units.sample(units.mean((v @ W + b_h) / np.float32(T)), None)
        v = units.sample(units.mean((h @ W.T + b_v) / np.float32(T)), None)
        states[k] = 2 * np.concatenate([v, h]) - 1
    assert harness.misfit(rbm.to_network(model).model, T, states) == ""


@pytest.mark.parametrize("mistake", ["31 bits without sign", "mean squared", "half the exponent"])
def test_the_harness_finds_wrong_kernels(mistake, monkeypatch):
    right = layers.toss
    wrong = {
        "31 bits without sign": lambda p, stream, out: right(0.5 * p, stream, out),
        "mean squared": lambda p, stream, out: right(p * p, stream, out),
        "half the exponent": lambda p, stream, out: right(1 / (1 + np.sqrt((1 - p) / p)), stream, out),
    }[mistake]
    monkeypatch.setattr(layers, "toss", wrong)
    model = single()
    states = rbm.gibbs(model, np.zeros((40_000, 4)), rng=rng(), sweeps=20)
    assert harness.misfit(rbm.to_network(model).model, 1.0, 2 * np.hstack(states) - 1)


def test_only_bits_in_single_precision_are_changed():
    labels = with_one_of(3)
    assert quick(BITS, np.float64, rng()) is BITS and quick(labels, np.float32, rng()) is labels
    before = rng(3)
    quick(BITS, np.float64, before)
    assert before.bit_generator.state == rng(3).bit_generator.state


def test_arrays_that_are_not_in_order():
    units = quick(BITS, np.float32, rng())
    field = rng(1).normal(size=(30, 50)).astype(np.float32)
    p = units.mean(field.T.copy().T)
    assert np.allclose(p, 1 / (1 + np.exp(-field)), rtol=1e-6)
    assert units.sample(np.asfortranarray(np.eye(40, dtype=np.float32)), None).tolist() == np.eye(40).tolist()


def test_chains_that_agree_come_from_one_seed():
    model, start = single(30, 20), np.ones((9, 30))
    first, second, other = (rbm.gibbs(model, start, rng=rng(seed), sweeps=50).v for seed in (9, 9, 8))
    assert (first == second).all() and (first != other).any()


@pytest.mark.parametrize("n", [1, 63, 64, 65, 960, 961, 2000])
def test_the_gain_is_the_difference_of_the_softplus(n):
    field = rng(n).normal(0, 5, (7, n)).astype(np.float32)
    for old, new in ((0, 1), (0.5, 0.501), (1, 0.3), (0.2, 0.2)):
        exact = (np.logaddexp(0, new * field.astype(float)) - np.logaddexp(0, old * field.astype(float))).sum(
            1
        )
        largest = np.abs(field).sum(axis=1).max() * max(new, old)
        assert np.abs(softplus.gain(field, old, new) - exact).max() < 4e-7 * (largest + n)
    assert np.abs(ais._gain(field, 0, 1) - softplus.gain(field, 0, 1)).max() < 1e-5 * n


def test_the_gain_of_extreme_fields():
    """All factors 2, or all 1: products that must not overflow."""
    assert softplus.gain(np.zeros((1, 5000), np.float32), 0, 1).tolist() == [0]
    found = softplus.gain(np.full((1, 5000), 1e4, np.float32), 0, 1)[0]
    assert found == pytest.approx(5000 * (1e4 - np.log(2)), rel=1e-7)
    found = softplus.gain(np.full((1, 5000), -1e4, np.float32), 0, 1)[0]
    assert found == pytest.approx(-5000 * np.log(2), rel=1e-6)


def test_means_come_with_the_gain():
    field = np.concatenate([rng().normal(0, 5, 95), [0, 1e4, -1e4, np.inf, -np.inf]]).astype(np.float32)
    means, factors = np.empty((2, 4, 25), np.float32)
    softplus.gain_and_means(field.reshape(4, 25), 0.1, 0.7, means, factors)
    with np.errstate(over="ignore"):
        expected = 1 / (1 + np.exp(-0.7 * field.astype(float)))
    assert np.abs(means.ravel() - expected).max() < 2e-7


STEPS = [(0, 0.2), (0.2, 0.2), (0.2, 0.9), (0.9, 1), (1, 0.4), (0.4, 0)]


@pytest.mark.parametrize("size", [(1, 1), (4, 3), (33, 65), (64, 100), (5, 1000)])
def test_a_step_of_annealed_chains_is_the_plain_one_but_for_rounding(size):
    """The same coins from the same generators, forwards and backwards."""
    model, a = single(*size), rng(1).normal(size=size[0]).astype(np.float32)
    machine = model.W, model.b_v, model.b_h, a
    chains, bits = annealed.Chains(*machine, rng(2)), quick(BITS, np.float32, rng(2))
    v = same = (rng(3).random((21, size[0])) < 0.5).astype(np.float32)
    for old, new in STEPS:
        before = v
        gained, v = chains.step(old, new, v)
        plainly, same = ais._step(*machine, old, new, same, bits, None)
        assert (v == same).all() and v.dtype == np.float32 and v is not before
        assert np.abs(gained - plainly).max() < 1e-6 * (10 + size[1])


def test_a_record_of_annealed_chains_stays_as_it_is():
    records = list(ais.steps(single(), np.linspace(0, 1, 30), rng=rng(), chains=50))
    assert len({record.v.tobytes() for record in records}) == 29


@pytest.mark.parametrize("T", TEMPERATURES)
def test_log_Z_of_twenty_hidden_units(T):
    """The estimate against the list of 2^20 states, in standard errors; at a temperature 5% off it fails."""
    model, betas = single(36, 20, scale=0.4, seed=2), np.linspace(0, 1, 400)
    truth = rbm.log_Z(model, T)
    there = ais.forward(model, betas, rng=rng(4), chains=400, T=T)
    back = ais.reverse(model, betas, rbm.draw(model, 400, T, rng=rng(5)), rng=rng(6), T=T)
    for found in (there, back):
        assert abs(found.log_Z - truth) < 4 * found.error < 0.3
        assert abs(found.log_Z - rbm.log_Z(model, 1.05 * T)) > 4 * found.error


SCRIPT = """
import numpy as np
from ebm import ais, rbm
rng = np.random.default_rng(0)
model = rbm.initial(300, 200, rng=rng, scale=0.1)
v, h = rbm.gibbs(model, np.zeros((130, 300)), rng=rng, sweeps=5)
print(v.tobytes().hex(), h.tobytes().hex(), ais.forward(model, np.linspace(0, 1, 20), rng=rng).log_Z)
"""


def test_one_thread_or_two_draw_the_same():
    said = on_one_thread_and_two(SCRIPT)
    assert said[0] == said[1] and len(said[0]) > 130 * 500
