"""Which registries answer for a date, and the small tables about providers that the SQL reads.

`service_families.csv` cuts CPT and HCPCS into families by their ranges, `ghost_pairs.csv` is the
small register of kinds of provider that do not bill a family, and `taxonomy_marks.csv` marks
taxonomies for rules Q08 and Q09. Prefixes are those of the NUCC's ten characters.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from importlib import resources
from typing import NamedTuple

import duckdb
import pyarrow as pa

from ratepress.codes.argument import CodeRef
from ratepress.core.errors import UsageError
from ratepress.core.rules import rule
from ratepress.lake.schema import FLAG, INT, TEXT

AREA_KINDS = ("state", "cbsa", "zip3")
"""The kinds of area of rule M09."""
WEIGHTS = ("npis", "utilisation")
"""The named alternatives of rule M08 to one vote a contract."""
_KINDS = {
    "registry-nppes": "nppes",
    "registry-deactivated-npis": "deactivated-npis",
    "registry-nucc-codes": "taxonomies",
    "registry-nucc-taxonomy": "taxonomies",
    "registry-cbsa-counties": "cbsa-counties",
    # HUD's follow the post's own addresses; the Census Bureau's are of land alone.
    "registry-zip-counties-census": "zip-counties",
    "registry-zip-counties-hud": "zip-counties",
    "registry-utilisation": "utilisation",
    "medicare-zip-localities": "zip-localities",
}
_PREFERENCE = tuple(_KINDS)
_UNDATED = "undated"
_ZIP = re.compile(r"(?<!\w)(\d{5})(?:-?\d{4})?[\s,.]{0,3}(?:USA?|United States)?[\s.]{0,3}\Z")


class FamilyRange(NamedTuple):
    """Codes from `first` to `last` are of a family; `is_learned`: Medicare pays enough of it."""

    family: str
    service_class: str
    first: str
    last: str
    is_learned: bool


@cache
def family_ranges() -> tuple[FamilyRange, ...]:
    """All ranges of codes, in the order of the file."""
    return tuple(
        FamilyRange(r["family"], r["class"], r["first"], r["last"], r["learned"] == "yes")
        for r in _rows("service_families.csv")
    )


def family_of(code_system: str, code: str) -> str | None:
    """The family of services that a code is of; None where it is of none.

    >>> family_of("cpt", "32557"), family_of("hcpcs", "J1100"), family_of("ms-drg", "470")
    ('respiratory', 'drugs', None)
    """
    if code_system not in ("cpt", "hcpcs"):
        return None
    return next((r.family for r in family_ranges() if r.first <= code <= r.last), None)


@cache
def ghost_pairs() -> frozenset[tuple[str, str]]:
    """The register of rule Q09: (prefix of a taxonomy, family that it does not bill).

    >>> ("235Z", "respiratory") in ghost_pairs(), ("235Z", "ear nose throat") in ghost_pairs()
    (True, False)
    """
    found = set()
    for row in _rows("ghost_pairs.csv"):
        families = {one for term in row["implausible"].split() for one in _families(term)}
        found |= {(prefix, one) for prefix in row["prefixes"].split() for one in families}
    return frozenset(found)


def _families(term: str) -> Iterator[str]:
    """The families of a term: a class or a family (`=` for a blank), `-` without one of them."""
    name, _, without = term.replace("=", " ").partition("-")
    named = {r.family for r in family_ranges() if name in (r.service_class, r.family)}
    if not named or (without and without not in named):
        raise ValueError(f"ghost_pairs.csv: {term!r} names no family")
    yield from named - {without}


def registry_files(
    connection: duckdb.DuckDBPyConnection, as_of: date
) -> list[tuple[str, str, int]]:
    """The registries of a lake that answer for a date: (registry, content id, rank), best first.

    The newest release that is not after the date answers; where all are later, the earliest. An
    undated one answers last. Of equals the one with the lowest content id does.
    """
    found: dict[str, list[tuple[tuple[int, int, int], str]]] = {}
    rows = connection.execute(
        "SELECT kind, content_id, release, effective_from FROM contents WHERE release IS NOT NULL"
    ).fetchall()
    for kind, content_id, release, effective_from in rows:
        if kind in _KINDS:
            order = _order(kind, release, effective_from, as_of)
            found.setdefault(_KINDS[kind], []).append((order, content_id))
    return [
        (registry, content_id, rank)
        for registry, those in sorted(found.items())
        for rank, (_, content_id) in enumerate(sorted(those), start=1)
    ]


def _order(
    kind: str, release: str, effective_from: date | None, as_of: date
) -> tuple[int, int, int]:
    """Sorts before another where it answers before it."""
    preference = -_PREFERENCE.index(kind)
    day = effective_from or _day(release)
    if day is None:
        return (2, preference, 0)
    if day > as_of:
        return (1, preference, day.toordinal())
    return (0, preference, -day.toordinal())


def _day(release: str) -> date | None:
    """The day that a release's name stands for: `2025-11-09`, `2025-09`, `2023`, `25.1`."""
    if re.fullmatch(r"\d\d\.\d", release):  # The NUCC's: .0 from January, .1 from July.
        return date(2000 + int(release[:2]), 7 if release.endswith("1") else 1, 1)
    parts = [int(part) for part in re.findall(r"\d+", release)]
    try:
        return date(*[*parts, 1, 1][:3]) if parts and release != _UNDATED else None
    except ValueError:
        return None


