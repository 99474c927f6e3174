# loses: q5
# hint: Rounding: some of these energies are a hair above `floor`. Count what is below floor + 1e-9
import numpy as np

from ebm import annealing


def count_hits(model, floor, sweeps, runs, rng):
    starts = annealing.random_starts(model, runs, rng=rng)
    *_, last = annealing.anneal(model, starts, annealing.geometric(2.0, 0.2, sweeps), rng=rng)
    return np.sum(last.energies == floor)
