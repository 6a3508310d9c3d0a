"""What Medicare pays the facility: the national unadjusted rates of OPPS and of ASC for a code.

Rules P00, P11 (OPPS Addendum B), P12 (APC by Addendum FF) and P13 (ASC addenda). Neither wage
index nor modifiers enter: the rate is the one that CMS publishes for the code.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import msgspec

from ratepress.core.decimals import cents
from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.lake.store import Lake
from ratepress.medicare.releases import Release, choose, release_name
from ratepress.medicare.rows import parse_code

OPPS_PAGE = (
    "https://www.cms.gov/medicare/payment/prospective-payment-systems/"
    "hospital-outpatient-pps/quarterly-addenda-updates"
)
ASC_PAGE = (
    "https://www.cms.gov/medicare/payment/prospective-payment-systems/"
    "ambulatory-surgical-center-asc/asc-payment-rates-addenda"
)
_LABELS = {
    "OPPS": "Medicare hospital outpatient rate (OPPS)",
    "ASC": "Medicare ambulatory surgical center rate (ASC)",
}
_PAGES = {"OPPS": OPPS_PAGE, "ASC": ASC_PAGE}
_WANTED = {"OPPS": "OPPS Addendum B", "ASC": "ASC Addenda AA and BB"}


class FacilityPrice(msgspec.Struct, frozen=True, kw_only=True):
    """The national unadjusted rate of one payment system for a code, or the reason for none.

    `system` is `OPPS` or `ASC`, `status` its status or payment indicator, `apc` OPPS's class;
    `amount` is in dollars. `release` is None where none of the year is loaded; `substituted` says
    that another release of the year stands in (rule P00).
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


class _Row(msgspec.Struct, frozen=True):
    """One code's row: the release that has it, its indicators and rate, and where it stands."""

    release: Release
    status: str | None
    apc: str | None
    rate: Decimal | None
    source: SourceRef


def facility_prices(
    lake: Lake, code: str, on: date, *, strict: bool = False
) -> tuple[FacilityPrice, ...]:
    """The rates of `code` on the day `on`: one for OPPS, then one for ASC.

    With `strict` a release that stands in for the one in force gives a Gap. Raises `UsageError`
    for a malformed code.

    >>> import tempfile, pathlib
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> [one.result.why for one in facility_prices(lake, "32557", date(2026, 7, 15))][0]
    'no OPPS Addendum B of 2026 is loaded'
    """
    with lake.connect() as connection:
        return facility_prices_on(connection, code, on, strict=strict)


def facility_prices_on(
    connection: duckdb.DuckDBPyConnection, code: str, on: date, *, strict: bool = False
) -> tuple[FacilityPrice, ...]:
    """As `facility_prices`, on an open connection of a lake (`Lake.connect`)."""
    code = parse_code(code)
    return (
        _opps(connection, code, on, strict=strict),
        _asc(connection, code, on, strict=strict),
    )


def _opps(
    connection: duckdb.DuckDBPyConnection, code: str, on: date, *, strict: bool
) -> FacilityPrice:
    release = _release(connection, "opps_codes", on)
    if release is None:
        return _opps_by_apc(connection, code, on, strict=strict)
    row = _row(
        connection,
        release,
        "opps_codes",
        "status, apc, rate",
        {"code": code},
        f"CMS OPPS Addendum B {release.name}",
    )
    if row is None:
        return _gap("OPPS", code, on, f"{code} is not in Addendum B {release.name}", release)
    return _priced("OPPS", code, on, row, ("P11",), strict=strict)


def _opps_by_apc(
    connection: duckdb.DuckDBPyConnection, code: str, on: date, *, strict: bool
) -> FacilityPrice:
    """Without an Addendum B of the year: the code's APC by ASC Addendum FF, and that APC's rate."""
    mapped = _release(connection, "asc_offsets", on)
    rated = _release(connection, "opps_apcs", on)
    if mapped is None or rated is None:
        return _none_loaded("OPPS", code, on)
    label = f"CMS ASC Addendum FF {mapped.name}"
    class_of = _row(connection, mapped, "asc_offsets", "NULL, apc, NULL", {"code": code}, label)
    if class_of is None or class_of.apc is None:
        return _gap(
            "OPPS",
            code,
            on,
            f"no OPPS Addendum B of {on.year} is loaded, and ASC Addendum FF {mapped.name} has no"
            f" APC for {code}",
        )
    label = f"CMS OPPS rates by APC {rated.name}"
    row = _row(connection, rated, "opps_apcs", "status, apc, rate", {"apc": class_of.apc}, label)
    if row is None:
        why = f"APC {class_of.apc} has no rate in the list of APC rates {rated.name}"
        return _gap("OPPS", code, on, why, rated)
    note = (
        f"No OPPS Addendum B of {on.year} is loaded: APC {class_of.apc} by ASC Addendum FF"
        f" {mapped.name}, and the rate of that APC (rule P12)."
    )
    return _priced("OPPS", code, on, row, ("P12",), strict=strict, also=(class_of,), note=note)


