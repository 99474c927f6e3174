"""One step of a dense memory of real numbers is attention: the largest difference, in many sizes.

Attention is written here as in a transformer, head by head and query by query: scaled products of
queries and keys, a softmax that first takes away the largest, a weighted sum of the values
[vaswani2017]. The memory is `ebm.dense.retrieve`, with the patterns as keys and values and
beta = 1 / sqrt(n) [ramsauer2021].
"""

import math

import numpy as np

from ebm import dense
from ebm.diagnostics import Estimate

SEED = 2017
_SIZES = [(1, 3), (7, 16), (64, 64), (500, 128)]  # patterns, units


def tasks(size):
    """Memories of four sizes, several of each."""
    runs = 3 if size == "quick" else 50
    return [{"P": P, "n": n, "run": run} for P, n in _SIZES for run in range(runs)]


def measure(task, *, rng):
    """The largest difference over ten queries, some of them near a pattern, some anywhere."""
    X = rng.normal(size=(task["P"], task["n"]))
    near = X[rng.integers(len(X), size=5)] + 0.1 * rng.normal(size=(5, task["n"]))
    queries = np.concatenate([near, 3 * rng.normal(size=(5, task["n"]))])
    ours = dense.retrieve(X, queries, 1 / math.sqrt(task["n"]))
    return float(np.abs(ours - [attention(q, X, X) for q in queries]).max())


def attention(query, keys, values):
    """Attention of one query, written out.

    Parameters
    ----------
    query : (n,) array
    keys, values : (P, n) arrays

    Returns
    -------
    (n,) float64 array
    """
    scores = [float(np.dot(query, key)) / math.sqrt(len(query)) for key in keys]
    weights = [math.exp(score - max(scores)) for score in scores]
    return sum(weight * value for weight, value in zip(weights, values, strict=True)) / sum(weights)


def summarise(found):
    """The largest difference of all, a number without an error, and the largest at each size."""
    largest = [{"P": P, "n": n, "difference": _largest(found, P)} for P, n in _SIZES]
    return {"difference": Estimate(max(row["difference"] for row in largest), 0.0), "sizes": largest}


def _largest(found, P):
    return max(result for task, result in found if task["P"] == P)
