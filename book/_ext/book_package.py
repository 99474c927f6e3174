"""How the EPUB is put together: cover, contents, what is said of it, and the files that are in it."""

import re
from html import escape
from pathlib import Path

import matplotlib
from docutils import nodes
from matplotlib.figure import Figure
from sphinx.application import Sphinx
from sphinx.builders.epub3 import Epub3Builder

from ebm.experiments import landscape_waiting

STYLES = {"epub.css", "pygments.css", "reader.css", "sphinx-design.min.css"}  # of those that pages have
COVER = "_static/cover.png"
# For those who look for books that they can read without seeing, by https://www.w3.org/TR/epub-a11y-11/.
ACCESS = {
    "accessMode": ["textual", "visual"],
    "accessModeSufficient": ["textual,visual", "textual"],
    "accessibilityFeature": ["alternativeText", "MathML", "structuralNavigation", "tableOfContents"],
    "accessibilityHazard": ["none"],
    "accessibilitySummary": ["Figures have descriptions, formulas are MathML with TeX beside it."],
}


class Book(Epub3Builder):
    """An EPUB with a cover and a table of contents down to the sections, without what only web pages use."""

    def prepare_writing(self, docnames: set[str]) -> None:
        super().prepare_writing(docnames)
        language = self.config.epub_language
        self.globalcontext["html_tag"] = self.html_tag.replace(
            ">", f' lang="{language}" xml:lang="{language}">'
        )

    def get_toc(self) -> None:
        super().get_toc()
        self.refnodes = [entry for page in self.refnodes for entry in (page, *self.sections(page["refuri"]))]

    def sections(self, address: str) -> list[dict]:
        """The sections of a page as entries of the table of contents."""
        (page,) = self.env.tocs[address.removesuffix(self.out_suffix)]
        below = [item for inner in page[1:] for item in inner if isinstance(item, nodes.list_item)]
        links = [item.next_node(nodes.reference) for item in below]
        return [
            {"level": 2, "refuri": address + link["anchorname"], "text": escape(link.astext())}
            for link in links
        ]

    def toc_metadata(self, level: int, navpoints: list) -> dict:
        # Sphinx gives the name of the identifier, where the standard wants the identifier.
        return super().toc_metadata(level, navpoints) | {"uid": self.config.epub_identifier}

    def build_content(self) -> None:
        pages = {path: path.read_text(encoding="utf-8") for path in Path(self.outdir).rglob("*.xhtml")}
        for path, text in pages.items():
            # An old name for what the standard now calls a list item: readers are warned of it.
            path.write_text(text.replace(' role="doc-biblioentry"', ""), encoding="utf-8")
        self.leave_out_unused("".join(pages.values()))
        draw_cover(Path(self.outdir, COVER), self.config.epub_title, self.config.epub_author)
        super().build_content()
        self.complete(Path(self.outdir, "content.opf"), {path for path in pages if "<math " in pages[path]})

    def leave_out_unused(self, pages: str) -> None:
        """Of the static files those stay that a page names, or a style sheet that a page names."""
        static = Path(self.outdir, "_static")
        styles = [path for path in static.glob("*.css") if path.name in {*STYLES, "basic.css"}]
        named = "".join(path.read_text(encoding="utf-8") for path in styles)
        for path in static.rglob("*"):
            kept = f"_static/{path.relative_to(static).as_posix()}" in pages or path.name in named
            if path.is_file() and path not in styles and not kept:
                path.unlink()

    def complete(self, path: Path, with_formulas: set[Path]) -> None:
        """What the standard wants to be listed, and Sphinx does not: MathML, the cover, access."""
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"\s*<dc:contributor>unknown</dc:contributor>", "", text)
        facts = [(name, value) for name, values in ACCESS.items() for value in values]
        said = "".join(f'  <meta property="schema:{name}">{value}</meta>\n  ' for name, value in facts)
        text = text.replace("</metadata>", said + "</metadata>")
        properties = {str(page.relative_to(self.outdir)): "mathml" for page in with_formulas}
        properties[COVER] = "cover-image"

        def declared(item: re.Match) -> str:
            known = properties.get(item[1])
            return item[0].replace(" />", f' properties="{known}" />') if known else item[0]

        path.write_text(re.sub(r'<item [^>]*href="([^"]+)"[^>]* />', declared, text), encoding="utf-8")


def draw_cover(path: Path, title: str, author: str) -> None:
    """The road of the first chapter under the title."""
    name, _, subject = title.partition(": ")
    E = landscape_waiting.curve()
    with matplotlib.rc_context({"figure.constrained_layout.use": False}):
        figure = Figure(figsize=(6, 9), dpi=200, facecolor="#12314d")
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, len(E) - 1), ylim=(-3.5, 7))
    axes.axis("off")
    axes.fill_between(range(len(E)), E, -3.5, color="#0b1d2e")
    axes.plot(E, color="#f5a35b", linewidth=4)
    low = int(E.argmin())
    axes.plot(low, E[low] + 0.17, "o", color="#ffffff", markersize=18)
    write = {"ha": "center", "color": "#ffffff"}
    figure.text(0.5, 0.8, name.replace(" ", "\n"), fontsize=44, va="center", linespacing=1.2, **write)
    figure.text(
        0.5, 0.63, subject.replace(" to ", "\nto "), fontsize=17, va="center", linespacing=1.4, **write
    )
    figure.text(0.5, 0.05, author, fontsize=12, **write)
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path)


def name_cover(app: Sphinx, config) -> None:
    config.epub_cover = (COVER, "")  # in _config.yml it would be a list, of which Sphinx warns


def only_styles_of_the_book(app: Sphinx, page: str, template: str, context: dict, doctree) -> None:
    if app.builder.name == "epub":
        context["css_files"] = [
            style for style in context["css_files"] if Path(str(style.filename)).name in STYLES
        ]
