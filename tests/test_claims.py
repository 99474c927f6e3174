"""Every number the book asserts is well formed, cited, measured, and compared without cheating."""

import re
import shutil
import subprocess
import sys
import textwrap
from types import SimpleNamespace

import pytest

from ebm import claims, experiments
from ebm.claims import Claim, ClaimError, Source, Tolerance, contradicted, judge
from ebm.diagnostics import Estimate
from ebm.experiments import _records, hopfield_1982

BOOK = claims.book()
CLAIMS = claims.load()
IDS = [claim.id for claim in CLAIMS]
RECORDS = sorted((BOOK / "records").glob("*.json"))

GOOD = """
    - id: ising-point
      chapter: 03_ising
      text: The magnet melts at 2.269.
      cites: [onsager1944]
      source: 2.269
      experiment: ising
      key: T_c
      tolerance: within 0.01
      cost: 2 min
"""


def load(tmp_path, text):
    place = tmp_path / "claims.yml"
    place.write_text(textwrap.dedent(text))
    return claims.load(place)


# What the book's own files hold.


def test_every_citation_is_in_the_references():
    keys = set(re.findall(r"^@\w+\{(\w+),", (BOOK / "references.bib").read_text(encoding="utf-8"), re.M))
    assert {key for claim in CLAIMS for key in claim.cites} - keys == set()


@pytest.mark.parametrize("claim", CLAIMS, ids=IDS)
def test_every_claim_has_an_experiment_and_a_chapter(claim):
    assert claim.experiment in experiments.names()
    assert list(BOOK.glob(f"{claim.chapter}.*")), f"there is no chapter {claim.chapter}"


def test_every_experiment_serves_a_claim():
    assert set(experiments.names()) == {claim.experiment for claim in CLAIMS}


@pytest.mark.parametrize("path", RECORDS, ids=[path.stem for path in RECORDS])
def test_every_record_is_of_a_claim_and_has_what_it_asks_for(path):
    record = _records.read_record(path)
    keys = {claim.key for claim in CLAIMS if claim.experiment == path.stem}
    assert keys, f"no claim reads {path.name}"
    assert keys <= set(record.values)
    assert (record.experiment, record.size) == (path.stem, "full")
    experiment = experiments.load(path.stem)
    assert (record.seed, record.tasks) == (experiment.SEED, len(experiment.tasks("full")))


@pytest.mark.parametrize("path", RECORDS, ids=[path.stem for path in RECORDS])
def test_the_cost_is_what_it_took_within_a_factor_of_three(path):
    costs = {claim.cost for claim in CLAIMS if claim.experiment == path.stem}
    assert len(costs) == 1, "the claims of one run have one cost"
    assert 1 / 3 <= costs.pop() / _records.read_record(path).seconds <= 3


@pytest.mark.parametrize("name", experiments.names())
def test_the_quick_size_does_not_contradict_the_book(name, tmp_path):
    """Each experiment anew, small: within the tolerance of each claim, widened by three of its own errors."""
    try:
        quick = _records.run(experiments.load(name), "quick", scratch=tmp_path)
    except _records.Lacking as lacking:
        pytest.skip(str(lacking))
    full = claims.record(name)
    chosen = [claim for claim in CLAIMS if claim.experiment == name]
    wrong = [
        contradicted(claim, quick.values[claim.key], full and full.values[claim.key]) for claim in chosen
    ]
    assert [words for words in wrong if words] == []


def test_every_experiment_but_those_named_here_has_a_quick_size():
    """The network on MNIST: one that has learned for a minute says nothing of 1.25%."""
    assert {name for name in experiments.names() if not experiments.load(name).tasks("quick")} == {
        "dbn_mnist"
    }


