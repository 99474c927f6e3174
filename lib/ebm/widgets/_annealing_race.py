"""A race of `annealing`: 200 runs of each method from the same starts, counted, checked and drawn."""

import numpy as np

from ebm import _check, hopfield
from ebm.annealing import cooling
from ebm.annealing.success import success
from ebm.widgets._annealing_networks import N, _deal, _judge

METHODS = ("quench", "fixed T", "linear", "geometric", "logarithmic")
RUNS = 200  # of each method
MOST = 100  # sweeps
LONGEST = MOST + 100  # a run with its final quench is shorter
COUNTS = ("hits", "lowest", "sweeps")


def run(network, schedules, words):
    """For each method which runs ended in a memory, (200,) bool, and the counts of all; words are used up."""
    rows, starts = np.empty((RUNS, 4), np.uint64), np.empty((RUNS, N), np.int8)
    _deal(words, rows)
    hopfield._scatter(words, starts)
    ended, counts = {}, {name: [] for name in COUNTS}
    for method, T in schedules.items():
        hits, deep, sweeps = _down(network, T, starts.copy(), rows.copy())
        ended[method] = hits > 0
        for name, found in zip(COUNTS, (hits, deep, sweeps), strict=True):
            counts[name].append(int(found.sum(dtype=np.int64)))
    return ended, counts


def _down(network, T, s, words):
    """Runs through temperatures T and a quench: which ended in a memory, which lowest, the sweeps they took."""
    model = network.model
    if len(T):
        *_, last = cooling._coolings(model, s, T, words, 1, 0, False)
        s = last.s
    made, fields = np.empty(RUNS, dtype=np.int64), hopfield.field(model, s)
    cooling._quench(model.W, s, fields, hopfield._tie(model), words, np.arange(N), np.empty(N), made)
    hits, deep = np.empty(RUNS, dtype=np.int8), np.empty(RUNS, dtype=np.int8)
    _judge(model.W, model.b, network.patterns, s, network.lowest, np.empty(len(network.patterns)), hits, deep)
    return hits, deep, made + len(T)


def checked(results):
    """The results with all their parts in form, or a ValueError; {} before there is a race."""
    if not isinstance(results, dict) or (results and set(results) != {"settings", *COUNTS}):
        raise ValueError(f"results is {results!r}; wanted {{}} or a dict of settings, {', '.join(COUNTS)}")
    if not results:
        return {}
    T, T_start, T_end, sweeps = _check.reals("settings", results["settings"], 4, ndim=1).tolist()
    limits = {"hits": RUNS, "lowest": RUNS, "sweeps": RUNS * LONGEST}
    counts = {
        name: _check.whole(name, results[name], len(METHODS), below=limits[name] + 1).tolist()
        for name in COUNTS
    }
    return {"settings": [T, T_start, T_end, int(sweeps)], **counts}


def draw(ax, results, settings, memories):
    """The shares with their intervals; returns the picture in words."""
    T, T_start, T_end, sweeps = results["settings"] if results else settings
    ax.set(xlabel=f"{sweeps} sweeps; T = {T:.2f}, or {T_start:.2f} to {T_end:.2f}")
    ax.set(ylabel="share of runs", ylim=(0, 1.05))
    ax.set_xticks(range(len(METHODS)), ["quench", "fixed T", "linear", "geom.", "log."], fontsize=8)
    if not results:
        ax.set_title("No race yet")
        return f"Five methods that wait for a race of {RUNS} runs of each."
    shares = [success(np.arange(RUNS) < hits) for hits in results["hits"]]
    values = [share.value for share in shares]
    errors = [[s.value - s.low for s in shares], [s.high - s.value for s in shares]]
    ax.bar(range(len(METHODS)), values, 0.6, yerr=errors, label="in a memory", error_kw={"capsize": 4})
    deep = np.array(results["lowest"]) / RUNS
    ax.plot(range(len(METHODS)), deep, "D", markersize=6, label="at the lowest energy")
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    ax.set_title(f"{RUNS} runs of each on {memories}, with 95% intervals")
    told = ", ".join(f"{method} {value:.2f}" for method, value in zip(METHODS, values, strict=True))
    return f"The share of {RUNS} runs that ended in a stored memory or its mirror image: {told}."
