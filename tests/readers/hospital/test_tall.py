"""The tall CSV, fact by fact: headers, rows, what is shared, what is counted, what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from hospital_files import COLUMNS, GENERAL, ROW, STATEMENT, load_bytes, load_in_memory, tall
from ratepress.core.errors import UnreadableInput
from ratepress.lake.store import Lake
from ratepress.readers.hospital import HospitalTallCsv

READER = HospitalTallCsv()


def test_a_row_is_one_rate_with_all_that_it_states(lake: Lake) -> None:
    loaded = load_bytes(READER, tall(ROW), lake)
    (rate,) = loaded["rates"]
    expected = {
        "rate_id": 0,
        "code_system": "cpt",
        "code": "32557",
        "published_type": "HCPCS",
        "payer_name": "Aetna",
        "plan_name": "PPO",
        "line_of_business": "commercial",
        "statement": "dollar",
        "method": "fee schedule",
        "dollars": Decimal("1200.50"),
        "percentage": None,
        "price_unit": "service",
        "billing_class": None,
        "setting": "outpatient",
        "place_set_id": "",
        "modifier_set_id": "",
        "provider_set_id": None,
        "arrangement": None,
        "place": "row 4",
    }
    assert {key: rate[key] for key in expected} == expected
    (charge,) = loaded["charges"]
    amounts = [charge[key] for key in ("gross", "cash", "minimum", "maximum")]
    assert amounts == [Decimal(4000), Decimal(2000), Decimal(900), Decimal(1500)]
    codes = [(c["code_system"], c["code"], c["published_code"]) for c in loaded["item_codes"]]
    assert sorted(codes) == [("cpt", "32557", "32557"), ("rc", "0361", "361")]
    assert loaded["allowed"] == loaded["problems"] == loaded["modifier_sets"] == []


def test_the_head_fills_hospital_locations_and_npis(lake: Lake) -> None:
    loaded = load_bytes(READER, tall(ROW), lake)
    (hospital,) = loaded["hospitals"]
    del hospital["content_id"]
    assert hospital == {
        "hospital_name": "West Mercy Hospital",
        "license_state": "CA",
        "license_numbers": "50056",
        "attested": True,
        "attester_name": "Leigh Attester",
        "billing_class": None,
    }
    assert [(r["location_name"], r["address"]) for r in loaded["hospital_locations"]] == [
        ("West Mercy Hospital", "12 Main Street, Fullerton, CA"),
        ("West Mercy Surgical Center", "23 Ocean Ave, San Jose, CA"),
    ]
    assert [r["npi"] for r in loaded["hospital_npis"]] == ["0000000001", "0000000002"]
    header = loaded.header
    assert header.publisher == "West Mercy Hospital"
    assert header.published_on == date(2026, 4, 1)
    assert (header.declared_version, header.detected_version) == ("3.0.0", "3")


def test_a_hospital_may_date_its_file_as_americans_do(tmp_path: Path) -> None:
    data = tall(ROW, general=GENERAL | {"last_updated_on": "4/1/2026"})
    assert load_in_memory(READER, data, tmp_path).header.published_on == date(2026, 4, 1)


@pytest.mark.parametrize("written", ["July 1 2024", "2026-13-01", "13/1/2026", ""])
def test_a_date_that_cannot_be_read_is_no_date_and_counted(tmp_path: Path, written: str) -> None:
    data = tall(ROW, general=GENERAL | {"last_updated_on": written})
    loaded = load_in_memory(READER, data, tmp_path)
    assert loaded.header.published_on is None
    assert loaded.problems == {("F214", "last_updated_on"): 1}


def test_case_and_spaces_of_headers_do_not_matter(tmp_path: Path) -> None:
    columns = [column.upper().replace("|", " | ") for column in COLUMNS]
    data = tall(ROW, general={key.upper(): value for key, value in GENERAL.items()})
    dressed = data.replace(",".join(COLUMNS).encode(), ",".join(columns).encode())
    assert dressed != data
    loaded = load_in_memory(READER, dressed, tmp_path)
    assert loaded["rates"] == load_in_memory(READER, tall(ROW), tmp_path)["rates"]
    assert loaded.problems == {}


def test_rows_share_items_and_charge_lines_however_far_apart(tmp_path: Path) -> None:
    other = ROW | {"description": "Another", "code|1": "32556"}
    cheaper = ROW | {"standard_charge|negotiated_dollar": "7", "plan_name": "HMO"}
    dearer = ROW | {"standard_charge|gross": "5000"}
    loaded = load_in_memory(READER, tall(ROW, other, cheaper, dearer), tmp_path)
    assert len(loaded["rates"]) == 4
    assert [i["place"] for i in loaded["items"]] == ["row 4", "row 5"]
    assert [r["charge_id"] for r in loaded["rates"]] == [0, 1, 0, 2]
    assert [r["item_id"] for r in loaded["rates"]] == [0, 1, 0, 0]


def test_codes_never_multiply_rates(tmp_path: Path) -> None:
    columns = [*COLUMNS, "code|3", "code|3|type", "code|12", "code|12|type"]
    row = ROW | {"code|3": "17", "code|3|type": "CDM", "code|12": "5182", "code|12|type": "APC"}
    loaded = load_in_memory(READER, tall(row, columns=columns), tmp_path)
    assert len(loaded["rates"]) == 1
    systems = [c["code_system"] for c in loaded["item_codes"]]
    assert systems == ["cpt", "rc", "cdm", "apc"]


def test_a_row_without_a_payer_is_a_charge_line_only(tmp_path: Path) -> None:
    row = {key: ROW[key] for key in ("description", "code|1", "code|1|type", "setting")}
    loaded = load_in_memory(READER, tall(row | {"standard_charge|gross": "10"}), tmp_path)
    assert loaded["rates"] == []
    assert [c["gross"] for c in loaded["charges"]] == [Decimal(10)]
    assert (loaded.tally.read, loaded.tally.loaded, loaded.problems) == (1, 1, {})


def test_a_row_without_any_charge_is_loaded_and_counted(tmp_path: Path) -> None:
    row = {key: ROW[key] for key in ("description", "code|1", "code|1|type", "setting")}
    loaded = load_in_memory(READER, tall(row), tmp_path)
    assert loaded.tally.loaded == len(loaded["charges"]) == 1
    assert loaded.problems == {("F221", "row"): 1}


def test_a_payer_without_a_price_is_a_rate_that_says_so(tmp_path: Path) -> None:
    row = ROW | {"standard_charge|negotiated_dollar": "", "standard_charge|methodology": ""}
    loaded = load_in_memory(READER, tall(row), tmp_path)
    (rate,) = loaded["rates"]
    assert (rate["statement"], rate["dollars"], rate["method"]) == ("none", None, None)
    assert loaded.problems == {("F207", "standard_charge|negotiated_dollar"): 1}


def test_a_modifier_without_code_and_number_is_a_note(tmp_path: Path) -> None:
    row = {"description": "Physical therapy", "modifiers": "GP", "setting": "both"}
    row |= {"payer_name": "Cigna", "plan_name": "Ppo", "additional_generic_notes": "As stated."}
    loaded = load_in_memory(READER, tall(row), tmp_path)
    (note,) = loaded["modifier_notes"]
    assert (note["modifier"], note["payer_name"], note["note"]) == ("GP", "Cigna", "As stated.")
    assert loaded["items"] == loaded["charges"] == loaded["rates"] == []
    assert (loaded.tally.read, loaded.tally.loaded, loaded.problems) == (1, 1, {})


def test_a_modifiers_percentage_is_of_the_price_and_not_of_charges(tmp_path: Path) -> None:
    """The CMS example states 150 for modifier 50, with no code: 150% of the item's payment."""
    row = {"description": "Bilateral procedure", "modifiers": "50", "setting": "both"}
    row |= {"payer_name": "Aetna", "plan_name": "PPO"}
    row |= {"standard_charge|negotiated_percentage": "150"}
    loaded = load_in_memory(READER, tall(row), tmp_path)
    (rate,) = loaded["rates"]
    assert (rate["percentage"], rate["price_unit"], rate["code"]) == (150, "service", None)
    assert len(loaded["modifier_notes"]) == 1
    assert loaded.problems == {("F228", "code|1"): 1}


