"""`exact._moments_by_blocks` for all 2^n states at once: two products of matrices in place of a list.

Units in three groups a, b, c of n/3. No term of E joins all three, so that a weight has three factors,

    e^(-E/T) = X[a, b] Y[b, c] Z[c, a],        a triangle, each side a table of 2^(n/3) x 2^(n/3)

and the sum over c, for every (a, b) at once, is a product of matrices:

    p(a, b) ~ X[a, b] sum over c of Y[b, c] Z[c, a]

Likewise p(b, c) and p(c, a); every pair of units is in one of them. A state costs a few
multiplications in the library that is best at them. The idea: [williams2005].

<E> needs p(a, b), p(b, c), p(c, a) only. <E^2> also needs what two sides of the triangle do together:
products with Y e_bc and Z e_ca in place of Y and Z.
"""

import numpy as np
from tqdm import tqdm

_FAINT = 1e-250  # the sum of all weights, each table's largest being 1: below, some may have been lost
_CANCELLED = 1e-3  # of the squares in the variance: below, rounding errors count


def moments(states, W, b, T, progress=False):
    """log_Z, <E>, the variance of E, <s_i> and <s_i s_j>; None where this way is not exact enough.

    states : function of `exact`: every state of so many units
    """
    n = len(b)
    ends = [(n * k + 1) // 3 for k in range(4)]
    groups = [slice(*ends[k : k + 2]) for k in range(3)]
    sides = [(groups[k], groups[(k + 1) % 3]) for k in range(3)]
    s = [states(group.stop - group.start).astype(np.float64) for group in groups]

    # Each side holds the energy between its two groups and that within the first.
    e = [
        (-0.5 * s[k] @ W[one, one] * s[k] - s[k] * b[one]).sum(axis=1)[:, None]
        - s[k] @ W[one, other] @ s[(k + 1) % 3].T
        for k, (one, other) in enumerate(sides)
    ]
    lowest = [side.min() for side in e]
    X, Y, Z = (np.exp((low - side) / T) for side, low in zip(e, lowest, strict=True))
    turns = (X, Y, Z), (Y, Z, X), (Z, X, Y)
    p = [A * (C.T @ B.T) for A, B, C in tqdm(turns, desc=f"2^{n} states", disable=not progress)]
    total = p[0].sum()
    if total < _FAINT:
        return None
    p = [side / total for side in p]

    # Energies relative to those of a likely state, so that little is left to cancel.
    i, j = np.unravel_index(p[0].argmax(), p[0].shape)
    k = p[1][j].argmax()
    likely = [e[0][i, j], e[1][j, k], e[2][k, i]]
    e = [side - low for side, low in zip(e, likely, strict=True)]
    weighted = [q * side for q, side in zip(p, e, strict=True)]
    means = [part.sum() for part in weighted]
    squares = sum(np.einsum("ij,ij->", part, side) for part, side in zip(weighted, e, strict=True))
    Ye, Ze = Y * e[1], Z * e[2]
    together = (X * (e[0] * (Z.T @ Ye.T + Ze.T @ Y.T) + Ze.T @ Ye.T)).sum() / total
    variance = squares + 2 * together - sum(means) ** 2
    if variance < _CANCELLED * squares:
        return None

    mean, correlations = np.empty(n), np.empty((n, n))
    for k, (one, other) in enumerate(sides):
        here = p[k].sum(axis=1)
        mean[one] = here @ s[k]
        correlations[one, one] = (s[k].T * here) @ s[k]
        across = s[k].T @ p[k] @ s[(k + 1) % 3]
        correlations[one, other], correlations[other, one] = across, across.T
    log_Z = np.log(total) - sum(lowest) / T
    return float(log_Z), float(sum(likely) + sum(means)), float(variance), mean, correlations
