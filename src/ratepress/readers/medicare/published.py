"""One reader for every family of Medicare's tables: header names or positions in, rows out.

What a row is: docs/reference/rows-medicare.md. What is read: families.csv and layouts.csv.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

from ratepress.core.errors import UnreadableInput
from ratepress.lake.tables import TABLES
from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Header, Tally
from ratepress.readers.medicare.cells import Malformed, read_cell
from ratepress.readers.medicare.families import Family
from ratepress.readers.medicare.integrity import FileCheck
from ratepress.readers.medicare.periods import Period, fiscal_period, period_of
from ratepress.readers.medicare.sheet import (
    PREAMBLE_LINES,
    delimiter_of,
    head_rows,
    open_lines,
    open_rows,
)
from ratepress.readers.source import Source

LONGEST_CELL = 1 << 24
"""Characters: all the reasoning of a coverage determination stands in one cell."""
_Rows = Iterator[tuple[str, list[str]]]


class MedicareTable:
    r"""Reader of one family, into the family's table.

    >>> from ratepress.readers.medicare.families import families
    >>> MedicareTable(families()["clfs"]).recognise(b"hcpcs,rate\n80047,13.73\n")
    True
    """

    version = "1"
    row_is = "one row below the header that is neither blank nor a footnote"

    def __init__(self, family: Family) -> None:
        self._family = family
        self.kind = f"medicare-{family.name}"

    def recognise(self, head: bytes) -> bool:
        """Whether the head has the family's title and header, or a line of its form."""
        if self._family.line is not None:
            return self._is_text(head)
        return self._header_in(head_rows(head, delimiter_of(head))) is not None

    def _is_text(self, head: bytes) -> bool:
        line = self._family.line
        text = head.decode("utf-8-sig", "replace")
        lines = text.splitlines()[:PREAMBLE_LINES]
        has_title = self._family.title in text.upper()
        return has_title and line is not None and any(line.fullmatch(one) for one in lines)

    def _header_in(self, rows: Sequence[list[str]]) -> tuple[int, dict[str, int]] | None:
        for number, row in enumerate(rows[:PREAMBLE_LINES]):
            where = self._family.locate(row)
            if where is not None:
                # The title's own words: AA is not A.
                above = " ".join(" ".join(row) for row in rows[:number]).upper()
                titled = f"{self._family.title} " in above.replace(".", " ").replace("-", " ")
                return (number, where) if titled or not self._family.title else None
        return None

    def read(self, source: Source, out: LakeWriter, tally: Tally) -> Header:
        """Load every row; rules F302 to F313, F330, F331 and F360 say what is counted."""
        with self._open(source, tally) as (preamble, where, rows):
            first = next(rows, None)
            found = [] if first is None else [first]
            period = period_of(self._family, source, preamble, where, found, tally)
            loader = _Loader(self._family, where, period, tally)
            check = FileCheck(self._family.table, tally)
            for place, row in chain(found, rows):
                loaded = loader.load(row, place)
                if loaded is not None:
                    check.see(loaded)
                    out.add(self._family.table, **loaded)
            check.finish()
        return Header(
            publisher="Centers for Medicare & Medicaid Services",
            detected_version=self._family.name,
            release=period.release,
            effective_from=period.first,
            effective_until=period.last,
        )

    @contextmanager
    def _open(
        self, source: Source, tally: Tally
    ) -> Iterator[tuple[list[list[str]], dict[str, int], _Rows]]:
        if self._family.line is not None:
            with open_lines(source, tally) as lines:
                yield self._cut(lines)
            return
        delimiter = delimiter_of(source.head)
        with open_rows(source, tally, delimiter, longest=LONGEST_CELL) as rows:
            above: list[list[str]] = []
            for _, row in rows:
                above.append(row)
                found = self._header_in(above)
                if found is not None:
                    yield above, found[1], rows
                    return
                if len(above) > PREAMBLE_LINES:
                    break
            raise UnreadableInput(
                f"{source.name}: no header line of {self._family.name}",
                place="the first rows",
                todo="add the file as CMS publishes it",
            )

    def _cut(
        self, lines: Iterator[tuple[str, str]]
    ) -> tuple[list[list[str]], dict[str, int], _Rows]:
        """The lines above the first of the family's form, and the rows cut from those below."""
        line_form = self._family.line
        above: list[list[str]] = []
        first: list[tuple[str, str]] = []
        for place, line in lines:
            if line_form is not None and line_form.fullmatch(line):
                first.append((place, line))
                break
            above.append([line])

        def rows() -> _Rows:
            for place, line in chain(first, lines):
                if line_form is not None and line_form.fullmatch(line):
                    yield place, [line[field.span] for field in self._family.fields]
                elif line[:1].isdigit():
                    yield place, [line]

        return above, {f.column: n for n, f in enumerate(self._family.fields)}, rows()


