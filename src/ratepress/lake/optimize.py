"""Files as they landed, rewritten into few files sorted by code: the twin of `ratepress optimize`.

Every source lands in files of its own, so one code of five thousand sources stands in five
thousand files. Sorted together it stands in a few row groups, which their statistics find
(docs/architecture.md, idea 1). Rows are the same before and after, which is checked first.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb
import msgspec

from ratepress.core.errors import LakeDamaged
from ratepress.lake.files import SPREADS, parquet_scan
from ratepress.lake.manifest import SHARED, DataFile, Manifest
from ratepress.lake.queries import first_row
from ratepress.lake.schema import Table
from ratepress.lake.store import Lake
from ratepress.lake.tables import TABLES
from ratepress.lake.writer import LakeWriter, describe

_ROW_GROUP = 122_880
_ROW_GROUPS_PER_FILE = 80
_MEMORY_MB = 4_000
_FILES_AT_ONCE = 250
KEPT_CODES = 2
KEPT_SHARE_PERCENT = 10
"""Amounts of fewer codes are not kept in `amount_spreads`: rule Q02 asks for more (tested)."""


class Rewritten(msgspec.Struct, frozen=True, kw_only=True):
    """One table that was rewritten: its rows, and its files before and after."""

    table: str
    rows: int
    files_before: int
    files_after: int


class Optimized(msgspec.Struct, frozen=True, kw_only=True):
    """What `optimize` did, table by table; those that needed nothing are not named.

    `is_done` is False where another process rewrote the same at the same time: then this one left
    the lake as it found it.
    """

    is_done: bool
    generation: int
    tables: tuple[Rewritten, ...]


def optimize(lake: Lake, *, memory_mb: int = _MEMORY_MB, threads: int | None = None) -> Optimized:
    """Rewrite every table that stands in several files into few, sorted by code, in one commit.

    Tables without codes are sorted by their key. Rows of removed sources go for good. The sort
    takes up to `memory_mb` and spills what is more into the lake's staging folder. Sources that
    others add or remove meanwhile stay added or removed. Raises `LakeDamaged` where a file cannot
    be read, or where the rows written are not those read: then the lake is as it was.

    >>> import tempfile
    >>> optimize(Lake.create(Path(tempfile.mkdtemp()) / "lake")).tables
    ()
    """
    connection, manifest = lake.snapshot(threads)
    with connection, lake.writer(SHARED) as out:
        connection.execute(f"SET memory_limit = '{int(memory_mb)}MB'")
        connection.execute("SET temp_directory = $1", [str(out.folder / "spill")])
        before = _wanted(manifest)
        spreads = _derive_spreads(connection, lake.root, before.get("rates", ()))
        if spreads:
            before[SPREADS] = [file for file in manifest.files if file.table == SPREADS]
        made = [
            file
            for table in TABLES
            if table in before
            for file in _rewrite(connection, TABLES[table], out)
        ]
        shutil.rmtree(out.folder / "spill", ignore_errors=True)
        old = [file for files in before.values() for file in files]
        is_done = not old or lake.replace_files(old, made, out.folder, spreads)
    told = tuple(_told(table, before[table], made) for table in TABLES if table in before)
    generation = lake.manifest().generation
    return Optimized(is_done=is_done, generation=generation, tables=told if is_done else ())


def _wanted(manifest: Manifest) -> dict[str, list[DataFile]]:
    """The files of each table that has landings beside others, or rows that no longer count."""
    by_table: dict[str, list[DataFile]] = {}
    for file in manifest.files:
        by_table.setdefault(file.table, []).append(file)
    return {
        table: files
        for table, files in by_table.items()
        if any(file.without for file in files)
        or (len(files) > 1 and not all(file.is_shared for file in files))
    }


def _derive_spreads(
    connection: duckdb.DuckDBPyConnection, root: Path, rates: Sequence[DataFile]
) -> dict[str, int]:
    """Add what `amount_spreads` says of the files that landed to that view; rows by content.

    Files go by some hundreds, each of one content, so that memory does not grow with the lake.
    """
    landed = [root / file.path for file in rates if not file.is_shared]
    connection.execute("CREATE TEMP TABLE derived_spreads AS FROM amount_spreads LIMIT 0")
    for first in range(0, len(landed), _FILES_AT_ONCE):
        scan = parquet_scan(landed[first : first + _FILES_AT_ONCE])
        query = _SPREADS.format(rates=scan, codes=KEPT_CODES, share=KEPT_SHARE_PERCENT)
        connection.execute(f"INSERT INTO derived_spreads {query}")
    connection.execute(
        "CREATE TEMP VIEW all_spreads AS "
        "SELECT * FROM amount_spreads UNION ALL SELECT * FROM derived_spreads"
    )
    counts = "SELECT content_id, count(*) FROM derived_spreads GROUP BY content_id"
    return dict(connection.execute(counts).fetchall())


def _rewrite(
    connection: duckdb.DuckDBPyConnection, table: Table, out: LakeWriter
) -> list[DataFile]:
    folder = out.folder / table.name
    source = "all_spreads" if table.name == SPREADS else table.name
    columns = ", ".join(table.arrow.names)
    order = ", ".join(f"{name} NULLS LAST" for name in dict.fromkeys((*table.sort, *table.key)))
    target = str(folder).replace("'", "''")
    try:
        connection.execute(
            f"COPY (SELECT {columns} FROM {source} ORDER BY {order}) TO '{target}' "  # noqa: S608
            f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROW_GROUP}, "
            f"ROW_GROUPS_PER_FILE {_ROW_GROUPS_PER_FILE})"
        )
        paths = sorted(folder.glob("*.parquet"), key=lambda path: (len(path.name), path.name))
        _check_same(connection, table, source, paths)
    except duckdb.Error as error:
        raise LakeDamaged(
            f"{out.folder}: the table {table.name} cannot be rewritten: {error}",
            todo="`ratepress verify` says whether a file is damaged; else see that the disk has "
            "room for the lake once more",
        ) from error
    named = [path.rename(out.folder / f"{table.name}-{n:04d}.parquet") for n, path in
             enumerate(paths)]  # fmt: skip
    return [file for path in named if (file := describe(path, table.name, SHARED, path.name)).rows]


def _check_same(
    connection: duckdb.DuckDBPyConnection, table: Table, source: str, paths: Sequence[Path]
) -> None:
    """Raise unless the files hold the source's rows: as many, and of the same sum of hashes."""
    columns = ", ".join(table.arrow.names)
    said = [
        first_row(connection, f"SELECT count(*), sum(hash({columns})) FROM {rows}")  # noqa: S608
        for rows in (source, parquet_scan(paths))
    ]
    if said[0] != said[1]:
        raise LakeDamaged(
            f"The rows of {table.name} that were written are not those that were read",
            found=str(said[1]),
            expected=str(said[0]),
            todo="the lake is as it was: check the disk, then try again",
        )


