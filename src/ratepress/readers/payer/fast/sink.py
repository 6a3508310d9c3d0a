"""Where rows go: batches of `rates` to a thread that writes them, all others to the lake's writer.

The thread touches the table `rates` alone, and nothing else does.
"""

from __future__ import annotations

import queue
import threading
from types import TracebackType
from typing import Any

from ratepress.lake.writer import LakeWriter
from ratepress.readers.payer.fast.batches import SCHEMA, Job, batch_of, batch_of_rows

_MOST_ROWS = 20_000


class Sink:
    """Stands in for the `LakeWriter` of the plain reader. A context manager, for its thread."""

    def __init__(self, out: LakeWriter) -> None:
        self.content_id = out.content_id
        self._out = out
        self._rows: list[dict[str, Any]] = []
        self._jobs: queue.Queue[Job | list[dict[str, Any]] | None] = queue.Queue(2)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._write, daemon=True)

    def __enter__(self) -> Sink:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None and self._rows:
            self._put(self._rows)
        self._jobs.put(None)
        self._thread.join()
        if error is None and self._error is not None:
            raise self._error

    def add(self, table: str, /, **row: Any) -> None:
        """One row, as `LakeWriter.add` takes it."""
        if table != "rates":
            self._out.add(table, **row)
            return
        row["content_id"] = self.content_id
        self._rows.append(row)
        if len(self._rows) >= _MOST_ROWS:
            self._put(self._rows)
            self._rows = []

    def batch(self, job: Job) -> None:
        """Rows of `rates` as columns; they belong to the thread from now on."""
        self._put(job)

    def _put(self, job: Job | list[dict[str, Any]]) -> None:
        if self._error is not None:
            raise self._error
        self._jobs.put(job)

    def _write(self) -> None:
        """Run by the thread; after an error it only drains, so that nobody waits for it."""
        while (job := self._jobs.get()) is not None:
            if self._error is not None:
                continue
            try:
                made = batch_of(job) if isinstance(job, Job) else batch_of_rows(job)
                self._out.encoded("rates", SCHEMA, made)
            except BaseException as error:
                self._error = error
