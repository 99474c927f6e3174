# loses: q2
# hint: Update one unit at a time: unit 1 must see the new unit 0
import numpy as np


def anneal(W, b, s, schedule, u):
    s = s.copy()
    seen, energies = [s.copy()], []
    for T, u_k in zip(schedule, u, strict=True):
        dE = 2 * s * (W @ s + b)
        s = np.where((dE <= 0) | (u_k < np.exp(-dE / T)), -s, s)
        seen.append(s)
        energies.append(-0.5 * s @ W @ s - b @ s)
    return min(seen, key=lambda s: -0.5 * s @ W @ s - b @ s), np.array(energies)
