"""What annealing in the page works with: two networks with spurious valleys, and the kernels."""

from functools import cache
from typing import NamedTuple

import numpy as np

from ebm import data, hopfield, random
from ebm._kernel import kernel
from ebm.annealing import cooling, schedules
from ebm.annealing.success import _interval

SIDE = 8
N = SIDE**2
# Which of the squares' widths 4, 2 and 1 multiply down and across: a picture for each, orthogonal to the others.
_STRIPES = ((4, 0), (2, 0), (1, 0), (0, 4), (0, 2), (0, 1), (3, 3), (6, 6))


class Network(NamedTuple):
    """What is stored, and the lowest energy that any state has (the tests prove it)."""

    names: tuple
    patterns: np.ndarray
    lowest: float

    @property
    def model(self):
        return hopfield.hebb(self.patterns)


@cache
def networks():
    """Eight orthogonal pictures, than which no state lies lower; and five letters, where a blend does."""
    halves = 1 - 2 * ((np.arange(SIDE)[:, None] // np.array([4, 2, 1])) % 2)
    waves = [halves[:, [bool(k & width) for width in (4, 2, 1)]].prod(axis=1) for k in range(SIDE)]
    stripes = np.array([np.outer(waves[down], waves[across]).ravel() for down, across in _STRIPES])
    quarters = data.letters("KSTOE", "16x16").reshape(-1, SIDE, 2, SIDE, 2).mean(axis=(2, 4))
    letters = np.where(quarters >= 0, 1, -1).reshape(-1, N)
    return {
        "pictures": Network(tuple("12345678"), stripes.astype(np.int8), -28.0),
        "letters": Network(tuple("KSTOE"), letters.astype(np.int8), -47.625),
    }


@kernel
def _deal(words, rows):
    """Random words for each run, from one generator."""
    for r in range(len(rows)):
        for k in range(rows.shape[1]):
            rows[r, k] = random.next_word(words)


@kernel
def _judge(W, b, patterns, s, lowest, pulls, hits, deep):
    """Which runs are in a pattern or its mirror image, and which at the lowest energy."""
    for r in range(len(s)):
        hopfield._pulls(patterns, s[r], pulls)
        hits[r] = 0
        for pull in pulls:
            if abs(pull) == s.shape[1]:
                hits[r] = 1
        deep[r] = 1 if hopfield._energy(W, b, s[r]) < lowest + 1e-9 else 0


KERNELS = {
    "hebb": (hopfield._hebb, "void(int8[:, ::1], float64[:, ::1])"),
    "scatter": (hopfield._scatter, "void(uint64[::1], int8[:, ::1])"),
    "fields": (hopfield._fields, "void(float64[:, ::1], float64[::1], int8[:, ::1], float64[:, ::1])"),
    "energy": (hopfield._energy, "float64(float64[:, ::1], float64[::1], int8[::1])"),
    "pulls": (hopfield._pulls, "void(int8[:, ::1], int8[::1], float64[::1])"),
    "descend": (
        hopfield._descend_sweep,
        "int64(float64[:, ::1], int8[::1], float64[::1], int64[::1], float64, uint64[::1], float64[::1])",
    ),
    "sweep_all": (
        cooling._sweep_all,
        "void(float64[:, ::1], int8[:, ::1], float64[:, ::1], float64, uint64[:, ::1], int64, int64)",
    ),
    "quench": (
        cooling._quench,
        "void(float64[:, ::1], int8[:, ::1], float64[:, ::1], float64, uint64[:, ::1], int64[::1], "
        "float64[::1], int64[::1])",
    ),
    "linear": (schedules._linear, "void(float64, float64, float64[::1])"),
    "geometric": (schedules._geometric, "void(float64, float64, float64[::1])"),
    "logarithmic": (schedules._logarithmic, "void(float64, float64[::1])"),
    "interval": (_interval, "void(int64, int64, float64[::1])"),
    "deal": (_deal, "void(uint64[::1], uint64[:, ::1])"),
    "judge": (
        _judge,
        "void(float64[:, ::1], float64[::1], int8[:, ::1], int8[:, ::1], float64, float64[::1], "
        "int8[::1], int8[::1])",
    ),
}
