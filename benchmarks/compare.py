"""Our kernels and other libraries, side by side: `make bench` runs this after our own timings.

    benchmarks/.venv/bin/python benchmarks/compare.py [workload ...]

One JSON line a competitor goes to benchmarks/results.jsonl, and a table and a plot show them. With names
of workloads, the others keep their lines.
"""

import datetime
import importlib
import json
import math
import os
import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results.jsonl"
PLOT = HERE.parent / "book" / "_assets" / "benchmarks.svg"
WORKLOADS = ["ising", "wolff", "enumeration", "heat_bath", "hopfield", "rbm", "ais", "annealing"]
PACKAGES = {"PyTorch": "torch", "NumPy": "numpy", "JAX": "jax", "ebm": "ebm"}
ONE_THREAD = ("OMP", "OPENBLAS", "MKL", "NUMBA", "RAYON")
# Settings for another processor than this one would slow NumPy's products of matrices; they belong together.
FOREIGN = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
SECONDS = 900  # for a case


def machine():
    """What it ran on."""
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "date": datetime.date.today().isoformat(),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
    }


def version(name):
    """Of the package a competitor comes from."""
    first = name.split(",")[0]
    try:
        return metadata.version(PACKAGES.get(first, first))
    except metadata.PackageNotFoundError:
        return ""


def environment():
    """Of every process of the comparison: one thread, and BLAS free to see which processor it is on."""
    found = {**os.environ, **{f"{name}_NUM_THREADS": "1" for name in ONE_THREAD}}
    for name in FOREIGN:
        found.pop(name, None)
    found["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    found["PYTHONPATH"] = os.pathsep.join([str(HERE), str(HERE.parent / "lib")])
    return found


BLAS = """
import json, numpy as np, threadpoolctl
a = np.random.default_rng(0).normal(size=(2, 96, 96)).astype(np.float32)
exact = np.einsum("ij,jk->ik", *a.astype(float))
off = float(np.abs(a[0] @ a[1] - exact).max())
kinds = [pool.get("architecture", "unknown") for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"]
print(json.dumps({"kinds": sorted(set(kinds)), "off": off}))
"""
ROUNDING = 96 * 2**-24 * 40  # terms of a sum, single precision, and more than any sum of such products


def blas():
    """The kinds of processor that NumPy's BLAS takes this one for; stops if its products are wrong."""
    done = subprocess.run([sys.executable, "-c", BLAS], env=environment(), capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"NumPy's BLAS cannot be asked: {done.stderr.strip()[-200:]}")
    found = json.loads(done.stdout)
    if not found["off"] < ROUNDING:
        sys.exit(
            f"NumPy's products of matrices are off by {found['off']:.1e}; wanted less than {ROUNDING:.1e}"
        )
    return ", ".join(found["kinds"])


def run(workload, number):
    """Result lines of a case. A competitor that takes the process with it is named, and the rest runs again."""
    left_out, crashed = [], []
    while True:
        command = [sys.executable, "-m", "side_by_side.worker", workload, str(number), *left_out]
        found, last, why = [], None, ""
        try:
            done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=SECONDS)
            said, status = done.stdout, done.returncode
            why = (
                f"the process ended with status {status}"
                + "".join(done.stderr.strip().splitlines()[-1:])[:200]
            )
        except subprocess.TimeoutExpired as expired:
            said, status, why = (expired.stdout or b"").decode(), 1, f"no answer in {SECONDS} s"
        for line in said.splitlines():
            try:
                message = json.loads(line)
            except json.JSONDecodeError:
                continue  # what a library prints
            last = message.get("starts", last)
            found += [message["result"]] if "result" in message else []
        if status == 0:
            return found + crashed
        if last is None or last in left_out:
            sys.exit(f"{workload}: {why}")
        left_out.append(last)
        crashed.append({"competitor": last, "failed": why})


