"""The reference tables of ASC lines: days, the releases and parameters of each segment."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial

import duckdb
import msgspec

from ratepress.medicare.facility_rows import facility_release
from ratepress.medicare.releases import Release, find_release
from ratepress.medicare.repricing import form
from ratepress.medicare.repricing.asc.indicators import TREATMENTS
from ratepress.medicare.repricing.days import insert_rows, make_days, modifier_lists, shares_on

SHARES = {
    "labor": "asc_labor_percent",
    "multiple": "asc_multiple_procedure_percent",
    "discontinued": "asc_discontinued_percent",
    "partial_credit": "asc_partial_credit_percent",
}
"""The dated percentages, by their column in `asc_segments`, where they stand as shares of 1."""
TABLES = ("asc_codes", "asc_offsets", "asc_wage_index", "pfs_rvu")
KNOWN_MODIFIERS = (*form.ASC_WITH_EFFECT, *form.FACILITY_WITHOUT_EFFECT)


class AscReleases(msgspec.Struct, frozen=True):
    """What answers for a day, by addendum; each None where none of the year is loaded."""

    surgical: Release | None
    ancillary: Release | None
    excluded: Release | None
    offsets: Release | None
    wages: Release | None
    physician: Release | None

    @property
    def is_known(self) -> bool:
        return self.surgical is not None or self.ancillary is not None


def asc_releases(connection: duckdb.DuckDBPyConnection, on: date) -> AscReleases:
    """The releases that answer for a day (rule P00)."""
    physician = find_release(connection, on)
    return AscReleases(
        surgical=facility_release(connection, "asc_codes", on, "AA"),
        ancillary=facility_release(connection, "asc_codes", on, "BB"),
        excluded=facility_release(connection, "asc_codes", on, "EE"),
        offsets=facility_release(connection, "asc_offsets", on),
        wages=facility_release(connection, "asc_wage_index", on),
        physician=None if physician is None else physician.release,
    )


def substitute(release: Release | None, on: date) -> str | None:
    """The name of a release that stands in for the one in force; None where it is in force."""
    return None if release is None or release.is_in_force(on) else release.name


_SEGMENTS = (
    "CREATE OR REPLACE TABLE asc_segments (segment INTEGER, first_day DATE, year INTEGER,"
    " surgical VARCHAR, ancillary VARCHAR, excluded VARCHAR, offsets VARCHAR, wages VARCHAR,"
    " physician VARCHAR, variant VARCHAR,"
    " surgical_substitute VARCHAR, ancillary_substitute VARCHAR, "
    + ", ".join(f"{name} DECIMAL(5, 4)" for name in SHARES)
    + ")"
)


def register_reference(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that the steps join: `asc_days`, `asc_segments`, `asc_treatments`.

    A day of a year without Addenda AA and BB has no segment and a `problem`.
    """
    connection.execute(_SEGMENTS)
    make_days(connection, "asc", TABLES, "asc", partial(_segment, connection))
    modifier_lists(connection, "asc_known_modifiers", KNOWN_MODIFIERS)
    connection.execute(
        "CREATE OR REPLACE TABLE asc_treatments (indicator VARCHAR, kind VARCHAR, why_not VARCHAR)"
    )
    treatments = [(t.indicator, t.kind, t.why_not) for t in TREATMENTS.values()]
    insert_rows(connection, "asc_treatments", treatments)


def given_on(
    connection: duckdb.DuckDBPyConnection, on: date
) -> tuple[AscReleases, dict[str, Decimal]] | str:
    """The releases and the shares of a day, or why its year has no answer."""
    releases = asc_releases(connection, on)
    if not releases.is_known:
        return f"no ASC Addenda AA and BB of {on.year} are loaded"
    shares = shares_on(SHARES, on, "ASC")
    return shares if isinstance(shares, str) else (releases, shares)


def _segment(connection: duckdb.DuckDBPyConnection, number: int, first: date) -> list[object] | str:
    given = given_on(connection, first)
    if isinstance(given, str):
        return given
    found, shares = given
    releases = (found.surgical, found.ancillary, found.excluded, found.offsets, found.wages)
    return [
        number,
        first,
        first.year,
        *(one and one.content_id for one in (*releases, found.physician)),
        found.physician and found.physician.variant,
        substitute(found.surgical, first),
        substitute(found.ancillary, first),
        *shares.values(),
    ]
