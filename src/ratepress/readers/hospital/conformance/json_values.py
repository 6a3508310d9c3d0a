"""The kinds of values of the CMS JSON schemas, each as a function that names what is wrong.

Source: CMS hospital price transparency JSON schemas v2.0.0 to v3.0.0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from ratepress.readers.hospital.values import is_valid_count, parse_date

REQUIRED, NOT_LISTED, BAD_DATE, NOT_POSITIVE = "F411", "F412", "F413", "F414"
BAD_COUNT, WRONG_TYPE, EMPTY = "F415", "F417", "F418"

Fault = tuple[str, str]
"""The rule that a value breaks, and what was expected."""
Kind = Callable[[Any], Fault | None]

_A_TEXT = (WRONG_TYPE, "a text")
_FILLED = (EMPTY, "a text that is not empty")
_A_NUMBER = (WRONG_TYPE, "a number")
_ABOVE_ZERO = (NOT_POSITIVE, "a number above 0")
_A_COUNT = (BAD_COUNT, '"0", "1 through 10", or a whole number from 11, as a text')
_A_DAY = (BAD_DATE, "a date as YYYY-MM-DD")


def text(value: Any) -> Fault | None:
    """Any text."""
    return None if isinstance(value, str) else _A_TEXT


def filled(value: Any) -> Fault | None:
    """A text that is not empty.

    >>> filled(""), filled("x"), filled(3)
    (('F418', 'a text that is not empty'), None, ('F417', 'a text'))
    """
    if not isinstance(value, str):
        return _A_TEXT
    return None if value else _FILLED


def is_number(value: Any) -> bool:
    """Whether a JSON value is a number; true and false are none."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def positive(value: Any) -> Fault | None:
    """A number above zero.

    >>> positive(0), positive(12), positive("12")
    (('F414', 'a number above 0'), None, ('F417', 'a number'))
    """
    if not is_number(value):
        return _A_NUMBER
    return None if value > 0 else _ABOVE_ZERO


def count(value: Any) -> Fault | None:
    """A count of allowed amounts, as a text."""
    if not isinstance(value, str):
        return _A_TEXT
    return None if is_valid_count(value) else _A_COUNT


def day(value: Any) -> Fault | None:
    """A day of the calendar in ISO form.

    >>> day("2026-04-01"), day("4/1/2026")
    (None, ('F413', 'a date as YYYY-MM-DD'))
    """
    if not isinstance(value, str):
        return _A_TEXT
    return None if "/" not in value and parse_date(value) else _A_DAY


def boolean(value: Any) -> Fault | None:
    """One of true and false."""
    return None if isinstance(value, bool) else (WRONG_TYPE, "true or false")


def one_of(words: Iterable[str]) -> Kind:
    """One of some words, in this spelling.

    >>> one_of(("both",))("Both")
    ('F412', 'one of both')
    """
    known = tuple(words)
    fault = NOT_LISTED, "one of " + ", ".join(known)
    allowed = frozenset(known)

    def judge(value: Any) -> Fault | None:
        if not isinstance(value, str):
            return _A_TEXT
        return None if value in allowed else fault

    return judge


def shown(value: Any) -> str:
    """A value as it is told: a text as it stands, anything else in the words of JSON.

    >>> shown("x"), shown(True), shown(None), shown([1, 2]), shown({})
    ('x', 'true', 'null', 'an array of 2', 'an object of 0 keys')
    """
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, list):
        return f"an array of {len(value)}"
    if isinstance(value, dict):
        return f"an object of {len(value)} keys"
    return str(value)
