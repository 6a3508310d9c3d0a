"""The script: what it filters, sorts and says, how its state is in the address, what it weighs."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import msgspec
import pytest
from playwright.sync_api import Browser, Locator, Page

from dossier_sample import dossier
from ratepress.core.facts import Fact
from ratepress.dossier.model import DataTable, Row
from ratepress.press import html
from ratepress.press.publish import write

pytestmark = pytest.mark.site

MOST_SCRIPT = 30_000
SHOWN = "rows => rows.filter(r => r.getClientRects().length).map(r => r.cells[0].innerText.trim())"


def rows(page: Page, table: str) -> list[str]:
    """The heads of the rows of a table that are seen."""
    found: list[str] = page.locator(f"#t-{table} tbody tr:not(.group)").evaluate_all(SHOWN)
    return found


def choice(page: Page, name: str) -> Locator:
    """One of the filters."""
    return page.locator(f".filters select[name={name}]")


def test_the_script_of_a_page_is_small() -> None:
    assert len(html.asset("page.js")) < MOST_SCRIPT / 2


def test_a_payer_is_chosen_in_tables_and_charts_and_in_the_address(page: Page) -> None:
    before = len(rows(page, "payers"))
    choice(page, "payer").select_option("Cigna")
    assert before > 1
    assert [head.split("\n")[0] for head in rows(page, "payers")] == ["Cigna"]
    strips = page.locator("#chart-commercial .strip .who").evaluate_all(
        "all => all.filter(e => e.getClientRects().length).map(e => e.innerText)"
    )
    assert strips == ["All payers", "Cigna"]
    assert page.url.endswith("?payer=Cigna")
    assert page.locator(".filters output").inner_text().endswith("rows shown")


def test_an_address_brings_its_choice_with_it(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}?setting=inpatient&class=facility&nonsense=1&payer=Nobody")
    assert [head.splitlines()[-1] for head in rows(page, "all-payers")] == ["facility, inpatient"]
    assert choice(page, "setting").input_value() == "inpatient"
    page.close()


def test_show_all_brings_everything_back(page: Page) -> None:
    before = rows(page, "all-payers")
    choice(page, "setting").select_option("inpatient")
    assert len(rows(page, "all-payers")) < len(before)
    page.get_by_role("button", name="Show all").click()
    page.wait_for_url(lambda address: "?" not in address)
    assert rows(page, "all-payers") == before


def test_a_state_is_chosen(page: Page) -> None:
    choice(page, "state").select_option("FL")
    heads = rows(page, "medicare-localities")
    assert [head.splitlines()[-1] for head in heads] == [
        "Fort Lauderdale (09102-03)", "Miami (09102-04)", "Rest of Florida (09102-99)",
    ]  # fmt: skip


def test_a_strength_leaves_its_own_column_of_the_funnel(page: Page) -> None:
    choice(page, "strength").select_option("maximum")
    heads = page.locator("#t-funnel thead th").evaluate_all(
        "all => all.filter(e => e.getClientRects().length).map(e => e.innerText)"
    )
    assert [head.split("\n")[0].strip() for head in heads][:2] == ["Step", "Maximum"]
    assert "Minimum" not in heads


def test_percent_of_medicare_and_dollars_are_one_scale_in_two_readings(page: Page) -> None:
    dollars, percent = (
        page.locator(f"#chart-professional .in-{unit}").first for unit in ("dollars", "percent")
    )
    assert dollars.is_visible()
    assert percent.is_visible()
    choice(page, "unit").select_option("percent of Medicare")
    assert not dollars.is_visible()
    choice(page, "unit").select_option("dollars")
    assert dollars.is_visible()
    assert not percent.is_visible()


def test_a_head_sorts_up_then_down_then_as_it_was(page: Page) -> None:
    def amounts() -> list[float]:
        texts = page.locator("#t-medicare-localities tbody td:nth-child(2)").all_inner_texts()
        return [float(text) for text in texts if text.replace(".", "").isdigit()]

    before = amounts()
    head = page.locator("#t-medicare-localities thead button").nth(1)
    groups = [before[:3], before[3:5], before[5:]]
    head.click()
    assert amounts() == [one for group in groups for one in sorted(group)]
    assert (
        page.locator("#t-medicare-localities thead th").nth(1).get_attribute("aria-sort")
        == "ascending"
    )
    head.click()
    assert amounts() == [one for group in groups for one in sorted(group, reverse=True)]
    head.press("Enter")
    assert amounts() == before


def test_a_tip_says_the_price_of_a_dot_and_the_name_of_a_source(page: Page) -> None:
    tip = page.locator("#bubble")
    assert not tip.is_visible()
    page.locator("#chart-commercial .strip:nth-child(3) circle").first.hover()
    assert tip.inner_text() == "$3,520.30: Aetna, HMO"
    page.locator("#summary sup.src a").first.focus()
    assert "EMORY UNIVERSITY" in tip.inner_text()
    page.keyboard.press("Escape")
    assert not tip.is_visible()


def test_filters_are_reached_and_used_by_keyboard(page: Page) -> None:
    select = choice(page, "payer")
    select.focus()
    page.keyboard.press("C")
    page.keyboard.press("Tab")
    assert select.input_value() == "Cigna"
    assert page.url.endswith("?payer=Cigna")


def test_filters_fit_a_phone(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(address)
    assert page.locator(".filters").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.close()


def test_without_a_script_nothing_is_hidden_and_nothing_is_offered(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}?payer=Cigna")
    assert page.locator(".filters, .sort, #bubble").count() == 0
    assert page.locator("[hidden]").count() == 0
    context.close()


class _Strict(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")
        super().end_headers()

    def log_message(self, *arguments: object) -> None:
        """Nothing: tests are quiet."""


@pytest.fixture
def strict(site: Path) -> Iterator[str]:
    """The site over HTTP with the policy that the service sends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Strict, directory=str(site)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_strict_policy_blocks_nothing(browser: Browser, strict: str) -> None:
    said: list[str] = []
    page = browser.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{strict}/code/cpt/32557/index.html", wait_until="networkidle")
    choice(page, "payer").select_option("Cigna")
    dot = page.locator("#chart-commercial .strip circle").first
    dot.scroll_into_view_if_needed()
    page.wait_for_timeout(200)  # A page that scrolls shows no tip.
    dot.hover()
    assert said == []
    assert page.locator("#bubble").is_visible()
    page.close()


