"""The judge's end: a notebook that runs in a sandbox, and the names it defines.

Whatever kills the sandbox (an endless loop, os._exit) costs the cell or the call that did it: the
sandbox is started anew, and the notebook runs again without that cell.
"""

import time
from typing import NamedTuple

from grading import sandbox, wire

MOST = 6  # sandboxes for a submission


class Limits(NamedTuple):
    """Seconds: for a cell, for the calls of one test, for a submission."""

    cell: float = 60.0
    test: float = 60.0
    total: float = 300.0


class Failed(Exception):
    """The submission cannot go on; the message says why."""


class Fault(Exception):
    """Not the submission's fault."""


class Session:
    """A submission at its desk.

    cells : list of str, their code
    limits : Limits
    """

    def __init__(self, cells, limits=Limits()):  # noqa: B008 (a tuple)
        self.cells, self.limits = cells, limits
        self.end = time.monotonic() + limits.total
        self.skip = {}  # cells that are left out, by number, and why
        self.errors = {}  # what cells ended with, by number
        self.started = 0
        self.process = self.line = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def get(self, name):
        """What a name stands for: plain data, or a function at the other end."""
        self.ready()
        return self._ask(self.limits.test, "get", name)

    def ready(self):
        """Every cell has run that can."""
        while self.line is None:
            self._start()
            for number, cell in enumerate(self.cells):
                if number in self.skip:
                    continue
                try:
                    error = self._ask(self.limits.cell, "run", cell)
                    self.errors.pop(number, None)
                    if error:
                        self.errors[number] = (
                            ": ".join(map(str, error)) if isinstance(error, list) else "error"
                        )
                except wire.RemoteError as error:
                    self.errors[number] = str(error)
                except wire.WireError as error:
                    self.skip[number] = str(error)
                    break

    def begin_test(self):
        """Each test has its own time, within that of the submission."""
        self.ready()
        self.line.deadline = min(self.end, time.monotonic() + self.limits.test)

    def close(self):
        if self.line is not None:
            self.line.socket.close()
            self.line = None
        if self.process is not None:
            self.process.kill()
            self.process.stderr.close()
            self.process.wait()
            self.process = None

    def _start(self):
        if self.started == MOST:
            raise Failed(f"it was started {MOST} times and never came to its end")
        if time.monotonic() > self.end:
            raise Failed(f"it took more than {self.limits.total:.0f} s in all")
        self.started += 1
        self.process, line = sandbox.start()
        self.line = wire.Wire(line, {})
        self.line.deadline = time.monotonic() + sandbox.STARTED
        try:
            ready = self.line._receive() == {"value": "ready"}
        except wire.WireError as error:
            self.process.kill()
            said = self.process.stderr.read().decode(errors="replace")[-500:]
            self.close()
            raise Fault(f"the sandbox did not start: {error} {said}") from error
        if not ready:
            self.close()
            raise Fault("the sandbox did not start as it should")

    def _ask(self, seconds, *request):
        self.line.deadline = min(self.end, time.monotonic() + seconds)
        try:
            return self.line.ask(*request)
        except wire.WireError:
            self.close()
            raise
