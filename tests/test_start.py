"""What a fresh process loads before its first answer."""

import shutil
import subprocess
import sys
from pathlib import Path

import ebm


def fresh(script, **options):
    """What a process of its own prints."""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_the_package_alone_loads_nothing():
    assert (
        fresh('import sys, ebm; print(*{"numpy", "numba", "scipy", "matplotlib"} & sys.modules.keys())') == []
    )


FIRST_CALL = """
import sys
import numpy as np
from ebm import hopfield
hopfield.heat_bath(hopfield.hebb([[1, 1, -1]]), [1, 1, -1], 1.0, rng=np.random.default_rng(0), updates=9)
print(*{"scipy.linalg", "coverage"} & sys.modules.keys())
"""


def test_a_first_call_loads_no_more_than_it_uses():
    assert fresh(FIRST_CALL) == []


DOT = """
import numpy as np
import ebm._kernel
from numba import njit
a = np.arange(4.0)
print(njit(lambda a: np.dot(a, a))(a), njit(lambda a: np.convolve(a, a))(a)[-1])
print(njit(lambda a: np.linalg.inv(a))(np.eye(2))[0, 0])
"""


def test_jitted_functions_still_multiply_matrices():
    assert fresh(DOT) == ["14.0", "9.0", "1.0"]


# The names of the functions that this process compiles, rather than finding them on disk.
COMPILED = """
from numba.core import event
class Listener(event.Listener):
    def on_start(self, event): pass
    def on_end(self, event): print("compiled:" + event.data["dispatcher"].py_func.__name__)
event.register("numba:compile", Listener())
"""
DRAW = "import numpy as np; from ebm import random; random.next_word(np.ones(4, dtype=np.uint64))"


def test_a_new_time_of_a_file_compiles_nothing_and_a_new_text_does(tmp_path):
    shutil.copytree(Path(ebm.__file__).parent, tmp_path / "ebm", ignore=shutil.ignore_patterns("__pycache__"))
    here = {"cwd": tmp_path, "env": {"PYTHONPATH": str(tmp_path)}}
    assert "compiled:next_word" in fresh(COMPILED + DRAW, **here)
    for path in tmp_path.rglob("*.py"):
        path.touch()
    assert fresh(COMPILED + DRAW, **here) == []
    maths = tmp_path / "ebm" / "maths.py"
    maths.write_text(maths.read_text() + "\n# another text\n")
    assert "compiled:next_word" in fresh(COMPILED + DRAW, **here)
