"""The EPUB shows formulas and questions without scripts, and every file in it is well-formed XML."""

import importlib.util
import json
import posixpath
import re
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
from docutils import nodes
from docutils.utils import new_document
from sphinx.errors import ExtensionError

import page_scripts
from ebm import quiz

BOOK = Path(__file__).resolve().parent.parent / "book"
MATHML = "{http://www.w3.org/1998/Math/MathML}"
CONFIGURATION = f"""
import sys
sys.path.insert(0, {str(BOOK / "_ext")!r})
project, author, version, language = "Test", "Nobody", "1", "en"
epub_identifier, epub_tocscope = "urn:one", "includehidden"
extensions = ["sphinx.ext.mathjax", "book_reader"]
html_math_renderer = "mathjax"
mathjax_path = "local.js"
html_static_path = ["kept"]
"""
PAGE = """
Heat :math:`\\beta < 1`
======================

Inline :math:`x^\\mu \\cdot q`, and as :eq:`energy` says:

.. math:: E = -\\frac12 \\sum_i s_i
   :label: energy

.. math::

   a &= b \\\\
   c &= d

   e &= f

.. math::
   :nowrap:

   \\begin{equation*} g \\end{equation*}

.. [KB1966] Scaling near $T_c$ and $\\\\pm j$. Physics.

See [KB1966]_.

Below
-----

.. raw:: html

   <div id="Q"><style>.q { color: red; }</style></div>

.. raw:: html

   <script type="application/javascript">if (1 < 2 && true) {}</script>

.. raw:: html

   <script>kernelName = 'python3'</script>
"""


@pytest.fixture(autouse=True)
def node(monkeypatch):
    monkeypatch.setenv("PATH", page_scripts.path_with_node())


@pytest.fixture(scope="module", autouse=True)
def extensions():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BOOK / "_ext"))
        yield


@pytest.fixture(scope="module")
def reader(extensions):
    spec = importlib.util.spec_from_file_location("book_reader", BOOK / "_ext" / "book_reader.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def build(tmp_path):
    """build(builder) -> the folder of what Sphinx made of the page, which bears a chapter's name."""
    (tmp_path / "conf.py").write_text(CONFIGURATION)
    (tmp_path / "index.rst").write_text("Book\n====\n\n.. toctree::\n   :titlesonly:\n\n   08_echoes\n")
    (tmp_path / "08_echoes.rst").write_text(PAGE)
    fonts = tmp_path / "kept" / "built" / "output"
    fonts.mkdir(parents=True)
    (fonts / "letters.woff").write_text("letters")

    def run(builder):
        command = [sys.executable, "-m", "sphinx", "-q", "-b", builder, tmp_path, tmp_path / builder]
        made = subprocess.run(command, capture_output=True, text=True)
        assert made.returncode == 0, made.stderr
        return tmp_path / builder

    return run


def test_a_book_has_formulas_and_questions_and_no_scripts(build):
    (book,) = build("epub").glob("*.epub")
    with zipfile.ZipFile(book) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith("ml")}
        listed = archive.read("content.opf").decode()
        assert not [name for name in archive.namelist() if "woff" in name]
    for text in files.values():
        ElementTree.fromstring(text.replace("&nbsp;", "&#160;"))
    text = files["08_echoes.xhtml"]
    page = ElementTree.fromstring(text.replace("&nbsp;", "&#160;"))
    formulas = list(page.iter(f"{MATHML}math"))
    shown = ["".join("".join(formula.itertext()).split()) for formula in formulas]
    assert shown == ["β<1", "xμ⋅q", "E=−12∑isi", "a=bc=de=f", "g", "Tc", "±j"]
    assert [formula.get("display") == "block" for formula in formulas] == [0, 0, 1, 1, 1, 0, 0]
    assert formulas[0].get("alttext") == r"\beta < 1"
    assert 'id="equation-energy"' in text and 'href="#equation-energy"' in text
    assert "<script" not in text
    assert not re.search(r"\\\(|\\\[|\$", re.sub('alttext="[^"]*"', "", text))
    assert "One step of a dense memory of real numbers is attention." in text
    assert "<strong>Answers</strong>" in text and "<em>Keys and values.</em> Yes." in text
    declared = re.findall(r'href="(\S+)" media-type="\S+" properties="mathml"', listed)
    assert "08_echoes.xhtml" in declared
    assert set(declared) == {name for name in files if "<math " in files[name]} - {"nav.xhtml"}
    assert "<style" not in text and '<div id="Q"></div>' in text