def test_the_quick_size_would_notice_a_wrong_network(tmp_path, monkeypatch):
    right = hopfield_1982.random_network
    monkeypatch.setattr(
        hopfield_1982, "random_network", lambda n, P, units, *, rng: right(n, P, "-1 and +1", rng=rng)
    )
    quick = _records.run(hopfield_1982, "quick", scratch=tmp_path)
    found = {
        claim.id: contradicted(claim, quick.values[claim.key], claim.ours)
        for claim in CLAIMS
        if claim.experiment == "hopfield_1982"
    }
    # One claim that holds, and one that does not: both are checked.
    assert "but the source has 0.6" in found["hopfield-10-memories"]
    assert "but the record" in found["hopfield-15-memories"]


# What a claim may look like.


def test_a_claim_is_read(tmp_path):
    (claim,) = load(tmp_path, GOOD)
    assert (claim.source, claim.tolerance, claim.cost) == (Source(2.269), Tolerance("absolute", 0.01), 120)
    assert claim.cites == ("onsager1944",)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("within 0.01", Tolerance("absolute", 0.01)),
        ("within 5%", Tolerance("relative", 0.05)),
        ("within 3 errors", Tolerance("errors", 3)),
        ("at least", Tolerance("at least", 2.269)),
        ("at most", Tolerance("at most", 2.269)),
    ],
)
def test_tolerances_are_read(tmp_path, text, wanted):
    assert load(tmp_path, GOOD.replace("within 0.01", text))[0].tolerance == wanted


@pytest.mark.parametrize(
    ("text", "wanted", "shown"),
    [
        ("{value: 0.145, error: 0.009}", Source(0.145, 0.009), "0.1450 ± 0.0090"),
        ("{value: 0.5, says: about half}", Source(0.5, 0, "about half"), "about half (0.5)"),
        ("1", Source(1.0), "1"),
    ],
)
def test_sources_are_read(tmp_path, text, wanted, shown):
    source = load(tmp_path, GOOD.replace("2.269\n      exp", f"{text}\n      exp"))[0].source
    assert source == wanted and str(source) == shown


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("      key: T_c\n", "", "claim 'ising-point' lacks key"),
        ("key: T_c", "key: T_c\n      colour: red", "claim 'ising-point' has colour"),
        ("chapter: 03_ising", "chapter: 3", "claim 'ising-point': chapter is 3; wanted text"),
        ("[onsager1944]", "onsager1944", "claim 'ising-point': cites is 'onsager1944'; wanted a list"),
        ("[onsager1944]", "[]", "claim 'ising-point': cites is \\[\\]"),
        ("source: 2.269", "source: about 2", "claim 'ising-point': source is 'about 2'; wanted a number"),
        ("source: 2.269", "source: {value: 1, error: -1}", "claim 'ising-point': source is"),
        ("source: 2.269", "source: {error: 1}", "claim 'ising-point': source is"),
        ("source: 2.269", "source: .nan", "claim 'ising-point': source is nan"),
        ("within 0.01", "near 0.01", "claim 'ising-point': tolerance is 'near 0.01'; wanted 'within 0.01'"),
        ("within 0.01", "within -1", "claim 'ising-point': tolerance is 'within -1'"),
        ("2 min", "soon", "claim 'ising-point': cost is 'soon'; wanted a time"),
        ("- id: ising-point", "- id:", "claim None: id is None"),
        ("- id: ising-point\n      chapter", "- chapter", "claim 1 lacks id"),
    ],
)
def test_a_malformed_claim_is_named_with_its_field(tmp_path, old, new, message):
    assert old in GOOD
    with pytest.raises(ClaimError, match=message):
        load(tmp_path, GOOD.replace(old, new))


def test_an_id_names_one_claim(tmp_path):
    with pytest.raises(ClaimError, match="two claims have the id ising-point"):
        load(tmp_path, GOOD + GOOD)


def test_a_file_that_is_no_list_is_refused(tmp_path):
    with pytest.raises(ClaimError, match="holds a dict; wanted a list"):
        load(tmp_path, "id: x")
    with pytest.raises(ClaimError, match="claim 1 is 'x'"):
        load(tmp_path, "- x")


