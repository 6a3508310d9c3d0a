"""Dates as they are written on a command line."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratepress.cli.options import parse_date
from ratepress.core.errors import UsageError


@given(st.dates())
def test_a_date_is_year_month_day(day: date) -> None:
    assert parse_date(day.isoformat()) == day


@pytest.mark.parametrize(
    "text", ["", "20260715", "2026-7-15", "2026-W29-3", "15/07/2026", "2026-02-29", "٢٠٢٦-٠٧-١٥"]
)
def test_nothing_else_is_a_date(text: str) -> None:
    with pytest.raises(UsageError, match="This is no date"):
        parse_date(text)
