"""The comparison as CSV, workbook and page: figures as they are, and hostile text harmless."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from ratepress.market.compare import Comparison, Placed
from ratepress.press.comparison import as_csv, as_page, as_workbook

HOSTILE = '=HYPERLINK("http://x")<script>alert(1)</script>\u202e'
ROWS = (
    Placed(
        line_no=2, code="00100", modifiers="50|LT", rate=Decimal("1250.00"), volume=Decimal(40),
        status="compared", reason="5 votes", is_headline=True, line_of_business="commercial",
        billing_class="facility", setting="outpatient", site="any", method=HOSTILE,
        payer="All payers", n_votes=5, p25=Decimal("3000.00"), median=Decimal("3708.00"),
        p75=Decimal("4000.00"), percentile=Decimal("12.5"), distance=Decimal("-2458.00"),
        percent_of_median=Decimal("33.7"), standing="under", opportunity=Decimal("98320.00"),
    ),
    Placed(line_no=3, code="=1+1", modifiers="", rate=None, volume=None, status="invalid",
           reason=HOSTILE),
)  # fmt: skip
FOUND = Comparison(
    as_of=date(2026, 7, 15), strength="balanced", line_of_business="commercial", payer=None,
    n_lines=2, rows=ROWS,
)  # fmt: skip


def test_the_csv_has_plain_numbers_and_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(FOUND))))
    assert (rows[0]["code"], rows[0]["median"], rows[0]["is_headline"]) == (
        "00100", "3708.00", "yes",
    )  # fmt: skip
    assert (rows[1]["code"], rows[1]["rate"]) == ("'=1+1", "")
    assert all(not cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())


def test_the_workbook_keeps_text_and_numbers_apart() -> None:
    data = as_workbook(FOUND)
    assert data == as_workbook(FOUND), "the same comparison gives the same bytes"
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["Your rates", "All keys", "Notes"]
    sheet = book["Your rates"]
    assert sheet.freeze_panes == "A2"
    heads = [cell.value for cell in sheet[1]]
    first = dict(zip(heads, sheet[2], strict=True))
    assert (first["code"].value, first["median"].value) == ("00100", 3708)
    assert first["opportunity"].value == 98320
    second = dict(zip(heads, sheet[3], strict=True))
    assert (second["code"].value, second["code"].data_type) == ("=1+1", "s")
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("text", ["<script>alert(1)", "\u202e"])
def test_the_page_prints_no_markup_of_others(text: str) -> None:
    assert text not in as_page(FOUND)


def test_the_page_states_its_finding_and_stands_alone() -> None:
    page = as_page(FOUND)
    assert "1 of 1 rates that can be compared is under market" in " ".join(page.split())
    assert "<b>$98,320.00</b>" in page
    assert "assets/style.css" not in page
    assert page.count("<script") == 0
