"""What the decisions about one code on one day may ask: its rows, edits and outpatient status.

Read once for all modifiers of a code.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import duckdb
import msgspec

from ratepress.coding.edits import Edits, edits_of
from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.medicare.facility import FacilityPrice, facility_prices_on
from ratepress.medicare.releases import RVU_PAGE, Answer, find_release, release_name
from ratepress.medicare.rows import RvuRow, parse_code, rvu_rows


class Subject(msgspec.Struct, frozen=True):
    """One code on one day.

    `edits` are the practitioner's, `opps` the outpatient row; None where they were not asked for
    or it has no row.
    """

    code: str
    on: date
    rows: dict[str, RvuRow]
    answer: Answer
    edits: Edits | Gap | None = None
    opps: FacilityPrice | None = None

    @property
    def base(self) -> RvuRow:
        """The row without a modifier, or the first of a code that has none."""
        return base_row(self.rows)


def find_subject(
    connection: duckdb.DuckDBPyConnection, code: str, on: date, what: str
) -> Subject | Gap:
    """All that decides about a code on a day; a Gap `what` without a release or a row.

    Raises `UsageError` for a malformed code.
    """
    found = find_rows(connection, code, on, what)
    if isinstance(found, Gap):
        return found
    answer, rows = found
    wanted = parse_code(code)
    edits = edits_of(connection, wanted, on)
    return Subject(wanted, on, rows, answer, edits, _opps(connection, wanted, on))


def _opps(connection: duckdb.DuckDBPyConnection, code: str, on: date) -> FacilityPrice | None:
    """The outpatient row of a code, where some release of the year has one."""
    opps, _ = facility_prices_on(connection, code, on)
    return opps if opps.status is not None else None


def find_rows(
    connection: duckdb.DuckDBPyConnection, code: str, on: date, what: str
) -> tuple[Answer, dict[str, RvuRow]] | Gap:
    """The rows of a code by modifier, with the release that answers; a Gap where there is none."""
    wanted = parse_code(code)
    answer = find_release(connection, on)
    if answer is None:
        return Gap(
            what,
            f"no release of the physician fee schedule of {on.year} is loaded",
            f"RVU{release_name(on)[2:]} from {RVU_PAGE}",
        )
    rows = rvu_rows(connection, answer.release, [wanted]).get(wanted)
    if rows is None:
        return Gap(
            what,
            answer.release.lacks(wanted),
            "a release that has the code; it may belong to another payment system",
        )
    return answer, rows


def base_row(rows: Mapping[str, RvuRow]) -> RvuRow:
    """The row without a modifier, or the first of a code that has none."""
    return rows.get("") or next(iter(rows.values()))


def opps_source(price: FacilityPrice) -> SourceRef:
    """Where an outpatient status stands."""
    sources = price.result.sources if isinstance(price.result, Fact) else ()
    return sources[0] if sources else SourceRef(f"CMS OPPS {price.release}")
