"""Checks of what users write: every fault is collected with its place, then the file is refused.

A published file with a bad row is loaded without that row, for nobody here can mend it. A register
is its author's own: it is refused whole, and the error says what to mend.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple
from urllib.parse import urlsplit

from ratepress.codes.argument import CodeRef, parse_code
from ratepress.codes.diagnoses import Icd10Cm
from ratepress.core.errors import UnreadableInput, UsageError, clip

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
# What RFC 3986 allows, without the marks that could end an attribute.
_LINK = re.compile(r"https?://[!#$%&()*+,\-./0-9:;=?@A-Z\[\]_a-z~]{3,1900}")
_LONGEST = 4000
_SHOWN = 5


class Cell(NamedTuple):
    """One value as written, and where: `row 3, column stance`."""

    text: str
    place: str
    items: tuple[str, ...] | None = None


class Fault(NamedTuple):
    """One thing to mend."""

    what: str
    place: str
    found: str
    expected: str


def link(text: str) -> bool:
    """Whether a text is an http or https address that hides nothing (rule C108).

    >>> [link(t) for t in ("https://www.cms.gov/x", "javascript:alert(1)", "https://a@evil.org/")]
    [True, False, False]
    """
    if _LINK.fullmatch(text) is None:
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return bool(parts.hostname) and "@" not in parts.netloc


class Checks:
    """Reads the cells of one file's records and collects what is wrong with them."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.faults: list[Fault] = []

    def fault(self, what: str, cell: Cell, expected: str) -> None:
        """Note one fault."""
        self.faults.append(Fault(what, cell.place, cell.text, expected))

    def text(self, cell: Cell, *, needed: bool = True) -> str:
        """A text in one line of words; empty only where it is not needed."""
        words = " ".join(cell.text.split())
        if cell.items is not None:
            self.fault("a list stands where one text is wanted", cell, "one text")
        elif needed and not words:
            self.fault("a value is missing", cell, "a text")
        elif len(words) > _LONGEST:
            self.fault("a text is too long", cell, f"at most {_LONGEST:,} characters")
        return words

    def day(self, cell: Cell, *, needed: bool = True) -> date | None:
        """A day in ISO form."""
        text = cell.text.strip()
        if not text and not needed and cell.items is None:
            return None
        try:
            if _ISO.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        self.fault("this is no date", cell, "year-month-day, as in 2026-07-15")
        return None

    def one_of(self, cell: Cell, allowed: Iterable[str]) -> str:
        """A word of a fixed list, whatever its case."""
        text = " ".join(cell.text.split()).lower()
        if text not in (words := tuple(allowed)):
            self.fault("this is no word of the list", cell, f"one of: {', '.join(words)}")
        return text

    def link(self, cell: Cell, *, needed: bool = False) -> str | None:
        """An http or https address."""
        text = cell.text.strip()
        if not text and not needed and cell.items is None:
            return None
        if not link(text):
            self.fault("this is no link that may be shown", cell, "an http or https address")
        return text

    def codes(self, cell: Cell) -> tuple[CodeRef, ...]:
        """Codes, each once: a list, or a text with blanks between them."""
        items = cell.text.split() if cell.items is None else cell.items
        found: dict[CodeRef, None] = {}
        for item in items:
            try:
                found[parse_code(item)] = None
            except UsageError:
                self.fault(
                    "this is no code", Cell(item, cell.place), "codes such as 32557 or ms-drg:470"
                )
        if not items:
            self.fault("a value is missing", cell, "one code or more")
        return tuple(found)

    def diagnoses(self, cell: Cell) -> tuple[str, ...]:
        """ICD-10-CM codes, each once; none is right too."""
        items = cell.text.split() if cell.items is None else cell.items
        found: dict[str, None] = {}
        for item in items:
            code = Icd10Cm.normalise(item)
            if code is None:
                self.fault("this is no diagnosis", Cell(item, cell.place), Icd10Cm.form)
            else:
                found[code] = None
        return tuple(found)

    def known_only(self, place: str, keys: Iterable[str], allowed: Mapping[str, object]) -> None:
        """Keys or columns that the form does not have."""
        for key in keys:
            if key not in allowed:
                cell = Cell(key, place)
                self.fault("the form has no such key", cell, ", ".join(allowed))

    def settle(self) -> None:
        """`UnreadableInput` where anything is wrong: one fault in full, then the next ones."""
        if not self.faults:
            return
        first = self.faults[0]
        others = [f"{f.place}: {f.what}" for f in self.faults[1:_SHOWN]]
        more = len(self.faults) - 1 - len(others)
        also = f" Also {'; '.join(others)}" if others else ""
        also += f"; and {more:,} more" if more > 0 else ""
        raise UnreadableInput(
            f"{self._name}: {first.what}",
            place=first.place,
            found=first.found,
            expected=first.expected,
            todo=f"mend it and add the file again; nothing of it was kept.{clip(also, 400)}",
        )
