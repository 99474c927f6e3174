"""Annealed importance sampling against the exact log Z of machines small enough to list."""

import numpy as np
import pytest

from ebm import ais, rbm
from ebm.data import sets
from ebm.rbm import RBM


def rng(seed=0):
    return np.random.default_rng(seed)


def machine(n_v=10, n_h=6, seed=0, scale=1.0, dtype=np.float64):
    draw = rng(seed).normal
    return RBM(
        *(x.astype(dtype) for x in (draw(0, scale, (n_v, n_h)), draw(0, scale, n_v), draw(0, scale, n_h)))
    )


def linear(steps):
    return np.linspace(0, 1, steps)


BASE = rng(7).normal(size=10)


@pytest.mark.parametrize("T", [0.7, 1.0, 2.0])
@pytest.mark.parametrize("base", [None, BASE], ids=["coins", "biased"])
def test_the_mean_weight_is_right_whatever_the_steps(T, base):
    """Z / Z_0 is the mean of the weights, also with three uneven steps; Z_0 / Z on the way back."""
    model, betas = machine(scale=0.6), [0, 0.2, 0.7, 1]
    ratio = rbm.log_Z(model, T) - ais._log_Z_0(ais._base(model, base), model.n_h)
    there = ais.forward(model, betas, rng=rng(1), chains=60_000, base=base, T=T)
    back = ais.reverse(model, betas, rbm.draw(model, 60_000, T, rng=rng(2)), rng=rng(3), base=base, T=T)
    for log_weights in (there.log_weights - ratio, back.log_weights + ratio):
        weights = np.exp(log_weights)
        error = weights.std(ddof=1) / np.sqrt(len(weights))
        assert abs(weights.mean() - 1) < 4 * error < 0.2


def test_states_of_another_machine_give_another_answer():
    """The test above can fail: chains back from T = 1.5 instead of T = 1, too few steps to forget it."""
    model = machine(scale=0.6)
    found = ais.reverse(model, [0, 0.5, 1], rbm.draw(model, 5000, 1.5, rng=rng()), rng=rng())
    assert abs(found.log_Z - rbm.log_Z(model)) > 10 * found.error


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_error_bar_is_the_scatter_of_the_estimates(dtype):
    model = machine(dtype=dtype)
    truth = rbm.log_Z(model)
    for found in (
        [ais.forward(model, linear(200), rng=rng(seed), chains=50) for seed in range(60)],
        [
            ais.reverse(model, linear(200), rbm.draw(model, 50, rng=rng(seed)), rng=rng(seed + 99))
            for seed in range(60)
        ],
    ):
        z = np.array([(estimate.log_Z - truth) / estimate.error for estimate in found])
        assert 0.75 < z.std() < 1.35 and abs(z.mean()) < 0.6
        assert np.mean([estimate.error for estimate in found]) < 0.06


def test_too_low_forward_and_too_high_in_reverse_with_few_steps():
    model, seeds = machine(scale=2.5), range(150)
    truth = rbm.log_Z(model)
    low = [ais.forward(model, linear(6), rng=rng(s), chains=10).log_Z - truth for s in seeds]
    high = [
        ais.reverse(model, linear(6), rbm.draw(model, 10, rng=rng(s)), rng=rng(s + 999)).log_Z - truth
        for s in seeds
    ]
    for off in (-np.array(low), np.array(high)):
        assert off.mean() > 3 * off.std() / np.sqrt(len(off)) and off.mean() > 0.1


def test_more_steps_are_more_precise():
    model = machine(scale=2.0)
    errors = [ais.forward(model, linear(steps), rng=rng(), chains=200).error for steps in (10, 100, 1000)]
    assert errors[0] > 2 * errors[1] > 4 * errors[2]


def test_one_step_is_exact_without_weights():
    model = RBM(np.zeros((10, 4)), BASE)
    found = ais.forward(model, [0, 1], rng=rng(), base=BASE)
    assert found.log_Z == pytest.approx(rbm.log_Z(model), rel=1e-12) and found.error < 1e-12


def test_a_trained_machine_of_the_digits():
    """20 hidden units can be listed. From the means of the data the way is shorter than from coins."""
    data = sets.binary(sets.digits().train.v)
    start = rbm.initial(64, 16, rng=rng(), data=data)
    *_, last = rbm.pcd(start, data, rng=rng(), epochs=30, rate=0.05, batch=20)
    truth, base = rbm.log_Z(last.model), rbm.mean_biases(data)
    found = ais.forward(last.model, linear(1000), rng=rng(), base=base)
    back = ais.reverse(last.model, linear(1000), rbm.draw(last.model, 100, rng=rng()), rng=rng(), base=base)
    assert abs(found.log_Z - truth) < 4 * found.error < 0.15
    assert abs(back.log_Z - truth) < 4 * back.error < 0.15
    assert ais.forward(last.model, linear(1000), rng=rng()).error > found.error


