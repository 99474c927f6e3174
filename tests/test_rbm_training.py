"""Training: one update against the average it stands for, and what many of them lead to."""

import os
import subprocess
import sys

import numpy as np
import pytest
from scipy.special import expit

from ebm import rbm
from ebm.data import sets
from ebm.fast import contrast
from ebm.rbm import RBM

BAS = sets.bars_and_stripes(3)
CHANCE, BEST = (
    -9 * np.log(2),
    -np.log(14),
)  # mean log-likelihood of fair coins, and of the data's own distribution


def rng(seed=0):
    return np.random.default_rng(seed)


def machine(n_v=4, n_h=3, seed=0, scale=1.0, dtype=np.float64):
    draw = rng(seed).normal
    return RBM(
        *(x.astype(dtype) for x in (draw(0, scale, (n_v, n_h)), draw(0, scale, n_v), draw(0, scale, n_h)))
    )


def last(records):
    *_, record = records
    return record


def by_name(model):
    return np.concatenate([model.W.ravel(), model.b_v, model.b_h]).astype(np.float64)


# --- one update ---

FEW = np.array([[1, 0, 1, 1], [0, 0, 1, 0], [1, 1, 1, 1]])


def expected_update(model, data, k):
    """<v h>data - <v h>after k sweeps, by multiplying the matrices of transition probabilities."""
    v, h = rbm.states(model.n_v), rbm.states(model.n_h)

    def chance(p, states):
        return np.prod(np.where(states == 1, p[:, None, :], 1 - p[:, None, :]), axis=2)

    sweep = chance(rbm.p_h(model, v), h) @ chance(rbm.p_v(model, h), v)
    start = np.bincount(data @ (1 << np.arange(model.n_v)), minlength=len(v)) / len(data)
    p = start @ np.linalg.matrix_power(sweep, k)
    change = [(p_v[:, None] * v).T @ rbm.p_h(model, v) for p_v in (start, p)]
    return np.concatenate([(change[0] - change[1]).ravel(), (start - p) @ v, (start - p) @ rbm.p_h(model, v)])


@pytest.mark.parametrize("k", [1, 2, 5])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_cd_update_has_the_right_mean(k, dtype):
    model, copies = machine(dtype=dtype), 30_000
    many = np.tile(FEW, (copies, 1))
    record = last(rbm.cd(model, many, rng=rng(k), epochs=1, rate=1, k=k, batch=len(many)))
    change = by_name(record.model) - by_name(model)
    assert np.abs(change - expected_update(model, FEW, k)).max() < 5 * 0.5 / np.sqrt(3 * copies)
    assert np.abs(expected_update(model, FEW, k)).max() > 0.1


def test_the_plain_kernel_has_the_same_mean():
    model, passes, rate = machine(), 30_000, 1e-9
    record = last(rbm.online(model, np.tile(FEW, (passes, 1)), rng=rng(), epochs=1, rate=rate))
    change = (by_name(record.model) - by_name(model)) / (3 * passes * rate)
    assert np.abs(change - expected_update(model, FEW, 1)).max() < 5 * 0.5 / np.sqrt(3 * passes)


def test_a_pcd_update_of_settled_chains_is_the_gradient():
    model, chains = machine(scale=0.5), 60_000
    many = np.tile(FEW, (10, 1))
    change = last(
        rbm.pcd(model, many, rng=rng(), epochs=1, rate=1, k=30, chains=chains, batch=30)
    ).model.W - (model.W)
    assert np.abs(change - rbm.gradient(model, FEW).W).max() < 5 * 0.5 / np.sqrt(chains)
    assert np.abs(rbm.gradient(model, FEW).W).max() > 0.1


def test_probabilities_as_data_enter_as_they_are():
    """In a machine without weights p(h) is 1/2 whatever v is, so that <v h>data is v/2."""
    grey = np.full((20_000, 2), [0.2, 0.9])
    record = last(rbm.cd(RBM(np.zeros((2, 1))), grey, rng=rng(), epochs=1, rate=1, batch=20_000))
    assert np.abs(record.model.W[:, 0] - ([0.1 - 0.25, 0.45 - 0.25])).max() < 5 * 0.5 / np.sqrt(20_000)


# Fields of +-40 and more leave nothing to chance: every update is known, and so are rate, momentum and decay.
SURE = RBM([[0.5]], b_v=[40.0], b_h=[40.0])


def sure(**settings):
    records = list(rbm.cd(SURE, [[0]], rng=rng(), **settings))
    return np.array([by_name(record.model) for record in records]) - by_name(SURE)


