"""The claims as one row for each chapter."""

import pytest

from ebm import claims
from test_claims import BOOK, CLAIMS, built

CHAPTERS = sorted({claim.chapter for claim in CLAIMS})
PAGE = """
# A page

```{claims}
:summary:
hopfield-theory-load
```

```{bibliography}
```

```{toctree}
:glob:
book/*
```
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return built(tmp_path_factory.mktemp("summary"), "html", PAGE)


def test_each_chapter_has_a_row(page):
    text, complaints = page
    assert complaints == ""
    table = text[text.index("<table") : text.index("</table>")]
    assert table.count("<tr") == 1 + len(CHAPTERS)
    for chapter in CHAPTERS:
        chosen = [claim for claim in CLAIMS if claim.chapter == chapter]
        hold = sum(claim.verdict.holds is True for claim in chosen)
        assert f"book/{chapter}.html" in table and f"{hold} of {len(chosen)} hold" in table


def test_the_example_is_the_one_that_is_named(page):
    text, _ = page
    assert "mean-field theory has its cliff" in text  # not the chapter's first
    assert "A network of 30 units has 435 weights." not in text


def test_what_is_not_yet_run_is_said(monkeypatch):
    monkeypatch.syspath_prepend(BOOK / "_ext")
    import claims_table

    claim = claims.find("hopfield-weights")
    monkeypatch.setattr(claims, "record", lambda name: None)
    *_, last = [line for line in claims_table.summary([claim], []) if "hold" in line]
    assert last == "  - 0 of 1 hold, 1 not yet run"


def test_a_wrong_name_is_a_warning(tmp_path):
    assert "no claim 'hopfeld'" in built(tmp_path, "html", PAGE.replace("hopfield-theory", "hopfeld "))[1]


@pytest.mark.parametrize(
    "text, written",
    [
        ("2.65265e-10", "2.7 × 10⁻¹⁰"),
        ("holds (within 5e-05)", "holds (within 5 × 10⁻⁵)"),
        (
            "beyond the tolerance (within 3 errors) by 8.4e-05",
            "beyond the tolerance (within 3 errors) by 8.4 × 10⁻⁵",
        ),
        ("1.573 ± 0.012", "1.573 ± 0.012"),
        ("½ ln 2 (0.34657)", "½ ln 2 (0.34657)"),
    ],
)
def test_powers_of_ten_are_written_as_such(monkeypatch, text, written):
    monkeypatch.syspath_prepend(BOOK / "_ext")
    import claims_table

    assert claims_table.written(text) == written
