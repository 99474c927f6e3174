"""Find what a sandbox for submissions needs, or install it.

python scripts/bubblewrap.py            says what there is; installs Debian's packages where it may
"""

import os
import sys

from chromium import is_debian, run
from grading import sandbox


def main() -> None:
    why = sandbox.why_not()
    if why and is_debian() and hasattr(os, "geteuid") and os.geteuid() == 0:
        print(f"  {why}: installing Debian's packages with apt-get", flush=True)
        run("apt-get", "update", "-qq")
        run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "bubblewrap", "libseccomp2")
        why = sandbox.why_not()
    print(f"  no sandbox here: {why}" if why else "  submissions can be run behind walls")


if __name__ == "__main__":
    sys.exit(main())
