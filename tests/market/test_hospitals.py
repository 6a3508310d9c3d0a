"""A hospital is known by name, state and a licence number or NPI that its files share."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ratepress.lake.store import Lake
from ratepress.market.benchmark import benchmark
from ratepress.market.hospitals import HospitalFile, identify_hospitals
from ratepress.readers.add import add

HEADER = (
    "hospital_name,last_updated_on,version,location_name,hospital_address,type_2_npi,"
    "license_number|GA,attested,attester_name"
)
ITEMS = (
    "description,code|1,code|1|type,setting,billing_class,payer_name,plan_name,"
    "standard_charge|negotiated_dollar,standard_charge|methodology"
)


def _file(folder: Path, name: str, day: str, npi: str, licence: str, dollars: str) -> Path:
    path = folder / name
    path.write_text(
        f"{HEADER}\nMercy,{day},3.0.0,{name},1 Main St,{npi},{licence},true,A Person\n{ITEMS}\n"
        f"Visit,99213,CPT,outpatient,facility,Aetna,Ppo,{dollars},fee schedule\n",
        encoding="utf-8",
    )
    return path


def _commercial(lake: Lake) -> list[tuple[int, list[Decimal]]]:
    found = benchmark(lake, "99213", as_of=date(2026, 7, 15)).to_pylist()
    return [(r["n_votes"], r["prices"]) for r in found if r["grain"] == "all payers"]


def test_two_hospitals_of_one_licensee_both_stand(lake: Lake, tmp_path: Path) -> None:
    """The name is the legal entity's: another licence and NPI is another hospital."""
    add(lake, _file(tmp_path, "north.csv", "2026-04-01", "1588640692", "044-1", "100"))
    add(lake, _file(tmp_path, "south.csv", "2026-05-01", "1437136918", "044-2", "200"))
    assert _commercial(lake) == [(2, [Decimal(100), Decimal(200)])]


def test_a_newer_file_of_the_same_npi_replaces_the_older(lake: Lake, tmp_path: Path) -> None:
    add(lake, _file(tmp_path, "april.csv", "2026-04-01", "1588640692", "044-1", "100"))
    add(lake, _file(tmp_path, "may.csv", "2026-05-01", "1588640692", "", "200"))
    assert _commercial(lake) == [(1, [Decimal(200)])]


def test_a_file_dated_after_it_was_added_does_not_set_the_as_of_date(
    lake: Lake, tmp_path: Path
) -> None:
    add(lake, _file(tmp_path, "april.csv", "2026-04-01", "1588640692", "044-1", "100"))
    add(lake, _file(tmp_path, "typo.csv", "2062-05-01", "1437136918", "044-2", "200"))
    found = benchmark(lake, "99213")
    assert (found.schema.metadata or {})[b"as_of"] == b"2026-04-01"


marks = st.frozensets(st.sampled_from(["npi 1", "npi 2", "npi 3", "licence 1"]), max_size=3)


@given(st.lists(marks, min_size=1, max_size=6))
def test_files_that_share_a_mark_are_one_hospital_in_any_order(
    stated: list[frozenset[str]],
) -> None:
    files = [HospitalFile(f"c{n}", "mercy", "GA", m) for n, m in enumerate(stated)]
    found = identify_hospitals(files)
    for one in files:
        for other in files:
            if one.marks & other.marks or not one.marks or not other.marks:
                assert found[one.content_id] == found[other.content_id]
    assert found == identify_hospitals(files[::-1])


def test_hospitals_of_other_names_or_states_are_never_one() -> None:
    files = [
        HospitalFile("a", "mercy", "GA", frozenset({"npi 1"})),
        HospitalFile("b", "mercy", "FL", frozenset({"npi 1"})),
        HospitalFile("c", "grace", "GA", frozenset({"npi 1"})),
    ]
    assert len(set(identify_hospitals(files).values())) == 3
