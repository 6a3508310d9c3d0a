"""A fact has a unit and a source or a rule; how it prints is decided by its unit."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.core.shapes import to_json

SOURCE = (SourceRef("a file", "ab" * 32, "row 4"),)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (Decimal("1234.5"), "USD", "$1,234.50"),
        (Decimal("-0.5"), "USD", "-$0.50"),
        (Decimal("148.0"), "% of Medicare", "148.0%"),
        (Decimal("100"), "%", "100%"),
        (Decimal("12.3"), "%", "12.3%"),
        (12345, "count", "12,345"),
        (True, "yes/no", "yes"),
        ("00123", "code", "00123"),
    ],
)
def test_a_fact_prints_by_its_unit(value: object, unit: str, text: str) -> None:
    assert Fact(value, unit, sources=SOURCE).text == text  # type: ignore[arg-type]


def test_a_fact_without_source_or_rule_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="needs a source or a rule"):
        Fact(1, "count")


def test_a_fact_of_an_unknown_unit_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="unknown unit"):
        Fact(1, "furlong", sources=SOURCE)


def test_json_keeps_the_digits_of_money_and_names_the_kind() -> None:
    fact = msgspec.json.decode(to_json(Fact(Decimal("129.260"), "USD", sources=SOURCE)))
    assert fact["type"] == "fact"
    assert fact["value"] == "129.260"
    gap = msgspec.json.decode(to_json(Gap("a", "b", "c")))
    assert gap == {"type": "gap", "what": "a", "why": "b", "which_source_would_fill_it": "c"}
