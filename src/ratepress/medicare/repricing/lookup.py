"""Single rows of the schedules, for the slow paths of facilities' claims."""

from __future__ import annotations

from typing import Any

import duckdb

from ratepress.medicare.releases import Release
from ratepress.medicare.rows import rvu_rows


def one_row(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    release: Release | None,
    columns: str,
    **where: str,
) -> tuple[Any, ...] | None:
    """The columns of the one row of a release with these values; None where it has none."""
    if release is None:
        return None
    tests = "".join(f" AND {column} = ?" for column in where)
    return connection.execute(
        f"SELECT {columns} FROM {table} WHERE content_id = ?{tests}",  # noqa: S608 - our own names
        [release.content_id, *where.values()],
    ).fetchone()


def has_sides(connection: duckdb.DuckDBPyConnection, release: Release | None, code: str) -> bool:
    """Whether both sides of a service are two: by its bilateral indicator, 1 or 3, where known."""
    if release is None:
        return True
    row = rvu_rows(connection, release, [code]).get(code, {}).get("")
    return row is None or row.bilateral_surgery in ("1", "3")
