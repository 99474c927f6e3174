"""Take a picture of each page of the built book in light, in dark and at the width of a telephone.

python scripts/screenshots.py [page ...]      into _build/screenshots
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

import chromium

BUILD = Path(__file__).resolve().parent.parent / "_build"
LOOKS = {
    "light": {"color_scheme": "light", "width": 1280},
    "dark": {"color_scheme": "dark", "width": 1280},
    "phone": {"color_scheme": "light", "width": 360},
    "phone-dark": {"color_scheme": "dark", "width": 360},
}


def main(names: list[str]) -> None:
    pages = [BUILD / "html" / name for name in names] or sorted((BUILD / "html" / "book").glob("*.html"))
    folder = BUILD / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        for path in pages:
            for look, options in LOOKS.items():
                viewport = {"width": options["width"], "height": 900}
                page = browser.new_page(color_scheme=options["color_scheme"], viewport=viewport)
                page.goto(path.as_uri())
                page.evaluate("() => window.MathJax?.startup?.promise")
                page.evaluate(
                    "() => document.querySelectorAll('img').forEach((image) => { image.loading = 'eager' })"
                )
                page.wait_for_timeout(500)
                picture = folder / f"{path.stem}-{look}.png"
                page.screenshot(path=picture, full_page=True)
                page.close()
                print(picture)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
