# loses: q3
# hint: All ten states are the same array: keep a copy of each, `s.copy()`
import numpy as np


def heat_bath(s, J, B, T, sweeps, rng):
    s, states = s.copy(), []
    black = np.indices(s.shape).sum(axis=0) % 2 == 0
    for _ in range(sweeps):
        for colour in (black, ~black):
            around = np.roll(s, 1, 0) + np.roll(s, -1, 0) + np.roll(s, 1, 1) + np.roll(s, -1, 1)
            up = rng.random(s.shape) < 1 / (1 + np.exp(-2 * (J * around + B) / T))
            s[colour] = np.where(up, 1, -1)[colour]
        states.append(s)
    return np.array(states)
