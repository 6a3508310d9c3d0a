"""The item headers of a hospital CSV: what each column is read as, in tall, wide and legacy files.

Names: CMS hospital price transparency CSV data dictionaries v2.0 to v3.0, and the spellings of
`layouts/items.csv`. Case and spaces round pipes do not matter; the order of columns is free.
A tall file states payer and plan in columns, a wide one in the names of its columns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ratepress.core.errors import UnreadableInput
from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Tally
from ratepress.readers.hospital.blocks import Block, Blocks, is_block_header
from ratepress.readers.hospital.layouts import (
    legacy_codes,
    loose,
    names_a_payer,
    spellings,
    template_names,
)

MISSING_COLUMN, REPEATED_COLUMN, UNKNOWN_COLUMN = "F217", "F218", "F006"
PLACEHOLDER, LEGACY, LEGACY_PAYER, OTHER_SPELLING = "F231", "F240", "F241", "F242"

# Without one of these a row has no meaning; the others may be absent, and that is counted.
REQUIRED = ("description", "code|1", "code|1|type")
REQUIRED_TALL = (
    *REQUIRED,
    "setting",
    "payer_name",
    "plan_name",
    "standard_charge|negotiated_dollar",
    "standard_charge|methodology",
)
EXPECTED = (
    "setting",
    "modifiers",
    "drug_unit_of_measurement",
    "drug_type_of_measurement",
    "standard_charge|gross",
    "standard_charge|discounted_cash",
    "standard_charge|min",
    "standard_charge|max",
    "additional_generic_notes",
)
EXPECTED_OF_PAYER = (
    "standard_charge|negotiated_dollar",
    "standard_charge|negotiated_percentage",
    "standard_charge|negotiated_algorithm",
    "standard_charge|methodology",
)
_AMOUNTS_OF_PAYER = frozenset(
    {
        "standard_charge|negotiated_dollar",
        "standard_charge|negotiated_percentage",
        "median_amount",
        "10th_percentile",
        "90th_percentile",
        "estimated_amount",
    }
)
_CODE = re.compile(r"code\|(\d{1,4})\Z", re.ASCII)
_CODE_TYPE = re.compile(r"code\|(\d{1,4})\|type\Z", re.ASCII)
_CODE_PLACEHOLDER = re.compile(r"code\|\[?i\]?(\|type)?\Z")
_CHARGES = frozenset({"standard_charge|gross", "standard_charge|discounted_cash"})


def normal_name(name: str) -> str:
    """A header as it is compared: lower case, no space round pipes.

    >>> normal_name(" Code | 1 | Type ")
    'code|1|type'
    """
    return "|".join(part.strip() for part in name.lower().split("|"))


def is_general_header(row: list[str]) -> bool:
    """Whether a row holds the general headers.

    >>> is_general_header(["Hospital_Name", "version"]), is_general_header(["HCPCS", "MOD"])
    (True, False)
    """
    return any(normal_name(name) == "hospital_name" for name in row)


def is_item_header(row: list[str]) -> bool:
    """Whether a row holds the item headers of the template.

    >>> is_item_header(["description", "standard_charge | gross"]), is_item_header(["HCPCS"])
    (True, False)
    """
    names = {normal_name(name) for name in row}
    return "description" in names and any(name.startswith("standard_charge|") for name in names)


def is_legacy_header(row: list[str]) -> bool:
    """Whether a row holds the headers of a file from before the template.

    It names a description, a code, and a gross or cash price or a payer.

    >>> is_legacy_header(["CPT Code", "Procedure Description", "Gross Charge", "Aetna PPO"])
    True
    >>> is_legacy_header(["HCPCS", "MOD", "DESCRIPTION", "WORK RVU"])
    False
    """
    names = [loose(name) for name in row]
    found = {spellings("legacy").get(name) for name in names}
    has_price = bool(found & _CHARGES) or any(names_a_payer(name) for name in row)
    has_code = any(name in legacy_codes() for name in names)
    return "description" in found and has_code and has_price


def is_wide(row: list[str]) -> bool:
    """Whether payers stand in the column names: `standard_charge|PAYER|PLAN|negotiated_dollar`.

    >>> is_wide(["standard_charge|aetna|ppo|negotiated_dollar"]), is_wide(["standard_charge|min"])
    (True, False)
    """
    return any(is_block_header(name) for name in row)


class ReadAs(NamedTuple):
    """What one column was read as; `field` is None where nothing is known of it."""

    header: str
    field: str | None
    payer: str = ""
    plan: str = ""


class Unknown(NamedTuple):
    """A column of which nothing is known but its name; `said` is a value that was read already."""

    position: int
    name: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each column of a file stands.

    `at` are the columns of items and charges, and of a tall file's payer. `codes` are positions
    of (type or None, code) and the type that the header states, in order of their number. `blocks`
    are the payers and plans of a wide file. `needed` is how many cells a row must have to reach
    its last named column, `width` how many the header has.
    """

    at: Mapping[str, int]
    codes: tuple[tuple[int | None, int, str], ...]
    blocks: tuple[Block, ...]
    unknown: tuple[Unknown, ...]
    read_as: tuple[ReadAs, ...]
    needed: int
    width: int
    is_legacy: bool = False

    @property
    def has_payer_column(self) -> bool:
        """Whether a row names a payer in a cell."""
        return "payer_name" in self.at

    @property
    def repeating(self) -> frozenset[int]:
        """The columns whose texts recur from row to row: all but the amounts of payers."""
        named = [position for name, position in self.at.items() if name not in _AMOUNTS_OF_PAYER]
        return frozenset((*named, *(position for _, position, _ in self.codes)))

    def write(self, out: LakeWriter) -> None:
        """Write what each column was read as."""
        for position, column in enumerate(self.read_as):
            out.add(
                "hospital_columns",
                position=position,
                header=column.header,
                read_as=column.field,
                payer_name=column.payer or None,
                plan_name=column.plan or None,
            )


