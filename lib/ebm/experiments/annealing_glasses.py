"""Success against sweeps where the ground state is known for certain, and replica exchange at the same price.

Glasses of Sherrington and Kirkpatrick with 24 spins, all of whose states are listed; and square
lattices of 16 x 16 bonds of +1 or -1, solved by a table of lowest energies carried spin by spin.
A lattice is closed to a ring across and open at its two ends, a cylinder: that takes 0.03 s, one closed
both ways 20 minutes. Every length of an annealing and the exchange meet the same instances.

The price of a run is its sweeps, those of the last quench included; an exchange pays for each of
its copies. From runs that succeeded or not, the chance that one of any k of them did is

    1 - C(runs - hits, k) / C(runs, k)

which has no bias, unlike 1 - (1 - hits / runs)^k.
"""

import numpy as np
from scipy.stats import binom, hypergeom

from ebm import annealing
from ebm.annealing.success import _time
from ebm.diagnostics import Estimate
from ebm.experiments._fits import chosen, over
from ebm.experiments._glasses import lattice, sk

SEED = 1975
LENGTHS = {"SK": [0, 10, 30, 100, 300, 1000], "lattice": [0, 10, 30, 100, 300, 1000, 3000, 10_000]}
ENDS = {"SK": (1.5, 0.1), "lattice": (2.0, 0.2)}  # first and last temperature; 0 sweeps are a quench alone
_LONG = 10_000  # sweeps; of runs that long there are fewer
_QUENCHES = 1200  # they are cheap, and one long annealing pays for very many
_STEPS = 100  # at most so many temperatures, with several sweeps at each
LADDER = (2.0, 0.3, 12)  # hottest, coldest, copies
BUDGET = 48_000  # sweeps of all copies together
_PRICES = [1000, 2000, 4000, 8000, 16_000, 32_000, 48_000]


def tasks(size):
    """One glass each."""
    quick = size == "quick"
    glasses = [{"model": "SK", "glass": k, "runs": 200} for k in range(6 if quick else 60)]
    sizes = {"runs": 12, "long": 8, "exchanges": 4} if quick else {"runs": 60, "long": 24, "exchanges": 8}
    return glasses + [{"model": "lattice", "glass": k} | sizes for k in range(3 if quick else 24)]


def measure(task, *, rng):
    """Hits and mean sweeps for each length; for a lattice, what each exchange paid until its first hit."""
    kind = task["model"]
    model, lowest = sk(rng=rng) if kind == "SK" else lattice(rng=rng)
    found = {"lowest": lowest, "n": model.n}
    found["runs"] = [cooled(model, lowest, t, _runs(task, t), ENDS[kind], rng=rng) for t in LENGTHS[kind]]
    if kind == "lattice":
        found["exchange"] = [exchanged(model, lowest, rng=rng) for _ in range(task["exchanges"])]
    return found


def _runs(task, sweeps):
    """How many runs of a length."""
    return {0: _QUENCHES, _LONG: task.get("long")}.get(sweeps, task["runs"])


