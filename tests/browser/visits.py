"""An open page that remembers all it asked for and said."""

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

BOOK = Path(__file__).resolve().parents[2] / "_build" / "html"
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
        """Text and parts of controls inside `within` (a CSS selector) with too little contrast."""
        return self.page.evaluate(CONTRAST, within)
