"""Back-propagation: slopes by finite differences, and what it makes of a stack of machines."""

from itertools import pairwise

import numpy as np
import pytest

from ebm import dbn
from ebm.data import sets
from ebm.dbn import Network
from ebm.rbm import RBM


def rng(seed=0):
    return np.random.default_rng(seed)


def last(records):
    *_, record = records
    return record


def network(units, sizes=(4, 5, 3, 2), seed=0):
    draw = rng(seed).normal
    return Network(
        [draw(size=pair) for pair in pairwise(sizes)],
        [draw(size=n) for n in sizes[1:]],
        units,
    )


KINDS = [
    (hidden, "logistic", out)
    for hidden in ("logistic", "linear", "rectified")
    for out in ("logistic", "linear", "softmax")
]


def example(out, count=6):
    x = rng(1).normal(size=(count, 4))
    target = rng(2).random((count, 2))
    return x, target / target.sum(axis=1, keepdims=True) if out == "softmax" else target


# --- gradients ---


@pytest.mark.parametrize("units", KINDS)
def test_gradient_is_the_slope_of_the_loss(units):
    net, (x, target), step = network(units), example(units[-1]), 1e-6
    found = dbn.gradient(net, x, target)

    def changed(which, k, index, change):
        parts = [[part.copy() for part in parts] for parts in (net.weights, net.biases)]
        parts[which][k][index] += change
        return dbn.loss(Network(*parts, net.units), x, target)

    for which, parts in enumerate((net.weights, net.biases)):
        for k, part in enumerate(parts):
            for index in np.ndindex(part.shape):
                slope = (changed(which, k, index, step) - changed(which, k, index, -step)) / (2 * step)
                assert found[which][k][index] == pytest.approx(slope, abs=1e-8)


@pytest.mark.parametrize("units", KINDS)
def test_loss_is_the_formula(units):
    net, (x, target) = network(units), example(units[-1])
    y = dbn.activities(net, x)[-1]
    if units[-1] == "linear":
        by_hand = 0.5 * (y - target) ** 2
    elif units[-1] == "softmax":
        by_hand = -target * np.log(y)
    else:
        by_hand = -target * np.log(y) - (1 - target) * np.log(1 - y)
    by_hand = by_hand.sum() / len(x)
    assert dbn.loss(net, x, target) == pytest.approx(by_hand, rel=1e-12)


def test_loss_does_not_overflow():
    sure = Network([[[1e4, -1e4]]], [[0, 0]], ["softmax"])
    assert dbn.loss(sure, [[1.0]], [[0, 1]]) == pytest.approx(2e4)
    assert dbn.loss(Network([[[1e4]]], [[0]], ["logistic"]), [[1.0]], [[0]]) == pytest.approx(1e4)


# --- fitting ---


def test_adam_takes_the_steps_of_its_paper():
    """One weight, by the published formulas with decay rates 0.9 and 0.999."""
    net, x, target = Network([[[2.0]]], [[0.0]], ["linear"]), np.array([[1.5]]), np.array([[0.2]])
    theta, mean, square, expected = np.array([2.0, 0.0]), np.zeros(2), np.zeros(2), []
    for t in range(1, 6):
        wrong = theta[0] * 1.5 + theta[1] - 0.2
        g = np.array([1.5 * wrong, wrong])
        mean, square = 0.9 * mean + 0.1 * g, 0.999 * square + 0.001 * g**2
        theta = theta - 0.1 * (mean / (1 - 0.9**t)) / (np.sqrt(square / (1 - 0.999**t)) + 1e-8)
        expected.append(theta[0])
    found = [
        float(r.network.weights[0][0, 0]) for r in dbn.fit(net, x, target, rng=rng(), epochs=5, rate=0.1)
    ]
    assert found == pytest.approx(expected, rel=1e-12)


def test_exclusive_or_needs_the_hidden_layer():
    x, labels = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), [0, 1, 1, 0]
    deep = network(("logistic", "softmax"), (2, 8, 2))
    flat = network(("softmax",), (2, 2))
    settings = {"rng": rng(), "epochs": 600, "rate": 0.05}
    assert last(dbn.fit(deep, x, labels, **settings)).loss < 0.05
    assert last(dbn.fit(flat, x, labels, **settings)).loss > 0.69


def test_records_start_and_repeat():
    net = network(("logistic", "softmax"), (4, 5, 2))
    kept = net.weights[0].copy()
    x, target = example("softmax")
    runs = [list(dbn.fit(net, x, target, rng=rng(3), epochs=4, rate=0.01, batch=2)) for _ in range(2)]
    assert [record.epoch for record in runs[0]] == [1, 2, 3, 4]
    assert (net.weights[0] == kept).all()
    assert (runs[0][-1].network.weights[0] == runs[1][-1].network.weights[0]).all()
    assert runs[0][-1].loss < runs[0][0].loss
    assert not (runs[0][0].network.weights[0] == runs[0][1].network.weights[0]).all()


