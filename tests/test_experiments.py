"""Experiments give the same digits whoever does the tasks, and lose nothing that was finished."""

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest
import threadpoolctl

import toy_experiment as toy
from ebm import claims, experiments
from ebm.experiments import __main__ as command
from ebm.experiments import _pools, _records, _tasks


@pytest.fixture
def log(tmp_path, monkeypatch):
    """The file in which the toy experiment says who did what."""
    monkeypatch.setenv("TOY_LOG", str(tmp_path / "toy.log"))
    return tmp_path / "toy.log"


@pytest.fixture
def cluster():
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=3, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=50
    ) as cluster:
        yield cluster


def done(log):
    """(k, pid) of each time a task was begun."""
    return [tuple(map(int, line.split())) for line in log.read_text().splitlines()] if log.exists() else []


def without_seconds(record):
    return record._replace(seconds=0)


def test_an_unknown_experiment_is_told_which_there_are():
    with pytest.raises(ValueError, match="no experiment 'hopfeld'; there are .*hopfield_1982"):
        experiments.load("hopfeld")


@pytest.mark.parametrize("name", experiments.names())
def test_every_experiment_has_the_common_form(name):
    experiment = experiments.load(name)
    assert isinstance(experiment.SEED, int)
    for size in _records.SIZES:
        texts = [json.dumps(task, sort_keys=True) for task in experiment.tasks(size)]
        assert len(set(texts)) == len(texts)
    assert experiment.tasks("full")


def test_serial_and_joblib_agree_to_the_last_bit(tmp_path, log):
    serial = _records.run(toy, scratch=tmp_path / "serial")
    by_joblib = _records.run(toy, scratch=tmp_path / "joblib", jobs=2)
    assert {pid for _, pid in done(log)[:30]} == {os.getpid()}
    assert os.getpid() not in {pid for _, pid in done(log)[30:]}
    assert without_seconds(by_joblib) == without_seconds(serial)


def test_a_cluster_that_loses_a_worker_agrees_with_serial_to_the_last_bit(tmp_path, log, cluster):
    serial = _records.run(toy, scratch=tmp_path / "serial")
    killed, hold = [], log.with_suffix(".hold")
    hold.touch()

    def kill_the_one_that_waits():
        while not (at_work := [pid for k, pid in done(log)[30:] if k == 5]):
            time.sleep(0.01)
        killed.append(at_work[0])
        os.kill(killed[0], signal.SIGKILL)
        hold.unlink()

    killer = threading.Thread(target=kill_the_one_that_waits, daemon=True)
    killer.start()
    by_dask = _records.run(toy, scratch=tmp_path / "dask", scheduler=cluster.scheduler_address)
    killer.join(timeout=10)
    begun = done(log)[30:]
    assert killed[0] not in {os.getpid(), *(worker.pid for worker in cluster.workers.values())}
    assert [k for k, _ in begun].count(5) > 1 and len({pid for _, pid in begun}) > 1
    assert {k for k, _ in begun} == set(range(30))
    assert without_seconds(by_dask) == without_seconds(serial)


def test_results_depend_on_neither_order_nor_company(tmp_path, log, monkeypatch):
    everything = _records.run(toy, scratch=tmp_path / "a").tables["all"]
    monkeypatch.setattr(toy, "tasks", lambda size: [{"k": k, "log": str(log)} for k in (9, 2)])
    assert _records.run(toy, scratch=tmp_path / "b").tables["all"] == [everything[9], everything[2]]


def test_different_tasks_have_different_random_numbers(tmp_path, log):
    rows = _records.run(toy, scratch=tmp_path).tables["all"]
    assert len({row["mean"] for row in rows}) == 30


