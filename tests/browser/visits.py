"""An open page that remembers all it asked for and said, and a live view in it."""

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "_build" / "html"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TRANSITIONS = """() => Promise.allSettled(
  document.getAnimations().filter((a) => a instanceof CSSTransition).map((a) => a.finished)).then(() => null)"""
CONTRAST = Path(__file__).with_name("contrast.js").read_text()


@dataclass
class Visit:
    """An open page and everything it asked for and complained about.

    What is not found here is looked up in Playwright's page: `visit.locator("button")`.
    """

    page: Page
    requests: list[str] = field(default_factory=list)  # addresses
    failed: list[str] = field(default_factory=list)  # addresses that brought nothing, and why
    console: list[str] = field(default_factory=list)  # "type: text"
    errors: list[str] = field(default_factory=list)  # uncaught exceptions
    sizes: dict[str, int] = field(default_factory=dict)  # address -> bytes

    def __post_init__(self):
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("requestfailed", lambda request: self.failed.append(f"{request.url} {request.failure}"))
        self.page.on("response", self._response)
        self.page.on("console", lambda message: self.console.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _response(self, response):
        if response.status >= 400:
            self.failed.append(f"{response.url} {response.status}")
        self.sizes[response.url] = int(response.headers.get("content-length", 0))

    def __getattr__(self, name):
        return getattr(self.page, name)

    def settle(self):
        """Wait for formulas and widgets, so that what they ask for is on the record."""
        # Where there are widgets, they call for MathJax, after their first frame.
        if self.page.evaluate(
            "document.querySelector('script[src*=\"built/\"]') && !matchMedia('(scripting: none)').matches"
        ):
            self.page.wait_for_function("window.MathJax?.startup?.promise")
        self.page.evaluate("() => window.MathJax?.startup?.promise?.then(() => null)")
        self.page.wait_for_load_state("networkidle")

    @property
    def complaints(self) -> list[str]:
        """Errors and warnings, the console's and uncaught ones, and requests that brought nothing."""
        return (
            [line for line in self.console if line.startswith(("error", "warning"))]
            + self.errors
            + self.failed
        )

    def strangers(self, *allowed: str) -> list[str]:
        """Requests whose address starts with none of `allowed`, data: and blob: apart."""
        return [url for url in self.requests if not url.startswith((*allowed, "data:", "blob:"))]

    def faint(self, within: str) -> list[str]:
        """Text and parts of controls inside `within` (a CSS selector) with too little contrast, once colours rest."""
        self.page.evaluate(TRANSITIONS)
        return self.page.evaluate(CONTRAST, within)

    def violations(self, within: str = "html") -> list[str]:
        """What axe-core finds wrong with the accessibility of `within` (a CSS selector): "rule: element"."""
        if not self.page.evaluate("typeof axe === 'object'"):
            self.page.evaluate(AXE.read_text())
        run = 'async (within) => (await axe.run(within, { resultTypes: ["violations"] })).violations'
        found = self.page.evaluate(run, within)
        return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def look(root):
    """What is seen of an element: text, drawing, pixels; as a digest."""
    seen = root.evaluate(
        "(root) => root.innerHTML + [...root.querySelectorAll('canvas')].map((c) => c.toDataURL()).join()"
    )
    return hashlib.sha256(seen.encode()).hexdigest()


class Figure:
    """A live view as a reader meets it: by the names of its parts. `name` is its function's in `ebm.widgets`."""

    def __init__(self, visit, name):
        self.visit = visit
        self.root = visit.locator(f".ebm-{name}").first
        self.root.wait_for()

    def press(self, name):
        self.root.get_by_role("button", name=name, exact=True).click()

    def slider(self, name):
        """One of the controls above the view."""
        return self.visit.get_by_role("slider", name=name)

    def readout(self, name):
        """The value that stands in bold after this name, a real minus sign as a hyphen."""
        line = self.root.locator(":has(> b)", has_text=re.compile(f"^{re.escape(name)}(?!\\w)")).first
        return line.locator("b").first.text_content().replace("\u2212", "-")

    def number(self, name):
        return float(self.readout(name))

    @property
    def status(self):
        """What is announced to a screen reader."""
        return self.root.get_by_role("status").text_content()

    def pause(self):
        # In one go: a run may come to rest by itself between a look and a press.
        self.root.evaluate(
            "(root) => [...root.querySelectorAll('button')].find((b) => b.textContent === 'Pause')?.click()"
        )

    def rest(self):
        """Stop, and go back to the seed."""
        self.pause()
        self.press("Reset")
