"""PPRRVU: the relative value units and indicators of the physician fee schedule.

The file is CMS's "National Physician Fee Schedule Relative Value File", CSV form, as its zip
(RVUyyX) holds it. What a row is: docs/reference/rows-medicare.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ratepress.core.errors import UnreadableInput
from ratepress.core.rules import rule
from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Header, Tally
from ratepress.readers.medicare.pfs_columns import (
    COLUMNS,
    MARKS,
    NOT_LOADED,
    UNKNOWN_VARIANT,
    Published,
    variant_of,
)
from ratepress.readers.medicare.sheet import (
    PREAMBLE_LINES,
    factor,
    head_rows,
    open_rows,
    plain_name,
    stacked_names,
)
from ratepress.readers.source import Source

_QUARTERS = {"JANUARY": "A", "APRIL": "B", "JULY": "C", "OCTOBER": "D"}
_TITLE = re.compile(
    r"\b(20\d\d) NATIONAL PHYSICIAN FEE SCHEDULE RELATIVE VALUE FILE"
    r" (JANUARY|APRIL|JULY|OCTOBER) RELEASE\b"
)
_RELEASED = re.compile(r"\bRELEASED (\d\d?)/(\d\d?)/(20\d\d)\b")
_CODE = re.compile(r"[A-Z0-9]{5}\Z", re.ASCII)


class PfsRvuCsv:
    """Reader of PPRRVU, 2025 and 2026 layouts, into the table `pfs_rvu`.

    >>> PfsRvuCsv().recognise(b"HCPCS,PRICE")
    False
    """

    kind = "medicare-pfs-rvu-csv"
    version = "1"
    row_is = (
        "one code and modifier below the header line that begins with HCPCS;"
        " preamble, blank lines and footnotes are not rows"
    )

    def recognise(self, head: bytes) -> bool:
        """Whether the head holds PPRRVU's stacked header."""
        names = _find_header(head_rows(head))
        return names is not None and set(names) >= MARKS

    def read(self, source: Source, out: LakeWriter, tally: Tally) -> Header:
        """Load every row; see rules F300 to F307 and F309 for what is counted or set aside."""
        with open_rows(source, tally) as rows:
            preamble, names = _read_header(source, rows)
            release = read_release(source, preamble)
            where = _locate(source, names, release.year, tally)
            sheet = _Rows(where, len(names), release, tally)
            for place, row in rows:
                loaded = sheet.load(row, place)
                if loaded is not None:
                    out.add("pfs_rvu", **loaded)
        if tally.loaded < int(rule("F309").parameters["fewest_rows_of_a_release"]):
            tally.problem("F309", "rows", "the whole file", str(tally.loaded))
        return Header(
            publisher="Centers for Medicare & Medicaid Services",
            detected_version=f"PPRRVU with {len(names)} columns",
            published_on=release.released_on,
            release=release.name,
            effective_from=release.effective_from,
            effective_until=release.effective_until,
        )


@dataclass(frozen=True, slots=True)
class Release:
    """A quarterly release: `2026C` is July 2026, in force from July to September."""

    year: int
    letter: str
    released_on: date | None

    @property
    def name(self) -> str:
        return f"{self.year}{self.letter}"

    @property
    def effective_from(self) -> date:
        return date(self.year, "ABCD".index(self.letter) * 3 + 1, 1)

    @property
    def effective_until(self) -> date:
        return date(self.year, *((3, 31), (6, 30), (9, 30), (12, 31))["ABCD".index(self.letter)])


def read_release(source: Source, preamble: Sequence[Sequence[str]]) -> Release:
    """The release that the title names; `UnreadableInput` where it names none (F301)."""
    text = " ".join(" ".join(" ".join(row).split()) for row in preamble).upper()
    title = _TITLE.search(text)
    if title is None:
        raise UnreadableInput(
            f"{source.name}: the title does not say which release this is",
            place="the lines above HCPCS",
            found=text,
            expected="'2026 National Physician Fee Schedule Relative Value File July Release'",
            todo="add the file as CMS publishes it, with its first lines",
        )
    released = _RELEASED.search(text)
    return Release(int(title[1]), _QUARTERS[title[2]], _date(released) if released else None)


def _date(match: re.Match[str]) -> date | None:
    try:
        return date(int(match[3]), int(match[1]), int(match[2]))
    except ValueError:  # 13/45/2026: the release stands all the same.
        return None


def _find_header(rows: Sequence[Sequence[str]]) -> list[str] | None:
    for number, row in enumerate(rows):
        if _begins_header(row):
            return stacked_names(rows[: number + 1])
    return None


