"""The item headers of row 3 held to the template: which column is which, of which payer and plan.

Names: CMS hospital price transparency CSV data dictionaries v2.0 to v3.0. Case and spaces round
pipes do not matter, the order is free, and columns that the template does not know are allowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ratepress.readers.hospital.columns import normal_name
from ratepress.readers.hospital.conformance.findings import Findings, column_letters
from ratepress.readers.hospital.conformance.template import V2_2, V3, Version

MISSING, TWICE, AMBIGUOUS, PLACEHOLDER = "F405", "F406", "F407", "F408"
NOT_CHECKED, BAD_PAYER, OLD_ESTIMATE = "F410", "F434", "F442"
# The widest file met has 1,277 columns; each of a hostile header's would take memory.
MOST_COLUMNS = 100_000

ITEM_COLUMNS = (
    "description",
    "setting",
    "standard_charge|gross",
    "standard_charge|discounted_cash",
    "standard_charge|min",
    "standard_charge|max",
    "additional_generic_notes",
)
_SINCE_2_2 = ("drug_unit_of_measurement", "drug_type_of_measurement", "modifiers")
_CHARGES = ("negotiated_dollar", "negotiated_percentage", "negotiated_algorithm", "methodology")
_NOTES = "additional_payer_notes"
_ESTIMATE = "estimated_amount"
_ALLOWED = ("median_amount", "10th_percentile", "90th_percentile", "count")
_CODE = re.compile(r"code\|(\d{1,4})(\|type)?\Z", re.ASCII)

Payer = tuple[str, ...]


@dataclass(slots=True)
class PayerColumns:
    """Where the elements of one payer and plan stand, by name; of a tall file, of any payer.

    `payer` are the parts of its headers between the pipes, lower case; none in a tall file.
    """

    payer: Payer
    at: dict[str, int] = field(default_factory=dict)

    def label(self, element: str) -> str:
        """The header of an element in this file's layout."""
        if element in _CHARGES:
            return "|".join(("standard_charge", *self.payer, element))
        return "|".join((element, *self.payer))


@dataclass(slots=True)
class Layout:
    """What stands in which column. `codes` are the positions of each code and its type.

    `payers` are one for a tall file, one a payer and plan for a wide one, and none where the
    layout is ambiguous: then no row can be checked.
    """

    headers: list[str]
    is_tall: bool
    at: dict[str, int] = field(default_factory=dict)
    codes: list[tuple[int | None, int | None]] = field(default_factory=list)
    payers: list[PayerColumns] = field(default_factory=list)


def elements_of(version: Version) -> tuple[str, ...]:
    """The elements that a payer and plan have in a version, notes left out.

    >>> elements_of((2, 2, 0))[4:], elements_of((3, 0, 0))[4:6]
    (('estimated_amount',), ('median_amount', '10th_percentile'))
    """
    if version >= V3:
        return (*_CHARGES, *_ALLOWED)
    return (*_CHARGES, _ESTIMATE) if version >= V2_2 else _CHARGES


def read_columns(headers: Sequence[str], place: str, found: Findings) -> Layout:
    """The layout of a file from its item headers; what they lack or repeat is found.

    `headers` are the cells of the row that `place` names.
    """
    if len(headers) > MOST_COLUMNS:
        found.add(
            NOT_CHECKED, "item headers", place, value=f"{len(headers):,} columns",
            expected=f"at most {MOST_COLUMNS:,} columns",
        )  # fmt: skip
        return Layout([], is_tall=False)
    names = [normal_name(cell) for cell in headers]
    layout = Layout(list(headers), {"payer_name", "plan_name"} <= set(names))
    spots = _Spots(layout, place, found)
    payers = _wide_payers(names, spots)
    _code_placeholders(names, spots)
    if layout.is_tall == bool(payers):
        both = "the columns of both layouts" if payers else "no column of a payer"
        found.add(
            AMBIGUOUS, "item headers", place, value=both,
            expected="payer_name and plan_name, or headers that name payer and plan",
        )  # fmt: skip
        return layout
    layout.payers = list(payers.values()) if payers else [PayerColumns(())]
    _take(names, layout, spots)
    _require(layout, spots)
    if found.version >= V3:
        _old_estimates(names, spots)
    return layout


