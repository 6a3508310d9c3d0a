"""The next window cut and the last one written while one is worked on, in a thread each.

Arrow cuts and writes without Python's lock, so two cores are of use.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

import pyarrow as pa

from ratepress.lake.writer import LakeWriter
from ratepress.readers.hospital.runs import batch_of, write_run

_MOST_PENDING = 12
_RUN_ROWS = 500_000

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
            held.append(batch_of(table, n, columns, self.content_id))
            if sum(part.num_rows for part in held) >= _RUN_ROWS:
                self._put(table, self._held.pop(table))

    def run(self, table: str, /, n: int, **columns: pa.Array) -> None:
        """As `rows`, for a sorted run of their own."""
        self._put(table, [batch_of(table, n, columns, self.content_id)])

    def _put(self, table: str, batches: list[pa.RecordBatch]) -> None:
        self._pending.append(self._pool.submit(write_run, self._out, table, batches))
        while len(self._pending) > _MOST_PENDING:
            self._pending.popleft().result()

    def done(self) -> None:
        """Write what is held, and wait until all is written; what went wrong is raised."""
        # Every other table here: both threads have work until the end.
        tables = sorted(self._held)
        for table in tables[::2]:
            self._put(table, self._held.pop(table))
        for table in tables[1::2]:
            write_run(self._out, table, self._held.pop(table))
        while self._pending:
            self._pending.popleft().result()
