"""Days of service gathered into segments: runs of days that one set of releases answers for.

The reference tables of facilities' claims are made once for each segment, not for each day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb

from ratepress.medicare.parameters import parameters

_ASKED = """
SELECT DISTINCT on_date FROM forms WHERE problem IS NULL AND claim_type = ? ORDER BY 1
"""


def segment_days(
    connection: duckdb.DuckDBPyConnection, claim_type: str, tables: Sequence[str]
) -> dict[date, date]:
    """Each day that lines of a type were served on, and the first such day of its segment.

    Within a segment no release of `tables` and no parameter begins or ends, and the year is one.

    >>> import tempfile, pathlib
    >>> from ratepress.lake.store import Lake
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> with lake.connect() as connection:
    ...     _ = connection.execute(
    ...         "CREATE TABLE forms AS"
    ...         " SELECT DATE '2026-02-03' AS on_date, NULL AS problem, 'asc' AS claim_type"
    ...     )
    ...     segment_days(connection, "asc", ["asc_codes"])
    {datetime.date(2026, 2, 3): datetime.date(2026, 2, 3)}
    """
    bounds = _bounds(connection, tables)
    first: dict[tuple[int, int], date] = {}
    found: dict[date, date] = {}
    for (day,) in connection.execute(_ASKED, [claim_type]).fetchall():
        part = (day.year, sum(bound <= day for bound in bounds))
        found[day] = first.setdefault(part, day)
    return found


def _bounds(connection: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> list[date]:
    """Days on which something begins or has just ended."""
    spans = " UNION ".join(
        f"SELECT effective_from FROM {table} UNION SELECT effective_until + 1 FROM {table}"  # noqa: S608 - our own names
        for table in tables
    )
    found = {day for (day,) in connection.execute(spans).fetchall() if day is not None}
    values = [value for parameter in parameters().values() for value in parameter.values]
    found |= {value.since for value in values}
    found |= {date.fromordinal(v.until.toordinal() + 1) for v in values if v.until.year < 9999}
    return sorted(found)


def insert_rows(
    connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[object]]
) -> None:
    """Rows into a table of ours, where there are any, in one statement."""
    if rows:
        marks = ", ".join(["(" + ", ".join("?" * len(rows[0])) + ")"] * len(rows))
        values = [value for row in rows for value in row]
        connection.execute(f"INSERT INTO {table} VALUES {marks}", values)  # noqa: S608 - marks only


def modifier_lists(connection: duckdb.DuckDBPyConnection, table: str, known: Sequence[str]) -> None:
    """A table of one row, whose list `known` holds the modifiers that a type of claim reads."""
    connection.execute(
        f"CREATE OR REPLACE TABLE {table} AS SELECT ?::VARCHAR[] AS known",
        [list(known)],
    )