def test_an_interrupted_run_goes_on_where_it_was(tmp_path, log, monkeypatch):
    complete = _records.run(toy, scratch=tmp_path / "complete")
    outcomes = _pools.outcomes

    def interrupted(*given, **options):
        for k, outcome in enumerate(outcomes(*given, **options)):
            if k == 12:
                raise KeyboardInterrupt
            yield outcome

    monkeypatch.setattr(_pools, "outcomes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        _records.run(toy, scratch=tmp_path / "again")
    monkeypatch.setattr(_pools, "outcomes", outcomes)
    log.unlink()
    assert without_seconds(_records.run(toy, scratch=tmp_path / "again")) == without_seconds(complete)
    assert [k for k, _ in done(log)] == list(range(12, 30))
    _records.run(toy, scratch=tmp_path / "again")
    assert len(done(log)) == 18


@pytest.mark.parametrize("damage", ["", '{"task": {"k": 0', "{}", "[1]", '"x"'])
def test_part_of_a_file_does_not_count(tmp_path, log, damage):
    whole = _records.run(toy, "quick", scratch=tmp_path)
    first = sorted((tmp_path / "toy_experiment").glob("*.json"))[0]
    first.write_text(damage)
    log.unlink()
    assert without_seconds(_records.run(toy, "quick", scratch=tmp_path)) == without_seconds(whole)
    assert len(done(log)) == 1


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    _records.write(tmp_path / "x.json", {"a": 1})

    def crash(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "replace", crash)
    with pytest.raises(OSError, match="full"):
        _records.write(tmp_path / "x.json", {"a": 2})
    assert json.loads((tmp_path / "x.json").read_text()) == {"a": 1}


def test_a_task_that_raises_is_named_and_the_others_are_kept(tmp_path, log):
    log.with_suffix(".broken").touch()
    with pytest.raises(
        _records.Failed, match="(?s)toy_experiment: 3 of 30 tasks.*'k': 3.*ValueError: 3 is broken"
    ):
        _records.run(toy, scratch=tmp_path, jobs=2)
    log.with_suffix(".broken").unlink()
    log.unlink()
    _records.run(toy, scratch=tmp_path)
    assert sorted(k for k, _ in done(log)) == [3, 13, 23]


def test_a_changed_source_is_measured_anew(tmp_path, log, monkeypatch):
    _records.run(toy, "quick", scratch=tmp_path)
    monkeypatch.setattr(_tasks, "source", lambda module: "changed")
    _records.run(toy, "quick", scratch=tmp_path)
    assert len(done(log)) == 8


def test_source_is_all_that_is_imported_and_nothing_else():
    names = {
        path.relative_to(_tasks._LIBRARY).as_posix()
        for path in _tasks._needed(Path(experiments.load("hopfield_1982").__file__))
    }
    assert {"ebm/hopfield.py", "ebm/_kernel.py", "ebm/random.py", "ebm/experiments/hopfield_1982.py"} <= names
    assert not {"ebm/rbm/model.py", "ebm/experiments/hopfield_capacity.py"} & names


def test_source_changes_with_the_text(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "planted.py").write_text("SEED = 1\n")
    before = _tasks.source("planted")
    (tmp_path / "planted.py").write_text("SEED = 2\n")
    _tasks.source.cache_clear()
    assert _tasks.source("planted") != before
    sys.modules.pop("planted")


def test_a_worker_with_other_sources_is_refused(log):
    outcome = _tasks.perform("toy_experiment", toy.tasks("quick")[0], "another digest")
    assert "another version of ebm" in outcome.error and outcome.result is None


def test_a_task_has_one_thread(log, monkeypatch):
    found = []
    monkeypatch.setattr(
        toy,
        "measure",
        lambda task, rng: found.extend(pool["num_threads"] for pool in threadpoolctl.threadpool_info()),
    )
    _tasks.perform("toy_experiment", toy.tasks("quick")[0], _tasks.source("toy_experiment"))
    assert found and set(found) == {1}


def test_two_equal_tasks_are_refused(tmp_path, log, monkeypatch):
    monkeypatch.setattr(toy, "tasks", lambda size: [{"k": 1}, {"k": 1}])
    with pytest.raises(ValueError, match="two tasks of size full are the same"):
        _records.run(toy, scratch=tmp_path)


def test_a_size_there_is_not(tmp_path):
    with pytest.raises(ValueError, match="size is 'fast'; wanted quick or full"):
        _records.run(toy, "fast", scratch=tmp_path)


def test_a_scheduler_that_does_not_answer_is_named(tmp_path, log, monkeypatch):
    monkeypatch.setattr(_pools, "_PATIENCE", 1)
    with pytest.raises(_pools.Unreachable, match="no Dask scheduler answers at tcp://127.0.0.1:9 "):
        _records.run(toy, scratch=tmp_path, scheduler="tcp://127.0.0.1:9")
    with pytest.raises(_pools.Unreachable, match="no Dask scheduler answers at nonsense://x "):
        _records.run(toy, scratch=tmp_path, scheduler="nonsense://x")


def test_a_cluster_without_workers_is_named(tmp_path, log, monkeypatch):
    from distributed import LocalCluster

    monkeypatch.setattr(_pools, "_PATIENCE", 1)
    with (
        LocalCluster(
            n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=50
        ) as empty,
        pytest.raises(_pools.Unreachable, match=f"{empty.scheduler_address} has no worker"),
    ):
        _records.run(toy, scratch=tmp_path, scheduler=empty.scheduler_address)


def test_a_record_survives_its_file(tmp_path, log):
    record = _records.run(toy, "quick", scratch=tmp_path)
    _records.write_record(tmp_path, record)
    assert _records.read_record(tmp_path / "toy_experiment.json") == record
    assert _records.read_record(tmp_path / "none.json") is None


def test_the_command_writes_a_record_and_says_which_claims_hold(tmp_path, capsys):
    arguments = ["hopfield_1982", "--size", "quick", "--jobs", "1", "--build", str(tmp_path)]
    assert command.main(arguments) == 0
    assert _records.read_record(tmp_path / "records-quick/hopfield_1982.json").size == "quick"
    assert "hopfield-weights: 435; holds (exactly)" in capsys.readouterr().out


def test_the_command_names_what_there_is(capsys):
    with pytest.raises(SystemExit) as stopped:
        command.main(["hopfeld"])
    assert stopped.value.code == 2
    assert "no experiment 'hopfeld'; there are" in capsys.readouterr().err


def test_the_command_goes_on_after_a_failure(tmp_path, capsys, monkeypatch):
    good, bad = experiments.load("hopfield_1982"), experiments.load("hopfield_capacity")
    monkeypatch.setattr(experiments, "names", lambda: ["hopfield_capacity", "hopfield_1982"])
    monkeypatch.setattr(bad, "measure", lambda task, rng: 1 / 0)
    arguments = ["--size", "quick", "--jobs", "1", "--build", str(tmp_path)]
    assert command.main(arguments) == 1
    assert "hopfield_capacity" in capsys.readouterr().err
    assert (tmp_path / "records-quick" / f"{good.__name__.split('.')[-1]}.json").is_file()


def test_the_scheduler_is_taken_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setattr(_pools, "_PATIENCE", 1)
    monkeypatch.setenv("SCHEDULER", "tcp://127.0.0.1:9")
    with pytest.raises(SystemExit, match="tcp://127.0.0.1:9"):
        command.main(["hopfield_1982", "--size", "quick", "--build", str(tmp_path)])


def test_the_book_is_found_from_here():
    assert (claims.book() / "references.bib").is_file()


def test_what_lacks_a_file_is_not_run_and_the_rest_is(tmp_path, capsys, monkeypatch):
    lacking = experiments.load("hopfield_capacity")
    monkeypatch.setattr(experiments, "names", lambda: ["hopfield_capacity", "hopfield_1982"])
    monkeypatch.setattr(lacking, "lacks", lambda: "it needs a moon", raising=False)
    arguments = ["--size", "quick", "--jobs", "1", "--build", str(tmp_path)]
    assert command.main(arguments) == 0
    assert "hopfield_capacity was not run: it needs a moon" in capsys.readouterr().err
    assert [path.stem for path in (tmp_path / "records-quick").iterdir()] == ["hopfield_1982"]
    assert command.main(["hopfield_capacity", *arguments]) == 1
    monkeypatch.setattr(lacking, "lacks", lambda: "")
    monkeypatch.setattr(lacking, "tasks", lambda size: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        _records.run(lacking, scratch=tmp_path)


def test_one_without_tasks_of_a_size_is_not_run_at_it(tmp_path, monkeypatch):
    monkeypatch.setattr(toy, "tasks", lambda size: [] if size == "quick" else 1 / 0)
    with pytest.raises(_records.Lacking, match="toy_experiment was not run: it has no quick size"):
        _records.run(toy, "quick", scratch=tmp_path)
    with pytest.raises(ZeroDivisionError):
        _records.run(toy, "full", scratch=tmp_path)