def dangling(book):
    """Where a link of an EPUB leads to nothing, and what its list of files lacks or has too much."""
    with zipfile.ZipFile(book) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    pages = {
        name: ElementTree.fromstring(held[name].replace(b"&nbsp;", b" ")) for name in held if "xhtml" in name
    }
    ids = {name: [node.get("id") for node in page.iter() if node.get("id")] for name, page in pages.items()}
    found = [
        f"{name}: id {one} twice" for name in ids for one, count in Counter(ids[name]).items() if count > 1
    ]
    for name, page in pages.items():
        for link in (node.get(key) for node in page.iter() for key in ("href", "src") if node.get(key)):
            path, _, fragment = link.partition("#")
            to = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
            if not re.match(r"\w+:", link) and (to not in held or (fragment and fragment not in ids[to])):
                found.append(f"{name}: {link}")
    listed = re.findall(r'<item [^>]*href="([^"]+)"', held["content.opf"].decode())
    unlisted = set(held) - set(listed) - {"mimetype", "META-INF/container.xml", "content.opf"}
    return (
        found
        + [f"not listed: {name}" for name in unlisted]
        + [f"listed: {x}" for x in set(listed) - set(held)]
    )


def test_a_book_has_a_cover_contents_and_no_loose_ends(build):
    (book,) = build("epub").glob("*.epub")
    assert dangling(book) == []
    with zipfile.ZipFile(book) as archive:
        listed, contents = archive.read("content.opf").decode(), archive.read("nav.xhtml").decode()
        page = archive.read("08_echoes.xhtml").decode()
        assert 'content="urn:one"' in archive.read("toc.ncx").decode()
        assert archive.read("_static/cover.png").startswith(b"\x89PNG")
    assert re.search(r'href="_static/cover.png" media-type="image/png" properties="cover-image"', listed)
    assert "<dc:contributor>" not in listed and "schema:accessMode" in listed
    assert 'href="08_echoes.xhtml#below">Below</a>' in contents
    assert 'lang="en" xml:lang="en"' in page
    assert set(re.findall(r'href="_static/(\S+)"', page)) == {"pygments.css", "epub.css"}


LOOSE_ENDS = [
    ("nav.xhtml", b"#below", b"#above"),
    ("08_echoes.xhtml", b"pygments.css", b"nothing.css"),
    ("08_echoes.xhtml", b'id="below"', b'id="equation-energy"'),
    ("content.opf", b'href="toc.ncx"', b'href="other.ncx"'),
]


def test_loose_ends_are_found(build, tmp_path):
    (book,) = build("epub").glob("*.epub")
    for name, old, new in LOOSE_ENDS:
        with zipfile.ZipFile(book) as archive, zipfile.ZipFile(tmp_path / "broken.epub", "w") as copy:
            held = {one: archive.read(one) for one in archive.namelist()}
            assert old in held[name]
            for one in held:
                copy.writestr(one, held[one].replace(old, new) if one == name else held[one])
        assert dangling(tmp_path / "broken.epub")


def test_ln_keeps_its_distance(reader):
    (written,) = reader.mathml([(r"2 \ln n - \ln(n)", False)])
    assert re.sub(r"\s+", "", written).count('<mspacewidth="0.167em"></mspace>') == 2
    assert re.search(r"<mn>2</mn><mspace[^>]*></mspace>\s*<mi>ln</mi>\s*<mo>&#x2061;</mo><mspace", written)


def test_what_folds_away_has_a_heading_that_is_valid(reader):
    page, cell = new_document("page"), nodes.container()
    cell += reader.HideCodeCellNode(classes=["above-input"], prompt_show="Show <it>")
    cell[0] += nodes.paragraph("", "code")
    page += cell
    reader.unfold(page)
    opened, kept, closed = cell.children
    assert (
        opened.astext() == "<details><summary>Show &lt;it&gt;</summary>" and closed.astext() == "</details>"
    )
    assert kept.astext() == "code" and not opened["classes"]