def test_rate_can_follow_a_schedule():
    assert np.allclose(sure(epochs=3, rate=[0.5, 0.25, 0.125])[:, 1], [-0.5, -0.75, -0.875])
    assert np.allclose(sure(epochs=3, rate=0.5)[:, 1], [-0.5, -1.0, -1.5])


def test_momentum_keeps_a_share_of_the_last_change():
    velocity, total, expected = 0.0, 0.0, []
    for m in (0.5, 0.5, 0.9):
        velocity = m * velocity - 0.1
        total += velocity
        expected.append(total)
    assert np.allclose(sure(epochs=3, rate=0.1, momentum=[0.5, 0.5, 0.9])[:, 1], expected)
    assert np.allclose(sure(epochs=2, rate=0.1, momentum=0.5)[:, 1], expected[:2])


def test_decay_pulls_weights_and_not_biases():
    plain, decayed = sure(epochs=1, rate=0.1), sure(epochs=1, rate=0.1, decay=0.2)
    assert decayed[0, 0] - plain[0, 0] == pytest.approx(-0.1 * 0.2 * 0.5)
    assert (decayed[0, 1:] == plain[0, 1:]).all()


def test_every_example_is_shown_once_in_a_pass():
    """Each batch adds its own mean: with batches of 1 the rate times the sum over the data."""
    data = np.eye(5)
    model = RBM(np.zeros((5, 1)), np.full(5, -40.0))
    for batch, steps in ((1, 5), (2, 3), (5, 1), (99, 1)):
        b_v = last(rbm.cd(model, data, rng=rng(), epochs=1, rate=0.1, batch=batch)).model.b_v + 40
        sizes = [batch] * (5 // batch) + [5 % batch] * (5 % batch > 0) if batch < 5 else [5]
        assert len(sizes) == steps and b_v.sum() == pytest.approx(0.1 * steps)
        assert b_v.min() == pytest.approx(0.1 / max(sizes)) and b_v.max() == pytest.approx(0.1 / min(sizes))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_kernel_that_moves_the_weights_is_the_formula(dtype):
    x, dx, up = rng().normal(size=(3, 1000)).astype(dtype)
    rate, momentum, decay = dtype(0.1), dtype(0.9), dtype(0.01)
    plain = [part.copy() for part in (x, dx)]
    contrast.move.py_func(*plain, up, rate, momentum, decay)
    velocity = momentum * dx + rate * (up - decay * x)
    moved = [part.copy() for part in (x, dx)]
    contrast.move(*moved, up, rate, momentum, decay)
    assert (moved[0] == plain[0]).all() and (moved[1] == plain[1]).all()
    assert (moved[1] == velocity).all() and (moved[0] == x + velocity).all()


# --- where it leads ---


@pytest.mark.parametrize(
    ("learn", "settings", "reached"),
    [
        (rbm.cd, {"epochs": 600, "rate": np.linspace(0.3, 0.03, 600)}, -3.6),
        (rbm.cd, {"epochs": 300, "rate": 0.2, "k": 10}, -3.1),
        (rbm.pcd, {"epochs": 500, "rate": np.linspace(0.2, 0.002, 500)}, -2.95),
    ],
    ids=["CD-1", "CD-10", "PCD"],
)
def test_bars_and_stripes_are_learned(learn, settings, reached):
    """From chance, -6.24 nats, most of the way to the best there is, -2.64, by the exact likelihood."""
    found = []
    for seed in range(3):
        start = rbm.initial(9, 8, rng=rng(seed), scale=0.1)
        assert rbm.log_likelihood(start, BAS).mean() == pytest.approx(CHANCE, abs=0.1)
        record = last(learn(start, np.tile(BAS, (10, 1)), rng=rng(seed + 50), batch=14, **settings))
        found.append(rbm.log_likelihood(record.model, BAS).mean())
    assert reached < np.mean(found) - 2 * np.std(found, ddof=1) / np.sqrt(3), found
    assert max(found) < BEST


def test_the_plain_kernel_learns_them_too():
    start = rbm.initial(9, 8, rng=rng(1), scale=0.1, dtype=np.float64)
    record = last(rbm.online(start, BAS, rng=rng(), epochs=4000, rate=0.05))
    assert rbm.log_likelihood(record.model, BAS).mean() > -4.2
    assert record.error < 0.1


def test_the_exact_gradient_goes_up_at_every_step():
    model = rbm.initial(9, 8, rng=rng(), scale=1.0, dtype=np.float64)
    seen = [rbm.log_likelihood(model, BAS).mean()]
    for _ in range(400):
        step = rbm.gradient(model, BAS)
        model = RBM(model.W + 0.3 * step.W, model.b_v + 0.3 * step.b_v, model.b_h + 0.3 * step.b_h)
        seen.append(rbm.log_likelihood(model, BAS).mean())
    assert min(np.diff(seen)) > 0 and seen[-1] > -4
    print(seen[-1])


def test_digits_are_reconstructed():
    train, test = sets.digits()
    data = sets.binary(train.v)
    start = rbm.initial(64, 60, rng=rng(), data=data)
    records = list(rbm.cd(start, data, rng=rng(), epochs=15, rate=0.1, batch=50, momentum=0.5))
    errors = [record.error for record in records]
    assert errors[-1] < 0.07 < 0.11 < errors[0], errors
    unseen = sets.binary(test.v)
    assert rbm.log_pseudo_likelihood(records[-1].model, unseen).mean() > -19
    assert rbm.log_pseudo_likelihood(start, unseen).mean() < -24


def test_a_machine_with_labels_names_digits():
    train, test = sets.digits()
    joint = rbm.with_labels(sets.binary(train.v), train.labels, 10)
    start = rbm.initial(74, 100, rng=rng(), data=joint)
    rate = np.linspace(0.1, 0.005, 60)
    model = last(rbm.cd(start, joint, rng=rng(), epochs=60, rate=rate, batch=20, momentum=0.5)).model
    right = rbm.classify(model, sets.binary(test.v), 10) == test.labels
    assert right.mean() > 0.865  # a linear classifier on the same pictures reaches 0.856


# --- records ---


def test_records_say_what_they_say():
    start = machine(9, 4, dtype=np.float32)
    kept = start.W.copy()
    records = list(rbm.pcd(start, BAS, rng=rng(), epochs=3, rate=0.1, chains=7))
    assert [record.epoch for record in records] == [1, 2, 3]
    assert all(record.v.shape == (7, 9) and set(record.v.flat) <= {0, 1} for record in records)
    assert (start.W == kept).all() and records[0].model.W.dtype == np.float32
    assert not (records[0].model.W == records[1].model.W).all()
    model = records[1].model
    p = expit(rbm.p_h(model, BAS) @ model.W.T + model.b_v)
    assert records[1].error == pytest.approx(np.mean((BAS - p) ** 2), rel=1e-5)
    assert (rbm.p_h(model, BAS) == rbm.p_h(model, BAS)).all()


def test_nothing_happens_before_the_first_record_is_asked_for():
    draws = rng(3)
    before = draws.bit_generator.state
    records = rbm.cd(machine(), FEW, rng=draws, epochs=10**6, rate=0.1)
    assert draws.bit_generator.state == before
    next(records)
    assert draws.bit_generator.state != before


@pytest.mark.parametrize("learn", [rbm.cd, rbm.pcd, rbm.online])
def test_the_same_seed_gives_the_same_weights(learn):
    first, second = (last(learn(machine(9, 4), BAS, rng=rng(5), epochs=20, rate=0.1)).model for _ in range(2))
    other = last(learn(machine(9, 4), BAS, rng=rng(6), epochs=20, rate=0.1)).model
    assert (by_name(first) == by_name(second)).all() and (by_name(first) != by_name(other)).any()


def test_progress_is_shown_when_asked_for(capsys):
    for learn in (rbm.cd, rbm.pcd, rbm.online):
        last(learn(machine(9, 4), BAS, rng=rng(), epochs=2, rate=0.1))
        assert capsys.readouterr().err == ""
        last(learn(machine(9, 4), BAS, rng=rng(), epochs=2, rate=0.1, progress=True))
        assert "2/2" in capsys.readouterr().err


THREADS = """
import hashlib
import numpy as np
from ebm import ais, dbn, rbm
from ebm.data import sets
rng = np.random.default_rng(0)
digits = sets.binary(sets.digits().train.v)
large = (rng.random((300, 784)) < 0.3).astype(np.int8)
for data, n_h in (digits, 100), (large, 500):
    start = rbm.initial(data.shape[1], n_h, rng=rng, data=data)
    for learn in (rbm.cd, rbm.pcd):
        *_, last = learn(start, data, rng=rng, epochs=2, rate=0.1)
        print(hashlib.sha256(last.model.W).hexdigest(), last.error)
    print(rbm.gibbs(last.model, data, rng=rng, sweeps=2).h.sum())
    print(ais.forward(last.model, np.linspace(0, 1, 20), chains=100, rng=rng).log_Z)
grown = list(dbn.greedy(large, [500, 300], rng=rng, epochs=1, rate=0.1))[-1].model
*_, last = dbn.up_down(grown, large, rng=rng, epochs=1, rate=0.01)
print(hashlib.sha256(last.model.layers[0].W_up).hexdigest(), next(dbn.dream(last.model, rng=rng)).v.sum())
*_, last = dbn.fit(dbn.autoencoder(grown), large, large, rng=rng, epochs=1)
print(hashlib.sha256(last.network.weights[0]).hexdigest(), last.loss)
"""


def test_one_thread_or_two_give_the_same_bits():
    """Of the digits' size and of MNIST's, at which OpenBLAS's threads cut sums in other places."""
    said = [
        subprocess.run(
            [sys.executable, "-c", THREADS],
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for threads in "12"
    ]
    assert said[0] == said[1] and len(said[0].splitlines()) == 10


# --- bad input: each is named at the call, before anything is computed ---

MODEL = machine(9, 4)


@pytest.mark.parametrize("learn", [rbm.cd, rbm.pcd])
@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"k": 0}, ValueError, "k is 0; wanted a whole number of 1 or more"),
        ({"k": 1.5}, TypeError, "k is 1.5"),
        ({"batch": 0}, ValueError, "batch is 0"),
        ({"decay": -0.1}, ValueError, "decay is -0.1; wanted a weight decay of 0 or more"),
        ({"momentum": 1}, ValueError, "momentum holds 1.0; wanted a momentum, 0 or more and below 1"),
        ({"momentum": [0.5, -0.1]}, ValueError, "momentum holds -0.1"),
    ],
)
def test_bad_settings(learn, wrong, error, message):
    with pytest.raises(error, match=message):
        learn(MODEL, BAS, **{"rng": rng(), "epochs": 2, "rate": 0.1, **wrong})


