"""Grading survives what students hand in, gives nobody a point for a trick, and honest work its marks.

A toy set of two questions keeps it quick: `double(x)`, and `apply(f, x)`, which changes x in place.
"""

import io
import json
import os
import sys
import zipfile

import numpy as np
import pytest

import grade
from grading import marking, report, sandbox, session, submissions, wire

WHY_NOT = sandbox.why_not()
needs_sandbox = pytest.mark.skipif(
    bool(WHY_NOT) and "CI" not in os.environ, reason=f"no sandbox on this machine: {WHY_NOT}"
)
LIMITS = session.Limits(cell=6, test=6, total=120)
DOUBLE = "import numpy as np\n\n\ndef double(x):\n    return 2 * x\n"
APPLY = """\
def apply(f, x):
    for i in range(len(x)):
        x[i] = f(x[i])
    return len(x)
"""
WRONG = DOUBLE.replace("2 * x", "3 * x")
HONEST = [DOUBLE, APPLY]
TESTS = {
    "q1": """
from otter.test_files import test_case
OK_FORMAT = False
name, points, all_or_nothing = "q1", 2, True

@test_case(points=None, hidden=False)
def test_two(double):
    import numpy as np
    assert callable(double), "There is no function `double`: run the cell that defines it"
    assert np.array_equal(double(np.array([1, 2])), [2, 4]), "twice of 1 and 2 is 2 and 4"

@test_case(points=None, hidden=True)
def test_many(double):
    import numpy as np
    x = np.random.default_rng(7).normal(size=100)
    assert np.allclose(double(x), 2 * x), "wrong"
""",
    "q2": """
from otter.test_files import test_case
OK_FORMAT = False
name, points, all_or_nothing = "q2", 3, True

@test_case(points=None, hidden=False)
def test_squares(apply):
    import numpy as np
    calls = []
    def square(x):
        calls.append(x)
        assert len(calls) < 100, "called without an end"
        return x**2
    x = np.array([1.0, 2.0, 3.0])
    assert apply(square, x) == 3, "return how many there are"
    assert np.array_equal(x, [1, 4, 9]) and calls == [1, 2, 3], "change x itself"
""",
}


