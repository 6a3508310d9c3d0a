"""Excel workbooks that open well: text stays text, numbers are numbers, heads stand still.

The same tables give the same bytes. Writing wants the extra `xlsx` (XlsxWriter).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.util import find_spec
from typing import Any

import msgspec

from ratepress.core.errors import UsageError
from ratepress.press.text import visible

Cell = str | int | Decimal | date | None
FORMATS = {
    "text": "@",
    "date": "yyyy-mm-dd",
    "count": "#,##0",
    "dollars": "#,##0.00",
    "percent": "0.0",
    "number": "General",
}
"""The kinds of column, and how Excel shows their numbers; percents are written as 148.2."""
_ROWS_OF_EXCEL = 1_048_576
_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


class Column(msgspec.Struct, frozen=True):
    """One column: its head, its kind (`FORMATS`) and its width in characters."""

    head: str
    kind: str = "text"
    width: int = 12


class Sheet(msgspec.Struct, frozen=True):
    """One worksheet; a cell that is None stays empty."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]


def is_installed() -> bool:
    """Whether workbooks can be written: the extra `xlsx` is there."""
    return find_spec("xlsxwriter") is not None


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """The bytes of a workbook. No text of it is ever taken for a formula or a link.

    `UsageError` where a sheet has more rows than Excel holds or the extra is not installed.

    >>> workbook([Sheet("Rates", (Column("code"),), [["=1+1"]])])[:2]
    b'PK'
    """
    try:
        import xlsxwriter
    except ImportError as error:
        raise UsageError(
            "Writing an Excel workbook needs an extra",
            todo='install it: pip install "ratepress[xlsx]"',
        ) from error
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": _CREATED})
        formats = {
            kind: book.add_format({"num_format": shown, "valign": "top"})
            for kind, shown in FORMATS.items()
        }
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        for sheet in sheets:
            if len(sheet.rows) >= _ROWS_OF_EXCEL:
                raise UsageError(
                    f"The sheet {sheet.name} has {len(sheet.rows):,} rows, more than Excel holds",
                    todo="write CSV instead",
                )
            _write(book.add_worksheet(sheet.name), sheet, formats, head)
    return out.getvalue()


def _write(made: Any, sheet: Sheet, formats: dict[str, Any], head: Any) -> None:
    made.freeze_panes(1, 0)
    for n, column in enumerate(sheet.columns):
        made.set_column(n, n, column.width)
        made.write_string(0, n, column.head, head)
    for at, row in enumerate(sheet.rows, start=1):
        for n, (column, cell) in enumerate(zip(sheet.columns, row, strict=True)):
            shown = formats[column.kind]
            if cell is None:
                continue
            if isinstance(cell, str):
                made.write_string(at, n, visible(cell), formats["text"])
            elif isinstance(cell, date):
                made.write_datetime(at, n, cell, shown)
            else:
                made.write_number(at, n, cell, shown)
    if sheet.rows:
        made.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
