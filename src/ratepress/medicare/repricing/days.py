"""Days of service gathered into segments: runs of days that one set of releases answers for.

The reference tables of facilities' claims are made once for each segment, not for each day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import duckdb

from ratepress.core.errors import MissingReferenceData
from ratepress.medicare.parameters import parameters, value

_AT_ONCE = 1000
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


def make_days(
    connection: duckdb.DuckDBPyConnection,
    claim_type: str,
    tables: Sequence[str],
    name: str,
    row_of: Callable[[int, date], Sequence[object] | str],
) -> None:
    """Make the table `NAME_days` (on_date, segment, problem), and fill `NAME_segments`.

    `row_of` gives the row of a segment by its number and first day, or why nothing answers for its
    year; then its days have no segment, and that `problem`.
    """
    connection.execute(
        f"CREATE OR REPLACE TABLE {name}_days (on_date DATE, segment INTEGER, problem VARCHAR)"
    )
    days = segment_days(connection, claim_type, tables)
    found: dict[date, tuple[int | None, str | None]] = {}
    for number, first in enumerate(dict.fromkeys(days.values())):
        row = row_of(number, first)
        if isinstance(row, str):
            found[first] = None, row
        else:
            insert_rows(connection, f"{name}_segments", [row])
            found[first] = number, None
    insert_rows(connection, f"{name}_days", [(day, *found[first]) for day, first in days.items()])


def insert_rows(
    connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[object]]
) -> None:
    """Rows into a table of ours, many at a time: a statement for each would take its time."""
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        marks = ", ".join(["(" + ", ".join("?" * len(some[0])) + ")"] * len(some))
        values = [value for row in some for value in row]
        connection.execute(f"INSERT INTO {table} VALUES {marks}", values)  # noqa: S608 - marks only


def modifier_lists(connection: duckdb.DuckDBPyConnection, table: str, known: Sequence[str]) -> None:
    """A table of one row, whose list `known` holds the modifiers that a type of claim reads."""
    connection.execute(
        f"CREATE OR REPLACE TABLE {table} AS SELECT ?::VARCHAR[] AS known",
        [list(known)],
    )


def shares_on(percentages: Mapping[str, str], on: date, system: str) -> dict[str, Decimal] | str:
    """The dated percentages of a day as shares of 1 by their names here, or why there are none.

    >>> shares_on({"multiple": "asc_multiple_procedure_percent"}, date(2026, 2, 3), "ASC")
    {'multiple': Decimal('0.50')}
    """
    try:
        return {name: value(source, on).value.scaleb(-2) for name, source in percentages.items()}
    except MissingReferenceData:
        return f"no {system} parameters of {on.year} are known"
