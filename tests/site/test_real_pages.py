"""Ten pages from all the real files: what they weigh, and that two sheets hold each.

The lake has every published price file and schedule of the folder; it takes a minute or two.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from page_tree import Tree
from pdf_sheets import sheets
from ratepress.core.errors import RatepressError
from ratepress.lake.store import Lake
from ratepress.press.publish import publish
from ratepress.press.shorten import HEAVIEST
from ratepress.readers.add import add

pytestmark = pytest.mark.files

CODES = (
    "32557", "32550", "32555", "99213", "70551", "43239", "27447", "ms-drg:470", "J1885", "A4550",
)  # fmt: skip
PRICES = ("hpt_real_v3", "hpt_real_v2_excerpt", "tic_real")
LEFT = """() => [...document.querySelectorAll('main *')].filter(e => e.scrollWidth > 0)
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, svg'))
  .map(e => e.outerHTML.slice(0, 100))"""


@pytest.fixture(scope="module")
def pages(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Where the page of each code is."""
    folder = tmp_path_factory.mktemp("all")
    lake = Lake.create(folder / "lake")
    found = [one for name in PRICES for one in (data_folder / "price_files" / name).rglob("*.*")]
    found += (data_folder / "medicare").rglob("*.*")
    for path in sorted(one for one in found if one.is_file()):
        try:
            add(lake, path)
        except RatepressError:  # Notes of the folder, and lists that no reader is for.
            continue
    publish(lake, list(CODES), folder / "site", as_of=date(2026, 7, 15))
    whole = [code if ":" in code else f"cpt:{code}" for code in CODES]
    refs = [one.replace("cpt:J", "hcpcs:J").replace("cpt:A", "hcpcs:A") for one in whole]
    return {
        code: folder / "site/code" / ref.replace(":", "/") / "index.html"
        for code, ref in zip(CODES, refs, strict=True)
    }


@pytest.mark.parametrize("code", CODES)
def test_a_page_weighs_under_a_hundred_and_fifty_kilobytes(
    pages: dict[str, Path], code: str
) -> None:
    assert pages[code].stat().st_size < HEAVIEST


@pytest.mark.parametrize("code", CODES)
def test_every_anchor_that_a_page_points_to_is_on_it(pages: dict[str, Path], code: str) -> None:
    tree = Tree(pages[code].read_text("utf-8"))
    ids = set(tree.values("id"))
    assert len(ids) == len(tree.values("id"))
    assert {value[1:] for value in tree.values("href") if value.startswith("#")} <= ids


def test_the_data_files_keep_what_the_page_leaves_out(pages: dict[str, Path]) -> None:
    """43239 has far more prices than its page has rows; the CSV has a line for each."""
    page = pages["43239"]
    text = page.read_text("utf-8")
    rows = (page.parent.parent / "43239.csv").read_text("utf-8").count("prices-commercial,")
    assert "rows, the first of each group" in text
    assert rows > 5 * text.split('id="t-prices-commercial"')[1].split("</table>")[0].count("<tr>")


@pytest.mark.site
@pytest.mark.parametrize("code", CODES)
def test_a_page_prints_on_two_sheets_of_letter_paper(
    browser: Browser, pages: dict[str, Path], code: str
) -> None:
    page = browser.new_page()
    page.goto(pages[code].as_uri())
    made = sheets(page.pdf(prefer_css_page_size=True))
    page.close()
    assert set(made) == {(b"612", b"792")}
    assert len(made) <= 2


@pytest.mark.site
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("code", CODES)
def test_nothing_stands_out_at_the_side(
    browser: Browser, pages: dict[str, Path], code: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(pages[code].as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(LEFT) == []
    page.close()
