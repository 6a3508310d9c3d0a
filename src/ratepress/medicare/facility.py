"""What Medicare pays the facility for one code: OPPS and ASC, by area, modifier and units.

Rules P00, P11 to P13 (which rate), P78 and P80 (area, modifiers and units).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

import duckdb
import msgspec

from ratepress.core.decimals import cents
from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.lake.batches import remembered
from ratepress.lake.store import Lake
from ratepress.medicare.facility_rows import (
    ASC_PAGE,
    OPPS_PAGE,
    Found,
    Missing,
    Rows,
    apc_rows,
    asc_rows,
    facility_release,
    opps_rows,
)
from ratepress.medicare.facility_rules import Adjusted, adjust
from ratepress.medicare.formula import Step
from ratepress.medicare.parameters import Used
from ratepress.medicare.price import parse_modifiers, parse_units
from ratepress.medicare.releases import Release, release_name
from ratepress.medicare.rows import parse_code
from ratepress.medicare.wages import parse_cbsa

SYSTEMS = ("OPPS", "ASC")
TABLES = (
    "opps_codes", "opps_apcs", "asc_codes", "asc_offsets", "asc_wage_index", "asc_code_pairs",
    "clfs_rates", "ipps_wage_areas", "ipps_wage_hospitals", "opps_wage_hospitals", "pfs_rvu",
)  # fmt: skip
"""The tables of the lake that `facility_price` reads."""
_LABELS = {
    "OPPS": "Medicare hospital outpatient rate (OPPS)",
    "ASC": "Medicare ambulatory surgical center rate (ASC)",
}
_FINAL = "nothing: the indicator says that there is none"
_PAGES = {"OPPS": OPPS_PAGE, "ASC": ASC_PAGE}
_WANTED = {"OPPS": "OPPS Addendum B", "ASC": "ASC Addenda AA and BB"}
ROWS: dict[str, Callable[[duckdb.DuckDBPyConnection, Sequence[str], date], Rows]] = {
    "OPPS": opps_rows,
    "ASC": asc_rows,
}
"""The rows of many codes on a day, by system."""
__all__ = [
    "ROWS",
    "FacilityPrice",
    "apc_price",
    "facility_price",
    "facility_prices",
    "facility_release",
]


class FacilityPrice(msgspec.Struct, frozen=True, kw_only=True):
    """What one payment system of facilities pays for a code, or the reason for none.

    `system` is `OPPS`, `ASC`, `IPPS` or `CLFS`; `status` its status or payment indicator, `apc`
    OPPS's class; `amount` is in dollars, for all `units`. `area` is the CBSA whose wage index
    applies, `national` without one. `release` is None where none of the year is loaded;
    `substituted` says that another release of the year stands in (rule P00).
    """

    system: str
    code: str
    on: date
    result: Fact | Gap
    amount: Decimal | None = None
    status: str | None = None
    apc: str | None = None
    release: str | None = None
    substituted: bool = False
    notes: tuple[str, ...] = ()
    modifier: str = ""
    units: int = 1
    area: str = "national"
    steps: tuple[Step, ...] = ()
    parameters: tuple[Used, ...] = ()
    effective_from: date | None = None
    effective_until: date | None = None


def facility_prices(
    lake: Lake,
    code: str,
    on: date,
    *,
    modifiers: Sequence[str] = (),
    cbsa: str | None = None,
    units: int = 1,
    strict: bool = False,
) -> tuple[FacilityPrice, ...]:
    """The rates of `code` on the day `on`: one for OPPS, then one for ASC.

    `cbsa` is the area whose wage index applies, the nation for None; `modifiers` may be 50, RT with
    LT, 52, 73 and 74, and those without an effect. With `strict` a release that stands in for the
    one in force gives a Gap. Raises `UsageError` for a malformed code, modifier, number of units or
    area.

    >>> import tempfile, pathlib
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> [one.result.why for one in facility_prices(lake, "32557", date(2026, 7, 15))][0]
    'no OPPS Addendum B of 2026 is loaded'
    """
    with lake.connect(tables=TABLES) as connection:
        return facility_prices_on(
            connection, code, on, modifiers=modifiers, cbsa=cbsa, units=units, strict=strict
        )


def facility_prices_on(
    connection: duckdb.DuckDBPyConnection,
    code: str,
    on: date,
    *,
    modifiers: Sequence[str] = (),
    cbsa: str | None = None,
    units: int = 1,
    strict: bool = False,
) -> tuple[FacilityPrice, ...]:
    """As `facility_prices`, on an open connection of a lake (`Lake.connect`)."""
    return tuple(
        facility_price(
            connection,
            system,
            code,
            on,
            modifiers=modifiers,
            cbsa=cbsa,
            units=units,
            strict=strict,
        )
        for system in SYSTEMS
    )


def outpatient_classes(connection: duckdb.DuckDBPyConnection, on: date) -> dict[str, str]:
    """The APC of every code that has one on a day: by Addendum B, else by ASC Addendum FF (P12).

    Empty where neither is loaded.
    """
    for table in ("opps_codes", "asc_offsets"):
        release = facility_release(connection, table, on)
        if release is not None:
            rows = connection.execute(
                f"SELECT code, apc FROM {table} WHERE content_id = ? AND apc IS NOT NULL",  # noqa: S608
                [release.content_id],
            ).fetchall()
            return dict(rows)
    return {}


def facility_price(
    connection: duckdb.DuckDBPyConnection,
    system: str,
    code: str,
    on: date,
    *,
    modifiers: Sequence[str] = (),
    cbsa: str | None = None,
    units: int = 1,
    strict: bool = False,
) -> FacilityPrice:
    """As `facility_prices`, of one of `SYSTEMS`, on an open connection of a lake."""
    code = parse_code(code)
    parse_units(units)
    return remembered(
        connection,
        ("facility", system, code, on, tuple(modifiers), cbsa, units, strict),
        lambda: _facility_price(
            connection, system, code, on, modifiers, cbsa, units, strict=strict
        ),
    )


def _facility_price(
    connection: duckdb.DuckDBPyConnection,
    system: str,
    code: str,
    on: date,
    modifiers: Sequence[str],
    cbsa: str | None,
    units: int,
    *,
    strict: bool,
) -> FacilityPrice:
    asked = FacilityPrice(
        system=system,
        code=code,
        on=on,
        result=Gap("", "", ""),
        modifier=" ".join(parse_modifiers(modifiers)),
        units=units,
        area="national" if cbsa is None else parse_cbsa(cbsa),
    )
    found = ROWS[system](connection, [code], on)[code]
    if isinstance(found, Missing):
        return without(asked, missing(asked, found.why, found.rules), found.release)
    return _priced(connection, asked, found, strict=strict)


def apc_price(connection: duckdb.DuckDBPyConnection, apc: str, on: date) -> FacilityPrice:
    """The national rate of an APC itself (four digits), by Addendum A or a list of APC rates."""
    asked = FacilityPrice(system="OPPS", code=apc, on=on, result=Gap("", "", ""))
    found = apc_rows(connection, [apc], on)[apc]
    if isinstance(found, Missing):
        return without(asked, missing(asked, found.why, found.rules), found.release)
    return _priced(connection, asked, found, strict=False)


def _priced(
    connection: duckdb.DuckDBPyConnection, asked: FacilityPrice, found: Found, *, strict: bool
) -> FacilityPrice:
    row, rules = found.row, found.rules
    notes = [] if found.note is None else [found.note]
    substitutes = stand_ins(asked, [one.release for one in found.used])
    if substitutes is not None:
        rules = ("P00", *rules)
        notes.append(substitutes)
    asked = msgspec.structs.replace(asked, status=row.status, apc=row.apc, notes=tuple(notes))
    if substitutes is not None and strict:
        why = f"the release in force on {asked.on} is not loaded, and a substitute is refused"
        return without(asked, missing(asked, why, ("P00",)), row.release)
    if row.rate is None:
        why = f"no separate rate: {_indicator(asked.system)} {row.status or 'none'}"
        return without(asked, missing(asked, why, rules, _FINAL), row.release)
    modifiers = tuple(asked.modifier.split())
    cbsa = None if asked.area == "national" else asked.area
    made = adjust(connection, asked.system, asked.code, row, asked.on, modifiers, cbsa, asked.units)
    if isinstance(made, Missing):
        gap = missing(asked, made.why, (*rules, *made.rules), made.fill)
        return without(asked, gap, row.release)
    sources = (*(one.source for one in found.used), *made.sources)
    return _with_amount(asked, row.release, made, sources, (*rules, *made.rules))


def _with_amount(
    asked: FacilityPrice,
    release: Release,
    made: Adjusted,
    sources: tuple[SourceRef, ...],
    rules: tuple[str, ...],
) -> FacilityPrice:
    cited = [SourceRef(c.title, link=c.link) for one in made.parameters for c in one.citations]
    notes = (*asked.notes, *made.notes)
    amount = cents(made.amount)
    fact = Fact(
        amount,
        "USD",
        asked.on,
        tuple(dict.fromkeys((*sources, *cited))),
        tuple(dict.fromkeys(rules)),
        " ".join(asked.notes) or None,
    )
    return dated(
        msgspec.structs.replace(
            asked,
            result=fact,
            amount=amount,
            steps=made.steps,
            parameters=made.parameters,
            notes=notes,
        ),
        release,
    )


def stand_ins(asked: FacilityPrice, used: Sequence[Release]) -> str | None:
    """The note of rule P00, where a release stands in for the one that the day falls in."""
    names = [one.name for one in used if not one.is_in_force(asked.on)]
    if not names:
        return None
    wanted = f"{release_name(asked.on)}, the one of {asked.on}, which is not loaded"
    standing = ", ".join(dict.fromkeys(names))
    return f"{asked.system}: release {standing} stands in for {wanted} (rule P00)."


def dated(answer: FacilityPrice, release: Release | None) -> FacilityPrice:
    """The answer with the release that it comes from."""
    if release is None:
        return answer
    return msgspec.structs.replace(
        answer,
        release=release.name,
        substituted=not release.is_in_force(answer.on),
        effective_from=release.effective_from,
        effective_until=release.effective_until,
    )


def without(asked: FacilityPrice, gap: Gap, release: Release | None) -> FacilityPrice:
    """The answer that there is no amount."""
    return dated(msgspec.structs.replace(asked, result=gap), release)


def missing(
    asked: FacilityPrice, why: str, rules: tuple[str, ...] = (), fill: str | None = None
) -> Gap:
    """Why a system has no amount for the code, and what would give it one."""
    fill = fill or f"{_WANTED[asked.system]} for {asked.on}, from {_PAGES[asked.system]}"
    return Gap(f"{_LABELS[asked.system]} for {asked.code}", why, fill, rules)


def _indicator(system: str) -> str:
    return "status indicator" if system == "OPPS" else "payment indicator"
