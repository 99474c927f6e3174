"""Single flips on the square lattice near its critical temperature, against Onsager's energy."""

import numpy as np

from ebm import exact, ising
from side_by_side import Case, Competitor

T = 2.4


def close(L, u):
    """A few sweeps from the start a large lattice is not yet in equilibrium, and a small one fluctuates."""
    truth, tolerance = exact.onsager_energy(T), 0.03 + 6 / L
    u = np.mean(u[len(u) // 2 :])
    return "" if abs(u - truth) < tolerance else f"energy per site {u:.3f}, Onsager's is {truth:.3f}"


def energy(s):
    return -float(np.mean(s * (np.roll(s, 1, -1) + np.roll(s, 1, -2)), dtype=float))


def ours(L, batch=None, at_a_time=1, **options):
    """A repeat is so many sweeps: to pack the spins into words and to read them again is done once a run."""

    def make():
        model = ising.Ising((L, L))
        state = [np.ones((L, L) if batch is None else (batch, L, L), dtype=np.int8)]
        rng, seen = np.random.default_rng(0), []

        def run(repeats):
            sweeps = repeats * at_a_time
            steps = ising.metropolis(
                model, state[0], T, rng=rng, sweeps=sweeps, every=sweeps, order="checkerboard", **options
            )
            (record,) = steps
            state[0] = record.s
            seen.append(np.mean(record.u))

        run(60 if options["method"] == "plain" else max(1, 200 // at_a_time))
        return Competitor(run, at_a_time * state[0].size / 1e9, lambda: close(L, seen))

    return make


def mcising(L):
    def make():
        from mcising import IsingSimulation

        simulation, seen = IsingSimulation(L, 1.0, 0.0, 0.0, 0.0, 1), []

        def run(sweeps):
            simulation.sweep(sweeps, temperature=T)
            seen.append(simulation.energy() / (1 if abs(simulation.energy()) < 4 else L * L))

        run(20)
        return Competitor(run, L * L / 1e9, lambda: close(L, seen))

    return make


def peapods(L):
    def make():
        from peapods import Ising

        model = Ising((L, L), temperatures=np.array([T]))
        model.sample(20, sweep_mode="metropolis")
        return Competitor(
            lambda sweeps: model.sample(sweeps, sweep_mode="metropolis"),
            L * L / 1e9,
            lambda: close(L, -np.ravel(model.get_energies())),  # it gives the sum of s s' over bonds
        )

    return make


def numpy_checkerboard(L):
    def make():
        rng, s, seen = np.random.default_rng(0), np.ones((L, L), dtype=np.int8), []
        colours = [np.add.outer(np.arange(L), np.arange(L)) % 2 == colour for colour in (0, 1)]

        def run(sweeps):
            for _ in range(sweeps):
                for colour in colours:
                    around = np.roll(s, 1, 0) + np.roll(s, -1, 0) + np.roll(s, 1, 1) + np.roll(s, -1, 1)
                    flip = colour & (
                        rng.random((L, L), dtype=np.float32) < np.exp(-2 * s * around / np.float32(T))
                    )
                    s[flip] *= -1
            seen.append(energy(s))

        run(100)
        return Competitor(run, L * L / 1e9, lambda: close(L, seen))

    return make


def case(L, goal, batch=None):
    size = f"L = {L}" + (f", {batch} lattices" if batch else "")
    return Case(
        "Ising lattice, single flips",
        size,
        "flips/ns",
        {
            "ebm": ours(L, batch, at_a_time=50, method="multispin"),
            "ebm, plain": ours(L, method="plain"),
            "mcising": mcising(L),
            "peapods": peapods(L),
            "NumPy": numpy_checkerboard(L),
        },
        goals={"mcising": goal},
        bound="random digits: ten a flip, three quarters of the time, at all the vector operations the processor has",
    )


CASES = [case(1024, 200), case(256, 150), case(64, 120, 64), case(64, 40)]
