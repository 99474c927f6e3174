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
    if root and is_debian() and shutil.which("apt-get"):
        print("  no Chromium here: installing Debian's with apt-get", flush=True)
        quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        subprocess.run(["apt-get", "update", "-qq"], env=quiet)
        command = [
            "apt-get",
            "install",
            "-y",
            "-qq",
            "--no-install-recommends",
            "chromium",
            "fonts-liberation",
        ]
        if subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL).returncode == 0 and find():
            return
    print("  no Chromium here: installing Playwright's", flush=True)
    command = [sys.executable, "-m", "playwright", "install", *(["--with-deps"] if root else []), "chromium"]
    subprocess.run(command)


def is_debian() -> bool:
    """Debian itself: Ubuntu's package of the same name only points to a snap."""
    release = Path("/etc/os-release")
    return release.exists() and "ID=debian" in release.read_text().splitlines()


if __name__ == "__main__":
    if not find():
        install()
    print(find() or sys.exit("no Chromium could be installed: put `chromium` on the PATH and run this again"))
