"""Every page of the built book is whole, silent, small, and asks nobody else for anything."""

import functools
import gzip
import random
import re
import urllib.request

import pytest
from ipywidgets import FloatSlider

from visits import BOOK

LIMIT = 3_500_000  # bytes
PACKED = 1_300_000  # over the wire, with gzip
CONTROLS = "button, input, select, textarea, [role=slider], [role=textbox]"


def is_page(path) -> bool:
    """Not a template of the theme, nor the front door, which only leads on."""
    return "_static" not in path.parts and 'http-equiv="Refresh"' not in path.read_text()


PAGES = sorted(path.relative_to(BOOK).as_posix() for path in BOOK.rglob("*.html") if is_page(path))


LIVE = [path for path in PAGES if "widget-view+json" in (BOOK / path).read_text()]


def packed(visit, address) -> int:
    """Bytes of all that the page asked for from `address`, as gzip packs them."""
    return sum(len(gzip.compress(content(url))) for url in visit.sizes if url.startswith(address))


@functools.cache
def content(url) -> bytes:
    with urllib.request.urlopen(url) as answer:
        return answer.read()


def too_wide(visit) -> list[str]:
    """What sticks out, where the page as a whole can be scrolled sideways."""
    return visit.evaluate(
        """() => {
          const page = document.documentElement, width = page.clientWidth;
          if (page.scrollWidth <= width) return [];
          const wide = [...document.querySelectorAll("main *")]
            .filter((e) => e.getBoundingClientRect().right > width + 1)
            .map((e) => `${e.tagName}.${e.className}`);
          return [`the page is ${page.scrollWidth} px wide`, ...wide];
        }"""
    )


def without_alt(visit) -> list[str]:
    return visit.evaluate(
        """() => [...document.querySelectorAll("img")]
          .filter((image) => !image.alt.trim())
          .map((image) => image.outerHTML.slice(0, 200))"""
    )


def without_name(visit) -> list[str]:
    """Visible controls that a screen reader would call just "button" or "slider"."""
    return visit.evaluate(
        """(controls) => {
          const name = (e) => [
            e.ariaLabel, e.title, e.textContent, e.placeholder,
            ...[...(e.labels ?? [])].map((label) => label.textContent),
            ...(e.getAttribute("aria-labelledby") ?? "").split(" ")
              .map((id) => document.getElementById(id)?.textContent),
          ].join("").trim();
          return [...document.querySelectorAll(controls)]
            .filter((e) => e.checkVisibility() && e.type !== "hidden" && !name(e))
            .map((e) => e.outerHTML.slice(0, 200));
        }""",
        CONTROLS,
    )


def test_the_book_has_pages(book):
    assert "book/index.html" in PAGES


def test_the_front_door_leads_to_the_book(browser, book_url):
    page = browser.new_page()
    page.goto(book_url)
    page.wait_for_url("**/book/index.html")
    page.close()


def test_the_buttons_above_a_page_show_the_focus(open_page):
    visit = open_page("book/00_landscape.html")
    visit.keyboard.press("Tab")
    buttons = visit.locator(".bd-header-article .btn:visible").all()
    assert len(buttons) > 2
    for button in buttons:
        button.focus()
        assert button.evaluate("(node) => getComputedStyle(node).outlineStyle") == "solid"


def test_a_telephone_shows_formulas_whole_and_the_letters_of_figures(open_page):
    visit = open_page("book/00_landscape.html", width=360)
    formula = visit.locator("div.math mjx-container").first
    assert formula.evaluate("(node) => node.scrollWidth <= node.clientWidth")
    figure = visit.locator("figure.wide").first
    figure.scroll_into_view_if_needed()
    assert figure.locator("img").bounding_box()["width"] == 500
    caption = figure.locator("figcaption")
    before = caption.bounding_box()["x"]
    figure.focus()
    for _ in range(5):
        visit.keyboard.press("ArrowRight")
    visit.wait_for_function("() => document.querySelector('figure.wide').scrollLeft > 100")
    assert caption.bounding_box()["x"] == before


@pytest.mark.parametrize("path", PAGES)
class TestPage:
    def test_served_in_light_and_read_aloud(self, path, open_page, book_url):
        visit = open_page(path)
        assert visit.evaluate("document.documentElement.lang")
        assert visit.locator("h1:visible").count() == 1
        assert without_alt(visit) == []
        assert without_name(visit) == []
        assert visit.strangers(book_url) == []
        assert visit.complaints == []
        assert visit.faint("body") == []
        assert visit.violations() == []
        assert sum(visit.sizes.values()) < LIMIT
        assert packed(visit, book_url) < PACKED

    def test_from_a_file_in_dark(self, path, open_page, book):
        visit = open_page((book / path).as_uri(), color_scheme="dark")
        assert visit.strangers("file:") == []
        assert visit.complaints == []
        assert visit.faint("body") == []
        assert visit.violations() == []

    def test_fits_a_telephone(self, path, open_page):
        visit = open_page(path, width=360)
        assert too_wide(visit) == []
        assert visit.violations() == []


