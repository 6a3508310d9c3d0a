"""The wage index of an area, and what it makes of a rate (rules P77 and P79).

A share of a national rate is labor, and the index of the area adjusts that share alone. OPPS takes
the hospital wage index of the fiscal year of the same number, for the whole calendar year; ASC has
a table of its own, before reclassification.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import duckdb
import msgspec

from ratepress.core.decimals import EXACT, cents
from ratepress.core.errors import MissingReferenceData, UsageError
from ratepress.core.facts import SourceRef
from ratepress.lake.tables import TABLES
from ratepress.medicare.facility_rows import ASC_PAGE
from ratepress.medicare.formula import Step, plain
from ratepress.medicare.parameters import Used

WAGE_PAGE = "https://www.cms.gov/medicare/payment/prospective-payment-systems/acute-inpatient-pps"
_CBSA = re.compile(r"\d{5}\Z|\d{2}\Z", re.ASCII)
_TABLES = {"ASC": "asc_wage_index", "OPPS": "ipps_wage_areas", "IPPS": "ipps_wage_areas"}
_NAMES = {
    "ASC": "the ASC wage index",
    "OPPS": "the hospital wage index",
    "IPPS": "the hospital wage index",
}
_PAGES = {"ASC": ASC_PAGE, "OPPS": WAGE_PAGE, "IPPS": WAGE_PAGE}


class Area(msgspec.Struct, frozen=True):
    """A labor market area: CBSA (two digits: the rest of a state), its name, wage index, source.

    `gaf` is the geographic factor of capital payment, where the table states it.
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
) -> Area | MissingReferenceData | UsageError:
    """The area of `cbsa` for a payment system on a day, or the error that says why there is none.

    The error is returned, since one system may know an area that another does not.
    """
    table, name = _TABLES[system], _NAMES[system]
    # OPPS holds the index of the fiscal year of its number for its whole calendar year.
    day = date(on.year, 1, 1) if system == "OPPS" else on
    missing = MissingReferenceData(
        f"{name.capitalize()} of {day.year} is not loaded",
        expected=f"{name} in force on {day}",
        todo=f"download it from {_PAGES[system]} and `ratepress add` it",
    )
    if table not in TABLES:
        return missing
    gaf = "gaf" if "gaf" in {column.name for column in TABLES[table].columns} else "NULL"
    rows = connection.execute(
        "SELECT DISTINCT ON (content_id, wage_index) area_name, wage_index,"  # noqa: S608 - our own names
        f" {gaf}, content_id, place, release, cbsa = $cbsa AS is_it FROM {table}"
        " WHERE $day BETWEEN effective_from AND effective_until"
        " ORDER BY cbsa = $cbsa DESC, content_id, place",
        {"day": day, "cbsa": cbsa},
    ).fetchall()
    if not rows:
        return missing
    own = [row for row in rows if row[6] and row[1] is not None]
    if not own:
        why = f"There is no area {cbsa} in {name} of {rows[0][5]}"
        return UsageError(why, todo="see the file for the areas")
    if len({row[1] for row in own}) > 1:
        indices = ", ".join(f"{plain(row[1])} ({row[4]})" for row in own)
        return UsageError(
            f"Area {cbsa} has several indices in {name} of {own[0][5]}",
            found=indices,
            todo="the state or the reclassification of the hospital decides; reprice by hospital",
        )
    area, index, factor, content_id, place, release, _ = own[0]
    source = SourceRef(f"CMS, {name} {release}", content_id, place, _PAGES[system])
    return Area(cbsa, area or "", index, source, factor)


def adjusted(rate: Decimal, area: Area, labor: Used, device: Decimal | None = None) -> Step:
    """The rate in an area: its labor share by the index, the rest and a device portion as they are.

    Rounded half up to the cent once.
    """
    share = labor.value.scaleb(-2)
    base = rate if device is None else rate - device
    factor = EXACT.add(EXACT.multiply(share, area.wage_index), 1 - share)
    value = EXACT.multiply(base, factor) + (device or 0)
    rest = (100 - labor.value).normalize()
    formula = (
        f"{plain(base)} × ({labor.value.normalize():f}% × {plain(area.wage_index)} + {rest:f}%)"
    )
    if device is not None:
        formula += f" + {plain(device)} device portion"
    label = f"Labor-related share by the wage index of {area.name.strip() or area.cbsa}"
    return Step(label, formula, cents(value), is_rounded=True)
