"""Time until a run has found the lowest energy known, or come near it, with 99%.

A batch of R runs, each with success p, does -R log(1 - p) / log 100 of the work that 99% takes, and of
ours at most all of it: it cannot be cut. p is measured when a competitor is set up, at the settings that
were best for it in a small grid, and checked again by the runs that are timed. Energies are computed anew
from the states that come back. Ours are `annealing.anneal`, and `annealing.tabu` where all units are
coupled.

    python -m side_by_side.annealing 4 lattice glass cut        prints the grids, 4 seconds for each setting
"""

import functools
import math
import sys
import time

import numpy as np
from scipy import stats

from ebm import annealing
from ebm.hopfield import Hopfield
from side_by_side import Case, Competitor

# Lowest energies known: of all runs of the grids, by every competitor, and of longer ones: 1024 of 6400 sweeps
# (lattice), 100 tabu searches of 100000 flips (glass), 40 of 200000 (cut). None went below.
BEST = {"lattice": -1440.0, "glass": -189.93145233322997, "cut": -4066.0}
# How near is near: 0.5% of the energy, and for the cut 0.1% of its 11621 edges.
NEAR = {"lattice": 0.005 * 1440, "glass": 0.005 * 189.93145, "cut": 2 * 0.001 * 11621}
ENOUGH, SECONDS = 40, 15  # successes, to know p, and how long to wait for them


@functools.cache
def network(name):
    """The instance: lattice of +J and -J with L = 32; all coupled, n = 256; graph of 800 nodes, 19176 edges."""
    rng = np.random.default_rng(0)
    if name == "lattice":
        return annealing.spin_glass(32, rng=rng)
    if name == "glass":
        return annealing.sherrington_kirkpatrick(256, rng=rng)
    i, j = np.triu_indices(800, 1)
    edges = rng.choice(len(i), 19176, replace=False)
    W = np.zeros((800, 800))
    W[i[edges], j[edges]] = -1
    return Hopfield(W + W.T)


def energies(name, s):
    s = np.asarray(s, dtype=np.float64)
    return -0.5 * np.einsum("ri,ri->r", s @ network(name).W, s)


@functools.cache
def quadratic(name):
    """The same network for dwave-samplers and openjij."""
    import dimod

    W = network(name).W
    bonds = {(int(i), int(j)): -W[i, j] for i, j in np.argwhere(np.triu(W))}
    return dimod.BinaryQuadraticModel(dict.fromkeys(range(len(W)), 0.0), bonds, 0.0, dimod.SPIN)


# --- solvers: each a function of the number of runs that returns their states ---


def cooled(name, hot, cold, steps, sweeps):
    rng = np.random.default_rng(1)
    order = "checkerboard" if name == "lattice" else "sequential"

    def solve(runs):
        s = annealing.random_starts(network(name), runs, rng=rng)
        schedule = annealing.geometric(hot, cold, steps)
        *_, last = annealing.anneal(
            network(name), s, schedule, rng=rng, sweeps=sweeps, order=order, rule="metropolis", every=steps
        )
        return last.s

    return solve


def tabu(name, steps, tenure):
    rng = np.random.default_rng(1)

    def solve(runs):
        s = annealing.random_starts(network(name), runs, rng=rng)
        return annealing.tabu(network(name), s, rng=rng, steps=steps, tenure=tenure).s

    return solve


def dwave(name, sweeps, betas):
    from dwave.samplers import SimulatedAnnealingSampler

    sampler, seeds = SimulatedAnnealingSampler(), np.random.default_rng(2)

    def solve(runs):
        seed = int(seeds.integers(2**31))
        found = sampler.sample(
            quadratic(name), num_reads=runs, num_sweeps=sweeps, beta_range=betas, seed=seed
        )
        return found.record.sample[:, np.argsort(list(found.variables))]

    return solve


def dwave_tabu(name, milliseconds):
    from dwave.samplers import TabuSampler

    sampler, seeds = TabuSampler(), np.random.default_rng(3)

    def solve(runs):
        seed = int(seeds.integers(2**31))
        found = sampler.sample(quadratic(name), num_reads=runs, timeout=milliseconds, seed=seed)
        return found.record.sample[:, np.argsort(list(found.variables))]

    return solve