def item_columns(
    name: str, row: list[str], place: str, tally: Tally, said: Mapping[int, str] | None = None
) -> Columns:
    """The columns of a file from its item headers; what deviates is counted.

    `said` are positions that hold general values, with what the first row says there. Raises
    `UnreadableInput` where a column without which a row has no meaning is missing.
    """
    is_legacy = not is_item_header(row) and is_legacy_header(row)
    reading = _Reading(place, tally, Blocks(place, tally))
    for position, header in enumerate(row):
        if said and position in said:
            reading.general(position, header, said[position])
        else:
            reading.column(position, header, is_legacy=is_legacy)
    if is_legacy:
        tally.problem(LEGACY, "layout", place, ", ".join(cell for cell in row if cell.strip()))
    else:
        _check(name, row, reading, place, tally)
    named = [position for position, header in enumerate(row) if header.strip()]
    return Columns(
        reading.at,
        reading.code_positions(),
        reading.blocks.found(),
        tuple(reading.unknown),
        tuple(reading.read_as),
        needed=max(named) + 1,
        width=len(row),
        is_legacy=is_legacy,
    )


@dataclass(slots=True)
class _Reading:
    """The columns met so far."""

    place: str
    tally: Tally
    blocks: Blocks
    at: dict[str, int] = field(default_factory=dict)
    unknown: list[Unknown] = field(default_factory=list)
    read_as: list[ReadAs] = field(default_factory=list)
    legacy_codes: list[tuple[int, str]] = field(default_factory=list)

    def column(self, position: int, header: str, *, is_legacy: bool) -> None:
        """Say what the next column is."""
        if self._legacy(position, header) if is_legacy else self._template(position, header):
            return
        name = normal_name(header)
        self.unknown.append(Unknown(position, name or "(no name)"))
        self.read_as.append(ReadAs(header.strip(), None))

    def general(self, position: int, header: str, said: str) -> None:
        """The next column repeats a general value in each row; only another value is news."""
        name = normal_name(header)
        self.unknown.append(Unknown(position, name, said))
        self.read_as.append(ReadAs(header.strip(), f"general {name.partition('|')[0]}"))

    def _template(self, position: int, header: str) -> bool:
        name = normal_name(header)
        if placeholder := _CODE_PLACEHOLDER.match(name):
            self.tally.problem(PLACEHOLDER, name, self.place, header.strip())
            name = f"code|1{placeholder[1] or ''}"
        is_known = name in template_names() or _CODE.match(name) or _CODE_TYPE.match(name)
        if not is_known and self._block(position, header):
            return True
        if not is_known and (other := spellings("met").get(loose(header))):
            self.tally.problem(OTHER_SPELLING, other, self.place, header.strip())
            name, is_known = other, True
        return bool(is_known) and self._take(position, header, name)

    def _take(self, position: int, header: str, name: str) -> bool:
        if name in self.at:
            self.tally.problem(REPEATED_COLUMN, name, self.place, header)
            return False
        self.at[name] = position
        self.read_as.append(ReadAs(header.strip(), name))
        return True

    def _block(self, position: int, header: str) -> bool:
        found = self.blocks.take(position, header)
        if found is not None:
            self.read_as.append(ReadAs(header.strip(), found.field, found.payer, found.plan))
        return found is not None

    def _legacy(self, position: int, header: str) -> bool:
        name = loose(header)
        if name in legacy_codes() and all(p != position for p, _ in self.legacy_codes):
            self.legacy_codes.append((position, legacy_codes()[name]))
            self.read_as.append(ReadAs(header.strip(), "code"))
            return True
        known = spellings("legacy").get(name)
        if known:
            return self._take(position, header, known)
        if not names_a_payer(header):
            return self._template(position, header)
        payer = " ".join(header.split())
        self.tally.problem(LEGACY_PAYER, "payer_name", self.place, payer)
        self.blocks.add_dollars(position, payer)
        self.read_as.append(ReadAs(payer, "standard_charge|negotiated_dollar", payer))
        return True

    def code_positions(self) -> tuple[tuple[int | None, int, str], ...]:
        """Where codes and their types stand."""
        numbered = sorted((int(m[1]), c) for c in self.at if (m := _CODE.match(c)))
        codes = [(self.at.get(f"{column}|type"), self.at[column], "") for _, column in numbered]
        stated = self.at.get("code_type")
        legacy = [(None if kind else stated, at, kind) for at, kind in self.legacy_codes]
        return (*codes, *legacy)


def _check(name: str, row: list[str], reading: _Reading, place: str, tally: Tally) -> None:
    has_blocks = bool(reading.blocks.found())
    required = REQUIRED if has_blocks else REQUIRED_TALL
    missing = [column for column in required if column not in reading.at]
    if missing:
        raise UnreadableInput(
            f"{name}: a required column is missing from the item headers: {', '.join(missing)}",
            place=place,
            found=", ".join(cell for cell in row if cell.strip()) or "no column names",
            expected="the columns of the CMS CSV template, tall or wide, in any order",
            todo="check that row 3 holds the item headers and that the file is a hospital's own",
        )
    for column in EXPECTED:
        if column not in reading.at:
            tally.problem(MISSING_COLUMN, column, place)
    if "payer_name" in reading.at:
        for column in EXPECTED_OF_PAYER:
            if column not in reading.at:
                tally.problem(MISSING_COLUMN, column, place)
    for column in EXPECTED_OF_PAYER:
        reading.blocks.count_missing(column, MISSING_COLUMN)
