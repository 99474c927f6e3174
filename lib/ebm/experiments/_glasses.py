"""Spin glasses with their lowest energies, exactly: what several experiments start from."""

from ebm import annealing, exact, ising
from ebm.hopfield import Hopfield


def sk(n=24, *, rng):
    """A glass of Sherrington and Kirkpatrick, and its lowest energy, from a list of half its states.

    Turning all spins over changes no energy, so that the last may be held at +1 and becomes a bias.

    Parameters
    ----------
    n : int
    rng : numpy.random.Generator

    Returns
    -------
    model : ebm.hopfield.Hopfield
    lowest : float
    """
    model = annealing.sherrington_kirkpatrick(n, rng=rng)
    half = Hopfield(model.W[:-1, :-1], model.W[-1, :-1])
    return model, exact.ground_states(half, most=1).energy


def lattice(L=16, *, rng):
    """A cylinder of L x L spins with bonds of +1 or -1 as a network, and its lowest energy.

    Parameters
    ----------
    L : int
    rng : numpy.random.Generator

    Returns
    -------
    model : ebm.hopfield.Hopfield
    lowest : float
    """
    glass = ising.spin_glass((L, L), rng=rng, periodic=(False, True))
    return ising.to_network(glass), exact.lattice_ground_state(glass).energy
