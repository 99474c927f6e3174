"""Every source that a docstring names has an entry in the book's references."""

import re
from pathlib import Path

from pybtex.database import parse_file

ROOT = Path(__file__).resolve().parent.parent
BIBLIOGRAPHY = ROOT / "book/references.bib"
ENTRIES = set(re.findall(r"^@\w+\{(\w+),", BIBLIOGRAPHY.read_text(encoding="utf-8"), re.M))
SOURCES = sorted((ROOT / "lib/ebm").rglob("*.py"))


def named(text):
    """Keys such as hopfield1982 in brackets, alone or in a list."""
    groups = re.findall(r"\[([a-z]+[12]\d{3}[a-z]*(?:, [a-z]+[12]\d{3}[a-z]*)*)\]", text)
    return {key for group in groups for key in group.split(", ")}


def test_keys_are_found():
    assert named("as in [hopfield1982], [krotov2016, demircigil2017], [hinton2006science]; not [0, 1]") == {
        "hopfield1982",
        "krotov2016",
        "demircigil2017",
        "hinton2006science",
    }


def test_the_bibliography_is_well_formed():
    """Read as the book reads it: a brace that is missing hides the entry after it."""
    found = parse_file(BIBLIOGRAPHY, "bibtex").entries
    assert set(found) == ENTRIES


def test_every_key_has_an_entry():
    missing = {
        f"{source.relative_to(ROOT)}: {key}"
        for source in SOURCES
        for key in named(source.read_text(encoding="utf-8")) - ENTRIES
    }
    assert missing == set()
