"""What the book asserts about the world, beside what we measured: `book/claims.yml` and `book/records`.

A claim says what a source says, which experiment of `ebm.experiments` measures it, and how far the
two may be apart. What we measured is never typed: it is read from the experiment's record.

    - id: hopfield-critical-load           a name for prose and figures
      chapter: 02_hopfield
      text: The cliff is at a load of 0.138.    one sentence, in the book's Markdown
      cites: [amit1985]                    keys of book/references.bib
      source: 0.138                        or {value: 0.145, error: 0.009}, or {value: 0.5, says: about half}
      experiment: hopfield_capacity
      key: alpha_c                         which of the record's values
      tolerance: within 0.002              or: within 5%, within 3 errors, at least, at most
      cost: 4 min                          of computing on one core, at full size

"within 3 errors" means standard errors, ours and the source's combined.
"""

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import yaml

from ebm.diagnostics import Estimate
from ebm.experiments._records import read_record

_FIELDS = ("id", "chapter", "text", "cites", "source", "experiment", "key", "tolerance", "cost")
_UNITS = {"s": 1, "min": 60, "h": 3600}


class ClaimError(ValueError):
    """A claim that is not well formed; the message names it and its field."""


class Source(NamedTuple):
    """What a source says.

    value : float
    error : float, its standard error; 0 if it gives none
    says : str, its own words where it gives no number
    """

    value: float
    error: float = 0.0
    says: str = ""

    def __str__(self):
        number = show(Estimate(self.value, self.error))
        return f"{self.says} ({number})" if self.says else number


class Tolerance(NamedTuple):
    """How far ours may be from the source's.

    kind : "absolute", "relative", "errors", "at least" or "at most"
    size : float; for the last two it is the source's value
    """

    kind: str
    size: float = 0.0

    def __str__(self):
        if self.kind in ("at least", "at most"):
            return f"{self.kind} {self.size:g}"
        if self.size == 0:
            return "exactly"
        size = f"{100 * self.size:g}%" if self.kind == "relative" else f"{self.size:g}"
        return f"within {size}" + (" standard errors" if self.kind == "errors" else "")


class Verdict(NamedTuple):
    """Whether a claim holds.

    holds : bool, or None if its experiment has not been run
    by : float, how far ours is beyond what the tolerance allows; 0 if it holds
    tolerance : Tolerance
    """

    holds: bool | None
    by: float
    tolerance: Tolerance

    def __str__(self):
        if self.holds is None:
            return "not yet run"
        if self.holds:
            return f"holds ({self.tolerance})"
        return f"does not hold: beyond the tolerance ({self.tolerance}) by {self.by:.2g}"


@dataclass(frozen=True)
class Claim:
    """One assertion; its fields are those of `book/claims.yml`.

    Parameters
    ----------
    id, chapter, text, experiment, key : str
    cites : tuple of str
    source : Source
    tolerance : Tolerance
    cost : float
        Seconds.
    """

    id: str
    chapter: str
    text: str
    cites: tuple
    source: Source
    experiment: str
    key: str
    tolerance: Tolerance
    cost: float

    @property
    def ours(self):
        """The Estimate in the committed record; None if the experiment has not been run."""
        found = record(self.experiment)
        return found and found.values[self.key]

    @property
    def verdict(self):
        """What the committed record says of the claim."""
        return self.judge(record(self.experiment))

    def judge(self, record):
        """What a record says of the claim: a Verdict. Ours is taken as it is, not widened by its error."""
        return judge(record and record.values[self.key], self.source, self.tolerance)


def judge(ours, source, tolerance, *, widen=0.0):
    """Whether a value is within its tolerance of what a source says.

    Parameters
    ----------
    ours : Estimate or None
    source : Source or Estimate
    tolerance : Tolerance
    widen : float
        So many of our own standard errors are allowed on top ("within k errors" has them already).

    Returns
    -------
    Verdict

    Examples
    --------
    >>> str(judge(Estimate(0.6, 0.01), Source(0.4), Tolerance("absolute", 0.05)))
    'does not hold: beyond the tolerance (within 0.05) by 0.15'
    >>> judge(Estimate(0.6, 0.01), Source(0.4), Tolerance("at least")).holds
    True
    """
    if ours is None:
        return Verdict(None, 0.0, tolerance)
    away = ours.value - source.value
    if tolerance.kind == "errors":
        allowed, widen = tolerance.size * math.hypot(ours.error, source.error), 0.0
    else:
        scale = {"absolute": 1, "relative": abs(source.value)}.get(tolerance.kind, 0)
        allowed = tolerance.size * scale
    distance = {"at least": -away, "at most": away}.get(tolerance.kind, abs(away))
    beyond = distance - allowed - widen * ours.error
    holds = beyond <= 1e-12 * (1 + abs(source.value))  # a value on the edge is inside, rounded or not
    return Verdict(holds, 0.0 if holds else beyond, tolerance)


