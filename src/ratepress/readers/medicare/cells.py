"""One cell of Medicare's tables: from text to a value, by the kind of its column."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ratepress.codes.diagnoses import Icd10Cm
from ratepress.core.decimals import FACTOR_PLACES, MONEY_PLACES, SHARE_PLACES, fit, parse_number
from ratepress.readers.base import Tally

_FOOTNOTE_MARKS = "*†‡ "
# What a cell without a number holds: nothing, or the point of a statistics program.
_NO_NUMBER = frozenset({"", ".", "-"})


class Malformed(ValueError):
    """The cell is not of its column's kind; `rule_id` says under which rule the row goes."""

    def __init__(self, rule_id: str) -> None:
        super().__init__(rule_id)
        self.rule_id = rule_id


def read_cell(kind: str, text: str, tally: Tally, column: str, place: str) -> Any:
    """The value of a cell; None where it is empty. `Malformed` where it is none of the kind.

    >>> tally = Tally()
    >>> read_cell("money", "$1,553.44", tally, "rate", "row 6")
    Decimal('1553.4400')
    >>> read_cell("apc", "05182", tally, "apc", "row 6"), read_cell("mac", "2102", tally, "mac", "")
    ('5182', '02102')
    """
    text = text.strip()
    if kind in _WIDTHS:
        return _identifier(kind, text, tally, column, place)
    if kind in _NUMBERS:
        return _number(kind, text, tally, column, place)
    return _TEXTS[kind](text)


_WIDTHS = {"mac": 5, "locality": 2, "ccn": 6, "cbsa": 2}
_FORMS = {
    "ccn": "[0-9]{5}|[0-9]{2}[0-9A-Z]{4}",
    # A star marks an index for Puerto Rico's own rate, until 2015.
    "cbsa": r"[0-9]|[0-9]{2}|[0-9]{5}|[0-9]{4}\*|[0-9]\*",
}


def _identifier(kind: str, text: str, tally: Tally, column: str, place: str) -> str | None:
    width = _WIDTHS[kind]
    if not text and kind == "cbsa":  # A hospital that is not reclassified has no second area.
        return None
    if not re.fullmatch(_FORMS.get(kind, f"[0-9]{{1,{width}}}"), text.upper(), re.ASCII):
        raise Malformed("F304")
    if len(text) < width:  # A spreadsheet took it for a number.
        tally.problem("F308", column, place, text)
    return text.upper().zfill(width)


def _number(kind: str, text: str, tally: Tally, column: str, place: str) -> Decimal | None:
    if text in _NO_NUMBER:
        return None
    bare = text.replace("$", "").replace(",", "").strip()
    number = parse_number(bare.removesuffix("%"))
    if number is None or number < 0 or (bare.endswith("%") and kind != "percent"):
        raise Malformed("F302")
    if kind == "percent" and not bare.endswith("%"):
        number = number.scaleb(2)  # July 2026 writes 0.1207 for what others write 12.07%.
    number = number.scaleb(_SCALES.get(kind, 0))
    if kind in _INDICES and number == 0:  # CMS's tables write no index as zero.
        return None
    fitted, is_exact = fit(number, _PLACES.get(kind, FACTOR_PLACES))
    limit = _LIMITS.get(kind)
    if fitted is None or (limit is not None and fitted >= limit):
        raise Malformed("F302")
    if not is_exact:
        tally.problem("F001", column, place, text)
    return fitted


_NUMBERS = frozenset(
    {
        "money",
        "factor",
        "percent",
        "cents",
        "index",
        "index4",
        "tenths",
        "share",
        "ratio",
        "count",
        "fee",
        "units",
    }
)
_PLACES = {"money": MONEY_PLACES, "fee": MONEY_PLACES, "share": SHARE_PLACES}
# What the pricer's own fields can hold: a ratio has one digit before its point.
_LIMITS = {
    "share": 10,
    "ratio": 10,
    "index": 100,
    "index4": 100,
    "count": 100_000,
    "units": 100,
    "fee": 10**7,
}
_INDICES = frozenset({"index", "index4"})
_SCALES = {"cents": -2, "index4": -4, "tenths": -1}


def _code(text: str) -> str:
    # A no-break space, also as it looks after a passage through DOS: `A4341ÿ`.
    text = text.strip("\xa0ÿ ")
    if not re.fullmatch(r"[A-Z0-9]{5}", text.upper(), re.ASCII):
        raise Malformed("F304")
    return text.upper()