@dataclass(frozen=True, slots=True)
class _Spots:
    """Reports what is wrong with one header."""

    layout: Layout
    place: str
    found: Findings

    def tell(self, rule_id: str, subject: str, position: int, expected: str) -> None:
        header = self.layout.headers[position]
        cell = column_letters(position) + self.place.removeprefix("row ")
        self.found.add(
            rule_id, subject, self.place,
            cell=cell, column=header, value=header, expected=expected,
        )  # fmt: skip

    def lacks(self, label: str, subject: str) -> None:
        self.found.add(MISSING, subject, self.place, column=label, expected=f"a column {label}")


def payer_of(name: str, version: Version) -> tuple[Payer, str] | None:
    """The payer and the element of a wide header; None for any other.

    >>> payer_of("count|aetna|ppo", (3, 0, 0)), payer_of("standard_charge|min", (3, 0, 0))
    ((('aetna', 'ppo'), 'count'), None)
    """
    first, *rest = name.split("|")
    if first == "standard_charge" and len(rest) > 1 and rest[-1] in _CHARGES:
        return tuple(rest[:-1]), rest[-1]
    if rest and (first == _NOTES or (first in elements_of(version) and first not in _CHARGES)):
        return tuple(rest), first
    return None


def _wide_payers(names: list[str], spots: _Spots) -> dict[Payer, PayerColumns]:
    payers: dict[Payer, PayerColumns] = {}
    version = spots.found.version
    for position, name in enumerate(names):
        named = payer_of(name, version)
        if named is None:
            continue
        payer, element = named
        if version >= V3 and ("[payer_name]" in payer or "[plan_name]" in payer):
            spots.tell(PLACEHOLDER, "item headers", position, "the name of a payer and of a plan")
            continue
        payers.setdefault(payer, PayerColumns(payer))
        if len(payer) != 2 or not all(payer):
            expected = PayerColumns(("payer", "plan")).label(element)
            spots.tell(BAD_PAYER, "item headers", position, expected)
    return payers


def _code_placeholders(names: list[str], spots: _Spots) -> None:
    for position, name in enumerate(names):
        if name in {"code|[i]", "code|[i]|type"}:
            spots.tell(PLACEHOLDER, "item headers", position, name.replace("[i]", "1"))


def _take(names: list[str], layout: Layout, spots: _Spots) -> None:
    """Where each column stands: the first of a name; one that comes again is told."""
    first: dict[str, int] = {}
    for position, name in enumerate(names):
        if first.setdefault(name, position) != position:
            expected = f"one column {name}" if name else "a header for each column"
            spots.tell(TWICE, "item headers", position, expected)
    layout.at = first
    numbers = [int(m[1]) for name in first if (m := _CODE.match(name)) and int(m[1])]
    for number in range(1, max(numbers, default=1) + 1):
        code = f"code|{number}"
        layout.codes.append((first.get(code), first.get(f"{code}|type")))
    for payer in layout.payers:
        for element in (*elements_of(spots.found.version), _NOTES):
            if (at := first.get(payer.label(element))) is not None:
                payer.at[element] = at
        if layout.is_tall and "additional_generic_notes" in first:
            payer.at[_NOTES] = first["additional_generic_notes"]


def _require(layout: Layout, spots: _Spots) -> None:
    for label, subject in _required(layout, spots.found.version):
        if label not in layout.at:
            spots.lacks(label, subject)


def _required(layout: Layout, version: Version) -> Iterator[tuple[str, str]]:
    """The label and the subject of every column that the template asks of this file."""
    for column in (*ITEM_COLUMNS, *(_SINCE_2_2 if version >= V2_2 else ())):
        yield column, column
    for number in range(1, len(layout.codes) + 1):
        yield f"code|{number}", "code"
        yield f"code|{number}|type", "code|type"
    if layout.is_tall:
        yield "payer_name", "payer_name"
        yield "plan_name", "plan_name"
    elements = elements_of(version) if layout.is_tall else (*elements_of(version), _NOTES)
    for payer in layout.payers:
        for element in elements:
            yield payer.label(element), subject_of(element)


def subject_of(element: str) -> str:
    """What an element of a payer is called in counts, in both layouts.

    >>> subject_of("methodology"), subject_of("count")
    ('standard_charge|methodology', 'count')
    """
    return f"standard_charge|{element}" if element in _CHARGES else element


def _old_estimates(names: list[str], spots: _Spots) -> None:
    payers = {payer.payer for payer in spots.layout.payers}
    for position, name in enumerate(names):
        first, *payer = name.split("|")
        if first == _ESTIMATE and tuple(payer) in payers:
            spots.tell(OLD_ESTIMATE, _ESTIMATE, position, "median, percentiles and count instead")
