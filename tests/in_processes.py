"""What a script says in a process of its own: for what is settled once, as a process starts."""

import os
import subprocess
import sys


def on_one_thread_and_two(script):
    """What the script prints where numba and BLAS have one thread, and where they have two."""
    return [
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads, "NUMBA_NUM_THREADS": threads},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for threads in "12"
    ]
