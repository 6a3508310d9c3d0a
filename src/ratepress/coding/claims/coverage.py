"""The tables that hold a line's diagnoses to Medicare's coverage documents: rules C84 to C86."""

from __future__ import annotations

import duckdb

_TABLES = {
    "covered_codes": """
SELECT DISTINCT code FROM coverage_codes UNION
SELECT DISTINCT code FROM coverage_diagnoses WHERE code <> ''
""",
    # Where a line was: a locality lies in one state, or counts to one; a ZIP code, to one.
    "line_states": """
WITH asked AS (SELECT DISTINCT locality, zip FROM forms WHERE diagnoses <> ''),
of_locality AS (
  SELECT mac || '-' || locality AS locality, min(state) AS state FROM pfs_gpci
  WHERE state IS NOT NULL GROUP BY ALL HAVING count(DISTINCT state) = 1
),
of_zip AS (
  SELECT zip_code, min(state) AS state FROM zip_localities
  WHERE state IS NOT NULL GROUP BY ALL HAVING count(DISTINCT state) = 1
)
SELECT a.locality, a.zip, coalesce(l.state, CASE WHEN a.locality = '' THEN z.state END) AS state
FROM asked a
LEFT JOIN of_locality l ON l.locality = a.locality
LEFT JOIN of_zip z ON z.zip_code = left(a.zip, 5)
WHERE coalesce(l.state, z.state) IS NOT NULL
""",
    # The first word of a text of diagnoses that has not their form, counted from 1.
    "malformed_diagnoses": r"""
WITH words AS (
  SELECT diagnoses, string_split_regex(diagnoses, '[\s,;|]+') AS words
  FROM (SELECT DISTINCT diagnoses FROM forms WHERE diagnoses <> '')
),
wrong AS (
  SELECT diagnoses, list_position(
    list_transform(
      words, lambda w: w = '' OR regexp_full_match(w, '[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?')
    ),
    false
  ) AS place
  FROM words
)
SELECT diagnoses, CAST(place AS VARCHAR) AS x FROM wrong WHERE place > 0
""",
}


def register_coverage(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that the steps on diagnoses join, for the lines of `forms`."""
    for name, sql in _TABLES.items():
        connection.execute(f"CREATE TABLE {name} AS {sql}")