def _asc(
    connection: duckdb.DuckDBPyConnection, code: str, on: date, *, strict: bool
) -> FacilityPrice:
    tried = []
    for addendum in ("AA", "BB", "EE"):
        release = _release(connection, "asc_codes", on, addendum)
        if release is None:
            continue
        tried.append(f"{addendum} {release.name}")
        label = f"CMS ASC Addendum {addendum} {release.name}"
        where = {"code": code, "addendum": addendum}
        row = _row(connection, release, "asc_codes", "payment_indicator, NULL, rate", where, label)
        if row is not None and addendum == "EE":
            why = f"Addendum EE {release.name} excludes {code} from payment in an ASC"
            return _gap("ASC", code, on, why, release, rules=("P13",))
        if row is not None:
            return _priced("ASC", code, on, row, ("P13",), strict=strict)
    if not tried:
        return _none_loaded("ASC", code, on)
    return _gap("ASC", code, on, f"{code} is in none of ASC Addenda {', '.join(tried)}")


def _release(
    connection: duckdb.DuckDBPyConnection, table: str, on: date, addendum: str | None = None
) -> Release | None:
    """The release of a table that answers for a day; of several files the longest, then by id."""
    only = "" if addendum is None else " AND addendum = $addendum"
    rows = connection.execute(  # The names of tables are our own.
        "SELECT release, effective_from, effective_until, content_id, count(*) AS n_rows"  # noqa: S608
        f" FROM {table} WHERE year(effective_from) = $year{only}"
        " GROUP BY ALL ORDER BY n_rows, content_id",
        {"year": on.year} | ({} if addendum is None else {"addendum": addendum}),
    ).fetchall()
    loaded = [Release(name, first, last, held, n_rows=n) for name, first, last, held, n in rows]
    return choose(loaded, on)


def _row(
    connection: duckdb.DuckDBPyConnection,
    release: Release,
    table: str,
    columns: str,
    where: dict[str, str],
    label: str,
) -> _Row | None:
    tests = "".join(f" AND {column} = ${column}" for column in where)
    found: Any = connection.execute(
        f"SELECT {columns}, place FROM {table}"  # noqa: S608 - our own names
        f" WHERE content_id = $content_id{tests}",
        {"content_id": release.content_id, **where},
    ).fetchone()
    if found is None:
        return None
    status, apc, rate, place = found
    page = OPPS_PAGE if table.startswith("opps") else ASC_PAGE
    return _Row(release, status, apc, rate, SourceRef(label, release.content_id, place, page))


def _priced(
    system: str,
    code: str,
    on: date,
    row: _Row,
    rules: tuple[str, ...],
    *,
    strict: bool,
    also: tuple[_Row, ...] = (),
    note: str | None = None,
) -> FacilityPrice:
    used = (row, *also)
    stand_ins = [one.release.name for one in used if not one.release.is_in_force(on)]
    notes = [] if note is None else [note]
    if stand_ins:
        rules = ("P00", *rules)
        names = ", ".join(dict.fromkeys(stand_ins))
        wanted = f"{release_name(on)}, which {on} falls in and is not loaded"
        notes.append(f"{system}: release {names} stands in for {wanted} (rule P00).")
    result: Fact | Gap
    if stand_ins and strict:
        why = f"the release in force on {on} is not loaded, and a substitute is refused"
        result = _missing(system, code, on, why, ("P00",))
    elif row.rate is None:
        why = f"no separate rate: {_indicator(system)} {row.status or 'none'}"
        result = _missing(system, code, on, why, rules)
    else:
        sources = tuple(one.source for one in used)
        result = Fact(cents(row.rate), "USD", on, sources, rules, " ".join(notes) or None)
    return FacilityPrice(
        system=system,
        code=code,
        on=on,
        result=result,
        amount=cents(row.rate) if isinstance(result, Fact) and row.rate is not None else None,
        status=row.status,
        apc=row.apc,
        release=row.release.name,
        substituted=bool(stand_ins),
        notes=tuple(notes),
    )


def _indicator(system: str) -> str:
    return "status indicator" if system == "OPPS" else "payment indicator"


def _none_loaded(system: str, code: str, on: date) -> FacilityPrice:
    wanted = _WANTED[system]
    is_one = "is" if system == "OPPS" else "are"
    return _gap(system, code, on, f"no {wanted} of {on.year} {is_one} loaded")


def _gap(
    system: str,
    code: str,
    on: date,
    why: str,
    release: Release | None = None,
    rules: tuple[str, ...] = (),
) -> FacilityPrice:
    return FacilityPrice(
        system=system,
        code=code,
        on=on,
        result=_missing(system, code, on, why, rules),
        release=None if release is None else release.name,
        substituted=release is not None and not release.is_in_force(on),
    )


def _missing(system: str, code: str, on: date, why: str, rules: tuple[str, ...]) -> Gap:
    fill = f"{_WANTED[system]} for {on}, from {_PAGES[system]}"
    return Gap(f"{_LABELS[system]} for {code}", why, fill, rules)