@pytest.mark.parametrize(
    ("changes", "statement", "unit"),
    [
        ({}, "dollar", "service"),
        ({"standard_charge|methodology": "Case  Rate"}, "dollar", "case"),
        ({"standard_charge|methodology": "per diem"}, "dollar", "day"),
        ({"standard_charge|negotiated_percentage": "50"}, "dollar", "service"),
        (
            {
                "standard_charge|negotiated_dollar": "",
                "standard_charge|negotiated_percentage": "50",
                "standard_charge|negotiated_algorithm": "x",
            },
            "percentage",
            "charges",
        ),
        (
            {
                "standard_charge|negotiated_dollar": "N/A",
                "standard_charge|negotiated_algorithm": "lesser of",
                "standard_charge|methodology": "case rate",
            },
            "algorithm",
            "case",
        ),
    ],
)
def test_several_statements_of_one_price_are_one_rate(
    tmp_path: Path, changes: dict[str, str], statement: str, unit: str
) -> None:
    (rate,) = load_in_memory(READER, tall(ROW | changes), tmp_path)["rates"]
    assert (rate["statement"], rate["price_unit"]) == (statement, unit)


def test_the_billing_class_of_a_row_goes_before_that_of_the_file(tmp_path: Path) -> None:
    data = tall(
        ROW,
        ROW | {"billing_class": "Professional"},
        general=GENERAL | {"billing_class": "Facility"},
        columns=[*COLUMNS, "billing_class"],
    )
    loaded = load_in_memory(READER, data, tmp_path)
    assert [r["billing_class"] for r in loaded["rates"]] == ["facility", "professional"]
    assert loaded["hospitals"][0]["billing_class"] == "facility"


