"""The code that numba keeps on disk: used again, and thrown away when a file it came from changes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import ebm

SCRIPT = """
import numpy as np
from ebm import random
from ebm.fast import multispin
threads = multispin._sweeps_of_groups._cache._cache_file._source_stamp
assert threads == random.normal._cache._cache_file._source_stamp and len(threads) == 64
print(random.normal(np.array([1, 2, 3, 4], dtype=np.uint64)), sum(random.normal.stats.cache_hits.values()))
"""


def ran(place):
    """A normal number from the package in that place, and how often its code came from the disk."""
    environment = {**os.environ, "PYTHONPATH": str(place), "NUMBA_CACHE_DIR": str(place / "kept")}
    said = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, check=True, capture_output=True, text=True
    ).stdout.split()
    return float(said[0]), int(said[1])


def test_a_change_in_another_file_reaches_the_kernel(tmp_path):
    package = Path(ebm.__file__).parent
    shutil.copytree(package, tmp_path / "ebm", ignore=shutil.ignore_patterns("__pycache__"))
    first, hits = ran(tmp_path)
    assert hits == 0 and ran(tmp_path) == (first, 1)
    maths = tmp_path / "ebm" / "maths.py"
    text = maths.read_text()
    maths.write_text(text.replace("    return k * _LN2_HIGH + ", "    return 4 * k * _LN2_HIGH + 4 * "))
    assert maths.read_text() != text
    second, hits = ran(tmp_path)
    assert second == pytest.approx(2 * first) and hits == 0  # it goes by the root of the logarithm
    (tmp_path / "ebm" / "plot.py").write_text("")  # holds no kernel
    assert ran(tmp_path) == (second, 1)
