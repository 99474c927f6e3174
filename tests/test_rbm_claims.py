"""What the experiments on restricted Boltzmann machines measure is what they say: beside the slow way."""

from itertools import product

import numpy as np
import pytest

from ebm import data, rbm
from ebm.experiments import cd_direction, cd_likelihood, rbm_ais, rbm_digits


def rng(seed=0):
    return np.random.default_rng(seed)


def some_machine(n_v=4, n_h=3, seed=0, scale=1.0):
    draw = rng(seed)
    return rbm.RBM(scale * draw.normal(size=(n_v, n_h)), draw.normal(size=n_v), draw.normal(size=n_h))


# Where contrastive divergence points.


def test_conditionals_are_those_of_the_energies():
    model = some_machine(3, 2)
    up, down = cd_direction.conditionals(model)
    weights = np.array([[np.exp(-rbm.energy(model, v, h)) for h in rbm.states(2)] for v in rbm.states(3)])
    assert np.allclose(up, weights / weights.sum(axis=1, keepdims=True))
    assert np.allclose(down, (weights / weights.sum(axis=0)).T)


def test_the_machines_own_distribution_stays_and_any_other_goes_there():
    model, q = some_machine(), np.eye(16)[5]
    p = rbm.distribution(model)
    assert np.allclose(cd_direction.swept(model, p, 1), p)
    assert not np.allclose(cd_direction.swept(model, q, 1), p, atol=0.01)
    assert np.allclose(cd_direction.swept(model, q, 1000), p)


def test_chains_are_distributed_as_the_matrix_says():
    model, start = some_machine(), np.tile([1, 0, 1, 0], (40_000, 1))
    v = rbm.gibbs(model, start, rng=rng(), sweeps=2).v
    wanted = cd_direction.swept(model, cd_direction.share_of(start), 2)
    error = np.sqrt(wanted * (1 - wanted) / len(v))
    assert (abs(cd_direction.share_of(v) - wanted) < 4.5 * error + 1e-9).all()
    other = cd_direction.swept(model, cd_direction.share_of(start), 1)
    assert not (abs(cd_direction.share_of(v) - other) < 4.5 * error).all()


def test_without_end_it_is_the_gradient():
    model, v = some_machine(), data.bars_and_stripes(2)
    exactly = cd_direction.packed(rbm.gradient(model, v))
    q = cd_direction.share_of(v)
    for k in (None, 2000):
        assert np.allclose(cd_direction.packed(cd_direction.direction(model, q, k)), exactly)
    assert not np.allclose(cd_direction.packed(cd_direction.direction(model, q, 1)), exactly, atol=0.01)


def test_one_step_of_the_library_is_the_mean_direction_on_average():
    model, v = some_machine(scale=2.0), np.repeat(data.bars_and_stripes(2), 2000, axis=0)
    step = next(rbm.cd(model, v, rng=rng(), epochs=1, rate=1.0, batch=len(v)))
    mean = cd_direction.direction(model, cd_direction.share_of(v), 1)
    gradient = rbm.gradient(model, v)
    assert np.allclose(step.model.W - model.W, mean.W, atol=0.02)
    assert not np.allclose(step.model.W - model.W, gradient.W, atol=0.02)


def test_shares_are_counted():
    q = cd_direction.share_of(np.array([[1, 0], [1, 0], [0, 1], [1, 1]]))
    assert q.tolist() == [0, 0.5, 0.25, 0.25]


def test_directions_are_compared_with_the_gradient():
    model, q = some_machine(), rng(1).dirichlet(np.ones(16))
    near, far = (cd_direction.compared(model, q, k) for k in (500, 1))
    assert near["cosine"] == pytest.approx(1) and near["signs"] == 1 and near["length"] == pytest.approx(1)
    assert near["bias"] < 1e-3 < far["bias"] and far["cosine"] < 1


def test_kl_is_that_of_the_listed_states():
    model, v = some_machine(), data.bars_and_stripes(2)
    wanted = -np.log(6) - rbm.log_likelihood(model, v).mean()
    assert cd_direction.kl(model, cd_direction.share_of(v)) == pytest.approx(wanted)


