"""The Hopfield page from a cold cache: when its first frame is there, and what it weighs."""

CHAPTER = "book/02_hopfield.html"


def test_first_frame(benchmark, browser, book_url):
    """From navigation to the first drawn frame of the interactive."""
    contexts = []

    def fresh():
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 800}))
        return (contexts[-1].new_page(),), {}

    def visit(page):
        page.goto(book_url + CHAPTER, wait_until="commit")
        page.locator(".ebm-memory .ebm-cell").first.wait_for()
        page.evaluate("() => new Promise(requestAnimationFrame)")

    benchmark.pedantic(visit, setup=fresh, rounds=9)
    for context in contexts:
        context.close()


def test_weight(benchmark, open_page):
    visit = benchmark.pedantic(open_page, (CHAPTER,), rounds=1)
    benchmark.extra_info["megabytes"] = sum(visit.sizes.values()) / 1e6
    benchmark.extra_info["largest"] = {
        url.rsplit("/", 1)[-1]: size
        for url, size in sorted(visit.sizes.items(), key=lambda pair: -pair[1])[:6]
    }
