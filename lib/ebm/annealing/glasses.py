"""Networks whose ground states are hard to find: spin glasses."""

import numpy as np

from ebm import _check, ising
from ebm.hopfield import Hopfield


def sherrington_kirkpatrick(n, *, rng):
    """A spin glass where every spin has a random bond with every other: w_ij normal, of variance 1/n.

    Parameters
    ----------
    n : int
        Spins, >= 2.
    rng : numpy.random.Generator

    Returns
    -------
    Hopfield
        Its lowest energy per spin tends to -0.7632 as n grows, above that in small networks.

    Raises
    ------
    TypeError, ValueError
        If n < 2 or `rng` is not a Generator.

    Notes
    -----
    Model: [sherrington1975]; energy: [crisanti2002].

    Examples
    --------
    >>> sherrington_kirkpatrick(100, rng=np.random.default_rng(0)).n
    100
    """
    n = _check.count("n", n, low=2)
    W = np.triu(_check.generator(rng).normal(0, n**-0.5, (n, n)), 1)
    return Hopfield(W + W.T)


def spin_glass(L, *, rng):
    """A square lattice of L x L spins, periodic, whose bonds are +1 or -1 at random, as a network.

    Parameters
    ----------
    L : int
        Side, 3 to 64.
    rng : numpy.random.Generator

    Returns
    -------
    Hopfield

    Raises
    ------
    TypeError, ValueError
        If L is not from 3 to 64 or `rng` is not a Generator.

    Notes
    -----
    The +-J model [toulouse1977], from `ising.spin_glass`; its lowest energy by `exact.lattice_ground_state`.

    Examples
    --------
    >>> abs(spin_glass(4, rng=np.random.default_rng(0)).W).sum(axis=1).tolist() == [4.0] * 16
    True
    """
    L = _check.count("L", L, low=3, high=64)
    return ising.to_network(ising.spin_glass((L, L), rng=rng))