def test_cd_leaves_the_best_place_and_the_gradient_does_not(monkeypatch):
    monkeypatch.setitem(cd_direction.RANDOM, "steps", 1500)
    monkeypatch.setitem(cd_direction.RANDOM, "n_v", 3)
    ends = cd_direction.rest(rng=rng(2))
    assert ends["likelihood"] < ends["cd"] < ends["alone"]


def test_directions_are_summed_up():
    def run(bias):
        places = product(enumerate(cd_direction.AT), cd_direction.KS)
        return [
            {"step": step, "log_p": -1.0, "k": k, "cosine": 1.0, "length": 0.5, "signs": 0.75}
            | {"bias": bias * (1 + place) / k}
            for (place, step), k in places
        ]

    ends = [{"alone": 1.0, "likelihood": 0.0, "cd": cd} for cd in (0.0, 0.1, 0.4)]
    found = [({"what": "path", "run": k}, run(k + 1.0)) for k in range(2)]
    found += [({"what": "rest", "run": k}, end) for k, end in enumerate(ends)]
    summary = cd_direction.summarise(found)
    assert summary["signs"].value == 0.75
    assert summary["k_ratio"].value == pytest.approx(0.1)
    assert summary["growth"].value == pytest.approx(len(cd_direction.AT))
    assert summary["worse"].value == pytest.approx(2 / 3)
    assert summary["lost"].value == pytest.approx(0.1)
    first = summary["path"][0]
    assert (first["k"], first["step"], first["bias"]) == (1, 0, 1.5)
    assert first["bias_error"] == pytest.approx(0.5)
    assert len(summary["path"]) == len(cd_direction.AT) * len(cd_direction.KS)


# What becomes of the likelihood.


def test_ways_differ_in_sweeps_chains_and_rates():
    v = data.bars_and_stripes(cd_likelihood.SIDE).astype(np.float32)
    start = rbm.initial(16, 4, rng=rng())
    firsts = {way: next(cd_likelihood.learning(way, start, v, rng=rng(1))) for way in cd_likelihood.WAYS}
    assert {way: len(first.v) for way, first in firsts.items()} == {
        "CD-1": 30, "CD-10": 30, "PCD, constant rate": 100, "PCD, falling rate": 100,
    }  # fmt: skip
    assert not np.array_equal(firsts["CD-1"].v, firsts["CD-10"].v)
    by_hand = next(rbm.cd(start, v, rng=rng(1), epochs=1, rate=cd_likelihood.RATE, k=10, batch=30))
    assert np.array_equal(firsts["CD-10"].model.W, by_hand.model.W)


def test_the_rate_falls_to_nothing_only_where_it_should(monkeypatch):
    monkeypatch.setattr(cd_likelihood, "EPOCHS", 50)
    v = data.bars_and_stripes(4).astype(np.float32)
    steps = {}
    for way in ("PCD, constant rate", "PCD, falling rate"):
        W = [e.model.W for e in cd_likelihood.learning(way, rbm.initial(16, 4, rng=rng()), v, rng=rng(1))]
        steps[way] = np.abs(W[-1] - W[-2]).mean() / np.abs(W[1] - W[0]).mean()
    assert steps["PCD, falling rate"] < 0.1 < steps["PCD, constant rate"]


def test_likelihood_and_error_are_measured_where_they_should_be(monkeypatch):
    monkeypatch.setattr(cd_likelihood, "EPOCHS", 30)
    monkeypatch.setattr(cd_likelihood, "AT", (5, 30))
    monkeypatch.setattr(cd_likelihood, "HIDDEN", 4)
    rows = cd_likelihood.measure({"way": "CD-1", "run": 0}, rng=rng())
    v, draw = data.bars_and_stripes(4).astype(np.float32), rng()
    how = {"rng": draw, "epochs": 30, "rate": cd_likelihood.RATE, "batch": 30}
    machines = list(rbm.cd(rbm.initial(16, 4, rng=draw), v, **how))
    for row, epoch in zip(rows, (machines[4], machines[29]), strict=True):
        wanted = [epoch.epoch, rbm.log_likelihood(epoch.model, v).mean(), epoch.error]
        assert list(row.values()) == pytest.approx(wanted)


