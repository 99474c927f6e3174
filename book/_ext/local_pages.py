"""Sphinx extension: pages that ask no other host, leave the console silent, can be read aloud, and are light."""

import re
from io import BytesIO
from pathlib import Path

from PIL import Image
from sphinx.application import Sphinx

WIDGETS = "built/widgets"
# For a search in every page as one types, which this book does not have: its search is a page.
SEARCH = re.compile(r'<script (src="[^"]*(?:searchtools|language_data|searchindex)\.js")></script>\s*')
# What the theme writes, and what a screen reader needs: a name that says what is seen, roles that exist.
READ_ALOUD = {
    ' aria-label="Toggle hidden content"': "",
    ' title="Search" aria-label="Search"': ' title="Search"',
    ' role="doc-biblioentry"': ' role="listitem"',
    ' id="pst-primary-sidebar" class=': ' id="pst-primary-sidebar" role="region" aria-label="Site" class=',
}


def keep_local(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Tidy the scripts of one page, after every other extension has added its own."""
    scripts = context.get("script_files", [])
    # Jupyter Book sets up Thebe, which runs code on a remote server, on every page: twice, which
    # is an error in the console, and with no button to start it.
    scripts[:] = [s for s in scripts if not is_thebe(s)]
    for script in scripts:
        # What the theme adds need not hold up the page; the options are read by scripts in the page itself.
        if script.filename and "documentation_options" not in str(script.filename):
            script.attributes["defer"] = "defer"
    if any(WIDGETS in str(s.filename) for s in scripts):
        app.add_css_file(f"{WIDGETS}.css", priority=400)
        # The widgets come before all other scripts, and call for MathJax themselves after their first frame.
        later = (WIDGETS, app.config.mathjax_path)
        scripts[:] = [s for s in scripts if not any(name in str(s.filename) for name in later)]
        app.add_js_file(f"{WIDGETS}.js", defer="defer", priority=100)


def is_thebe(script) -> bool:
    return "thebe" in str(script.filename) or "THEBE_JS_URL" in script.attributes.get("body", "")


def mend(app: Sphinx, exception) -> None:
    """Mend what axe-core finds in the theme's own markup, drop what no page uses; a page once mended stays."""
    for page in [] if exception else Path(app.outdir).rglob("*.html"):
        text = mended = page.read_text(encoding="utf-8")
        for theirs, ours in READ_ALOUD.items():
            mended = mended.replace(theirs, ours)
        mended = SEARCH.sub(r"<script defer \1></script>" if page.name == "search.html" else "", mended)
        # Pictures further down wait until they are nearly in sight.
        mended = re.sub(r"<img (?![^>]*loading=)(?=[^>]*_images/)", '<img loading="lazy" ', mended)
        if mended != text:
            page.write_text(mended, encoding="utf-8")


def lighten(app: Sphinx, exception) -> None:
    """Write opaque pictures with 256 colours: a third of the bytes for lines and points, and no eye sees it."""
    for path in [] if exception else Path(app.outdir, "_images").glob("*.png"):
        with Image.open(path) as picture:
            if picture.mode == "P" or picture.convert("RGBA").getextrema()[3][0] < 255:
                continue
            few = picture.convert("RGB").quantize(
                256, method=Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE
            )
        file = BytesIO()
        few.save(file, "PNG", optimize=True)
        if len(file.getvalue()) < path.stat().st_size:
            path.write_bytes(file.getvalue())


def setup(app: Sphinx) -> dict:
    app.connect("html-page-context", keep_local, priority=900)
    app.connect("build-finished", mend)
    app.connect("build-finished", lighten)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
