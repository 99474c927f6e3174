"""What a reader waits for first, in fresh processes with a warm cache on disk: `make bench` runs this.

python benchmarks/start.py        a JSON line a step goes to benchmarks/start.jsonl
"""

import json
from pathlib import Path

import numpy as np
from compare import machine

from test_start import FIRST_CALL, IMPORT, LIBRARY, seconds

RESULTS = Path(__file__).resolve().parent / "start.jsonl"
ROUNDS = 5
ALL = "import time; whole = time.perf_counter()\n" + FIRST_CALL.replace("- start)", "- whole)")
STEPS = {
    "import ebm": (IMPORT, "0.3"),
    "import ebm.hopfield, with NumPy and numba": (LIBRARY, ""),
    "the first kernel after it": (FIRST_CALL, "0.5, better 0.3"),
    "all of it, from an empty process": (ALL, "0.3"),
}


def main():
    found = {step: [] for step in STEPS}
    for turn in range(ROUNDS + 1):  # the first turn warms the caches
        for step, (script, _) in STEPS.items():
            took = seconds(script)
            found[step] += [took] if turn else []
    lines = [{"machine": machine()}]
    for step, (_, goal) in STEPS.items():
        low, median, high = np.quantile(found[step], [0.25, 0.5, 0.75])
        lines.append({"step": step, "seconds": median, "low": low, "high": high, "goal": goal})
        print(json.dumps(lines[-1]), flush=True)
    RESULTS.write_text("".join(json.dumps(line) + "\n" for line in lines))


if __name__ == "__main__":
    main()
