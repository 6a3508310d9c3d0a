"""Rows of a query as mappings."""

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
