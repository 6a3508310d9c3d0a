"""Who a provider and a hospital is, from registries in their official layouts to one table."""

from __future__ import annotations

from datetime import date

import pytest

import registry_files as files
from market_lakes import Described, PriceFile, Rate, write
from ratepress.lake.store import Lake
from ratepress.market.identity import HOSPITAL_SCHEMA, PROVIDER_SCHEMA, hospitals, providers
from ratepress.market.registries import zip_in
from ratepress.readers.add import add
from registry_files import Registered, npi_of

AS_OF = date(2026, 7, 15)
# As CMS writes a line of ZIP5: state, ZIP, carrier, locality, rural, lab area; YYYYQ at 76.
ZIP5 = "".join(
    f"{state}{zip_code}{carrier}{locality} Z9   {plus_four} A".ljust(75) + "20263\r\n"
    for state, zip_code, carrier, locality, plus_four in (
        ("GA", "30322", "10212", "01", "0"),
        ("MA", "02554", "14212", "99", "1"),
    )
)
HUD = files.table(
    files.HUD_HEADER,
    [
        ("30322", "13089", "ATLANTA", "GA", "0.9", "0.4", "1", "0.9"),
        ("30322", "13121", "ATLANTA", "GA", "0.1", "0.6", "0", "0.1"),
    ],
)
CBSA = files.table(
    files.CBSA_HEADER,
    [("12060", "", "122", "Atlanta, GA", "Metropolitan Statistical Area", "", "Atlanta",
      "Fulton County", "Georgia", "13", "121", "Central")],
)  # fmt: skip
NOVEMBER = files.nppes(
    Registered(npi_of(1), updated="11/09/2025"),
    Registered(npi_of(2), entity="2", name="ACME", ccn="110078", state="MA", zip_code="02554",
               taxonomies=(("282N00000X", "Y"),)),
    Registered(npi_of(3)),
)  # fmt: skip
# A week later the first has moved to Massachusetts.
WEEKLY = files.nppes(
    Registered(npi_of(1), state="MA", zip_code="025540000", updated="11/16/2025"),
)
GONE = f"NPI,NPPES Deactivation Date\r\n{npi_of(3)},03/01/2026\r\n".encode()


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    folder = tmp_path_factory.mktemp("identity")
    hospital = PriceFile(
        "h", date(2026, 4, 1), (Rate(),), ("Acme Hospital", "MA"),
        addresses=("10000 Main St, Nantucket, MA 02554-0001",),
    )  # fmt: skip
    lake = write(folder / "lake", Described((hospital,)))
    for name, data in (
        ("monthly.csv", NOVEMBER),
        ("weekly.csv", WEEKLY),
        ("gone.csv", GONE),
        ("hud.csv", HUD),
        ("cbsa.csv", CBSA),
        ("zip5.txt", ZIP5.encode()),
    ):
        (folder / name).write_bytes(data)
        add(lake, folder / name)
    return lake


def test_the_newest_file_that_has_an_npi_speaks_for_it(lake: Lake) -> None:
    table = providers(lake, [npi_of(1), npi_of(2), npi_of(3), "1234567890"], AS_OF)
    assert table.schema == PROVIDER_SCHEMA
    found = {row["npi"]: row for row in table.to_pylist()}
    assert (found[npi_of(1)]["state"], found[npi_of(1)]["zip3"]) == ("MA", "025")
    assert (found[npi_of(2)]["name"], found[npi_of(2)]["ccn"]) == ("ACME", "110078")
    assert found[npi_of(3)]["deactivated_on"] == date(2026, 3, 1)
    bad = found["1234567890"]
    assert (bad["is_valid"], bad["name"]) == (False, None)


def test_county_area_and_locality_of_a_zip_code(lake: Lake) -> None:
    """More of 30322's businesses are in Fulton; 02554 has a locality only with its ZIP+4."""
    found = {r["npi"]: r for r in providers(lake, [npi_of(2), npi_of(3)], AS_OF).to_pylist()}
    atlanta, nantucket = found[npi_of(3)], found[npi_of(2)]
    assert [atlanta[n] for n in ("county_fips", "cbsa", "mac", "locality")] == [
        "13121", "12060", "10212", "01",
    ]  # fmt: skip
    assert [nantucket[n] for n in ("county_fips", "cbsa", "mac", "locality")] == [None] * 4


def test_before_the_week_the_month_speaks(lake: Lake) -> None:
    (row,) = providers(lake, [npi_of(1)], date(2025, 11, 10)).to_pylist()
    assert row["state"] == "GA"


def test_a_hospital_by_its_name_address_and_numbers(lake: Lake) -> None:
    table = hospitals(lake, AS_OF)
    assert table.schema == HOSPITAL_SCHEMA
    (row,) = table.to_pylist()
    assert (row["name"], row["state"], row["hospital_id"]) == (
        "Acme Hospital", "MA", "acme hospital, MA",
    )  # fmt: skip
    assert row["zip_codes"] == ["02554"]
    assert row["addresses"] == ["10000 Main St, Nantucket, MA 02554-0001"]


@pytest.mark.parametrize(
    ("address", "zip_code"),
    [
        ("1364 Clifton Road NE, Atlanta, GA 30322", "30322"),
        ("601 E Rollins St, Orlando, FL 32803-1248", "32803"),
        ("10000 Main St", ""),
        ("PO Box 12345, Boston", ""),
        ("", ""),
        ("5 digits 123456", ""),
        ("0" * 100_000, ""),
    ],
)
def test_the_zip_code_of_an_address_stands_at_its_end(address: str, zip_code: str) -> None:
    assert zip_in(address) == zip_code


@pytest.mark.files
def test_the_hospitals_of_the_real_files_have_name_state_and_address(real_lake: Lake) -> None:
    """Read off the heads of the three files."""
    found = {row["name"]: row for row in hospitals(real_lake, AS_OF).to_pylist()}
    assert {name: row["state"] for name, row in found.items()} == {
        "EMORY UNIVERSITY": "GA",
        "AdventHealth Orlando": "FL",
        "Martha's Vineyard Hospital": "MA",
    }
    assert all(row["addresses"] and row["zip_codes"] and row["npis"] for row in found.values())
