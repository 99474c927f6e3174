"""The network that is trained already: what packing costs, and how well it does."""

import io

import numpy as np
import pytest
from scipy import stats

import train_dream
from ebm import data, dbn
from ebm.dbn import DBN, Layer, shipped
from ebm.rbm import RBM

DIGITS = data.digits()


def network(seed=0, classes=3):
    def draw(*shape):
        return np.random.default_rng([seed, *shape]).normal(size=shape)

    layers = [
        Layer(draw(6, 4), draw(4), draw(6, 4) / 3, draw(6)),
        Layer(draw(4, 5), draw(5), draw(4, 5), draw(4)),
    ]
    return DBN(layers, RBM(draw(5 + classes, 7), draw(5 + classes), draw(7)), classes)


def parts(model):
    return [x for layer in model.layers for x in (layer.W_up, layer.W_down)] + [model.top.W]


@pytest.mark.parametrize("model", [network(), network(1, 0), DBN([], RBM(np.zeros((3, 2))))])
def test_packing_moves_no_weight_by_more_than_half_a_step(model):
    packed = dbn.pack(model)
    found = dbn.unpack(packed)
    assert found.sizes == model.sizes and found.classes == model.classes
    for W, wanted, whole, scale in zip(
        parts(found), parts(model), packed.weights, packed.scales, strict=True
    ):
        assert whole.dtype == np.int8 and abs(whole).max() in (0, 127)
        assert scale == pytest.approx(abs(wanted).max() / 127 or 1 / 127, rel=1e-12)
        assert abs(W - wanted).max() <= scale * (0.5 + 1e-9)
    for got, wanted in zip(found.layers, model.layers, strict=True):
        assert got.b_up == pytest.approx(wanted.b_up, rel=1e-6)
        assert got.b_down == pytest.approx(wanted.b_down, rel=1e-6)
    assert found.top.b_v == pytest.approx(model.top.b_v, rel=1e-6)
    assert found.top.b_h == pytest.approx(model.top.b_h, rel=1e-6)


def test_what_is_packed_stays_as_it_is():
    packed = dbn.pack(network())
    again = dbn.pack(dbn.unpack(packed))
    for a, b in zip(packed.weights + packed.biases, again.weights + again.biases, strict=True):
        assert (a == b).all()


def test_what_is_saved_is_found():
    file, packed = io.BytesIO(), dbn.pack(network())
    shipped.save(file, packed, {"seed": 5})
    file.seek(0)
    found, record = shipped.load(file)
    assert record == {"seed": 5} and found.scales == packed.scales and found.classes == 3
    for a, b in zip(packed.weights + packed.biases, found.weights + found.biases, strict=True):
        assert (a == b).all() and a.dtype == b.dtype


def test_only_networks_are_packed():
    with pytest.raises(TypeError, match="model is a RBM; wanted an instance of DBN"):
        dbn.pack(RBM(np.zeros((3, 2))))


def test_the_shipped_one_is_small_and_the_one_that_was_trained():
    assert shipped._FILE.stat().st_size < 400_000
    model, record = dbn.digit_network(), dbn.digit_record()
    assert model.sizes == (64, *record["sizes"]) and model.classes == 10
    settings = {name: record[name] for name in train_dream.SETTINGS}
    assert settings == train_dream.SETTINGS and record["seed"] == train_dream.SEED
    assert not model.top.W.flags.writeable


def test_it_reads_as_many_test_digits_as_its_record_says():
    model, test = dbn.digit_network(), DIGITS.test
    share = np.mean(dbn.classify(model, test.v) == test.labels)
    assert share == pytest.approx(dbn.digit_record()["accuracy"], abs=1e-12) and share > 0.93


def test_its_dreams_are_recognised_as_often_as_its_record_says():
    model, record, read = dbn.digit_network(), dbn.digit_record(), train_dream.reader(DIGITS.train)
    assert np.mean(read(DIGITS.test.v) == DIGITS.test.labels) == pytest.approx(record["reader"], abs=0.01)
    shares = train_dream.recognised(model, read, np.random.default_rng(77), dreams=60)
    error = np.hypot(record["error"], np.sqrt(shares.mean() * (1 - shares.mean()) / 600))
    assert abs(shares.mean() - record["mean"]) < 4 * error
    counts = np.rint(shares * 60)
    for share, count in zip(record["recognised"], counts, strict=True):
        both = [[count, 60 - count], [share * record["dreams"], (1 - share) * record["dreams"]]]
        assert stats.fisher_exact(np.rint(both).astype(int)).pvalue > 1e-4
    # A judge of pictures that is not asked about the right label says no.
    assert np.mean([shares.mean(), record["mean"]]) > 0.9


def test_dreams_of_a_network_that_learned_nothing_are_not_recognised():
    model = dbn.digit_network()
    blank = DBN(model.layers, RBM(np.zeros_like(model.top.W)), 10)
    shares = train_dream.recognised(blank, train_dream.reader(DIGITS.train), np.random.default_rng(0), 20, 5)
    assert shares.mean() < 0.3


def test_the_training_can_be_run_again():
    few = {**train_dream.SETTINGS, "sizes": [20, 20, 30]}
    few["greedy"] = few["greedy"] | {"epochs": 4}
    few["up_down"] = few["up_down"] | {"epochs": 60}
    runs = [train_dream.train(DIGITS.train, few, np.random.default_rng(1)) for _ in range(2)]
    assert runs[0].sizes == (64, 20, 20, 30) and (runs[0].top.W == runs[1].top.W).all()
    assert np.mean(dbn.classify(runs[0], DIGITS.test.v) == DIGITS.test.labels) > 0.3
