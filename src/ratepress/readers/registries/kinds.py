"""Columns of registry files, from text to values: whole Arrow columns at once, no float.

Nine million providers are read row by row by nobody. Each kind gives values, which cells are not
of it, and which were changed on the way (a leading zero restored, a number rounded).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ratepress.lake.schema import DATE, FACTOR, INT, MONEY

_WIDE = pa.decimal128(38, 20)
# What a cell without a value holds; CMS writes marks where it may not publish a number.
_NO_VALUE = pa.array(["", "*", "#", "."])


class Parsed(NamedTuple):
    """The values of a column; masks of cells that are not of the kind, and of cells changed."""

    values: Any
    is_bad: Any
    is_changed: Any | None = None


def parse(kind: str, cells: Any) -> Parsed:
    """The values of a text column of one kind; empty cells are null and not bad.

    >>> found = parse("five-digits", pa.array(["02554", "601", "x", ""]))
    >>> found.values.to_pylist(), found.is_bad.tolist(), found.is_changed.tolist()
    (['02554', '00601', None, None], [False, False, True, False], [False, True, False, False])
    """
    text = pc.utf8_trim_whitespace(cells)
    return KINDS[kind](pc.if_else(pc.is_in(text, _NO_VALUE), None, text))


def is_npi(text: Any) -> Any:
    """A mask of the cells that are an NPI: ten digits with a right check digit (Luhn, 80840).

    >>> is_npi(pa.array(["1234567893", "1234567890", "12", None])).tolist()
    [True, False, False, False]
    """
    has_form = _mask(pc.match_substring_regex(text, r"^[12][0-9]{9}\z"))
    safe = np.where(has_form, pc.fill_null(text, "").to_numpy(zero_copy_only=False), "0" * 10)
    digits = np.array(safe, dtype="S10").view(np.uint8).reshape(-1, 10) - ord("0")
    doubled = digits[:, 0::2].astype(np.int64) * 2
    # 24 is what the digits of 80840 add to Luhn's sum.
    total = 24 + digits[:, 1::2].sum(axis=1) + (doubled - 9 * (doubled > 9)).sum(axis=1)
    return has_form & (total % 10 == 0)


def _mask(values: Any) -> Any:
    return pc.fill_null(values, False).to_numpy(zero_copy_only=False)  # noqa: FBT003


def _but_not(text: Any, is_it: Any) -> Any:
    """A mask of the cells that hold something, and not what they should."""
    return _mask(pc.is_valid(text)) & ~_mask(is_it)


def _text(text: Any) -> Parsed:
    return Parsed(text, np.zeros(len(text), dtype=bool))


def _matching(pattern: str) -> Callable[[Any], Parsed]:
    def read(text: Any) -> Parsed:
        upper = pc.utf8_upper(text)
        is_it = pc.match_substring_regex(upper, pattern)
        return Parsed(pc.if_else(is_it, upper, None), _but_not(text, is_it))

    return read


def _npi(text: Any) -> Parsed:
    is_it = pa.array(is_npi(text))
    return Parsed(pc.if_else(is_it, text, None), _but_not(text, is_it))


def _five_digits(text: Any) -> Parsed:
    """Five digits; a spreadsheet takes them for a number and drops the zeros before it."""
    is_it = pc.match_substring_regex(text, r"^[0-9]{3,5}\z")
    padded = pc.utf8_lpad(text, 5, "0")
    is_short = _mask(pc.and_(is_it, pc.less(pc.utf8_length(text), 5)))
    return Parsed(pc.if_else(is_it, padded, None), _but_not(text, is_it), is_short)


def _zip(text: Any) -> Parsed:
    """Five digits, of a ZIP code or a ZIP+4 with or without its hyphen."""
    is_it = pc.match_substring_regex(text, r"^[0-9]{5}(-?[0-9]{4})?\z")
    first = pc.utf8_slice_codeunits(text, 0, 5)
    return Parsed(pc.if_else(is_it, first, None), _but_not(text, is_it))


def _date(pattern: str) -> Callable[[Any], Parsed]:
    def read(text: Any) -> Parsed:
        parts = pc.extract_regex(text, pattern)
        year, month, day = (pc.struct_field(parts, name) for name in ("y", "m", "d"))
        # Without a day of its own: strptime makes the 2nd of March of the 30th of February.
        first = pc.binary_join_element_wise(year, month, "01", "-")
        month_of = pc.strptime(first, format="%Y-%m-%d", unit="s", error_is_null=True)
        days = pc.cast(pc.subtract(pc.cast(day, INT), 1), pa.int32())
        found = pc.cast(pc.add(pc.cast(pc.cast(month_of, DATE), pa.int32()), days), DATE)
        is_it = pc.equal(pc.month(found), pc.cast(month, INT))
        return Parsed(pc.if_else(is_it, found, None), _but_not(text, is_it))

    return read


_ISO_DATE = _date(r"^(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})\z")
_SLASHED_DATE = _date(r"^(?P<m>[0-9]{1,2})/(?P<d>[0-9]{1,2})/(?P<y>[0-9]{4})\z")


def _us_date(text: Any) -> Parsed:
    """Month, day and year; in a workbook a date may be one that the program knows as such."""
    slashed, iso = _SLASHED_DATE(text), _ISO_DATE(text)
    return Parsed(pc.coalesce(slashed.values, iso.values), slashed.is_bad & iso.is_bad)


def _count(text: Any) -> Parsed:
    is_it = pc.match_substring_regex(text, r"^[0-9]{1,18}\z")
    return Parsed(pc.cast(pc.if_else(is_it, text, None), INT), _but_not(text, is_it))


def _decimal(kind: Any, places: int) -> Callable[[Any], Parsed]:
    def read(text: Any) -> Parsed:
        pattern = rf"^[0-9]{{1,{18 - places}}}(\.[0-9]{{0,20}})?\z"
        is_it = pc.match_substring_regex(text, pattern)
        exact = pc.cast(pc.if_else(is_it, text, None), _WIDE)
        fitted = pc.round(exact, ndigits=places, round_mode="half_to_even")
        # 99.99999999 rounds to a digit more than the column has.
        largest = pa.scalar(10 ** (18 - places), _WIDE)
        is_it = pc.and_kleene(is_it, pc.less(fitted, largest))
        fitted = pc.if_else(is_it, fitted, None)
        is_changed = _mask(pc.not_equal(exact, fitted))
        return Parsed(pc.cast(fitted, kind), _but_not(text, is_it), is_changed)

    return read


KINDS: dict[str, Callable[[Any], Parsed]] = {
    "text": _text,
    "npi": _npi,
    "taxonomy": _matching(r"^[0-9A-Z]{9}X\z"),
    "state": _matching(r"^[A-Z]{2}\z"),
    "procedure": _matching(r"^[0-9A-Z]{5}\z"),
    "five-digits": _five_digits,
    "zcta": _five_digits,
    "state-and-county": _five_digits,
    "zip": _zip,
    "date": _ISO_DATE,
    "us-date": _us_date,
    "count": _count,
    "factor": _decimal(FACTOR, 6),
    "money": _decimal(MONEY, 4),
}
"""How the cells of each kind are read."""