def test_an_unknown_claim_is_told_which_there_are():
    with pytest.raises(ValueError, match="no claim 'hopfeld'; there are .*hopfield-weights"):
        claims.find("hopfeld")


# What a chapter prints of it.


def test_claims_are_printed_beside_the_source(capsys, monkeypatch):
    made = [claim_of(Source(1.0), Tolerance("absolute", 0.1), key) for key in ("near", "far")]
    made.append(Claim("missing", "1", "", (), Source(2.0, 0.5), "absent", "k", Tolerance("at least"), 1.0))
    found = {"e": SimpleNamespace(values={"near": Estimate(1.05, 0.01), "far": Estimate(2.0, 0.0)})}
    monkeypatch.setattr(claims, "load", lambda: made)
    monkeypatch.setattr(claims, "record", found.get)
    claims.beside_the_source("near", "far", "missing")
    assert capsys.readouterr().out.splitlines() == [
        "source 1; measured 1.050 ± 0.010; holds (within 0.1)",
        "source 1; measured 2; does not hold: beyond the tolerance (within 0.1) by 0.9",
        "source 2.00 ± 0.50; measured nothing; not yet run",
    ]
    for ids, message in [
        (("near", "fra"), "no claim 'fra'; there are near"),
        ((), "ids is empty; wanted one"),
    ]:
        with pytest.raises(ValueError, match=message):
            claims.beside_the_source(*ids)
    assert capsys.readouterr().out == ""


# Whether a claim holds.


@pytest.mark.parametrize(
    ("ours", "source", "tolerance", "by"),
    [
        (Estimate(2.28, 1), Source(2.27), Tolerance("absolute", 0.01), 0),  # on the edge
        (Estimate(2.29, 1), Source(2.27), Tolerance("absolute", 0.01), 0.01),  # its own error is no excuse
        (Estimate(2.25, 0), Source(2.27), Tolerance("absolute", 0.01), 0.01),
        (Estimate(-1.04, 0), Source(-1.0), Tolerance("relative", 0.05), 0),
        (Estimate(-1.06, 0), Source(-1.0), Tolerance("relative", 0.05), 0.01),
        (Estimate(1.0, 0.3), Source(2.4, 0.4), Tolerance("errors", 3), 0),
        (Estimate(1.0, 0.3), Source(2.6, 0.4), Tolerance("errors", 3), 0.1),
        (Estimate(1.0, 0), Source(1.0), Tolerance("at least"), 0),
        (Estimate(0.9, 0), Source(1.0), Tolerance("at least"), 0.1),
        (Estimate(0.9, 0), Source(1.0), Tolerance("at most"), 0),
        (Estimate(1.2, 0), Source(1.0), Tolerance("at most"), 0.2),
        (Estimate(435, 0), Source(435), Tolerance("absolute", 0), 0),
        (Estimate(436, 0), Source(435), Tolerance("absolute", 0), 1),
    ],
)
def test_verdicts(ours, source, tolerance, by):
    verdict = judge(ours, source, tolerance)
    assert verdict.holds is (by == 0)
    assert verdict.by == pytest.approx(by, abs=1e-9)


def test_a_value_that_is_not_a_number_holds_nothing():
    for kind in ("absolute", "relative", "errors", "at least", "at most"):
        assert judge(Estimate(float("nan"), 0), Source(1), Tolerance(kind, 1)).holds is False


def test_verdicts_in_words():
    tolerance = Tolerance("absolute", 0.1)
    assert str(judge(None, Source(1), tolerance)) == "not yet run"
    assert str(judge(Estimate(1, 0), Source(1), tolerance)) == "holds (within 0.1)"
    assert str(judge(Estimate(0, 0), Source(1), tolerance)) == (
        "does not hold: beyond the tolerance (within 0.1) by 0.9"
    )
    assert str(judge(Estimate(2, 0), Source(1), Tolerance("at least", 1))) == "holds (at least 1)"
    assert str(judge(Estimate(1, 0), Source(1), Tolerance("absolute", 0))) == "holds (exactly)"


