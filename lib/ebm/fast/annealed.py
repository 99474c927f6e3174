"""`ais._step` in single precision, without a temporary array: products by `binary`, coins by `layers`, and one
exponential where there were two.

    e = e^-|new x|  of a field x is needed twice:      1 + e            is a factor of the weight (`softplus`)
                                                       1 or e / (1 + e) is the chance that the unit is on

The coins fall from the same generators in the same order as in the plain step.
"""

import numpy as np

from ebm._kernel import kernel
from ebm.fast import binary, layers, softplus


class Chains:
    """Chains of a machine on their way from one beta to the next.

    W, b_v, b_h : float32 arrays, the machine over T
    a : (n_v,) float32 array, the biases of the visible units at beta = 0
    rng : numpy.random.Generator, of which the generators of the coins begin
    """

    def __init__(self, W, b_v, b_h, a, rng):
        self.of_v, self.of_h = binary.Fields(W, b_h), binary.Fields(W.T, b_v)
        self.a, self.pull, self.coins = a, b_v - a, layers.stream(rng)
        self.room = np.empty((4, 0))

    def step(self, old, new, v):
        """The weights that the chains v gain from one beta to the next, and the chains after a sweep there."""
        if len(self.room[0]) != len(v):  # large arrays that are new each time would cost as much as a product
            shapes = 3 * [(len(v), len(self.of_v.b))] + [v.shape]
            self.room = [np.empty(shape, dtype=np.float32) for shape in shapes]
        h, p_h, factors, p_v = self.room
        gained = (new - old) * (v @ self.pull)
        gained = gained + softplus.gain_and_means(self.of_v(v, h), old, new, p_h, factors)
        layers.toss(p_h.ravel(), self.coins, h.ravel())
        _towards(self.of_h(h, p_v), self.a, np.float32(new))
        layers.sigmoid(p_v.ravel())
        v = np.empty_like(p_v)
        layers.toss(p_v.ravel(), self.coins, v.ravel())
        return gained, v


@kernel
def _towards(field, a, beta):
    """From the fields at beta = 1 to those at beta, in place."""
    rest = np.float32(1) - beta
    for chain in range(len(field)):
        _mix(field[chain], a, rest, beta)


@kernel(apart=True)
def _mix(field, a, rest, beta):
    for i in range(np.uint64(len(field))):
        field[i] = rest * a[i] + beta * field[i]
