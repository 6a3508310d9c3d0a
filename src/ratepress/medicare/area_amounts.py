"""What Medicare pays facilities for many codes in many areas, for the market (rule M07).

The amounts are those of `medicare.facility` and `medicare.inpatient` with an area: a rate with
labor in it is one product with a factor of the area, which is found once for each area.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal

import duckdb
import msgspec

from ratepress.core.decimals import EXACT, cents
from ratepress.core.errors import MissingReferenceData
from ratepress.core.facts import Gap
from ratepress.medicare.facility import facility_price
from ratepress.medicare.facility_rules import is_by_wages, wage_factor
from ratepress.medicare.inpatient import stay_steps, weights
from ratepress.medicare.parameters import used
from ratepress.medicare.wage_index import WageIndices, fiscal_year
from ratepress.medicare.wages import Area, find_area


class AreaAmount(msgspec.Struct, frozen=True):
    """One amount in dollars, in one area (CBSA)."""

    system: str
    code: str
    cbsa: str
    amount: Decimal


def area_amounts(
    connection: duckdb.DuckDBPyConnection,
    codes: Iterable[tuple[str, str]],
    cbsas: Collection[str],
    on: date,
) -> list[AreaAmount]:
    """The amounts of `codes`, each with its system (`OPPS`, `ASC`, `IPPS`), in areas on a day.

    There is none of an area without an index of the year, nor of a code that has no amount, or
    whose amount holds no labor and is the same everywhere.

    >>> import tempfile, pathlib
    >>> from ratepress.lake.store import Lake
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> area_amounts(lake.connect(), [("OPPS", "32557")], ["12060"], date(2026, 7, 15))
    []
    """
    by_system: dict[str, list[str]] = {}
    for system, code in sorted(set(codes)):
        by_system.setdefault(system, []).append(code)
    found: list[AreaAmount] = []
    for system, named in by_system.items():
        areas = _areas(connection, system, sorted(set(cbsas)), on)
        if areas:
            make = _stays if system == "IPPS" else _services
            found += make(connection, system, named, areas, on)
    return found


def _services(
    connection: duckdb.DuckDBPyConnection,
    system: str,
    codes: list[str],
    areas: list[Area],
    on: date,
) -> list[AreaAmount]:
    try:
        labor = used(f"{system.lower()}_labor_percent", on)
    except MissingReferenceData:
        return []
    factors = [(area.cbsa, wage_factor(area, labor).value) for area in areas]
    found = []
    for code in codes:
        # One area tells whether its wages count; the others differ in nothing but their factor.
        there = facility_price(connection, system, code, on, cbsa=areas[0].cbsa)
        rate = facility_price(connection, system, code, on).amount
        if rate is not None and is_by_wages(there.steps):
            found += [
                AreaAmount(system, code, cbsa, cents(EXACT.multiply(rate, factor)))
                for cbsa, factor in factors
            ]
    return found


def _stays(
    connection: duckdb.DuckDBPyConnection,
    system: str,
    drgs: list[str],
    areas: list[Area],
    on: date,
) -> list[AreaAmount]:
    try:
        return [
            AreaAmount(system, drg, area.cbsa, stay_steps(one.weight, on, area)[0][-1].value)
            for drg, one in weights(connection, drgs, on).items()
            for area in areas
        ]
    except MissingReferenceData:
        return []


def _areas(
    connection: duckdb.DuckDBPyConnection, system: str, cbsas: Collection[str], on: date
) -> list[Area]:
    """The areas that have an index, as `find_area` finds each."""
    if system == "ASC":
        found = (find_area(connection, system, cbsa, on) for cbsa in cbsas)
        return [one for one in found if not isinstance(one, Gap)]
    year = on.year if system == "OPPS" else fiscal_year(on)
    indices = WageIndices.load(connection, year)
    known = ((cbsa, indices.of(cbsa=cbsa)) for cbsa in cbsas)
    return [
        Area(cbsa, "", one.value, one.source, one.gaf)
        for cbsa, one in known
        if not isinstance(one, Gap)
    ]
