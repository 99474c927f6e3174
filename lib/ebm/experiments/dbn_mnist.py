"""The network of 2006 on MNIST, whose files have to be there: 784-500-500-2000 units and 10 labels [hinton2006].

It is trained layer by layer and tuned by up-down, on all 60,000 training pictures, and names the 10,000
test pictures by free energy. Theirs had 30 passes for each layer and 300 of fine-tuning, in
batches of 10, some with examples kept aside to choose the rates, a week of computing; ours has fewer passes
and larger batches. It has no quick size: a network that has learned for a minute says nothing of 1.25%.
"""

import numpy as np

from ebm import data, dbn
from ebm.data import sets
from ebm.diagnostics import Estimate

SEED = 784
SIZES = (500, 500, 2000)
GREEDY = {"epochs": 10, "rate": 0.1, "batch": 100, "momentum": 0.5, "decay": 2e-4}
TUNING = {"epochs": 40, "k": 3, "batch": 100}


def lacks():
    """What is missing, in words."""
    there = sets._mnist_is_here()
    return "" if there else f"the four files of MNIST are not in {sets._kept_in()} (see ebm.data.mnist)"


def tasks(size):
    """One network."""
    return [] if size == "quick" else [{"network": 0}]


def measure(task, *, rng):
    """Wrong names, before and after fine-tuning, and the number of test pictures."""
    train, test = data.mnist()
    named = {"labels": train.labels, "rng": rng}
    *_, grown = dbn.greedy(train.v, SIZES, classes=10, **named, **GREEDY)
    rates = np.geomspace(0.1, 0.01, TUNING["epochs"])
    *_, tuned = dbn.up_down(grown.model, train.v, rate=rates, **named, **TUNING)
    models = {"greedy": grown.model, "up-down": tuned.model}
    wrong = {name: int((dbn.classify(model, test.v) != test.labels).sum()) for name, model in models.items()}
    return wrong | {"of": len(test.labels)}


def summarise(found):
    """Shares of wrong names, with the standard error of a share of so many pictures."""
    ((_, result),) = found
    return {key: share(result[key], result["of"]) for key in ("greedy", "up-down")}


def share(wrong, count):
    """A share with its standard error."""
    p = wrong / count
    return Estimate(p, float(np.sqrt(p * (1 - p) / count)))
