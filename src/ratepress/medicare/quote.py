"""What Medicare pays for one code under each payment system asked, side by side.

The Python twin of `ratepress price`: `medicare.price` for the professional fee, `medicare.facility`
for the facility, and `medicare.totals` for both together.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import duckdb
import msgspec

from ratepress.codes.argument import CodeRef
from ratepress.codes.argument import parse_code as parse_reference
from ratepress.core.errors import UsageError
from ratepress.lake.store import Lake
from ratepress.medicare.facility import TABLES as FACILITY_TABLES
from ratepress.medicare.facility import FacilityPrice, facility_price
from ratepress.medicare.facility_rows import Found
from ratepress.medicare.facility_rules import has_effect_on_facilities
from ratepress.medicare.inpatient import drg_price
from ratepress.medicare.laboratory import clfs_rows, laboratory_price
from ratepress.medicare.price import TABLES as PFS_TABLES
from ratepress.medicare.price import Price, parse_modifiers, price_on
from ratepress.medicare.totals import Total, visit_totals

SYSTEMS: Final = ("pfs", "opps", "asc", "ipps", "clfs")
_TABLES: Final = (*PFS_TABLES, *FACILITY_TABLES, "ipps_drgs")
_SIDE_BY_SIDE: Final = ("pfs", "opps", "asc")


class Quote(msgspec.Struct, frozen=True):
    """Every answer to one question: professional by site, facility by system, and their sums."""

    prices: tuple[Price, ...]
    facility: tuple[FacilityPrice, ...]
    totals: tuple[Total, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What to mind of all answers, each once."""
        found = [note for one in self.prices for note in one.notes]
        found += [note for one in self.facility for note in one.notes]
        return tuple(dict.fromkeys(found))


def quote(
    lake: Lake,
    code: str,
    on: date,
    *,
    systems: Sequence[str] = (),
    modifiers: Sequence[str] = (),
    site: str | None = None,
    locality: str | None = None,
    zip_code: str | None = None,
    cbsa: str | None = None,
    units: int = 1,
    provider_type: str | None = None,
    qualifying: bool = False,
    strict: bool = False,
) -> Quote:
    """What Medicare pays for `code` on the day `on`, under each of `systems`.

    `code` is a CPT or HCPCS code, or an MS-DRG (`ms-drg:470`). Without `systems`, every one that
    can answer: IPPS for a DRG; else the physician fee schedule, OPPS and ASC where neither a site,
    a locality nor a kind of practitioner is asked for and every modifier means something to a
    facility, and CLFS where it has the code. Other arguments are those of
    `medicare.price.price` and `medicare.facility.facility_prices`, and what they raise is raised
    here; and `UsageError` for a system that does not pay by such codes.

    >>> import tempfile, pathlib
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> asked = quote(lake, "32557", date(2026, 7, 15), systems=["opps"])
    >>> asked.prices, [one.system for one in asked.facility]
    ((), ['OPPS'])
    """
    asked = parse_reference(code)
    wanted = parse_systems(systems)
    plain = (site, locality, zip_code, provider_type) == (None,) * 4
    is_facility = plain and has_effect_on_facilities(parse_modifiers(modifiers))
    with lake.connect(tables=_TABLES) as connection:
        wanted = wanted or _answering(connection, asked, on, is_facility=is_facility)
        prices: tuple[Price, ...] = ()
        if "pfs" in wanted:
            prices = price_on(
                connection,
                asked.code,
                on,
                modifiers=modifiers,
                site=site,
                locality=locality,
                zip_code=zip_code,
                units=units,
                provider_type=provider_type,
                qualifying=qualifying,
                strict=strict,
            )
        facility = tuple(
            _facility(connection, system, asked, on, modifiers, cbsa, units, strict=strict)
            for system in wanted
            if system != "pfs"
        )
    return Quote(prices, facility, visit_totals(facility, prices))


def _answering(
    connection: duckdb.DuckDBPyConnection, asked: CodeRef, on: date, *, is_facility: bool
) -> tuple[str, ...]:
    if asked.system == "ms-drg":
        return ("ipps",)
    if not is_facility:
        return ("pfs",)
    rates = clfs_rows(connection, [asked.code], on)
    is_test = isinstance(rates[asked.code], Found)
    return (*_SIDE_BY_SIDE, "clfs") if is_test else _SIDE_BY_SIDE


def _facility(
    connection: duckdb.DuckDBPyConnection,
    system: str,
    asked: CodeRef,
    on: date,
    modifiers: Sequence[str],
    cbsa: str | None,
    units: int,
    *,
    strict: bool,
) -> FacilityPrice:
    if (system == "ipps") is not (asked.system == "ms-drg"):
        raise UsageError(
            f"{system.upper()} does not pay by {asked.system} codes",
            found=str(asked),
            expected="ms-drg:470 for ipps, a CPT or HCPCS code for the others",
            todo="name another --system, or another code",
        )
    if system == "ipps":
        return drg_price(connection, asked.code, on, cbsa=cbsa)
    if system == "clfs":
        return laboratory_price(
            connection, asked.code, on, modifiers=modifiers, units=units, strict=strict
        )
    return facility_price(
        connection,
        system.upper(),
        asked.code,
        on,
        modifiers=modifiers,
        cbsa=cbsa,
        units=units,
        strict=strict,
    )


def parse_systems(systems: Sequence[str]) -> tuple[str, ...]:
    """Payment systems in their own order; `UsageError` for one that there is not.

    >>> parse_systems(["ASC", "pfs"])
    ('pfs', 'asc')
    """
    found = {system.strip().lower() for system in systems}
    for system in sorted(found):
        if system not in SYSTEMS:
            raise UsageError(
                f"{system!r} is no payment system that is priced here",
                expected=", ".join(SYSTEMS),
                todo="name one of them",
            )
    return tuple(system for system in SYSTEMS if system in found)
