"""WCAG 2.2 AA by axe-core: no finding on any kind of page, in the light, in the dark, on a phone.

axe finds what a program can find. The rest of what is asked for is in test_access.py by hand.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

pytestmark = pytest.mark.site

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}


def kinds(site: Path) -> list[str]:
    """One page of each kind: the first of each folder that holds pages of one kind."""
    found: dict[str, str] = {}
    for path in sorted(site.rglob("index.html")):
        parts = path.relative_to(site).parts
        kind = f"{parts[0]}/{len(parts)}"
        found.setdefault(kind, "/".join(parts))
    return sorted(found.values())


def barriers(browser: Browser, address: str, width: int, scheme: str) -> list[str]:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(address)
    found = Axe().run(page, options=RULES).response["violations"]
    page.close()
    return [
        f"{one['id']}: {one['help']}: {node['html'][:120]}"
        for one in found
        for node in one["nodes"][:3]
    ]


def test_axe_finds_nothing_on_any_kind_of_page(browser: Browser, site: Path) -> None:
    pages = kinds(site)
    assert {"code/cpt/32557/index.html", "index.html", "method/index.html"} <= set(pages)
    found = {page: barriers(browser, (site / page).as_uri(), 1280, "light") for page in pages}
    assert {page: said for page, said in found.items() if said} == {}


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (360, "light"), (360, "dark")])
def test_axe_finds_nothing_on_the_page_of_a_code_in_the_dark_and_on_a_phone(
    browser: Browser, address: str, width: int, scheme: str
) -> None:
    assert barriers(browser, address, width, scheme) == []


def test_axe_finds_a_barrier_where_there_is_one(browser: Browser) -> None:
    """The check itself: an image without words."""
    page = browser.new_page()
    page.set_content("<html lang=en><title>t</title><main><h1>h</h1><img src='x.png'></main>")
    assert Axe().run(page, options=RULES).violations_count >= 1
    page.close()
