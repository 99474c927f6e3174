"""An environment of its own for the libraries we compare with: each by itself, so that one that fails stops no other.

python benchmarks/peers.py        makes benchmarks/.venv, names what did not install
"""

import json
import re
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENVIRONMENT = HERE / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
FAILED = ENVIRONMENT / "failed.json"
OURS = ("matplotlib", "numba", "numpy", "scipy", "threadpoolctl", "tqdm")


def wanted():
    """name==version, a peer a line."""
    lines = (HERE / "requirements.txt").read_text().splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def ours():
    """What the library itself needs, at the versions the book is built with."""
    lines = (HERE.parent / "requirements.txt").read_text().splitlines()
    return [line for line in lines if re.match(rf"({'|'.join(OURS)})==", line)]


def install(requirements, constraints=()):
    """The end of pip's complaint, or an empty string."""
    command = [PYTHON, "-m", "pip", "install", "-q", *requirements, *constraints]
    done = subprocess.run(command, capture_output=True, text=True)
    return "" if done.returncode == 0 else (done.stderr.strip().splitlines() or ["no reason given"])[-1]


def main():
    if not PYTHON.exists():
        venv.create(ENVIRONMENT, with_pip=True)
    why = install(ours())
    if why:
        sys.exit(f"the library's own packages did not install: {why}")
    failed = {}
    for requirement in wanted():
        print(f"    {requirement}", flush=True)
        why = install([requirement])
        if why:
            failed[requirement.split("==")[0]] = why
            print(f"    {requirement} did not install: {why}", flush=True)
    FAILED.write_text(json.dumps(failed))
    # The library itself, from this folder.
    site = subprocess.run(
        [PYTHON, "-c", "import site; print(site.getsitepackages()[0])"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    (Path(site) / "ebm.pth").write_text(str(HERE.parent / "lib"))


if __name__ == "__main__":
    main()
