"""The rows that a facility's rate is made from: releases, addenda, and where each row stands.

OPPS Addenda A and B, ASC Addenda AA, BB, EE and FF, and lists of APC rates, as read from the lake.
Rules P00 and P11 to P13.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import msgspec

from ratepress.core.facts import SourceRef
from ratepress.lake.batches import remembered
from ratepress.medicare.releases import Release, choose, year_of
from ratepress.medicare.rows import one_of

OPPS_PAGE = (
    "https://www.cms.gov/medicare/payment/prospective-payment-systems/"
    "hospital-outpatient-pps/quarterly-addenda-updates"
)
ASC_PAGE = (
    "https://www.cms.gov/medicare/payment/prospective-payment-systems/"
    "ambulatory-surgical-center-asc/asc-payment-rates-addenda"
)
CLFS_PAGE = (
    "https://www.cms.gov/medicare/payment/fee-schedules/clinical-laboratory-fee-schedule-clfs/files"
)
_PAGES = {"opps": OPPS_PAGE, "asc_": ASC_PAGE, "clfs": CLFS_PAGE}


class RateRow(msgspec.Struct, frozen=True):
    """One code's row: its release, indicators and rate, and where it stands.

    `apc` is OPPS's class. `is_discounted` is ASC's multiple procedure discounting; `device_portion`
    the dollars of an ASC rate that pay a device.
    """

    release: Release
    status: str | None
    apc: str | None
    rate: Decimal | None
    source: SourceRef
    is_discounted: bool = False
    device_portion: Decimal | None = None


class Missing(msgspec.Struct, frozen=True):
    """Why there is no row or amount: in words, with release, rules, and what would fill it."""

    why: str
    release: Release | None = None
    rules: tuple[str, ...] = ()
    fill: str | None = None


class Found(msgspec.Struct, frozen=True):
    """The row of a code, other rows behind it, the rules of the choice, and what to mind."""

    row: RateRow
    rules: tuple[str, ...]
    also: tuple[RateRow, ...] = ()
    note: str | None = None

    @property
    def used(self) -> tuple[RateRow, ...]:
        return (self.row, *self.also)


Rows = dict[str, Found | Missing]
"""The answer for each code."""


def opps_rows(connection: duckdb.DuckDBPyConnection, codes: Sequence[str], on: date) -> Rows:
    """Of each code the row of Addendum B; without one of the year that of its APC (P11, P12)."""
    release = facility_release(connection, "opps_codes", on)
    if release is None:
        return _opps_by_apc(connection, codes, on)
    label = f"CMS OPPS Addendum B {release.name}"
    rows = find_rows(connection, release, "opps_codes", "status, apc, rate", label, "code", codes)
    return {
        code: Found(rows[code], ("P11",))
        if code in rows
        else Missing(f"{code} is not in Addendum B {release.name}", release)
        for code in codes
    }


def apc_rows(connection: duckdb.DuckDBPyConnection, apcs: Sequence[str], on: date) -> Rows:
    """Of each APC its row in Addendum A or a list of APC rates."""
    release = facility_release(connection, "opps_apcs", on)
    if release is None:
        return {apc: Missing(f"no OPPS Addendum A of {on.year} is loaded") for apc in apcs}
    label = f"CMS OPPS rates by APC {release.name}"
    rows = find_rows(connection, release, "opps_apcs", "status, apc, rate", label, "apc", apcs)
    why = f"has no rate in the list of APC rates {release.name}"
    return {
        apc: Found(rows[apc], ("P12",)) if apc in rows else Missing(f"APC {apc} {why}", release)
        for apc in apcs
    }


def _opps_by_apc(connection: duckdb.DuckDBPyConnection, codes: Sequence[str], on: date) -> Rows:
    """Without an Addendum B of the year: the code's APC by ASC Addendum FF, and that APC's rate."""
    none = f"no OPPS Addendum B of {on.year} is loaded"
    mapped = facility_release(connection, "asc_offsets", on)
    if mapped is None or facility_release(connection, "opps_apcs", on) is None:
        return {code: Missing(none) for code in codes}
    label = f"CMS ASC Addendum FF {mapped.name}"
    columns = "NULL, apc, NULL"
    classes = find_rows(connection, mapped, "asc_offsets", columns, label, "code", codes)
    by_apc = apc_rows(connection, sorted({c.apc for c in classes.values() if c.apc}), on)
    found: Rows = {}
    for code in codes:
        class_of = classes.get(code)
        if class_of is None or class_of.apc is None:
            why = f"{none}, and ASC Addendum FF {mapped.name} has no APC for {code}"
            found[code] = Missing(why)
            continue
        rated = by_apc[class_of.apc]
        if isinstance(rated, Found):
            note = (
                f"No OPPS Addendum B of {on.year} is loaded: APC {class_of.apc} by ASC Addendum FF"
                f" {mapped.name}, and the rate of that APC (rule P12)."
            )
            rated = Found(rated.row, ("P12",), (class_of,), note)
        found[code] = rated
    return found


def asc_rows(connection: duckdb.DuckDBPyConnection, codes: Sequence[str], on: date) -> Rows:
    """Of each code the row of Addendum AA, else of BB; a code of EE is excluded (P13)."""
    tried: list[str] = []
    found: Rows = {}
    for addendum in ("AA", "BB", "EE"):
        release = facility_release(connection, "asc_codes", on, addendum)
        if release is None:
            continue
        tried.append(f"{addendum} {release.name}")
        label = f"CMS ASC Addendum {addendum} {release.name}"
        columns = "payment_indicator, NULL, rate, coalesce(multiple_discount, '') = 'Y'"
        wanted = [code for code in codes if code not in found]
        rows = find_rows(
            connection, release, "asc_codes", columns, label, "code", wanted, addendum=addendum
        )
        for code, row in rows.items():
            why = f"Addendum EE {release.name} excludes {code} from payment in an ASC"
            is_excluded = addendum == "EE"
            found[code] = Missing(why, release, ("P13",)) if is_excluded else Found(row, ("P13",))
    devices = _device_portions(connection, found, on)
    if not tried:
        return {
            code: Missing(f"no ASC Addenda AA and BB of {on.year} are loaded") for code in codes
        }
    absent = f"is in none of ASC Addenda {', '.join(tried)}"
    return {
        code: devices.get(code) or found.get(code) or Missing(f"{code} {absent}") for code in codes
    }


def _device_portions(
    connection: duckdb.DuckDBPyConnection, found: Rows, on: date
) -> dict[str, Found]:
    """Device-intensive rates (indicator J8), with the portion that Addendum FF states."""
    rated = {
        code: one
        for code, one in found.items()
        if isinstance(one, Found) and one.row.status == "J8"
    }
    release = facility_release(connection, "asc_offsets", on) if rated else None
    if release is None:
        return {}
    label = f"CMS ASC Addendum FF {release.name}"
    columns = "NULL, NULL, offset_amount"
    rows = find_rows(connection, release, "asc_offsets", columns, label, "code", sorted(rated))
    return {
        code: Found(
            msgspec.structs.replace(rated[code].row, device_portion=portion.rate),
            rated[code].rules,
            (portion,),
        )
        for code, portion in rows.items()
    }


def facility_release(
    connection: duckdb.DuckDBPyConnection, table: str, on: date, addendum: str | None = None
) -> Release | None:
    """The release of a table that answers for a day; of several files the longest, then by id."""
    return remembered(
        connection,
        ("release", table, on, addendum),
        lambda: _facility_release(connection, table, on, addendum),
    )


def _facility_release(
    connection: duckdb.DuckDBPyConnection, table: str, on: date, addendum: str | None
) -> Release | None:
    only = "" if addendum is None else " AND addendum = $addendum"
    rows = connection.execute(  # The names of tables are our own.
        "SELECT release, effective_from, effective_until, content_id, count(*) AS n_rows"  # noqa: S608
        f" FROM {table} WHERE effective_from BETWEEN $first AND $last{only}"
        " GROUP BY ALL ORDER BY n_rows, content_id",
        dict(zip(("first", "last"), year_of(on), strict=True))
        | ({} if addendum is None else {"addendum": addendum}),
    ).fetchall()
    loaded = [Release(name, first, last, held, n_rows=n) for name, first, last, held, n in rows]
    return choose(loaded, on)


def find_rows(
    connection: duckdb.DuckDBPyConnection,
    release: Release,
    table: str,
    columns: str,
    label: str,
    key: str,
    values: Sequence[str],
    addendum: str | None = None,
) -> dict[str, RateRow]:
    """The rows of a release by `key`; `columns` are status, apc, rate and, for ASC, discounting."""
    only = "" if addendum is None else " AND addendum = $addendum"
    asked: dict[str, Any] = {"content_id": release.content_id, "values": list(values)}
    tested = one_of(key, len(values))
    found = connection.execute(
        f"SELECT {key}, place, {columns} FROM {table}"  # noqa: S608 - our own names
        f" WHERE content_id = $content_id AND {tested}{only}",
        asked | ({} if addendum is None else {"addendum": addendum}),
    ).fetchall()
    return {
        named: RateRow(
            release,
            status,
            apc,
            rate,
            SourceRef(label, release.content_id, place, _PAGES[table[:4]]),
            bool(discounted and discounted[0]),
        )
        for named, place, status, apc, rate, *discounted in found
    }