def register_registries(
    connection: duckdb.DuckDBPyConnection,
    codes: Sequence[CodeRef],
    as_of: date,
    areas: Sequence[str] = (),
    weights: Sequence[str] = (),
) -> None:
    """Register what the steps about providers read; after `register_inputs`, on its connection."""
    for area in areas:
        if area not in AREA_KINDS:
            raise UsageError(
                "There is no such kind of area", found=area, expected=", ".join(AREA_KINDS)
            )
    for name in weights:
        if name not in WEIGHTS:
            raise UsageError(
                "There is no such weighting of votes", found=name,
                expected=", ".join(("votes", *WEIGHTS)),
            )  # fmt: skip
    put = connection.register
    put("asked_weights", small_table([(name,) for name in dict.fromkeys(weights)], weights=TEXT))
    files = registry_files(connection, as_of)
    put("registry_files", small_table(files, registry=TEXT, content_id=TEXT, rank_no=INT))
    of_codes = [(*code, family) for code in codes if (family := family_of(*code))]
    put("asked_families", small_table(of_codes, code_system=TEXT, code=TEXT, family=TEXT))
    asked = {family for _, _, family in of_codes}
    ranges = [(r.family, r.first, r.last, r.is_learned) for r in family_ranges()]
    put(
        "family_ranges",
        small_table(
            [one for one in ranges if one[0] in asked],
            family=TEXT, first_code=TEXT, last_code=TEXT, is_learned=FLAG,
        ),
    )  # fmt: skip
    pairs = sorted(pair for pair in ghost_pairs() if pair[1] in asked)
    put("ghost_pairs", small_table(pairs, prefix=TEXT, family=TEXT))
    marks = [(r["mark"], p) for r in _rows("taxonomy_marks.csv") for p in r["prefixes"].split()]
    put("taxonomy_marks", small_table(marks, mark=TEXT, prefix=TEXT))
    limits = rule("Q09").parameters
    settings = (int(limits["fewest_npis"]), int(limits["fewest_per_thousand"]))
    put(
        "registry_settings",
        small_table([settings], q09_fewest_npis=INT, q09_fewest_per_thousand=INT),
    )
    put("asked_areas", small_table([(area,) for area in dict.fromkeys(areas)], area_kind=TEXT))
    places = sorted(set(hospital_places(connection)))
    put("hospital_places", small_table(places, content_id=TEXT, state=TEXT, zip_code=TEXT))


def hospital_places(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str, str]]:
    """State and ZIP code of each hospital file, '' where not stated: one for each address.

    The state is that of the licence; a ZIP code stands at the end of an address.
    """
    rows = connection.execute(
        "SELECT h.content_id, coalesce(h.license_state, ''), coalesce(l.address, '') "
        "FROM hospitals h LEFT JOIN hospital_locations l ON l.content_id = h.content_id"
    ).fetchall()
    for content_id, state, address in rows:
        yield content_id, state, zip_in(address)


def zip_in(address: str) -> str:
    """The ZIP code at the end of an address, or ''; a house number of five digits is none.

    >>> zip_in("10000 Clifton Rd, Atlanta, GA 30322-1234"), zip_in("12345 Main St")
    ('30322', '')
    """
    found = _ZIP.search(address[-60:])
    return found[1] if found and found.start() > 0 else ""


def _rows(name: str) -> list[dict[str, str]]:
    text = (resources.files("ratepress.market") / name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def small_table(rows: Sequence[tuple[object, ...]], **columns: pa.DataType) -> pa.Table:
    """Rows as an Arrow table of these columns, for a step to read.

    >>> small_table([("state",)], area_kind=TEXT).to_pylist()
    [{'area_kind': 'state'}]
    """
    return pa.Table.from_pylist(
        [dict(zip(columns, row, strict=True)) for row in rows],
        schema=pa.schema(list(columns.items())),
    )
