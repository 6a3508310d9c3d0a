"""The wage index of an area, by payment system.

OPPS takes the hospital wage index (`medicare.wage_index`) of the fiscal year of the same number,
for the whole calendar year; ASC has a table of its own, before reclassification.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import duckdb
import msgspec

from ratepress.core.errors import UsageError
from ratepress.core.facts import Gap, SourceRef
from ratepress.lake.queries import first_row
from ratepress.medicare.facility_rows import ASC_PAGE
from ratepress.medicare.wage_index import wage_index

_CBSA = re.compile(r"\d{5}\Z|\d{2}\Z", re.ASCII)


class Area(msgspec.Struct, frozen=True):
    """A labor market area: CBSA (two digits: the rest of a state), its name, wage index, source.

    `gaf` is the geographic adjustment factor of capital payment; None of an ASC area.
    """

    cbsa: str
    name: str
    wage_index: Decimal
    source: SourceRef
    gaf: Decimal | None = None


def parse_cbsa(cbsa: str) -> str:
    """A CBSA; `UsageError` where it is none.

    >>> parse_cbsa(" 10420 ")
    '10420'
    """
    text = cbsa.strip()
    if not _CBSA.match(text):
        raise UsageError(
            "This is no CBSA",
            found=cbsa,
            expected="five digits, or two for the rest of a state",
            todo="see the wage index file for the areas",
        )
    return text


def find_area(
    connection: duckdb.DuckDBPyConnection, system: str, cbsa: str, on: date
) -> Area | Gap:
    """The area of `cbsa` for `OPPS`, `IPPS` or `ASC` on a day, or why it has no index."""
    if system == "ASC":
        return _asc_area(connection, cbsa, on)
    found = wage_index(connection, on, cbsa=cbsa, is_calendar=system == "OPPS")
    if isinstance(found, Gap):
        return found
    return Area(cbsa, "", found.value, found.source, found.gaf)


_ASC_AREA = """
SELECT content_id, place, release, area_name, wage_index, cbsa = $cbsa AS is_it
FROM asc_wage_index WHERE $day BETWEEN effective_from AND effective_until
ORDER BY is_it DESC, content_id, place LIMIT 1
"""


def _asc_area(connection: duckdb.DuckDBPyConnection, cbsa: str, on: date) -> Area | Gap:
    row = first_row(connection, _ASC_AREA, {"cbsa": cbsa, "day": on})
    fill = f"the ASC wage index of {on.year}, from {ASC_PAGE}"
    if row is None:
        return Gap("ASC wage index", f"no ASC wage index of {on.year} is loaded", fill)
    content_id, place, release, name, index, is_it = row
    if not is_it or index is None:
        return Gap("ASC wage index", f"there is no area {cbsa} in that of {release}", fill)
    source = SourceRef(f"CMS ASC wage index {release}", content_id, place, ASC_PAGE)
    return Area(cbsa, name or "", index, source)
