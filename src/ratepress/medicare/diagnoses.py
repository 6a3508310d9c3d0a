"""Which diagnoses exist on a day, as the lists of ICD-10-CM in the lake have them: rule C103."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import duckdb

from ratepress.lake.queries import first_row


def known_diagnoses(
    connection: duckdb.DuckDBPyConnection, codes: Iterable[str], on: date
) -> dict[str, str | None] | None:
    """The title of each of `codes` that the list of the day has; None where no list is loaded.

    Codes are written with their point. The list in force on `on` answers, else the newest that is
    loaded, an undated one last.

    >>> import tempfile, pathlib
    >>> from ratepress.lake.store import Lake
    >>> with Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake").connect() as connection:
    ...     known_diagnoses(connection, ["J90"], date(2026, 7, 15))
    """
    row = first_row(connection, _LIST_OF_THE_DAY, [on])
    if row is None:
        return None
    wanted = sorted(codes)
    if not wanted:
        return {}
    found = connection.execute(
        "SELECT diagnosis, description FROM icd10_codes "
        "WHERE content_id = ? AND list_contains(?, diagnosis)",
        [row[0], wanted],
    ).fetchall()
    return dict(found)


_LIST_OF_THE_DAY = """
SELECT content_id FROM contents WHERE kind = 'icd10cm-codes'
ORDER BY coalesce($1 BETWEEN effective_from AND effective_until, false) DESC,
  effective_from DESC NULLS LAST, content_id
LIMIT 1
"""
