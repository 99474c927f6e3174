"""Find a Chromium for the browser tests, or install one.

python scripts/chromium.py            prints its path, installing it first if there is none
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find() -> str | None:
    """The path of a Chromium: the system's, else the one Playwright keeps, else None."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> None:
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root and is_debian():
        print("  no Chromium here: installing Debian's with apt-get", flush=True)
        run("apt-get", "update", "-qq")
        run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-liberation")
    if not find():
        print("  no Chromium here: installing Playwright's", flush=True)
        playwright = [sys.executable, "-m", "playwright", "install", "chromium"]
        # Its libraries come from the system's packages, which only root may install.
        if not root or run(*playwright, "--with-deps"):
            run(*playwright)


def run(*command: str) -> int:
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    return subprocess.run(command, env=environment, stdout=subprocess.DEVNULL).returncode


def is_debian() -> bool:
    """Debian itself: Ubuntu's package of the same name only points to a snap."""
    release = Path("/etc/os-release")
    debian = release.exists() and "ID=debian" in release.read_text().splitlines()
    return debian and shutil.which("apt-get") is not None


if __name__ == "__main__":
    if not find():
        install()
    print(find() or sys.exit("no Chromium could be installed: put `chromium` on the PATH and run this again"))
