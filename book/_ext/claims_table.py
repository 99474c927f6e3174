"""Sphinx extension: the claims of book/claims.yml, and what the records say of them, on any page.

```{claims}                 a table of all claims, chapter by chapter
:chapter: 02_hopfield       or of one chapter
```
```{claims}                 one row for each chapter
:summary:
hopfield-theory-load        the claims to show as examples; of other chapters, the first
```
{claim}`hopfield-weights`   what we measured, within a sentence: 435
"""

import re
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

from ebm import claims

COLUMNS = ["Claim", "Source", "Here", "Verdict"]
WIDTHS = "46 16 18 20"
SUMMARY_COLUMNS = ["Chapter", "For example", "Source", "Here", "All claims"]
SUMMARY_WIDTHS = "20 36 14 16 14"


class ClaimsDirective(SphinxDirective):
    """A table for each chapter: the claim, what its source says, what we measured, whether it holds."""

    has_content = True
    option_spec: ClassVar = {"chapter": directives.unchanged_required, "summary": directives.flag}

    def run(self) -> list[nodes.Node]:
        depend_on_records(self.env)
        everything = claims.load()
        if "summary" in self.options:
            try:
                examples = [claims.find(id) for line in self.content for id in line.split()]
            except ValueError as error:
                raise self.error(str(error)) from None
            return self.parse_text_to_nodes("\n".join(summary(everything, examples)))
        chapters = sorted({claim.chapter for claim in everything})
        chosen = self.options.get("chapter")
        if chosen and chosen not in chapters:
            raise self.error(f"no claim of chapter {chosen!r}; there are some of {', '.join(chapters)}")
        lines = []
        for chapter in [chosen] if chosen else chapters:
            if not chosen:
                lines += [f"{{doc}}`/book/{chapter}`", ""]
            lines += table([claim for claim in everything if claim.chapter == chapter])
        return self.parse_text_to_nodes("\n".join(lines))


class ClaimRole(SphinxRole):
    """What we measured, with its standard error."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        depend_on_records(self.env)
        try:
            text = ours(claims.find(self.text))
        except ValueError as error:
            message = self.inliner.reporter.error(str(error), line=self.lineno)
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]
        return [nodes.Text(text)], []


def table(chosen: list[claims.Claim]) -> list[str]:
    """Lines of Markdown."""
    rows = [[said(claim), source(claim), ours(claim), verdict(claim.verdict)] for claim in chosen]
    return list_table([COLUMNS, *rows], WIDTHS)


def summary(everything: list[claims.Claim], examples: list[claims.Claim]) -> list[str]:
    """Lines of Markdown: for each chapter an example, and how many of its claims hold."""
    rows = [SUMMARY_COLUMNS]
    for chapter in sorted({claim.chapter for claim in everything}):
        chosen = [claim for claim in everything if claim.chapter == chapter]
        shown = next(claim for claim in [*examples, *chosen] if claim.chapter == chapter)
        found = [claim.verdict.holds for claim in chosen]
        count = f"{found.count(True)} of {len(chosen)} hold"
        if missing := found.count(None):
            count += f", {missing} not yet run"
        rows.append([f"{{doc}}`/book/{chapter}`", said(shown), source(shown), ours(shown), count])
    return list_table(rows, SUMMARY_WIDTHS)


def said(claim: claims.Claim) -> str:
    return f"{claim.text} {{cite:p}}`{','.join(claim.cites)}`"


def list_table(rows: list[list[str]], widths: str) -> list[str]:
    """Lines of Markdown; the first row is the header."""
    lines = ["```{list-table}", ":header-rows: 1", f":widths: {widths}", ":class: claims longtable", ""]
    for first, *others in rows:
        lines += [f"* - {first}", *(f"  - {cell}" for cell in others)]
    return [*lines, "```", ""]


def source(claim: claims.Claim) -> str:
    return written(str(claim.source))


def ours(claim: claims.Claim) -> str:
    return written(claims.show(claim.ours)) if claim.ours else "not yet run"


def verdict(found: claims.Verdict) -> str:
    return written(str(found)).replace("does not hold", "**does not hold**", 1)


def written(text: str) -> str:
    """Numbers as a reader writes them: of 2.65265e-10, which is the size of a rounding error, 2.7 × 10⁻¹⁰ is enough."""
    raised = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

    def one(found: re.Match) -> str:
        return f"{float(found[1]):.2g} × 10{str(int(found[2])).translate(raised)}"

    return re.sub(r"(\d[.\d]*)e([-+]\d+)", one, text)


def depend_on_records(env) -> None:
    """Pages with claims are read again when one of these files changes."""
    book = env.srcdir / "book"
    for path in [book / "claims.yml", *(book / "records").glob("*.json")]:
        env.note_dependency(str(path))


def setup(app: Sphinx) -> dict:
    app.add_directive("claims", ClaimsDirective)
    app.add_role("claim", ClaimRole())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
