"""PPRRVU: the relative value units and indicators of the physician fee schedule.

The file is CMS's "National Physician Fee Schedule Relative Value File", as its zip (RVUyyX) holds
it: CSV or text; or a copy with one line of names. What a row is: docs/reference/rows-medicare.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain
from typing import Any

from ratepress.core.decimals import parse_number
from ratepress.core.errors import UnreadableInput
from ratepress.core.rules import rule
from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Header, Tally
from ratepress.readers.medicare.integrity import ComponentCheck
from ratepress.readers.medicare.pfs_columns import (
    COLUMNS,
    MARKS,
    NOT_LOADED,
    PRINTED_FACTORS,
    UNKNOWN_VARIANT,
    Published,
    era_of,
    eras,
    positions,
    restored,
    variant_of,
    year_of,
)
from ratepress.readers.medicare.pfs_release import Release, read_release
from ratepress.readers.medicare.sheet import (
    PREAMBLE_LINES,
    factor,
    head_rows,
    open_lines,
    open_rows,
    plain_name,
    stacked_names,
)
from ratepress.readers.source import Source

# 0042T becomes 42T where the zeros are cut off.
_NUMBER_LOST_ZEROS = re.compile(r"[0-9]+[A-Z]?\Z", re.ASCII)
_CODE = re.compile(r"[A-Z0-9]{5}\Z", re.ASCII)


class PfsRvuCsv:
    """Reader of PPRRVU, every layout that has a header, into the table `pfs_rvu`.

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
        """Load every row; see rules F300 to F311 and F332 for what is counted or set aside."""
        with open_rows(source, tally) as rows:
            preamble, names = _read_header(source, rows)
            release = read_release(source, preamble, tally)
            era = era_of(names)
            where = _locate(source, names, era, release.year, tally)
            sheet = _Rows(where, len(names), release, tally, era)
            _load_all(sheet, rows, out)
        return _header(release, f"PPRRVU with {len(names)} columns", tally)


class PfsRvuText:
    """Reader of PPRRVU in its text form, fixed positions and no header, into `pfs_rvu`.

    >>> PfsRvuText().recognise(b"HDR CPT CODES AND DESCRIPTIONS ONLY")
    False
    """

    kind = "medicare-pfs-rvu-text"
    version = "1"
    row_is = "one line that is neither blank nor begins with HDR or TRL: a code and modifier"

    def recognise(self, head: bytes) -> bool:
        """Whether a line of the head has a factor of the fee schedule where the layout has it."""
        where = positions()["text"]
        for line in head.decode("utf-8", "replace").splitlines()[:PREAMBLE_LINES]:
            if len(line) == _text_width() and _CODE.match(line[where["code"]]):
                factor_there = parse_number(line[where["conversion_factor"]].strip())
                return factor_there is not None
        return False

    def read(self, source: Source, out: LakeWriter, tally: Tally) -> Header:
        """Load every line, as `PfsRvuCsv` does."""
        where = positions()["text"]
        with open_lines(source, tally) as lines:
            preamble, rows = _text_rows(lines, where)
            release = read_release(source, preamble, tally)
            places = {column: position for position, column in enumerate(where)}
            sheet = _Rows(places, len(places), release, tally, "published")
            _load_all(sheet, rows, out)
        return _header(release, "PPRRVU in fixed positions", tally)


def _text_width() -> int:
    ends: list[int] = [place.stop for place in positions()["text"].values()]
    return max(ends)


def _text_rows(
    lines: Iterator[tuple[str, str]], where: dict[str, slice]
) -> tuple[list[list[str]], Iterator[tuple[str, list[str]]]]:
    """The header records, and the lines below them cut into cells."""
    preamble: list[list[str]] = []
    first: list[tuple[str, str]] = []
    for place, line in lines:
        if not line.startswith("HDR"):
            first.append((place, line))
            break
        preamble.append([line[3:]])

    def cut() -> Iterator[tuple[str, list[str]]]:
        for place, line in chain(first, lines):
            if line.strip() and not line.startswith("TRL"):
                cells = [line[span] for span in where.values()]
                # A line of another length has moved its cells, which F305 sets aside.
                yield place, cells if len(line) == _text_width() else [*cells, line]

    return preamble, cut()


def _load_all(sheet: _Rows, rows: Iterable[tuple[str, list[str]]], out: LakeWriter) -> None:
    check = ComponentCheck(sheet.tally)
    for place, row in rows:
        loaded = sheet.load(row, place)
        if loaded is not None:
            check.see(loaded)
            out.add("pfs_rvu", **loaded)
    check.finish()


def _header(release: Release, layout: str, tally: Tally) -> Header:
    if tally.loaded < int(rule("F309").parameters["fewest_rows_of_a_release"]):
        tally.problem("F309", "rows", "the whole file", str(tally.loaded))
    return Header(
        publisher="Centers for Medicare & Medicaid Services",
        detected_version=layout,
        published_on=release.released_on,
        release=release.name,
        effective_from=release.effective_from,
        effective_until=release.effective_until,
    )


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


