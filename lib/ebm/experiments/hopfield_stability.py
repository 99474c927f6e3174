"""Stored patterns before any update: how many of their units, and how many whole patterns, are stable.

With P random patterns, a unit is unstable with the chance p = 1/2 erfc(sqrt(n / (2 P))): the table of
[hertz1991]. A whole pattern is exact if none of its units is unstable: for most patterns to be
so, P may grow like n / (2 ln n), for all of them like n / (4 ln n) [mceliece1987].
"""

import numpy as np
from scipy.special import erfc

from ebm.diagnostics import Estimate

SEED = 1987
_LOADS = (0.105, 0.138, 0.185, 0.25, 0.37, 0.48, 0.61)
_OF_MOST = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0)  # P in units of n / (2 ln n)


def tasks(size):
    """Loads for the units of networks of 4000; for whole patterns, sizes and numbers of them."""
    count = {"quick": 4, "full": 30}[size]
    units = [{"n": 4000, "alpha": alpha, "networks": 1} for alpha in reversed(_LOADS)]
    whole = [{"n": n, "of_most": x, "networks": 5} for n in (4000, 2000, 1000, 500) for x in _OF_MOST]
    return [{**task, "batch": k} for task in units + whole for k in range(count)]


def measure(task, *, rng):
    """For each network: unstable units, patterns without any, patterns looked at, patterns stored."""
    n = task["n"]
    P = round(task["alpha"] * n) if "alpha" in task else round(task["of_most"] * n / (2 * np.log(n)))
    tried = 300 if "alpha" in task else P
    found = []
    for _ in range(task["networks"]):
        patterns = 2.0 * rng.integers(0, 2, size=(P, n)) - 1
        wrong = (against(patterns, tried) < 0).sum(axis=1)
        found.append([int(wrong.sum()), int((wrong == 0).sum()), tried, P])
    return found


def against(patterns, tried):
    """n s_i field_i for every unit of some patterns in their own network: whole numbers, < 0 if unstable.

    Parameters
    ----------
    patterns : (P, n) float64 array of +1 and -1
    tried : int
        The first so many patterns are looked at.

    Returns
    -------
    (tried, n) float64 array

    Notes
    -----
    n W = X^T X - P, so that n W x = X^T (X x) - P x: no matrix of n by n is needed.

    Examples
    --------
    >>> against(np.array([[1.0, 1, -1, -1, 1]]), 1).tolist()
    [[4.0, 4.0, 4.0, 4.0, 4.0]]
    """
    looked_at = patterns[:tried]
    return looked_at * ((looked_at @ patterns.T) @ patterns) - len(patterns)


def summarise(found):
    """Shares of unstable units against theory, and of exact patterns against P."""
    values, units, whole = {}, [], []
    for alpha in _LOADS:
        n, results = _of(found, alpha=alpha)
        share = _estimate(results[:, 0] / (n * results[:, 2]))
        values[f"unstable_{alpha}"] = share
        theory = float(erfc(1 / np.sqrt(2 * alpha)) / 2)
        units.append({"n": n, "alpha": alpha, "share": share.value, "error": share.error, "theory": theory})
    for n in (500, 1000, 2000, 4000):
        for x in _OF_MOST:
            _, results = _of(found, n=n, of_most=x)
            share = _estimate(results[:, 1] / results[:, 2])
            every = _estimate(results[:, 1] == results[:, 2])
            row = {"n": n, "of_most": x, "P": int(results[0, 3]), "exact": share.value, "error": share.error}
            whole.append({**row, "all": every.value})
            if n == 4000:
                values[f"exact_{x}"], values[f"all_{x}"] = share, every
    return values | {"units": units, "patterns": whole}


def _of(found, **wanted):
    """n, and what was measured in the networks with these properties, a row for each."""
    chosen = [(task["n"], result) for task, result in found if wanted.items() <= task.items()]
    return chosen[0][0], np.concatenate([result for _, result in chosen])


def _estimate(over_networks):
    return Estimate(np.mean(over_networks), np.std(over_networks, ddof=1) / np.sqrt(len(over_networks)))
