"""Sphinx extension: what the EPUB needs so that a book reader, without scripts or network, shows all of it.

Formulas become MathML, by the MathJax of the pages under Node.js. Questions, which in a page are a script,
are written out with their answers. Every file is well-formed XML, as book readers demand.
"""

import json
import posixpath
import re
import shutil
import subprocess
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.epub3 import Epub3Builder
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
            known[text, display] = found.replace("<math ", f'<math alttext="{escape(text)}" ', 1)
    return [known[formula] for formula in formulas]


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
    mathml([tex(node) for kind in (nodes.math, nodes.math_block) for node in doctree.findall(kind)])
    for node in list(doctree.findall(nodes.raw)):
        text = node.astext().strip()
        if text.startswith(QUIZ):
            asked = questions(quiz.questions(posixpath.basename(docname)))
            node.replace_self(nodes.raw("", asked, format="html"))
        elif text.startswith("<script") and text.endswith("</script>"):
            node.parent.remove(node)


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


class Book(Epub3Builder):
    """An EPUB that lists, as the standard wants it, which files hold MathML, and leaves out MathJax's fonts."""

    def build_content(self) -> None:
        shutil.rmtree(Path(self.outdir, "_static", "built", "output"), ignore_errors=True)  # MathJax's fonts
        super().build_content()
        path = Path(self.outdir, "content.opf")

        def declared(item: re.Match) -> str:
            page = Path(self.outdir, item[1]).read_text(encoding="utf-8")
            return item[0].replace(" />", ' properties="mathml" />') if "<math " in page else item[0]

        listed = re.sub(
            r'<item [^>]*href="([^"]+\.xhtml)"[^>]* />', declared, path.read_text(encoding="utf-8")
        )
        path.write_text(listed, encoding="utf-8")


def setup(app: Sphinx) -> dict:
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_display, None))
    app.add_config_value("epub_math_renderer", "mathml", "")
    app.add_builder(Book, override=True)
    app.connect("doctree-resolved", prepare, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