def test_modifiers_are_one_set_in_any_order_and_separator(tmp_path: Path) -> None:
    rows = [ROW | {"modifiers": cell} for cell in ("80|50", "50, 80", "50 80", "as")]
    loaded = load_in_memory(READER, tall(*rows), tmp_path)
    assert [r["modifier_set_id"] for r in loaded["rates"]] == ["50|80", "50|80", "50|80", "AS"]
    members = [(m["modifier_set_id"], m["member"]) for m in loaded["modifier_sets"]]
    assert members == [("50|80", "50"), ("50|80", "80"), ("AS", "AS")]


def test_counts_stay_text(tmp_path: Path) -> None:
    row = ROW | {"median_amount": "55.5", "10th_percentile": "1", "90th_percentile": "99"}
    loaded = load_in_memory(READER, tall(row | {"count": "1 through 10"}), tmp_path)
    (allowed,) = loaded["allowed"]
    assert (allowed["count"], allowed["median"]) == ("1 through 10", Decimal("55.5"))
    assert loaded.problems == {}


def test_a_v2_file_has_an_estimate_and_is_detected(tmp_path: Path) -> None:
    older = {"hospital_location" if k == "location_name" else k: v for k, v in GENERAL.items()}
    older[STATEMENT.replace("this hospital", "the hospital")] = older.pop(STATEMENT)
    del older["type_2_npi"], older["attester_name"]
    columns = [c for c in COLUMNS if c not in ("median_amount", "10th_percentile")]
    columns = [c for c in columns if c not in ("90th_percentile", "count")]
    data = tall(
        ROW | {"estimated_amount": "12.25"},
        general=older | {"version": "2.2.0"},
        columns=[*columns, "estimated_amount"],
    )
    loaded = load_in_memory(READER, data, tmp_path)
    assert loaded.header.detected_version == "2"
    assert loaded["allowed"][0]["estimated_amount"] == Decimal("12.25")
    assert loaded["hospitals"][0]["attested"] is True
    assert loaded.problems == {}


def test_a_version_that_the_columns_contradict_is_counted(tmp_path: Path) -> None:
    loaded = load_in_memory(READER, tall(ROW, general=GENERAL | {"version": "2.0.0"}), tmp_path)
    assert (loaded.header.declared_version, loaded.header.detected_version) == ("2.0.0", "3")
    assert loaded.problems == {("F216", "version"): 1}


def test_a_row_with_a_comma_too_many_is_set_aside(tmp_path: Path) -> None:
    broken = b"Drainage, with tube" + tall(ROW).splitlines()[-1].removeprefix(b"Drainage with tube")
    # The template's last column is a note: fill it, so that the shift goes over the edge.
    data = tall(ROW) + broken[:-1] + b",note\n"
    loaded = load_in_memory(READER, data, tmp_path)
    assert len(loaded["rates"]) == 1
    (aside,) = loaded.tally.reconcile("x")
    assert (aside.reason, aside.count, aside.first_place) == ("F202", 1, "row 5")


