"""The page in a browser: it loads from a folder, alone, and works without a mouse or a script."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from dossier_sample import SECTION_IDS
from site_kinds import one_of

pytestmark = pytest.mark.site

STRANGE = "script:not([src$='assets/page.js'], [type='application/ld+json']), img, iframe"
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


def test_it_loads_from_a_folder_without_a_message_or_a_request(
    browser: Browser, address: str, site: Path
) -> None:
    said: list[str] = []
    asked: list[str] = []
    page = browser.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address, wait_until="networkidle")
    assert said == []
    assert [url for url in asked if not url.startswith((site.as_uri(), "data:"))] == []
    assert page.evaluate("getComputedStyle(document.querySelector('.rail')).position") == "sticky"
    page.close()


def test_it_is_whole_with_script_switched_off(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator("main section").count() == len(SECTION_IDS)
    assert page.locator("h1").inner_text().startswith("CPT\n32557")
    page.locator(".rail a[href='#benchmarks']").click()
    assert page.url.endswith("#benchmarks")
    context.close()


@pytest.mark.parametrize("width", [320, 360, 390, 768, 1024, 1280, 1920])
def test_the_page_never_scrolls_sideways(browser: Browser, address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(address)
    assert page.evaluate(FITS)
    page.close()


def test_a_strangers_text_widens_nothing_and_runs_nothing(
    browser: Browser, hostile_address: str
) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(hostile_address)
    assert dialogs == []
    assert page.locator("main section").count() == len(SECTION_IDS)
    assert page.locator(STRANGE).count() == 0
    assert page.evaluate(FITS)
    page.set_viewport_size({"width": 1280, "height": 800})
    assert page.evaluate(FITS)
    page.close()


def test_the_skip_link_is_first_shows_itself_and_leads_to_the_content(page: Page) -> None:
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert focused.inner_text() == "Skip to the content"
    box = focused.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_outline_leads_to_each_section_by_keyboard(page: Page) -> None:
    targets = []
    for _ in range(40):
        page.keyboard.press("Tab")
        href = page.evaluate(
            "document.activeElement.closest('.rail') && document.activeElement.hash"
        )
        if href:
            targets.append(href)
    assert targets == [f"#{one}" for one in SECTION_IDS]


def test_what_has_the_focus_is_outlined(page: Page) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    style = page.evaluate("getComputedStyle(document.activeElement).outline")
    assert "3px" in style
    assert "solid" in style


def test_on_a_phone_the_outline_is_folded_and_opens(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(address)
    assert not page.locator(".rail").is_visible()
    link = page.locator(".fold a").first
    assert not link.is_visible()
    page.locator(".fold summary").click()
    assert link.is_visible()
    page.close()


def test_a_wide_table_scrolls_inside_a_region_that_takes_the_focus(
    browser: Browser, address: str
) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(address)
    region = page.locator("#t-all-payers .scroll")
    assert region.get_attribute("role") == "region"
    assert page.evaluate(
        "(r => r.scrollWidth > r.clientWidth)(document.querySelector('#t-all-payers .scroll'))"
    )
    region.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)
    assert region.evaluate("region => region.scrollLeft") > 0
    page.close()


def test_the_head_of_a_long_table_stays_in_sight(page: Page) -> None:
    assert (
        page.evaluate("getComputedStyle(document.querySelector('thead th')).position") == "sticky"
    )


def test_a_gap_in_a_cell_leads_to_its_reason(page: Page) -> None:
    dash = page.locator("#t-medicare-localities a.gap").first
    assert dash.inner_text() == "—"
    dash.hover()
    assert page.locator("#bubble").inner_text() == "no OPPS release is loaded"
    dash.click()
    target = page.locator(":target")
    assert "OPPS Addendum B" in target.inner_text()


def test_a_source_marker_leads_to_its_source(page: Page) -> None:
    page.locator("#summary sup.src a").first.click()
    assert "155" not in page.locator(":target").inner_text().split("\n")[0]
    assert "SHA-256" in page.locator(":target").inner_text()


def test_a_rule_and_the_list_of_pages_open_from_the_page(page: Page) -> None:
    page.locator("#rules + ul a").first.click()
    assert page.locator("h1").inner_text().startswith("Coding rule")
    page.locator(".wordmark").click()
    page.locator("main table a").first.click()
    assert "32557" in page.locator("h1").inner_text()


def test_text_is_at_least_eleven_pixels_at_phone_width(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(address)
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('main *')]
          .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
          .filter(e => e.getClientRects().length)
          .map(e => parseFloat(getComputedStyle(e).fontSize))"""
    )
    assert len(sizes) > 200
    assert min(sizes) >= 11
    page.close()


def test_prose_is_not_wider_than_seventy_two_characters(page: Page) -> None:
    wide = page.evaluate(
        """() => [...document.querySelectorAll('section p, section .points li')].map(e => {
          const zero = document.createElement('span');
          zero.textContent = '0'.repeat(10);
          e.append(zero);
          const one = zero.getBoundingClientRect().width / 10;
          zero.remove();
          return e.getBoundingClientRect().width / one;
        })"""
    )
    assert max(wide) <= 81  # Notes below tables; prose itself is 68.


def test_each_dot_of_a_chart_stands_where_its_amount_is(page: Page) -> None:
    """On the linear chart the places of two dots are as far apart as their amounts."""
    dots = page.evaluate(
        """() => [...document.querySelectorAll('#chart-commercial .whole circle')].map(c => {
          const box = c.getBoundingClientRect();
          return [box.x + box.width / 2, parseFloat(c.textContent.slice(1).replace(',', ''))];
        })"""
    )
    first, last = dots[0], dots[-1]
    per_dollar = (last[0] - first[0]) / (last[1] - first[1])
    expected = [first[0] + (amount - first[1]) * per_dollar for _, amount in dots]
    assert len(dots) == 6
    assert all(abs(x - place) < 1.5 for (x, _), place in zip(dots, expected, strict=True))


def test_the_medicare_line_runs_through_every_strip_of_its_chart(page: Page) -> None:
    places = page.evaluate(
        """() => [...document.querySelectorAll('#chart-professional .strip svg')].map(svg => {
          const use = svg.querySelector('use');
          return [use.href.baseVal, svg.getBoundingClientRect().height > 20];
        })"""
    )
    assert places == [["#g2", True]] * 2
    assert page.locator("#g2 .ref").count() == 1


def test_no_card_of_any_kind_of_page_is_wider_than_its_place(
    browser: Browser, demo_site: Path
) -> None:
    """A kind of file and a hash are words, and break; the amounts of a code fit on one line."""
    kinds = ("payer", "hospital", "source")
    pages = [*(one_of(demo_site, kind) for kind in kinds), demo_site / "code/cpt/32557/index.html"]
    page = browser.new_page(viewport={"width": 860, "height": 700})
    for one in pages:
        page.goto(one.as_uri())
        found = page.evaluate(
            """() => [...document.querySelectorAll('.cards > div')].map(card => [
              card.getBoundingClientRect().right,
              card.querySelector('.value, .gap').getBoundingClientRect().right,
            ])"""
        )
        assert found
        assert [(card, value) for card, value in found if value > card] == []
    page.close()
