"""Places of service: facility or not, as Medicare's claims manual has it (ch. 12, 20.4.2)."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratepress.codes.places import PLACES, PlaceOfService, site_of

# Section 20.4.2: the places paid at the facility rate, with 02 of the telehealth transmittal.
FACILITIES = {
    "02",
    "19",
    "21",
    "22",
    "23",
    "24",
    "26",
    "31",
    "34",
    "41",
    "42",
    "51",
    "52",
    "53",
    "56",
    "61",
}


def test_the_facilities_are_those_of_the_manual() -> None:
    assert {code for code, place in PLACES.items() if place.site == "facility"} == FACILITIES


def test_places_that_medicare_has_no_rate_for_are_any() -> None:
    assert {c for c, place in PLACES.items() if place.site == "any"} == {"05", "06", "07", "08"}


@pytest.mark.parametrize(
    ("place", "site"),
    [
        ("24", "facility"),
        ("11", "nonfacility"),
        ("32", "nonfacility"),
        ("CSTM-00", "any"),
        ("cstm-00", "any"),
        ("2", "facility"),
        ("98", None),
        ("", None),
        ("office", None),
    ],
)
def test_site_of(place: str, site: str | None) -> None:
    assert site_of(place) == site


def test_telehealth_at_home_has_a_rate_since_2024() -> None:
    assert PLACES["10"].since == date(2024, 1, 1)
    assert PLACES["11"].since is None


def test_a_place_explains_itself() -> None:
    assert PlaceOfService.parse("22").explain() == (
        "Place of service 22 is hospital outpatient, on campus, paid at the facility rate."
    )
    assert "Indian Health Service" in PlaceOfService.parse("05").explain()
    assert "no rate" in PlaceOfService.parse("05").explain()
    assert "not on Medicare's list" in PlaceOfService.parse("98").explain()


@pytest.mark.files
def test_the_list_is_cms_list(data_folder: Path) -> None:
    """All places and sites of a published copy of the set; 05 to 08 are decided in our own way."""
    path = data_folder / "medicare/terminology/northstar_pos_codes.csv"
    with path.open(encoding="utf-8-sig", newline="") as text:
        listed = {r["pos_code"]: r["pos_type"] for r in csv.DictReader(text)}
    published = {
        code: kind.replace("-", "").lower() for code, kind in listed.items() if kind != "Unassigned"
    }
    ours = {code: place.site for code, place in PLACES.items()}
    for code in ("05", "06", "07", "08"):
        published[code] = "any"
    assert ours == published


@given(st.text())
def test_no_text_raises(place: str) -> None:
    assert site_of(place) in ("facility", "nonfacility", "any", None)
