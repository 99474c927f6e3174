"""`exact._moments_by_blocks` for all 2^n states at once: five products of matrices in place of a list.

Units in three groups a, b, c of n/3. No term of E joins all three, so that a weight has three factors,

    e^(-E/T) = X[a, b] Y[b, c] Z[c, a],        a triangle, each side a table of 2^(n/3) x 2^(n/3)

and the sum over c, for every (a, b) at once, is a product of matrices:

    p(a, b) ~ X[a, b] sum over c of Y[b, c] Z[c, a]

Likewise p(b, c) and p(c, a); every pair of units is in one of them. A state costs a few
multiplications in the library that is best at them. The idea: [williams2005].

<E> needs p(a, b), p(b, c), p(c, a) only. <E^2> also needs what two sides of the triangle do together. If y and z
are their energies, one product more has the sum of Y Z y z, and another that of Y Z (y + z), by Karatsuba's

    (Y + Y y) (Z + Z z) = Y Z + Y Z (y + z) + Y Z y z
"""

import numpy as np
from tqdm import tqdm

from ebm._kernel import kernel

_FAINT = 1e-250  # the sum of all weights, each table's largest being 1: below, some may have been lost
_CANCELLED = 1e-3  # of the squares in the variance: below, rounding errors count


def moments(states, W, b, T, progress=False):
    """log_Z, <E>, the variance of E, <s_i> and <s_i s_j>; None where this way is not exact enough.

    states : function of `exact`: every state of so many units
    """
    n = len(b)
    ends = [(n * k + 1) // 3 for k in range(4)]
    groups = [slice(*ends[k : k + 2]) for k in range(3)]
    sides = [(k, (k + 1) % 3) for k in range(3)]
    s = [states(group.stop - group.start).astype(np.float64) for group in groups]

    e = [_energies(s[k], s[other], W, b, groups[k], groups[other]) for k, other in sides]
    lowest = [_lower(side, side.min()) for side in e]
    X, Y, Z = (_weights(side, T) for side in e)
    turns = (X, Y, Z), (Y, Z, X), (Z, X, Y)
    products = [C.T @ B.T for _, B, C in (tqdm(turns, desc=f"2^{n} states") if progress else turns)]
    p = [A * product for (A, *_), product in zip(turns, products, strict=True)]  # times the total
    total = p[0].sum()
    if total < _FAINT:
        return None

    # Energies relative to those of a likely state, so that little is left to cancel.
    i, j = divmod(int(p[0].argmax()), p[0].shape[1])
    k = p[1][j].argmax()
    lowest += [_lower(side, side[place]) for side, place in zip(e, ((i, j), (j, k), (k, i)), strict=True)]
    marginals = [np.zeros((3, len(s[other]))) for _, other in sides]
    means, squares = np.divide([_sums(*tables) for tables in zip(p, e, marginals, strict=True)], total).T
    together = _together(X, Y, Z, *e, products[0], np.sqrt(sum(squares[1:])) or 1.0) / total
    variance = sum(squares) + 2 * together - sum(means) ** 2
    if variance < _CANCELLED * sum(squares):
        return None

    mean, correlations = np.empty(n), np.empty((n, n))
    for k, other in sides:
        one, two, here = groups[k], groups[other], marginals[k][0] / total
        mean[two] = here @ s[other]
        weighed = np.sqrt(here)[:, None] * s[other]  # one array times itself: a symmetric product
        correlations[two, two] = weighed.T @ weighed
        across = s[k].T @ p[k] @ s[other] / total
        correlations[one, two], correlations[two, one] = across, across.T
    log_Z = np.log(total) - sum(lowest[:3]) / T
    return float(log_Z), float(sum(lowest) + sum(means)), float(variance), mean, correlations


def _energies(s, s_other, W, b, one, other):
    """Between two groups of units, and within the first."""
    fields = s @ W[one]
    within = np.einsum("ij,ij->i", 0.5 * fields[:, one] + b[one], s)
    found = fields[:, other] @ -s_other.T
    found -= within[:, None]
    return found


def _lower(energies, by):
    energies -= by
    return by


def _weights(energies, T):
    found = energies * (-1 / T)
    return np.exp(found, out=found)


@kernel
def _sums(p, energies, columns):
    """The sums of p E and of p E^2; columns gets those of p, p E and p E^2 over each column."""
    for i in range(len(p)):
        for j in range(p.shape[1]):
            weighted = p[i, j] * energies[i, j]
            columns[0, j] += p[i, j]
            columns[1, j] += weighted
            columns[2, j] += weighted * energies[i, j]
    mean = square = 0.0
    for j in range(p.shape[1]):
        mean += columns[1, j]
        square += columns[2, j]
    return mean, square


def _together(X, Y, Z, x, y, z, YZ, size):
    """The sum over all states of X Y Z (x y + y z + z x), where YZ is the product of Y and Z.

    size : how large y and z are, so that the terms of Karatsuba's product are about as large as YZ
    """
    Yy, Zz = Y * y, Z * z
    Yy *= 1 / size
    Zz *= 1 / size
    both = Zz.T @ Yy.T
    Yy += Y
    Zz += Z
    either = Zz.T @ Yy.T
    either -= YZ
    either -= both
    either *= x
    both *= size
    either += both
    return size * np.einsum("ij,ij->", X, either)
