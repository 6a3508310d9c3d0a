"""Amounts, dates and counts: what each text is worth, and which rule it meets."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ratepress.readers.hospital.heading import detect_version
from ratepress.readers.hospital.values import factor, money


@pytest.mark.parametrize(
    ("text", "value", "rules"),
    [
        ("1200.50", "1200.50", ()),
        ("1e3", "1000", ()),
        ("+5", "5", ()),
        ("$1,234.50", "1234.50", ("F203",)),
        ("-$12", "-12", ("F203", "F205")),
        ("1,234,567", "1234567", ("F203",)),
        ("1,23", None, ("F204",)),
        ("12,345,67", None, ("F204",)),
        ("N/A", None, ("F204",)),
        ("(12.50)", None, ("F204",)),
        ("NaN", None, ("F204",)),
        ("Infinity", None, ("F204",)),
        ("1_000", None, ("F204",)),
        ("١٢", None, ("F204",)),
        ("45%", None, ("F204",)),
        ("0", "0", ("F205",)),
        ("999999999", "999999999", ("F206",)),
        ("999999999.00", "999999999", ("F206",)),
        ("99999999", "99999999", ()),
        ("0.00005", "0", ("F001", "F205")),
        ("0.00015", "0.0002", ("F001",)),
        ("100000000000000", None, ("F002",)),
        ("1e9999", None, ("F002",)),
        ("9" * 500, None, ("F204",)),
        ("", None, ()),
    ],
)
def test_money(text: str, value: str | None, rules: tuple[str, ...]) -> None:
    assert money(text) == (None if value is None else Decimal(value), rules)


@pytest.mark.parametrize(
    ("text", "value", "rules"),
    [("70.5", "70.5", ()), ("70.5%", "70.5", ("F203",)), ("$5", None, ("F204",))],
)
def test_percentages(text: str, value: str | None, rules: tuple[str, ...]) -> None:
    assert factor(text) == (None if value is None else Decimal(value), rules)


def test_the_version_is_the_one_with_more_elements_of_its_own() -> None:
    assert detect_version({"hospital_location", "affirmation", "version"}) == "2"
    assert detect_version({"location_name", "attestation", "estimated_amount"}) == "3"
    assert detect_version({"location_name", "estimated_amount"}) is None
