"""WCAG 2.2 AA by axe-core: no finding on any kind of page, in the light, in the dark, on a phone.

axe finds what a program can find. The rest of what is asked for is in test_access.py by hand.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from site_kinds import KINDS, one_of

pytestmark = pytest.mark.site

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],  # Else axe describes every element that passed, too.
}


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


def test_every_kind_of_page_of_a_site_is_named(demo_site: Path) -> None:
    """So that a new kind is looked at too: in this test's list, or it is a code's page."""
    named = {kind_of(one_of(demo_site, kind).relative_to(demo_site)) for kind in KINDS}
    found = {kind_of(path.relative_to(demo_site)) for path in demo_site.rglob("index.html")}
    assert found - named <= {"code/4", "code/2", "state/2", "family/2"}


def kind_of(path: Path) -> str:
    return f"{path.parts[0]}/{len(path.parts)}"


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing_on_any_kind_of_page(
    browser: Browser, demo_site: Path, kind: str
) -> None:
    assert barriers(browser, one_of(demo_site, kind).as_uri(), 1280, "light") == []


@pytest.mark.parametrize("kind", ["home", "payer", "state"])
def test_axe_finds_nothing_in_the_dark_on_a_phone(
    browser: Browser, demo_site: Path, kind: str
) -> None:
    assert barriers(browser, one_of(demo_site, kind).as_uri(), 390, "dark") == []


def test_axe_finds_nothing_on_the_page_of_a_code_of_the_demo(
    browser: Browser, demo_site: Path
) -> None:
    page = demo_site / "code/cpt/32557/index.html"
    assert barriers(browser, page.as_uri(), 1280, "light") == []


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
