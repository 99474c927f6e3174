"""Energy and magnetisation of a large square lattice beside Onsager's and Yang's formulas for an infinite one.

512 x 512 spins, heat bath in checkerboard order, from all +1. The correlation length at T = 2.3, the
nearest to T_C, is 42 sites, a twelfth of the side: what the finite side changes is far below the errors.
"""

import numpy as np

from ebm import exact
from ebm.experiments._fits import chosen, over
from ebm.ising import Ising, cold_start, heat_bath

SEED = 1944
_L, _EVERY, _BLOCKS = 512, 20, 4
# Temperatures, and the sweeps to forget the start: many times the slowest relaxation seen.
_SETTLE = {1.6: 2000, 2.0: 2000, 2.2: 4000, 2.3: 20000, 2.6: 2000, 3.5: 2000}


def tasks(size):
    """Independent runs at six temperatures."""
    runs, sweeps = (4, 4000) if size == "quick" else (24, 12000)
    return [{"T": T, "sweeps": sweeps, "run": k} for T in _SETTLE for k in range(runs)]


def measure(task, *, rng):
    """Means of u and |m| over each quarter of a run."""
    model = Ising((_L, _L))
    steps = {"rng": rng, "order": "checkerboard", "method": "multispin"}
    settle = _SETTLE[task["T"]]
    *_, last = heat_bath(model, cold_start(model), task["T"], sweeps=settle, every=settle, **steps)
    run = heat_bath(model, last.s, task["T"], sweeps=task["sweeps"], every=_EVERY, **steps)
    found = np.array([(record.u, abs(record.m)) for record in run])
    return found.reshape(_BLOCKS, -1, 2).mean(axis=1).tolist()


def summarise(found):
    """u at six temperatures, m at the three below T_C, each with its error over quarters of runs."""
    values, curve = {}, []
    for T in _SETTLE:
        u, m = map(over, np.concatenate(chosen(found, T=T)).T)
        values[f"u_{T}"] = u
        if exact.T_C > T:
            values[f"m_{T}"] = m
        curve.append({"T": T, "u": u.value, "u_error": u.error, "m": m.value, "m_error": m.error})
    return values | {"curve": curve}
