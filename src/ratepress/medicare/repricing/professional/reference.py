"""The reference tables of professional lines: days, segments with their parameters, places."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from ratepress.codes.places import PLACES
from ratepress.core.errors import MissingReferenceData
from ratepress.medicare.facility_rows import facility_release
from ratepress.medicare.parameters import Participant, parameters, value
from ratepress.medicare.releases import find_release
from ratepress.medicare.repricing.form import OF_LINES, WITH_EFFECT, WITHOUT_EFFECT

SHARES = {
    "bilateral": "pfs_bilateral_percent",
    "multiple": "pfs_multiple_procedure_percent",
    "imaging_tc": "pfs_imaging_tc_percent",
    "imaging_pc": "pfs_imaging_pc_percent",
    "therapy_pe": "pfs_therapy_pe_percent",
    "cardiovascular_tc": "pfs_cardiovascular_tc_percent",
    "ophthalmology_tc": "pfs_ophthalmology_tc_percent",
    "assistant": "pfs_assistant_percent",
    "co_surgeon": "pfs_co_surgeon_percent",
    "practitioner": "pfs_practitioner_percent",
    "nonparticipating": "pfs_nonparticipating_percent",
    "therapy_assistant": "pfs_therapy_assistant_percent",
    "film": "pfs_film_percent",
    "computed_radiography": "pfs_computed_radiography_percent",
    "ct_equipment": "pfs_ct_equipment_percent",
    "direction": "anesthesia_direction_percent",
}
"""The dated percentages, by their column in `segments`, where they stand as shares of 1."""
EQUIPMENT_SHARES = {"FX": "film", "FY": "computed_radiography", "CT": "ct_equipment"}
"""By modifier the column of what it leaves of the technical part."""

_SEGMENTS = (
    "CREATE OR REPLACE TABLE segments (segment INTEGER, first_day DATE, content_id VARCHAR,"
    " variant VARCHAR, release VARCHAR, is_substituted BOOLEAN, is_chosen BOOLEAN,"
    " conversion_factor DECIMAL(8, 4), units_content VARCHAR, is_old_units BOOLEAN,"
    " factors_content VARCHAR, is_old_factors BOOLEAN, national_factor DECIMAL(8, 4),"
    " has_own_factor BOOLEAN, supervision_units DECIMAL(4, 1), tests_content VARCHAR,"
    " is_old_tests BOOLEAN, " + ", ".join(f"{name} DECIMAL(5, 4)" for name in SHARES) + ")"
)
_DAYS = (
    "CREATE OR REPLACE TABLE days (on_date DATE, is_qp BOOLEAN, segment INTEGER, problem VARCHAR)"
)
_ASKED = """
SELECT DISTINCT on_date FROM forms
WHERE problem IS NULL AND claim_type = 'professional' ORDER BY 1
"""
# Days on which a release, an index or a parameter begins or has just ended.
_DATED = ("pfs_rvu", "pfs_gpci", "pfs_anesthesia", "pfs_anesthesia_units", "clfs_rates")
_STARTS = " UNION ".join(
    f"SELECT effective_from FROM {table} WHERE effective_from IS NOT NULL"  # noqa: S608 - our own
    f" UNION SELECT effective_until + 1 FROM {table} WHERE effective_until IS NOT NULL"
    for table in _DATED
)


def register_reference(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that the steps join: `days`, `segments`, `sites`, `known_modifiers`, those
    of anesthesia and laboratory, and `zip_days` with `zips`.

    A segment is a run of days, for one kind of participant, that one release and one set of
    parameters answer for. A day without a release has no segment and a `problem`.
    """
    connection.execute(_SEGMENTS)
    connection.execute(_DAYS)
    asked = [day for (day,) in connection.execute(_ASKED).fetchall()]
    starts = _starts(connection)
    known: dict[tuple[int, int, Participant], tuple[int | None, str | None]] = {}
    days: list[tuple[Any, ...]] = []
    for day in asked:
        part = sum(start <= day for start in starts)
        participants: tuple[Participant, ...] = ("non-QP", "QP")
        for who in participants:
            key = (day.year, part, who)
            if key not in known:
                known[key] = _add_segment(connection, len(known), day, who)
            days.append((day, who == "QP", *known[key]))
    if days:
        connection.executemany("INSERT INTO days VALUES (?, ?, ?, ?)", days)
    connection.execute("CREATE OR REPLACE TABLE sites (pos VARCHAR, site VARCHAR, since DATE)")
    places = [(p.code, p.site, p.since) for p in PLACES.values() if p.site != "any"]
    connection.executemany("INSERT INTO sites VALUES (?, ?, ?)", places)
    connection.execute(
        "CREATE OR REPLACE TABLE known_modifiers AS SELECT ?::VARCHAR[] AS known",
        [[*WITH_EFFECT, *WITHOUT_EFFECT, *OF_LINES]],
    )
    for table in _TABLES:
        connection.execute(table)
    _add_zips(connection)


