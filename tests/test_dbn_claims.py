"""What the experiments on deep belief networks measure is what they say: beside the slow way."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from ebm import data, dbn, rbm
from ebm.data import sets
from ebm.diagnostics import Estimate
from ebm.experiments import _records, dbn_autoencoder, dbn_bound, dbn_labels, dbn_mnist, dbn_updown


def rng(seed=0):
    return np.random.default_rng(seed)


def machine(n_v, n_h, seed=0):
    draw = rng(seed).normal
    return rbm.RBM(draw(size=(n_v, n_h)), draw(size=n_v), draw(size=n_h))


# The bound.


def test_listed_is_what_summing_over_states_one_by_one_gives():
    model, v = dbn.stack([machine(4, 3), machine(3, 2, 1)]), rbm.states(4)
    log_p, bound = dbn_bound.listed(model, v)
    assert np.exp(log_p).sum() == pytest.approx(1, abs=1e-12)
    (layer,), p_h = model.layers, rbm.distribution(model.top)
    total, below = 0.0, 0.0
    for h, p in zip(rbm.states(3), p_h, strict=True):
        down = 1 / (1 + np.exp(-(layer.W_down @ h + layer.b_down)))
        up = 1 / (1 + np.exp(-(v[5] @ layer.W_up + layer.b_up)))
        given = np.prod(np.where(v[5], down, 1 - down))
        q = np.prod(np.where(h, up, 1 - up))
        total += p * given
        below += q * np.log(p * given / q)
    assert (log_p[5], bound[5]) == pytest.approx((np.log(total), below), rel=1e-12)


def test_a_step_follows_the_gradient_upwards():
    first, v = machine(5, 3), rbm.states(5)[3:9]
    before, after = (rbm.log_likelihood(m, v).mean() for m in (first, dbn_bound.learned(first, v, 1)))
    assert after > before
    slope = rbm.gradient(first, v)
    assert np.allclose(dbn_bound.learned(first, v, 1).W, first.W + dbn_bound.RATE * slope.W)


def test_a_run_starts_where_it_says_and_its_bound_rises(monkeypatch):
    monkeypatch.setattr(dbn_bound, "STEPS", 120)
    transposed, small = (dbn_bound.measure({"start": s}, rng=rng()) for s in ("transposed", "small"))
    assert [row["step"] for row in transposed["curve"]] == [0, 60, 120]
    assert transposed["curve"][0]["bound"] == pytest.approx(transposed["first"], abs=1e-12)
    assert small["curve"][0]["bound"] < small["first"] - 0.01
    for run in (transposed, small):
        assert (np.diff([row["bound"] for row in run["curve"]]) > 0).all()


def test_gains_are_the_least_of_all_runs_and_a_broken_bound_is_noticed():
    def run(*pairs):
        rows = [{"step": k, "log_p": a, "bound": b} for k, (a, b) in enumerate(pairs)]
        return {"first": -3.0, "curve": rows}

    found = [
        ({"start": "transposed"}, run((-3.0, -3.0), (-2.0, -2.5))),
        ({"start": "transposed"}, run((-3.0, -3.1), (-2.5, -2.25))),
        ({"start": "small"}, run((-4.0, -5.0), (-3.5, -3.75))),
        ({"start": "small"}, run((-4.0, -5.0), (-3.5, -3.75))),
    ]
    values = dbn_bound.summarise(found)
    assert values["gap"].value == -0.25
    assert (values["bound_gain"].value, values["likelihood_gain"].value) == (0.5, 0.5)
    assert values["start"].value == pytest.approx(0.1)
    assert values["small_gain"].value == -0.75


# Digits.


def test_as_many_of_each_label_are_chosen_and_none_twice():
    labels = data.digits().train.labels
    rows = dbn_labels.some(labels, 100, rng())
    assert np.bincount(labels[rows]).tolist() == [10] * 10 and len(set(rows.tolist())) == 100
    assert dbn_labels.some(labels, 1415, rng()).tolist() == list(range(1415))
    assert set(rows.tolist()) != set(dbn_labels.some(labels, 100, rng(1)).tolist())


def test_everybody_gets_the_steps_that_are_said():
    for n in (50, *dbn_labels.LABELS):
        steps = dbn_labels.epochs(2000, n) * -(-n // dbn_labels.BATCH)
        assert steps == pytest.approx(2000, rel=0.02)


def test_ways_have_one_shape_and_learn(monkeypatch):
    monkeypatch.setattr(dbn_labels, "STEPS", 60)
    train, _ = data.digits()
    v, labels = train.v[:100], train.labels[:100]
    *_, grown = dbn.greedy(train.v, dbn_labels.SIZES, rng=rng(), **dbn_labels.GREEDY | {"epochs": 2})
    stack, plain = dbn.classifier(grown.model, 10), dbn_labels.fresh("rectified", rng())
    assert [W.shape for W in stack.weights] == [W.shape for W in plain.weights]
    for start in (stack, plain):
        after = dbn_labels.taught(start, v, labels, rng())
        assert dbn.loss(after, v, np.eye(10)[labels]) < dbn.loss(start, v, np.eye(10)[labels])
        assert dbn_labels.wrong(after, data.Examples(v, labels)).mean() < 0.9


def test_a_tuned_network_differs_where_it_should_and_its_greedy_one_keeps_the_lower_layers(monkeypatch):
    monkeypatch.setattr(dbn_updown, "GREEDY", dbn_updown.GREEDY | {"epochs": 2})
    train, _ = data.digits()
    v, labels = train.v[:100], train.labels[:100]
    layers = dbn_updown.lower(train.v, rng())
    greedy = dbn_updown.named(layers, v, labels, 40, rng())
    tuned = dbn_updown.tuned(greedy, v, labels, 40, rng())
    assert greedy.sizes == (64, 100, 100, 256) and greedy.classes == 10
    assert all((a.W_up == b.W_up).all() for a, b in zip(greedy.layers, layers, strict=True))
    assert not (tuned.layers[0].W_up == tuned.layers[0].W_down).all()
    right = dbn.classify(greedy, v)
    assert not dbn_updown.misread(greedy, data.Examples(v, right)).any()
    assert dbn_updown.misread(greedy, data.Examples(v[:3], [*right[:2], 9 - right[2]])).tolist() == [0, 0, 1]


@pytest.mark.parametrize(("module", "better"), [(dbn_labels, "pre-trained"), (dbn_updown, "up-down")])
def test_differences_are_taken_seed_by_seed(module, better):
    by_seed = [
        dict.fromkeys(module.WAYS, 0.3 + k) | {better: 0.1 + k, "rectified": 0.2 + k} for k in range(2)
    ]
    if module is dbn_updown:  # which says it digit by digit
        by_seed = [{way: [x - 0.1, x + 0.1] for way, x in run.items()} for run in by_seed]
    found = [({"seed": k}, {str(n): run for n in module.LABELS}) for k, run in enumerate(by_seed)]
    values = module.summarise(found)
    name, other = {dbn_labels: ("pretraining", "same_units"), dbn_updown: ("generative", "tuning")}[module]
    assert values[f"{name}_100"] == pytest.approx(Estimate(-0.1, 0.0), abs=1e-12)
    sign = -1 if module is dbn_labels else 1
    assert values[f"{other}_1415"] == pytest.approx(Estimate(sign * 0.2, 0.0), abs=1e-12)
    row = values["errors"][0]
    assert (row["labels"], row["error"]) == (100, pytest.approx(0.5))
    assert len(values["errors"]) == len(module.LABELS) * len(module.WAYS)


def test_the_errors_of_one_seed_are_by_the_scatter_over_digits():
    greedy, tuned = np.arange(100) % 2, np.arange(100) % 10 == 1
    run = {"greedy": greedy, "up-down": tuned.astype(int), "rectified": tuned.astype(int)}
    values = dbn_updown.summarise([({"seed": 0, "longer": False}, {str(n): run for n in dbn_updown.LABELS})])
    # Of the 100 digits 50 are misread before and 10 of these after.
    assert values["tuning_100"] == pytest.approx(Estimate(0.4, np.sqrt(0.4 * 0.6 / 99)))
    assert values["generative_1415"] == Estimate(0.0, 0.0)
    assert [row["way"] for row in values["errors"]] == ["greedy", "up-down", "rectified"] * 2


# The autoencoder.


def test_components_are_those_of_another_library_and_all_of_them_lose_nothing():
    train, test = data.digits()
    for code in (2, 4):
        other = PCA(code).fit(train.v)
        lost = ((other.inverse_transform(other.transform(test.v)) - test.v) ** 2).sum(axis=1)
        assert dbn_autoencoder.by_components(train.v, test.v, code) == pytest.approx(lost, abs=1e-3)
    assert dbn_autoencoder.by_components(train.v, test.v, 64).max() < 1e-6


def test_squared_errors_are_sums_over_the_units_of_a_picture():
    blank = dbn.Network(
        [np.zeros((64, 2)), np.zeros((2, 64))], [np.zeros(2), np.zeros(64)], ["linear", "linear"]
    )
    v = data.digits().test.v[:5]
    assert dbn_autoencoder.squared(blank, v) == pytest.approx((v**2).sum(axis=1))


def test_ratios_are_of_one_length_of_the_code():
    row = {"mean": 1.0, "spread": 0.5}
    found = [
        ({"code": code, "seed": k}, {"components": row | {"mean": c}, "pre-trained": row, "fresh": row})
        for code, c in ((dbn_autoencoder.MAIN, 2.0), (8, 7.0))
        for k in range(2)
    ]
    values = dbn_autoencoder.summarise(found)
    assert (values["to_components"].value, values["to_fresh"].value) == (0.5, 1.0)


# MNIST, by a stand-in.


def test_without_its_files_mnist_is_not_run_and_with_them_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv("EBM_DATA", str(tmp_path))
    with pytest.raises(_records.Lacking, match="dbn_mnist was not run: the four files of MNIST are not in"):
        _records.run(dbn_mnist, "full", scratch=tmp_path)
    with pytest.raises(_records.Lacking, match="no quick size"):
        _records.run(dbn_mnist, "quick", scratch=tmp_path)
    train, test = data.digits()
    monkeypatch.setattr(sets, "_mnist_is_here", lambda: True)
    monkeypatch.setattr(data, "mnist", lambda: sets.Split(train, test))
    monkeypatch.setattr(dbn_mnist, "SIZES", (50, 50, 100))
    monkeypatch.setattr(dbn_mnist, "GREEDY", dbn_mnist.GREEDY | {"batch": 20})
    monkeypatch.setattr(dbn_mnist, "TUNING", dbn_mnist.TUNING | {"batch": 20})
    values = _records.run(dbn_mnist, "full", scratch=tmp_path).values
    assert 0.02 < values["up-down"].value < 0.4 and values["up-down"].value < values["greedy"].value
    assert dbn_mnist.share(125, 10_000) == pytest.approx(Estimate(0.0125, 0.00111), abs=1e-5)
