"""What it costs to learn by sampling, against the number of units: a floor of noise, and the work to get near it.

The teacher has n visible units and random weights, so that KL = 0 can be reached. In each step the
negative phase anneals M chains and takes their last states. Near the teacher the KL of a learner that
takes steps of size r is a sum over the eigenvalues of F, the covariance matrix of all averages
(products of pairs, and single units),

    KL after t steps = r / (2 M) sum over k of lambda_k (1 - (1 - r lambda_k)^(2 t)) / (2 - r lambda_k),

about r trace(F) / (4 M) in the end: every parameter adds its share of noise, and there are n (n + 1) / 2.
So as n grows, M has to grow with the number of parameters, and each of the M states is n updates a sweep.
"""

import numpy as np

from ebm import boltzmann, exact
from ebm.boltzmann import Annealed
from ebm.diagnostics import Estimate

SEED = 1985
UNITS = (4, 6, 8, 10)
RATE, CHAINS, STEPS = 0.2, 200, 400
WANTED = 0.05  # nats
SCALE = {
    "floor": 0.5,
    "work": 1.0,
}  # of teachers' weights; 0.5 is so warm that annealing reaches their distribution
_COOLING = tuple(np.repeat([3.0, 2.0, 1.5, 1.25, 1.0], 4))


def tasks(size):
    """Teachers of each size, for the floor and for the work."""
    runs = 3 if size == "quick" else 20
    return [
        {"what": what, "n": n, "run": run}
        for what in ("floor", "work")
        for n in UNITS[: 3 if size == "quick" else None]
        for run in range(runs)
    ]


def measure(task, *, rng):
    """The KL beside the one expected; or the updates and the listed states that it takes to get to `WANTED`."""
    teacher = boltzmann.initial(task["n"], rng=rng, scale=SCALE[task["what"]])
    return floor(teacher, rng=rng) if task["what"] == "floor" else work(teacher, rng=rng)


def floor(teacher, *, rng):
    """Mean KL of the second half of `STEPS` sampled steps that begin at the teacher, found and expected."""
    v, p = visible(teacher)
    kls = [step.kl for step in sampled(teacher, v, p, CHAINS, STEPS, rng=rng)][STEPS // 2 :]
    expected = [expected_kl(fisher(teacher), RATE, CHAINS, t) for t in range(STEPS // 2 + 1, STEPS + 1)]
    return {"found": float(np.mean(kls)), "expected": float(np.mean(expected))}


def work(teacher, *, rng):
    """What it takes from small weights to a KL below `WANTED`: updates of single units, and states listed.

    Sampling gets as many chains as bring the floor to half of what is wanted.
    """
    v, p = visible(teacher)
    n, start = teacher.n, boltzmann.initial(teacher.n, rng=rng, scale=0.1)
    chains = int(np.ceil(RATE * np.trace(fisher(teacher)) / (2 * WANTED)))
    steps = next(s.step for s in sampled(start, v, p, chains, 10_000, rng=rng) if s.kl < WANTED)
    exactly = boltzmann.learn(start, v, p, steps=10_000, rate=RATE)
    listed = next(s.step for s in exactly if s.kl < WANTED)
    return {
        "chains": chains,
        "steps": steps,
        "updates": steps * chains * (len(_COOLING) + 1) * n,
        "listed": listed * 2**n,
    }


def visible(model):
    """All states of the visible units as bits, and their probabilities."""
    return (exact.states(model.n_visible) > 0).astype(np.int8), boltzmann.visible(model)


def sampled(start, v, p, chains, steps, *, rng):
    """Learning with a negative phase that anneals so many chains in every step."""
    phase = Annealed(_COOLING, sweeps=1, chains=chains)
    return boltzmann.learn(start, v, p, steps=steps, rate=RATE, negative=phase, rng=rng)


def fisher(model):
    """Covariance matrix of s_i s_j (i < j) and s_i in a machine of bits without hidden units."""
    v, p = visible(model)
    i, j = np.triu_indices(model.n, 1)
    x = np.hstack([v[:, i] * v[:, j], v]).astype(float)
    x -= p @ x
    return x.T @ (p[:, None] * x)


def expected_kl(F, rate, chains, steps):
    """KL to expect of a learner that began at the teacher, to lowest order in 1 / chains."""
    lam = np.linalg.eigvalsh(F)
    return rate / (2 * chains) * (lam * (1 - (1 - rate * lam) ** (2 * steps)) / (2 - rate * lam)).sum()


def summarise(found):
    """Found over expected floor; powers of n with which the floor's chains and the updates grow; a row for each n."""
    floors = [r for task, r in found if task["what"] == "floor"]
    ratios = np.array([r["found"] / r["expected"] for r in floors])
    rows, points = [], []
    for n in sorted({task["n"] for task, _ in found}):
        mine = [r for task, r in found if task["what"] == "work" and task["n"] == n]
        rows.append({"n": n} | {k: v for key in mine[0] for k, v in _mean(key, mine).items()})
        points += [(np.log(n), np.log(r["updates"])) for r in mine]
    x, y = np.array(points).T
    slope, error = _slope(x, y)
    return {
        "ratio": Estimate(ratios.mean(), ratios.std(ddof=1) / np.sqrt(len(ratios))),
        "power": Estimate(slope, error),
        "work": rows,
    }


def _mean(key, results):
    values = np.array([result[key] for result in results], dtype=float)
    return {key: float(values.mean()), f"{key}_error": float(values.std(ddof=1) / np.sqrt(len(values)))}


def _slope(x, y):
    """Slope of a line through points, with its standard error."""
    centred = x - x.mean()
    slope = centred @ y / (centred @ centred)
    rest = y - y.mean() - slope * centred
    return float(slope), float(np.sqrt(rest @ rest / (len(x) - 2) / (centred @ centred)))
