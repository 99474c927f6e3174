# loses: q2
# hint: That is the heat bath: by Metropolis' rule what costs nothing is always done
import numpy as np


def anneal(W, b, s, schedule, u):
    s = s.copy()
    lowest, E_lowest, energies = s.copy(), -0.5 * s @ W @ s - b @ s, []
    for T, u_k in zip(schedule, u, strict=True):
        for i in range(len(s)):
            dE = 2 * s[i] * (W[i] @ s + b[i])
            if u_k[i] < 1 / (1 + np.exp(dE / T)):
                s[i] = -s[i]
        energies.append(-0.5 * s @ W @ s - b @ s)
        if energies[-1] < E_lowest:
            lowest, E_lowest = s.copy(), energies[-1]
    return lowest, np.array(energies)
