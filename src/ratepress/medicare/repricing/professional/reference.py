"""The reference tables of professional lines: days, segments with their parameters, places."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from ratepress.codes.places import PLACES
from ratepress.core.errors import MissingReferenceData
from ratepress.medicare.parameters import Participant, parameters, value
from ratepress.medicare.releases import find_release
from ratepress.medicare.repricing.form import WITH_EFFECT, WITHOUT_EFFECT

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
}
"""The dated percentages, by their column in `segments`, where they stand as shares of 1."""

_SEGMENTS = (
    "CREATE OR REPLACE TABLE segments (segment INTEGER, first_day DATE, content_id VARCHAR,"
    " variant VARCHAR, release VARCHAR, is_substituted BOOLEAN, is_chosen BOOLEAN,"
    " conversion_factor DECIMAL(8, 4), "
    + ", ".join(f"{name} DECIMAL(5, 4)" for name in SHARES)
    + ")"
)
_DAYS = (
    "CREATE OR REPLACE TABLE days (on_date DATE, is_qp BOOLEAN, segment INTEGER, problem VARCHAR)"
)
_ASKED = """
SELECT DISTINCT on_date FROM forms
WHERE problem IS NULL AND claim_type = 'professional' ORDER BY 1
"""
# Days on which a release, an index or a parameter begins or has just ended.
_STARTS = """
SELECT effective_from FROM pfs_rvu UNION SELECT effective_until + 1 FROM pfs_rvu
UNION SELECT effective_from FROM pfs_gpci UNION SELECT effective_until + 1 FROM pfs_gpci
"""


def register_reference(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that the steps join: `days`, `segments`, `sites` and `known_modifiers`.

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
        [[*WITH_EFFECT, *WITHOUT_EFFECT]],
    )


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
        *shares,
    ]
    marks = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO segments VALUES ({marks})", row)  # noqa: S608 - marks only
    return number, None
