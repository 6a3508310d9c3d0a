"""The page on paper: Letter, all sections, no screen furniture, told apart in grey."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from dossier_sample import SECTION_IDS
from pdf_sheets import sheets, texts
from ratepress.core.facts import Fact, Gap
from ratepress.dossier.model import DataTable, Dossier, Row, Section
from ratepress.press.publish import write

pytestmark = pytest.mark.site


WHOLE = "document.documentElement.classList.add('whole')"
SHORT = ("summary", "overview", "medicare", "benchmarks", "sources")


@pytest.fixture(scope="module")
def papers(browser: Browser, address: str) -> tuple[bytes, bytes]:
    """The page as it prints, and all of it."""
    page = browser.new_page()
    page.goto(address)
    short = page.pdf(prefer_css_page_size=True)
    page.evaluate(WHOLE)
    made = short, page.pdf(prefer_css_page_size=True)
    page.close()
    return made


def test_it_prints_on_two_sheets_of_letter_paper_and_whole_on_more(
    papers: tuple[bytes, bytes],
) -> None:
    short, whole = map(sheets, papers)
    assert set(short) | set(whole) == {(b"612", b"792")}
    assert len(short) <= 2
    assert len(whole) > len(short)


def test_two_sheets_hold_the_finding_medicare_the_first_chart_and_the_citation(page: Page) -> None:
    page.emulate_media(media="print")
    seen = [one for one in SECTION_IDS if page.locator(f"#{one}").is_visible()]
    assert tuple(seen) == SHORT
    for part in (".lead", ".cards", "#chart-commercial", "#t-all-payers", ".cite", ".sources"):
        assert page.locator(part).first.is_visible()
    for part in ("#chart-professional", "#t-prices", ".filters", "#rules"):
        assert not page.locator(part).is_visible()


def test_everything_prints_where_it_is_asked_for(page: Page) -> None:
    page.evaluate("window.print = () => {}")
    page.get_by_role("button", name="everything").click()
    page.emulate_media(media="print")
    assert all(page.locator(f"#{one}").is_visible() for one in SECTION_IDS)
    assert page.locator("#t-prices").is_visible()
    assert page.locator("#rules").is_visible()


@pytest.fixture
def printed(page: Page) -> Page:
    """The page as the printer lays it out, at the width of the paper inside its margins."""
    page.set_viewport_size({"width": round((8.5 - 1.4) * 96), "height": 900})
    page.evaluate(WHOLE)
    page.emulate_media(media="print")
    return page


def test_nothing_is_cut_off_at_the_side_of_the_sheet(printed: Page) -> None:
    wide = printed.evaluate(
        """() => [...document.querySelectorAll('table, figure, p, dl, ul, ol')]
          .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
          .map(e => e.outerHTML.slice(0, 80))"""
    )
    assert wide == []


def test_the_outline_and_the_bar_stay_off_the_paper(printed: Page) -> None:
    for part in (".rail", ".fold", ".masthead", ".skip"):
        assert not printed.locator(part).is_visible()
    for one in SECTION_IDS:
        assert printed.locator(f"#{one} h2").count() == 1


def test_links_are_plain_text_on_paper(printed: Page) -> None:
    lines = printed.evaluate(
        "[...new Set([...document.links].map(a => getComputedStyle(a).textDecorationLine))]"
    )
    assert lines == ["none"]


def test_rows_stay_whole_and_heads_are_repeated(printed: Page) -> None:
    assert (
        printed.evaluate("getComputedStyle(document.querySelector('tbody tr')).breakInside")
        == "avoid"
    )
    assert printed.evaluate("getComputedStyle(document.querySelector('thead')).display") == (
        "table-header-group"
    )


def test_the_parts_of_a_chart_are_told_apart_in_grey(printed: Page) -> None:
    """By lightness alone: dots and median dark, the middle half light, the Medicare line dashed."""
    grey = printed.evaluate(
        """() => ['circle', 'rect:not(.median)', '.median'].map(s => {
          const c = getComputedStyle(document.querySelector('#chart-commercial .strip ' + s)).fill;
          const [r, g, b] = c.match(/[\\d.]+/g).map(Number);
          return 0.299 * r + 0.587 * g + 0.114 * b;
        })"""
    )
    dot, half, median = grey
    assert half - dot > 90
    assert dot - median > 40
    dashes = printed.evaluate(
        "getComputedStyle(document.querySelector('line.ref')).strokeDasharray"
    )
    assert dashes != "none"


def test_a_row_keeps_its_group_where_the_one_that_named_it_is_not_printed(
    browser: Browser, tmp_path: Path
) -> None:
    """Two lines of business with two keys each; the first key of the second has too few votes."""
    votes = Fact(4, "count", rules=("M02",))
    few = Gap("Percentiles", "2 votes, under the three that percentiles need", "more files")
    rows = (
        Row("Facility", (votes,) * 4, "Commercial"),
        Row("Professional", (few, few, few, votes), "Exchange"),
        Row("Facility", (votes,) * 4, "Exchange"),
    )
    table = DataTable("all-payers", "All payers", "Comparison key", tuple("ABCD"), rows)
    sections = (Section("benchmarks", "Benchmarks", tables=(table,)),)
    write([Dossier("cpt", "1", "One", date(2026, 7, 15), "balanced", "1", sections, ())], tmp_path)
    page = browser.new_page()
    page.goto((tmp_path / "code/cpt/1/index.html").as_uri())
    page.emulate_media(media="print")
    seen = page.locator("#t-all-payers tbody tr:visible")
    widths = [one.bounding_box() for one in seen.locator(".of").all()]
    assert seen.locator(".of").all_inner_texts() == ["Commercial", "Exchange"]
    assert all(box is not None and box["width"] > 20 for box in widths)
    page.close()


def test_the_head_of_a_long_table_stands_on_each_sheet(browser: Browser, tmp_path: Path) -> None:
    """A head is so many pieces of text in the PDF of a table of one sheet; a long one has that
    many on each of its sheets, but for those that hold what stands around it."""
    _, one = head_on_paper(browser, tmp_path / "short", 5)
    n_sheets, all_heads = head_on_paper(browser, tmp_path / "long", 400)
    assert n_sheets > 4
    assert all_heads >= one * (n_sheets - 2) > 0


def head_on_paper(browser: Browser, folder: Path, n_rows: int) -> tuple[int, int]:
    """The sheets of a page with one table, and the pieces of text that are its heads."""
    price = Fact(1, "count", rules=("M02",))
    rows = tuple(Row(str(n), (price,)) for n in range(n_rows))
    table = DataTable("t", "A table", "Row", ("Number",), rows)
    one = Dossier(
        "cpt", "1", "x", date(2026, 7, 15), "balanced", "1",
        (Section("coding", "Coding", tables=(table,)),), (),
    )  # fmt: skip
    page = browser.new_page()
    page.goto(write([one], folder).pages[0].as_uri())
    page.evaluate(WHOLE)
    whole = page.pdf(prefer_css_page_size=True)
    page.add_style_tag(content="thead th { visibility: hidden }")
    without = page.pdf(prefer_css_page_size=True)
    page.close()
    return len(sheets(whole)), texts(whole) - texts(without)
