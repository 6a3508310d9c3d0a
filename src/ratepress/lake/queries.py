"""What a query gives: its rows as mappings, or its first row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb


def mappings(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    parameters: Sequence[object] | Mapping[str, object] = (),
) -> list[dict[str, Any]]:
    """The rows of `sql`, each a mapping of its columns.

    >>> mappings(duckdb.connect(), "SELECT $1 AS code", ["32557"])
    [{'code': '32557'}]
    """
    cursor = connection.execute(sql, parameters)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def first_row(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    parameters: Sequence[Any] | Mapping[str, Any] = (),
) -> tuple[Any, ...] | None:
    """The first row that a query gives, or None.

    All are fetched, so it is for queries that give few: `fetchone` leaves the answer open, and as
    long as it is DuckDB registers no table on the connection.

    >>> connection = duckdb.connect()
    >>> first_row(connection, "SELECT x FROM (VALUES (1), (2)) t (x) WHERE x > ?", [1])
    (2,)
    >>> first_row(connection, "SELECT 1 WHERE false") is None
    True
    """
    rows: list[tuple[Any, ...]] = connection.execute(query, parameters).fetchall()
    return rows[0] if rows else None
