"""The dates and thresholds that the market's SQL reads as tables."""

from __future__ import annotations

import calendar
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market_lakes import Described, PfsRow, PriceFile, Rate, write
from ratepress.codes.argument import CodeRef
from ratepress.core.errors import UsageError
from ratepress.lake.store import Lake
from ratepress.market.inputs import latest_date, months_before, register_inputs

FILE = PriceFile("one", date(2026, 4, 1), (Rate(dollars=Decimal(100)),), ("A", "GA"))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 7, 15), 13, date(2025, 6, 15)),
        (date(2026, 1, 15), 13, date(2024, 12, 15)),
        (date(2026, 3, 31), 13, date(2025, 2, 28)),
        (date(2025, 3, 31), 13, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 7, 31), 1, date(2026, 6, 30)),
        (date(2026, 12, 31), 12, date(2025, 12, 31)),
        (date(2026, 7, 15), 0, date(2026, 7, 15)),
    ],
)
def test_months_before_keeps_the_day_or_takes_the_months_last(
    day: date, months: int, expected: date
) -> None:
    assert months_before(day, months) == expected


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 1, 1)), st.integers(0, 48))
def test_months_before_is_in_the_right_month_on_the_nearest_day(day: date, months: int) -> None:
    found = months_before(day, months)
    assert (day.year * 12 + day.month) - (found.year * 12 + found.month) == months
    assert found.day == min(day.day, calendar.monthrange(found.year, found.month)[1])


def test_the_latest_date_is_a_price_files_or_the_first_day_of_a_release(tmp_path: Path) -> None:
    """A release that is in force until September does not make July's prices September's."""
    pfs = (PfsRow("32557", "", Decimal(3), Decimal(10), Decimal(1), Decimal(1)),)
    later = replace(FILE, name="two", published_on=date(2026, 8, 3))
    undated = replace(FILE, name="three", published_on=None)
    with write(tmp_path / "a", Described((FILE, undated), pfs)).connect() as connection:
        assert latest_date(connection) == date(2026, 7, 1)
    with write(tmp_path / "b", Described((FILE, later), pfs)).connect() as connection:
        assert latest_date(connection) == date(2026, 8, 3)


def test_a_lake_without_a_dated_file_has_no_latest_date(lake: Lake, tmp_path: Path) -> None:
    with lake.connect() as connection, pytest.raises(UsageError, match="no dated file"):
        latest_date(connection)
    undated = write(tmp_path / "undated", Described((replace(FILE, published_on=None),)))
    with undated.connect() as connection, pytest.raises(UsageError, match="no dated file"):
        latest_date(connection)


def test_the_nines_are_all_that_a_money_column_holds(lake: Lake) -> None:
    """Rule Q02: from 99,999 to fourteen digits, with and without 99 cents."""
    with lake.connect() as connection:
        register_inputs(connection, [CodeRef("cpt", "32557")], date(2026, 7, 15), [])
        found = {row[0] for row in connection.execute("SELECT dollars FROM nines").fetchall()}
    assert min(found) == 99999
    assert max(found) == Decimal("99999999999999.99")
    assert len(found) == 20
    assert all(set(f"{n:f}".replace(".", "").rstrip("0")) == {"9"} for n in found)


def test_the_thresholds_are_those_of_the_rules(lake: Lake) -> None:
    """docs/reference/rules.md: Q02 to Q05 and Q14."""
    with lake.connect() as connection:
        register_inputs(connection, [CodeRef("cpt", "32557")], date(2026, 7, 15), [])
        cursor = connection.execute("SELECT * FROM settings")
        names = [column[0] for column in cursor.description or ()]
        found = dict(zip(names, cursor.fetchall()[0], strict=True))
    assert found == {
        "as_of": date(2026, 7, 15),
        "stale_before": date(2025, 6, 15),
        "q02_cent": Decimal("0.01"),
        "q02_min_codes": 25,
        "q02_min_families": 5,
        "q02_min_share_percent": 50,
        "q03_largest_share": Decimal(1),
        "q04_inpatient_low": Decimal("0.9"),
        "q04_inpatient_high": Decimal("10"),
        "q04_other_low": Decimal("0.5"),
        "q04_other_high": Decimal("30"),
        "q05_min_votes": 40,
        "m12_largest_percentage": Decimal(1000),
        "m12_largest_gross": Decimal(10**13),
    }
