"""A hospital CSV held to its template: its head rows are found, then its rows go by in blocks.

A row number is the one a spreadsheet shows: blank rows count, a line break in a cell does not.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain, islice

from ratepress.core.errors import UnreadableInput
from ratepress.readers.hospital.columns import normal_name
from ratepress.readers.hospital.conformance.csv_columns import Layout, read_columns
from ratepress.readers.hospital.conformance.csv_head import check_head, element_of, required_headers
from ratepress.readers.hospital.conformance.csv_rows import RowChecks
from ratepress.readers.hospital.conformance.findings import Findings, Rows
from ratepress.readers.source import Source
from ratepress.readers.text import decode_lines, sniff_encoding

HEADER_BLANK, NO_ROW, NOT_CHECKED, OTHER_SHAPE = "F401", "F409", "F410", "F419"
_GENERAL = {*required_headers((2, 0, 0)), *required_headers((3, 0, 0))}
DELIMITERS = (",", "\t", ";", "|")
_HEAD_ROWS = 20
# Cells held at once; a cell of text takes some 60 bytes.
_BLOCK_CELLS = 1 << 20
_MOST_BLOCK_ROWS = 8192
# Fed to the parser behind the last line: in a quotation that is never closed it ends the last cell.
_END = "\x00end of file\x00"

Row = tuple[int, list[str]]


def check_csv(source: Source, found: Findings) -> None:
    """Hold a CSV to the template; `UnreadableInput` where its container is damaged."""
    with source.open() as stream:
        encoding, _ = sniff_encoding(stream)
    delimiter = delimiter_of(source.head, encoding)
    if delimiter != ",":
        found.add(OTHER_SHAPE, "delimiter", "row 1", value=delimiter, expected="commas")
    with source.open() as stream:
        lines = decode_lines(stream, encoding, name=source.name)
        rows = _Rows(csv.reader(chain(lines, [_END]), delimiter=delimiter), source.name)
        layout = _head(rows, found)
        checks = RowChecks(layout, found) if layout and layout.payers else None
        _body(rows, layout, checks, found)


class _Rows:
    """Rows with their numbers, up to where the CSV is broken; `broken` says why."""

    def __init__(self, parser: Iterator[list[str]], name: str) -> None:
        self._parser = parser
        self._name = name
        self._held: list[Row] = []
        self.number = 0
        self.broken = ""

    def unread(self, rows: list[Row]) -> None:
        """Give rows back that were read too far."""
        self._held = rows + self._held

    def __iter__(self) -> Iterator[Row]:
        return self

    def __next__(self) -> Row:
        if self._held:
            return self._held.pop(0)
        try:
            row = next(self._parser)
            if row and row[-1].endswith(_END):
                self.broken = "" if row == [_END] else "a quotation mark is never closed"
                raise StopIteration
        except csv.Error as error:
            self.broken = str(error)
        except UnreadableInput as error:
            if error.place is None or not error.place.startswith("line "):
                raise
            self.broken = error.message.removeprefix(f"{self._name}: ")
        if self.broken:
            raise StopIteration
        self.number += 1
        return self.number, row


def delimiter_of(head: bytes, encoding: str) -> str:
    """What separates the cells of a file: the first that makes a row of general or item headers.

    >>> delimiter_of(b"hospital_name;version;location_name", "utf-8")
    ';'
    """
    lines = head.decode(encoding, "replace").splitlines(keepends=True)[:_HEAD_ROWS]
    for delimiter in DELIMITERS:
        try:
            rows = list(csv.reader(lines, delimiter=delimiter))
        except csv.Error:
            continue
        if any(is_general(row) or is_item_header(row) for row in rows):
            return delimiter
    return ","


def _is_blank(row: list[str]) -> bool:
    return not any(cell and not cell.isspace() for cell in row)


def is_general(row: list[str]) -> bool:
    """Whether a row is one of general headers: two of their names stand in it.

    >>> is_general(["hospital", "Version", "last_updated_on"]), is_general(["setting", "version"])
    (True, False)
    """
    return len(_GENERAL & {element_of(cell) for cell in row}) > 1


def is_item_header(row: list[str]) -> bool:
    """Whether a row is one of item headers: a description, and a charge.

    >>> is_item_header(["Description", "standard_charge | gross"]), is_item_header(["description"])
    (True, False)
    """
    names = {normal_name(cell) for cell in row}
    has_charge = any(name.startswith("standard_charge|") for name in names)
    return "description" in names and has_charge and not is_general(row)


def _head(rows: _Rows, found: Findings) -> Layout | None:
    """Check the general headers and the item headers; the layout, None where there is none."""
    first = _first_header(rows, found)
    if first is None:
        return None
    number, headers = first
    if is_item_header(headers):
        _no_general(number, headers, found)
        return read_columns(headers, f"row {number}", found)
    values = next(rows, (number + 1, []))
    check_head(headers, values[1], (number, values[0]), found)
    items = next(rows, None)
    if items is not None and _is_blank(items[1]):
        found.add(
            HEADER_BLANK, "item headers", f"row {items[0]}", expected="the item headers in row 3"
        )
        items = next((row for row in rows if not _is_blank(row[1])), None)
        if items is not None and not is_item_header(items[1]):
            rows.unread([items])
            return None
    if items is None:
        return None
    return read_columns(items[1], f"row {items[0]}", found)


def _first_header(rows: _Rows, found: Findings) -> Row | None:
    """The row of general headers: row 1, or the first below it that looks like one.

    Where no row does, row 1 all the same, or the item headers if these stand elsewhere. None
    where there is no header of the template at all.
    """
    head = list(islice(rows, _HEAD_ROWS))
    if not head:
        return None
    at = next((n for n, row in enumerate(head) if is_general(row[1])), None)
    if at is None:
        at = next((n for n, row in enumerate(head) if is_item_header(row[1])), None)
        if at is None and not any(_is_blank(row) for _, row in head[:3]):
            rows.unread(head)
            _no_template(head[0][1], found)
            return None
        at = 0 if at == 2 or at is None else at
    if _is_blank(head[0][1]):
        found.add(HEADER_BLANK, "general headers", "row 1", expected="the general headers in row 1")
    elif at:
        found.add(
            OTHER_SHAPE, "general headers", f"row {head[at][0]}",
            value=next(cell for cell in head[0][1] if cell), expected="general headers in row 1",
        )  # fmt: skip
    rows.unread(head[at + 1 :])
    return head[at]


def _no_template(row: list[str], found: Findings) -> None:
    found.add(
        OTHER_SHAPE, "headers", "row 1", value=next(cell for cell in row if cell),
        expected="the headers of the template, which files from before 2024 do not have",
    )  # fmt: skip


def _no_general(number: int, headers: list[str], found: Findings) -> None:
    found.add(
        OTHER_SHAPE, "general headers", f"row {number}", value=headers[0],
        expected="general headers and their values above the item headers",
    )  # fmt: skip
    check_head([], [], (number, number), found)


def _body(rows: _Rows, layout: Layout | None, checks: RowChecks | None, found: Findings) -> None:
    width = len(layout.headers) if layout else 1
    size = max(1, min(_MOST_BLOCK_ROWS, _BLOCK_CELLS // max(1, width)))
    n, first = 0, 0
    filled = (row for row in rows if not _is_blank(row[1]))
    while block := list(islice(filled, size)):
        first = first or block[0][0]
        n += len(block)
        if checks is not None:
            numbers = [number for number, _ in block]
            columns = list(zip(*(_fitted(cells, width) for _, cells in block), strict=True))
            checks.check(Rows(numbers, columns))
    if rows.broken:
        found.add(
            NOT_CHECKED, "rows", f"row {rows.number + 1}",
            value=rows.broken, expected="a CSV whose quoted cells end",
        )  # fmt: skip
    elif not n:
        found.add(NO_ROW, "rows", f"row {rows.number + 1}", expected="at least one data row")
    elif checks is None:
        found.add(
            NOT_CHECKED, "rows", f"row {first}",
            expected="item headers that say what stands in each column",
        )  # fmt: skip


def _fitted(cells: list[str], width: int) -> list[str]:
    if len(cells) == width:
        return cells
    return (cells + [""] * (width - len(cells)))[:width]