@pytest.fixture
def long_page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page that has a part of the rows of a table: some of Aetna's, and none of Cigna's."""
    one = dossier()
    price = Fact(Decimal("5.00"), "USD", rules=("M03",))
    listed = DataTable("prices-commercial", "Published prices", "Payer", ("Price",), tuple(
        Row(name, (price,)) for name in ("Aetna",) * 900 + ("Cigna",)
    ))  # fmt: skip
    (benchmarks,) = (s for s in one.sections if s.id == "benchmarks")
    charts = tuple(
        msgspec.structs.replace(chart, note=f"Prices for {key}. A dot is a distinct price.")
        for chart, key in zip(
            benchmarks.charts, ("commercial, facility, outpatient", "professional"), strict=True
        )
    )
    changed = msgspec.structs.replace(
        benchmarks, tables=(*benchmarks.tables, listed), charts=charts
    )
    sections = tuple(changed if s is benchmarks else s for s in one.sections)
    made = write([msgspec.structs.replace(one, sections=sections)], tmp_path)
    page = browser.new_page()
    page.goto(made.pages[0].as_uri())
    yield page
    page.close()


def test_a_choice_among_rows_that_the_page_lacks_is_said(long_page: Page) -> None:
    table = long_page.locator("#t-prices-commercial")
    choice(long_page, "payer").select_option("Cigna")
    assert table.is_visible()
    assert rows(long_page, "prices-commercial") == []
    assert "None of the rows on this page" in table.inner_text()
    choice(long_page, "payer").select_option("Aetna")
    assert len(rows(long_page, "prices-commercial")) > 10
    assert "None of the rows" not in table.inner_text()


def test_a_chart_of_another_key_goes_with_its_rows(long_page: Page) -> None:
    facility, professional = (
        long_page.locator(f"#chart-{name}") for name in ("commercial", "professional")
    )
    choice(long_page, "class").select_option("facility")
    assert facility.is_visible()
    assert not professional.is_visible()
    choice(long_page, "class").select_option("")
    assert professional.is_visible()


def test_paper_has_all_rows_and_no_buttons_and_the_screen_its_choice_after(
    long_page: Page,
) -> None:
    choice(long_page, "payer").select_option("Cigna")
    shown = rows(long_page, "payers")
    buttons = long_page.locator("thead button").count()
    long_page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(rows(long_page, "payers")) > len(shown)
    assert long_page.locator("thead button").count() == 0
    long_page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert rows(long_page, "payers") == shown
    assert long_page.locator("thead button").count() == buttons > 0
