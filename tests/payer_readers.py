"""Both readers of in-network files on one document, and what each made of it, to be compared."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from ratepress.core.errors import UnreadableInput
from ratepress.lake.store import Lake
from ratepress.lake.tables import TABLES
from ratepress.readers.base import Tally
from ratepress.readers.payer.fast.reader import read_fast
from ratepress.readers.payer.fast.window import Unsuited
from ratepress.readers.payer.in_network import InNetworkJson
from ratepress.readers.source import Source

REASONS: Counter[str] = Counter()
"""Why the fast reader left files to the plain one."""


@dataclass
class Read:
    """Everything that reading a document gives."""

    header: Any
    counts: tuple[Any, ...]
    problems: list[dict[str, Any]]
    tables: dict[str, list[str]]


def _rows(folder: Path) -> dict[str, list[str]]:
    found = {}
    for file in folder.glob("*.parquet"):
        data = pq.read_table(file)
        assert data.schema.equals(TABLES[file.stem].arrow), file.stem
        found[file.stem] = sorted(repr(sorted(row.items())) for row in data.to_pylist())
    return found


def _read(lake: Lake, source: Source, how: Any) -> Read:
    tally = Tally()
    with lake.writer(source.content_id) as out:
        header = how(source, out, tally)
        out.finish()
        tables = _rows(out.folder)
        assert {table: len(rows) for table, rows in tables.items()} == out.rows
    counts = (tally.read, tally.loaded, tally.reconcile("test"))
    return Read(header, counts, list(tally.problem_rows()), tables)


def plain(lake: Lake, path: Path) -> Read | str:
    """What the plain reader makes of a file, or its refusal."""
    try:
        return _read(lake, Source(path), InNetworkJson().read_plain)
    except UnreadableInput as error:
        return str(error)


class Memory:
    """Stands in for a `LakeWriter`, and keeps the rows without their nulls."""

    content_id = "0"

    def __init__(self) -> None:
        self.tables: dict[str, list[str]] = {}

    def add(self, table: str, /, **row: Any) -> None:
        row.pop("content_id", None)
        kept = sorted((key, value) for key, value in row.items() if value is not None)
        self.tables.setdefault(table, []).append(repr(kept))

    def batch(self, table: str, batch: Any) -> None:
        assert batch.schema.equals(TABLES[table].arrow)
        for row in batch.to_pylist():
            self.add(table, **row)

    def encoded(self, table: str, schema: Any, batch: Any) -> None:
        assert batch.schema == schema
        for row in batch.to_pylist():
            self.add(table, **row)

    def discard(self) -> None:
        self.tables.clear()


def _in_memory(path: Path, how: Any) -> Read:
    out, tally = Memory(), Tally()
    header = how(Source(path), out, tally)
    counts = (tally.read, tally.loaded, tally.reconcile("test"))
    tables = {table: sorted(rows) for table, rows in out.tables.items()}
    return Read(header, counts, list(tally.problem_rows()), tables)


def fast_in_memory(path: Path, **sizes: int) -> Read | None:
    """What the fast reader hands over, without files."""
    try:
        return _in_memory(path, lambda *given: read_fast(*given, **sizes))
    except Unsuited as unsuited:
        REASONS[str(unsuited)] += 1
        return None


def plain_in_memory(path: Path) -> Read:
    """What the plain reader hands over, without files."""
    return _in_memory(path, InNetworkJson().read_plain)


def assert_same_in_memory(path: Path, **sizes: int) -> bool:
    """Both hand over the same; whether the fast reader took the file."""
    quick = fast_in_memory(path, **sizes)
    if quick is None:
        return False
    assert quick == plain_in_memory(path)
    return True


def fast(lake: Lake, path: Path, **sizes: int) -> Read | None:
    """What the fast reader makes of a file, or None where it leaves it to the plain one."""

    def how(source: Source, out: Any, tally: Tally) -> Any:
        return read_fast(source, out, tally, **sizes)

    try:
        return _read(lake, Source(path), how)
    except Unsuited as unsuited:
        REASONS[str(unsuited)] += 1
        return None


def assert_same(lake: Lake, path: Path, **sizes: int) -> bool:
    """Both give the same, in all tables and counts; whether the fast reader took the file."""
    slow = plain(lake, path)
    quick = fast(lake, path, **sizes)
    if quick is None:
        return False
    assert isinstance(slow, Read), slow
    assert quick.header == slow.header
    assert quick.counts == slow.counts
    assert quick.problems == slow.problems
    assert quick.tables.keys() == slow.tables.keys()
    for table in slow.tables:
        assert quick.tables[table] == slow.tables[table], table
    return True
