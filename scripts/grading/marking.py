"""The tests of a set, run on a submission in its sandbox, and the points they bring."""

import contextlib
import io
import time
import zipfile
from typing import NamedTuple
from unittest import mock

import numpy as np
from otter.test_files.exception_test import ExceptionTestFile

from grading.session import Failed, Fault, Limits, Session
from grading.wire import RemoteError, WireError

LONGEST = 600  # letters of a message


class Question(NamedTuple):
    """Tests of one question.

    name : str, such as "q1"
    points : float
    tests : otter's test file, which says who gets how many of them
    """

    name: str
    points: float
    tests: ExceptionTestFile


def questions(autograder):
    """The questions of a set, from the zip that `make autograder` writes.

    Parameters
    ----------
    autograder : bytes

    Returns
    -------
    list of Question
    """
    found = []
    with zipfile.ZipFile(io.BytesIO(autograder)) as archive:
        for path in sorted(name for name in archive.namelist() if name.startswith("tests/")):
            tests = ExceptionTestFile.from_string(archive.read(path).decode(), path=path)
            found.append(Question(tests.name, tests.possible, tests))
    if not found:
        raise ValueError("the autograder holds no tests")
    return found


def mark(cells, asked, seed=0, limits=Limits()):  # noqa: B008 (a tuple)
    """Points of one submission.

    Parameters
    ----------
    cells : list of str
        The code of the notebook.
    asked : list of Question
    seed : int
        Where hidden tests draw their inputs: 0 for those of the autograder, else fresh ones.
    limits : Limits

    Returns
    -------
    dict
        status : "graded", or "stopped" if it could not be run to the end
        reason : str, what to know about it
        scores : dict of question to points
        tests : dict of question to a list of dicts name, hidden, passed, message
        seconds : float
    """
    start = time.monotonic()
    scores, tests, stopped = {}, {}, ""
    with Session(cells, limits) as session:
        for question in asked:
            tests[question.name] = []
            for case in question.tests.test_cases:
                message = f"not run: {stopped}" if stopped else ""
                if not stopped:
                    try:
                        message = _failure(case, session, seed if case.hidden else 0)
                    except Failed as error:
                        stopped = message = str(error)
                tests[question.name].append(
                    {
                        "name": case.name,
                        "hidden": case.hidden,
                        "passed": not message,
                        "message": message[:LONGEST],
                    }
                )
            scores[question.name] = _points(question, tests[question.name])
        notes = _notes(session) + ([stopped] if stopped else [])
    status = "stopped" if stopped else "graded"
    seconds = round(time.monotonic() - start, 1)
    return {
        "status": status,
        "reason": "; ".join(notes),
        "scores": scores,
        "tests": tests,
        "seconds": seconds,
    }


def _failure(case, session, seed):
    """Why a test fails, or an empty string."""
    try:
        session.begin_test()
        with _fresh(seed):
            case.body.call_func(_Names(session))
    except WireError as error:
        session.close()
        return f"the answer {error}"
    except RemoteError as error:
        return str(error) or "an error without a message"
    except (Failed, Fault):
        raise
    except Exception as error:
        # Not an assertion: what came back was nothing that the test can compare.
        words = str(error) or type(error).__name__
        return words if isinstance(error, AssertionError) else f"{type(error).__name__}: {words}"
    return ""


class _Names:
    """A submission's names, as otter's tests ask for them."""

    def __init__(self, session):
        self.session = session

    def get(self, name, default=None):
        return self.session.line.ask("get", name)


@contextlib.contextmanager
def _fresh(seed):
    """Tests draw from other seeds than those written in them."""
    if not seed:
        yield
        return
    ordinary = np.random.default_rng

    def default_rng(given=None):
        # A generator passes as it is, as in numpy: libraries do that while they are imported.
        number = np.ndim(given) or isinstance(given, int | np.integer)
        return ordinary([seed, *np.atleast_1d(given)] if number else given)

    with mock.patch.object(np.random, "default_rng", default_rng):
        yield


def _points(question, results):
    passed = [result["passed"] for result in results]
    if question.tests.all_or_nothing:
        return question.points if all(passed) else 0
    cases = question.tests.test_cases
    return sum(case.points for case, good in zip(cases, passed, strict=True) if good)


def _notes(session):
    """Cells that did not come to a good end, counted from 1 as a reader does."""
    left_out = [f"cell {number + 1} {why}" for number, why in sorted(session.skip.items())]
    errors = [f"cell {number + 1} ended with {why}"[:200] for number, why in sorted(session.errors.items())]
    return left_out + errors
