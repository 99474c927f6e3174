"""One case, in a process of its own: rounds in which each competitor has its turn, on one thread.

    python -m side_by_side.worker <workload> <number of the case> [competitors to leave out]

Prints a JSON line whenever it starts with a competitor, so that whoever crashes can be named, and
one with the results of each.
"""

import importlib
import importlib.metadata
import json
import os
import sys
import time

import numpy as np

ROUNDS = 9
SECONDS = 0.1  # each turn


def say(**line):
    print(json.dumps(line), flush=True)


def prepared(name, make):
    """The competitor, warm, with the repeats of a turn; or why not."""
    say(starts=name)
    try:
        competitor = make()
        competitor.run(1)
        repeats, took = 1, 0.0
        while took < SECONDS / 4:
            repeats = repeats if not took else max(2 * repeats, int(repeats * SECONDS / 2 / took))
            start = time.perf_counter()
            competitor.run(repeats)
            took = max(time.perf_counter() - start, 1e-6)
        return competitor, max(1, round(repeats * SECONDS / took)), ""
    except Exception as error:
        return None, 0, f"{type(error).__name__}: {error}"[:200]


def main(workload, number, leave_out):
    case = importlib.import_module(f"side_by_side.{workload}").CASES[number]
    names = [name for name in case.competitors if name not in leave_out]
    field = {name: prepared(name, case.competitors[name]) for name in names}
    rates = {name: [] for name, (competitor, *_) in field.items() if competitor}
    for _ in range(ROUNDS):
        for name in rates:
            competitor, repeats, _ = field[name]
            say(starts=name)
            start = time.perf_counter()
            competitor.run(repeats)
            rates[name].append(repeats * competitor.work / (time.perf_counter() - start))
    for name, (competitor, _, why) in field.items():
        say(starts=name)
        line = {"workload": case.workload, "size": case.size, "unit": case.unit, "competitor": name}
        if competitor:
            try:
                wrong = competitor.check()
            except Exception as error:
                wrong = f"{type(error).__name__}: {error}"[:200]
            low, median, high = np.quantile(rates[name], [0.25, 0.5, 0.75])
            line |= {"rate": median, "low": low, "high": high, "wrong": wrong}
            if names[0] in rates:  # round by round: a busy moment hits both
                line["ratio"] = np.median(np.divide(rates[names[0]], rates[name]))
        say(result=line | {"failed": why})


if __name__ == "__main__":
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[-1]})
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
