"""Taxonomies, areas, ZIP codes and utilisation: official layouts in, tables out."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import registry_files as files
from ratepress.lake.store import Lake
from ratepress.readers.add import add
from ratepress.readers.catalogue import READERS
from ratepress.readers.registries import REGISTRY_READERS
from ratepress.readers.registries.families import families
from registry_files import npi_of

NUCC = files.table(
    files.NUCC_HEADER,
    [
        ("207W00000X", "Physicians", "Eye care", "", "Made.\nTwo lines.", "", "Eye", "Individual"),
        ("282N00000X", "Hospitals", "Acute", "", "", "", "Hospital", "Non-Individual"),
        ("282N", "Hospitals", "", "", "", "", "", ""),
    ],
)  # fmt: skip
CBSA = files.table(
    files.CBSA_HEADER,
    [
        ("12060", "", "122", "Atlanta, GA", "Metropolitan Statistical Area", "", "Atlanta",
         "DeKalb County", "Georgia", "13", "089", "Central"),
        ("12060", "", "122", "Atlanta, GA", "Metropolitan Statistical Area", "", "Atlanta",
         "Autauga County", "Alabama", "1", "1", "Outlying"),
        ("", "", "", "", "", "", "", "Nowhere", "Georgia", "13", "999", ""),
    ],
)  # fmt: skip
HUD = files.table(
    files.HUD_HEADER,
    [
        ("30322", "13089", "ATLANTA", "GA", "1", "0.75", "1", "0.9999999"),
        ("601", "72001", "ADJUNTAS", "PR", "1", "1", "1", "1"),
        ("30322", "13089", "ATLANTA", "GA", "0", "0", "0", "0"),
    ],
)
CENSUS = files.table(
    files.CENSUS_HEADER,
    [
        {"GEOID_ZCTA5_20": "30322", "GEOID_COUNTY_20": "13089", "AREALAND_PART": "1234567"},
        {"GEOID_ZCTA5_20": "", "GEOID_COUNTY_20": "13001", "AREALAND_PART": "5"},
    ],
    delimiter="|",
)
USE = files.utilisation(
    (npi_of(1), "Ophthalmology", "66984", "1046.5"),
    ("1234567890", "Ophthalmology", "66984", "11"),
    (npi_of(1), "Ophthalmology", "6698", "11"),
    (npi_of(2), "Optometry", "92014", "*"),
)
GONE = (
    b"NPPES Deactivated Records as of Nov 10 2025,\r\nNPI,NPPES Deactivation Date\r\n"
    + f"{npi_of(3)},03/01/2024\r\n{npi_of(4)},\r\n".encode()
)


def test_the_taxonomy_of_the_nucc_with_its_version_from_the_name(read: Callable) -> None:
    found = read(NUCC, "nucc_taxonomy_251.csv")
    rows = found.rows("taxonomies")
    assert [(r["taxonomy"], r["classification"], r["section"]) for r in rows] == [
        ("207W00000X", "Eye care", "Individual"), ("282N00000X", "Acute", "Non-Individual"),
    ]  # fmt: skip
    assert found.content.release == "25.1"
    assert found.aside()["F381"][0] == 1


def test_areas_by_county_with_the_zeros_of_state_and_county(read: Callable) -> None:
    found = read(CBSA)
    rows = found.rows("cbsa_counties")
    assert [(r["county_fips"], r["cbsa"], r["row_number"]) for r in rows] == [
        ("01001", "12060", 3), ("13089", "12060", 2),
    ]  # fmt: skip
    assert found.aside() == {"F381": (1, "row 4")}
    assert found.content.release == "undated"


def test_the_counties_of_zip_codes_by_hud(read: Callable) -> None:
    found = read(HUD, "ZIP_COUNTY_092025.csv")
    assert found.content.release == "2025-09"
    assert found.rows("zip_counties", "zip_code") == [
        {"zip_code": "00601", "county_fips": "72001", "business_share": Decimal(1),
         "total_share": Decimal(1), "land_area": None, "row_number": 3},
        {"zip_code": "30322", "county_fips": "13089", "business_share": Decimal("0.75"),
         "total_share": Decimal("1.000000"), "land_area": None, "row_number": 2},
    ]  # fmt: skip
    assert found.aside() == {"F383": (1, "row 4")}
    problems = found.problems()
    assert problems["F385", "zip_code"] == (1, "row 3")
    assert problems["F001", "total_share"] == (1, "row 2")


def test_the_counties_of_zip_codes_by_the_census(read: Callable) -> None:
    found = read(CENSUS, "tab20_zcta520_county20_natl.txt")
    (row,) = found.rows("zip_counties")
    assert (row["zip_code"], row["county_fips"], row["land_area"]) == ("30322", "13089", 1234567)
    assert found.content.release == "2020"
    # A county's land in no ZIP code area.
    assert found.aside() == {"F381": (1, "row 3")}


def test_utilisation_by_provider_and_service_without_its_descriptors(read: Callable) -> None:
    found = read(USE, "MUP_PHY_R25_P05_V20_D23_Prov_Svc.csv")
    first, second = found.rows("utilisation", "row_number")
    assert (first["npi"], first["provider_type"], first["code"]) == (
        npi_of(1), "Ophthalmology", "66984",
    )  # fmt: skip
    assert first["n_services"] == Decimal("1046.5")
    assert first["allowed_amount"] == Decimal("17.0522")
    assert second["n_services"] is None
    assert found.content.release == "2023"
    assert found.aside() == {"F380": (1, "row 3"), "F381": (1, "row 4")}
    assert "description" not in first


def test_deactivated_npis_below_their_title(read: Callable) -> None:
    found = read(GONE, "NPPES Deactivated NPI Report 20251110.csv")
    assert [(r["npi"], str(r["deactivated_on"])) for r in found.rows("deactivated_npis")] == [
        (npi_of(3), "2024-03-01"), (npi_of(4), "None"),
    ]  # fmt: skip
    assert found.content.release == "2025-11-10"


@pytest.mark.parametrize(
    ("family", "name", "release"),
    [
        ("utilisation", "MUP_PHY_R25_P05_V20_D23_Prov_Svc.csv", "2023"),
        ("utilisation", "Physician_Other_Practitioners_by_Provider_and_Service_2022.csv", "2022"),
        ("utilisation", "data.csv", None),
        ("nucc-taxonomy", "nucc_taxonomy_260.csv", "26.0"),
        ("zip-counties-hud", "ZIP_COUNTY_122024.xlsx", "2024-12"),
        ("deactivated-npis", "NPPES Deactivated NPI Report 20260413.xlsx", "2026-04-13"),
        ("rbcs", "RBCS_RA_2024.csv", "2024"),
    ],
)
def test_a_release_is_read_from_the_names_that_publishers_give(
    family: str, name: str, release: str | None
) -> None:
    assert families()[family].release_of(name) == release


@pytest.mark.parametrize("data", [NUCC, CBSA, HUD, CENSUS, USE, GONE, files.nppes()])
def test_one_reader_knows_each_file(data: bytes) -> None:
    assert len([reader for reader in READERS if reader.recognise(data)]) == 1


@given(st.binary(max_size=300))
def test_any_bytes_at_all_are_recognised_or_not(data: bytes) -> None:
    for reader in REGISTRY_READERS:
        assert reader.recognise(data) in (True, False)


def test_hostile_rows_are_set_aside_and_counted(read: Callable) -> None:
    """Quotation marks that never close, NUL, a long row: nothing is lost and nothing raises."""
    data = CBSA + b'"12060,,,,,,,,,,,\r\n\x00\x01,,,,,,,,,,,\r\n' + b"," * 5000 + b"\r\n"
    found = read(data)
    assert found.content.read == found.content.loaded + sum(n for n, _ in found.aside().values())
    assert found.content.loaded == 2


def test_every_family_has_a_table_and_a_key_that_it_reads() -> None:
    for family in families().values():
        columns = {field.column for field in family.fields}
        assert set(family.key) <= columns


@pytest.mark.files
@pytest.mark.parametrize(
    ("path", "kind", "n_rows"),
    [
        # wc -l, less the header.
        ("terminology/nucc_codes_taxonomy_only.csv", "registry-nucc-codes", 883),
        ("geo/cbsa2fipsxw.csv", "registry-cbsa-counties", 1915),
        ("utilisation/openmedicare_procedures_2014_2023.csv", "registry-utilisation-codes", 500),
        ("terminology/rbcs_2024.csv.gz", "registry-rbcs", 17033),
        ("terminology/northstar_pos_codes.csv", "medicare-places-of-service", 99),
    ],
)
def test_the_copies_at_hand_are_read_whole(
    data_folder: Path, tmp_path: Path, path: str, kind: str, n_rows: int
) -> None:
    content = add(Lake.create(tmp_path / "lake"), data_folder / "medicare" / path).content
    assert (content.kind, content.read, content.loaded) == (kind, n_rows, n_rows)
