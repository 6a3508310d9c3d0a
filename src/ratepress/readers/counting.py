"""A writer that counts rows and keeps none: what `inspect` gives to a reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any

import pyarrow as pa

from ratepress.lake.manifest import DataFile
from ratepress.lake.tables import TABLES
from ratepress.lake.writer import LakeWriter


class CountingWriter(LakeWriter):
    """Takes rows as a `LakeWriter` does, and touches no disk.

    >>> out = CountingWriter()
    >>> out.add("hospital_npis", npi="1234567893")
    >>> out.rows
    {'hospital_npis': 1}
    """

    def __init__(self) -> None:
        self.content_id = ""
        self.rows: dict[str, int] = {}

    def __enter__(self) -> CountingWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing was opened."""

    def add(self, table: str, /, **row: Any) -> None:  # noqa: ARG002
        """Count one row."""
        self._count(table, 1)

    def add_many(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Count rows."""
        self._count(table, sum(1 for _ in rows))

    def batch(self, table: str, batch: pa.RecordBatch, *, is_sorted: bool = False) -> None:  # noqa: ARG002
        """Count the rows of a batch."""
        self._count(table, batch.num_rows)

    def encoded(
        self,
        table: str,
        schema: pa.Schema,  # noqa: ARG002
        batch: pa.RecordBatch,
        *,
        is_sorted: bool = False,  # noqa: ARG002
    ) -> None:
        """Count the rows of a dictionary-encoded batch."""
        self._count(table, batch.num_rows)

    def discard(self) -> None:
        """Forget all counts, for a reader that begins again."""
        self.rows.clear()

    def finish(self) -> list[DataFile]:
        """There are no files."""
        return []

    def _count(self, table: str, n: int) -> None:
        if table not in TABLES:
            raise KeyError(f"there is no table {table}")
        if n:
            self.rows[table] = self.rows.get(table, 0) + n
