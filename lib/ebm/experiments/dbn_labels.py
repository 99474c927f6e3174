"""What pre-training buys on the 8x8 digits, by the number of labels: three networks of one shape.

All have 64 units for the picture, hidden layers of 100, 100 and 256, and a softmax of 10.

    pre-trained  starts from a stack that learned all training pictures without labels [hinton2006science]
    fresh        starts from random weights, logistic units [glorot2010]
    rectified    the same with rectified units [he2015]

They are told a number of labels, as many of each digit, the same for all three, and take the same 2000
steps of Adam. What is reported are errors on the test digits. Rates and numbers of steps were chosen
in a few trials on the last fifth of the training digits, with other random numbers.
"""

import math

import numpy as np

from ebm import data, dbn
from ebm.experiments._fits import over

SEED = 1527
SIZES, CLASSES = (100, 100, 256), 10
LABELS = (100, 300, 1415)
GREEDY = {"epochs": 100, "rate": 0.1, "batch": 20, "momentum": 0.5, "decay": 1e-4}
STEPS, BATCH = 2000, 20
WAYS = ("pre-trained", "fresh", "rectified")


def tasks(size):
    """Seeds."""
    return [{"seed": seed} for seed in range(2 if size == "quick" else 5)]


def measure(task, *, rng):
    """For each number of labels the share of test digits that each network calls by a wrong name."""
    train, test = data.digits()
    *_, grown = dbn.greedy(train.v, SIZES, rng=rng, **GREEDY)
    found = {}
    for n in LABELS:
        rows = some(train.labels, n, rng)
        starts = dbn.classifier(grown.model, CLASSES), fresh("logistic", rng), fresh("rectified", rng)
        told = [taught(start, train.v[rows], train.labels[rows], rng) for start in starts]
        found[str(n)] = {
            way: float(wrong(network, test).mean()) for way, network in zip(WAYS, told, strict=True)
        }
    return found


def some(labels, count, rng):
    """Places of so many examples, as many of each label; of all if that is what is asked for."""
    if count == len(labels):
        return np.arange(count)
    each = count // CLASSES
    return np.concatenate([rng.permutation(np.flatnonzero(labels == c))[:each] for c in range(CLASSES)])


def fresh(kind, rng):
    """A network with random weights of a good scale."""
    return dbn.initial([64, *SIZES, CLASSES], [kind] * len(SIZES) + ["softmax"], rng=rng)


def taught(network, v, labels, rng, longer=1):
    """The network after back-propagation, with a rate that falls; so many times as long."""
    rates = np.geomspace(0.003, 0.0003, epochs(longer * STEPS, len(v)))
    *_, last = dbn.fit(network, v, labels, epochs=len(rates), rate=rates, batch=BATCH, rng=rng)
    return last.network


def epochs(steps, count):
    """Passes over so many examples that come to so many steps."""
    return max(1, round(steps / math.ceil(count / BATCH)))


def wrong(network, examples):
    """For each example 1 if the network calls it by a wrong name, else 0."""
    return (dbn.activities(network, examples.v)[-1].argmax(axis=1) != examples.labels).astype(int)


def summarise(found):
    """Errors with the fewest labels and with all; what pre-training takes from them, seed by seed; a table of all."""
    values, rows = {}, []
    for n in LABELS:
        by = {way: np.array([run[str(n)][way] for _, run in found]) for way in WAYS}
        rows += [{"labels": n, "way": way, **over(errors)._asdict()} for way, errors in by.items()]
        values[f"pretraining_{n}"] = over(by["pre-trained"] - by["rectified"])
        values[f"same_units_{n}"] = over(by["pre-trained"] - by["fresh"])
    return values | {"errors": rows}
