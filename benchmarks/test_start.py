"""What a reader waits for first: the import, and the first call of a kernel with a warm disk cache."""

import subprocess
import sys

IMPORT = "import time; start = time.perf_counter(); import ebm; print(time.perf_counter() - start)"
FIRST_CALL = """
import time
import numpy as np
from ebm import hopfield
model = hopfield.hebb([[1, 1, -1]])
start = time.perf_counter()
hopfield.heat_bath(model, [1, 1, -1], 1.0, rng=np.random.default_rng(0), updates=9)
print(time.perf_counter() - start)
"""
LIBRARY = """
import time
start = time.perf_counter()
from ebm import hopfield
print(time.perf_counter() - start)
"""


def seconds(script: str) -> float:
    """What a fresh process measured of itself, after one that warmed the caches."""
    return float(
        subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
    )


def measure(benchmark, script):
    """The clock of pytest-benchmark shows the whole process; the reader's wait is in `extra_info`."""
    seconds(script)
    waits = []
    benchmark.pedantic(lambda: waits.append(seconds(script)), rounds=9)
    benchmark.extra_info["median seconds"] = sorted(waits)[len(waits) // 2]


def test_import_ebm(benchmark):
    measure(benchmark, IMPORT)


def test_import_hopfield(benchmark):
    measure(benchmark, LIBRARY)


def test_first_call_of_a_kernel(benchmark):
    measure(benchmark, FIRST_CALL)
