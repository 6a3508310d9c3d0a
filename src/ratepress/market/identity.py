"""Who a provider or a hospital is, by the registries of a lake: names, places and numbers.

The look-ups are the market's own SQL steps, so that a table of identities and the votes of a page
never disagree. Payers are in `ratepress.market.payers`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from ratepress.lake.schema import DATE, FLAG, TEXT
from ratepress.lake.store import Lake
from ratepress.market.hospitals import hospital_files, identify_hospitals
from ratepress.market.registries import hospital_places, registry_files, small_table, zip_in
from ratepress.market.steps import run_steps, steps

_STEPS = ("asked_npis", "npi_records", "zip_places")

PROVIDER_SCHEMA = pa.schema(
    [("npi", TEXT), ("is_valid", FLAG)]
    + [
        (name, TEXT)
        for name in (
            "entity_type", "name", "taxonomy", "ccn", "state", "zip_code", "zip3", "county_fips",
            "cbsa", "mac", "locality",
        )
    ]
    + [("deactivated_on", DATE)]
)  # fmt: skip
"""The columns of `providers`: one row an NPI; what the registries do not say is null."""

HOSPITAL_SCHEMA = pa.schema(
    [(name, TEXT) for name in ("content_id", "hospital_id", "name", "state")]
    + [
        (name, pa.list_(TEXT))
        for name in ("addresses", "zip_codes", "npis", "ccns", "license_numbers")
    ]
)
"""The columns of `hospitals`: one row a hospital file. CCNs are those of its NPIs in NPPES."""


def providers(lake: Lake, npis: Iterable[str], as_of: date) -> pa.Table:
    """What the registries say of some NPIs on a date; columns are `PROVIDER_SCHEMA`.

    An NPI that no registry has is a row of its own, with nulls; one that fails its check digit is
    not valid (rule Q10). Of several files of NPPES the newest that has the NPI speaks.

    >>> import tempfile, pathlib
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> providers(lake, ["1234567893", "0"], date(2026, 7, 15)).column("is_valid").to_pylist()
    [False, True]
    """
    with lake.connect() as connection:
        _look_up(connection, npis, as_of)
        found = connection.execute(_PROVIDERS).fetchall()
    rows = [dict(zip(PROVIDER_SCHEMA.names, row, strict=True)) for row in found]
    return pa.Table.from_pylist(rows, schema=PROVIDER_SCHEMA)


def hospitals(lake: Lake, as_of: date) -> pa.Table:
    """Who each hospital file is of, by its own statements and NPPES; columns `HOSPITAL_SCHEMA`.

    Files of one hospital share the `hospital_id`, under which it has one vote (rule M02).

    >>> import tempfile, pathlib
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> hospitals(lake, date(2026, 7, 15)).num_rows
    0
    """
    with lake.connect() as connection:
        identities = identify_hospitals(hospital_files(connection))
        named = connection.execute("SELECT DISTINCT npi FROM hospital_npis").fetchall()
        _look_up(connection, [npi for (npi,) in named], as_of)
        found = connection.execute(_HOSPITALS).fetchall()
    rows = []
    for content_id, name, state, licences, addresses, npis, ccns in found:
        parts = [part.strip() for part in (licences or "").split("|")]
        rows.append(
            {
                "content_id": content_id,
                "hospital_id": identities[content_id],
                "name": name,
                "state": state,
                "addresses": addresses,
                "zip_codes": sorted({one for text in addresses if (one := zip_in(text))}),
                "npis": npis,
                "ccns": ccns,
                "license_numbers": [part for part in parts if part],
            }
        )
    return pa.Table.from_pylist(rows, schema=HOSPITAL_SCHEMA)


def _look_up(connection: duckdb.DuckDBPyConnection, npis: Iterable[str], as_of: date) -> None:
    """Run the steps that look NPIs up, with these NPIs in the place of those of prices."""
    put = connection.register
    put("group_providers", small_table([(npi,) for npi in sorted(set(npis))], npi=TEXT))
    put("asked_contents", small_table([], content_id=TEXT))
    places: list[tuple[Any, ...]] = sorted(set(hospital_places(connection)))
    put("hospital_places", small_table(places, content_id=TEXT, state=TEXT, zip_code=TEXT))
    files = registry_files(connection, as_of)
    put("registry_files", small_table(files, registry=TEXT, content_id=TEXT, rank_no=pa.int64()))
    run_steps(connection, [step for step in steps() if step.name in _STEPS])


_PROVIDERS = """
SELECT a.npi, a.is_valid, r.entity_type, r.name, r.taxonomy, r.ccn, r.state, r.zip_code,
  substr(r.zip_code, 1, 3), z.county_fips, z.cbsa, z.mac, z.locality, r.deactivated_on
FROM asked_npis a
LEFT JOIN npi_records r ON r.npi = a.npi
LEFT JOIN zip_places z ON z.zip_code = r.zip_code
ORDER BY a.npi
"""
_HOSPITALS = """
SELECT h.content_id, h.hospital_name, h.license_state, h.license_numbers,
  coalesce((
    SELECT list(l.address ORDER BY l.position) FROM hospital_locations l
    WHERE l.content_id = h.content_id AND l.address IS NOT NULL
  ), []),
  coalesce((
    SELECT list(n.npi ORDER BY n.npi) FROM hospital_npis n WHERE n.content_id = h.content_id
  ), []),
  coalesce((
    SELECT list(DISTINCT r.ccn ORDER BY r.ccn) FROM hospital_npis n
    JOIN npi_records r ON r.npi = n.npi
    WHERE n.content_id = h.content_id AND r.ccn IS NOT NULL
  ), [])
FROM hospitals h
ORDER BY h.content_id
"""