def test_likelihoods_are_summed_up(monkeypatch):
    monkeypatch.setattr(cd_likelihood, "AT", (1, 2, 3))

    def run(log_p, errors):
        return [
            {"epoch": k, "log_p": x, "error": e} for k, x, e in zip((1, 2, 3), log_p, errors, strict=True)
        ]

    found = [
        ({"way": "CD-1", "run": 0}, run((-9.0, -4.0, -6.0), (0.3, 0.2, 0.1))),
        ({"way": "CD-1", "run": 1}, run((-9.0, -5.0, -6.0), (0.3, 0.1, 0.2))),
    ]
    for way, end in zip(cd_likelihood.WAYS[1:], (-5.0, -3.0, -4.0), strict=True):
        found += [({"way": way, "run": k}, run((-9.0, -8.0, end + k), (0.3, 0.2, 0.1))) for k in range(2)]
    summary = cd_likelihood.summarise(found)
    assert summary["fall"].value == 1.5
    assert summary["improved"].value == 0.5
    assert summary["cd10_above_cd1"].value == pytest.approx(1.5)
    assert summary["cd10_above_cd1"].error == pytest.approx(0.5)
    assert summary["pcd_above_cd1"].value == pytest.approx(2.5)
    assert summary["pcd_above_cd10"].value == pytest.approx(1.0)
    assert summary["curves"][1] == {
        "way": "CD-1", "epoch": 2, "log_p": -4.5, "log_p_error": pytest.approx(0.5),
        "error": pytest.approx(0.15), "error_error": pytest.approx(0.05),
    }  # fmt: skip


# Partition functions.


def test_both_sides_hold_the_exact_log_z():
    model = some_machine(8, 5, seed=3)
    exactly, draw = rbm.log_Z(model), rng(1)
    own = rbm_ais.states_of(model, None, True, rng=draw)
    found = [rbm_ais.both(model, np.linspace(0, 1, 12), own, rng=draw) for _ in range(10)]
    assert np.mean([f["forward"] for f in found]) < exactly < np.mean([f["reverse"] for f in found])
    close = rbm_ais.both(model, np.linspace(0, 1, 2001), own, rng=draw)
    assert close["forward"] == pytest.approx(exactly, abs=0.05)
    assert close["reverse"] == pytest.approx(exactly, abs=0.05)


def test_long_chains_are_the_machines_own_states():
    model = some_machine(5, 4)
    v = np.tile(np.eye(5, dtype=np.int8), (20, 1))
    states = [rbm_ais.states_of(model, v, False, rng=rng(k)) for k in range(40)]
    means, wanted = np.mean(states, axis=1), rbm.negative(model).b_v
    assert (abs(means.mean(axis=0) - wanted) < 4 * means.std(axis=0, ddof=1) / np.sqrt(40)).all()


def test_machines_are_measured_against_the_exact_log_z(monkeypatch):
    monkeypatch.setattr(rbm_ais, "EPOCHS", {20: 2})
    monkeypatch.setattr(rbm_ais, "STEPS", {20: (2, 400)})
    monkeypatch.setattr(rbm_ais.rbm, "log_Z", lambda model: 100.0)
    monkeypatch.setattr(rbm_ais.rbm, "draw", lambda model, count, rng: rng.integers(0, 2, (count, 64)))
    found = rbm_ais.measure({"n_h": 20, "way": "PCD", "run": 0}, rng=rng())
    assert found["exactly"] == 100.0 and [row["steps"] for row in found["rows"]] == [2, 400]
    monkeypatch.setattr(rbm_ais.rbm, "log_Z", lambda model: 101.0)
    again = rbm_ais.measure({"n_h": 20, "way": "PCD", "run": 0}, rng=rng())
    assert again["test"] == pytest.approx(found["test"] - 1)


