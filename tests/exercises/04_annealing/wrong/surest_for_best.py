# loses: q5
# hint: The longest runs succeed most often, but what do they cost? Compare times, not shares
# ruff: noqa: F821 (some names are the notebook's)
import numpy as np

rng = np.random.default_rng(36)
hits = [count_hits(lattice, floor, sweeps, 2000, rng) for sweeps in lengths]
times = np.array(lengths) * np.log(0.01) / np.log(1 - np.array(hits) / 2000)
best = lengths[np.argmax(hits)]