def _told(table: str, before: Sequence[DataFile], made: Sequence[DataFile]) -> Rewritten:
    mine = [file for file in made if file.table == table]
    return Rewritten(
        table=table,
        rows=sum(file.rows for file in mine),
        files_before=len(before),
        files_after=len(mine),
    )


_SPREADS = """
WITH priced AS (
  SELECT DISTINCT content_id, payer_name, coalesce(plan_name, '') AS plan_name, dollars, code
  FROM {rates}
),
plans AS (
  SELECT
    content_id, payer_name, plan_name,
    count(DISTINCT CASE WHEN dollars IS NOT NULL THEN code END) AS n_codes
  FROM priced GROUP BY ALL
),
amounts AS (
  SELECT
    content_id, payer_name, plan_name, dollars,
    count(*) AS n_codes,
    count(DISTINCT substr(code, 1, 3)) AS n_families
  FROM priced WHERE dollars IS NOT NULL AND code IS NOT NULL GROUP BY ALL
)
SELECT content_id, payer_name, plan_name, NULL, n_codes, 0, n_codes FROM plans
UNION ALL
SELECT a.content_id, a.payer_name, a.plan_name, a.dollars, a.n_codes, a.n_families, p.n_codes
FROM amounts a JOIN plans p USING (content_id, payer_name, plan_name)
WHERE a.n_codes >= {codes} AND a.n_codes * 100 >= p.n_codes * {share}
"""
