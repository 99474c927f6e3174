"""From tasks to a record: run what is missing, keep what is finished, sum up, write it down."""

import json
import os
import platform
import re
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

from ebm.diagnostics import Estimate
from ebm.experiments import _pools, _tasks

SIZES = ("quick", "full")
_LIBRARIES = ("numpy", "scipy", "numba")


class Failed(RuntimeError):
    """Some tasks of an experiment raised; the message names them."""


class Lacking(RuntimeError):
    """An experiment has no such size, or what it needs is not on this machine; the message says what."""


class Record(NamedTuple):
    """What an experiment found.

    experiment, size : str
    seed, tasks : int
    seconds : float, of computing on one core, all tasks together
    versions : dict of str, of Python and of the libraries that compute
    values : dict of Estimate
    tables : dict of lists of rows, each a dict
    """

    experiment: str
    size: str
    seed: int
    tasks: int
    seconds: float
    versions: dict
    values: dict
    tables: dict


def run(experiment, size="full", *, scratch, jobs=1, scheduler=None, progress=False):
    """Run an experiment; what an earlier run has finished is not done again.

    Parameters
    ----------
    experiment : module
        See `ebm.experiments`.
    size : {"full", "quick"}
    scratch : path
        Folder in which the result of each task is kept as soon as it is there.
    jobs : int
        Processes; -1 for as many as there are cores.
    scheduler : str, optional
        Address of a Dask scheduler, which then does the work.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    Record

    Raises
    ------
    Failed
        If a task raised. The others are done all the same, and kept.
    Lacking
        If the experiment has no tasks of this size, or a function `lacks()` that says what is not here.
    ValueError
        If there is no such size, two tasks are the same, or the summary is malformed.
    """
    if size not in SIZES:
        raise ValueError(f"size is {size!r}; wanted {' or '.join(SIZES)}")
    name = _name(experiment)
    tasks = experiment.tasks(size)
    lacking = getattr(experiment, "lacks", lambda: "")() if tasks else f"it has no {size} size"
    if lacking:
        raise Lacking(f"{name} was not run: {lacking}")
    keys = [_tasks.key(experiment, task) for task in tasks]
    if len(set(keys)) < len(keys):
        raise ValueError(f"{name}: two tasks of size {size} are the same; number them")
    places = {key: Path(scratch) / name / f"{key}.json" for key in keys}
    found = {key: outcome for key, place in places.items() if (outcome := _kept(place))}
    missing = [task for key, task in zip(keys, tasks, strict=True) if key not in found]
    source = _tasks.source(experiment.__name__)
    arriving = _pools.outcomes(experiment.__name__, missing, source, jobs=jobs, scheduler=scheduler)
    failed = []
    with tqdm(total=len(tasks), initial=len(found), desc=name, unit="task", disable=not progress) as bar:
        for outcome in arriving:
            if outcome.error:
                failed.append(outcome)
            else:
                key = _tasks.key(experiment, outcome.task)
                write(places[key], outcome._asdict())
                found[key] = outcome
            bar.update()
    if failed:
        raise Failed(
            f"{name}: {len(failed)} of {len(tasks)} tasks failed, the first of them {failed[0].task}:\n"
            f"{failed[0].error}The results of the other {len(found)} are kept in {scratch}."
        )
    return _summary(experiment, size, [found[key] for key in keys])


def _summary(experiment, size, outcomes):
    summary = experiment.summarise([(outcome.task, outcome.result) for outcome in outcomes])
    values = {key: value for key, value in summary.items() if isinstance(value, Estimate)}
    return Record(
        experiment=_name(experiment),
        size=size,
        seed=experiment.SEED,
        tasks=len(outcomes),
        seconds=round(sum(outcome.seconds for outcome in outcomes), 1),
        versions={
            "python": platform.python_version(),
            **{library: version(library) for library in _LIBRARIES},
            "ebm": version("ebm"),
        },
        values={key: Estimate(float(value.value), float(value.error)) for key, value in values.items()},
        tables={key: _tasks.plain(table) for key, table in summary.items() if key not in values},
    )


def _name(experiment):
    return experiment.__name__.rpartition(".")[2]


def _kept(place):
    """The outcome kept there; None if there is none, or only part of one."""
    try:
        return _tasks.Outcome(**json.loads(place.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write(place, content):
    """Put JSON there, all of it or nothing."""
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f"{place.name}.{os.getpid()}.part")
    text = json.dumps(content, indent=1, ensure_ascii=False)
    text = re.sub(r"\{[^{}[\]]*\}", lambda row: " ".join(row[0].split()), text)  # a line for a row
    part.write_text(text + "\n", encoding="utf-8")
    os.replace(part, place)


def write_record(folder, record):
    """Write a record to NAME.json in that folder."""
    content = record._asdict()
    content["values"] = {key: value._asdict() for key, value in record.values.items()}
    write(Path(folder) / f"{record.experiment}.json", content)


def read_record(place):
    """Read a record back; None if there is none."""
    place = Path(place)
    if not place.is_file():
        return None
    content = json.loads(place.read_text(encoding="utf-8"))
    content["values"] = {key: Estimate(**value) for key, value in content["values"].items()}
    return Record(**content)