@pytest.mark.parametrize("learn", [rbm.cd, rbm.pcd, rbm.online])
@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"rng": 0}, TypeError, "rng is 0; wanted a numpy.random.Generator"),
        ({"epochs": 0}, ValueError, "epochs is 0"),
        ({"rate": 0}, ValueError, "rate holds 0.0; wanted a learning rate > 0, or an array of 2 of them"),
        ({"rate": -1}, ValueError, "rate holds -1.0"),
        ({"rate": np.nan}, ValueError, "rate is nan"),
        ({"rate": [0.1, np.inf]}, ValueError, "rate holds NaN or infinity"),
        ({"rate": [0.1]}, ValueError, r"rate has shape \(1,\); wanted a learning rate > 0, or an array of 2"),
        ({"rate": "fast"}, TypeError, "rate holds <U4"),
        ({"rate": True}, TypeError, "rate is True"),
        ({"data": 2 * BAS - 1}, ValueError, "data holds -1; wanted an array of 0 and 1"),
        ({"data": BAS[:, :8]}, ValueError, r"data has shape \(14, 8\); wanted .* of shape \(batch, 9\)"),
        ({"data": BAS[0]}, ValueError, r"data has shape \(9,\)"),
        ({"data": BAS[:0]}, ValueError, "data is empty"),
        ({"data": np.where(BAS, np.nan, 0)}, ValueError, "data holds NaN"),
        ({"data": 1.5 * BAS}, ValueError, "data holds 1.5"),
    ],
)
def test_bad_calls(learn, wrong, error, message):
    with pytest.raises(error, match=message):
        learn(MODEL, **{"data": BAS, "rng": rng(), "epochs": 2, "rate": 0.1, **wrong})


def test_bad_chains_and_grey_examples_for_the_plain_kernel():
    with pytest.raises(ValueError, match="chains is 0"):
        rbm.pcd(MODEL, BAS, rng=rng(), epochs=1, rate=0.1, chains=0)
    with pytest.raises(ValueError, match="data holds 0.5; wanted an array of 0 and 1 of shape"):
        rbm.online(MODEL, 0.5 * BAS, rng=rng(), epochs=1, rate=0.1)


def test_weights_that_grow_beyond_all_bounds_name_the_rate():
    """Each decay takes away a thousand times what there is."""
    with pytest.raises(ValueError, match=r"rate is 1.0 in epoch \d+, and the weights grew beyond all bounds"):
        last(rbm.cd(rbm.initial(9, 4, rng=rng()), BAS, rng=rng(), epochs=50, rate=1, decay=1e3))
