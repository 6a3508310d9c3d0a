"""Takes the pictures of the README from the page that `ratepress demo` makes.

    python docs/pictures.py     writes PICTURES to docs/_static; wants Chromium or Chrome

Run it after the page changed, and look at what it took.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from ratepress.press.demo import demo

STATIC = Path(__file__).resolve().parent / "_static"
PICTURES = {"page-32557.png": "", "page-32557-benchmarks.png": "#benchmarks"}
"""Each with the part of the page that it begins at."""
PAGE = "site/code/cpt/32557/index.html"
SIZE = {"width": 1120, "height": 860}
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main() -> None:
    """Make the demo in a folder that is thrown away, and take its pictures."""
    browser_path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _BROWSERS)))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        page_path = demo(Path(folder)).lake.parent / PAGE
        browser = driver.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE)  # type: ignore[arg-type]
        for name, anchor in PICTURES.items():
            page.goto("about:blank")
            page.goto(page_path.as_uri() + anchor)
            page.screenshot(path=STATIC / name, animations="disabled")
        browser.close()


if __name__ == "__main__":
    main()