def test_single_precision_stays_single():
    net = Network([np.zeros((2, 3), np.float32)], [np.zeros(3)], ["softmax"])
    record = last(dbn.fit(net, [[0, 1], [1, 1]], [0, 2], rng=rng(), epochs=1))
    assert record.network.weights[0].dtype == record.network.biases[0].dtype == np.float32


def test_progress_is_shown_when_asked_for(capsys):
    net = network(("softmax",), (2, 2))
    last(dbn.fit(net, [[0, 1]], [0], rng=rng(), epochs=2))
    assert capsys.readouterr().err == ""
    last(dbn.fit(net, [[0, 1]], [0], rng=rng(), epochs=2, progress=True))
    assert "2/2" in capsys.readouterr().err


# --- from stacks ---


def machine(n_v, n_h, seed=0):
    draw = rng(seed).normal
    return RBM(draw(size=(n_v, n_h)), draw(size=n_v), draw(size=n_h))


def test_a_classifier_is_the_upward_half():
    model = dbn.stack([machine(6, 4), machine(4, 5)])
    net, v = dbn.classifier(model, 3), rng().random((7, 6))
    layers = dbn.activities(net, v)
    assert np.allclose(layers[1], dbn.features(model, v))
    assert np.allclose(layers[3], 1 / 3) and net.units == ("logistic", "logistic", "softmax")
    named = dbn.stack([machine(6, 4), machine(4 + 3, 5)], classes=3)
    net = dbn.classifier(named)
    h = dbn.activities(net, v)[2]
    assert np.allclose(h, 1 / (1 + np.exp(-dbn.features(named, v) @ named.top.W[:4] - named.top.b_h)))
    assert (net.weights[2] == named.top.W[4:].T).all() and (net.biases[2] == named.top.b_v[4:]).all()


def test_an_autoencoder_is_the_network_unfolded():
    model = dbn.stack([machine(6, 4), machine(4, 2)])
    net, v = dbn.autoencoder(model), rng().random((7, 6))
    code = dbn.features(model, v) @ model.top.W + model.top.b_h
    assert np.allclose(dbn.encode(net, v), code)
    x = 1 / (1 + np.exp(-code @ model.top.W.T - model.top.b_v))
    assert np.allclose(
        dbn.decode(net, code), 1 / (1 + np.exp(-x @ model.layers[0].W_down.T - model.layers[0].b_down))
    )
    assert np.allclose(dbn.decode(net, dbn.encode(net, v)), dbn.activities(net, v)[-1])


@pytest.mark.parametrize(("sizes", "better"), [([200, 100, 2], 0.8), ([200, 100, 4], 0.75)])
def test_an_autoencoder_keeps_more_of_the_digits_than_principal_components(sizes, better):
    """Mean squared error on pictures never seen, at equal length of the code."""
    train, test = sets.digits()
    grown = last(dbn.greedy(train.v, sizes, rng=rng(), epochs=15, rate=0.1, batch=20, momentum=0.5))
    rate = np.linspace(0.003, 0.0003, 60)
    net = last(
        dbn.fit(dbn.autoencoder(grown.model), train.v, train.v, rng=rng(), epochs=60, rate=rate, batch=50)
    ).network
    deep = np.mean((dbn.decode(net, dbn.encode(net, test.v)) - test.v) ** 2)
    mean = train.v.mean(axis=0)
    axes = np.linalg.svd(train.v - mean, full_matrices=False)[2][: sizes[-1]]
    linear = np.mean(((test.v - mean) @ axes.T @ axes + mean - test.v) ** 2)
    assert deep < better * linear, (deep, linear)


def test_told_the_labels_a_stack_names_digits_better():
    """Pictures of 0 and 1, on which a linear classifier reaches 0.856."""
    train, test = sets.digits()
    v, unseen = sets.binary(train.v), sets.binary(test.v)
    grown = last(dbn.greedy(v, [128, 64], rng=rng(), epochs=20, rate=0.1, batch=20, momentum=0.5))
    start = dbn.classifier(grown.model, 10)
    net = last(dbn.fit(start, v, train.labels, rng=rng(), epochs=30, rate=0.003, batch=50)).network

    def right(network):
        return np.mean(dbn.activities(network, unseen)[-1].argmax(axis=1) == test.labels)

    assert right(start) < 0.2 and right(net) > 0.865, right(net)


# --- random starts ---


@pytest.mark.parametrize("units", ["rectified", "linear"])
def test_signals_pass_through_many_fresh_layers_as_strong_as_they_came(units):
    n, depth = 400, 10
    net = dbn.initial([n] * (depth + 1), [units] * (depth - 1) + ["linear"], rng=rng(), dtype=np.float64)
    layers = dbn.activities(net, rng(1).normal(size=(100, n)))[:-1]
    strength = np.array([np.sqrt(np.mean(y**2)) for y in layers])
    assert (np.abs(strength - 1) < 0.35).all()
    assert not any(b.any() for b in net.biases)


def test_fresh_weights_have_the_variance_of_their_papers():
    he, out = dbn.initial([300, 200, 100], ["rectified", "softmax"], rng=rng()).weights
    assert he.dtype == out.dtype == np.float32
    assert he.var() == pytest.approx(2 / 300, rel=0.02)
    assert out.var() == pytest.approx(2 / 300, rel=0.03)
    assert np.abs(out).max() <= np.sqrt(6 / 300)
    logistic, _ = dbn.initial([300, 200, 100], ["logistic", "linear"], rng=rng()).weights
    assert logistic.std() == pytest.approx(4 * np.sqrt(2 / 500), rel=0.02)