def test_steps_are_what_forward_looks_at_the_end_of():
    model, betas = machine(), [0, 0.1, 0.1, 0.5, 1]
    records = list(ais.steps(model, betas, rng=rng(4), chains=7))
    assert [record.beta for record in records] == betas[1:]
    assert all(record.v.shape == (7, 10) and record.log_weights.shape == (7,) for record in records)
    assert (records[-1].log_weights == ais.forward(model, betas, rng=rng(4), chains=7).log_weights).all()
    assert not (records[0].log_weights == records[-1].log_weights).all()


def test_the_same_seed_gives_the_same_estimate():
    first, second = (ais.forward(machine(), linear(50), rng=rng(3)).log_Z for _ in range(2))
    assert first == second != ais.forward(machine(), linear(50), rng=rng(4)).log_Z


def test_progress_is_shown_when_asked_for(capsys):
    ais.forward(machine(), linear(5), rng=rng())
    assert capsys.readouterr().err == ""
    ais.forward(machine(), linear(5), rng=rng(), progress=True)
    assert "4/4" in capsys.readouterr().err
    ais.reverse(machine(), linear(5), np.ones((2, 10)), rng=rng(), progress=True)
    assert "4/4" in capsys.readouterr().err


MODEL = machine()
GOOD = {"rng": rng(), "betas": [0, 1], "v": np.ones((2, 10))}


def call(name, **wrong):
    arguments = {**GOOD, **wrong}
    model, betas, v = arguments.pop("model", MODEL), arguments.pop("betas"), arguments.pop("v")
    if name == "reverse":
        return ais.reverse(model, betas, v, **arguments)
    return getattr(ais, name)(model, betas, **arguments)


@pytest.mark.parametrize("name", ["forward", "steps", "reverse"])
@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (
            {"betas": [0, 0.6, 0.5, 1]},
            ValueError,
            "betas falls from 0.6 to 0.5; wanted .* from 0 to 1 and never",
        ),
        ({"betas": [0.1, 1]}, ValueError, "betas goes from 0.1 to 1.0; wanted"),
        ({"betas": [0, 0.9]}, ValueError, "betas goes from 0.0 to 0.9; wanted"),
        ({"betas": [1, 0]}, ValueError, "betas goes from 1.0 to 0.0; wanted"),
        ({"betas": [0]}, ValueError, "betas goes from 0.0 to 0.0; wanted"),
        ({"betas": []}, ValueError, "betas goes nowhere; wanted"),
        ({"betas": 1000}, ValueError, r"betas has shape \(\); wanted"),
        ({"betas": [0, np.nan, 1]}, ValueError, "betas holds NaN"),
        ({"T": 0}, ValueError, "T is 0.0; wanted a temperature"),
        ({"rng": 0}, TypeError, "rng is 0; wanted a numpy.random.Generator"),
        ({"base": [0, 1]}, ValueError, r"base has shape \(2,\); wanted an array of numbers of shape \(10,\)"),
        ({"base": BASE * np.nan}, ValueError, "base holds NaN"),
        (
            {"model": rbm.gaussian.GaussianRBM(np.zeros((10, 2)))},
            TypeError,
            "model is a GaussianRBM; wanted an RBM",
        ),
    ],
)
def test_bad_arguments(name, wrong, error, message):
    with pytest.raises(error, match=message):
        call(name, **wrong)


@pytest.mark.parametrize("name", ["forward", "steps"])
def test_one_chain_has_no_error_bar(name):
    with pytest.raises(ValueError, match="chains is 1; wanted a whole number of 2 or more"):
        call(name, chains=1)


@pytest.mark.parametrize(
    ("v", "message"),
    [
        (np.ones((1, 10)), "the number of chains in v is 1; wanted a whole number of 2 or more"),
        (np.ones(10), r"v has shape \(10,\); wanted an array of 0 and 1 of shape \(batch, 10\)"),
        (-np.ones((2, 10)), "v holds -1.0; wanted an array of 0 and 1"),
        (np.zeros((0, 10)), "v is empty"),
    ],
)
def test_bad_starts(v, message):
    with pytest.raises(ValueError, match=message):
        call("reverse", v=v)
