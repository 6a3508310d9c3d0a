"""Cells and JSON scalars as the lake holds them: amounts, dates, modifiers and word lists.

The forms are those of the CMS data dictionaries for hospital standard charges, v2.0 to v3.0.
Every function takes the text as published; what deviates comes back as the id of the F rule
that names it, and the caller counts it at its place.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from ratepress.core.decimals import FACTOR_PLACES, MONEY_PLACES, fit, parse_number

SETTINGS = frozenset({"inpatient", "outpatient", "both"})
BILLING_CLASSES = frozenset({"professional", "facility", "both"})
METHODS = frozenset(
    {"case rate", "fee schedule", "percent of total billed charges", "per diem", "other"}
)
DRUG_UNIT_TYPES = frozenset({"GR", "ME", "ML", "UN", "F2", "EA", "GM"})
PRICE_UNITS = {"case rate": "case", "per diem": "day"}

ROUNDED, TOO_LARGE = "F001", "F002"
DRESSED, NOT_A_NUMBER, NOT_ABOVE_ZERO, NINE_NINES = "F203", "F204", "F205", "F206"
BAD_COUNT = "F225"

_DRESSED = re.compile(
    r"(?P<sign>[+-]?)\$?\s*(?P<digits>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)\s*%?\Z", re.ASCII
)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z", re.ASCII)
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\Z", re.ASCII)
_COUNT = re.compile(r"0|1 through 10|1[1-9]|[2-9]\d|[1-9]\d{2,}", re.ASCII)
_BETWEEN_MODIFIERS = re.compile(r"[|,\s]+")
_NINE_NINES = 999_999_999


class Amount(NamedTuple):
    """A number as a table holds it, and the F rules that its text met."""

    value: Decimal | None
    rules: tuple[str, ...] = ()


@lru_cache(maxsize=1 << 16)
def money(text: str) -> Amount:
    """An amount in dollars; a dollar sign and thousands commas are taken off and named.

    >>> money("1,234.50"), money("N/A").rules, money("").rules
    (Amount(value=Decimal('1234.5000'), rules=('F203',)), ('F204',), ())
    """
    return _number(text, MONEY_PLACES)


@lru_cache(maxsize=1 << 16)
def factor(text: str) -> Amount:
    """A percentage (70.5 is 70.5%) or a drug quantity; a percent sign is taken off and named.

    >>> factor("70.5%")
    Amount(value=Decimal('70.500000'), rules=('F203',))
    """
    return _number(text, FACTOR_PLACES)


def _number(text: str, places: int) -> Amount:
    if not text:
        return Amount(None)
    rules: list[str] = []
    exact = parse_number(text)
    if exact is None:
        exact = _undressed(text, places)
        rules.append(DRESSED if exact is not None else NOT_A_NUMBER)
    if exact is None:
        return Amount(None, tuple(rules))
    value, is_exact = fit(exact, places)
    if value is None:
        return Amount(None, (*rules, TOO_LARGE))
    if not is_exact:
        rules.append(ROUNDED)
    if value <= 0:
        rules.append(NOT_ABOVE_ZERO)
    elif int(value) == _NINE_NINES:
        rules.append(NINE_NINES)
    return Amount(value, tuple(rules))


def _undressed(text: str, places: int) -> Decimal | None:
    if places == MONEY_PLACES and text.endswith("%"):
        return None  # A percentage in a dollar column is no amount.
    if places == FACTOR_PLACES and "$" in text:
        return None
    match = _DRESSED.match(text) if len(text) <= 100 else None
    if match is None:
        return None
    return parse_number(match["sign"] + match["digits"].replace(",", ""))


def parse_date(text: str) -> date | None:
    """A date as ISO or M/D/YYYY; None where it is neither.

    >>> parse_date("2026-04-01") == parse_date("4/1/2026"), parse_date("July 1 2024")
    (True, None)
    """
    if iso := _ISO.match(text):
        year, month, day = (int(part) for part in iso.groups())
    elif american := _AMERICAN.match(text):
        month, day, year = (int(part) for part in american.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def split_modifiers(text: str) -> tuple[str, ...]:
    """The modifiers of one cell, upper case, sorted, each once.

    >>> split_modifiers("80|as, 50")
    ('50', '80', 'AS')
    """
    return tuple(sorted({part for part in _BETWEEN_MODIFIERS.split(text.upper()) if part}))


def split_list(text: str) -> list[str]:
    """The entries of a header cell that holds several between `|`.

    >>> split_list("West Mercy | Surgical Center")
    ['West Mercy', 'Surgical Center']
    """
    return [part for part in (p.strip() for p in text.split("|")) if part]


def words(text: str) -> str:
    """A word of a list as it is compared: lower case, one space between words.

    >>> words("Case  Rate ")
    'case rate'
    """
    return " ".join(text.lower().split())


def is_valid_count(text: str) -> bool:
    """Whether a count of allowed amounts has a form of the template: 0, 1 through 10, 11 or more.

    >>> [is_valid_count(text) for text in ("0", "1 through 10", "11", "7", "1,200")]
    [True, True, True, False, False]
    """
    return _COUNT.fullmatch(text) is not None


def yes_or_no(text: str) -> bool | None:
    """The value of an attestation, or None where it is neither true nor false.

    >>> yes_or_no("TRUE"), yes_or_no("signed")
    (True, None)
    """
    return {"true": True, "false": False}.get(text.lower())