def _apc(text: str) -> str | None:
    """Four digits; one list of 2026 writes five."""
    if text and not re.fullmatch(r"0?[0-9]{4}", text, re.ASCII):
        raise Malformed("F304")
    return text[-4:] or None


def _drg(text: str) -> str:
    if not re.fullmatch(r"[0-9]{3}", text, re.ASCII):
        raise Malformed("F304")
    return text


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Malformed("F304") from None


def _compact_date(text: str) -> date:
    """A day as `20251001`."""
    if not re.fullmatch("[0-9]{8}", text, re.ASCII):
        raise Malformed("F304")
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise Malformed("F304") from None


def _day(text: str) -> date | None:
    """A day in either form; None where it is empty or written as zeros."""
    if not text.strip("0"):
        return None
    return _compact_date(text) if text.isdigit() else _date(text[:10])


def _icd10(text: str) -> str:
    if not re.fullmatch(r"[A-Z][0-9A-Z]{2}(\.?[0-9A-Z]{1,4})?", text.upper(), re.ASCII):
        raise Malformed("F304")
    bare = text.upper().replace(".", "")
    return f"{bare[:3]}.{bare[3:]}" if bare[3:] else bare


def _whole(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text, re.ASCII):
        raise Malformed("F302")
    return int(text)


def _one_of(values: str) -> Callable[[str], str]:
    """The digit that a cell is, or begins with: `2 Date of Service Edit: Policy`."""

    def read(text: str) -> str:
        if not re.match(rf"[{values}](?![0-9A-Z])", text, re.ASCII):
            raise Malformed("F315")
        return text[0]

    return read


def _setting(text: str) -> str:
    found = _SETTINGS.get(text.lower())
    if found is None:
        raise Malformed("F304")
    return found


_SETTINGS = {
    "practitioner": "practitioner",
    "outpatient hospital": "outpatient",
    "dme supplier": "dme",
}


def _julian(text: str) -> date | None:
    """Year and day of the year: 2026091 is 1 April 2026."""
    if not text:
        return None
    if not re.fullmatch(r"[12][0-9]{6}", text, re.ASCII):
        raise Malformed("F315")
    year = int(text[:4])
    found = date(year, 1, 1) + timedelta(days=int(text[4:]) - 1)
    if found.year != year:
        raise Malformed("F315")
    return found


_DAY = re.compile(
    r"""
    (?P<iso> \d{4}-\d{2}-\d{2} ) (?: [ T] [\d:.]+ )?    # 2020-07-01 00:00:00
    | (?P<month> \d{2}) / (?P<day> \d{2}) / (?P<year> \d{4})    # 08/14/2025
    """,
    re.VERBOSE | re.ASCII,
)


def _mcd_day(text: str) -> date | None:
    """A day as the Medicare Coverage Database writes it; `N/A` is none."""
    if text in {"", "N/A"}:
        return None
    found = _DAY.fullmatch(text)
    if found is None:
        raise Malformed("F342")
    iso = found["iso"] or f"{found['year']}-{found['month']}-{found['day']}"
    try:
        return date.fromisoformat(iso)
    except ValueError:
        raise Malformed("F342") from None


def _diagnosis(text: str) -> str:
    code = Icd10Cm.normalise(text)
    if code is None:
        raise Malformed("F340")
    return code


def _document(text: str) -> str:
    """A document's number or version: digits, of which a spreadsheet drops no leading zero."""
    if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII):
        raise Malformed("F304")
    return text


def _type(text: str) -> str:
    if text.lower() not in {"lcd", "article", "ncd"}:
        raise Malformed("F304")
    return text.lower()


_TEXTS: dict[str, Callable[[str], Any]] = {
    "text": lambda text: text or None,
    "key": lambda text: text,
    "above": lambda text: text,
    "name": lambda text: text.rstrip(_FOOTNOTE_MARKS),
    "code": _code,
    "apc": _apc,
    "drg": _drg,
    "date": _date,
    "day": _day,
    "icd10": _icd10,
    "whole": _whole,
    "mai": _one_of("123"),
    "aoc-type": _one_of("123"),
    "setting": _setting,
    "julian": _julian,
    "mcd-day": _mcd_day,
    "diagnosis": _diagnosis,
    "document": _document,
    "type": _type,
    "words": lambda text: " ".join(text.split()) or None,
    "release-date": _date,
    "release-fiscal": _compact_date,
    "release-quarter": lambda text: text,
}