def test_partition_functions_are_summed_up(monkeypatch):
    monkeypatch.setattr(rbm_ais, "STEPS", {20: (1, 2), 500: (1, 2)})

    def result(exactly, last, test):
        rows = [{"steps": 1, "forward": 1.0, "reverse": 9.0}, {"steps": 2} | last]
        return {"exactly": exactly, "rows": rows, "train": -20.0, "test": test}

    ends = {"CD-1": (-30.0, 5.01), "CD-25": (-25.0, 4.95), "PCD": (-27.0, 5.02)}
    found = [
        ({"n_h": 20, "way": way, "run": k}, result(5.0, {"forward": low, "reverse": 5.5}, test + k))
        for way, (test, low) in ends.items()
        for k in range(2)
    ]
    found += [
        ({"n_h": 500, "way": "PCD", "run": k}, result(None, {"forward": 4.0, "reverse": 5.0 + k}, -20.0))
        for k in range(2)
    ]
    summary = rbm_ais.summarise(found)
    assert summary["off_20"].value == pytest.approx(-0.05)
    assert summary["gap_500"].value == 1.5 and summary["gap_500"].error == pytest.approx(0.5)
    assert summary["cd25_above_cd1"].value == pytest.approx(5)
    assert summary["cd25_above_cd1"].error == pytest.approx(np.hypot(0.5, 0.5))
    assert summary["pcd_above_cd1"].value == pytest.approx(3)
    assert summary["sandwich"][0]["forward"] == -4.0 and summary["sandwich"][0]["reverse"] == 4.0
    assert summary["sandwich"][-1]["forward"] == pytest.approx(-(0.5 + 1.0) / 2)


# Digits told apart.


def test_the_linear_classifier_does_what_scikit_learns_does():
    from sklearn.linear_model import LogisticRegression

    train, test = data.digits()
    x, asked = data.binary(train.v), data.binary(test.v)
    ours = rbm_digits.by_softmax(x, train.labels, asked, rng=rng())
    theirs = LogisticRegression(C=1.0, max_iter=2000).fit(x, train.labels).predict(asked)
    right = [np.mean(labels == test.labels) for labels in (ours, theirs)]
    assert right[0] == pytest.approx(right[1], abs=0.02)


def test_all_three_name_digits_and_shuffled_labels_teach_none_of_them(monkeypatch):
    monkeypatch.setattr(rbm_digits, "EPOCHS", 60)
    monkeypatch.setattr(rbm_digits, "HIDDEN", 60)
    monkeypatch.setitem(rbm_digits.FIT, "epochs", 40)
    right = rbm_digits.measure({"run": 0}, rng=rng())
    assert all(len(x) == 382 and np.mean(x) > 0.6 for x in right.values())
    train, test = data.digits()
    shuffled = train._replace(labels=rng(1).permutation(train.labels))
    monkeypatch.setattr(rbm_digits.data, "digits", lambda: data.Split(shuffled, test))
    wrong = rbm_digits.measure({"run": 0}, rng=rng())
    assert all(np.mean(x) < 0.35 for x in wrong.values())


def test_shares_are_summed_up_over_digits():
    results = [
        {"labels": [1, 1, 0, 1], "features": [1, 1, 1, 1], "pixels": [1, 0, 0, 0]},
        {"labels": [1, 0, 0, 1], "features": [1, 1, 1, 0], "pixels": [1, 0, 0, 1]},
    ]
    summary = rbm_digits.summarise([({"run": k}, result) for k, result in enumerate(results)])
    assert summary["labels"].value == 5 / 8 and summary["pixels"].value == 3 / 8
    assert summary["labels_above_pixels"].value == 2 / 8
    differences = [0, 0.5, 0, 0.5]
    assert summary["labels_above_pixels"].error == pytest.approx(np.std(differences, ddof=1) / 2)
    assert [row["by"] for row in summary["accuracy"]] == ["labels", "features", "pixels"]
