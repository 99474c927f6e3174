"""The side-by-side run: who crashes, fails or computes nonsense is named, and stops nobody else."""

import importlib.util
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent

BROKEN = """
import os, time
from side_by_side import Case, Competitor

def works(): return Competitor(lambda repeats: time.sleep(0.001 * repeats), 1.0, lambda: "")
def twice(): return Competitor(lambda repeats: time.sleep(0.002 * repeats), 1.0, lambda: "")
def wrong(): return Competitor(lambda repeats: time.sleep(0.001 * repeats), 1.0, lambda: "energy 7, wanted 3")
def missing(): import no_such_library
def hangs(): return Competitor(lambda repeats: time.sleep(60), 1.0, lambda: "")
def nonsense(): return Competitor(lambda repeats: time.sleep(0.001 * repeats), 1.0, lambda: 1 / 0)
def dies(): return Competitor(lambda repeats: os._exit(7), 1.0, lambda: "")
def noisy():
    print("{not json", flush=True)
    return works()

CASES = [Case("Test", "n = 1", "runs/s", {"ebm": works, "twice": twice, "wrong": wrong, "missing": missing,
    "dies": dies, "noisy": noisy, "nonsense": nonsense, "hangs": hangs},
    goals={"twice": 1.5, "wrong": 50}, bound="sleep")]
"""


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def lines(tmp_path, monkeypatch):
    compare = load(ROOT / "benchmarks" / "compare.py")
    shutil.copytree(ROOT / "benchmarks" / "side_by_side", tmp_path / "side_by_side")
    (tmp_path / "side_by_side" / "broken.py").write_text(BROKEN)
    monkeypatch.setattr(compare, "HERE", tmp_path)
    monkeypatch.setattr(compare, "SECONDS", 20)
    monkeypatch.syspath_prepend(str(tmp_path))
    case = load(tmp_path / "side_by_side" / "broken.py").CASES[0]
    found = compare.compared(case, compare.run("broken", 0), {"noisy": "no wheel"})
    return {line["competitor"]: line | {"shown": compare.show(line)} for line in found}


def test_everyone_is_named(lines):
    assert set(lines) == {"ebm", "twice", "wrong", "missing", "dies", "noisy", "nonsense", "hangs"}
    assert lines["ebm"]["ratio"] == 1 and 1.3 < lines["twice"]["ratio"] < 2.8
    assert "short" not in lines["twice"]["shown"] and "goal 50x: short, sleep" in lines["wrong"]["shown"]
    assert lines["wrong"]["wrong"] in lines["wrong"]["shown"] and not lines["ebm"]["wrong"]
    assert "No module named 'no_such_library'" in lines["missing"]["shown"]
    assert "the process ended with status 7" in lines["dies"]["shown"]
    assert "no answer in 20 s" in lines["hangs"]["shown"]
    assert "ZeroDivisionError" in lines["nonsense"]["wrong"]
    assert "did not install: no wheel" in lines["noisy"]["shown"]
    assert all(line["low"] <= line["rate"] <= line["high"] for line in lines.values() if "rate" in line)


def test_settings_for_another_processor_are_left_out(monkeypatch):
    compare = load(ROOT / "benchmarks" / "compare.py")
    for name in compare.FOREIGN:
        monkeypatch.setenv(name, "Prescott")
    found = compare.environment()
    assert not set(compare.FOREIGN) & set(found) and found["OPENBLAS_NUM_THREADS"] == "1"
    assert compare.blas()


def test_wrong_products_stop_the_run(monkeypatch):
    compare = load(ROOT / "benchmarks" / "compare.py")
    monkeypatch.setattr(compare, "BLAS", compare.BLAS.replace("a[0] @ a[1]", "a[0] @ a[0]"))
    with pytest.raises(SystemExit, match="products of matrices are off by"):
        compare.blas()


def test_other_workloads_keep_their_lines(tmp_path, monkeypatch):
    compare = load(ROOT / "benchmarks" / "compare.py")
    monkeypatch.setattr(compare, "RESULTS", tmp_path / "results.jsonl")
    now = [{"machine": {"processor": "x", "date": "today"}}, {"workload": "A", "rate": 2}]
    assert compare.with_the_rest(now) == now
    for processor, kept in [("x", [{"workload": "B", "rate": 3}]), ("y", [])]:
        old = [
            {"machine": {"processor": processor, "date": "then"}},
            {"workload": "A", "rate": 1},
            {"workload": "B", "rate": 3},
        ]
        compare.RESULTS.write_text("\n".join(map(json.dumps, old)))
        assert compare.with_the_rest(now) == now + kept