def cooled(model, lowest, sweeps, runs, ends, *, rng):
    """Geometric schedules, with a quench at the end: [runs, hits, mean sweeps, mean energy above the lowest]."""
    s = annealing.random_starts(model, runs, rng=rng)
    if sweeps:
        steps = min(sweeps, _STEPS)
        T = annealing.geometric(*ends, steps)
        *_, last = annealing.anneal(model, s, T, rng=rng, sweeps=sweeps // steps)
        s = last.s
    rest = annealing.quench(model, s, rng=rng)
    above = rest.energies - lowest
    return [runs, int((above < 1e-6).sum()), float(sweeps + rest.sweeps.mean()), float(above.mean())]


def exchanged(model, lowest, *, rng):
    """Sweeps, of all copies together, until replica exchange was first at the lowest energy; None if not in time."""
    T = annealing.geometric(*LADDER)[::-1]
    s = annealing.random_starts(model, len(T), rng=rng)
    run = annealing.replica_exchange(model, s, T, rng=rng, sweeps=BUDGET // len(T))
    there = np.flatnonzero((run.energies < lowest + 1e-6).any(axis=1))
    return int(len(T) * (there[0] + 1)) if len(there) else None


def one_of(k, hits, runs):
    """The chance that at least one of k runs succeeds, without bias."""
    if k > runs:
        raise ValueError(f"k is {k}; wanted at most {runs}, as many runs as were made")
    return float(hypergeom.sf(0, runs, hits, k))


def summarise(found):
    """Shares and times to solution against sweeps; annealing beside quenches, and beside exchange, at one price."""
    groups = {kind: chosen(found, model=kind) for kind in LENGTHS}
    curves = [_row(kind, t, groups[kind]) for kind in LENGTHS for t in LENGTHS[kind]]
    share = {(row["model"], row["sweeps"]): Estimate(row["share"], row["error"]) for row in curves}
    exchange = over([_reached(glass, BUDGET) for glass in groups["lattice"]])
    _, annealed = _best(groups["lattice"], BUDGET)
    return {
        "sk_quench": share["SK", 0],
        "sk_100": share["SK", 100],
        "lattice_quench": share["lattice", 0],
        "lattice_3000": share["lattice", 3000],
        "sk_gain": _gain("SK", 30, 300, groups["SK"]),
        "lattice_gain": _gain("lattice", 100, 10_000, groups["lattice"]),
        "sk_against_quenches": _against_quenches("SK", 100, groups["SK"]),
        "lattice_against_quenches": _against_quenches("lattice", 3000, groups["lattice"]),
        "exchange": exchange,
        "annealing": over(annealed),
        "exchange_less_annealing": over(
            [
                _reached(glass, BUDGET) - chance
                for glass, chance in zip(groups["lattice"], annealed, strict=True)
            ]
        ),
        "curves": curves,
        "prices": [_price(price, groups["lattice"]) for price in _PRICES],
    }


def _row(kind, sweeps, glasses):
    """One length: the share over glasses, the energy above the ground state, the median time to solution."""
    k = LENGTHS[kind].index(sweeps)
    runs, hits, spent, above = np.array([glass["runs"][k] for glass in glasses]).T
    share, above = over(hits / runs), over(above / glasses[0]["n"])
    times = np.sort([_time(p, sweeps, 0.99) for p, sweeps in zip(hits / runs, spent, strict=True)])
    low, high = _around_the_median(len(times))
    return {
        "model": kind,
        "sweeps": sweeps,
        "spent": float(spent.mean()),
        "share": share.value,
        "error": share.error,
        "above": above.value,
        "above_error": above.error,
        "time": _finite(times[len(times) // 2]),
        "time_low": _finite(times[low]),
        "time_high": _finite(times[high]),
    }


def _around_the_median(k):
    """Places in a sorted list of k that hold the true median between them with at least 95%, by the binomial."""
    low = max(int(binom.ppf(0.025, k, 0.5)) - 1, 0)
    return low, k - 1 - low


def _finite(x):
    """None for infinity, which JSON has not."""
    return float(x) if np.isfinite(x) else None


def _gain(kind, short, long, glasses):
    """How much more often the longer schedule succeeds, on the same glasses."""
    a, b = (LENGTHS[kind].index(sweeps) for sweeps in (short, long))
    return over(
        [
            glass["runs"][b][1] / glass["runs"][b][0] - glass["runs"][a][1] / glass["runs"][a][0]
            for glass in glasses
        ]
    )


def _against_quenches(kind, sweeps, glasses):
    """Share of annealings that succeed, less the chance that one of the quenches does that cost as much."""
    k, differences = LENGTHS[kind].index(sweeps), []
    for glass in glasses:
        runs, hits, spent, _ = glass["runs"][k]
        differences.append(hits / runs - _repeated(glass["runs"][0], spent))
    return over(differences)


def _repeated(run, price):
    """The chance that one of as many runs succeeds as the price pays for."""
    runs, hits, spent, _ = run
    return one_of(int(price // spent), hits, runs)


def _reached(glass, price):
    """Share of the exchanges that were at the lowest energy before they had spent so much."""
    return float(np.mean([paid is not None and paid <= price for paid in glass["exchange"]]))


def _best(lattices, price):
    """The length of annealing that is best for a price, repeated as often as that pays for, and its chances.

    A length is left out if one run costs more, or if fewer runs were made than the price pays for.
    It is chosen by its mean success on the very same lattices: whatever that biases, it favours annealing.
    """
    chances = {}
    for k, sweeps in enumerate(LENGTHS["lattice"]):
        runs, _, spent, _ = np.array([glass["runs"][k] for glass in lattices]).T
        if (spent <= price).all() and (price // spent <= runs).all():
            chances[sweeps] = [_repeated(glass["runs"][k], price) for glass in lattices]
    best = max(chances, key=lambda sweeps: np.mean(chances[sweeps]))
    return best, chances[best]


def _price(price, lattices):
    """Exchange and the best annealing at one price."""
    exchange = over([_reached(glass, price) for glass in lattices])
    sweeps, chances = _best(lattices, price)
    annealed = over(chances)
    return {
        "price": price,
        "exchange": exchange.value,
        "exchange_error": exchange.error,
        "annealing": annealed.value,
        "annealing_error": annealed.error,
        "sweeps": sweeps,
    }
