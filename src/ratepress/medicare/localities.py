"""From a ZIP code to the Medicare locality of a service (rule P74).

CMS's ZIP code to carrier locality file, table `zip_localities`. A ZIP code in several localities
has none by itself: the last four digits decide, in another file of CMS.
"""

from __future__ import annotations

import re
from datetime import date

import duckdb
import msgspec

from ratepress.core.errors import MissingReferenceData, UsageError
from ratepress.core.facts import SourceRef
from ratepress.lake.queries import first_row
from ratepress.medicare.releases import Release, release_name

ZIP_PAGE = "https://www.cms.gov/medicare/payment/fee-schedules"
_ZIP = re.compile(r"\d{5}(-?\d{4})?\Z", re.ASCII)


class ZipLocality(msgspec.Struct, frozen=True):
    """Where a ZIP code lies: `locality` as MAC and locality, `10112-00`; `state` two letters.

    `note` is set where the file in force on the day is not the one loaded (rule P00).
    """

    zip_code: str
    locality: str
    state: str
    source: SourceRef
    note: str | None = None


def locality_of_zip(
    connection: duckdb.DuckDBPyConnection, zip_code: str, on: date, *, strict: bool = False
) -> ZipLocality:
    """The locality of a ZIP code on a day, on a connection of a lake.

    The file of the day's quarter answers, else the latest earlier one: it is geography and no fee
    schedule, and a ZIP code seldom moves, so that one may be of an earlier year. With `strict` only
    the quarter's own. Raises `UsageError` for a malformed or unknown ZIP code and for one that lies
    in several localities, and `MissingReferenceData` where no file answers.
    """
    match = _ZIP.match(zip_code.strip())
    if match is None:
        raise UsageError(
            "This is no ZIP code", found=zip_code, expected="five digits", todo="check the ZIP code"
        )
    five = zip_code.strip()[:5]
    release = _release(connection, on, strict=strict)
    row = first_row(
        connection,
        "SELECT mac, locality, state, has_plus_four, place FROM zip_localities"
        " WHERE content_id = ? AND zip_code = ?",
        [release.content_id, five],
    )
    if row is None:
        raise UsageError(
            f"There is no ZIP code {five} in CMS's ZIP to locality file {release.name}",
            todo="check the ZIP code, or name the --locality",
        )
    mac, number, state, has_plus_four, place = row
    if has_plus_four == "1":
        raise UsageError(
            f"ZIP code {five} lies in several Medicare localities",
            found=f"{mac}-{number} for most of it, {place} of the file {release.name}",
            expected="one locality: the last four digits of the ZIP code decide",
            todo="name the --locality",
        )
    source = SourceRef(
        f"CMS ZIP code to carrier locality file {release.name}",
        content_id=release.content_id,
        place=place,
        link=ZIP_PAGE,
    )
    return ZipLocality(five, f"{mac}-{number}", state or "", source, _note(release, five, on))


def _note(release: Release, five: str, on: date) -> str | None:
    if release.is_in_force(on):
        return None
    return (
        f"ZIP code {five} is placed by CMS's file {release.name}, in force from"
        f" {release.effective_from} to {release.effective_until}; it stands in for"
        f" {release_name(on)}, the one of {on}, which is not loaded (rules P00 and P74)."
    )


def _release(connection: duckdb.DuckDBPyConnection, on: date, *, strict: bool) -> Release:
    """The file of the quarter, else the latest earlier one; of several the longest, then by id."""
    rows = connection.execute(
        "SELECT release, effective_from, effective_until, content_id, count(*) AS n"
        " FROM zip_localities WHERE effective_from <= ? GROUP BY ALL"
        " ORDER BY effective_from DESC, n DESC, content_id LIMIT 1",
        [on],
    ).fetchall()
    found = [Release(name, first, last, held, n_rows=n) for name, first, last, held, n in rows]
    wanted = release_name(on)
    todo = f"download it from {ZIP_PAGE} and `ratepress add` it, or name the --locality"
    if not found:
        raise MissingReferenceData(
            f"No ZIP code to locality file of {wanted} or before is loaded",
            expected="ZIP5 of CMS's ZIP code to carrier locality file",
            todo=todo,
        )
    if strict and not found[0].is_in_force(on):
        raise MissingReferenceData(
            f"The ZIP code to locality file in force on {on} is not loaded",
            found=f"that of {found[0].name}",
            expected=f"that of {wanted}",
            todo=f"{todo}, or leave out --strict",
        )
    return found[0]