def contradicted(claim, quick, full):
    """What a quick run of an experiment has against a claim; None if nothing.

    The quick value has to lie within the claim's tolerance of what the source says, widened by three
    of its own standard errors and by nothing else. If the book says that the claim does not hold,
    that is what has to be true: the quick value has to lie just as near to the value of our record.

    Parameters
    ----------
    claim : Claim
    quick : Estimate
    full : Estimate or None
        That of the committed record.

    Returns
    -------
    str or None

    Examples
    --------
    >>> claim = Claim("x", "1", "", (), Source(2.0), "e", "k", Tolerance("absolute", 0.1), 1.0)
    >>> contradicted(claim, Estimate(2.3, 0.1), None)
    >>> contradicted(claim, Estimate(2.5, 0.1), None)
    'x: quick 2.50 ± 0.10, but the source has 2: beyond within 0.1 and 3 standard errors by 0.1'
    """
    tolerance, whose, source = claim.tolerance, "the source", claim.source
    if judge(full, source, tolerance).holds is False:
        whose, source = "the record, by which the claim does not hold,", full
        if tolerance.kind in ("at least", "at most"):
            tolerance = Tolerance("errors", 3.0)
    verdict = judge(quick, source, tolerance, widen=3.0)
    if verdict.holds:
        return None
    return (
        f"{claim.id}: quick {show(quick)}, but {whose} has {show(source)}: "
        f"beyond {tolerance} and 3 standard errors by {verdict.by:.2g}"
    )


def book():
    """The folder with `claims.yml`: `book` in this or a higher folder, or beside the library.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    FileNotFoundError
    """
    here = Path.cwd().resolve()
    for folder in (here, *here.parents, Path(__file__).resolve().parent.parent.parent):
        if (folder / "book" / "claims.yml").is_file():
            return folder / "book"
    raise FileNotFoundError(
        f"there is no book/claims.yml in {here} or above it; run this in the course's folder"
    )


def load(place=None):
    """All claims.

    Parameters
    ----------
    place : path, optional
        A file like `book/claims.yml`; left out, that one.

    Returns
    -------
    list of Claim

    Raises
    ------
    ClaimError
        If one is malformed.

    Examples
    --------
    >>> [claim.text for claim in load() if claim.id == "hopfield-weights"]
    ['A network of 30 units has 435 weights.']
    """
    place = Path(place) if place else book() / "claims.yml"
    entries = yaml.safe_load(place.read_text(encoding="utf-8")) or []
    if not isinstance(entries, list):
        raise ClaimError(f"{place.name} holds a {type(entries).__name__}; wanted a list of claims")
    claims = [_claim(entry, k) for k, entry in enumerate(entries, start=1)]
    ids = [claim.id for claim in claims]
    if twice := {one for one in ids if ids.count(one) > 1}:
        raise ClaimError(f"two claims have the id {', '.join(sorted(twice))}")
    return claims


def find(id):
    """The claim of that id.

    Parameters
    ----------
    id : str

    Returns
    -------
    Claim

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> find("hopfield-weights").source.value
    435.0
    """
    by_id = {claim.id: claim for claim in load()}
    if id not in by_id:
        raise ValueError(f"there is no claim {id!r}; there are {', '.join(by_id)}")
    return by_id[id]


def record(experiment):
    """The committed record of an experiment: its values and tables, for prose and figures.

    Parameters
    ----------
    experiment : str

    Returns
    -------
    ebm.experiments._records.Record or None
        None if it has not been run at full size.

    Examples
    --------
    >>> record("hopfield_1982").values["weights"]
    Estimate(value=435.0, error=0.0)
    """
    return read_record(book() / "records" / f"{experiment}.json")