@pytest.mark.parametrize("path", LIVE)
def test_without_javascript_there_is_a_still_figure_for_each_view(path, open_page, book):
    visit = open_page(path, java_script_enabled=False)
    stills = visit.locator("img.still:visible")
    assert stills.count() == (book / path).read_text().count("widget-view+json") > 0
    for still in stills.all():
        still.scroll_into_view_if_needed()
        assert still.bounding_box()["width"] > 200 and len(still.get_attribute("alt")) > 40
    assert [line for line in visit.failed if not line.endswith(" csp")] == []  # scripts, which are refused


def test_a_page_may_take_its_time_to_start(open_page, book_url):
    """As on a slow telephone: kernels that are compiled for longer than anywidget would wait."""
    visit = open_page("about:blank")
    visit.add_init_script(
        """const compile = WebAssembly.compile;
        WebAssembly.compile = (bytes) => new Promise((go) => setTimeout(go, 2500)).then(() => compile(bytes));"""
    )
    visit.goto(book_url + "book/00_landscape.html")
    visit.locator(".ebm svg").first.wait_for()
    visit.settle()
    assert visit.complaints == []


def test_a_tag_in_a_label_is_text(show):
    """No description of ours holds one; if one did, it could do nothing."""
    visit = show(FloatSlider(description="a & b <img src=absent.png onerror=absent()> $T$"))
    label = visit.locator(".widget-label")
    assert label.inner_text().startswith("a & b <img src=absent.png onerror=absent()>")
    assert label.locator("img").count() == 0 and label.locator("mjx-container").count() == 1
    assert visit.complaints == []


@pytest.mark.parametrize("path", PAGES)
def test_nothing_holds_up_the_page(path, book):
    """All scripts wait for the page, but a few lines that others read."""
    text = (book / path).read_text()
    scripts = re.findall(r"<script\b[^>]*\bsrc=[^>]*>", text)
    assert [s for s in scripts if "defer" not in s and "documentation_options" not in s] == []
    assert any("searchindex" in script for script in scripts) == (path == "search.html")
    if "widget-view+json" in text:
        ours = [s for s in scripts if "/built/" in s or "theme.js" in s]
        assert "built/widgets.js" in ours[0] and not any("mathjax" in s for s in ours)


def test_the_search_finds(open_page):
    visit = open_page("search.html?q=Onsager")
    first = visit.locator("#search-results li a").first
    first.wait_for()
    assert visit.complaints == []
    first.click()
    visit.wait_for_load_state()
    assert visit.locator("main", has_text="Onsager").count() == 1


class TestTheChecksThemselves:
    """Each check above goes red on a page with just that mistake."""

    @pytest.fixture
    def faulty(self, open_page, serve, tmp_path):
        def start(body: str, **options):
            (tmp_path / "page.html").write_text(f"<link rel=icon href=data:,><body>{body}")
            address = serve(tmp_path)
            return open_page(address + "page.html", **options), address

        return start

    def test_a_sound_page_passes(self, faulty):
        visit, address = faulty("<h1>One</h1><img alt=dot src=data:,><button>go</button>")
        assert visit.requests == [address + "page.html"]
        assert visit.strangers(address) == []
        assert visit.complaints == []
        assert too_wide(visit) == without_alt(visit) == without_name(visit) == []

    def test_another_host(self, faulty):
        visit, address = faulty("<img src=https://example.invalid/dot.png>")
        assert visit.strangers(address) == ["https://example.invalid/dot.png"]

    def test_a_missing_file(self, faulty):
        visit, address = faulty("<script src=absent.js></script>")
        assert f"{address}absent.js 404" in visit.complaints

    @pytest.mark.parametrize("kind", ["error", "warn"])
    def test_a_word_in_the_console(self, faulty, kind):
        visit, _ = faulty(f"<script>console.{kind}('oh')</script>")
        assert len(visit.complaints) == 1

    def test_an_uncaught_error(self, faulty):
        visit, _ = faulty("<script>absent()</script>")
        assert visit.errors == ["absent is not defined"]

    def test_bytes(self, faulty):
        visit, _ = faulty("x" * 10_000)
        assert sum(visit.sizes.values()) > 10_000

    def test_bytes_that_gzip_cannot_save(self, faulty):
        visit, address = faulty("x" * 10_000)
        assert packed(visit, address) < 1000
        visit, address = faulty(random.Random(0).randbytes(10_000).hex())
        assert 10_000 < packed(visit, address) < 12_000

    def test_a_wide_page(self, faulty):
        visit, _ = faulty("<main><p style='width: 500px'>wide</p></main>", width=360)
        assert "P." in too_wide(visit)

    @pytest.mark.parametrize(
        "image", ["<img src=data:,>", "<img alt='' src=data:,>", "<img alt=' ' src=data:,>"]
    )
    def test_an_image_without_words(self, faulty, image):
        assert len(without_alt(faulty(image)[0])) == 1

    def test_what_axe_finds(self, faulty):
        visit, _ = faulty("<main><h1>One</h1><p role=slider tabindex=0></p></main>")
        assert any(line.startswith("aria-input-field-name: <p role") for line in visit.violations("main"))

    @pytest.mark.parametrize("control", ["<button></button>", "<input>", "<p role=slider></p>"])
    def test_a_control_without_a_name(self, faulty, control):
        assert len(without_name(faulty(control)[0])) == 1
