"""How good the recalled patterns are where recall ends: their overlap near the cliff, for networks of growing size.

In the theory of [amit1985] the overlap falls to 0.967 at the critical load, ever more steeply, and is
lost there. In a network of finite size the patterns do not reach that edge together: some are lost
before it, and those that are still recalled there are the lucky ones.
"""

import numpy as np

from ebm.experiments._fits import over
from ebm.experiments.hopfield_capacity import theory
from ebm.hopfield import recall

SEED = 1986
_LOADS = (0.12, 0.13, 0.134, 0.138, 0.142)
_RECALLED = 0.8  # between the overlap of a recalled pattern and that of a lost one
_NETWORKS = {"quick": {4000: 4}, "full": {2000: 64, 4000: 48, 8000: 8}}


def tasks(size):
    """Single networks, the largest first."""
    return [
        {"n": n, "alpha": alpha, "network": k}
        for n, count in sorted(_NETWORKS[size].items(), reverse=True)
        for alpha in _LOADS
        for k in range(count)
    ]


def measure(task, *, rng):
    """Overlaps after a descent from 30 patterns of one network."""
    n = task["n"]
    patterns = 2 * rng.integers(0, 2, size=(round(task["alpha"] * n), n), dtype=np.int8) - 1
    cues = patterns[:30]
    return np.mean(cues * recall(patterns, cues, rng=rng).s, axis=1)


def summarise(found):
    """Mean overlap of the recalled patterns, and the share of them, for each size and load."""
    values, rows = {}, []
    groups = {}
    for task, ms in found:
        groups.setdefault((task["n"], task["alpha"]), []).append(np.array(ms))
    for (n, alpha), networks in groups.items():
        kept = over([ms[ms > _RECALLED].mean() for ms in networks])
        share = over([(ms > _RECALLED).mean() for ms in networks])
        values[f"m_{n}_{alpha}"] = kept
        row = {"n": n, "alpha": alpha, "m": kept.value, "error": kept.error, "share": share.value}
        rows.append(row | {"share_error": share.error, "theory": theory(alpha)})
    return values | {"overlaps": rows}
