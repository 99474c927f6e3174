"""The walls around a submission: Bubblewrap, with nothing in sight but Python and the library.

No network, no other process, no file of the machine but system libraries, Python's packages and
`lib/`; read-only, but for a small /tmp in memory that is gone afterwards.
"""

import functools
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIBRARY = HERE.parent.parent / "lib"
PACKAGES = sysconfig.get_path("purelib")
SCRATCH, SHARED = 64 * 2**20, 16 * 2**20  # bytes in /tmp and /dev/shm
STARTED = 60  # seconds to start Python, on a busy machine


class NoSandbox(RuntimeError):
    """There can be none on this machine; the message says why, and what to do."""


HELP = (
    "\nSubmissions are not run without a sandbox. On Debian or Ubuntu: apt install bubblewrap libseccomp2. "
    "Where user namespaces are off, or on another system, grade in containers instead: "
    "`make autograder`, then `otter grade -a ZIP --containers 2 SUBMISSIONS` (it needs Docker)."
)


def command(descriptor):
    """What starts `inside.py` behind the walls; it speaks on this descriptor."""
    home = "/box"
    seen = [sys.base_prefix, PACKAGES]
    return [
        "bwrap",
        *("--unshare-all", "--die-with-parent", "--new-session", "--clearenv"),
        *("--uid", "65534", "--gid", "65534", "--hostname", "sandbox"),
        *("--size", str(SCRATCH), "--tmpfs", "/tmp"),  # first: the course itself may lie below /tmp
        *("--ro-bind", "/usr", "/usr"),
        *(
            part
            for name in ("lib", "lib64", "bin", "sbin")
            for part in ("--symlink", f"usr/{name}", f"/{name}")
        ),
        *("--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"),
        *(part for path in seen for part in ("--ro-bind", path, path)),
        *("--ro-bind", str(HERE / "inside.py"), f"{home}/bin/inside.py"),
        *("--ro-bind", str(HERE / "wire.py"), f"{home}/bin/wire.py"),
        *("--ro-bind", str(LIBRARY), f"{home}/lib"),
        *("--proc", "/proc", "--dev", "/dev"),
        *("--size", str(SHARED), "--tmpfs", "/dev/shm", "--remount-ro", "/dev"),
        *("--dir", "/tmp/work", "--dir", "/tmp/settings"),
        *(part for path in font_list() for part in ("--ro-bind", path, f"/tmp/settings/{Path(path).name}")),
        *("--chdir", "/tmp/work", "--remount-ro", "/"),
        *(part for name, value in environment().items() for part in ("--setenv", name, value)),
        *(os.path.realpath(sys.executable), "-s", f"{home}/bin/inside.py", str(descriptor)),
    ]


def environment():
    """All that a submission finds in its environment."""
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")}
    # Older OpenBLAS builds compute wrong results on some processors unless told the core.
    kept = {k: os.environ[k] for k in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE") if k in os.environ}
    folders = {"HOME": "/tmp/work", "MPLCONFIGDIR": "/tmp/settings", "IPYTHONDIR": "/tmp/settings"}
    plain = {"PYTHONPATH": PACKAGES, "MPLBACKEND": "agg", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    return threads | kept | folders | plain


@functools.cache
def font_list():
    """matplotlib's list of fonts, which takes it a second to make."""
    from matplotlib import font_manager, get_cachedir

    found = Path(get_cachedir()) / f"fontlist-v{font_manager.FontManager.__version__}.json"
    return (str(found),) if found.exists() else ()


def start():
    """A sandbox at work, and the socket to speak with it.

    Returns
    -------
    subprocess.Popen, socket.socket
    """
    here, there = socket.socketpair()
    with there:
        process = subprocess.Popen(
            command(there.fileno()),
            pass_fds=[there.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
    return process, here


def why_not():
    """Why there can be no sandbox here, or an empty string."""
    if not sys.platform.startswith("linux"):
        return f"there is no Bubblewrap on {sys.platform}"
    if not shutil.which("bwrap"):
        return "Bubblewrap is not installed"
    try:
        import pyseccomp  # noqa: F401
    except (ImportError, RuntimeError, OSError) as error:
        return f"libseccomp cannot be used: {error}"
    process, line = start()
    with line:
        line.settimeout(STARTED)
        try:
            began = bool(line.recv(4))
        except OSError:
            began = False
    process.kill()
    said = process.stderr.read().decode(errors="replace").strip()
    process.wait()
    return (
        "" if began else f"Bubblewrap does not start: {said.splitlines()[-1] if said else 'no reason given'}"
    )


def require():
    """Raise NoSandbox where there can be none."""
    why = why_not()
    if why:
        raise NoSandbox(why + HELP)
