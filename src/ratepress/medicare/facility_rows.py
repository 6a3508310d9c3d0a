"""The rows that a facility's rate is made from: releases, addenda, and where each row stands.

OPPS Addenda A and B, ASC Addenda AA, BB, EE and FF, and lists of APC rates, as read from the lake.
Rules P00 and P11 to P13.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import msgspec

from ratepress.core.facts import SourceRef
from ratepress.medicare.releases import Release, choose

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


def opps_row(connection: duckdb.DuckDBPyConnection, code: str, on: date) -> Found | Missing:
    """The row of Addendum B; without one of the year, that of the APC by Addendum FF (P12)."""
    release = facility_release(connection, "opps_codes", on)
    if release is None:
        return _opps_by_apc(connection, code, on)
    label = f"CMS OPPS Addendum B {release.name}"
    columns = "status, apc, rate"
    row = find_row(connection, release, "opps_codes", columns, {"code": code}, label)
    if row is None:
        return Missing(f"{code} is not in Addendum B {release.name}", release)
    return Found(row, ("P11",))


def apc_row(connection: duckdb.DuckDBPyConnection, apc: str, on: date) -> Found | Missing:
    """The row of an APC itself, in Addendum A or a list of APC rates."""
    release = facility_release(connection, "opps_apcs", on)
    if release is None:
        return Missing(f"no OPPS Addendum A of {on.year} is loaded")
    label = f"CMS OPPS rates by APC {release.name}"
    row = find_row(connection, release, "opps_apcs", "status, apc, rate", {"apc": apc}, label)
    if row is None:
        return Missing(f"APC {apc} has no rate in the list of APC rates {release.name}", release)
    return Found(row, ("P12",))


def _opps_by_apc(connection: duckdb.DuckDBPyConnection, code: str, on: date) -> Found | Missing:
    """Without an Addendum B of the year: the code's APC by ASC Addendum FF, and that APC's rate."""
    mapped = facility_release(connection, "asc_offsets", on)
    rated = facility_release(connection, "opps_apcs", on)
    if mapped is None or rated is None:
        return Missing(f"no OPPS Addendum B of {on.year} is loaded")
    label = f"CMS ASC Addendum FF {mapped.name}"
    class_of = find_row(connection, mapped, "asc_offsets", "NULL, apc, NULL", {"code": code}, label)
    if class_of is None or class_of.apc is None:
        return Missing(
            f"no OPPS Addendum B of {on.year} is loaded, and ASC Addendum FF {mapped.name} has no"
            f" APC for {code}"
        )
    found = apc_row(connection, class_of.apc, on)
    if isinstance(found, Missing):
        return found
    note = (
        f"No OPPS Addendum B of {on.year} is loaded: APC {class_of.apc} by ASC Addendum FF"
        f" {mapped.name}, and the rate of that APC (rule P12)."
    )
    return Found(found.row, ("P12",), (class_of,), note)


def asc_row(connection: duckdb.DuckDBPyConnection, code: str, on: date) -> Found | Missing:
    """The row of Addendum AA, else of BB; a code of EE is excluded (P13)."""
    tried = []
    for addendum in ("AA", "BB", "EE"):
        release = facility_release(connection, "asc_codes", on, addendum)
        if release is None:
            continue
        tried.append(f"{addendum} {release.name}")
        label = f"CMS ASC Addendum {addendum} {release.name}"
        where = {"code": code, "addendum": addendum}
        columns = "payment_indicator, NULL, rate, coalesce(multiple_discount, '') = 'Y'"
        row = find_row(connection, release, "asc_codes", columns, where, label)
        if row is not None and addendum == "EE":
            why = f"Addendum EE {release.name} excludes {code} from payment in an ASC"
            return Missing(why, release, ("P13",))
        if row is not None:
            return _with_device(connection, row, code, on)
    if not tried:
        return Missing(f"no ASC Addenda AA and BB of {on.year} are loaded")
    return Missing(f"{code} is in none of ASC Addenda {', '.join(tried)}")


def _with_device(connection: duckdb.DuckDBPyConnection, row: RateRow, code: str, on: date) -> Found:
    """The portion of a device-intensive rate (payment indicator J8) that Addendum FF states."""
    if row.status != "J8":
        return Found(row, ("P13",))
    release = facility_release(connection, "asc_offsets", on)
    if release is None:
        return Found(row, ("P13",))
    label = f"CMS ASC Addendum FF {release.name}"
    portion = find_row(
        connection, release, "asc_offsets", "NULL, NULL, offset_amount", {"code": code}, label
    )
    if portion is None:
        return Found(row, ("P13",))
    row = msgspec.structs.replace(row, device_portion=portion.rate)
    return Found(row, ("P13",), (portion,))


def facility_release(
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


def find_row(
    connection: duckdb.DuckDBPyConnection,
    release: Release,
    table: str,
    columns: str,
    where: dict[str, str],
    label: str,
) -> RateRow | None:
    """The row of a release that `where` names; `columns` are status, apc, rate and discounting."""
    tests = "".join(f" AND {column} = ${column}" for column in where)
    found: Any = connection.execute(
        f"SELECT {columns}, place FROM {table}"  # noqa: S608 - our own names
        f" WHERE content_id = $content_id{tests}",
        {"content_id": release.content_id, **where},
    ).fetchone()
    if found is None:
        return None
    *values, place = found
    status, apc, rate, *discounted = values
    source = SourceRef(label, release.content_id, place, _PAGES[table[:4]])
    return RateRow(release, status, apc, rate, source, bool(discounted and discounted[0]))
