"""The shifter: a row, the row again moved by one place or not at all, and three units that say which [hinton1986].

No unit of a row by itself tells anything about the three; it takes one of each row. Twenty-four hidden
units have to find such triples. A cycle of learning is that of [ackley1985]: cases are dealt to chains; in
one phase all three groups are held, in the other only the two rows, and what is free is annealed; each
weight goes up or down by one step.

What is of the source: 8 + 8 + 3 visible and 24 hidden units, annealed phases, some 9000 cycles, and answers that
are right in 50 to 89 percent of the cases, by how many units of the first row are on. Its text was not at hand
for the rest, so this is ours: which units are coupled (hidden ones to all others, the three among themselves); that
the two rows are held in both phases, so that nothing has to be learned about the rows themselves; all 768 cases alike;
annealing, noise-free clamping, steps and the number of cycles. An answer counts as right if, after one
annealing with the two rows held, the right one of the three is on and no other.
"""

import numpy as np

from ebm import boltzmann, data
from ebm.boltzmann import Boltzmann
from ebm.diagnostics import Estimate
from ebm.experiments.encoders import COOLING, T

SEED = 1986
N, K = 8, 24
STEP, COUNTED, CHAINS = 0.5, 10, 128
CYCLES = (300, 500, 1000)  # after which the answers are counted; the last ends a run
EACH = 10  # answers to each case


def tasks(size):
    """Runs from other random numbers."""
    return [{"run": run} for run in range(10 if size == "full" else 1)]


def measure(task, *, rng):
    """The share of right answers for each number of units that are on in the first row, after some cycles."""
    machines = enumerate(learning(N, K, CYCLES[-1], rng=rng), 1)
    return {str(cycle): answers(model, rng=rng).tolist() for cycle, model in machines if cycle in CYCLES}


def learning(n, k, cycles, *, chains=CHAINS, rng):
    """The machine after each cycle, from small random weights.

    Parameters
    ----------
    n, k, cycles, chains : int
    rng : numpy.random.Generator

    Returns
    -------
    iterator of ebm.boltzmann.Boltzmann
    """
    links = boltzmann.links([n, n, 3, k], [(2, 2), (0, 3), (1, 3), (2, 3)])
    cases = data.shifter(n)
    model = boltzmann.initial(2 * n + 3, k, rng=rng, links=links, scale=0.1 * T)
    for _ in range(cycles):
        v = cases[rng.integers(len(cases), size=chains)]
        change = STEP * np.sign(counted(model, v, 2 * n + 3, rng=rng) - counted(model, v, 2 * n, rng=rng))
        model = Boltzmann(model.W + links * change, model.b + np.diag(change), model.n_visible)
        yield model


def counted(model, v, held, *, rng):
    """<s_i s_j> with the first units of each chain held at a case, after annealing; <s_i> on the diagonal."""
    s, how = annealed(model, v, held, rng=rng)
    found = np.zeros((model.n, model.n))
    for _ in range(COUNTED):
        s = boltzmann.gibbs(model, s, T, sweeps=1, **how)
        found += s.T @ s.astype(float)
    return found / (COUNTED * len(s))


def annealed(model, v, held, *, rng):
    """States with the first units held at `v`, cooled down to T from coin tosses; and how to go on."""
    s = boltzmann.random_states(model, len(v), rng=rng)
    s[:, :held] = v[:, :held]
    how = {"rng": rng, "clamped": np.arange(model.n) < held, "order": "sequential"}
    for temperature in COOLING:
        s = boltzmann.gibbs(model, s, temperature, sweeps=1, **how)
    return s, how


def answers(model, *, rng, each=EACH):
    """The share of right answers for 1, 2, ... n - 1 units on in the first row.

    With none on, or all, the three shifts look alike.

    Parameters
    ----------
    model : ebm.boltzmann.Boltzmann
    rng : numpy.random.Generator
    each : int, answers to each case

    Returns
    -------
    (n - 1,) float64 array
    """
    n = (model.n_visible - 3) // 2
    cases = np.tile(data.shifter(n), (each, 1))
    s, _ = annealed(model, cases, 2 * n, rng=rng)
    right = (s[:, 2 * n : 2 * n + 3] == cases[:, 2 * n :]).all(axis=1)
    on = cases[:, :n].sum(axis=1)
    return np.array([right[on == k].mean() for k in range(1, n)])


def summarise(found):
    """The lowest and the highest share of right answers in the end; and all of them, with their standard errors."""
    rows = []
    for cycle in CYCLES:
        runs = np.array([result[str(cycle)] for _, result in found])
        for k, right in enumerate(runs.T, 1):
            rows.append({"cycle": cycle, "on": k, "right": float(right.mean()), "error": error(right, k)})
    end = sorted((row["right"], row["error"]) for row in rows if row["cycle"] == CYCLES[-1])
    return {"lowest": Estimate(*end[0]), "highest": Estimate(*end[-1]), "answers": rows}


def error(right, k):
    """The standard error of a mean over runs; of a single run, that of so many answers."""
    if len(right) > 1:
        return float(np.std(right, ddof=1) / np.sqrt(len(right)))
    cases = EACH * 3 * int((data.shifter(N)[: 2**N, :N].sum(axis=1) == k).sum())
    likely = (right[0] * cases + 1) / (cases + 2)
    return float(np.sqrt(likely * (1 - likely) / cases))