def test_row_numbers_are_those_of_a_spreadsheet(tmp_path: Path) -> None:
    """A line break in a cell does not count, a blank row does."""
    data = tall(ROW | {"description": "two\nlines"}) + b"\n,,,\n" + tall(ROW).splitlines()[-1]
    loaded = load_in_memory(READER, data, tmp_path)
    assert [r["place"] for r in loaded["rates"]] == ["row 4", "row 7"]
    assert loaded.tally.read == 2


def test_unknown_columns_are_counted_where_they_say_something(tmp_path: Path) -> None:
    data = tall(ROW, ROW | {"mine": "7"}, columns=[*COLUMNS, "mine", "empty"])
    loaded = load_in_memory(READER, data, tmp_path)
    (problem,) = loaded["problems"]
    assert (problem["rule_id"], problem["subject"], problem["count"]) == ("F006", "mine", 1)
    assert (problem["first_place"], problem["sample"]) == ("row 5", "7")


def test_windows_1252_is_read_and_its_first_byte_named(tmp_path: Path) -> None:
    data = tall(ROW | {"description": "Café’s"}).decode().encode("cp1252")
    loaded = load_in_memory(READER, data, tmp_path)
    (problem,) = loaded["problems"]
    assert problem["first_place"] == f"byte {data.index(0xE9):,}"
    assert loaded["items"][0]["description"] == "Café’s"


@pytest.mark.parametrize(
    "column", ["description", "code|1", "setting", "payer_name", "standard_charge|methodology"]
)
def test_a_missing_required_column_is_refused_by_its_name(tmp_path: Path, column: str) -> None:
    columns = [name for name in COLUMNS if name != column]
    with pytest.raises(UnreadableInput, match=rf"{column.replace('|', '[|]')}.*row 3"):
        load_in_memory(READER, tall(ROW, columns=columns), tmp_path)


def test_other_missing_columns_are_counted(tmp_path: Path) -> None:
    columns = [name for name in COLUMNS if name != "modifiers"]
    loaded = load_in_memory(READER, tall(ROW, columns=columns), tmp_path)
    assert loaded.problems == {("F217", "modifiers"): 1}


def test_the_first_of_two_columns_of_one_name_counts(tmp_path: Path) -> None:
    data = tall(ROW, columns=[*COLUMNS, "setting"])
    loaded = load_in_memory(READER, data, tmp_path)
    assert loaded["rates"][0]["setting"] == "outpatient"
    assert loaded.problems == {("F218", "setting"): 1, ("F006", "setting"): 1}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (tall(), "no data row"),
        (tall(ROW).replace(b"hospital_name", b"name_of_hospital"), "required column hospital_name"),
        (tall(ROW, general=GENERAL | {"hospital_name": "", "location_name": ""}), "not name its"),
        (tall(ROW) + b'"never closed,1,2\n3,4\n', "quotation mark is never closed.*row 5"),
        (b"\n".join(tall(ROW).splitlines()[:2]), "ends before item headers"),
        (tall(ROW | {"description": "x" * 140_000}), "field larger than field limit.*row 4"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(
    tmp_path: Path, data: bytes, message: str
) -> None:
    with pytest.raises(UnreadableInput, match=message) as refused:
        load_in_memory(READER, data, tmp_path)
    assert refused.value.todo
    assert "standardcharges" in refused.value.message


@pytest.mark.parametrize(
    "head",
    [b"{}", b"HCPCS,MOD,DESCRIPTION\n", b"<html>", b"", b"\xff\xfe\x00", b'{"hospital_name": 1}'],
)
def test_other_files_are_not_taken_for_a_hospital_csv(head: bytes) -> None:
    assert not READER.recognise(head)


def test_a_mark_and_blank_lines_before_the_head_are_no_hindrance(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf\n" + tall(ROW)
    loaded = load_in_memory(READER, data, tmp_path)
    assert loaded.header.publisher == "West Mercy Hospital"
    assert loaded["rates"][0]["place"] == "row 5"