def compared(case, lines, peers_failed):
    """The lines of a case, with versions, goals, and what did not install."""
    for line in lines:
        name = line["competitor"]
        line |= {"workload": case.workload, "size": case.size, "unit": case.unit, "version": version(name)}
        if name in case.goals:
            line |= {"goal": case.goals[name], "bound": case.bound}
        missing = peers_failed.get(PACKAGES.get(name.split(",")[0], name.split(",")[0]))
        if missing:
            line["failed"] = f"did not install: {missing}"
    return lines


def show(line):
    name = f"{line['workload']:30} {line['size']:22} {line['competitor']:18}"
    if line.get("failed"):
        return f"{name} {line['failed']}"
    spread = f"[{line['low']:.4g}, {line['high']:.4g}]"
    text = f"{name} {line['rate']:10.4g} {spread} {line['unit']:12} {line.get('ratio', math.nan):8.1f}x"
    if "goal" in line:
        missed = "" if line.get("ratio", 0) >= line["goal"] else f": short, {line['bound']}"
        text += f"  goal {line['goal']}x{missed}"
    return text + (f"  WRONG: {line['wrong']}" if line["wrong"] else "")


def plot(lines):
    """Ratios, a dot each; the goals as open marks."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "benchmarks"
    from matplotlib import pyplot

    shown = [line for line in lines if "ratio" in line and line["ratio"] != 1][::-1]
    figure, ax = pyplot.subplots(figsize=(8, 1 + 0.27 * len(shown)))
    places = range(len(shown))
    ax.barh(places, [line["ratio"] for line in shown], color="#0072B2", height=0.6, left=0)
    goals = [(line["goal"], place) for place, line in zip(places, shown, strict=True) if "goal" in line]
    ax.plot(*zip(*goals, strict=True), "D", color="#D55E00", markersize=6, label="goal") if goals else None
    ax.set_xscale("log")
    ax.margins(y=0.01)  # of many bars, the usual twentieth is a gap
    ax.set_yticks(
        places, [f"{line['workload']}, {line['size']}: {line['competitor']}" for line in shown], fontsize=8
    )
    ax.set_xlabel("times as fast as that library, one thread")
    ax.axvline(1, color="0.5", linewidth=1)
    if goals:
        ax.legend(loc="lower right")
    figure.tight_layout()
    PLOT.parent.mkdir(exist_ok=True)
    figure.savefig(PLOT, metadata={"Date": None})


def with_the_rest(found):
    """The lines of workloads that did not run now, as they are on disk, if they come from such a machine."""
    old = (
        [json.loads(line) for line in RESULTS.read_text().splitlines()]
        if RESULTS.exists()
        else [{"machine": {}}]
    )
    same = all(
        old[0]["machine"].get(key) == value
        for key, value in found[0]["machine"].items()
        if key not in ("date", "load")
    )
    done = {line["workload"] for line in found[1:]}
    return found + [line for line in old[1:] if same and line["workload"] not in done]


def main(names):
    sys.path[:0] = [str(HERE), str(HERE.parent / "lib")]
    failed = HERE / ".venv" / "failed.json"
    peers_failed = json.loads(failed.read_text()) if failed.exists() else {}
    for name, why in peers_failed.items():
        print(f"{name} did not install: {why}")
    found = [{"machine": machine(), "missing": peers_failed, "blas": blas()}]
    for name in names or WORKLOADS:
        for number, case in enumerate(importlib.import_module(f"side_by_side.{name}").CASES):
            lines = compared(case, run(name, number), peers_failed)
            for line in lines:
                print(show(line), flush=True)
            found += lines
    found = with_the_rest(found)
    RESULTS.write_text("".join(json.dumps(line) + "\n" for line in found))
    plot(found[1:])
    return any(line.get("wrong") and line["competitor"].startswith("ebm") for line in found[1:])


if __name__ == "__main__":
    sys.exit("our own results are wrong" if main(sys.argv[1:]) else 0)
