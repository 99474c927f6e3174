"""Train the network that the page's dreams come from, and write it into the package.

    python scripts/train_dream.py [file.npz]

Two minutes on one core. Everything is trained, and everything that reads the dreams is trained, on the
training digits alone. Figures are measured with the packed weights, as everybody has them.
Another version of NumPy or another processor may round otherwise, and then train a network that is a little
other.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy: sums of other threads round otherwise

import argparse
from pathlib import Path

import numpy as np
from sklearn.svm import SVC
from tqdm import tqdm

from ebm import data, dbn
from ebm.dbn import shipped

SEED = 2006
SETTINGS = {
    "sizes": [100, 100, 256],
    "greedy": {"epochs": 100, "rate": 0.1, "batch": 20, "momentum": 0.5, "decay": 1e-4},
    "up_down": {"epochs": 600, "rate": [0.5, 0.01], "k": 5, "batch": 20},  # the rate falls exponentially
}
DREAMS = 100  # of each label
SWEEPS = 200  # from coins to a picture


def train(examples, settings, rng, *, progress=False):
    """The network after both parts of its training."""
    named = {"labels": examples.labels, "rng": rng}
    *_, grown = dbn.greedy(examples.v, settings["sizes"], classes=10, **named, **settings["greedy"])
    tuning = settings["up_down"]
    rates = np.geomspace(*tuning["rate"], tuning["epochs"])
    *_, tuned = dbn.up_down(grown.model, examples.v, **named, **tuning | {"rate": rates}, progress=progress)
    return tuned.model


def reader(examples):
    """A judge of pictures that knows nothing of the network."""
    return SVC(C=10).fit(examples.v, examples.labels).predict


def recognised(model, read, rng, dreams=DREAMS, sweeps=SWEEPS):
    """For each label the share of its dreams that are read as it."""
    labels = np.repeat(np.arange(model.classes), dreams)
    v = dbn.generate(model, rng=rng, sweeps=sweeps, labels=labels)
    return (read(v) == labels).reshape(model.classes, dreams).mean(axis=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path, default=shipped._FILE)
    file = parser.parse_args().file
    learn, test = data.digits()
    rng = np.random.default_rng(SEED)
    packed = dbn.pack(train(learn, SETTINGS, rng, progress=True))
    model, read = dbn.unpack(packed), reader(learn)
    shares = recognised(model, read, rng)
    record = {
        "seed": SEED,
        **SETTINGS,
        "accuracy": float(np.mean(dbn.classify(model, test.v) == test.labels)),
        "reader": float(np.mean(read(test.v) == test.labels)),
        "dreams": DREAMS,
        "sweeps": SWEEPS,
        "recognised": shares.tolist(),
        "mean": float(shares.mean()),
        "error": float(np.sqrt(np.mean(shares * (1 - shares)) / (DREAMS * model.classes))),
    }
    shipped.save(file, packed, record)
    tqdm.write(f"{file.name}: {file.stat().st_size / 1000:.0f} kB")
    for name in ("accuracy", "reader", "recognised", "mean", "error"):
        tqdm.write(f"{name}: {np.round(record[name], 3).tolist()}")


if __name__ == "__main__":
    main()
