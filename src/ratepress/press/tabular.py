"""Arrow tables as CSV, JSON, Parquet and Excel, batch by batch: the same rows, the same bytes.

CSV and Excel open in spreadsheets, so text that one could take for a formula is led by an
apostrophe; JSON and Parquet are for programs, and hold it as it is.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import IO, Final

import msgspec
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from ratepress.core.shapes import to_json
from ratepress.press.text import spreadsheet
from ratepress.press.workbook import Cell, Column, Sheet

FORMS: Final = ("csv", "json", "parquet", "xlsx")
_BETWEEN: Final = "|"
_WIDE, _NARROW = 24, 14
_DIGITS_OF_EXCEL: Final = 15


def write_csv(schema: pa.Schema, batches: Iterable[pa.RecordBatch], out: IO[bytes]) -> int:
    r"""Rows as CSV with a header; the number of rows. Lists are joined by `|`, nulls are empty.

    >>> import io
    >>> made = pa.table({"payer": ["=1+1"], "median": [Decimal("-1.50")]})
    >>> out = io.BytesIO()
    >>> write_csv(made.schema, made.to_batches(), out), out.getvalue().decode()
    (1, '"payer","median"\n"\'=1+1",-1.50\n')
    """
    flat = pa.schema([pa.field(f.name, _flat_type(f.type)) for f in schema])
    rows = 0
    with pyarrow.csv.CSVWriter(out, flat) as writer:
        for batch in batches:
            columns = [_flat(column) for column in batch.columns]
            writer.write_batch(pa.record_batch(columns, schema=flat))
            rows += batch.num_rows
    return rows


def csv_of(table: pa.Table) -> bytes:
    r"""A table that fits in memory as CSV.

    >>> csv_of(pa.table({"code": ["00123"]}))
    b'"code"\n"00123"\n'
    """
    out = io.BytesIO()
    write_csv(table.schema, table.to_batches(), out)
    return out.getvalue()


def write_json(_: pa.Schema, batches: Iterable[pa.RecordBatch], out: IO[bytes]) -> int:
    r"""Rows as one JSON array of objects, a row a line; money is text, as everywhere.

    >>> import io
    >>> made, out = pa.table({"code": ["00123"]}), io.BytesIO()
    >>> write_json(made.schema, made.to_batches(), out), out.getvalue()
    (1, b'[\n{"code":"00123"}\n]\n')
    """
    out.write(b"[")
    rows = 0
    for batch in batches:
        for row in batch.to_pylist():
            out.write(b",\n" if rows else b"\n")
            out.write(to_json(row, pretty=False))
            rows += 1
    out.write(b"\n]\n")
    return rows


def write_parquet(schema: pa.Schema, batches: Iterable[pa.RecordBatch], out: IO[bytes]) -> int:
    """Rows as Parquet, with the types and the metadata of `schema`.

    >>> import io
    >>> made, out = pa.table({"code": ["00123"]}), io.BytesIO()
    >>> write_parquet(made.schema, made.to_batches(), out), out.getvalue()[:4]
    (1, b'PAR1')
    """
    rows = 0
    with pyarrow.parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch.cast(schema))
            rows += batch.num_rows
    return rows


def sheet(name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Sheet:
    """Rows as a worksheet: text stays text, numbers are numbers.

    A number with more digits than Excel keeps (15) is written as text, so that none is lost.
    """
    columns = tuple(Column(f.name, _kind(f.type), _width(f.type)) for f in schema)
    rows = [list(map(_cell, row.values())) for batch in batches for row in batch.to_pylist()]
    return Sheet(name, columns, rows)


def _flat_type(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_nested(kind) or pa.types.is_string(kind) else kind


def _flat(column: pa.Array) -> pa.Array:
    """A column as CSV has it; each different text is looked at once."""
    if pa.types.is_nested(column.type):
        joined = [None if v is None else _BETWEEN.join(map(_text, v)) for v in column.to_pylist()]
        return pa.array([None if v is None else spreadsheet(v) for v in joined], pa.string())
    if not pa.types.is_string(column.type):
        return column
    coded = column.dictionary_encode()
    safe = [spreadsheet(text) for text in coded.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(coded.indices, pa.array(safe, pa.string())).cast(
        pa.string()
    )


def _text(value: object) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_decimal(kind):
        return "number"
    if pa.types.is_integer(kind):
        return "count"
    return "date" if pa.types.is_date(kind) else "text"


def _width(kind: pa.DataType) -> int:
    return _WIDE if pa.types.is_string(kind) else _NARROW


def _cell(value: object) -> Cell:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return spreadsheet(value)
    if isinstance(value, (int, Decimal)):
        digits = len(Decimal(value).normalize().as_tuple().digits)
        return value if digits <= _DIGITS_OF_EXCEL else _text(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, list):
        return spreadsheet(_BETWEEN.join(map(_text, value)))
    return value  # type: ignore[return-value] # a date or nothing


def described(schema: pa.Schema, facts: dict[str, object]) -> pa.Schema:
    """The schema with `facts` in its metadata, under `ratepress`, as JSON.

    >>> described(pa.schema([]), {"grain": "one file"}).metadata
    {b'ratepress': b'{"grain":"one file"}'}
    """
    return schema.with_metadata({"ratepress": msgspec.json.encode(facts)})
