"""CSV files that are laid out in other ways than the template asks, and from before it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from hospital_files import COLUMNS, GENERAL, ROW, load_in_memory, tall
from ratepress.core.errors import UnreadableInput
from ratepress.readers.catalogue import READERS
from ratepress.readers.hospital import HospitalTallCsv, HospitalWideCsv
from ratepress.readers.hospital.layouts import legacy_codes, spellings, template_names

READER = HospitalTallCsv()
LEGACY = (
    b"Charge Code,CPT/HCPCS Code,Procedure Description,Gross Charge,Discounted Cash Price,"
    b"De-Identified Minimum Negotiated Charge,De-Identified Maximum Negotiated Charge,"
    b"Aetna PPO,Blue Cross HMO,Department\n"
    b'17,32557,Drainage,"$4,000.00",2000,900,1500,1200.50,N/A,Radiology\n'
    b"18,J1100,Dexamethasone,10,5,,,,3,\n"
)


def test_a_title_above_the_headers_is_counted(tmp_path: Path) -> None:
    data = b"Standard charges of West Mercy\n\n" + tall(ROW)
    loaded = load_in_memory(READER, data, tmp_path)
    (problem,) = loaded["problems"]
    assert (problem["rule_id"], problem["first_place"]) == ("F236", "row 1")
    assert problem["sample"] == "Standard charges of West Mercy"
    assert loaded["rates"][0]["place"] == "row 6"


def test_a_row_between_the_headers_is_counted(tmp_path: Path) -> None:
    lines = tall(ROW).splitlines(keepends=True)
    data = b"".join([*lines[:2], b"Disclaimer: prices vary\n", *lines[2:]])
    assert load_in_memory(READER, data, tmp_path).problems == {("F236", "row"): 1}


def test_general_values_may_stand_one_a_row(tmp_path: Path) -> None:
    pairs = [f'{name},"{value}"\n' for name, value in list(GENERAL.items())[:5]]
    data = "".join(pairs).encode() + b"".join(tall(ROW).splitlines(keepends=True)[2:])
    loaded = load_in_memory(READER, data, tmp_path)
    assert loaded.header.publisher == "West Mercy Hospital"
    assert loaded.header.declared_version == "3.0.0"
    assert len(loaded["rates"]) == 1


def test_both_headers_in_one_row_take_the_general_values_from_the_first_data_row(
    tmp_path: Path,
) -> None:
    columns = ["hospital_name", "version", "last_updated_on", *COLUMNS]
    first = {"hospital_name": "West Mercy", "version": "3.0.0", "last_updated_on": "2026-04-01"}
    other = first | {"hospital_name": "East Mercy"}
    whole = tall(ROW | first, ROW | first, ROW | other, columns=columns)
    data = b"".join(whole.splitlines(keepends=True)[2:])
    loaded = load_in_memory(READER, data, tmp_path)
    assert loaded.header.publisher == "West Mercy"
    assert [rate["place"] for rate in loaded["rates"]] == ["row 2", "row 3", "row 4"]
    assert loaded.problems["F237", "row"] == 1
    # The third row says that it is another hospital's: that is not lost in silence.
    assert loaded.problems["F006", "hospital_name"] == 1


@pytest.mark.parametrize("delimiter", ["\t", ";", "|"])
def test_cells_may_be_separated_by_other_characters(tmp_path: Path, delimiter: str) -> None:
    values = [value.replace("|", " and ") for value in GENERAL.values()]
    cells = [ROW.get(column, "") for column in COLUMNS]
    rows = (GENERAL, values, COLUMNS, cells)
    data = "".join(delimiter.join(row) + "\n" for row in rows)
    loaded = load_in_memory(READER, data.encode(), tmp_path)
    assert loaded["rates"][0]["dollars"] == Decimal("1200.5")
    assert loaded["rates"][0]["code"] == "32557"
    assert loaded.problems["F238", "delimiter"] == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_other_encodings_give_the_same_rows(tmp_path: Path, encoding: str) -> None:
    data = tall(ROW | {"description": "Café"})
    loaded = load_in_memory(READER, data.decode().encode(encoding), tmp_path)
    assert loaded["items"][0]["description"] == "Café"
    assert loaded["rates"] == load_in_memory(READER, data, tmp_path)["rates"]


def test_a_column_of_another_spelling_is_read_and_counted(tmp_path: Path) -> None:
    data = tall(ROW).replace(b"payer_name", b"Payor Name").replace(b"|gross", b"|gross charge")
    loaded = load_in_memory(READER, data, tmp_path)
    assert loaded["rates"][0]["payer_name"] == "Aetna"
    assert loaded["charges"][0]["gross"] == 4000
    assert loaded.problems == {("F242", "payer_name"): 1, ("F242", "standard_charge|gross"): 1}


@pytest.mark.parametrize(("version", "is_odd"), [("3.0.1", True), ("3.0", True), ("2.2.1", False)])
def test_a_version_that_was_never_published_is_counted(
    tmp_path: Path, version: str, *, is_odd: bool
) -> None:
    loaded = load_in_memory(READER, tall(ROW, general=GENERAL | {"version": version}), tmp_path)
    assert (("F244", "version") in loaded.problems) is is_odd
    assert loaded.header.detected_version == "3"


def test_texts_of_the_head_are_kept(tmp_path: Path) -> None:
    general = GENERAL | {"general_contract_provisions": "Stop loss.", "financial_aid_policy": ""}
    loaded = load_in_memory(READER, tall(ROW, general=general | {"mine": "x"}), tmp_path)
    said = [(row["kind"], row["text"]) for row in loaded["hospital_statements"]]
    assert said == [("general_contract_provisions", "Stop loss.")]
    assert loaded.problems == {("F006", "mine"): 1}


def test_a_notes_column_of_the_payer_goes_before_the_general_one(tmp_path: Path) -> None:
    rows = [
        ROW | {"additional_generic_notes": "all", "additional_payer_notes": n} for n in ("", "p")
    ]
    loaded = load_in_memory(
        READER, tall(*rows, columns=[*COLUMNS, "additional_payer_notes"]), tmp_path
    )
    assert [rate["note"] for rate in loaded["rates"]] == ["all", "p"]
    assert {charge["note"] for charge in loaded["charges"]} == {"all"}


def test_a_file_from_before_the_template_is_read_as_far_as_its_columns_are_known(
    tmp_path: Path,
) -> None:
    name = "12-3456789_west-mercy-hospital_standardcharges.csv"
    loaded = load_in_memory(READER, LEGACY, tmp_path, name=name)
    assert loaded.header.publisher == "west mercy hospital"
    assert (loaded.header.declared_version, loaded.header.detected_version) == (None, "legacy")
    rates = [(r["payer_name"], r["code"], r["dollars"], r["place"]) for r in loaded["rates"]]
    assert rates == [
        ("Aetna PPO", "32557", Decimal("1200.5"), "row 2 column 8"),
        ("Blue Cross HMO", "32557", None, "row 2 column 9"),
        ("Blue Cross HMO", "J1100", Decimal(3), "row 3 column 9"),
    ]
    codes = [(c["code_system"], c["code"]) for c in loaded["item_codes"]]
    assert codes == [("cdm", "17"), ("cpt", "32557"), ("cdm", "18"), ("hcpcs", "J1100")]
    assert [c["gross"] for c in loaded["charges"]] == [4000, 10]
    assert loaded.problems["F239", "hospital_name"] == 1
    assert loaded.problems["F240", "layout"] == 1
    assert loaded.problems["F241", "payer_name"] == 2
    assert loaded.problems["F006", "department"] == 1


def test_a_file_that_names_no_hospital_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="hospital_name") as refused:
        load_in_memory(READER, LEGACY, tmp_path)
    assert "EIN_hospital-name_standardcharges" in (refused.value.todo or "")


def test_a_fee_schedule_is_no_hospital_file() -> None:
    head = b"HCPCS,MOD,DESCRIPTION,STATUS CODE,WORK RVU\n32557,,Insert,A,3.12\n"
    assert not READER.recognise(head)
    assert not HospitalWideCsv().recognise(head)


def test_each_shape_has_one_reader() -> None:
    for head in (LEGACY, tall(ROW), b"title\n" + tall(ROW)):
        assert [reader.kind for reader in READERS if reader.recognise(head)] == [READER.kind]


def test_the_layouts_name_only_columns_of_the_template() -> None:
    codes = {"code", "code_type"}
    assert set(spellings("met").values()) <= template_names()
    assert set(spellings("legacy").values()) <= template_names() | codes
    assert not set(spellings("legacy")) & set(legacy_codes())
