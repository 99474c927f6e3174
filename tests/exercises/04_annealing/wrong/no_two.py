# loses: q2
# hint: A flip turns s_i into -s_i, a change by two: is there a factor 2 in its cost?
import numpy as np


def anneal(W, b, s, schedule, u):
    s = s.copy()
    lowest, E_lowest, energies = s.copy(), -0.5 * s @ W @ s - b @ s, []
    for T, u_k in zip(schedule, u, strict=True):
        for i in range(len(s)):
            dE = s[i] * (W[i] @ s + b[i])
            if dE <= 0 or u_k[i] < np.exp(-dE / T):
                s[i] = -s[i]
        energies.append(-0.5 * s @ W @ s - b @ s)
        if energies[-1] < E_lowest:
            lowest, E_lowest = s.copy(), energies[-1]
    return lowest, np.array(energies)
