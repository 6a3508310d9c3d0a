"""Access for all: names, order and scopes that a screen reader needs, and contrast that eyes need.

The checks follow WCAG 2.2 AA: 1.1.1, 1.3.1, 1.4.3, 1.4.11, 2.4.1, 2.4.6, 3.1.1, 4.1.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.site

TEXT_CONTRAST, SHAPE_CONTRAST = 4.5, 3.0
# Relative luminance as WCAG 2.2 defines it; the background is that of the nearest opaque parent.
CONTRAST = """
() => {
  const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ratio = (a, b) => {
    const [x, y] = [light(a), light(b)];
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
  };
  const behind = e => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const texts = [...document.querySelectorAll('body *')]
    .filter(e => !e.closest('svg') && e.getClientRects().length)
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .map(e => [ratio(parse(getComputedStyle(e).color), behind(e)), e.className + ' ' + e.tagName]);
  const paper = behind(document.body);
  const fills = [...document.querySelectorAll('.chart text, .chart circle, .chart .median')]
    .map(e => [ratio(parse(getComputedStyle(e).fill), paper), e.tagName]);
  const lines = [...document.querySelectorAll('.chart line.ref')]
    .map(e => [ratio(parse(getComputedStyle(e).stroke), paper), e.tagName]);
  return {texts, shapes: [...fills, ...lines]};
}
"""


@pytest.fixture(params=["light", "dark"])
def lit(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """The page in a light and in a dark room."""
    page = browser.new_page(color_scheme=request.param)
    page.goto(address)
    yield page
    page.close()


def test_text_and_shapes_stand_out_from_the_paper(lit: Page) -> None:
    found = lit.evaluate(CONTRAST)
    assert len(found["texts"]) > 200
    assert [one for one in found["texts"] if one[0] < TEXT_CONTRAST] == []
    assert len(found["shapes"]) > 10
    assert [one for one in found["shapes"] if one[0] < SHAPE_CONTRAST] == []


def test_a_dark_room_has_a_dark_page(browser: Browser, address: str) -> None:
    def paper(scheme: str) -> str:
        page = browser.new_page(color_scheme=scheme)
        page.goto(address)
        found: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.close()
        return found

    assert paper("light") != paper("dark")


def test_headings_go_down_one_level_at_a_time(page: Page) -> None:
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert levels.count(1) == 1
    assert levels.count(2) == 11
    assert all(level - before <= 1 for before, level in pairwise(levels))


def test_the_language_the_title_and_the_description_are_stated(page: Page) -> None:
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.title().startswith("CPT 32557: Chest drain")
    content = page.locator("meta[name=description]").get_attribute("content")
    assert content
    assert "3,671.17" in content


def test_each_landmark_is_there_and_has_a_name_of_its_own(page: Page) -> None:
    assert page.locator("main").count() == 1
    assert page.locator("body > header").count() == 1
    names = page.evaluate("[...document.querySelectorAll('nav')].map(n => n.ariaLabel)")
    assert len(set(names)) == len(names) == 3
    regions = page.evaluate(
        "[...document.querySelectorAll('section')].map(s => "
        "document.getElementById(s.getAttribute('aria-labelledby')).textContent.trim())"
    )
    assert len(set(regions)) == 11


def test_each_drawing_has_a_name_or_is_hidden(page: Page) -> None:
    names = page.evaluate(
        """() => [...document.querySelectorAll('svg')].map(svg =>
          svg.closest('[aria-hidden=true]') ? 'hidden' : svg.ariaLabel ?? '')"""
    )
    assert len(names) > 8
    assert all(names)
    assert any("p25 $3,589.45" in name for name in names)


def test_each_head_of_a_table_says_what_it_heads(page: Page) -> None:
    scopes = page.evaluate("[...document.querySelectorAll('th')].map(t => t.scope)")
    assert set(scopes) == {"col", "row", "rowgroup"}
    empty = page.evaluate(
        "[...document.querySelectorAll('th')].filter(t => !t.innerText.trim()).length"
    )
    assert empty == 0


def test_each_row_of_a_table_is_as_wide_as_its_head(page: Page) -> None:
    odd = page.evaluate(
        """() => [...document.querySelectorAll('table')].flatMap(t => {
          const width = r => [...r.cells].reduce((n, c) => n + c.colSpan, 0);
          return [...t.rows].filter(r => width(r) !== width(t.rows[0])).map(r => r.innerText);
        })"""
    )
    assert odd == []


def test_each_link_has_words(page: Page) -> None:
    silent = page.evaluate(
        "[...document.links].filter(a => !(a.ariaLabel || a.textContent.trim())).length"
    )
    assert silent == 0


def test_each_link_of_the_page_can_be_hit_at_its_centre(page: Page) -> None:
    """Nothing lies over the outline or the download links."""
    covered = page.evaluate(
        """() => [...document.querySelectorAll('.rail a, .meta a')].filter(a => {
          const b = a.getBoundingClientRect();
          const top = document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2);
          return !a.contains(top);
        }).length"""
    )
    assert covered == 0


@pytest.mark.parametrize(
    "where", ["index.html", "rule/M05/index.html", "method/index.html", "glossary/index.html"]
)
def test_the_other_pages_are_in_order_too(browser: Browser, site: Path, where: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto((site / where).as_uri())
    assert page.locator("h1").count() == page.locator("main").count() == 1
    assert page.locator("table").count() == page.locator("caption").count()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.close()
