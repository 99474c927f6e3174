"""Digits told apart: by a machine with label units, by a classifier on its features, and by one on the pixels.

All three learn from the 1415 digits of training and are asked about the 382 of the test. The machine with
labels is taught to show pictures and labels together, and names the label of lowest free energy
[larochelle2008]. The features are p(h | v) of a machine that has never seen a label. The classifier on top is
always the same: a softmax layer, as many passes, the same rate. How long the machines learn was settled
on a part of the training digits, without a look at the test.
"""

import numpy as np

from ebm import data, dbn, rbm
from ebm.diagnostics import Estimate

SEED = 2008
HIDDEN = 200
EPOCHS, RATE, BATCH = 200, 0.1, 20
FIT = {"epochs": 200, "rate": 0.003}
CLASSES = 10


def tasks(size):
    """Runs, each of all three."""
    return [{"run": run} for run in range(2 if size == "quick" else 12)]


def measure(task, *, rng):
    """Which of the test digits are named rightly, a list of 0 and 1 for each of the three."""
    train, test = data.digits()
    seen, asked = data.binary(train.v), data.binary(test.v)
    labelled = learned(rbm.with_labels(seen, train.labels, CLASSES), rng=rng)
    plain = learned(seen, rng=rng)
    named = {
        "labels": rbm.classify(labelled, asked, CLASSES),
        "features": by_softmax(rbm.p_h(plain, seen), train.labels, rbm.p_h(plain, asked), rng=rng),
        "pixels": by_softmax(seen, train.labels, asked, rng=rng),
    }
    return {name: (label == test.labels).astype(int).tolist() for name, label in named.items()}


def learned(v, *, rng):
    """A machine of `HIDDEN` units that has learned the rows with persistent chains, the rate falling to 0."""
    start = rbm.initial(v.shape[1], HIDDEN, rng=rng, data=v)
    rate = np.linspace(RATE, 0, EPOCHS, endpoint=False)
    *_, last = rbm.pcd(start, v, rng=rng, epochs=EPOCHS, rate=rate, batch=BATCH, chains=BATCH)
    return last.model


def by_softmax(x, labels, asked, *, rng):
    """The labels that a softmax layer on x gives to what is asked."""
    start = dbn.Network([np.zeros((x.shape[1], CLASSES))], [np.zeros(CLASSES)], ["softmax"])
    *_, last = dbn.fit(start, x, labels, rng=rng, **FIT)
    return dbn.activities(last.network, asked)[-1].argmax(axis=1)


def summarise(found):
    """Shares of the test digits named rightly, and differences from the pixels; errors by the scatter over digits."""
    right = {
        name: np.mean([result[name] for _, result in found], axis=0)
        for name in ("labels", "features", "pixels")
    }
    values = {name: _share(x) for name, x in right.items()}
    gains = {f"{name}_above_pixels": _share(right[name] - right["pixels"]) for name in ("labels", "features")}
    rows = [{"by": name, "right": x.value, "error": x.error} for name, x in values.items()]
    return values | gains | {"accuracy": rows}


def _share(x):
    return Estimate(float(np.mean(x)), float(np.std(x, ddof=1) / np.sqrt(len(x))))
