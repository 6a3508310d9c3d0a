"""GPCI: the geographic practice cost indices by Medicare locality, Addendum E of the final rule.

CSV form, as the RVUyyX zip holds it. What a row is: docs/reference/rows-medicare.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ratepress.core.errors import UnreadableInput
from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Header, Tally
from ratepress.readers.medicare.integrity import few_localities
from ratepress.readers.medicare.sheet import (
    PREAMBLE_LINES,
    factor,
    head_rows,
    open_rows,
    plain_name,
)
from ratepress.readers.source import Source

_INDEX = re.compile(r"(20\d\d) (PW|PE|MP) GPCI\b(.*)")
_KEYS = {
    "mac": re.compile(r"(MEDICARE ADMINISTRATIVE CONTRACTOR\b.*|MAC)\Z"),
    "state": re.compile(r"STATE\Z"),
    "locality": re.compile(r"LOCALITY NUMBER\Z"),
    "locality_name": re.compile(r"LOCALITY NAME\Z"),
}
_INDICES = {"PW": "work_gpci", "PE": "pe_gpci", "MP": "malpractice_gpci"}
_DIGITS = {"mac": 5, "locality": 2}
_FOOTNOTE_MARKS = "*†‡ "


class GpciCsv:
    """Reader of GPCI Addendum E into the table `pfs_gpci`.

    >>> GpciCsv().recognise(b"MAC,State,Locality Number,Locality Name")
    False
    """

    kind = "medicare-gpci-csv"
    version = "1"
    row_is = (
        "one Medicare locality below the header line; title, blank lines and footnotes are not rows"
    )

    def recognise(self, head: bytes) -> bool:
        """Whether a line of the head names the locality and all three indices."""
        return any(_layout(row) for row in head_rows(head))

    def read(self, source: Source, out: LakeWriter, tally: Tally) -> Header:
        """Load every locality; see rules F302 to F305 and F308 for what is set aside or mended."""
        with open_rows(source, tally) as rows:
            layout = _read_layout(source, rows, tally)
            seen: set[tuple[str, str]] = set()
            for place, row in rows:
                loaded = _load(row, place, layout, tally, seen)
                if loaded is not None:
                    out.add("pfs_gpci", **loaded)
        few_localities(tally)
        return Header(
            publisher="Centers for Medicare & Medicaid Services",
            detected_version="GPCI Addendum E",
            release=str(layout.year),
            effective_from=date(layout.year, 1, 1),
            effective_until=date(layout.year, 12, 31),
        )


@dataclass(frozen=True, slots=True)
class _Layout:
    year: int
    where: dict[str, int]
    width: int
    unknown: tuple[str, ...]


def _layout(row: Sequence[str]) -> _Layout | None:
    """Where the columns stand, if `row` is the header line."""
    where: dict[str, int] = {}
    years: set[int] = set()
    unknown = []
    for position, cell in enumerate(row):
        name = plain_name(cell)
        index = _INDEX.match(name)
        key = next((k for k, pattern in _KEYS.items() if pattern.match(name)), None)
        if index is not None:
            years.add(int(index[1]))
            # Some years state the work index twice; payment uses the one with the 1.0 floor.
            if "WITHOUT" in index[3]:
                continue
            key = _INDICES[index[2]]
        if key is None or key in where:
            if name:
                unknown.append(name)
            continue
        where[key] = position
    if len(years) != 1 or len(where) != len(_KEYS) + len(_INDICES):
        return None
    return _Layout(years.pop(), where, len(row), tuple(unknown))


def _read_layout(source: Source, rows: Iterator[tuple[str, list[str]]], tally: Tally) -> _Layout:
    for number, (place, row) in enumerate(rows):
        layout = _layout(row)
        if layout is not None:
            for name in layout.unknown:
                tally.problem("F006", name, place)
            return layout
        if number > PREAMBLE_LINES:
            break
    raise UnreadableInput(
        f"{source.name}: no header line names the locality and the three GPCIs of one year",
        place="the first rows",
        expected="MAC, State, Locality Number, Locality Name, 2026 PW GPCI, PE GPCI, MP GPCI",
        todo="add the file as CMS publishes it",
    )


def _load(
    row: list[str], place: str, layout: _Layout, tally: Tally, seen: set[tuple[str, str]]
) -> dict[str, Any] | None:
    """The row for the table; None for a blank or footnote line and for one set aside."""
    if not any(cell.strip() for cell in row[1:]):
        return None
    tally.read += 1
    if len(row) != layout.width:
        _set_aside(tally, "F305", "cells", place, str(len(row)))
        return None
    cells = {name: row[position].strip() for name, position in layout.where.items()}
    for name in _DIGITS:
        cells[name] = _identifier(cells[name], name, place, tally)
    if not (cells["mac"] and cells["locality"] and re.fullmatch(r"[A-Z]{2}", cells["state"])):
        _set_aside(tally, "F304", "MAC, state, locality", place, " ".join(row))
        return None
    indices = {
        name: factor(cells[name], tally, name, place, above=Decimal(0))
        for name in _INDICES.values()
    }
    if None in indices.values():
        tally.set_aside("F302", place)
        return None
    key = (cells["mac"], cells["locality"])
    if key in seen:
        _set_aside(tally, "F303", "MAC, locality", place, "-".join(key))
        return None
    seen.add(key)
    tally.loaded += 1
    return {
        "release": str(layout.year),
        "effective_from": date(layout.year, 1, 1),
        "effective_until": date(layout.year, 12, 31),
        "mac": cells["mac"],
        "locality": cells["locality"],
        "state": cells["state"],
        "locality_name": cells["locality_name"].rstrip(_FOOTNOTE_MARKS),
        "place": place,
        **indices,
    }


def _identifier(text: str, name: str, place: str, tally: Tally) -> str:
    """Digits in the width of the identifier; empty where `text` is none."""
    width = _DIGITS[name]
    if not re.fullmatch(rf"[0-9]{{1,{width}}}", text):
        return ""
    if len(text) < width:  # A spreadsheet took it for a number.
        tally.problem("F308", name, place, text)
    return text.zfill(width)


def _set_aside(tally: Tally, rule_id: str, subject: str, place: str, sample: str) -> None:
    tally.problem(rule_id, subject, place, sample)
    tally.set_aside(rule_id, place)
