"""What up-down fine-tuning does for a network that dreams, and whether it then names digits as well as one that cannot.

The networks are those of `dbn_labels`, on the 8x8 digits, with a memory that sees the label [hinton2006].

    greedy       trained layer by layer; names by the free energy of its memory
    up-down      the same network after up-down, names the same way
    rectified    a plain network with rectified units, by back-propagation [he2015]
    longer       the same, with ten times as many steps: whether it was stopped too soon

The lower layers learn from all training pictures, which need no label; whatever needs one gets a number of
labels, the same for all three. The memory learns for 30,000 steps, up-down takes as many. What is
reported are errors on the test digits; rates were chosen as in `dbn_labels`.

Up-down is slow: after a tenth of the steps its network is still behind the rectified one. So the quick size is
one seed with all its steps, but for "longer", which no claim asks for, and its errors are by the scatter over
digits. It takes some forty seconds.
"""

import numpy as np

from ebm import data, dbn
from ebm.dbn import DBN, Layer
from ebm.experiments._fits import over
from ebm.experiments.dbn_labels import BATCH, CLASSES, GREEDY, SIZES, epochs, fresh, some, taught, wrong
from ebm.rbm import RBM

SEED = 1995
LABELS = (100, 1415)
STEPS, LONGER = 30_000, 10
WAYS = ("greedy", "up-down", "rectified", "longer")


def tasks(size):
    """Seeds."""
    return [{"seed": 0, "longer": False}] if size == "quick" else [{"seed": seed} for seed in range(5)]


def measure(task, *, rng):
    """For each number of labels, and each of them, which test digits it calls by a wrong name: a list of 0 and 1."""
    train, test = data.digits()
    layers, found = lower(train.v, rng), {}
    for n in LABELS:
        rows = some(train.labels, n, rng)
        v, labels = train.v[rows], train.labels[rows]
        greedy = named(layers, v, labels, STEPS, rng)
        found[str(n)] = {
            "greedy": misread(greedy, test),
            "up-down": misread(tuned(greedy, v, labels, STEPS, rng), test),
            "rectified": wrong(taught(fresh("rectified", rng), v, labels, rng), test),
        }
        if task.get("longer", True):
            found[str(n)]["longer"] = wrong(
                taught(fresh("rectified", rng), v, labels, rng, longer=LONGER), test
            )
    return found


def lower(v, rng):
    """The directed layers, from a stack that was trained without labels."""
    *_, grown = dbn.greedy(v, SIZES[:-1], rng=rng, **GREEDY)
    top = grown.model.top
    return (*grown.model.layers, Layer(top.W, top.b_h, top.W, top.b_v))


def named(layers, v, labels, steps, rng):
    """These layers below a memory that learned pictures with their labels: the greedy network."""
    seen = dbn.features(DBN(layers, RBM(np.zeros((SIZES[-2], 1)))), v)
    known = {"labels": labels, "classes": CLASSES, "epochs": epochs(steps, len(v))}
    *_, grown = dbn.greedy(seen, SIZES[-1:], rng=rng, **GREEDY | known)
    return DBN(layers, grown.model.top, CLASSES)


def tuned(model, v, labels, steps, rng):
    """The network after up-down, as a model of pictures with their labels."""
    rates = np.geomspace(0.5, 0.01, epochs(steps, len(v)))
    how = {"epochs": len(rates), "rate": rates, "k": 2, "batch": BATCH}
    *_, last = dbn.up_down(model, v, labels=labels, rng=rng, **how)
    return last.model


def misread(model, examples):
    """For each example 1 if the network calls it by a wrong name, else 0."""
    return (dbn.classify(model, examples.v) != examples.labels).astype(int)


def summarise(found):
    """What tuning takes from the errors, and how they differ from a plain network's, seed by seed; a table of all."""
    values, rows = {}, []
    for n in LABELS:
        by = {way: np.array([run[str(n)][way] for _, run in found]) for way in found[0][1][str(n)]}
        rows += [{"labels": n, "way": way, **share(x)._asdict()} for way, x in by.items()]
        values[f"tuning_{n}"] = share(by["greedy"] - by["up-down"])
        values[f"generative_{n}"] = share(by["up-down"] - by["rectified"])
    return values | {"errors": rows}


def share(x):
    """The mean over (seeds, digits), with its standard error by the scatter over seeds; of one seed, over digits."""
    return over(x[0] if len(x) == 1 else x.mean(axis=1))
