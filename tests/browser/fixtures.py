"""A real browser, the built book, and pages that remember all they asked for and said."""

import functools
import json
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from ipywidgets.embed import add_resolved_links, dependency_state, embed_data
from playwright.sync_api import sync_playwright

import chromium
from visits import BOOK, Visit

BLANK = "about:blank"
STYLES = ["styles/theme.css", "styles/pydata-sphinx-theme.css", "styles/sphinx-book-theme.css"]


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def browser():
    path = chromium.find()
    if path is None:
        pytest.fail("no Chromium found: `make test` installs one (python scripts/chromium.py)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=chromium.FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def serve():
    """serve(folder) -> the address of a server for it on this machine, up to the end of the run."""
    servers = []

    def start(folder: Path) -> str:
        handler = functools.partial(QuietHandler, directory=str(folder))
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def book() -> Path:
    """The folder of the built book."""
    if not (BOOK / "index.html").exists():
        pytest.fail(f"no built book in {BOOK}: run `make book`")
    return BOOK


@pytest.fixture(scope="session")
def book_url(book, serve) -> str:
    """The address at which the built book is served."""
    return serve(book)


@pytest.fixture
def open_page(browser, request):
    """open_page(path, color_scheme="light", width=1280) -> the Visit, loaded and settled.

    `path` is a page of the book, such as "book/index.html", or a whole address. Each visit has a
    cold cache of its own; other options (reduced_motion="reduce", has_touch=True) go to Playwright.
    """
    contexts = []

    def start(path: str, color_scheme: str = "light", width: int = 1280, **options) -> Visit:
        if ":" not in path:
            path = request.getfixturevalue("book_url") + path
        viewport = {"width": width, "height": 800}
        context = browser.new_context(color_scheme=color_scheme, viewport=viewport, **options)
        contexts.append(context)
        visit = Visit(context.new_page())
        visit.goto(path)
        if path != BLANK:  # which asks for nothing
            visit.settle()
        return visit

    yield start
    for context in contexts:
        context.close()


@pytest.fixture
def show(open_page, book_url):
    """show(*views) -> a page of the book's look that holds just these widgets."""

    def start(*views, **options):
        # The views' own state and their links, not that of every widget made in this run.
        state = dependency_state(views, drop_defaults=False)
        add_resolved_links(state, drop_defaults=False)
        data = embed_data(views, state=state)
        placeholders = "".join(
            f'<script type="application/vnd.jupyter.widget-view+json">{json.dumps(spec)}</script>'
            for spec in data["view_specs"]
        )
        links = [*STYLES, "built/widgets.css", "book.css"]
        visit = open_page(BLANK, **options)
        theme = options.get("color_scheme", "light")
        body = f"""<!doctype html><html lang=en data-theme={theme}><link rel=icon href=data:,>
          {"".join(f"<link rel=stylesheet href=_static/{link}>" for link in links)}
          <script>window.MathJax = {{ tex: {{ inlineMath: [["$", "$"]] }} }}</script>
          <script defer src=_static/built/widgets.js></script>
          <main class=bd-content style="padding: 1rem"><div class=cell_output>{placeholders}</div></main>
          <script type="application/vnd.jupyter.widget-state+json">{json.dumps(data["manager_state"])}</script>"""
        visit.route("**/controls.html", lambda route: route.fulfill(body=body, content_type="text/html"))
        visit.goto(book_url + "controls.html")
        visit.settle()
        return visit

    return start
