"""Clusters at the critical temperature: sites turned in a time, against Onsager's energy there."""

import numpy as np

from ebm import exact, ising, random
from ebm.fast import wolff
from side_by_side import Case, Competitor

T = exact.T_C


def energy(s):
    return -float(np.mean(s * (np.roll(s, 1, -1) + np.roll(s, 1, -2)), dtype=float))


def competitor(L, cluster, spins):
    """A repeat turns L^2 sites, in as many clusters as that takes; what one is too long counts for the next.

    cluster : function without arguments that turns one and returns its size
    spins : function that returns the state
    """
    surplus, seen = [0], []

    def run(repeats):
        while surplus[0] < repeats * L * L:
            surplus[0] += cluster()
        surplus[0] -= repeats * L * L
        seen.append(energy(spins()))

    def check():
        u, truth = np.mean(seen), exact.onsager_energy(T)
        return "" if abs(u - truth) < 0.02 + 6 / L else f"energy per site {u:.3f}, Onsager's is {truth:.3f}"

    for _ in range(10):  # from all +1 the first clusters are the largest
        run(1)
    seen.clear()
    return Competitor(run, L * L / 1e6, check)


def ours(L):
    def make():
        grid = np.ones((L, L), dtype=np.int8)
        lattice = wolff.Lattice(grid, 1.0, 1 - np.exp(-2 / T), 0.0, np.random.default_rng(0))
        return competitor(L, lambda: lattice.turn(1), lattice.spins)

    return make


def plain(L):
    """The kernel of the chapter."""

    def make():
        s, words = np.ones((L, L), dtype=np.int8), random.state(np.random.default_rng(0))
        sites, inside = np.empty((L * L, 2), dtype=np.int32), np.zeros((L, L), dtype=np.int8)
        return competitor(L, lambda: ising._wolff(s, 1.0, 0.0, T, words, sites, inside, 1), lambda: s)

    return make


def mcising(L):
    def make():
        from mcising import IsingSimulation

        simulation = IsingSimulation(L, 1.0, 0.0, 0.0, 0.0, 1, "wolff")
        simulation.set_spins(np.ones((L, L), dtype=np.int8))
        return competitor(
            L,
            lambda: simulation.sweep(1, temperature=T)[0],
            lambda: np.reshape(simulation.get_spins(), (L, L)).astype(np.int8),
        )

    return make


def case(L):
    return Case(
        "Ising lattice, clusters",
        f"L = {L}, T_c",
        "sites/us",
        {"ebm": ours(L), "ebm, plain": plain(L), "mcising": mcising(L)},
        goals={"mcising": 4},
        bound="spins and the list of sites in the second cache",
    )


CASES = [case(256), case(1024)]
