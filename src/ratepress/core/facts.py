"""Fact and Gap: all that a dossier is made of.

A number reaches a page only inside a `Fact`, which carries its source, or as a `Gap`, which
says why there is none. The idea and its reasons: docs/architecture.md, idea 4.

Here and in what is made of them `gc=False`: a tree without ways back needs no collector, which
would look through millions of them.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec


class SourceRef(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, cache_hash=True):
    """Where a fact comes from: a file in the lake, or a cited document.

    `content_id` is the SHA-256 of the file, `place` the row or item in it; a source that is no
    file (a rule, a parameter) has a `label` and a `link` alone. `is_editorial`: our own words.
    """

    label: str
    content_id: str | None = None
    place: str | None = None
    link: str | None = None
    is_editorial: bool = False


class Fact(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, tag="fact"):
    """A value with its unit, date, sources and the rules that made it.

    `unit` is one of `UNITS`. Money is a `Decimal` with two places once published.

    >>> Fact(Decimal("647.98"), "USD", sources=(SourceRef("RVU26C"),)).text
    '$647.98'
    """

    value: Decimal | int | bool | date | str
    unit: str
    as_of: date | None = None
    sources: tuple[SourceRef, ...] = ()
    rules: tuple[str, ...] = ()
    note: str | None = None

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise ValueError(f"unknown unit {self.unit!r}; one of {', '.join(sorted(UNITS))}")
        if not self.sources and not self.rules:
            raise ValueError(f"a fact needs a source or a rule: {self.value!r}")

    @property
    def text(self) -> str:
        """The value as a reader sees it."""
        return UNITS[self.unit](self.value)


class Gap(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, tag="gap"):
    """A hole that is named: what is missing, why, and which source would fill it.

    >>> Gap("Hospital outpatient price", "no OPPS release is loaded", "OPPS Addendum B").what
    'Hospital outpatient price'
    """

    what: str
    why: str
    which_source_would_fill_it: str
    rules: tuple[str, ...] = ()


def _money(value: object) -> str:
    amount = value if isinstance(value, Decimal) else Decimal(str(value))
    sign = "-" if amount < 0 else ""
    return f"{sign}${abs(amount):,.2f}"


def _percent(value: object) -> str:
    return f"{value if isinstance(value, Decimal) else Decimal(str(value)):,f}%"


def _count(value: object) -> str:
    return f"{value:,}"


def _yes_no(value: object) -> str:
    return "yes" if value else "no"


def _plain(value: object) -> str:
    return str(value)


UNITS = {
    "USD": _money,
    "% of Medicare": _percent,
    "%": _percent,
    "count": _count,
    "RVU": _plain,
    "index": _plain,
    "USD per RVU": _plain,
    "USD per unit": _plain,
    "yes/no": _yes_no,
    "date": _plain,
    "text": _plain,
    "code": _plain,
    "days": _plain,
}
"""Each unit and how a value of it prints."""
