"""The reference tables of outpatient lines: days, the releases and parameters of each segment."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial

import duckdb
import msgspec

from ratepress.lake.queries import first_row
from ratepress.medicare.facility_rows import facility_release
from ratepress.medicare.parameters import value
from ratepress.medicare.releases import Release, find_release
from ratepress.medicare.repricing import form
from ratepress.medicare.repricing.days import insert_rows, make_days, modifier_lists, shares_on
from ratepress.medicare.repricing.outpatient.statuses import (
    COMPOSITES,
    FAMILIES,
    OBSERVATION_APC,
    TREATMENTS,
)
from ratepress.medicare.wage_index import register_wage_indices

SHARES = {
    "labor": "opps_labor_percent",
    "multiple": "opps_multiple_procedure_percent",
    "terminated": "opps_terminated_percent",
    "off_campus": "opps_off_campus_percent",
    "excepted_visit": "opps_excepted_visit_percent",
    "excepted_drug": "opps_excepted_drug_administration_percent",
}
"""The dated percentages, by their column in `opps_segments`, where they stand as shares of 1."""
TABLES = ("opps_codes", "opps_apcs", "asc_offsets", "asc_codes", "clfs_rates", "pfs_rvu")
KNOWN_MODIFIERS = (*form.OUTPATIENT_WITH_EFFECT, *form.FACILITY_WITHOUT_EFFECT)


class OppsReleases(msgspec.Struct, frozen=True):
    """What answers for a day: Addendum B, or APCs by Addendum FF with their rates (rule P12)."""

    codes: Release | None
    mapped: Release | None
    apcs: Release | None
    surgical: Release | None
    ancillary: Release | None
    tests: Release | None
    physician: Release | None

    @property
    def is_known(self) -> bool:
        return self.codes is not None or (self.mapped is not None and self.apcs is not None)

    def substitute(self, on: date) -> str | None:
        """The names of the releases that stand in for those in force; None where none does."""
        used = (self.codes,) if self.codes is not None else (self.mapped, self.apcs)
        names = [one.name for one in used if one is not None and not one.is_in_force(on)]
        return ", ".join(dict.fromkeys(names)) or None

    def tests_substitute(self, on: date) -> str | None:
        """As `substitute`, with the laboratory fee schedule, for a test that it pays."""
        has_own = self.tests is None or self.tests.is_in_force(on)
        names = [self.substitute(on), None if has_own or self.tests is None else self.tests.name]
        return ", ".join(dict.fromkeys(name for name in names if name)) or None


def opps_releases(connection: duckdb.DuckDBPyConnection, on: date) -> OppsReleases:
    """The releases that answer for a day (rule P00); each None where none of the year is loaded."""
    physician = find_release(connection, on)
    return OppsReleases(
        codes=facility_release(connection, "opps_codes", on),
        mapped=facility_release(connection, "asc_offsets", on),
        apcs=facility_release(connection, "opps_apcs", on),
        surgical=facility_release(connection, "asc_codes", on, "AA"),
        ancillary=facility_release(connection, "asc_codes", on, "BB"),
        tests=facility_release(connection, "clfs_rates", on),
        physician=None if physician is None else physician.release,
    )


def apc_rate(
    connection: duckdb.DuckDBPyConnection, releases: OppsReleases, apc: str = OBSERVATION_APC
) -> Decimal | None:
    """The rate of an APC, of comprehensive observation without one; None where no list has it."""
    if releases.apcs is None:
        return None
    found = first_row(
        connection,
        "SELECT rate FROM opps_apcs WHERE content_id = ? AND apc = ?",
        [releases.apcs.content_id, apc],
    )
    return None if found is None else found[0]


_SEGMENTS = (
    "CREATE OR REPLACE TABLE opps_segments (segment INTEGER, first_day DATE,"
    " codes VARCHAR, mapped VARCHAR, apcs VARCHAR, surgical VARCHAR, ancillary VARCHAR,"
    " tests VARCHAR, physician VARCHAR, variant VARCHAR, year INTEGER, mapped_name VARCHAR,"
    " substitute VARCHAR, tests_substitute VARCHAR,"
    " observation_hours INTEGER, observation_rate DECIMAL(11, 4), "
    + ", ".join(f"{name} DECIMAL(5, 4)" for name in SHARES)
    + ")"
)
_PLACES = """
SELECT year(on_date) AS fiscal_year, ccn, cbsa FROM forms
WHERE problem IS NULL AND claim_type = 'outpatient' AND (cbsa <> '' OR ccn <> '')
"""


def register_reference(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that the steps join: `opps_days`, `opps_segments`, `opps_wages` and others.

    A day of a year without a release of OPPS has no segment and a `problem`.
    """
    connection.execute(_SEGMENTS)
    register_wage_indices(connection, "opps_wages", _PLACES)
    make_days(connection, "outpatient", TABLES, "opps", partial(_segment, connection))
    modifier_lists(connection, "opps_known_modifiers", KNOWN_MODIFIERS)
    connection.execute(
        "CREATE OR REPLACE TABLE opps_treatments"
        " (status VARCHAR, kind VARCHAR, why_not VARCHAR, outside_comprehensive BOOLEAN)"
    )
    connection.execute(
        "CREATE OR REPLACE TABLE opps_families (first VARCHAR, last VARCHAR, family VARCHAR)"
    )
    blocks = [(*block, family) for family, several in FAMILIES.items() for block in several]
    insert_rows(connection, "opps_families", blocks)
    connection.execute(
        "CREATE OR REPLACE TABLE opps_composite_apcs"
        " (family VARCHAR, has_contrast BOOLEAN, apc VARCHAR)"
    )
    composites = [(*key, apc) for key, apc in COMPOSITES.items()]
    insert_rows(connection, "opps_composite_apcs", composites)
    insert_rows(
        connection,
        "opps_treatments",
        [(t.status, t.kind, t.why_not, t.outside_comprehensive) for t in TREATMENTS.values()],
    )


def given_on(
    connection: duckdb.DuckDBPyConnection, on: date
) -> tuple[OppsReleases, dict[str, Decimal]] | str:
    """The releases and the shares of a day, or why its year has no answer."""
    releases = opps_releases(connection, on)
    if not releases.is_known:
        return f"no OPPS Addendum B of {on.year} is loaded"
    shares = shares_on(SHARES, on, "OPPS")
    return shares if isinstance(shares, str) else (releases, shares)


def _segment(connection: duckdb.DuckDBPyConnection, number: int, first: date) -> list[object] | str:
    given = given_on(connection, first)
    if isinstance(given, str):
        return given
    found, shares = given
    releases = (found.codes, found.mapped, found.apcs, found.surgical, found.ancillary, found.tests)
    return [
        number,
        first,
        *(one and one.content_id for one in (*releases, found.physician)),
        found.physician and found.physician.variant,
        first.year,
        found.mapped and found.mapped.name,
        found.substitute(first),
        found.tests_substitute(first),
        int(value("opps_observation_hours", first).value),
        apc_rate(connection, found),
        *shares.values(),
    ]
