"""Sphinx extension: what the EPUB needs so that a book reader, without scripts or network, shows all of it.

Formulas become MathML, by the MathJax of the pages under Node.js. Questions, which in a page are a script,
are written out with their answers. What would be invalid in an EPUB is written anew or left out. How the
book is put together, with its cover and its table of contents, is in book_package.py.
"""

import json
import posixpath
import re
import shutil
import subprocess
from html import escape
from pathlib import Path
from xml.etree import ElementTree

from book_package import Book, name_cover, only_styles_of_the_book
from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.math import get_node_equation_number

from ebm import quiz

CONVERTER = Path(__file__).resolve().parent.parent / "_js" / "mathml.js"
QUIZ = '<script type="application/javascript">'
known: dict[tuple[str, bool], str] = {}  # MathML of formulas seen before


def mathml(formulas: list[tuple[str, bool]]) -> list[str]:
    """MathML of formulas, each given as TeX and whether it is displayed; new ones in one run of Node.js."""
    new = [formula for formula in dict.fromkeys(formulas) if formula not in known]
    if new:
        node = shutil.which("node")
        if not node:
            raise ExtensionError("formulas of the EPUB need Node.js: `make epub` sees to it")
        run = subprocess.run(
            [node, CONVERTER], input=json.dumps(new), capture_output=True, text=True, encoding="utf-8"
        )
        if run.returncode:
            raise ExtensionError(f"a formula that MathJax cannot read: {run.stderr.strip()}")
        for (text, display), found in zip(new, json.loads(run.stdout), strict=True):
            known[text, display] = spaced(found).replace("<math ", f'<math alttext="{escape(text)}" ', 1)
    return [known[formula] for formula in formulas]


def spaced(written: str) -> str:
    """The thin spaces around "ln" and the like, which TeX adds by itself and book readers do not."""
    thin = '<mspace width="0.167em"></mspace>'
    operand = r"(</(?:mi|mn|mrow|mfrac|msub|msup|msubsup)>)"
    written = re.sub(rf"{operand}(?=\s*<mi>\w\w+</mi>\s*<mo>&#x2061;</mo>)", rf"\1{thin}", written)
    return re.sub(r"(<mo>&#x2061;</mo>)(?!\s*<mo[^>]*>[(\[{])", rf"\1{thin}", written)


def tex(node: nodes.math | nodes.math_block) -> tuple[str, bool]:
    """A formula as the pages hand it to MathJax: empty lines part the lines of a display."""
    text = node.astext()
    if isinstance(node, nodes.math):
        return text, False
    parts = [part for part in text.split("\n\n") if part.strip()]
    if node.get("nowrap") or not parts:
        return text, True
    lines = [rf"\begin{{split}}{part}\end{{split}}" if r"\\" in part else part for part in parts]
    if len(lines) == 1:
        return lines[0], True
    return r"\begin{align}\begin{aligned}" + r" \\ ".join(lines) + r"\end{aligned}\end{align}", True


def visit_inline(self, node: nodes.math) -> None:
    self.body.append(f"{self.starttag(node, 'span', '', CLASS='math')}{mathml([tex(node)])[0]}</span>")
    raise nodes.SkipNode


def visit_display(self, node: nodes.math_block) -> None:
    self.body.append(self.starttag(node, "div", CLASS="math"))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})</span>')
    self.body.append(f"{mathml([tex(node)])[0]}</div>\n")
    raise nodes.SkipNode


def prepare(app: Sphinx, doctree, docname: str) -> None:
    """Convert all formulas of a page at once; write its questions out; leave out what only scripts would use."""
    if app.builder.name != "epub":
        return
    titles(doctree)
    unfold(doctree)
    mathml([tex(node) for kind in (nodes.math, nodes.math_block) for node in doctree.findall(kind)])
    for node in list(doctree.findall(nodes.raw)):
        text = node.astext().strip()
        if "<style>" in text:
            node.replace_self(nodes.raw("", re.sub(r"(?s)<style>.*?</style>", "", text), format="html"))
        if text.startswith(QUIZ):
            asked = questions(quiz.questions(posixpath.basename(docname)))
            node.replace_self(nodes.raw("", asked, format="html"))
        elif text.startswith("<script") and text.endswith("</script>"):
            node.parent.remove(node)


def unfold(doctree) -> None:
    """Parts of a cell that fold away: with a heading that the standard allows."""
    for node in list(doctree.findall(HideCodeCellNode)):
        heading = f"<details><summary>{escape(node['prompt_show'])}</summary>"
        before, after = (nodes.raw("", text, format="html") for text in (heading, "</details>"))
        at = node.parent.index(node)
        node.parent[at : at + 1] = [before, *node.children, after]


def tooltips(app: Sphinx, doctree, docname: str) -> None:
    """The titles of works that show when a citation is pointed at: plain text, also where they have a formula."""
    for node in doctree.findall(nodes.reference):
        if "$" in node.get("reftitle", ""):
            node["reftitle"] = re.sub(r"\$([^$]+)\$", lambda found: plain(found[1]), node["reftitle"])


def plain(formula: str) -> str:
    """The letters and signs of a formula."""
    return "".join("".join(ElementTree.fromstring(mathml([(formula, False)])[0]).itertext()).split())


def titles(doctree) -> None:
    """Formulas in the titles of cited works, which a page's MathJax finds by itself."""
    for citation in doctree.findall(nodes.citation):
        for text in list(citation.findall(nodes.Text)):
            parts = re.split(r"\$([^$]+)\$", text.astext())
            if len(parts) > 1:
                mixed = [nodes.math("", part) if k % 2 else nodes.Text(part) for k, part in enumerate(parts)]
                text.parent.replace(text, mixed)


def questions(asked: list[dict]) -> str:
    """Questions with their choices, and then the right answers with what is said to them."""
    ask, tell = [], []
    for question in asked:
        # A page shuffles them; the right one is often the first of the list.
        words = sorted(answer["answer"] for answer in question["answers"] if "answer" in answer)
        choices = [f"<li>{answer}</li>" for answer in words]
        listed = f'<ol type="a">{"".join(choices)}</ol>' if choices else ""
        ask.append(f"<li><p>{question['question']}</p>{listed}</li>")
        right = [answer for answer in question["answers"] if answer.get("correct")]
        told = " ".join(f"{value(answer)} {answer['feedback']}" for answer in right)
        tell.append(f"<li>{told}</li>")
    return f"<ol>{''.join(ask)}</ol><p><strong>Answers</strong></p><ol>{''.join(tell)}</ol>"


def value(answer: dict) -> str:
    """A right answer: its words, its number, or the range it lies in."""
    if "answer" in answer:
        return f"<em>{answer['answer']}</em>"
    if "range" in answer:
        return "<em>{} to {}.</em>".format(*answer["range"])
    return f"<em>{answer['value']}.</em>"


def setup(app: Sphinx) -> dict:
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_display, None))
    app.add_config_value("epub_math_renderer", "mathml", "")
    app.add_builder(Book, override=True)
    app.connect("config-inited", name_cover)
    app.connect("html-page-context", only_styles_of_the_book, priority=900)
    app.connect("doctree-resolved", tooltips)
    app.connect("doctree-resolved", prepare, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