# --- bad input ---

NET = network(("logistic", "softmax"), (4, 5, 2))
X, TARGET = rng().random((3, 4)), np.array([[1, 0], [0, 1], [1, 0]])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: Network([], [], []), ValueError, "weights, biases and units have 0, 0 and 0 entries"),
        (lambda: Network([np.ones((2, 2))], [], ["linear"]), ValueError, "have 1, 0 and 1 entries"),
        (
            lambda: Network([np.ones(2)], [np.ones(2)], ["linear"]),
            ValueError,
            r"weights\[0\] has shape \(2,\)",
        ),
        (
            lambda: Network([np.ones((2, 3))], [np.ones(2)], ["linear"]),
            ValueError,
            r"biases\[0\] has shape \(2,\)",
        ),
        (lambda: Network([[[np.nan]]], [[0]], ["linear"]), ValueError, r"weights\[0\] holds NaN"),
        (
            lambda: Network([np.ones((2, 3)), np.ones((2, 3))], [np.ones(3)] * 2, ["linear"] * 2),
            ValueError,
            r"weights\[1\] has shape \(2, 3\); wanted \(3, n_out\)",
        ),
        (
            lambda: Network([np.ones((2, 2))], [np.ones(2)], ["relu"]),
            ValueError,
            r"units\[0\] is 'relu'; wanted",
        ),
        (
            lambda: Network([np.ones((2, 2))] * 2, [np.ones(2)] * 2, ["softmax", "linear"]),
            ValueError,
            r"units\[0\] is 'softmax'",
        ),
        (
            lambda: Network([np.ones((2, 2))], [np.ones(2)], ["rectified"]),
            ValueError,
            "is 'rectified'; wanted",
        ),
        (lambda: dbn.initial([3], [], rng=rng()), ValueError, "sizes has 1 entries and units 0"),
        (
            lambda: dbn.initial([3, 2], ["softmax"] * 2, rng=rng()),
            ValueError,
            "sizes has 2 entries and units 2",
        ),
        (lambda: dbn.activities(NET, X[:, :3]), ValueError, r"x has shape \(3, 3\); wanted .* \(batch, 4\)"),
        (lambda: dbn.activities(NET, X * np.nan), ValueError, "x holds NaN"),
        (lambda: dbn.encode(NET, X[0]), ValueError, r"v has shape \(4,\)"),
        (lambda: dbn.decode(NET, X), ValueError, r"code has shape \(3, 4\); wanted .* \(batch, 5\)"),
        (lambda: dbn.loss(NET, X, TARGET[:2]), ValueError, "target has 2 rows beside 3 of x"),
        (lambda: dbn.loss(NET, X, 2 * TARGET - 1), ValueError, "target holds -1; wanted an array of 0 and 1"),
        (lambda: dbn.gradient(NET, X, X), ValueError, r"target has shape \(3, 4\)"),
        (
            lambda: dbn.fit(NET, X, [0, 1, 2], rng=rng(), epochs=1),
            ValueError,
            "target holds 2; wanted 3 whole",
        ),
        (
            lambda: dbn.fit(NET, X, [0, 1], rng=rng(), epochs=1),
            ValueError,
            r"target has shape \(2,\); wanted 3 wh",
        ),
        (lambda: dbn.fit(NET, X, TARGET, rng=0, epochs=1), TypeError, "rng is 0"),
        (lambda: dbn.fit(NET, X, TARGET, rng=rng(), epochs=0), ValueError, "epochs is 0"),
        (
            lambda: dbn.fit(NET, X, TARGET, rng=rng(), epochs=1, rate=0),
            ValueError,
            "rate holds 0.0; wanted a learn",
        ),
        (lambda: dbn.fit(NET, X, TARGET, rng=rng(), epochs=1, batch=0), ValueError, "batch is 0"),
        (
            lambda: dbn.classifier(dbn.stack([machine(4, 3)])),
            ValueError,
            "classes is missing, and the model has no",
        ),
        (
            lambda: dbn.classifier(dbn.stack([machine(4, 3)], 2), 3),
            ValueError,
            "classes is 3; wanted 2, the number",
        ),
        (lambda: dbn.classifier(dbn.stack([machine(4, 3)]), 0), ValueError, "classes is 0"),
        (
            lambda: dbn.autoencoder(dbn.stack([machine(4, 3)], 2)),
            ValueError,
            "model has 2 label units; wanted",
        ),
    ],
)
def test_bad_arguments(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_weights_that_grow_beyond_all_bounds_name_the_rate():
    net = network(("linear", "linear"), (4, 5, 2))
    with pytest.raises(
        ValueError, match=r"rate is 1e\+200 in epoch \d, and the weights grew beyond all bounds"
    ):
        last(dbn.fit(net, X, TARGET, rng=rng(), epochs=9, rate=1e200))
