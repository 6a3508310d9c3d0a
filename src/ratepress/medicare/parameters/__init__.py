"""Dated parameters: the numbers of Medicare's rules, each with its dates and citation.

The values stand in the YAML files beside this one. None is used without the document it comes from.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from itertools import combinations
from typing import Any, Literal

import msgspec

from ratepress.core.errors import MissingReferenceData
from ratepress.core.facts import UNITS, SourceRef
from ratepress.core.yaml_text import load_yaml

Participant = Literal["all", "non-QP", "QP"]
_NO_END = date(9999, 12, 31)


class Citation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A document: its title with number or section, and where to read it."""

    title: str
    link: str

    def __post_init__(self) -> None:
        if not self.title.strip() or not self.link.startswith("https://"):
            raise ValueError(f"a citation needs a title and an https link: {self.title!r}")


class DatedValue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One value, from `since` to `until` (both days included), for one kind of participant."""

    value: Decimal
    since: date
    citations: tuple[Citation, ...]
    until: date = _NO_END
    participant: Participant = "all"

    def __post_init__(self) -> None:
        if not self.citations:
            raise ValueError(f"the value {self.value} since {self.since} has no citation")
        if self.until < self.since:
            raise ValueError(f"the value {self.value} ends before it begins")

    def holds(self, on: date, participant: Participant) -> bool:
        """Whether this is the value for that day and participant."""
        return self.since <= on <= self.until and self.participant in ("all", participant)

    @property
    def sources(self) -> tuple[SourceRef, ...]:
        """Its citations as the sources of a fact."""
        return tuple(SourceRef(c.title, link=c.link) for c in self.citations)


class Used(msgspec.Struct, frozen=True):
    """A parameter as an amount used it: its value, the days it holds, and where it is published.

    `until` is None where no end is known.
    """

    name: str
    label: str
    value: Decimal
    unit: str
    since: date
    until: date | None
    citations: tuple[Citation, ...]

    @property
    def text(self) -> str:
        """A line for people: what, how much, since when, and by which document.

        >>> used("pfs_bilateral_percent", date(2026, 7, 15)).text.partition(":")[2][:24]
        ' 150 %, from 2020-01-01,'
        """
        until = "" if self.until is None else f" to {self.until}"
        cited = "; ".join(f"{one.title}, {one.link}" for one in self.citations)
        return f"{self.label}: {self.value} {self.unit}, from {self.since}{until}, by {cited}"


class Parameter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One parameter over time. `unit` is one of `core.facts.UNITS`."""

    name: str
    label: str
    unit: str
    values: tuple[DatedValue, ...]

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise ValueError(f"{self.name}: unknown unit {self.unit!r}")
        for one, other in combinations(self.values, 2):
            overlap = one.since <= other.until and other.since <= one.until
            if overlap and (one.participant == other.participant or "all" in _of(one, other)):
                raise ValueError(f"{self.name}: {one.value} and {other.value} overlap")


def _of(*values: DatedValue) -> set[str]:
    return {value.participant for value in values}


def parse(record: Any) -> Parameter:
    """A parameter from its YAML record; `ValueError` where a value has no citation or overlaps."""
    return msgspec.convert(record, Parameter)


@cache
def parameters() -> dict[str, Parameter]:
    """Every parameter by name.

    >>> parameters()["pfs_conversion_factor"].unit
    'USD per RVU'
    """
    folder = resources.files("ratepress.medicare.parameters")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    found = [parse(load_yaml(file.read_text("utf-8"))) for file in files]
    return {parameter.name: parameter for parameter in found}


def value(name: str, on: date, participant: Participant = "non-QP") -> DatedValue:
    """The value of a parameter on a day; `MissingReferenceData` where it has none.

    >>> value("pfs_conversion_factor", date(2026, 7, 15)).value
    Decimal('33.4009')
    """
    parameter = parameters()[name]
    for dated in parameter.values:
        if dated.holds(on, participant):
            return dated
    spans = ", ".join(f"{v.since} to {v.until}" for v in parameter.values)
    raise MissingReferenceData(
        f"{parameter.label}: no value is known for {on}",
        expected=spans,
        todo="ask for a date in these spans, or upgrade ratepress",
    )


def used(name: str, on: date, participant: Participant = "non-QP") -> Used:
    """As `value`, with what names and dates it, for the trace of an amount.

    >>> used("pfs_conversion_factor", date(2026, 7, 15)).until
    datetime.date(2026, 12, 31)
    """
    parameter, dated = parameters()[name], value(name, on, participant)
    until = None if dated.until == _NO_END else dated.until
    return Used(
        name, parameter.label, dated.value, parameter.unit, dated.since, until, dated.citations
    )
