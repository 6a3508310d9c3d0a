"""One cell of Medicare's tables: from text to a value, by the kind of its column."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ratepress.codes.diagnoses import Icd10Cm
from ratepress.core.decimals import FACTOR_PLACES, MONEY_PLACES, fit, parse_number
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
        return _identifier(text, _WIDTHS[kind], tally, column, place)
    if kind in _NUMBERS:
        return _number(kind, text, tally, column, place)
    return _TEXTS[kind](text)


_WIDTHS = {"mac": 5, "locality": 2}


def _identifier(text: str, width: int, tally: Tally, column: str, place: str) -> str:
    if not re.fullmatch(rf"[0-9]{{1,{width}}}", text, re.ASCII):
        raise Malformed("F304")
    if len(text) < width:  # A spreadsheet took it for a number.
        tally.problem("F308", column, place, text)
    return text.zfill(width)


def _number(kind: str, text: str, tally: Tally, column: str, place: str) -> Decimal | None:
    if text in _NO_NUMBER:
        return None
    bare = text.replace("$", "").replace(",", "").strip()
    number = parse_number(bare.removesuffix("%"))
    if number is None or number < 0 or (bare.endswith("%") and kind != "percent"):
        raise Malformed("F302")
    if kind == "percent" and not bare.endswith("%"):
        number = number.scaleb(2)  # July 2026 writes 0.1207 for what others write 12.07%.
    if kind == "cents":
        number = number.scaleb(-2)
    fitted, is_exact = fit(number, MONEY_PLACES if kind == "money" else FACTOR_PLACES)
    if fitted is None:
        raise Malformed("F302")
    if not is_exact:
        tally.problem("F001", column, place, text)
    return fitted


_NUMBERS = frozenset({"money", "factor", "percent", "cents"})


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


def _count(text: str) -> int:
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


def _day(text: str) -> date | None:
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
    "count": _count,
    "mai": _one_of("123"),
    "aoc-type": _one_of("123"),
    "setting": _setting,
    "julian": _julian,
    "day": _day,
    "diagnosis": _diagnosis,
    "document": _document,
    "type": _type,
    "words": lambda text: " ".join(text.split()) or None,
    "release-date": _date,
    "release-quarter": lambda text: text,
}
