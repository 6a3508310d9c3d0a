"""JSON values as the lake holds them: texts, lists of texts, dates, numbers used as ids.

What a value should be is stated in the CMS in-network schema (keys.py); what deviates is counted
under an F1xx rule at its place and never guessed at.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from ratepress.readers.base import Tally

WRONG_TYPE, NUMBER_FOR_TEXT, LONE_VALUE, BAD_DATE = "F100", "F116", "F117", "F113"
_LONGEST_PLAIN = 100
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)


def is_number(value: object) -> bool:
    """Whether a JSON value is a number; `true` and `false` are none.

    >>> is_number(Decimal("1.5")), is_number(True)
    (True, False)
    """
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def number_text(value: int | Decimal) -> str:
    """A number as it was written; exponents are written out (`1e2` is `100`).

    >>> number_text(Decimal("690.64470")), number_text(Decimal("1e2")), number_text(7)
    ('690.64470', '100', '7')
    """
    if isinstance(value, int):
        return str(value)
    exponent = value.as_tuple().exponent
    is_plain = isinstance(exponent, int) and abs(exponent) <= _LONGEST_PLAIN
    return f"{value:f}" if is_plain else str(value)


def canonical_number(value: int | Decimal) -> str:
    """One text for all ways to write a number, so that `690.6447` refers to `690.64470`.

    >>> canonical_number(Decimal("690.64470")), canonical_number(Decimal("7.0"))
    ('690.6447', '7')
    """
    text = number_text(value)
    if "." in text and "E" not in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def show(value: object) -> str:
    """A JSON value as a sample in `problems`: what was met, short.

    >>> show("x"), show(None), show(Decimal("1.50")), show([1, 2]), show({"a": 1})
    ('x', 'null', '1.50', 'a list of 2', 'an object of 1')
    """
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return f"an object of {len(value)}"
    return number_text(value) if is_number(value) else str(value)  # type: ignore[arg-type]


class Values:
    """Takes values of expected kinds, and counts what is not of that kind.

    `subject` names the key as `problems` shows it; `place` is where its object stands.
    """

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def text(self, value: Any, subject: str, place: str) -> str | None:
        """A text as published; None where it is absent, null or blank.

        A number is taken as its text and counted (F116), any other kind counted (F100).
        """
        if isinstance(value, str):
            return value if value.strip() else None
        if value is None:
            return None
        if is_number(value):
            text = number_text(value)
            self._tally.problem(NUMBER_FOR_TEXT, subject, place, text)
            return text
        self._wrong(value, subject, place)
        return None

    def word(self, value: Any, subject: str, place: str) -> str | None:
        """A word of a closed list, as it is compared: trimmed, lower case."""
        text = self.text(value, subject, place)
        return None if text is None else text.strip().lower()

    def texts(self, value: Any, subject: str, place: str) -> list[str]:
        """The texts of an array, trimmed, without blanks; numbers and lone values are counted."""
        return [text for text in map(str.strip, self._members(value, subject, place)) if text]

    def _members(self, value: Any, subject: str, place: str) -> list[str]:
        found = []
        for member in self.listed(value, subject, place):
            if isinstance(member, str):
                found.append(member)
            elif is_number(member):
                self._tally.problem(NUMBER_FOR_TEXT, subject, place, number_text(member))
                found.append(number_text(member))
            else:
                self._wrong(member, subject, place)
        return found

    def listed(self, value: Any, subject: str, place: str) -> list[Any]:
        """The elements of an array of scalars; a lone scalar is a list of one, counted (F117)."""
        if isinstance(value, list):
            return value
        if value is None:
            return []
        if isinstance(value, str) or is_number(value):
            self._tally.problem(LONE_VALUE, subject, place, show(value))
            return [value]
        self._wrong(value, subject, place)
        return []

    def objects(self, value: Any, subject: str, place: str) -> list[tuple[int, dict[str, Any]]]:
        """The objects of an array, each with its position; what is no object is counted."""
        if value is None:
            return []
        if not isinstance(value, list):
            self._wrong(value, subject, place)
            return []
        found = []
        for position, member in enumerate(value):
            if isinstance(member, dict):
                found.append((position, member))
            else:
                self._wrong(member, subject, place)
        return found

    def date(self, value: Any, subject: str, place: str) -> date | None:
        """A date written YYYY-MM-DD; None, counted (F113), where it is anything else or absent."""
        if isinstance(value, str) and _ISO.match(value.strip()):
            try:
                return date.fromisoformat(value.strip())
            except ValueError:
                pass
        sample = "absent" if value is None else show(value)
        self._tally.problem(BAD_DATE, subject, place, sample)
        return None

    def _wrong(self, value: Any, subject: str, place: str) -> None:
        self._tally.problem(WRONG_TYPE, subject, place, show(value))