def _begins_header(row: Sequence[str]) -> bool:
    return bool(row) and plain_name(row[0]) == "HCPCS"


def _read_header(
    source: Source, rows: Iterator[tuple[str, list[str]]]
) -> tuple[list[list[str]], list[str]]:
    above: list[list[str]] = []
    for _, row in rows:
        names = _find_header([*above, row]) if _begins_header(row) else None
        if names is not None:
            return above, names
        above.append(row)
        if len(above) == PREAMBLE_LINES:
            break
    raise UnreadableInput(
        f"{source.name}: no line begins with HCPCS",
        place=f"rows 1 to {len(above)}",
        expected="the header of PPRRVU",
        todo="add the file as CMS publishes it",
    )


def _locate(source: Source, names: list[str], year: int, tally: Tally) -> dict[str, int]:
    """The position of each column by name; `UnreadableInput` where one is absent or twice."""
    where: dict[str, int] = {}
    for column in COLUMNS:
        found = [position for position, name in enumerate(names) if name == column.header]
        least = 1 if column.required and column.since <= year else 0
        if not least <= len(found) <= 1:
            raise UnreadableInput(
                f"{source.name}: the column {column.header} stands {len(found)} times",
                place="the header lines",
                found=", ".join(names),
                expected="once",
                todo="add the file as CMS publishes it, or report its layout",
            )
        if found:
            where[column.column] = found[0]
    known = {column.header for column in COLUMNS} | NOT_LOADED | {""}
    for name in names:
        if name not in known:
            tally.problem("F006", name, "the header lines")
    return where


class _Rows:
    """The data rows of one file: what each becomes, or why it is set aside."""

    def __init__(self, where: dict[str, int], width: int, release: Release, tally: Tally) -> None:
        self._where = where
        self._width = width
        self._release = release
        self._tally = tally
        self._seen: set[tuple[str, str, str]] = set()

    def load(self, row: list[str], place: str) -> dict[str, Any] | None:
        """The row for the table; None for a blank or footnote line and for one set aside."""
        if not any(cell.strip() for cell in row[1:]):
            return None
        self._tally.read += 1
        if len(row) != self._width:
            self._set_aside("F305", "cells", place, str(len(row)))
            return None
        cells = {name: row[position].strip() for name, position in self._where.items()}
        cells["code"] = cells["code"].upper()
        if not _CODE.match(cells["code"]):
            self._set_aside("F304", "HCPCS", place, cells["code"])
            return None
        values = {c.column: self._value(c, cells, place) for c in COLUMNS}
        if any(values[c.column] is None for c in COLUMNS if c.kind == "number"):
            self._tally.set_aside("F302", place)
            return None
        return self._unique(values, place)

    def _unique(self, values: dict[str, Any], place: str) -> dict[str, Any] | None:
        variant = self._variant(values["conversion_factor"], place)
        key = (variant, values["code"], values["modifier"])
        if key in self._seen:
            self._set_aside("F303", "HCPCS, MOD", place, " ".join(key))
            return None
        self._seen.add(key)
        self._check_totals(values, place)
        self._tally.loaded += 1
        return {
            "release": self._release.name,
            "effective_from": self._release.effective_from,
            "effective_until": self._release.effective_until,
            "variant": variant,
            "released_on": self._release.released_on,
            "place": place,
            **values,
        }

    def _value(self, column: Published, cells: dict[str, str], place: str) -> Any:
        text = cells.get(column.column, "")
        if column.kind == "number":
            return factor(text, self._tally, column.header, place)
        if column.kind == "flag":
            if text not in {"", "NA"}:
                self._tally.problem("F306", column.header, place, text)
            return text == "NA"
        if column.values is not None and text not in column.values:
            self._tally.problem("F306", column.header, place, text)
        return None if column.optional and not text else text

    def _variant(self, conversion_factor: Decimal, place: str) -> str:
        variant = variant_of(self._release.year, conversion_factor)
        if variant == UNKNOWN_VARIANT:
            self._tally.problem("F307", "CONV FACTOR", place, str(conversion_factor))
        return variant

    def _check_totals(self, values: dict[str, Any], place: str) -> None:
        for site in ("nonfacility", "facility"):
            parts = values["work_rvu"] + values[f"{site}_pe_rvu"] + values["malpractice_rvu"]
            total = values[f"{site}_total_rvu"]
            if parts != total:
                self._tally.problem("F300", f"{site} total", place, f"{parts} against {total}")

    def _set_aside(self, rule_id: str, subject: str, place: str, sample: str) -> None:
        self._tally.problem(rule_id, subject, place, sample)
        self._tally.set_aside(rule_id, place)
