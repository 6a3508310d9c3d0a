"""Files that hold rows of one content, or of many: which of their rows count, and how to read them.

What `optimize` wrote cannot lose the rows of one content without being written again. So such a
file names the contents whose rows in it count no longer (`DataFile.without`), and every reader of
the lake leaves them out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path

import msgspec

from ratepress.lake.manifest import DataFile, Manifest

DUE_FILES = 200
DUE_SHARE = 4
SPREADS = "amount_spreads"
"""The table that `optimize` derives from `rates`."""


def files_without(
    files: Sequence[DataFile], content_id: str, tables: Collection[str]
) -> tuple[DataFile, ...]:
    """The files without a content's own of these tables, and its rows in shared ones not counted.

    >>> files_without([DataFile("data/plans/x", "plans", "a", 1, 9, "")], "a", {"plans"})
    ()
    """
    kept = (f for f in files if f.content_id != content_id or f.table not in tables)
    return tuple(
        msgspec.structs.replace(file, without=tuple(sorted({*file.without, content_id})))
        if file.is_shared and file.table in tables
        else file
        for file in kept
    )


def lost_rows(now: Sequence[DataFile], before: Sequence[DataFile]) -> dict[str, set[str]] | None:
    """For each table of `before`: contents whose rows count in its files, and not now any more.

    None where another has rewritten a shared file of `before`, or made one of the same table.
    """
    known = {file.path: file for file in now}
    tables = {file.table for file in before}
    shared = {file.path for file in before if file.is_shared}
    if shared != {file.path for file in now if file.is_shared and file.table in tables}:
        return None
    lost: dict[str, set[str]] = {table: set() for table in tables}
    for file in before:
        if file.is_shared:
            lost[file.table] |= set(known[file.path].without) - set(file.without)
        elif file.path not in known:
            lost[file.table].add(file.content_id)
    if "rates" in lost:  # What was derived of rows goes with them.
        lost[SPREADS] = lost.get(SPREADS, set()) | lost["rates"]
    return lost


def is_due(manifest: Manifest) -> bool:
    """Whether enough has landed: 200 files of rates and more rows than a quarter of the sorted.

    So each row is rewritten a few times in the life of a lake, and not with every source.
    """
    landed = [f for f in manifest.files if f.table == "rates" and not f.is_shared]
    rows = sum(f.rows for f in manifest.files if f.table == "rates" and f.is_shared)
    return len(landed) >= DUE_FILES and sum(f.rows for f in landed) * DUE_SHARE > rows


def rows_of(root: Path, files: Sequence[DataFile]) -> str:
    """The SQL of all rows that count in files of one table."""
    by_without: dict[tuple[str, ...], list[Path]] = {}
    for file in files:
        by_without.setdefault(file.without, []).append(root / file.path)
    parts = []
    for without, paths in by_without.items():
        ids = ", ".join("'" + content_id.replace("'", "''") + "'" for content_id in without)
        condition = f" WHERE content_id NOT IN ({ids})" if without else ""
        parts.append(f"SELECT * FROM {parquet_scan(paths)}{condition}")  # noqa: S608
    return " UNION ALL ".join(parts)


def parquet_scan(paths: Sequence[Path]) -> str:
    """The SQL of a scan of exactly these files: nothing of a path is a pattern or a partition.

    >>> parquet_scan([Path("data [old]/x.parquet")])
    "read_parquet(['data [[]old]/x.parquet'], hive_partitioning = false)"
    """
    escaped = (re.sub(r"([*?\[])", r"[\1]", str(path)).replace("'", "''") for path in paths)
    listed = ", ".join(f"'{path}'" for path in escaped)
    return f"read_parquet([{listed}], hive_partitioning = false)"
