"""Run a chapter's code cells in a process of its own, each of them twice; print what that cost.

    python tests/run_chapter.py book/02_hopfield.ipynb

The last line is JSON: seconds of computing for the first run of all cells (what a reader waits for at
most, on a core that does nothing else), the peak of the memory in MB over both runs of all cells,
the functions that the first run compiled, rather than finding them on disk, and the cells that fail in the
second run.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

os.environ.setdefault("MPLBACKEND", "agg")


def main(path):
    from IPython.core.interactiveshell import InteractiveShell
    from numba.core import event

    cells = [cell for cell in json.loads(Path(path).read_text())["cells"] if cell["cell_type"] == "code"]
    shell, seconds, compiled, again = InteractiveShell.instance(), 0.0, [], []
    for cell in cells:
        begun = time.process_time()
        with event.install_recorder("numba:compile") as recorder:
            result = shell.run_cell("".join(cell["source"]))
        seconds += time.process_time() - begun
        compiled += [one.data["dispatcher"].py_func.__name__ for _, one in recorder.buffer if one.is_start]
        result.raise_error()
        if not shell.run_cell("".join(cell["source"])).success:
            again.append(cell["id"])
    peak = peak_megabytes()
    cost = {"seconds": round(seconds, 1), "megabytes": round(peak), "compiled": compiled, "fail again": again}
    print(json.dumps(cost))


def peak_megabytes():
    """Of this program alone: where there is no /proc, the figure begins at what its parent had."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(sys.argv[1])
