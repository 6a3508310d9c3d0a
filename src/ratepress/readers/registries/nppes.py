"""NPPES, the register of NPIs: CMS's monthly and weekly `npidata_pfile` (330 columns).

Layout: NPPES Data Dissemination - Readme and its header file (CMS, version 1 and version 2 of
February 2025, which differ in the length of names only). What a row is: rows-registries.md.
All rows are loaded and few columns: a price file that is added later may name any NPI, and what
the lake knows must not depend on the order in which files came.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ratepress.core.errors import UnreadableInput
from ratepress.lake.schema import INT, TEXT
from ratepress.lake.tables import TABLES
from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Header, Tally
from ratepress.readers.registries.families import UNDATED
from ratepress.readers.registries.kinds import Parsed, parse
from ratepress.readers.registries.stream import Batch, header_of, open_batches
from ratepress.readers.registries.table_file import count
from ratepress.readers.source import Source

_PLACE = "provider business practice location address"
_COLUMNS = {
    "npi": "npi",
    "entity": "entity type code",
    "organization": "provider organization name (legal business name)",
    "last": "provider last name (legal name)",
    "first": "provider first name",
    "address": "provider first line business practice location address",
    "city": f"{_PLACE} city name",
    "state": f"{_PLACE} state name",
    "zip": f"{_PLACE} postal code",
    "country": f"{_PLACE} country code (if outside u.s.)",
    "enumerated": "provider enumeration date",
    "updated": "last update date",
    "deactivated": "npi deactivation date",
    "reactivated": "npi reactivation date",
}
_TAXONOMIES = range(1, 16)
_IDENTIFIERS = range(1, 51)
_CCN_TYPE = "06"  # "Medicare Oscar/Certification" in the readme's code values
_HERE = pa.array(["US", None], TEXT)
_ROW_GROUP = 1 << 17


def _taxonomy(position: int) -> tuple[str, str, str, str]:
    return (
        f"healthcare provider taxonomy code_{position}",
        f"healthcare provider primary taxonomy switch_{position}",
        f"provider license number state code_{position}",
        f"healthcare provider taxonomy group_{position}",
    )


def _identifier(position: int) -> tuple[str, str]:
    return (
        f"other provider identifier_{position}",
        f"other provider identifier type code_{position}",
    )


def wanted_columns() -> list[str]:
    """The header names that are read, of the 330, in lower case."""
    names = list(_COLUMNS.values())
    names += [name for position in _TAXONOMIES for name in _taxonomy(position)]
    return names + [name for position in _IDENTIFIERS for name in _identifier(position)]


class _Seen:
    """Which NPIs stood already: a bit for each of the 200 million that can be given out."""

    def __init__(self) -> None:
        self._bits = np.zeros(200_000_000 // 8, dtype=np.uint8)

    def first_time(self, npis: Any, keep: Any) -> Any:
        """A mask of the kept rows whose NPI stood in no earlier row."""
        text = pc.fill_null(pc.utf8_slice_codeunits(npis, 0, 9), "100000000")
        number = pc.cast(text, INT).to_numpy(zero_copy_only=False) - 100_000_000
        at, bit = number // 8, (1 << (number % 8)).astype(np.uint8)
        is_new = keep & (self._bits[at] & bit == 0)
        # Within the batch the first row of an NPI is the one that counts.
        kept = np.flatnonzero(is_new)
        _, first = np.unique(number[kept], return_index=True)
        is_new = np.zeros(len(number), dtype=bool)
        is_new[kept[first]] = True
        np.bitwise_or.at(self._bits, at[is_new], bit[is_new])
        return is_new


class _Tables(NamedTuple):
    providers: list[Any]
    taxonomies: list[Any]


class NppesFile:
    r"""Reader of `npidata_pfile`, into `providers` and `provider_taxonomies`.

    >>> NppesFile().recognise(b'"NPI","Entity Type Code","Replacement NPI"\n')
    False
    """

    kind = "registry-nppes"
    version = "1"
    row_is = "one row below the header, which is one NPI"

    def recognise(self, head: bytes) -> bool:
        """Whether the first line names all columns that are read."""
        return _header(head) is not None

    def read(self, source: Source, out: LakeWriter, tally: Tally) -> Header:
        """Load every NPI; rules F380 to F386 say what is counted or set aside."""
        names = _header(source.head)
        if names is None:
            raise UnreadableInput(f"{source.name}: no header line of NPPES")
        seen = _Seen()
        newest: date | None = None
        held = _Tables([], [])
        with open_batches(source, tally, (0, names), wanted_columns()) as batches:
            for batch in batches:
                day = _load(batch, out.content_id, tally, seen, held)
                newest = max((d for d in (newest, day) if d is not None), default=None)
                _write(out, held, _ROW_GROUP)
        _write(out, held, 1)
        return Header(
            publisher="Centers for Medicare & Medicaid Services",
            detected_version="npidata_pfile",
            # By its content: a file does not say of which month it is.
            release=newest.isoformat() if newest else UNDATED,
        )


def _header(head: bytes) -> list[str] | None:
    for line, names in header_of(head, ","):
        if line == 0 and set(wanted_columns()) <= set(names):
            return names
    return None


def _load(batch: Batch, content_id: str, tally: Tally, seen: _Seen, held: _Tables) -> date | None:
    """Hold the rows of a batch; the newest date that any of them states."""
    tally.read += len(batch.rows)
    cells = {name: batch.columns[header] for name, header in _COLUMNS.items()}
    npi = parse("npi", cells["npi"])
    keep = ~pc.is_null(npi.values).to_numpy(zero_copy_only=False)
    _set_aside(tally, "F380", ~keep, batch, cells["npi"])
    is_new = seen.first_time(npi.values, keep)
    _set_aside(tally, "F383", keep & ~is_new, batch, cells["npi"])
    tally.loaded += int(is_new.sum())
    columns = {"npi": npi.values, **_who(cells), **_where(cells, is_new, batch, tally)}
    for name in ("enumerated", "updated", "deactivated", "reactivated"):
        columns[f"{name}_on"] = _counted("us-date", name, cells[name], is_new, batch, tally)
    columns["ccn"] = _certification(batch)
    taxonomies = _taxonomies(batch, npi.values, is_new, tally)
    columns["taxonomy"] = taxonomies.primary
    held.providers.append(_of_table("providers", columns, content_id, is_new))
    held.taxonomies.extend(
        _of_table("provider_taxonomies", one, content_id, mask) for one, mask in taxonomies.rows
    )
    days = [pc.max(columns[f"{n}_on"].filter(pa.array(is_new))).as_py()
            for n in ("enumerated", "updated", "deactivated", "reactivated")]  # fmt: skip
    return max((day for day in days if day is not None), default=None)


def _set_aside(tally: Tally, rule_id: str, mask: Any, batch: Batch, cells: Any) -> None:
    for index in np.flatnonzero(mask):
        place = batch.place(index)
        tally.problem(rule_id, "npi", place, cells[int(index)].as_py())
        tally.set_aside(rule_id, place)


def _counted(kind: str, subject: str, cells: Any, keep: Any, batch: Batch, tally: Tally) -> Any:
    parsed: Parsed = parse(kind, cells)
    count(tally, "F384", subject, parsed.is_bad & keep, batch, cells)
    return parsed.values


def _text(cells: Any) -> Any:
    return parse("text", cells).values


def _who(cells: dict[str, Any]) -> dict[str, Any]:
    entity = pc.utf8_trim_whitespace(cells["entity"])
    is_person, is_organization = pc.equal(entity, "1"), pc.equal(entity, "2")
    last, first = _text(cells["last"]), _text(cells["first"])
    person = pc.coalesce(pc.binary_join_element_wise(last, first, ", "), last, first)
    name = pc.if_else(is_person, person, _text(cells["organization"]))
    return {
        "entity_type": pc.case_when(
            pc.make_struct(is_person, is_organization), "individual", "organization"
        ),
        "name": _text(name),
    }


def _where(cells: dict[str, Any], keep: Any, batch: Batch, tally: Tally) -> dict[str, Any]:
    country = _text(cells["country"])
    # Abroad, state and postal code are what the country has.
    is_here = pc.is_in(country, _HERE)
    here = keep & is_here.to_numpy(zero_copy_only=False)
    found = {
        name: _counted(kind, name, cells[name], here, batch, tally)
        for name, kind in (("state", "state"), ("zip", "zip"))
    }
    return {
        "address": _text(cells["address"]),
        "city": _text(cells["city"]),
        "state": pc.if_else(is_here, found["state"], None),
        "zip_code": pc.if_else(is_here, found["zip"], None),
        "country": country,
    }


def _certification(batch: Batch) -> Any:
    """The first Medicare certification number among the 50 other identifiers."""
    found: Any = pa.nulls(len(batch.rows), TEXT)
    for position in reversed(_IDENTIFIERS):
        number, kind = (batch.columns[name] for name in _identifier(position))
        is_ccn = pc.equal(kind, _CCN_TYPE)
        if pc.any(is_ccn).as_py():
            found = pc.if_else(is_ccn, _text(number), found)
    return found


class _Found(NamedTuple):
    primary: Any
    rows: list[tuple[dict[str, Any], Any]]


def _taxonomies(batch: Batch, npis: Any, keep: Any, tally: Tally) -> _Found:
    marked: Any = pa.nulls(len(batch.rows), TEXT)
    first: Any = marked
    rows = []
    for position in reversed(_TAXONOMIES):
        code, switch, state, group = (batch.columns[name] for name in _taxonomy(position))
        is_there = pc.greater(pc.binary_length(code), 0)
        if not pc.any(is_there).as_py():
            continue
        values = _counted("taxonomy", "taxonomy", code, keep, batch, tally)
        is_primary = pc.equal(switch, "Y")
        first = pc.coalesce(values, first)
        marked = pc.if_else(pc.and_(is_primary, pc.is_valid(values)), values, marked)
        mask = keep & pc.is_valid(values).to_numpy(zero_copy_only=False)
        row = {
            "npi": npis,
            "position": pa.array([position], INT).take(pa.array([0] * len(batch.rows))),
            "taxonomy": values,
            "is_primary": is_primary,
            "license_state": _text(state),
            "taxonomy_group": _text(group),
        }
        rows.append((row, mask))
    unmarked = pc.and_(pc.is_valid(first), pc.is_null(marked)).to_numpy(zero_copy_only=False)
    count(tally, "F386", "taxonomy", unmarked & keep, batch)
    return _Found(pc.coalesce(marked, first), rows)


def _of_table(table: str, columns: dict[str, Any], content_id: str, mask: Any) -> Any:
    schema = TABLES[table].arrow
    n = int(mask.sum())
    chosen = pa.array(mask)
    ids = pa.array([content_id], TEXT).take(pa.array([0] * n, INT))
    arrays = [
        ids if one.name == "content_id" else columns[one.name].filter(chosen) for one in schema
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _write(out: LakeWriter, held: _Tables, at_least: int) -> None:
    """Hand over what is held as one row group of each table, once it is large enough."""
    for table, batches in zip(("providers", "provider_taxonomies"), held, strict=True):
        if sum(batch.num_rows for batch in batches) >= at_least:
            whole = pa.Table.from_batches(batches).combine_chunks()
            for batch in whole.to_batches():
                out.batch(table, batch)
            batches.clear()
