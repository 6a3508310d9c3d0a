"""The rows of the fee schedule that a price is made from, as read from the lake.

Tables `pfs_rvu` and `pfs_gpci`; the columns keep their names and units.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import duckdb
import msgspec

from ratepress.core.errors import MissingReferenceData, UsageError
from ratepress.core.facts import SourceRef
from ratepress.lake.batches import remembered
from ratepress.medicare.releases import RVU_PAGE, Release

NATIONAL = "national"
_LOCALITY = re.compile(r"(\d{5})-(\d{2})\Z", re.ASCII)
_CODE = re.compile(r"[A-Z0-9]{5}\Z", re.ASCII)


class RvuRow(msgspec.Struct, frozen=True):
    """One code and modifier of one release: relative values in RVU, and the indicators."""

    code: str
    modifier: str
    status: str
    work_rvu: Decimal
    nonfacility_pe_rvu: Decimal
    nonfacility_is_na: bool
    facility_pe_rvu: Decimal
    facility_is_na: bool
    malpractice_rvu: Decimal
    opps_nonfacility_pe_rvu: Decimal | None
    opps_facility_pe_rvu: Decimal | None
    opps_malpractice_rvu: Decimal | None
    pctc_indicator: str
    global_days: str
    multiple_procedure: str
    bilateral_surgery: str
    assistant_surgery: str
    co_surgeons: str
    team_surgery: str
    endoscopic_base: str | None
    supervision: str | None
    imaging_family: str | None
    place: str
    preoperative_share: Decimal | None = None
    intraoperative_share: Decimal | None = None
    postoperative_share: Decimal | None = None

    def pe_rvu(self, site: str) -> Decimal:
        """Practice expense at `facility` or `nonfacility`."""
        return self.facility_pe_rvu if site == "facility" else self.nonfacility_pe_rvu

    def is_na(self, site: str) -> bool:
        """Whether the service is not priced at the site."""
        return self.facility_is_na if site == "facility" else self.nonfacility_is_na

    def cap_rvus(self, site: str) -> tuple[Decimal, Decimal] | None:
        """Practice expense and malpractice of the OPPS cap; None where the row has no cap."""
        pe = self.opps_facility_pe_rvu if site == "facility" else self.opps_nonfacility_pe_rvu
        malpractice = self.opps_malpractice_rvu
        if pe is None or malpractice is None or not (pe or malpractice):
            return None
        return pe, malpractice


class Locality(msgspec.Struct, frozen=True):
    """The indices of one locality in one year; all 1 for the nation."""

    name: str
    label: str
    work_gpci: Decimal = Decimal(1)
    pe_gpci: Decimal = Decimal(1)
    malpractice_gpci: Decimal = Decimal(1)
    source: SourceRef | None = None
    note: str | None = None


NATION = Locality(NATIONAL, "National, no geographic adjustment")
_COLUMNS = ", ".join(RvuRow.__struct_fields__)


def parse_code(code: str) -> str:
    """A code of the fee schedule: five letters or digits; `UsageError` where it is none.

    >>> parse_code(" g0105 ")
    'G0105'
    """
    text = code.strip().upper()
    if not _CODE.match(text):
        raise UsageError(
            "The code is not one of the physician fee schedule",
            found=code,
            expected="a CPT or HCPCS code of five letters or digits",
            todo="check the code",
        )
    return text


def one_of(column: str, n_values: int) -> str:
    """SQL that tests a column against the list `$values`.

    A single value is compared, for then the engine skips the row groups that cannot hold it.

    >>> one_of("code", 1), one_of("code", 2)
    ('code = $values[1]', 'code IN (SELECT unnest($values::VARCHAR[]))')
    """
    if n_values == 1:
        return f"{column} = $values[1]"
    return f"{column} IN (SELECT unnest($values::VARCHAR[]))"


def rvu_rows(
    connection: duckdb.DuckDBPyConnection, release: Release, codes: Sequence[str]
) -> dict[str, dict[str, RvuRow]]:
    """The rows of each code in a release, by code and then by modifier."""
    if len(codes) != 1:
        return _rvu_rows(connection, release, codes)
    # The amounts of one code are asked for many times: in each locality, at each site.
    asked = ("rvu rows", release.content_id, release.variant, *codes)
    return remembered(connection, asked, lambda: _rvu_rows(connection, release, codes))


def _rvu_rows(
    connection: duckdb.DuckDBPyConnection, release: Release, codes: Sequence[str]
) -> dict[str, dict[str, RvuRow]]:
    found = connection.execute(
        f"SELECT {_COLUMNS} FROM pfs_rvu"  # noqa: S608 - names of the struct's own fields
        " WHERE content_id = $content_id AND variant = $variant"
        f" AND {one_of('code', len(codes))} ORDER BY code, modifier",
        {
            "content_id": release.content_id,
            "variant": release.variant,
            "values": list(codes),
        },
    ).fetchall()
    rows: dict[str, dict[str, RvuRow]] = {}
    for values in found:
        row = RvuRow(*values)
        rows.setdefault(row.code, {})[row.modifier] = row
    return rows


def find_locality(
    connection: duckdb.DuckDBPyConnection, locality: str | None, on: date
) -> Locality:
    """The indices of `10112-00` (MAC and locality) in the year of `on`; the nation for None.

    Raises `UsageError` where there is no such locality, and `MissingReferenceData` where no GPCI
    file of the year is loaded. Of several files of one year the one with the lowest content id is
    used, and `note` says so where they differ: a GPCI file does not say when it was published.
    """
    if locality is None or locality.strip().lower() == NATIONAL:
        return NATION
    return remembered(
        connection, ("locality", locality, on), lambda: _find_locality(connection, locality, on)
    )


def _find_locality(connection: duckdb.DuckDBPyConnection, locality: str, on: date) -> Locality:
    match = _LOCALITY.match(locality.strip())
    if match is None:
        raise UsageError(
            "The locality is not written as one",
            found=locality,
            expected="MAC and locality number, 10112-00, or national",
            todo="see the GPCI file for the numbers",
        )
    rows = connection.execute(_GPCI, [on, match[1], match[2]]).fetchall()
    if not rows:
        raise _no_locality(connection, match[0], on)
    release, content_id, place, name, state, *indices = rows[0]
    label = f"CMS geographic practice cost indices, Addendum E {release}"
    source = SourceRef(label, content_id=content_id, place=place, link=RVU_PAGE)
    note = None
    if any(row[5:] != rows[0][5:] for row in rows):
        note = (
            f"The {len(rows)} GPCI files of {release} that are loaded differ for {match[0]};"
            f" {content_id[:12]} is used. Remove the others."
        )
    work, pe, malpractice = indices
    return Locality(match[0], f"{name}, {state}", work, pe, malpractice, source, note)


_GPCI = """
SELECT release, content_id, place, locality_name, state, work_gpci, pe_gpci, malpractice_gpci
FROM pfs_gpci
WHERE ? BETWEEN effective_from AND effective_until AND mac = ? AND locality = ?
ORDER BY content_id
"""


def _no_locality(
    connection: duckdb.DuckDBPyConnection, locality: str, on: date
) -> UsageError | MissingReferenceData:
    near = connection.execute(
        "SELECT DISTINCT mac || '-' || locality AS name FROM pfs_gpci"
        " WHERE ? BETWEEN effective_from AND effective_until"
        " ORDER BY levenshtein(name, ?), name LIMIT 5",
        [on, locality],
    ).fetchall()
    if near:
        return UsageError(
            f"There is no Medicare locality {locality} in {on.year}",
            expected="one of the year's, for example " + ", ".join(name for (name,) in near),
            todo="see the GPCI file for the numbers",
        )
    return MissingReferenceData(
        f"No geographic practice cost indices of {on.year} are loaded",
        expected=f"GPCI{on.year}.csv, Addendum E of the final rule",
        todo=f"download a release of {on.year} from {RVU_PAGE}, unpack it and `ratepress add` its"
        " GPCI CSV file",
    )
