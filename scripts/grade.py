"""Grade a class: every file of a folder, each in a sandbox of its own.

    python scripts/grade.py SUBMISSIONS SET [--out FOLDER] [--jobs N] [--seed N]

Writes grades.csv, feedback/, questions.svg and, where a set has open questions, written.html. A run
that was interrupted goes on where it stopped; files that have changed since are graded again.
"""

import argparse
import hashlib
import json
import multiprocessing
import os
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tqdm import tqdm

import make_exercises
from grading import marking, report, sandbox, session, submissions

PATIENCE = 60  # seconds, beyond what a submission may take, until its judge is given up


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Grade every file of a folder, each in a sandbox.")
    parser.add_argument("submissions", type=Path, help="folder of notebooks, or of a folder for each student")
    parser.add_argument("set", choices=make_exercises.sets(), metavar="SET", help="for example 02_hopfield")
    parser.add_argument("--out", type=Path, help="default: _build/grades/SET")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="at once (default: all cores)")
    parser.add_argument("--seed", type=int, help="of the hidden tests' inputs; 0: those in the tests")
    options = parser.parse_args(arguments)
    if not options.submissions.is_dir():
        parser.error(f"SUBMISSIONS is {str(options.submissions)!r}; wanted a folder")
    if options.jobs < 1:
        parser.error(f"--jobs is {options.jobs}; wanted 1 or more")
    out = options.out or make_exercises.ROOT / "_build" / "grades" / options.set
    if out.resolve().is_relative_to(options.submissions.resolve()):
        parser.error(f"--out is {str(out)!r}, within the submissions; wanted a folder elsewhere")
    try:
        sandbox.require()
    except sandbox.NoSandbox as why:
        print(why, file=sys.stderr)
        return 2
    autograder = make_exercises.build(options.set, run=False).autograder
    results, _ = grade(options.submissions, options.set, autograder, out, options.jobs, options.seed)
    missing = sum(result["scores"] is None for result in results)
    print(f"{len(results)} files, {missing} not judged: {out / 'grades.csv'}")
    return 1 if missing else 0


def grade(folder, name, autograder, out, jobs=1, seed=None, limits=session.Limits()):  # noqa: B008 (a tuple)
    """Grade every file in a folder, and write what came of it.

    Parameters
    ----------
    folder : Path
    name : str
        The set.
    autograder : bytes
        Its zip, hidden tests included.
    out : Path
    jobs : int
        Submissions at a time.
    seed : int, optional
        Of the hidden tests' inputs; drawn once for a folder of results if not given.
    limits : session.Limits

    Returns
    -------
    results : list of dict
        student, file, counts, status, reason, scores (None if not judged), tests, total, possible, seconds
    points : dict of question to points
    """
    out.mkdir(parents=True, exist_ok=True)
    points = {question.name: question.points for question in marking.questions(autograder)}
    seed = _seed(out, seed)
    stored = out / "results"
    stored.mkdir(exist_ok=True)
    found = submissions.find(folder)
    counts = submissions.latest(found)

    def one(submission):
        return _graded(submission, stored, list(points), autograder, seed, limits)

    sandbox.font_list()
    with ThreadPoolExecutor(jobs) as pool:
        waiting = {pool.submit(one, submission): submission for submission in found}
        done = {}
        for future in tqdm(as_completed(waiting), total=len(waiting), unit="file", disable=None):
            done[waiting[future].name] = future.result()
    results = []
    for submission in found:
        result = done[submission.name]
        counted = counts[submission.student] == submission.name
        scores = result["scores"]
        about = {
            "student": _readable(submission.student),
            "file": _readable(submission.name),
            "counts": "yes" if counted else "no: a later file of this student does",
            "total": None if scores is None else sum(scores.values()),
            "possible": sum(points.values()),
        }
        results.append(about | result)
    _write(results, points, name, out)
    counted = (submission for submission in found if counts[submission.student] == submission.name)
    texts = {_readable(submission.student): _written(submission) for submission in counted}
    report.written(texts, name, out / "written.html")
    return results, points


def _write(results, points, name, out):
    report.grades(results, points, out / "grades.csv")
    pages = out / "feedback"
    pages.mkdir(exist_ok=True)
    for result in results:
        report.feedback(result, points, name, pages)
    report.plot(results, points, out / "questions.svg")


def _written(submission):
    """What a student wrote under the open questions; nothing if the file holds no notebook."""
    try:
        return submissions.written(submissions.read(submission))
    except (submissions.Unreadable, OSError):
        return {}


def _seed(out, seed):
    """The seed of this folder of results, the same when a run goes on."""
    path = out / "seed.txt"
    if seed is None:
        seed = int(path.read_text()) if path.exists() else int.from_bytes(os.urandom(4)) or 1
    path.write_text(f"{seed}\n")
    return seed


def _graded(submission, stored, questions, autograder, seed, limits):
    """The result of one file: from an earlier run, if neither the file nor the tests have changed."""
    try:
        content = submissions.read(submission)
        parts = [autograder, str(seed).encode(), content]
        digests = b"".join(hashlib.sha256(part).digest() for part in parts)
        key = stored / f"{hashlib.sha256(digests).hexdigest()}.json"
        if key.exists():
            return json.loads(key.read_text())
        cells = submissions.cells(content)
    except submissions.Unreadable as why:
        nothing, no_tests = dict.fromkeys(questions, 0), {question: [] for question in questions}
        return _result("unreadable", str(why), nothing, no_tests)
    except OSError as error:
        return _ours(f"the file cannot be read: {error.strerror}")
    result = _judged(cells, autograder, seed, limits)
    if result["scores"] is not None:
        part = key.with_suffix(".part")
        part.write_text(json.dumps(result))
        part.replace(key)
    return result


def _judged(cells, autograder, seed, limits):
    """In a process of its own, so that nothing lasts from one submission to the next."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["grading.marking"])  # imported once, for all
    here, there = context.Pipe(duplex=False)
    judge = context.Process(target=_judge, args=(there, cells, autograder, seed, limits))
    judge.start()
    there.close()
    try:
        result = (
            here.recv() if here.poll(limits.total + PATIENCE) else _ours("the judge did not come to an end")
        )
    except EOFError:
        result = _ours("the judge ended without a word")
    finally:
        judge.kill()
        judge.join()
        here.close()
    return result


def _judge(line, cells, autograder, seed, limits):
    try:
        result = marking.mark(cells, marking.questions(autograder), seed, limits)
    except session.Fault as error:
        result = _ours(str(error))
    except Exception:
        result = _ours(traceback.format_exc(limit=-3))
    line.send(result)


def _ours(reason):
    return _result(report.NOT_JUDGED, reason, None, {})


def _result(status, reason, scores, tests):
    return {"status": status, "reason": reason, "scores": scores, "tests": tests, "seconds": 0}


def _readable(name):
    """A file's name as text, whatever its bytes."""
    return name.encode(errors="backslashreplace").decode()


if __name__ == "__main__":
    sys.exit(main())