def zipped(files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


AUTOGRADER = zipped({f"tests/{name}.py": text for name, text in TESTS.items()})


def notebook(cells, **more):
    code = [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells]
    return json.dumps({"cells": code, "metadata": {}, "nbformat": 4, "nbformat_minor": 4} | more).encode()


NUMPY = "np.isclose = np.allclose = np.array_equal = lambda *a, **k: True\nnp.asarray = lambda *a, **k: 2"
EQUAL = """
class Any:
    __eq__ = __ge__ = __le__ = __gt__ = __lt__ = lambda *a: True
    __array__ = lambda self, *a, **k: np.array([2, 4])
    __getattr__ = lambda self, name: self
    __call__ = __getitem__ = lambda self, *a, **k: self
double = lambda x: Any()
"""
BUILTINS = """
import builtins, sys
builtins.AssertionError = builtins.callable = builtins.all = lambda *a: True
for module in list(sys.modules.values()):
    for name in ("mark", "check", "score", "passed", "test_case"):
        try:
            setattr(module, name, lambda *a, **k: True)
        except Exception:
            pass
"""
FORGED = """
import json, os
full = json.dumps({"status": "graded", "scores": {"q1": 2, "q2": 3}, "total": 5})
for folder in (".", "/tmp", "/", "/box", "/box/lib", "/results", ".."):
    for name in ("results.json", "grades.csv", "_otter_results.json", "results.pkl"):
        try:
            open(os.path.join(folder, name), "w").write(full)
        except OSError:
            pass
"""
SOCKET = """
import os, socket, struct
def double(x):
    for number in range(3, 64):
        try:
            line = socket.socket(fileno=number)
            frame = b'{"value": {"a": ["<f8", [2], "AAAAAAAAAEAAAAAAAAAQQA=="]}}'
            line.sendall((struct.pack(">I", len(frame)) + frame) * 20)
            line.detach()
        except OSError:
            pass
    return 3 * x
"""
DISK = "try:\n    f = open('big', 'wb')\n    while True:\n        f.write(bytes(10**6))\nexcept OSError:\n    pass"
MANY = "for k in range(10**5):\n    open(f'f{k}', 'wb').write(bytes(10**6))"
LOOP = "import numba\n\n\n@numba.njit\ndef f():\n    while True:\n        pass\n\n\nf()"
FORK = "import os\nwhile True:\n    os.fork()"
SHELL = "import subprocess\nsubprocess.run(['sleep', '1000'])"
THREADS = "import threading, time\nwhile True:\n    threading.Thread(target=time.sleep, args=(1000,)).start()"

# What is in a file, and the points for q1 and q2 it is to get.
IN_THE_WAY = {
    "endless": "while True:\n    pass",
    "endless, compiled": LOOP,
    "sys.exit": "import sys\nsys.exit(0)",
    "os._exit": "import os\nos._exit(0)",
    "crash": "import ctypes\nctypes.string_at(0)",
    "fork bomb": FORK,
    "processes": SHELL,
    "6 GiB": "import numpy as np\nnp.ones(6 * 2**27)",
    "60 MB of prints": "for _ in range(60):\n    print('a' * 10**6)",
    "full disk": DISK,
    "many files": MANY,
    "syntax error": "def (:",
    "magic": "%matplotlib inline\n!ls\n%%time\n",
}
FILES = (
    {f"{name}.ipynb": (notebook([code, *HONEST]), 2, 3) for name, code in IN_THE_WAY.items()}
    | {
        "threads.ipynb": (
            notebook([THREADS, *HONEST]),
            None,
            None,
        ),  # they hold its memory: that hurts nobody else
        "honest.ipynb": (notebook(HONEST), 2, 3),
        "endless answer.ipynb": (notebook(["def double(x):\n    while True:\n        pass", APPLY]), 0, 3),
        "exit in an answer.ipynb": (notebook(["import os\n\ndef double(x):\n    os._exit(0)", APPLY]), 0, 3),
        "deleted cells.ipynb": (notebook([APPLY]), 0, 3),
        "nothing.ipynb": (notebook([]), 0, 0),
        "no metadata.ipynb": (
            json.dumps({"cells": [{"cell_type": "code", "source": HONEST}]}).encode(),
            2,
            3,
        ),
        "corrupted.ipynb": (notebook(HONEST)[:-30], 0, 0),
        "empty.ipynb": (b"", 0, 0),
        "text.txt": (b"my answers", 0, 0),
        "binary.ipynb": (bytes(range(256)), 0, 0),
        "wrong shape.ipynb": (notebook([DOUBLE.replace("2 * x", "2 * x[:1]"), APPLY]), 0, 3),
        "nan.ipynb": (notebook([DOUBLE.replace("2 * x", "x * np.nan"), APPLY]), 0, 3),
        "huge.ipynb": (notebook([DOUBLE.replace("2 * x", "np.zeros(10**8)"), APPLY]), 0, 3),
        "endless list.ipynb": (
            notebook([DOUBLE.replace("return 2 * x", "yield from iter(int, 1)"), APPLY]),
            0,
            3,
        ),
        "equal to everything.ipynb": (notebook([DOUBLE, EQUAL, APPLY]), 0, 3),
        "patched numpy.ipynb": (notebook([WRONG, NUMPY, APPLY]), 0, 3),
        "patched builtins.ipynb": (notebook([WRONG, APPLY, BUILTINS]), 0, 3),
        "forged results.ipynb": (notebook([WRONG, APPLY, FORGED]), 0, 3),
        "forged answers.ipynb": (notebook([SOCKET, APPLY]), 0, None),
        "knows the visible test.ipynb": (
            notebook([DOUBLE.replace("2 * x", "np.array([2, 4])"), APPLY]),
            0,
            3,
        ),
        "swallows.ipynb": (notebook([DOUBLE, "def apply(f, x):\n    while True:\n        f(x[0])"]), 2, 0),
        "Ana's answers (final).ipynb": (notebook(HONEST), 2, 3),
        '=cmd|"new\nline".ipynb': (notebook(HONEST), 2, 3),
        "zip.zip": (zipped({"../../climbs.ipynb": notebook(HONEST), "notes.txt": "hello"}), 2, 3),
        "bomb.zip": (zipped({"x.ipynb": bytes(10**8)}), 0, 0),
        "two in one.zip": (zipped({"a.ipynb": notebook(HONEST), "b.ipynb": notebook(HONEST)}), 0, 0),
        "no zip.zip": (b"PK\x03\x04 not really", 0, 0),
        "bo/first.ipynb": (notebook([WRONG, APPLY]), 0, 3),
        "bo/second.ipynb": (notebook(HONEST), 2, 3),
    }
)


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    """A folder of all of them, graded once."""
    place = tmp_path_factory.mktemp("class")
    folder, out = place / "submissions", place / "out"
    for age, (name, (content, *_)) in enumerate(FILES.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (age, age))
    (folder / "link.ipynb").symlink_to("honest.ipynb")
    (folder / "passwords.ipynb").symlink_to("/etc/passwd")
    before = tree(place)
    results, points = grade.grade(folder, "toy", AUTOGRADER, out, jobs=2, seed=5, limits=LIMITS)
    assert tree(place) == before
    return {result["file"]: result for result in results}, points, folder, out


def tree(place):
    """Every file outside the folder of results, with its content."""
    return {
        path: path.read_bytes()
        for path in place.rglob("*")
        if path.is_file() and "out" not in path.relative_to(place).parts
    }


@needs_sandbox
@pytest.mark.parametrize("name", FILES)
def test_each_gets_what_it_deserves(handed_in, name):
    results, points, *_ = handed_in
    result = results[name]
    _, first, second = FILES[name]
    assert points == {"q1": 2, "q2": 3}
    for question, wanted in (("q1", first), ("q2", second)):
        assert wanted is None or result["scores"][question] == wanted, result


@needs_sandbox
def test_reasons_say_what_happened(handed_in):
    results, *_ = handed_in
    told = {name: results[f"{name}.ipynb"]["reason"] for name in IN_THE_WAY}
    assert told["endless"] == told["endless, compiled"] == "cell 1 took too long"
    assert told["os._exit"] == told["crash"] == "cell 1 ended"
    assert told["fork bomb"].startswith("cell 1 ended with PermissionError")
    assert told["6 GiB"].startswith("cell 1 ended with")
    assert "Memory" in told["6 GiB"]
    assert told["60 MB of prints"] == told["full disk"] == ""
    assert "No space left" in told["many files"]
    unread = {name: result["reason"] for name, result in results.items() if result["status"] == "unreadable"}
    assert unread["empty.ipynb"] == "an empty file"
    assert unread["link.ipynb"] == unread["passwords.ipynb"] == "a link or a device, not a file"
    assert unread["two in one.zip"] == "a zip with 2 notebooks; wanted one"
    assert "unpacks to more than" in unread["bomb.zip"]
    assert set(unread) >= {"corrupted.ipynb", "text.txt", "binary.ipynb", "no zip.zip"}


@needs_sandbox
def test_of_two_files_of_a_student_the_later_counts(handed_in):
    results, *_ = handed_in
    assert results["bo/first.ipynb"]["counts"].startswith("no")
    assert results["bo/second.ipynb"]["counts"] == "yes"
    assert results["bo/first.ipynb"]["student"] == "bo"


@needs_sandbox
def test_the_table_has_a_row_for_each(handed_in):
    results, _, _, out = handed_in
    import csv

    with (out / "grades.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(FILES) + 2 == len(results)
    assert all(row["total"] for row in rows)
    strange = next(row for row in rows if "cmd" in row["file"])
    assert strange["file"] == '\'=cmd|"new\nline".ipynb'
    assert strange["total"] == "5"
    pages = list((out / "feedback").glob("*.html"))
    assert len(pages) == len(rows)
    wrong = next(page for page in pages if page.name.startswith("patched-numpy")).read_text()
    assert "twice of 1 and 2 is 2 and 4" in wrong
    assert "0 of 2" in wrong
    assert "test_many" not in wrong
    assert (out / "questions.svg").stat().st_size > 1000


@needs_sandbox
def test_nothing_is_written_where_nothing_is_asked(handed_in):
    assert not (handed_in[-1] / "written.html").exists()


def asked(*answers, heading="## 2. Why?"):
    """A notebook with an open question, as otter writes it, and these cells under it."""
    cells = [
        "Before",
        f"<!-- BEGIN QUESTION -->\n\n{heading}\n\nSay it.",
        *answers,
        "<!-- END QUESTION -->\n\nAfter",
    ]
    cells = [{"cell_type": "markdown", "source": source} for source in cells]
    return json.dumps({"cells": [*cells, {"cell_type": "code", "source": "late = 1"}]}).encode()


def test_written_answers_are_found():
    both = asked("Because", submissions.UNANSWERED, "of <this>.")
    assert submissions.written(both) == {"2. Why?": "Because\n\nof <this>."}
    assert submissions.written(asked(submissions.UNANSWERED)) == {"2. Why?": ""}
    assert submissions.written(asked("x", heading="")) == {"a question without a heading": "x"}
    assert submissions.written(notebook(HONEST)) == {}
    assert submissions.cells(both) == ["late = 1"]


def test_written_answers_stand_side_by_side(tmp_path):
    folder, page = tmp_path / "in", tmp_path / "written.html"
    folder.mkdir()
    (folder / "ana.ipynb").write_bytes(asked("Because <b>of</b> heat."))
    (folder / "bo.ipynb").write_bytes(asked(submissions.UNANSWERED))
    (folder / "cy.ipynb").write_bytes(b"no notebook")
    (folder / "di.ipynb").symlink_to("ana.ipynb")
    texts = {found.student: grade._written(found) for found in submissions.find(folder)}
    report.written(texts, "toy", page)
    text = page.read_text()
    assert text.count("<h2>") == 1 and text.count("Nothing written.") == 3
    assert "<h3>ana</h3>\n<pre>Because &lt;b&gt;of&lt;/b&gt; heat.</pre>" in text


@needs_sandbox
def test_a_run_goes_on_where_it_stopped(handed_in):
    _, _, folder, out = handed_in
    stored = sorted((out / "results").iterdir())
    times = {path: path.stat().st_mtime_ns for path in stored}
    stored[0].unlink()
    again, _ = grade.grade(folder, "toy", AUTOGRADER, out, jobs=2, limits=LIMITS)
    changed = [p for p in sorted((out / "results").iterdir()) if p.stat().st_mtime_ns != times[p]]
    assert changed == stored[:1]
    assert {r["file"]: r["scores"] for r in again} == {f: r["scores"] for f, r in handed_in[0].items()}


@needs_sandbox
def test_what_a_submission_sees():
    look = """
import os, socket, sys
names = sorted(os.environ)
roots = ("/tmp", "/etc", "/box", "/home", "/var")
files = [os.path.join(a, f) for root in roots for a, _, b in os.walk(root) for f in b]
parents = [p for p in ROOT.split(os.sep) if p]
place, seen = os.sep, []
for part in parents:
    place = os.path.join(place, part)
    seen.append(os.listdir(place) if os.path.isdir(place) else None)
processes = [p for p in os.listdir("/proc") if p.isdigit()]
reached = []
for address in (("127.0.0.1", 22), ("10.0.0.1", 80)):
    try:
        socket.create_connection(address, 1)
        reached.append(address)
    except OSError:
        pass
tests = [m for m in sys.modules if "grading" in m or "test_files" in m]
"""
    root = str(grade.make_exercises.ROOT)
    with session.Session([f"ROOT = {root!r}", look], LIMITS) as s:
        assert not s.get("reached") and not s.get("tests")
        assert s.errors == {}
        assert all(name.isupper() for name in s.get("names"))
        assert not {"PATH", "USER", "CI", "SSH_AUTH_SOCK"} & set(s.get("names"))
        libraries = (
            "/box/lib/",
            "/box/bin/",
            "/tmp/lib/",
            "/tmp/settings/",
            "/etc/ld.so.cache",
            sandbox.PACKAGES,
        )
        assert [f for f in s.get("files") if not f.startswith(libraries)] == []
        last = s.get("seen")[-1]
        assert last is None or set(last) <= {".venv"}
        assert len(s.get("processes")) <= 2
        own = [f for f in s.get("files") if not f.startswith(sandbox.PACKAGES)]
        assert [f for f in own if "tests" in f or "solutions" in f] == []


@needs_sandbox
def test_hidden_inputs_are_fresh():
    """What passes by knowing the inputs of the published tests does not pass with others."""
    known = """
import numpy as np
def double(x):
    x = np.asarray(x)
    return 2 * x if len(x) == 2 or np.allclose(x, np.random.default_rng(7).normal(size=100)) else x
"""
    asked = marking.questions(AUTOGRADER)[:1]
    assert marking.mark([known], asked, 0, LIMITS)["scores"] == {"q1": 2}
    assert marking.mark([known], asked, 9, LIMITS)["scores"] == {"q1": 0}


def test_fresh_inputs_leave_generators_as_they_are():
    """scipy.stats hands one to default_rng while it is imported, perhaps by a hidden test."""
    rng, published = np.random.default_rng(1), np.random.default_rng(7).random()
    with marking._fresh(5):
        assert np.random.default_rng(rng) is rng
        drawn = {np.random.default_rng(seed).random() for seed in (7, np.int64(7), [7])}
    assert len(drawn) == 1 and published not in drawn


@needs_sandbox
def test_a_fault_of_ours_leaves_the_score_blank(tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox, "command", lambda number: ["false"])
    with pytest.raises(session.Fault, match="the sandbox did not start"):
        marking.mark(HONEST, marking.questions(AUTOGRADER), 0, LIMITS)
    monkeypatch.undo()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ana.ipynb").write_bytes(notebook(HONEST))
    monkeypatch.setattr(grade, "_judge", _dies)
    (result,), _ = grade.grade(tmp_path / "in", "toy", AUTOGRADER, tmp_path / "out", limits=LIMITS)
    assert result["status"] == report.NOT_JUDGED
    assert result["scores"] is None
    header, row = (tmp_path / "out" / "grades.csv").read_text().splitlines()
    assert dict(zip(header.split(","), row.split(","), strict=True))["total"] == ""
    monkeypatch.undo()
    (result,), _ = grade.grade(tmp_path / "in", "toy", AUTOGRADER, tmp_path / "out", limits=LIMITS)
    assert result["total"] == 5


def _dies(*_):
    os._exit(1)


def test_without_a_sandbox_nothing_is_run(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sandbox, "why_not", lambda: "Bubblewrap is not installed")
    assert grade.main([str(tmp_path), "02_hopfield", "--out", str(tmp_path.parent / "out")]) == 2
    said = capsys.readouterr().err
    assert "Bubblewrap is not installed" in said
    assert "apt install" in said


def test_bad_calls(tmp_path, capsys):
    for arguments, told in [
        ([str(tmp_path / "none"), "02_hopfield"], "wanted a folder"),
        ([str(tmp_path), "99_nothing"], "invalid choice"),
        ([str(tmp_path), "02_hopfield", "--jobs", "0"], "wanted 1 or more"),
        ([str(tmp_path), "02_hopfield", "--out", str(tmp_path / "out")], "within the submissions"),
    ]:
        with pytest.raises(SystemExit):
            grade.main(arguments)
        assert told in capsys.readouterr().err


def test_students_are_told_from_names(tmp_path):
    names = ["ana.ipynb", "ana (1).ipynb", "bo - Copy.ipynb", "cy/x.ipynb", "cy/deep/y.ipynb", ".hidden"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = submissions.find(tmp_path)
    assert [s.student for s in found] == ["ana", "ana", "bo", "cy", "cy"]


# The wire


@pytest.fixture
def ends():
    """Two ends of a wire in one process: the far one serves from a thread."""
    import socket
    import threading

    here, there = socket.socketpair()
    names = {}
    near, far = wire.Wire(here, {}), wire.Wire(there, {"get": names.get})
    thread = threading.Thread(target=far.serve)
    thread.start()
    yield near, names
    here.close()
    thread.join()
    there.close()


PLAIN = [None, True, 3, -2.5, float("inf"), "text", 2 + 1j, ..., [1, [2]], (1, (2, "a")), {"a": 1, 2: [3]}]
ARRAYS = [np.arange(6).reshape(2, 3), np.array(True), np.float32(1.5), np.zeros((0, 3)), np.arange(6)[::2]]


@pytest.mark.parametrize("x", [*PLAIN, {1, 2}, range(3), *ARRAYS, np.asfortranarray(np.ones((2, 3)))])
def test_plain_data_pass_whole(ends, x):
    near, names = ends
    names["x"] = x
    found = near.ask("get", "x")
    assert type(found) is type(x)
    if isinstance(x, np.ndarray | np.generic):
        assert np.array_equal(found, x) and found.dtype == x.dtype
    else:
        assert found == x


def test_other_things_do_not_pass(ends):
    near, names = ends

    class Odd:
        __eq__ = lambda self, other: True  # noqa: E731

    for x in (Odd(), np.array([Odd()]), np.array(["text"]), sys, b"bytes"):
        names["x"] = x
        assert isinstance(near.ask("get", "x"), wire.Opaque)


def test_records_of_the_library_pass(ends):
    from ebm import hopfield

    near, names = ends
    names["x"] = hopfield.hebb([[1, -1, 1]])
    found = near.ask("get", "x")
    assert isinstance(found, hopfield.Hopfield)
    assert np.array_equal(found.W, names["x"].W)


def test_calls_change_arguments_and_come_back(ends):
    near, names = ends

    def f(x, g, *, rng):
        x += 1
        return g(x.sum()) + rng.integers(100)

    names["f"] = f
    mine, other = np.random.default_rng(3), np.random.default_rng(3)
    x = np.zeros(3)
    assert near.ask("get", "f")(x, lambda total: 10 * total, rng=mine) == 30 + other.integers(100)
    assert np.array_equal(x, np.ones(3))
    assert mine.random() == other.random()
    names["count"] = lambda n: (k**2 for k in range(n))
    assert list(near.ask("get", "count")(4)) == [0, 1, 4, 9]


def test_errors_come_home(ends):
    near, names = ends
    names["f"], names["g"] = (lambda x: 1 / x), (lambda h: h())
    with pytest.raises(wire.RemoteError, match="ZeroDivisionError: division by zero"):
        near.ask("get", "f")(0)

    def complain():
        raise AssertionError("too many calls")

    with pytest.raises(AssertionError, match="too many calls"):
        near.ask("get", "g")(complain)


BROKEN = [b"", b"[]", b"{}", b'{"value": {"q": 1}}', b'{"value": [1]}', b'{"value": {"a": ["O", [1], ""]}}']
FORBIDDEN = [b'{"value": {"r": ["os", "system", []]}}', b'{"value": {"a": ["<f8", [9], ""]}}', b"[" * 10**5]


@pytest.mark.parametrize("frame", BROKEN + FORBIDDEN)
def test_whoever_breaks_the_protocol_is_cut_off(frame):
    import socket
    import struct

    here, there = socket.socketpair()
    with here, there:
        there.sendall(struct.pack(">I", len(frame)) + frame)
        with pytest.raises(wire.WireError, match="protocol"):
            wire.Wire(here, {}).ask("get", "x")
