"""One task of an experiment: its generator, its name on disk, and the call that any worker can make."""

import ast
import functools
import hashlib
import importlib
import json
import time
import traceback
from pathlib import Path
from typing import NamedTuple

import numpy as np

_LIBRARY = Path(__file__).resolve().parent.parent.parent  # the folder that holds ebm


class Outcome(NamedTuple):
    """What became of a task.

    task : dict
    result : what `measure` returned, as JSON has it; None if it raised
    seconds : float, of computing
    error : str, the traceback; empty if all went well
    """

    task: dict
    result: object
    seconds: float
    error: str = ""


def perform(module, task, wanted):
    """Measure one task, here and now, with one thread; an Outcome, whatever happens.

    `wanted` is the `source` that the caller has: a worker on another machine may have another.
    """
    from threadpoolctl import threadpool_limits

    begun = time.thread_time()
    try:
        if source(module) != wanted:
            raise RuntimeError(f"this worker has another version of ebm, or of {module}, than the caller")
        experiment = importlib.import_module(module)
        # A product of matrices may round differently with another number of threads.
        with threadpool_limits(1):
            result = experiment.measure(task, rng=generator(experiment, task))
        return Outcome(task, plain(result), time.thread_time() - begun)
    except Exception:
        return Outcome(task, None, time.thread_time() - begun, traceback.format_exc())


def generator(experiment, task):
    """The task's own random numbers, made from the experiment's seed and name and the task."""
    digest = hashlib.sha256(f"{experiment.__name__} {_text(task)}".encode()).digest()
    words = np.frombuffer(digest[:16], dtype="<u4").tolist()
    return np.random.default_rng(np.random.SeedSequence(experiment.SEED, spawn_key=words))


def key(experiment, task):
    """The name under which a result is kept: all that it depends on."""
    depends = f"{source(experiment.__name__)} {experiment.__name__} {experiment.SEED} {_text(task)}"
    return hashlib.sha256(depends.encode()).hexdigest()[:32]


def _text(task):
    return json.dumps(task, sort_keys=True)


def plain(result):
    """As it will be when read from a file, so that a resumed run sees the same."""
    return json.loads(json.dumps(result, default=lambda array: array.tolist()))


@functools.cache
def source(module):
    """A digest of a module and of all of ebm that it imports, at once or further down."""
    total = hashlib.sha256()
    for path in sorted(_needed(Path(importlib.import_module(module).__file__))):
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _needed(start):
    """The files of a module and of what it imports from ebm; of a package, its data too."""
    found, waiting = set(), [start.resolve()]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += [file for name in _imports(path) for file in _files(name)]
            if path.name == "__init__.py":
                found |= set(path.parent.glob("*.npz"))
    return found


def _imports(path):
    """Names of ebm that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _files(name):
    """The file of a module of ebm and of the packages it is in; none for any other name."""
    parts = name.split(".")
    if parts[0] != "ebm":
        return []
    places = [_LIBRARY.joinpath(*parts[: k + 1]) for k in range(len(parts))]
    both = [file for place in places for file in (place.with_suffix(".py"), place / "__init__.py")]
    return [file for file in both if file.is_file()]
