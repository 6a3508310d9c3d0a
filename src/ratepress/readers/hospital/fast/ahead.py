"""The next window cut and the last one written while one is worked on, in a thread each.

Arrow cuts and writes without Python's lock, so two cores are of use.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

import pyarrow as pa

from ratepress.lake.writer import LakeWriter

_MOST_PENDING = 12

Item = TypeVar("Item")


def ahead(items: Iterator[Item], pool: Executor) -> Iterator[Item]:
    """The same items, the next one made while the last is used."""
    coming = pool.submit(next, items, None)
    while (item := coming.result()) is not None:
        coming = pool.submit(next, items, None)
        yield item


class Behind:
    """A writer whose batches are written by another thread, in their order."""

    def __init__(self, out: LakeWriter, pool: Executor) -> None:
        self._out, self._pool = out, pool
        self._pending: deque[Future[None]] = deque()
        self.content_id = out.content_id

    def add(self, table: str, /, **row: Any) -> None:
        """One row of a table that gets no batches, at once."""
        self._out.add(table, **row)

    def batch(self, table: str, batch: pa.RecordBatch) -> None:
        """As that of the writer."""
        self._put(self._out.batch, table, batch)

    def encoded(self, table: str, schema: pa.Schema, batch: pa.RecordBatch) -> None:
        """As that of the writer."""
        self._put(self._out.encoded, table, schema, batch)

    def _put(self, write: Callable[..., None], *what: Any) -> None:
        self._pending.append(self._pool.submit(write, *what))
        while len(self._pending) > _MOST_PENDING:
            self._pending.popleft().result()

    def done(self) -> None:
        """Wait until all is written; what went wrong is raised."""
        while self._pending:
            self._pending.popleft().result()
