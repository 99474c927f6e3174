"""What learning follows and where it ends: the gradient, exact and sampled; KL = 0; and parity, which pairs cannot see.

Everything is small enough to list. A teacher is a machine with random weights whose visible
distribution is to be learned, so that KL = 0 can be reached by construction. Parity is the
uniform distribution over the states with an even number of units on: for three units or more
the averages of units and of pairs are those of coins, and a machine without hidden units
learns nothing from it, KL = log 2.
"""

import numpy as np

from ebm import boltzmann, exact
from ebm.boltzmann import Annealed
from ebm.diagnostics import Estimate

SEED = 1983
REPEATS = 20  # independent estimates of one gradient
VISIBLE = 4  # units that show the parity
_COOLING = tuple(np.repeat([4.0, 2.0, 1.5, 1.25, 1.0], 6))


def tasks(size):
    """Machines whose gradient is found in three ways; teachers to learn from; parity with and without hidden units."""
    quick = size == "quick"
    return [
        {"what": what, "run": run}
        for what, runs in (("gradient", 40), ("teacher", 40), ("parity 0", 20), ("parity 4", 40))
        for run in range(runs // 5 if quick else runs)
    ]


def measure(task, *, rng):
    """Errors of a gradient; or KL after learning."""
    if task["what"] == "gradient":
        return gradient_errors(rng=rng)
    if task["what"] == "teacher":
        teacher = boltzmann.initial(5, rng=rng, scale=1.0)
        v, p = exact.states(5) > 0, boltzmann.visible(teacher)
        return final_kl(v.astype(np.int8), p, 0, 10_000, 0.5, rng=rng)
    v = even_states(VISIBLE)
    return final_kl(v, None, int(task["what"][-1]), 6000, 0.5, rng=rng)


def even_states(n):
    """All states of n bits with an even number on, a row each."""
    v = (exact.states(n) > 0).astype(np.int8)
    return v[v.sum(axis=1) % 2 == 0]


def final_kl(v, p, hidden, steps, rate, *, rng):
    """KL(data || model) in nats after so many exact steps from small random weights."""
    start = boltzmann.initial(v.shape[1], hidden, rng=rng, scale=0.5)
    *_, last = boltzmann.learn(start, v, p, steps=steps, rate=rate)
    return last.kl


def gradient_errors(*, rng):
    """The exact gradient beside finite differences of KL, and beside the mean of sampled ones.

    Parameters
    ----------
    rng : numpy.random.Generator

    Returns
    -------
    dict
        "finite": the largest difference from central differences of KL; "ratio": the mean over
        parameters of the squared difference from the sampled mean, in squared standard errors,
        over what it is for noise alone.
    """
    model = boltzmann.initial(4, 3, rng=rng, scale=0.8)
    data, p = exact.states(4) > 0, rng.dirichlet(np.ones(16))
    slope = packed(boltzmann.gradient(model, data.astype(np.int8), p))
    finite = finite_differences(model, data.astype(np.int8), p)
    phase = Annealed(_COOLING, sweeps=1, chains=200)
    found = []
    for _ in range(REPEATS):
        step = next(
            boltzmann.learn(
                model, data.astype(np.int8), p, steps=1, rate=1e-9, positive=phase, negative=phase, rng=rng
            )
        )
        found.append(packed(step.positive) - packed(step.negative))
    error = np.std(found, axis=0, ddof=1) / np.sqrt(REPEATS)
    squares = ((np.mean(found, axis=0) - slope) / error) ** 2
    alone = (REPEATS - 1) / (REPEATS - 3)  # mean of the square of Student's t
    return {"finite": float(abs(slope - finite).max()), "ratio": float(squares.mean() / alone)}


def packed(statistics):
    """One number for each parameter: weights above the diagonal, then biases."""
    return np.append(statistics.W[np.triu_indices(len(statistics.b), 1)], statistics.b)


def finite_differences(model, data, p, step=1e-4):
    """-d KL / d parameter by central differences, in the order of `packed`."""
    n = model.n
    places = [*zip(*np.triu_indices(n, 1), strict=True), *((i, i) for i in range(n))]
    found = []
    for i, j in places:
        kls = []
        for change in (-step, step):
            W, b = model.W.copy(), model.b.copy()
            if i == j:
                b[i] += change
            else:
                W[i, j] = W[j, i] = W[i, j] + change
            kls.append(boltzmann.kl(boltzmann.Boltzmann(W, b, model.n_visible), data, p))
        found.append(-(kls[1] - kls[0]) / (2 * step))
    return np.array(found)


def summarise(found):
    """Gradients: largest difference, and ratio; KL: the largest of teachers, parity without and with hidden units."""
    results = {
        what: [result for task, result in found if task["what"] == what]
        for what in ("gradient", "teacher", "parity 0", "parity 4")
    }
    ratios = np.array([result["ratio"] for result in results["gradient"]])
    bare, hidden = np.array(results["parity 0"]), np.sort(results["parity 4"])
    return {
        "finite": Estimate(max(result["finite"] for result in results["gradient"]), 0),
        "ratio": Estimate(ratios.mean(), ratios.std(ddof=1) / np.sqrt(len(ratios))),
        "teacher": Estimate(max(results["teacher"]), 0),
        "parity_visible": Estimate(bare[np.argmax(abs(bare - np.log(2)))], 0),
        "parity_hidden": Estimate(hidden[0], 0),
        "parities": [{"place": k, "kl": float(kl)} for k, kl in enumerate(hidden)],
    }
