"""Excel workbooks (ECMA-376, .xlsx): each worksheet as the CSV that it would be saved as.

Readers know nothing of it: a worksheet is a source, and its bytes are CSV in UTF-8. Values are
taken as stored, formulas as last computed. Reading wants the extra `xlsx` (openpyxl).
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import IO, TYPE_CHECKING, Any

from ratepress.core.errors import UnreadableInput, UsageError
from ratepress.core.extras import missing

if TYPE_CHECKING:
    from openpyxl import Workbook

LARGEST_WORKBOOK = 1 << 30
"""Unpacked bytes of all parts of a workbook: 500,000 edits of NCCI unpack to 0.2 GB."""
MOST_ROWS, MOST_CELLS = 1_048_576, 200_000_000
"""Of one worksheet: what Excel holds, and what is read in minutes. A few bytes of a hostile file
may stand for more."""
_NEW_LINES = str.maketrans({"\r": " "})


def worksheets(name: str, file: IO[bytes]) -> tuple[str, ...]:
    """The names of the worksheets that hold anything, in their order.

    `UnreadableInput` for a workbook that is damaged, too large or empty.
    """
    with _open(name, file) as book:
        found = tuple(sheet.title for sheet in book.worksheets if _holds_anything(name, sheet))
    if not found:
        raise UnreadableInput(f"{name}: the workbook is empty", todo="download it again")
    return found


def write_csv(name: str, file: IO[bytes], sheet: str, out: IO[bytes]) -> None:
    """One worksheet as CSV; row 7 of the sheet is row 7 of the CSV, empty or not.

    `UnreadableInput` where the workbook is damaged or too large.
    """
    with _open(name, file) as book:
        text = io.TextIOWrapper(out, "utf-8", newline="")
        writer = csv.writer(text, lineterminator="\n")
        for row in _rows(name, book[sheet]):
            while row and row[-1] is None:
                row.pop()
            if row:
                writer.writerow([as_text(cell) for cell in row])
            else:
                text.write("\n")
        text.detach()


def as_text(cell: object) -> str:
    """A stored value as a worksheet saved as CSV has it; dates as year-month-day.

    >>> as_text(32557.0), as_text(0.35499999999999998), as_text(datetime(2026, 7, 1)), as_text(None)
    ('32557', '0.355', '2026-07-01', '')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() and abs(cell) < 1e15 else _decimals(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).translate(_NEW_LINES)


def _decimals(value: float) -> str:
    """The shortest decimals that are `value`, without an exponent."""
    text = repr(value)
    if "e" not in text:
        return text
    from decimal import Decimal

    return f"{Decimal(text):f}"


def _rows(name: str, sheet: Any) -> Iterator[list[object]]:
    cells = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells += len(row)
        if number > MOST_ROWS or cells > MOST_CELLS:
            raise UnreadableInput(
                f"{name}: the worksheet is larger than any that is published",
                place=f"row {number:,}",
                expected=f"at most {MOST_ROWS:,} rows and {MOST_CELLS:,} cells",
                todo="check where it came from",
            )
        yield list(row)


def _holds_anything(name: str, sheet: Any) -> bool:
    return any(cell not in (None, "") for row in _rows(name, sheet) for cell in row)


@contextmanager
def _open(name: str, file: IO[bytes]) -> Iterator[Workbook]:
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise missing(f"{name} is an Excel workbook, which", "xlsx") from error
    try:
        with zipfile.ZipFile(file) as parts:
            size = sum(part.file_size for part in parts.infolist())
        if size > LARGEST_WORKBOOK:
            raise UnreadableInput(
                f"{name}: the workbook unpacks to {size:,} bytes",
                expected=f"at most {LARGEST_WORKBOOK:,}",
                todo="look for the text file that was published beside it",
            )
        file.seek(0)
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        try:
            for sheet in book.worksheets:
                # The stated extent may be wrong, and rows would be cut or padded to it.
                sheet.reset_dimensions()
            yield book
        finally:
            book.close()
    except (UnreadableInput, UsageError):
        raise
    except Exception as error:  # openpyxl raises whatever a broken part makes it run into.
        raise UnreadableInput(
            f"{name}: the workbook is damaged: {type(error).__name__}: {error}",
            todo="download it again, or look for the text file that was published beside it",
        ) from error