def claim_of(source, tolerance, name="x"):
    return Claim(name, "1", "", (), source, "e", name, tolerance, 1.0)


@pytest.mark.parametrize(
    ("quick", "full", "fine"),
    [
        ((1.3, 0.1), None, True),  # within 0.1 and two errors
        ((1.5, 0.1), None, False),  # four errors beyond
        ((1.5, 0.1), (1.05, 0.01), False),  # the claim holds at full size: the source counts
        ((1.5, 0.1), (1.60, 0.01), True),  # the book says that it does not hold, and this agrees
        ((1.05, 0.1), (1.60, 0.01), False),  # the book says that it does not hold, but it seems to
    ],
)
def test_a_quick_run_against_the_book(quick, full, fine):
    claim = claim_of(Source(1.0), Tolerance("absolute", 0.1))
    words = contradicted(claim, Estimate(*quick), full and Estimate(*full))
    assert (words is None) is fine


def test_errors_are_not_counted_twice():
    claim = claim_of(Source(1.0), Tolerance("errors", 3))
    assert contradicted(claim, Estimate(1.29, 0.1), None) is None
    assert "beyond within 3 standard errors" in contradicted(claim, Estimate(1.31, 0.1), None)


def test_a_bound_that_fails_has_to_fail_as_the_record_says():
    claim = claim_of(Source(1.0), Tolerance("at least"))
    assert contradicted(claim, Estimate(0.7, 0.1), Estimate(0.6, 0.01)) is None
    assert contradicted(claim, Estimate(1.1, 0.1), Estimate(0.6, 0.01))


# What a reader sees.

CONF = """
import sys
sys.path.insert(0, {extensions!r})
extensions = ["myst_parser", "sphinxcontrib.bibtex", "claims_table"]
bibtex_bibfiles = ["book/references.bib"]
"""
PAGE = """
# A page

We found {claim}`hopfield-10-memories`.

```{claims}
:chapter: 02_hopfield
```

```{claims}
```

```{bibliography}
```

```{toctree}
:glob:
book/*
```
"""


def built(tmp_path, builder, page=PAGE):
    """A page with claims, made by Sphinx; its text, and what Sphinx complained of."""
    book = tmp_path / "book"
    shutil.copytree(BOOK / "records", book / "records")
    for name in ("references.bib", "claims.yml"):
        shutil.copy(BOOK / name, book)
    for chapter in {claim.chapter for claim in CLAIMS}:
        (book / f"{chapter}.md").write_text(f"# {chapter}\n")
    (tmp_path / "index.md").write_text(page)
    (tmp_path / "conf.py").write_text(CONF.format(extensions=str(BOOK / "_ext")))
    command = [sys.executable, "-m", "sphinx", "-q", "-n", "-b", builder, ".", "out"]
    finished = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    page = next((tmp_path / "out").glob("index.html" if builder == "html" else "*.tex"))
    return page.read_text(encoding="utf-8"), finished.stderr


@pytest.mark.parametrize("builder", ["html", "latex"])
def test_the_table_is_on_the_page(tmp_path, builder):
    text, complaints = built(tmp_path, builder)
    assert complaints == ""
    assert "0.5985" in text
    assert text.count("A network of 30 units has 435 weights.") == 2
    failing = [claim.chapter for claim in CLAIMS if claim.verdict.holds is False]
    assert text.count("does not hold") == len(failing) + failing.count("02_hopfield")
    assert "not yet run" not in text or any(claim.ours is None for claim in CLAIMS)


def test_a_wrong_name_is_a_warning(tmp_path):
    wrong = "{claim}`hopfeld`\n\n```{claims}\n:chapter: 99_x\n```"
    _, complaints = built(tmp_path, "html", f"# A page\n\n{wrong}\n")
    assert "no claim 'hopfeld'; there are" in complaints
    assert "no claim of chapter '99_x'; there are some of" in complaints