def test_the_committed_results_fill_the_page():
    page = load(ROOT / "book" / "_ext" / "benchmarks_table.py")
    about, *lines = map(json.loads, (ROOT / "benchmarks" / "results.jsonl").read_text().splitlines())
    text = "\n".join(page.page(about, lines))
    assert about["machine"]["processor"] in text
    for line in lines:
        assert line["competitor"] in text and line["workload"] in text
        assert not (line["competitor"].startswith("ebm") and line.get("wrong"))


def test_the_page_says_what_did_not_run():
    page = load(ROOT / "book" / "_ext" / "benchmarks_table.py")
    machine = {"date": "2026-01-01", "processor": "a chip", "cores": 2, "system": "Linux", "python": "3.11"}
    line = {"workload": "W", "size": "n = 1", "unit": "x/s", "competitor": "peer", "version": "1.0"}
    ran = {"failed": "", "rate": 2.0, "low": 1.0, "high": 3.0, "ratio": 4.0, "wrong": "energy 7", "goal": 8}
    text = "\n".join(
        page.page(
            {"machine": machine, "missing": {"other": "no wheel"}},
            [line | ran | {"bound": "memory"}, line | {"failed": "the process ended with status 7"}],
        )
    )
    for part in (
        "other did not install here: no wheel",
        "peer 1.0",
        "2 (wrong: energy 7)",
        "8 times, short by 2",
        "the bound is: memory",
        "did not run: the process ended with status 7",
    ):
        assert part in text


@pytest.mark.parametrize("name", ["growth", "page", "threads", "start"])
def test_every_committed_line_is_in_its_table(name):
    page = load(ROOT / "book" / "_ext" / "benchmarks_table.py")
    about, *lines = map(json.loads, (ROOT / "benchmarks" / f"{name}.jsonl").read_text().splitlines())
    text = "\n".join(page.TABLES[name](about, lines))
    assert lines and about["machine"]["processor"] in text
    for line in lines:
        named = next(value for key, value in line.items() if key in ("workload", "kernel", "step"))
        assert page.formulas(named) in text


def test_a_step_says_by_how_much_it_is_too_slow():
    short = load(ROOT / "book" / "_ext" / "benchmarks_table.py").short
    assert short({"goal": "0.5, better 0.3", "seconds": 0.45}) == "0.5, better 0.3, short by 1.5"
    assert short({"goal": "0.3", "seconds": 0.29}) == "0.3" and short({"goal": "", "seconds": 9.0}) == ""


def test_the_slope_of_a_power_law(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    growth = load(ROOT / "benchmarks" / "growth.py")
    sizes = np.array([100, 200, 400, 800])
    exponent, error = growth.slope(sizes, 3 * sizes**1.75)
    assert abs(exponent - 1.75) < 1e-12 and error < 1e-12
    noise = np.exp(0.1 * np.random.default_rng(0).normal(size=(2000, 4)))
    found = np.array([growth.slope(sizes, sizes**2 * factor) for factor in noise])
    spread = found[:, 0].std()
    assert abs(np.sqrt(np.mean(found[:, 1] ** 2)) - spread) < 0.1 * spread
    assert abs(found[:, 0].mean() - 2) < 4 * spread / np.sqrt(len(found))


def test_the_peak_counts_arrays(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    growth = load(ROOT / "benchmarks" / "growth.py")
    assert 1_000_000 <= growth.peak(lambda: np.ones(1_000_000, dtype=np.int8)) < 1_010_000


def test_numbers_are_written_without_powers_of_ten():
    number = load(ROOT / "book" / "_ext" / "benchmarks_table.py").number
    assert [number(x) for x in (36123.0, 1.3949e6, 13.6, 0.02334)] == [
        "36,100",
        "1,390,000",
        "13.6",
        "0.0233",
    ]


def test_powers_and_indices_are_formulas():
    formulas = load(ROOT / "book" / "_ext" / "benchmarks_table.py").formulas
    assert formulas("Wolff clusters at T_c") == "Wolff clusters at $T_{c}$"
    assert formulas("with n^2 weights, L^(7/4)") == "with $n^{2}$ weights, $L^{7/4}$"
    assert formulas("n / 10 patterns of n units a cue") == "n / 10 patterns of n units a cue"
