"""The next window cut and the last one written while one is worked on, in a thread each.

Arrow cuts and writes without Python's lock, so two cores are of use.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ratepress.lake.tables import TABLES
from ratepress.lake.writer import ENCODED, LakeWriter, encoded_schema
from ratepress.readers.hospital.fast.texts import encoded

SCHEMAS = {
    table: encoded_schema(table, "place")
    for table in ("items", "item_codes", "charges", "rates", "allowed")
}
"""The tables as they are written: the same values, texts dictionary-encoded but for places."""

_MOST_PENDING = 12
_MOST_KEYS = 1 << 62
_RUN_ROWS = 500_000
_ROW_GROUP = 1 << 17

Item = TypeVar("Item")


def ahead(items: Iterator[Item], pool: Executor) -> Iterator[Item]:
    """The same items, the next one made while the last is used."""
    coming = pool.submit(next, items, None)
    while (item := coming.result()) is not None:
        coming = pool.submit(next, items, None)
        yield item


class Behind:
    """A writer whose batches are sorted and written by another thread, in their order."""

    def __init__(self, out: LakeWriter, pool: Executor) -> None:
        self._out, self._pool = out, pool
        self._pending: deque[Future[None]] = deque()
        self._held: dict[str, list[pa.RecordBatch]] = {}
        self.content_id = out.content_id

    def add(self, table: str, /, **row: Any) -> None:
        """One row of a table that gets no columns, at once."""
        self._out.add(table, **row)

    def rows(self, table: str, /, n: int, **columns: pa.Array) -> None:
        """Rows as columns, held until there is enough for a sorted run; those left out are null."""
        if n:
            held = self._held.setdefault(table, [])
            held.append(_batch(table, n, columns, self.content_id))
            if sum(part.num_rows for part in held) >= _RUN_ROWS:
                self._put(table, self._held.pop(table))

    def run(self, table: str, /, n: int, **columns: pa.Array) -> None:
        """As `rows`, for a sorted run of their own."""
        self._put(table, [_batch(table, n, columns, self.content_id)])

    def _put(self, table: str, batches: list[pa.RecordBatch]) -> None:
        self._pending.append(self._pool.submit(_write_run, self._out, table, batches))
        while len(self._pending) > _MOST_PENDING:
            self._pending.popleft().result()

    def done(self) -> None:
        """Wait until all is written; what went wrong is raised."""
        for table in list(self._held):
            self._put(table, self._held.pop(table))
        while self._pending:
            self._pending.popleft().result()


def _batch(table: str, n: int, columns: dict[str, pa.Array], content_id: str) -> pa.RecordBatch:
    schema = SCHEMAS[table]
    unknown = columns.keys() - set(schema.names)
    if unknown:
        raise KeyError(f"table {table} has no column {', '.join(sorted(unknown))}")
    columns["content_id"] = encoded([content_id], np.zeros(n, np.int32))
    return pa.RecordBatch.from_arrays(
        [_as(columns[f.name], f.type) if f.name in columns else _nulls(n, f.type) for f in schema],
        schema=schema,
    )


def _as(column: pa.Array, kind: pa.DataType) -> pa.Array:
    if column.type == kind:
        return column
    return column.cast(pa.string()).dictionary_encode() if kind == ENCODED else column.cast(kind)


def _nulls(n: int, kind: pa.DataType) -> pa.Array:
    return pa.nulls(n, pa.string()).dictionary_encode() if kind == ENCODED else pa.nulls(n, kind)


def _write_run(out: LakeWriter, table: str, batches: list[pa.RecordBatch]) -> None:
    """Sort rows and write them in row groups."""
    whole = pa.Table.from_batches(batches).unify_dictionaries().combine_chunks()
    (run,) = whole.to_batches()
    order = _order([run.column(name) for name in TABLES[table].sort])
    if order is not None:
        take = pa.array(order)
        columns = [c if _is_constant(c) else c.take(take) for c in run.columns]
        run = pa.RecordBatch.from_arrays(columns, schema=run.schema)
    for start in range(0, run.num_rows, _ROW_GROUP):
        out.encoded(table, SCHEMAS[table], run.slice(start, _ROW_GROUP), is_sorted=True)


def _order(columns: list[pa.Array]) -> Any:
    """The rows in the order of columns; None where they stand in it."""
    keys = [_ranks(column) for column in columns]
    if keys and (np.diff(keys[-1]) >= 0).all():
        keys.pop()  # What agrees in the others stays in its order.
    if not keys:
        return None
    key = keys[0].astype(np.int64)
    for ranks in keys[1:]:
        most = int(ranks.max()) + 1
        if most * (int(key.max()) + 1) > _MOST_KEYS:
            return np.lexsort(keys[::-1])
        key = key * most + ranks
    return np.argsort(key, kind="stable")


def _is_constant(column: pa.Array) -> bool:
    """Whether all rows are known to be the same."""
    if column.null_count:
        return bool(column.null_count == len(column))
    return pa.types.is_dictionary(column.type) and len(column.dictionary) == 1


def _ranks(column: pa.Array) -> Any:
    """The rank of each value in a column, nulls last."""
    if not pa.types.is_dictionary(column.type):
        return column.to_numpy()
    texts = column.dictionary
    ranks = np.empty(len(texts) + 1, np.int64)
    ranks[pc.sort_indices(texts).to_numpy()] = np.arange(len(texts))
    ranks[-1] = len(texts)
    return ranks[column.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)]