def openjij(name, sweeps, betas):
    import openjij

    sampler = openjij.SASampler()
    betas = {} if betas is None else {"beta_min": betas[0], "beta_max": betas[1]}

    def solve(runs):  # without a seed: with one, all reads are the same
        found = sampler.sample(quadratic(name), num_reads=runs, num_sweeps=sweeps, **betas)
        return found.record.sample[:, np.argsort(list(found.variables))]

    return solve


PEERS = {"dwave-samplers": dwave, "dwave-samplers, tabu": dwave_tabu, "openjij": openjij}
OURS = {"lattice": cooled, "glass": tabu, "cut": cooled}


def solver(name, competitor):
    return OURS[name] if competitor == "ebm" else PEERS[competitor]


# Of each competitor, runs in a batch and settings: sweeps, and a range of inverse temperatures, its own or ours.
GRIDS = {
    "lattice": {
        "ebm": [(128, (0.95, cold, 50, k)) for cold in (0.3, 0.45) for k in (16, 32, 48)],
        "dwave-samplers": [
            (8 if sweeps > 2000 else 20, (sweeps, betas))
            for sweeps, betas in ((500, (0.5, 3.0)), (2000, (0.5, 3.0)), (5000, (0.5, 3.0)), (2000, None))
        ],
        "openjij": [(10, (sweeps, (0.5, 3.0))) for sweeps in (1000, 4000)],
    },
    "glass": {
        "ebm": [
            (runs, (steps, k)) for k in (10, 12, 15) for runs, steps in ((3, 3000), (8, 3000), (8, 10000))
        ],
        "dwave-samplers": [
            (8 if sweeps > 2000 else 20, (sweeps, betas))
            for sweeps, betas in ((200, (0.5, 8.0)), (1000, (0.5, 8.0)), (4000, (0.5, 8.0)), (1000, None))
        ],
        "dwave-samplers, tabu": [(10, (ms,)) for ms in (20, 60)],
        "openjij": [(20, (sweeps, (0.5, 8.0))) for sweeps in (200, 1000)],
    },
    "cut": {
        "ebm": [(1024, (7.0, 1.0, 50, k)) for k in (1, 2, 4, 8)],
        "dwave-samplers": [
            (8 if sweeps > 2000 else 20, (sweeps, betas))
            for sweeps, betas in ((200, (0.14, 1.0)), (1000, (0.14, 1.0)), (4000, (0.14, 1.0)), (1000, None))
        ],
        "openjij": [(10, (sweeps, (0.14, 1.0))) for sweeps in (200, 1000, 4000)],
    },
}


def share(which, batch, p):
    """How much of what 99% takes is done by a batch: of ours all of it at most, as it cannot be cut.

    Others get batches large enough that what they do once does not count, and pay for the runs they need.
    """
    needed = max(1.0, math.log(100) / -math.log1p(-min(max(p, 1e-12), 1 - 1e-9)))
    return min(1.0, batch / needed) if which == "ebm" else batch / needed


def trials(name, solve, batch, seconds):
    """Energies of runs for so long, and the time of a batch."""
    solve(1)
    found, times, start = [], [], time.perf_counter()
    while time.perf_counter() - start < seconds:
        before = time.perf_counter()
        s = solve(batch)
        times.append(time.perf_counter() - before)
        found.append(energies(name, s))
    return np.concatenate(found), float(np.median(times))


def tune(name, seconds):
    """Print the grids; the best of each competitor, for the lowest energy and for near it."""
    best = {}
    for competitor, grid in GRIDS[name].items():
        for batch, settings in grid:
            E, took = trials(name, solver(name, competitor)(name, *settings), batch, seconds)
            line = f"{name} {competitor} {batch} {settings}: lowest {E.min():.9g}"
            for near in (False, True):
                p = np.mean(E <= BEST[name] + near * NEAR[name] + 1e-6)
                needed = took / share(competitor, batch, p) if p else math.inf
                line += f"  p {p:.4f} of {len(E)}, {needed:.4g} s"
                of_all = best.setdefault((name, near), {})
                if (needed, E.mean()) < of_all.get(competitor, ((math.inf, math.inf),))[0]:
                    of_all[competitor] = (needed, E.mean()), batch, settings
            print(line, flush=True)
    for key, of_all in best.items():
        print(f"{key}: { ({competitor: found[1:] for competitor, found in of_all.items()}) },", flush=True)
    return best