def _starts(connection: duckdb.DuckDBPyConnection) -> list[date]:
    found = {day for (day,) in connection.execute(_STARTS).fetchall()}
    found |= {v.since for p in parameters().values() for v in p.values}
    return sorted(found)


def _add_segment(
    connection: duckdb.DuckDBPyConnection, number: int, day: date, who: Participant
) -> tuple[int | None, str | None]:
    answer = find_release(connection, day, who)
    if answer is None:
        return None, f"no release of the physician fee schedule of {day.year} is loaded"
    try:
        factor = value("pfs_conversion_factor", day, who).value
        national = value("anesthesia_conversion_factor", day, who).value
        has_own = national != value("anesthesia_conversion_factor", day).value
        supervision = value("anesthesia_supervision_units", day).value
        shares = [value(name, day).value.scaleb(-2) for name in SHARES.values()]
    except MissingReferenceData as missing:
        return None, str(missing)
    release = answer.release
    row: list[str | int | date | bool | Decimal | None] = [
        number,
        day,
        release.content_id,
        release.variant,
        release.name,
        answer.is_substituted,
        answer.choice is not None,
        factor,
        *_file(connection, "pfs_anesthesia_units", day),
        *_file(connection, "pfs_anesthesia", day),
        national,
        has_own,
        supervision,
        *_file(connection, "clfs_rates", day),
        *shares,
    ]
    marks = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO segments VALUES ({marks})", row)  # noqa: S608 - marks only
    return number, None


def _file(connection: duckdb.DuckDBPyConnection, table: str, day: date) -> tuple[str | None, bool]:
    """The file of a table that answers for a day, and whether it stands in for another."""
    release = facility_release(connection, table, day)
    return (None, False) if release is None else (release.content_id, not release.is_in_force(day))


_TABLES = (
    """
CREATE OR REPLACE TABLE anesthesia_units AS
SELECT s.segment, u.code, CAST(u.base_units AS DECIMAL(5, 1)) AS base_units
FROM segments s JOIN pfs_anesthesia_units u ON u.content_id = s.units_content
WHERE u.base_units IS NOT NULL
""",
    """
CREATE OR REPLACE TABLE anesthesia_factors AS
SELECT s.segment, c.mac || '-' || c.locality AS locality,
  CAST(c.conversion_factor AS DECIMAL(10, 4)) AS factor
FROM segments s JOIN pfs_anesthesia c ON c.content_id = s.factors_content
WHERE c.conversion_factor IS NOT NULL
UNION ALL
SELECT segment, 'national', national_factor FROM segments
""",
    """
CREATE OR REPLACE TABLE laboratory_rates AS
SELECT s.segment, c.code, CAST(c.rate AS DECIMAL(14, 4)) AS rate
FROM segments s JOIN clfs_rates c ON c.content_id = s.tests_content
WHERE c.rate > 0
""",
)
# Of several files of a quarter the longest, then by id; a ZIP code seldom moves, so that an earlier
# year's may answer (rule P74).
_ZIP_DAYS = """
CREATE OR REPLACE TABLE zip_days AS
WITH files AS (
  SELECT release, effective_from, effective_until, content_id, count(*) AS n
  FROM zip_localities WHERE effective_from IS NOT NULL GROUP BY ALL
)
SELECT
  d.on_date,
  year(d.on_date) || substr('ABCD', quarter(d.on_date), 1) AS wanted,
  f.release,
  f.content_id,
  f.effective_until < d.on_date AS is_substituted
FROM (SELECT DISTINCT on_date FROM days) d
LEFT JOIN files f ON f.effective_from <= d.on_date
QUALIFY row_number() OVER (
  PARTITION BY d.on_date ORDER BY f.effective_from DESC NULLS LAST, f.n DESC, f.content_id
) = 1
"""


def _add_zips(connection: duckdb.DuckDBPyConnection) -> None:
    """`zip_days`, which file answers for a day, and `zips`, what these files say."""
    connection.execute(_ZIP_DAYS)
    connection.execute(
        "CREATE OR REPLACE TABLE zips AS SELECT content_id, zip_code, mac, locality, has_plus_four"
        " FROM zip_localities WHERE content_id IN (SELECT content_id FROM zip_days)"
    )
