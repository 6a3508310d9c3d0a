"""Where the headers of a hospital CSV stand, and what separates its cells.

Right is: general headers, their values, item headers, then data, with commas. Met are also
tabs, semicolons and pipes; title rows above the headers; general data as pairs of name and value,
one a row; both headers in one row, where the first data row holds the values; and no general
headers at all. Rules F236 to F238.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import chain, islice
from typing import NamedTuple

from ratepress.core.errors import UnreadableInput
from ratepress.readers.base import Tally
from ratepress.readers.hospital.columns import (
    is_general_header,
    is_item_header,
    is_legacy_header,
    normal_name,
)
from ratepress.readers.hospital.general import general_names, is_general_name

TITLE_ROW, ONE_HEADER_ROW, OTHER_DELIMITER = "F236", "F237", "F238"
SEARCHED_ROWS = 30
_DELIMITERS = (",", "\t", ";", "|")

Row = tuple[int, list[str]]


class Opening(NamedTuple):
    """The headers of a file.

    `first` is a data row that was read to find them, if any; `general_at` are the positions of
    general values in data rows, where both kinds of header share a row.
    """

    general: list[str]
    values: list[str]
    place: str
    items: list[str]
    item_row: int
    first: Row | None = None
    general_at: frozenset[int] = frozenset()

    @property
    def said(self) -> dict[int, str]:
        """The general values that each data row repeats, by position."""
        return {at: self.values[at].strip() for at in self.general_at if at < len(self.values)}


def delimiter_of(head: str) -> str | None:
    """What separates the cells of a hospital CSV that begins so; None where it is none.

    >>> delimiter_of("hospital_name;version"), delimiter_of("HCPCS,MOD") is None
    (';', True)
    """
    best, most = None, 0
    for delimiter in _DELIMITERS:
        for row in _rows_of(head, delimiter):
            if len(row) > max(most, 1) and is_header(row):
                best, most = delimiter, len(row)
                break
    return best


def item_header_in(head: str) -> list[str] | None:
    """The item headers of a file that begins so, where its beginning holds them."""
    rows = _rows_of(head, delimiter_of(head) or ",")
    return next((row for row in rows if is_item_header(row) or is_legacy_header(row)), None)


def is_header(row: list[str]) -> bool:
    """Whether a row is a header row of a hospital CSV, of any kind."""
    return is_general_header(row) or is_item_header(row) or is_legacy_header(row)


def _rows_of(head: str, delimiter: str) -> Iterator[list[str]]:
    rows = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    try:
        for row in islice(filter(any, rows), SEARCHED_ROWS):
            yield joined(row, delimiter)
    except csv.Error:
        return


def joined(row: list[str], delimiter: str) -> list[str]:
    """A header row whose names hold pipes, put together again where pipes separate its cells.

    >>> joined(["description", "code", "1", "code", "1", "type"], "|")
    ['description', 'code|1', 'code|1|type']
    """
    if delimiter != "|":
        return row
    found: list[str] = []
    for cell in row:
        name = cell.strip().lower()
        before = found[-1].lower() if found else ""
        starts = before in ("code", "standard_charge", "license_number")
        if starts or (name == "type" and before.startswith("code|") and before[-1].isdigit()):
            found[-1] += f"|{cell.strip()}"
        else:
            found.append(cell)
    return found


def open_rows(name: str, rows: Iterator[Row], delimiter: str, tally: Tally) -> Opening:
    """Read header rows off the top of `rows`, which are those that are not blank.

    Raises `UnreadableInput` where the file ends before it has item headers.
    """
    if delimiter != ",":
        tally.problem(OTHER_DELIMITER, "delimiter", "row 1", repr(delimiter))
    pairs: dict[str, str] = {}
    for number, raw in islice(rows, SEARCHED_ROWS):
        row = joined(raw, delimiter)
        is_general, is_item = is_general_header(row), is_item_header(row)
        if is_general and is_item:
            return _glued(name, row, number, rows, tally)
        if is_general and not _is_pair(row):
            return _below(name, row, number, rows, delimiter, tally)
        if is_item or is_legacy_header(row):
            place = f"row {number}"
            return Opening(list(pairs), list(pairs.values()), place, row, number)
        if _is_pair(row):
            cells = [cell.strip() for cell in row if cell.strip()]
            pairs.setdefault(cells[0], cells[1] if len(cells) > 1 else "")
        else:
            sample = " ".join(cell.strip() for cell in row if cell.strip())
            tally.problem(TITLE_ROW, "row", f"row {number}", sample)
    raise _ends_early(name, "the headers")


def _is_pair(row: list[str]) -> bool:
    """Whether a row is one general header and its value."""
    cells = [cell for cell in row if cell.strip()]
    named = [normal_name(cell) in general_names() for cell in cells]
    return bool(cells) and len(cells) <= 2 and named[0] and not any(named[1:])


def _glued(name: str, row: list[str], number: int, rows: Iterator[Row], tally: Tally) -> Opening:
    tally.problem(ONE_HEADER_ROW, "row", f"row {number}", ", ".join(row[:5]))
    first = next(rows, None)
    if first is None:
        raise _no_data(name, number)
    at = frozenset(position for position, cell in enumerate(row) if is_general_name(cell))
    general = [cell if position in at else "" for position, cell in enumerate(row)]
    values = [cell if position in at else "" for position, cell in enumerate(first[1])]
    return Opening(general, values, f"row {first[0]}", row, number, first, at)


def _below(
    name: str, general: list[str], number: int, rows: Iterator[Row], delimiter: str, tally: Tally
) -> Opening:
    """The values and item headers below a row of general headers."""
    values = next(rows, None)
    if values is None:
        raise _ends_early(name, "the values of the general headers")
    if _is_items(values[1], delimiter):
        items = joined(values[1], delimiter)
        return Opening(general, [], f"row {number}", items, values[0])
    place = f"row {values[0]}"
    ahead = list(islice(rows, 1))
    if not ahead:
        raise _ends_early(name, "item headers")
    while not _is_items(ahead[-1][1], delimiter) and len(ahead) < SEARCHED_ROWS:
        following = next(rows, None)
        if following is None:
            break
        ahead.append(following)
    at = next((i for i, (_, row) in enumerate(ahead) if _is_items(row, delimiter)), 0)
    for title_number, row in ahead[:at]:
        sample = " ".join(cell.strip() for cell in row if cell.strip())
        tally.problem(TITLE_ROW, "row", f"row {title_number}", sample)
    item_number, items = ahead[at]
    return Opening(general, values[1], place, joined(items, delimiter), item_number)


def _is_items(raw: list[str], delimiter: str) -> bool:
    row = joined(raw, delimiter)
    return is_item_header(row) or is_legacy_header(row)


def _ends_early(name: str, what: str) -> UnreadableInput:
    return UnreadableInput(
        f"{name}: the file ends before {what}",
        expected="three header rows and then data",
        todo="download it again: it may have been cut off",
    )


def _no_data(name: str, number: int) -> UnreadableInput:
    return UnreadableInput(
        f"{name}: there is no data row below the headers",
        place=f"row {number}",
        todo="download it again: it may have been cut off",
    )


def all_rows(opening: Opening, rows: Iterator[Row]) -> Iterator[Row]:
    """The data rows, the one included that was read to find the headers."""
    return chain([opening.first], rows) if opening.first else rows
