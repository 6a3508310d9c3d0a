"""Exact money: parsing, rounding and percentiles agree with fractions, which cannot round."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratepress.core.decimals import cents, fit, parse_number, percentile

amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=4)


@given(amounts)
def test_cents_round_half_away_from_zero(amount: Decimal) -> None:
    exact = Fraction(amount) * 100
    expected = math.floor(abs(exact) + Fraction(1, 2)) * (1 if exact >= 0 else -1)
    assert Fraction(cents(amount)) * 100 == expected


@given(st.lists(amounts, min_size=1, max_size=40), st.sampled_from([10, 25, 50, 75, 90]))
def test_percentile_is_the_textbook_interpolation(values: list[Decimal], percent: int) -> None:
    ordered = sorted(Fraction(v) for v in values)
    position = Fraction((len(ordered) - 1) * percent, 100)
    low = ordered[math.floor(position)]
    high = ordered[math.ceil(position)]
    expected = low + (high - low) * (position - math.floor(position))
    assert Fraction(percentile(values, percent)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("690.64470", Decimal("690.64470")),
        (" 12 ", Decimal(12)),
        ("-0.5", Decimal("-0.5")),
        ("1e-7", Decimal("1e-7")),
        ("NaN", None),
        ("Infinity", None),
        ("1_000", None),
        ("٣", None),
        ("1,000", None),
        ("", None),
        ("9" * 500, None),
        ("1e99999", None),
    ],
)
def test_only_plain_numbers_are_numbers(text: str, expected: Decimal | None) -> None:
    assert parse_number(text) == expected


@given(st.decimals(allow_nan=False, allow_infinity=False, places=8))
def test_fit_says_whether_it_changed_the_value(value: Decimal) -> None:
    fitted, exact = fit(value)
    if fitted is None:
        assert abs(value) > 10**13
    else:
        assert exact == (fitted == value)
        assert abs(Fraction(fitted) - Fraction(value)) <= Fraction(1, 20000)


def test_fit_refuses_what_rounds_up_out_of_the_column() -> None:
    assert fit(Decimal("99999999999999.99999")) == (None, False)


def test_a_percentile_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)
