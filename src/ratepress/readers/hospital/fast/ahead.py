"""The next window cut and the last one written while one is worked on, in a thread each.

Arrow cuts and writes without Python's lock, so two cores are of use.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ratepress.lake.tables import TABLES
from ratepress.lake.writer import BATCH_ROWS, LakeWriter

_MOST_PENDING = 12
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
        """One row of a table that gets no batches, at once."""
        self._out.add(table, **row)

    def batch(self, table: str, batch: pa.RecordBatch) -> None:
        """A batch in the table's own schema; it is held until there is enough for a sorted run."""
        held = self._held.setdefault(table, [])
        held.append(batch)
        if sum(part.num_rows for part in held) >= _RUN_ROWS:
            self._put(self._write_run, table, self._held.pop(table))

    def encoded(self, table: str, schema: pa.Schema, batch: pa.RecordBatch) -> None:
        """As that of the writer; each batch becomes a sorted run."""
        self._put(self._write_encoded, table, schema, batch)

    def _write_encoded(self, table: str, schema: pa.Schema, batch: pa.RecordBatch) -> None:
        # A text is sorted by its rank in the dictionary: far fewer are compared.
        keys = [_ranks(batch.column(name)) for name in reversed(TABLES[table].sort)]
        run = batch.take(pa.array(np.lexsort(keys)))
        for start in range(0, run.num_rows, _ROW_GROUP):
            self._out.encoded(table, schema, run.slice(start, _ROW_GROUP), is_sorted=True)

    def _write_run(self, table: str, batches: list[pa.RecordBatch]) -> None:
        run = pa.Table.from_batches(batches)
        if TABLES[table].sort:
            run = run.sort_by([(name, "ascending") for name in TABLES[table].sort])
        for batch in run.combine_chunks().to_batches(max_chunksize=BATCH_ROWS):
            self._out.batch(table, batch, is_sorted=True)

    def _put(self, write: Callable[..., None], *what: Any) -> None:
        self._pending.append(self._pool.submit(write, *what))
        while len(self._pending) > _MOST_PENDING:
            self._pending.popleft().result()

    def done(self) -> None:
        """Wait until all is written; what went wrong is raised."""
        for table in list(self._held):
            self._put(self._write_run, table, self._held.pop(table))
        while self._pending:
            self._pending.popleft().result()


def _ranks(column: pa.Array) -> Any:
    """The rank of each value in a column, nulls last."""
    if not pa.types.is_dictionary(column.type):
        return column.to_numpy()
    texts = column.dictionary
    ranks = np.empty(len(texts) + 1, np.int64)
    ranks[pc.sort_indices(texts).to_numpy()] = np.arange(len(texts))
    ranks[-1] = len(texts)
    return ranks[column.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)]
