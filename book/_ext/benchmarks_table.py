"""Sphinx extension: the last committed measurements, benchmarks/*.jsonl, as tables.

```{benchmarks}             what it ran on, and a table for each workload beside other libraries
```
```{benchmarks} growth      how time and memory grow; also: page, threads, start
```
"""

import json
import math
import re
from itertools import groupby

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

COLUMNS = ["Size", "Library", "Median", "Quartiles", "Ours is", "Goal"]


class BenchmarksDirective(SphinxDirective):
    """One file of results."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0] if self.arguments else "results"
        path = self.env.srcdir / "benchmarks" / f"{name}.jsonl"
        self.env.note_dependency(str(path))
        about, *lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        return self.parse_text_to_nodes("\n".join(TABLES[name](about, lines)))


def ran_on(about: dict, threads: str = "one thread of one core") -> list[str]:
    machine = about["machine"]
    text = (
        f"Measured on {machine['date']}: {machine['processor']}, {machine['cores']} cores, "
        f"{machine['system']}, Python {machine['python']}; {threads}."
    )
    if (machine.get("load") or 0) > machine["cores"]:
        text += (
            f" The machine had other work at the time, {machine['load']} processes at once: "
            "what took turns can be compared, the numbers themselves are low."
        )
    blas = f" NumPy's matrix products use the code for {about['blas']}." if about.get("blas") else ""
    return [text + blas, ""]


def table(columns: list[str], rows: list[list[str]]) -> list[str]:
    found = ["```{list-table}", ":header-rows: 1", ":class: longtable", ""]
    for first, *others in [columns, *rows]:
        found += [f"* - {first}", *(f"  - {cell}" for cell in others)]
    return [*found, "```", ""]


def page(about: dict, lines: list[dict]) -> list[str]:
    """Medians, quartiles, ratios and goals; what did not run, and why."""
    found = ran_on(about)
    for name, why in about["missing"].items():
        found += [f"{name} did not install here: {why}.", ""]
    for workload, group in groupby(lines, key=lambda line: line["workload"]):
        rows = list(group)
        found += [f"**{workload}**, in {rows[0]['unit']}", ""]
        found += table(COLUMNS, [cells(row) for row in rows])
        bounds = {line["bound"]: None for line in rows if missed(line)}
        found += [f"Where the goal is missed, the bound is: {'; '.join(bounds)}." if bounds else "", ""]
    return found


def number(value: float) -> str:
    """Three digits of it, and no powers of ten: 36,100."""
    return f"{float(f'{value:.3g}'):,.10g}"


def formulas(text: str) -> str:
    """Powers and indices, as in L^(7/4) and T_c, as formulas."""
    return re.sub(r"\b(\w)([_^])(?:\((.+?)\)|(\w))", r"$\1\2{\3\4}$", text)


def cells(line: dict) -> list[str]:
    library = f"{line['competitor']} {line['version']}".strip()
    if line.get("failed"):
        return [line["size"], library, f"did not run: {line['failed']}", "", "", ""]
    wrong = f" (wrong: {line['wrong']})" if line["wrong"] else ""
    spread = f"{number(line['low'])} to {number(line['high'])}"
    goal = f"{line['goal']} times" if "goal" in line else ""
    if missed(line):
        goal += f", short by {line['goal'] / line['ratio']:.2g}"
    ratio = f"{number(line['ratio'])} times as fast" if line.get("ratio", 1) != 1 else ""
    return [line["size"], library, f"{number(line['rate'])}{wrong}", spread, ratio, goal]


def missed(line: dict) -> bool:
    return "goal" in line and line.get("ratio", line["goal"]) < line["goal"]


def growth(about: dict, lines: list[dict]) -> list[str]:
    """Exponents of time with standard errors, and peaks of memory beside the arithmetic."""
    columns = ["Workload", "Sizes", "Seconds", "Exponent", "Expected", "Peak, largest size", "Least it needs"]
    rows = []
    for line in lines:
        sizes, seconds = (
            f"{number(line[key][0])} to {number(line[key][-1])}" for key in ("sizes", "seconds")
        )
        exponent = f"{line['exponent']:.2f} ± {line['error']:.2f}"
        megabytes = [f"{line[key][-1] / 1e6:.3g} MB" for key in ("peak", "bytes")]
        expected = f"{line['expected']}: {formulas(line['law'])}"
        rows.append(
            [
                formulas(line["workload"]),
                f"{line['variable']}, {sizes}",
                seconds,
                exponent,
                expected,
                *megabytes,
            ]
        )
    return ran_on(about) + table(columns, rows)


def in_page(about: dict, lines: list[dict]) -> list[str]:
    """Millions of updates a second in the page beside native."""
    columns = ["Kernel of a view", "Native", "In the page", "Page without simd128", "Page of native"]
    rows = []
    for line in lines:
        native, fast, plain = (line["rates"][name] for name in ("native", "with simd128", "without"))
        spread = [
            f"{middle / 1e6:.3g} ({low / 1e6:.3g} to {high / 1e6:.3g})"
            for low, middle, high in (native, fast, plain)
        ]
        rows.append([line["kernel"], *spread, f"{fast[1] / native[1]:.0%}"])
    return ran_on(about, f"one thread; {about['browser']}") + table(columns, rows)


def threads(about: dict, lines: list[dict]) -> list[str]:
    """How many times as fast two threads are as one."""
    columns = ["Workload", "One thread, s", "Two threads, s", "Speed-up", "Quartiles", "Two processes"]
    rows = [
        [line["workload"], *(f"{number(took)}" for took in line["seconds"].values()),
         f"{line['speedup']:.2f}", f"{line['low']:.2f} to {line['high']:.2f}", f"{line['two processes']:.2f}"]
        for line in lines
    ]  # fmt: skip
    return ran_on(about, "one thread and two in turns") + table(columns, rows)


def start(about: dict, lines: list[dict]) -> list[str]:
    """Seconds a reader waits, in fresh processes with a warm cache on disk."""
    rows = [
        [
            line["step"],
            f"{number(line['seconds'])}",
            f"{number(line['low'])} to {number(line['high'])}",
            short(line),
        ]
        for line in lines
    ]
    return ran_on(about) + table(["Step", "Seconds", "Quartiles", "Goal, seconds"], rows)


def short(line: dict) -> str:
    """The goal of a step, the last number in it, and by how much it is missed."""
    goal = line["goal"]
    wanted = float(goal.split()[-1]) if goal else math.inf
    return f"{goal}, short by {line['seconds'] / wanted:.2g}" if line["seconds"] > wanted else goal


TABLES = {"results": page, "growth": growth, "page": in_page, "threads": threads, "start": start}


def setup(app: Sphinx) -> dict:
    app.add_directive("benchmarks", BenchmarksDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