def show(estimate):
    """A value and its standard error as text, the error to two digits.

    Parameters
    ----------
    estimate : Estimate or Source

    Returns
    -------
    str

    Examples
    --------
    >>> show(Estimate(0.143512, 0.00082)), show(Estimate(435.0, 0.0))
    ('0.14351 ± 0.00082', '435')
    """
    if not estimate.error > 0:
        return f"{estimate.value:.6g}"
    digits = max(0, 1 - math.floor(math.log10(estimate.error)))
    return f"{estimate.value:.{digits}f} ± {estimate.error:.{digits}f}"


def beside_the_source(*ids):
    """Print what a source says, what our experiment measured, and whether they agree: a line for each claim.

    Parameters
    ----------
    *ids : str
        Of claims, one or more. Where nothing has been measured yet, the line says so.

    Raises
    ------
    ValueError
        If there is no such claim, before anything is printed.

    Examples
    --------
    >>> beside_the_source("hopfield-weights")
    source 435; measured 435; holds (exactly)
    """
    if not ids:
        raise ValueError("ids is empty; wanted one claim or more")
    for claim in [find(id) for id in ids]:
        ours = show(claim.ours) if claim.ours else "nothing"
        print(f"source {claim.source}; measured {ours}; {claim.verdict}")


def _claim(entry, k):
    """One entry of the file, checked."""
    if not isinstance(entry, dict):
        raise ClaimError(f"claim {k} is {entry!r}; wanted the fields {', '.join(_FIELDS)}")
    name = f"claim {entry.get('id', k)!r}"
    if missing := [field for field in _FIELDS if field not in entry]:
        raise ClaimError(f"{name} lacks {', '.join(missing)}")
    if strange := [field for field in entry if field not in _FIELDS]:
        raise ClaimError(f"{name} has {', '.join(strange)}; wanted only {', '.join(_FIELDS)}")
    for field in ("id", "chapter", "text", "experiment", "key"):
        if not isinstance(entry[field], str) or not entry[field].strip():
            raise ClaimError(f"{name}: {field} is {entry[field]!r}; wanted text")
    cites = entry["cites"]
    if not isinstance(cites, list) or not cites or not all(isinstance(cite, str) for cite in cites):
        raise ClaimError(f"{name}: cites is {cites!r}; wanted a list of keys of references.bib")
    source = _source(name, entry["source"])
    return Claim(
        **{field: entry[field].strip() for field in ("id", "chapter", "text", "experiment", "key")},
        cites=tuple(cites),
        source=source,
        tolerance=_tolerance(name, entry["tolerance"], source),
        cost=_cost(name, entry["cost"]),
    )


def _source(name, given):
    fields = given if isinstance(given, dict) else {"value": given}
    numbers = [fields.get("value"), fields.get("error", 0)]
    if (
        set(fields) - set(Source._fields)
        or any(isinstance(x, bool) or not isinstance(x, int | float) or not math.isfinite(x) for x in numbers)
        or numbers[1] < 0
        or not isinstance(fields.get("says", ""), str)
    ):
        raise ClaimError(
            f"{name}: source is {given!r}; wanted a number, or a value with an error >= 0 or with what it says"
        )
    return Source(float(numbers[0]), float(numbers[1]), fields.get("says", ""))


def _tolerance(name, given, source):
    if given in ("at least", "at most"):
        return Tolerance(given, source.value)
    match = re.fullmatch(r"within (\d+\.?\d*(?:e-?\d+)?)(%| errors)?", str(given))
    if not match:
        raise ClaimError(
            f"{name}: tolerance is {given!r}; wanted "
            "'within 0.01', 'within 5%', 'within 3 errors', 'at least' or 'at most'"
        )
    size, unit = float(match[1]), match[2]
    if unit == "%":
        return Tolerance("relative", size / 100)
    return Tolerance("errors" if unit else "absolute", size)


def _cost(name, given):
    match = re.fullmatch(r"(\d+\.?\d*) (s|min|h)", str(given))
    if not match:
        raise ClaimError(f"{name}: cost is {given!r}; wanted a time such as '20 s', '4 min' or '2 h'")
    return float(match[1]) * _UNITS[match[2]]