def test_formulas_in_tooltips_become_letters(reader):
    page = new_document("page")
    page += nodes.reference(refuri="x", reftitle=r"Scaling near $T_c$ and $\pm j$, for 1 dollar.")
    reader.tooltips(None, page, "page")
    assert page[0]["reftitle"] == "Scaling near Tc and \u00b1j, for 1 dollar."


def test_a_page_keeps_what_its_own_scripts_use(build):
    made = build("html")
    text = (made / "08_echoes.html").read_text()
    assert (made / "_static" / "built" / "output" / "letters.woff").exists()
    assert r"\(x^\mu \cdot q\)" in text and "<math" not in text
    assert "kernelName" in text and "1 < 2 &&" in text


def formulas():
    """Every formula of the book's sources, each with whether it is displayed."""
    sources = [path.read_text(encoding="utf-8") for path in BOOK.glob("*.md")]
    for path in sorted(BOOK.glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources += ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    for text in sources:
        text = re.sub(r"(?s)```.*?```|`[^`\n]*`", lambda code: "" if "$$" not in code[0] else code[0], text)
        for display, inline in re.findall(r"(?s)\$\$(.+?)\$\$|(?<!\\)\$([^$\n]+?)\$", text):
            yield (display or inline).strip(), bool(display)


def test_every_formula_of_the_book_can_be_converted(reader):
    found = list(dict.fromkeys(formulas()))
    assert len(found) > 300
    made = reader.mathml(found)
    for text in made:
        assert ElementTree.fromstring(text).tag == f"{MATHML}math"
    assert not [text for text in made if "merror" in text or "mathcolor" in text]


@pytest.mark.parametrize("wrong", [r"\frac{a", r"\nosuchcommand x"])
def test_a_formula_that_cannot_be_read_stops_the_build(reader, wrong):
    with pytest.raises(ExtensionError, match="MathJax cannot read: .*" + re.escape(wrong.split()[0])):
        reader.mathml([("x", False), (wrong, False)])


def test_without_node_the_build_says_so(reader, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ExtensionError, match="need Node.js"):
        reader.mathml([("never_seen_before", False)])


def test_lines_of_a_display_are_put_together_as_in_a_page(reader):
    assert reader.tex(nodes.math("", "a")) == ("a", False)
    assert reader.tex(nodes.math_block("", "a")) == ("a", True)
    assert reader.tex(nodes.math_block("", "a \\\\ b")) == (r"\begin{split}a \\ b\end{split}", True)
    assert reader.tex(nodes.math_block("", "a\n\nb"))[0] == (
        r"\begin{align}\begin{aligned}a \\ b\end{aligned}\end{align}"
    )


def test_right_answers_are_told(reader):
    many = {
        "question": "Which?",
        "answers": [
            {"answer": "z", "correct": True, "feedback": "Yes."},
            {"answer": "a", "correct": False, "feedback": "No."},
            {"answer": "m", "correct": True, "feedback": "That too."},
        ],
    }
    near = {"question": "How many?", "answers": [{"range": [1, 2], "correct": True, "feedback": "So."}]}
    text = reader.questions([many, near])
    ElementTree.fromstring(f"<div>{text}</div>")
    asked, told = text.split("<strong>Answers</strong>")
    assert "<li>a</li><li>m</li><li>z</li>" in asked and "Yes" not in asked
    assert "<em>z</em> Yes. <em>m</em> That too." in told and "No." not in told
    assert "<em>1 to 2.</em> So." in told


@pytest.mark.parametrize("chapter", sorted(path.stem for path in (BOOK / "quizzes").glob("*.json")))
def test_questions_of_every_chapter_are_well_formed(reader, chapter):
    asked = quiz.questions(chapter)
    written = ElementTree.fromstring(f"<div>{reader.questions(asked)}</div>")
    assert [len(part.findall("li")) for part in written.findall("ol")] == [len(asked)] * 2
