# loses: q3
# hint: Neighbours must not move at once: the second has to see what the first has done
import numpy as np


def heat_bath(s, J, B, T, sweeps, rng):
    states = []
    for _ in range(sweeps):
        around = np.roll(s, 1, 0) + np.roll(s, -1, 0) + np.roll(s, 1, 1) + np.roll(s, -1, 1)
        s = np.where(rng.random(s.shape) < 1 / (1 + np.exp(-2 * (J * around + B) / T)), 1, -1)
        states.append(s)
    return states