class _Loader:
    """The rows of one file: what each becomes, or why it is set aside."""

    def __init__(self, family: Family, where: dict[str, int], period: Period, tally: Tally) -> None:
        self._family = family
        self._where = where
        self._tally = tally
        self._width = max(where.values()) + 1
        self._seen: set[tuple[Any, ...]] = set()
        self._above: dict[str, str] = {}
        self._line = 0
        shared = {**_columns_of(period), **family.fixed}
        columns = TABLES[family.table].arrow.names
        self._shared = {name: value for name, value in shared.items() if name in columns}
        self._own_period = next((f.column for f in family.fields if f.kind == "release-fiscal"), "")

    def load(self, row: list[str], place: str) -> dict[str, Any] | None:
        """The row for the table; None for a blank or footnote line and for one set aside."""
        if self._is_no_row(row):
            return None
        self._tally.read += 1
        if self._family.line is not None and len(row) == 1:
            self._set_aside("F305", "line", place, row[0])
            return None
        # Publishers leave out empty cells at a row's end.
        cells = [*row, *[""] * (self._width - len(row))]
        values: dict[str, Any] = {}
        for field in self._family.fields:
            if field.column not in self._where and field.kind != "line":
                values[field.column] = None
                continue
            try:
                values[field.column] = self._value(field.kind, field.column, cells, place)
            except Malformed as fault:
                text = cells[self._where[field.column]]
                self._set_aside(fault.rule_id, field.column, place, text)
                return None
        key = tuple(values[column] for column in self._family.key)
        if key in self._seen:
            self._set_aside("F303", ", ".join(self._family.key), place, str(key))
            return None
        self._seen.add(key)
        self._tally.loaded += 1
        own = _columns_of(fiscal_period(values[self._own_period])) if self._own_period else {}
        values = {c: v for c, v in values.items() if not _is_about_release(self._family, c)}
        return {**self._shared, **own, **values, "place": place}

    def _is_no_row(self, row: list[str]) -> bool:
        """Blank lines, and footnotes, which fill the first cell only."""
        # A text line of another form is one cell, and counted.
        has_cells = len(row) > 1 or self._family.line is None
        return (has_cells and not any(cell.strip() for cell in row[1:])) or not any(row)

    def _value(self, kind: str, column: str, cells: list[str], place: str) -> Any:
        if kind == "line":
            self._line += 1
            return self._line
        text = cells[self._where[column]]
        value = read_cell(kind, text, self._tally, column, place)
        if kind != "above":
            return value
        if value:
            self._above[column] = value
        return self._above.get(column) or value

    def _set_aside(self, rule_id: str, subject: str, place: str, sample: str) -> None:
        self._tally.problem(rule_id, subject, place, sample)
        self._tally.set_aside(rule_id, place)


def _columns_of(period: Period) -> dict[str, Any]:
    return {
        "release": period.release,
        "effective_from": period.first,
        "effective_until": period.last,
    }


def _is_about_release(family: Family, column: str) -> bool:
    kinds = {field.column: field.kind for field in family.fields}
    return kinds[column].startswith("release-")
