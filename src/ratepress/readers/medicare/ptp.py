"""NCCI procedure-to-procedure edits, as CMS publishes them and as copies without dates.

Published: a notice, a header over several lines, then column 1, column 2, pre-1996 mark, effective
and deletion date, modifier indicator, rationale. What a row is: docs/reference/rows-medicare.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import IO

import pyarrow as pa
import pyarrow.csv as arrow_csv

from ratepress.core.errors import UnreadableInput
from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Header, Tally
from ratepress.readers.medicare.ncci_release import ptp_version, release_of, setting_of
from ratepress.readers.medicare.periods import UNDATED, Period
from ratepress.readers.medicare.ptp_rows import MOST_ROWS, Edits, as_written
from ratepress.readers.medicare.sheet import (
    PREAMBLE_LINES,
    delimiter_of,
    head_rows,
    open_rows,
    plain_name,
)
from ratepress.readers.source import Source
from ratepress.readers.text import sniff_encoding

_NAMES = {
    "column_1": re.compile(r"COLUMN ?1( CODE)?"),
    "column_2": re.compile(r"COLUMN ?2( CODE)?"),
    "existed": re.compile(r".*\bEXISTENCE\b.*"),
    "effective": re.compile(r"EFFECTIVE\b.*"),
    "deletion": re.compile(r"DELETION\b.*"),
    "indicator": re.compile(r"MODIFIER\b.*"),
    "rationale": re.compile(r"(PTP EDIT )?RATIONALE"),
}
_REQUIRED = ("column_1", "column_2", "indicator")
_PUBLISHED = tuple(_NAMES)
_CODE = re.compile(r"\s*[A-Z0-9]{5}\s*", re.ASCII)
_DAY = re.compile(r"\s*(\d{8}|\*)?\s*", re.ASCII)
_INDICATOR = re.compile(r"\s*[019]\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where each column stands, and the first row of data, counted from 0."""

    where: dict[str, int]
    first: int
    width: int


class PtpEdits:
    r"""Reader of PTP edits into the table `ncci_ptp`.

    >>> PtpEdits().recognise(b'"column1","column2","modifier","rationale"\n"0001U","0029U",1,"x"\n')
    True
    """

    kind = "medicare-ncci-ptp"
    version = "1"
    row_is = "one row below the header with something in its first or second cell"

    def recognise(self, head: bytes) -> bool:
        """Whether a line names both columns and the modifier, or has the form of an edit."""
        return _layout(head_rows(head, delimiter_of(head))) is not None

    def read(self, source: Source, out: LakeWriter, tally: Tally) -> Header:
        """Load every edit, sorted by both codes; rules F303 to F305 and F315 set rows aside."""
        layout = _layout(head_rows(source.head, delimiter_of(source.head)))
        if layout is None:
            raise UnreadableInput(
                f"{source.name}: no header line names column 1, column 2 and the modifier",
                place="the first rows",
                todo="add the file as CMS publishes it",
            )
        setting = setting_of(source, tally)
        release = release_of(source, tally)
        period = (
            Period(UNDATED, None, None)
            if release is None
            else Period(release.name, release.effective_from, release.effective_until)
        )
        edits = _by_columns(source, layout) or _by_rows(source, layout, tally)
        for batch in edits.batches(out.content_id, period, setting, tally):
            out.batch("ncci_ptp", batch, is_sorted=True)
        return Header(
            publisher="Centers for Medicare & Medicaid Services",
            detected_version=ptp_version(setting, is_dated="effective" in layout.where),
            release=period.release,
            effective_from=period.first,
            effective_until=period.last,
        )


