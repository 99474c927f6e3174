"""`_softplus(new * field) - _softplus(old * field)` of `ebm.ais`, in single precision: few logarithms.

A logarithm for every unit of every chain, twice, would take longer than all the rest of a step. But

    sum_j log(1 + e^(new x_j)) - log(1 + e^(old x_j))
        = (new - old) sum_j max(x_j, 0) + log prod_j (1 + e^-|new x_j|) / prod_j (1 + e^-|old x_j|)

First all factors (1 + e^-|new x|) / (1 + e^-|old x|) are made, in one loop over all units of all chains. Each
lies between 1/2 and 2, so that products of many are far from any overflow. 64 products grow side by side,
meet by eights, and then in double precision:

    lane     0      1      2     ...   63
           x_0    x_1    x_2         x_63        15 rows at most: a lane stays between 2^-15 and 2^15,
           x_64   x_65   ...                     all of them together between 2^-960 and 2^960
"""

import numpy as np

from ebm._kernel import kernel
from ebm.fast.layers import exp
from ebm.maths import log

_LANES = 64
_ROWS = 15
_FOLDED = 8  # lanes that are left when 8 have met in single precision: 2^-120 to 2^120
_0, _1 = np.float32(0), np.float32(1)


def gain(field, old, new):
    """For each chain the sum over units of log(1 + e^(new field)) - log(1 + e^(old field)).

    Parameters
    ----------
    field : (chains, n) float32 array
    old, new : float
        0 or more.

    Returns
    -------
    (chains,) float64 array
    """
    means, factors = np.empty((2, *field.shape), dtype=np.float32)
    return gain_and_means(np.ascontiguousarray(field), old, new, means, factors)


def gain_and_means(field, old, new, means, factors):
    """The same, and in `means` 1 / (1 + e^(-new field)) of every unit, from the same exponentials.

    factors : scratch, of the shape of `field`
    """
    gained, lanes = np.zeros(len(field)), np.empty((2, _LANES), dtype=np.float32)
    flat, step = field.ravel(), np.float64(np.float32(new)) - np.float64(np.float32(old))
    _factors(flat, np.float32(old), np.float32(new), factors.ravel(), means.ravel())
    _gain(flat, factors.ravel(), field.shape[1], step, *lanes, gained)
    return gained


@kernel(apart=True)
def _factors(field, old, new, factors, means):
    for i in range(np.uint64(len(field))):
        x = field[i]
        e = exp(-abs(new * x))
        factors[i] = (_1 + e) / (_1 + exp(-abs(old * x)))
        means[i] = (_1 if x > _0 else e) / (_1 + e)


@kernel
def _gain(field, factors, n, step, positive, product, gained):
    for chain in range(len(gained)):
        for start in range(0, n, _LANES * _ROWS):
            stop = min(n, start + _LANES * _ROWS)
            _multiply(field, factors, chain * n + start, chain * n + stop, positive, product)
            total, ratio = 0.0, 1.0
            for k in range(_FOLDED):
                total += np.float64(positive[k])
                ratio *= np.float64(product[k])
            gained[chain] += step * total + log(ratio)


@kernel(apart=True)
def _multiply(field, factors, start, stop, positive, product):
    """In each lane the sum of max(x, 0) and the product of the factors; then in the first _FOLDED of all lanes."""
    for k in range(_LANES):
        positive[k], product[k] = _0, _1
    for row in range(start, stop, _LANES):
        at = np.uint64(row)
        for k in range(np.uint64(min(_LANES, stop - row))):
            positive[k] += max(field[at + k], _0)
            product[k] *= factors[at + k]
    for first in range(_FOLDED, _LANES, _FOLDED):
        at = np.uint64(first)
        for k in range(np.uint64(_FOLDED)):
            positive[k] += positive[at + k]
            product[k] *= product[at + k]
