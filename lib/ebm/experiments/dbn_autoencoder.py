"""How few numbers a digit takes: a deep autoencoder against principal components, at equal length of the code.

The autoencoder goes from 64 units over 200 and 100 to the code and back. It starts from a stack
of machines [hinton2006science], or from random weights of a good scale [glorot2010], and takes the
same steps of Adam from both. Errors are squared, summed over the units of a picture, means over the
test digits. Principal components are those of the training digits. Epochs and rates were those of a
test of the library, and not tuned further.
"""

import numpy as np

from ebm import data, dbn
from ebm.experiments._fits import chosen, over

SEED = 504
CODES, MAIN = (2, 4, 8), 4
SIZES = (200, 100)
EPOCHS = 60


def tasks(size):
    """Lengths of the code, and seeds."""
    codes, seeds = ((MAIN,), 2) if size == "quick" else (CODES, 5)
    return [{"code": code, "seed": seed} for code in codes for seed in range(seeds)]


def measure(task, *, rng):
    """Mean squared error of a test picture, and its standard deviation over pictures, for each of three ways."""
    train, test = data.digits()
    sizes = (*SIZES, task["code"])
    *_, grown = dbn.greedy(train.v, sizes, rng=rng, epochs=25, rate=0.1, batch=20, momentum=0.5)
    units = ["logistic"] * len(SIZES) + ["linear"] + ["logistic"] * (len(SIZES) + 1)
    random = dbn.initial([64, *sizes, *SIZES[::-1], 64], units, rng=rng)
    errors = {"components": by_components(train.v, test.v, task["code"])}
    for way, start in (("pre-trained", dbn.autoencoder(grown.model)), ("fresh", random)):
        errors[way] = squared(squeezed(start, train.v, rng), test.v)
    return {way: {"mean": float(each.mean()), "spread": float(each.std())} for way, each in errors.items()}


def squeezed(network, v, rng):
    """The autoencoder after back-propagation, with a rate that falls."""
    rates = np.geomspace(0.003, 0.0003, EPOCHS)
    *_, last = dbn.fit(network, v, v, rng=rng, epochs=EPOCHS, rate=rates, batch=50)
    return last.network


def squared(network, v):
    """Squared error of each picture, summed over its units."""
    return ((dbn.decode(network, dbn.encode(network, v)) - v) ** 2).sum(axis=1)


def by_components(known, v, code):
    """The same with the projection on that many principal components of the known pictures."""
    mean = known.mean(axis=0)
    axes = np.linalg.svd(known - mean, full_matrices=False)[2][:code]
    return (((v - mean) @ axes.T @ axes + mean - v) ** 2).sum(axis=1)


def summarise(found):
    """Ratios of errors at the main length, and a table of all lengths."""
    rows = []
    for code in sorted({task["code"] for task, _ in found}):
        runs = chosen(found, code=code)
        for way in runs[0]:
            mean = over([run[way]["mean"] for run in runs])
            spread = float(np.mean([run[way]["spread"] for run in runs]))
            rows.append({"code": code, "way": way, **mean._asdict(), "spread": spread})
    runs = chosen(found, code=MAIN)
    return {
        "to_components": over([run["pre-trained"]["mean"] / run["components"]["mean"] for run in runs]),
        "to_fresh": over([run["pre-trained"]["mean"] / run["fresh"]["mean"] for run in runs]),
        "errors": rows,
    }
