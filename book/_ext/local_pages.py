"""Sphinx extension: pages that ask no other host for anything and leave the console silent."""

from sphinx.application import Sphinx

WIDGETS = "built/widgets"


def keep_local(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Tidy the scripts of one page, after every other extension has added its own."""
    scripts = context.get("script_files", [])
    # Jupyter Book sets up Thebe, which runs code on a remote server, on every page: twice, which
    # is an error in the console, and with no button to start it.
    scripts[:] = [s for s in scripts if not is_thebe(s)]
    if any(WIDGETS in str(s.filename) for s in scripts):
        app.add_css_file(f"{WIDGETS}.css", priority=400)
        # The labels of controls may hold formulas on a page that has none itself.
        if not any(app.config.mathjax_path in str(s.filename) for s in scripts):
            app.add_js_file(app.config.mathjax_path, **app.config.mathjax_options)


def is_thebe(script) -> bool:
    return "thebe" in str(script.filename) or "THEBE_JS_URL" in script.attributes.get("body", "")


def setup(app: Sphinx) -> dict:
    app.connect("html-page-context", keep_local, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