# The best of the grids: (runs in a batch, settings) for the lowest energy, and for near it.
CHOSEN = {
    ("glass", False): {
        "ebm": (3, (3000, 12)),
        "dwave-samplers": (20, (1000, None)),
        "dwave-samplers, tabu": (10, (60,)),
        "openjij": (20, (1000, (0.5, 8.0))),
    },
    ("glass", True): {
        "ebm": (3, (3000, 12)),
        "dwave-samplers": (20, (200, (0.5, 8.0))),
        "dwave-samplers, tabu": (10, (20,)),
        "openjij": (20, (1000, (0.5, 8.0))),
    },
    ("lattice", True): {
        "ebm": (128, (0.95, 0.3, 50, 32)),
        "dwave-samplers": (20, (500, (0.5, 3.0))),
        "openjij": (10, (1000, (0.5, 3.0))),
    },
    ("cut", False): {
        "ebm": (1024, (7.0, 1.0, 50, 4)),
        "dwave-samplers": (8, (1000, None)),
        "openjij": (10, (1000, (0.14, 1.0))),
    },
    ("cut", True): {
        "ebm": (1024, (7.0, 1.0, 50, 2)),
        "dwave-samplers": (8, (1000, None)),
        "openjij": (10, (4000, (0.14, 1.0))),
    },
}


def competitor(name, which, batch, settings, near):
    """p from at least ENOUGH successes, or what SECONDS give."""
    solve, lowest = solver(name, which)(name, *settings), BEST[name] + (NEAR[name] if near else 0.0) + 1e-6
    hits = runs = 0
    start = time.perf_counter()
    while hits < ENOUGH and time.perf_counter() - start < SECONDS:
        hits += int(np.sum(energies(name, solve(batch)) <= lowest))
        runs += batch
    if not hits:
        raise RuntimeError(f"no success in {runs} runs")
    seen = []

    def run(repeats):
        for _ in range(repeats):
            seen.append(solve(batch))

    def check():
        E = energies(name, np.concatenate(seen))
        if E.min() < BEST[name] - 1e-6:
            return f"energy {E.min():.9g} is below the lowest known"
        table = [[hits, runs - hits], [int(np.sum(E <= lowest)), int(np.sum(E > lowest))]]
        same = stats.fisher_exact(table).pvalue > 1e-4
        return "" if same else f"{table[1]} successes and failures when timed, {table[0]} before"

    return Competitor(run, share(which, batch, hits / runs), check)


def case(name, size, near, goals, bound):
    competitors = {
        which: functools.partial(competitor, name, which, batch, settings, near)
        for which, (batch, settings) in CHOSEN[name, near].items()
    }
    workload = (
        "Annealing, time to the lowest energy" if not near else "Annealing, time to near the lowest energy"
    )
    return Case(workload, size, "solutions/s", competitors, goals=goals, bound=bound)


GLASS = {"dwave-samplers": 15, "dwave-samplers, tabu": 5}, "a pass over all fields a flip (tabu search)"
CUT = (
    {"openjij": 8, "dwave-samplers": 15},
    "coins, and bonds that are all counted at each visit; 1024 runs are the fewest",
)
CASES = [
    case(
        "lattice",
        "+-J lattice, L = 32",
        True,
        {"dwave-samplers": 250},
        "coins that are drawn, where they are rare",
    ),
    case("glass", "all coupled, n = 256", False, *GLASS),
    case("glass", "all coupled, n = 256", True, *GLASS),
    case("cut", "cut, n = 800", False, *CUT),
    case("cut", "cut, n = 800", True, *CUT),
]


if __name__ == "__main__":
    for instance in sys.argv[2:]:
        tune(instance, float(sys.argv[1]))