def _layout(rows: Sequence[list[str]]) -> _Layout | None:
    for number, row in enumerate(rows[:PREAMBLE_LINES]):
        names = [plain_name(cell) for cell in row]
        where = {
            column: position
            for column, pattern in _NAMES.items()
            for position in [next((n for n, x in enumerate(names) if pattern.fullmatch(x)), None)]
            if position is not None
        }
        if all(column in where for column in _REQUIRED):
            first = number + 1
            while first < len(rows) and not any(map(str.strip, rows[first][:2])):
                first += 1  # The header goes on below: `prior to 1996`, `Date`, `0=not allowed`.
            return _Layout(where, first, max(where.values()) + 1)
        if _is_edit(row):
            return _Layout({c: n for n, c in enumerate(_PUBLISHED)}, number, len(_PUBLISHED))
    return None


def _is_edit(row: Sequence[str]) -> bool:
    """Whether a row has the form of an edit as published, for files that have lost the header."""
    forms = (_CODE, _CODE, None, _DAY, _DAY, _INDICATOR, None)
    return len(row) >= len(forms) and all(
        form is None or form.fullmatch(cell) for form, cell in zip(forms, row, strict=False)
    )


def _by_columns(source: Source, layout: _Layout) -> Edits | None:
    """All rows at once; None where a row has another width, or blank lines move the numbers."""
    delimiter = delimiter_of(source.head)
    rows = head_rows(source.head, delimiter)
    if layout.first >= len(rows) or any("\n" in cell for cell in chain(*rows[layout.first :])):
        return None
    names = [str(n) for n in range(len(rows[layout.first]))]
    with source.open() as stream:
        encoding, _ = sniff_encoding(stream)
    try:
        with source.open() as stream:
            counted = _Counted(stream)
            if not _skip(counted, rows[: layout.first]):
                return None
            table = arrow_csv.read_csv(
                pa.PythonFile(counted, mode="r"),
                read_options=arrow_csv.ReadOptions(
                    column_names=names, encoding="utf8" if encoding == "utf-8-sig" else encoding
                ),
                parse_options=arrow_csv.ParseOptions(delimiter=delimiter),
                convert_options=arrow_csv.ConvertOptions(
                    column_types={n: pa.dictionary(pa.int32(), pa.string()) for n in names},
                    strings_can_be_null=False,
                ),
            )
    except (pa.ArrowInvalid, UnicodeDecodeError):
        return None
    if table.num_rows != counted.lines or table.num_rows > MOST_ROWS:
        return None
    return Edits.of_table(table, layout.where, layout.first + 1)


def _skip(stream: _Counted, rows: Sequence[list[str]]) -> bool:
    """Read the lines that `rows` stand on; False where it is not plain which they are."""
    lines = sum(1 + sum(cell.count("\n") for cell in row) for row in rows)
    for _ in range(lines):
        if not stream.readline():
            return False
    stream.lines = 0
    return True


class _Counted:
    """A binary stream that counts its lines, the last one also where it does not end."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.lines = 0
        self._is_open = False

    closed = False

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def close(self) -> None:
        """The stream is its owner's."""

    def readline(self) -> bytes:
        return self._stream.readline()

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.lines += data.count(b"\n")
        if data:
            self._is_open = not data.endswith(b"\n")
        elif self._is_open:
            self.lines += 1
            self._is_open = False
        return data


def _by_rows(source: Source, layout: _Layout, tally: Tally) -> Edits:
    """A row at a time, with the number of each; rows that are no edits are counted here."""
    edits = Edits()
    with open_rows(source, tally, delimiter_of(source.head)) as rows:
        for place, row in _below(rows, layout.first):
            if not any(map(str.strip, row[:2])):
                continue
            if any(map(str.strip, row[max(layout.width, 1) :])):
                tally.read += 1
                tally.problem("F305", "cells", place, str(len(row)))
                tally.set_aside("F305", place)
                continue
            edits.add(int(place.removeprefix("row ")), as_written(row, layout.where))
    return edits


def _below(rows: Iterator[tuple[str, list[str]]], first: int) -> Iterator[tuple[str, list[str]]]:
    for number, one in enumerate(rows):
        if number >= first:
            yield one