def _locate(source: Source, names: list[str], era: str, year: int, tally: Tally) -> dict[str, int]:
    """The position of each column by name; `UnreadableInput` where one is absent or twice."""
    where: dict[str, int] = {}
    headers = eras()[era]
    for column in COLUMNS:
        header = headers.get(column.column)
        found = [position for position, name in enumerate(names) if name == header]
        least = 1 if column.required and column.since <= year else 0
        if not least <= len(found) <= 1:
            raise UnreadableInput(
                f"{source.name}: the column {header} stands {len(found)} times",
                place="the header lines",
                found=", ".join(names),
                expected="once",
                todo="add the file as CMS publishes it, or report its layout",
            )
        if found:
            where[column.column] = found[0]
    known = set(headers.values()) | NOT_LOADED | {""}
    for name in names:
        if name not in known:
            tally.problem("F006", name, "the header lines")
    return where


class _Rows:
    """The data rows of one file: what each becomes, or why it is set aside."""

    def __init__(
        self,
        where: dict[str, int],
        width: int,
        release: Release,
        tally: Tally,
        era: str,
    ) -> None:
        self._headers = eras()[era]
        self._restored = [c for c in COLUMNS if c.column in restored(era)]
        self._where = where
        self._width = width
        self._release = release
        self.tally = tally
        self._seen: set[tuple[str, str, str]] = set()

    def load(self, row: list[str], place: str) -> dict[str, Any] | None:
        """The row for the table; None for a blank or footnote line and for one set aside."""
        if not any(cell.strip() for cell in row[1:]):
            return None
        self.tally.read += 1
        if len(row) != self._width:
            self._set_aside("F305", "cells", place, str(len(row)))
            return None
        cells = {name: row[position].strip() for name, position in self._where.items()}
        cells["code"] = cells["code"].upper()
        self._restore(cells, place)
        if not _CODE.match(cells["code"]):
            self._set_aside("F304", "HCPCS", place, cells["code"])
            return None
        values = {c.column: self._value(c, cells, place) for c in COLUMNS}
        if any(values[c.column] is None for c in COLUMNS if c.kind == "number"):
            self.tally.set_aside("F302", place)
            return None
        return self._unique(values, place)

    def _unique(self, values: dict[str, Any], place: str) -> dict[str, Any] | None:
        printed = values["conversion_factor"]
        if self._release.year in PRINTED_FACTORS and year_of(printed) not in {
            None,
            self._release.year,
        }:
            self._set_aside("F311", "CONV FACTOR", place, str(printed))
            return None
        variant = self._variant(printed, place)
        key = (variant, values["code"], values["modifier"])
        if key in self._seen:
            self._set_aside("F303", "HCPCS, MOD", place, " ".join(key))
            return None
        self._seen.add(key)
        self._check_totals(values, place)
        self.tally.loaded += 1
        return {
            "release": self._release.name,
            "effective_from": self._release.effective_from,
            "effective_until": self._release.effective_until,
            "variant": variant,
            "released_on": self._release.released_on,
            "place": place,
            **values,
        }

    def _restore(self, cells: dict[str, str], place: str) -> None:
        """Put back the leading zeros that the layout's copies have lost (F308)."""
        for column in self._restored:
            text = cells[column.column]
            if len(text) < column.digits and _NUMBER_LOST_ZEROS.match(text):
                self.tally.problem("F308", self._headers[column.column], place, text)
                cells[column.column] = text.zfill(column.digits)

    def _value(self, column: Published, cells: dict[str, str], place: str) -> Any:
        text = cells.get(column.column, "")
        if column.kind == "number":
            return factor(text, self.tally, self._headers.get(column.column, column.column), place)
        if column.kind == "flag":
            if text not in {"", "NA"}:
                self.tally.problem(
                    "F306", self._headers.get(column.column, column.column), place, text
                )
            return text == "NA"
        if column.values is not None and text not in column.values:
            self.tally.problem("F306", self._headers.get(column.column, column.column), place, text)
        return None if column.optional and not text else text

    def _variant(self, conversion_factor: Decimal, place: str) -> str:
        variant = variant_of(self._release.year, conversion_factor)
        if variant == UNKNOWN_VARIANT:
            self.tally.problem("F307", "CONV FACTOR", place, str(conversion_factor))
        return variant

    def _check_totals(self, values: dict[str, Any], place: str) -> None:
        for site in ("nonfacility", "facility"):
            parts = values["work_rvu"] + values[f"{site}_pe_rvu"] + values["malpractice_rvu"]
            total = values[f"{site}_total_rvu"]
            if parts != total:
                self.tally.problem("F300", f"{site} total", place, f"{parts} against {total}")

    def _set_aside(self, rule_id: str, subject: str, place: str, sample: str) -> None:
        self.tally.problem(rule_id, subject, place, sample)
        self.tally.set_aside(rule_id, place)
