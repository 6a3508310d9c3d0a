"""Rows in, Parquet files out: the staging side of a commit.

A writer has a folder of its own under `staging/`, with a lock that dies with its process; what
a killed one leaves behind is swept by the next commit.
"""

from __future__ import annotations

import os
import shutil
import uuid
import weakref
from collections.abc import Iterable, Mapping
from hashlib import file_digest
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ratepress.lake.locks import exclusive, hold
from ratepress.lake.manifest import DataFile
from ratepress.lake.schema import TEXT
from ratepress.lake.tables import TABLES

BATCH_ROWS = 65_536
_LARGEST_DICTIONARY = 16 << 20
ENCODED = pa.dictionary(pa.int32(), pa.string())
_WRITE_AT_ONCE = 1 << 17
_WITH_STATISTICS = ("content_id", "code_system", "code", "rate_id", "group_id")
_SORT_LIMIT_ROWS = 5_000_000
# Encoded tables come in the order of their file, where the rows of one code stand together.
_SORT_LIMIT_ENCODED_ROWS = 200_000


def _remove(folder: Path, process: int) -> None:
    if os.getpid() == process:  # A fork has the writer too, and not the folder.
        shutil.rmtree(folder, ignore_errors=True)


class LakeWriter:
    """Collects the rows of one content, table by table, in a staging folder.

    `add` takes one row as keyword arguments without `content_id`; `batch` takes Arrow record
    batches of the whole schema, for readers that build columns themselves. Use as a context
    manager: on leaving, whatever was not handed to a commit is deleted.
    """

    def __init__(self, lake_root: Path, content_id: str) -> None:
        self.content_id = content_id
        self.folder = lake_root / "staging" / uuid.uuid4().hex
        # An interrupt may come before `__enter__` is done: then the end of the process cleans up.
        self._sweep = weakref.finalize(self, _remove, self.folder, os.getpid())
        # Under the lake's lock, so that a commit never sweeps a folder that is just being made.
        with exclusive(lake_root / "lock"):
            self.folder.mkdir(parents=True)
            self._lock = hold(self.folder / "lock")
        self._pending: dict[str, list[dict[str, Any]]] = {}
        self._encoded: set[str] = set()
        self._sorted: set[str] = set()
        self._open: dict[str, pq.ParquetWriter] = {}
        self.rows: dict[str, int] = {}

    def __enter__(self) -> LakeWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            for writer in self._open.values():
                writer.close()
        finally:  # Closing writes a footer, which a full disk refuses.
            self._open.clear()
            self._sweep()
            if self._lock is not None:
                self._lock.close()

    def add(self, table: str, /, **row: Any) -> None:
        """One row; columns left out are null."""
        pending = self._pending.setdefault(table, [])
        row["content_id"] = self.content_id
        pending.append(row)
        if len(pending) >= BATCH_ROWS:
            self._flush(table)

    def add_many(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Rows, each a mapping of columns."""
        for row in rows:
            self.add(table, **row)

    def batch(self, table: str, batch: pa.RecordBatch, *, is_sorted: bool = False) -> None:
        """A record batch in the table's own schema, `content_id` included.

        Where the reader sorts what it can hold (`is_sorted`), the table is not sorted again.
        """
        if is_sorted:
            self._sorted.add(table)
        self._flush(table)
        self._put(table, batch)

    def encoded(
        self, table: str, schema: pa.Schema, batch: pa.RecordBatch, *, is_sorted: bool = False
    ) -> None:
        """A large record batch whose texts are dictionary-encoded; it becomes a row group.

        `schema` is that of all batches of the table: `encoded_schema`. A thread of its own may
        call this, one for each table.
        """
        if is_sorted:
            self._sorted.add(table)
        if table not in self._open:
            self._encoded.add(table)
            self._open[table] = _open_encoded(self.folder / f"{table}.parquet", schema)
        self._put(table, batch)

    def discard(self) -> None:
        """Forget all rows, for a reader that begins again."""
        self._pending.clear()
        for writer in self._open.values():
            writer.close()
        for table in self._open:
            (self.folder / f"{table}.parquet").unlink()
        self._open.clear()
        self._encoded.clear()
        self._sorted.clear()
        self.rows.clear()

    def _flush(self, table: str) -> None:
        pending = self._pending.pop(table, None)
        if not pending:
            return
        names = {name for row in pending for name in row}
        unknown = names - set(TABLES[table].arrow.names)
        if unknown:
            raise KeyError(f"table {table} has no column {', '.join(sorted(unknown))}")
        batch = pa.RecordBatch.from_pylist(pending, schema=TABLES[table].arrow)
        for field in TABLES[table].arrow:
            if not field.nullable and batch.column(field.name).null_count:
                raise ValueError(f"table {table}: null in {field.name}, which is declared not null")
        self._put(table, batch)

    def _put(self, table: str, batch: pa.RecordBatch) -> None:
        if table not in self._open:
            self._open[table] = open_parquet(self.folder / f"{table}.parquet", table)
        writer = self._open[table]
        writer.write_batch(as_schema(batch, writer.schema), row_group_size=max(batch.num_rows, 1))
        self.rows[table] = self.rows.get(table, 0) + batch.num_rows

    def finish(self) -> list[DataFile]:
        """Close, sort and hash every file; paths are below the staging folder."""
        for table in list(self._pending):
            self._flush(table)
        for writer in self._open.values():
            writer.close()
        tables = list(self._open)
        self._open.clear()
        found = []
        for table in tables:
            path = self.folder / f"{table}.parquet"
            limit = _SORT_LIMIT_ENCODED_ROWS if table in self._encoded else _SORT_LIMIT_ROWS
            if TABLES[table].sort and table not in self._sorted and self.rows[table] <= limit:
                _sort(path, table)
            found.append(describe(path, table, self.content_id, path.name))
        return found


def open_parquet(path: Path, table: str) -> pq.ParquetWriter:
    """A Parquet writer with the options every file of the lake has."""
    return pq.ParquetWriter(
        path,
        TABLES[table].arrow,
        compression="zstd",
        store_decimal_as_integer=True,
        write_page_index=True,
    )


def encoded_schema(table: str, *plain: str) -> pa.Schema:
    """The schema of a table with its texts dictionary-encoded, but for those named.

    >>> encoded_schema("provider_sets", "group_id").field("provider_set_id").type
    DictionaryType(dictionary<values=string, indices=int32, ordered=0>)
    """
    return pa.schema(
        field.with_type(ENCODED) if field.type == TEXT and field.name not in plain else field
        for field in TABLES[table].arrow
    )


def as_schema(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The same rows, with texts encoded where the schema has them so, and plain elsewhere."""
    if batch.schema.types == schema.types:
        return batch
    columns = [
        column
        if column.type == field.type
        else column.dictionary_encode()
        if pa.types.is_dictionary(field.type)
        else column.dictionary_decode()
        for column, field in zip(batch.columns, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _open_encoded(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    encoded = [f.name for f in schema if pa.types.is_dictionary(f.type)]
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        store_decimal_as_integer=True,
        write_page_index=True,
        # The file's own types are those of the table: the encoding is no type to a reader.
        store_schema=False,
        use_dictionary=encoded,
        # Statistics of all columns take as long as the columns: these are what row groups are
        # chosen by.
        write_statistics=[name for name in _WITH_STATISTICS if name in schema.names],
        write_batch_size=_WRITE_AT_ONCE,
        max_rows_per_page=_WRITE_AT_ONCE,
        column_encoding={
            f.name: "DELTA_BINARY_PACKED" for f in schema if pa.types.is_int64(f.type)
        },
        dictionary_pagesize_limit=_LARGEST_DICTIONARY,
    )


def describe(path: Path, table: str, content_id: str, name: str) -> DataFile:
    """The manifest's record of a closed Parquet file."""
    with path.open("rb") as handle:
        digest = file_digest(handle, "sha256").hexdigest()
    rows = pq.read_metadata(path).num_rows
    return DataFile(name, table, content_id, rows, path.stat().st_size, digest)


def _sort(path: Path, table: str) -> None:
    # One code is then found in few row groups (docs/architecture.md, idea 1). Larger files
    # are sorted by `optimize`, which spills.
    order = [(name, "ascending") for name in TABLES[table].sort]
    data = pq.read_table(path).sort_by(order)
    with open_parquet(path, table) as writer:
        writer.write_table(data, row_group_size=BATCH_ROWS)
