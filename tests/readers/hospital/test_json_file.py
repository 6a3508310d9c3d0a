"""The JSON layout, fact by fact: keys in any order, wrong types, limits, what is refused."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hospital_files import as_json, document, item, load_bytes, load_in_memory, payer
from ratepress.core.errors import UnreadableInput
from ratepress.lake.store import Lake
from ratepress.readers.hospital import HospitalJson, stream
from ratepress.readers.source import Source

READER = HospitalJson()


def test_an_element_is_an_item_a_charge_line_and_its_rates(lake: Lake) -> None:
    data = as_json(document(item(payer(), payer(payer_name="Cigna")), item(discounted_cash=7)))
    loaded = load_bytes(READER, data, lake)
    assert [r["place"] for r in loaded["rates"]] == [
        "standard_charge_information[0].standard_charges[0].payers_information[0]",
        "standard_charge_information[0].standard_charges[0].payers_information[1]",
    ]
    (rate, _) = loaded["rates"]
    assert (rate["code"], rate["code_system"], rate["published_type"]) == ("32557", "cpt", "HCPCS")
    assert (rate["dollars"], rate["statement"]) == (Decimal("1200.5"), "dollar")
    assert [i["item_id"] for i in loaded["items"]] == [0, 1]
    assert [c["cash"] for c in loaded["charges"]] == [None, Decimal(7)]
    assert (loaded.tally.read, loaded.tally.loaded, loaded.problems) == (3, 3, {})


def test_general_keys_may_stand_behind_the_prices(tmp_path: Path) -> None:
    backwards = dict(reversed(document(item(payer())).items()))
    loaded = load_in_memory(READER, as_json(backwards), tmp_path)
    assert loaded.header.publisher == "West Mercy Hospital"
    assert loaded["hospitals"][0]["license_state"] == "CA"
    assert loaded.header.detected_version == "3"


def test_amounts_keep_the_digits_of_the_text(tmp_path: Path) -> None:
    """0.1 + 0.2 in binary is 0.30000000000000004; here it is what was written."""
    data = as_json(document(item(payer()))).replace(b"1200.5", b"0.3000")
    (rate,) = load_in_memory(READER, data, tmp_path)["rates"]
    assert rate["dollars"] == Decimal("0.3")


def test_numbers_written_as_text_are_read_and_counted(tmp_path: Path) -> None:
    prices = [payer(standard_charge_dollar=text) for text in ("1,234.50", "$12", "7", "N/A")]
    loaded = load_in_memory(READER, as_json(document(item(*prices))), tmp_path)
    assert [r["dollars"] for r in loaded["rates"]] == [Decimal("1234.5"), 12, 7, None]
    key = "standard_charge_dollar"
    expected = {("F219", key): 4, ("F203", key): 2, ("F204", key): 1, ("F207", key): 1}
    assert loaded.problems == expected
    (sample,) = [p for p in loaded["problems"] if p["rule_id"] == "F204"]
    place = "standard_charge_information[0].standard_charges[0].payers_information[3]"
    assert (sample["first_place"], sample["sample"]) == (place, "N/A")


def test_a_code_or_count_written_as_a_number_is_kept_as_text(tmp_path: Path) -> None:
    one = item(payer(count=14))
    one["code_information"] = [{"code": 32557, "type": "CPT"}]
    loaded = load_in_memory(READER, as_json(document(one)), tmp_path)
    assert loaded["rates"][0]["code"] == "32557"
    assert loaded["allowed"][0]["count"] == "14"
    assert loaded.problems == {("F219", "code"): 1, ("F219", "count"): 1}


@pytest.mark.parametrize("unit", [2.5, "2.5"])
def test_a_drug_unit_is_a_number_in_v3_and_a_text_in_v2(tmp_path: Path, unit: Any) -> None:
    one = item(payer()) | {"drug_information": {"unit": unit, "type": "ml"}}
    loaded = load_in_memory(READER, as_json(document(one)), tmp_path)
    (found,) = loaded["items"]
    assert (found["drug_unit"], found["drug_unit_type"]) == (Decimal("2.5"), "ML")
    assert loaded.problems == {}


@pytest.mark.parametrize(
    ("element", "place"),
    [
        (7, "standard_charge_information[1]"),
        ({"standard_charges": "none"}, "standard_charge_information[1]"),
        ({"standard_charges": [None]}, "standard_charge_information[1].standard_charges[0]"),
        (
            {"standard_charges": [{"payers_information": [[]], "gross_charge": 1}]},
            "standard_charge_information[1].standard_charges[0].payers_information[0]",
        ),
        (
            {"standard_charges": [{"payers_information": {}, "gross_charge": 1}]},
            "standard_charge_information[1].standard_charges[0]",
        ),
    ],
)
def test_an_element_that_is_no_object_is_set_aside(
    tmp_path: Path, element: Any, place: str
) -> None:
    loaded = load_in_memory(READER, as_json(document(item(payer()), element)), tmp_path)
    (aside,) = loaded.tally.reconcile("x")
    assert (aside.reason, aside.count, aside.first_place) == ("F219", 1, place)
    assert len(loaded["rates"]) == 1


def test_modifiers_are_notes_one_for_each_payer(tmp_path: Path) -> None:
    said = [{"payer_name": n, "plan_name": "PPO", "description": "half"} for n in ("Aetna", "B")]
    modifiers = [
        {"code": "50|62", "description": "Both", "modifier_payer_information": said},
        {"code": "26", "description": "Professional part", "setting": "both"},
    ]
    data = as_json(document(item(payer()), modifier_information=modifiers))
    loaded = load_in_memory(READER, data, tmp_path)
    notes = [(n["position"], n["modifier"], n["payer_name"]) for n in loaded["modifier_notes"]]
    assert notes == [(0, "50|62", "Aetna"), (1, "50|62", "B"), (2, "26", None)]
    assert (loaded.tally.read, loaded.tally.loaded) == (4, 4)


def test_modifiers_of_a_charge_line_are_a_set(tmp_path: Path) -> None:
    data = as_json(document(item(payer(), modifier_code=["TC", "50"])))
    loaded = load_in_memory(READER, data, tmp_path)
    assert loaded["rates"][0]["modifier_set_id"] == "50|TC"
    assert [m["member"] for m in loaded["modifier_sets"]] == ["50", "TC"]


def test_unknown_and_repeated_keys_are_counted(tmp_path: Path) -> None:
    data = as_json(document(item(payer(mine=1)), as_of_date="2026-01-01"))
    data = data.replace(b'"plan_name":', b'"plan_name": "HMO", "plan_name":')
    loaded = load_in_memory(READER, data, tmp_path)
    assert loaded.problems == {
        ("F006", "as_of_date"): 1,
        ("F006", "payers_information.mine"): 1,
        ("F218", "plan_name"): 1,
    }
    assert loaded["rates"][0]["plan_name"] == "PPO"


def test_texts_of_the_head_are_kept(tmp_path: Path) -> None:
    """The first form is that of CMS's v3 example; real files write a policy as one text."""
    provisions = [
        {"payer_name": "Aetna", "provisions": "Above $200,000 half of charges."},
        {"payer_name": "Cigna", "plan_name": "PPO", "provisions": "None.", "mine": 1},
    ]
    root = document(
        item(payer()), general_contract_provisions=provisions, financial_aid_policy="See desk."
    )
    loaded = load_in_memory(READER, as_json(root), tmp_path)
    columns = ("position", "kind", "payer_name", "plan_name", "text")
    assert [tuple(row[c] for c in columns) for row in loaded["hospital_statements"]] == [
        (0, "general_contract_provisions", "Aetna", None, "Above $200,000 half of charges."),
        (1, "general_contract_provisions", "Cigna", "PPO", "None."),
        (2, "financial_aid_policy", None, None, "See desk."),
    ]
    assert loaded.problems == {("F006", "general_contract_provisions.mine"): 1}


@pytest.mark.parametrize(
    ("version", "is_published"), [("2.2.1", True), ("3.0.1", False), ("3.0", False)]
)
def test_a_version_that_was_never_published_is_counted(
    tmp_path: Path, version: str, is_published: bool
) -> None:
    loaded = load_in_memory(READER, as_json(document(item(payer()), version=version)), tmp_path)
    assert (("F244", "version") in loaded.problems) is not is_published


def test_names_of_unknown_keys_do_not_fill_the_memory(tmp_path: Path) -> None:
    one = item(payer()) | {f"key {number}": 1 for number in range(2000)}
    loaded = load_in_memory(READER, as_json(document(one)), tmp_path)
    assert len(loaded.problems) == 501
    assert sum(loaded.problems.values()) == 2000


def test_windows_1252_is_read_and_its_first_byte_named(tmp_path: Path) -> None:
    text = json.dumps(document(item(payer(plan_name="Café"))), ensure_ascii=False)
    data = text.encode("cp1252")
    loaded = load_in_memory(READER, data, tmp_path)
    assert loaded["rates"][0]["plan_name"] == "Café"
    (problem,) = loaded["problems"]
    assert problem["rule_id"] == "F003"
    assert problem["first_place"] == f"byte {data.index(0xE9):,}"


def test_a_byte_order_mark_is_no_hindrance(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf" + as_json(document(item(payer())))
    assert len(load_in_memory(READER, data, tmp_path)["rates"]) == 1


def test_an_unpaired_surrogate_does_not_break_the_tables(tmp_path: Path) -> None:
    data = as_json(document(item(payer()))).replace(b'"PPO"', b'"PP\\ud800"')
    assert len(load_in_memory(READER, data, tmp_path)["rates"]) == 1


WHOLE = as_json(document(item(payer())))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (WHOLE[:-20], f"cut off before its end .byte {len(WHOLE) - 20:,}"),
        (WHOLE + b"x", "something stands behind the document"),
        (WHOLE.replace(b"1200.5", b"NaN"), "broken"),
        (WHOLE.replace(b"1200.5", b"1" * 5000), "a number is too long"),
        (WHOLE.replace(b"1200.5", b"1e" + b"9" * 30), "exponent of more than 18 digits"),
        (WHOLE.replace(b"1200.5", b"[" * 50 + b"]" * 50), "32 levels"),
        (as_json(document()), "no standard charge"),
        (as_json(document(item(), hospital_name=None, location_name=[])), "not name its hospital"),
        (as_json(document(item(), standard_charge_information={})), "no standard charge"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(
    tmp_path: Path, data: bytes, message: str
) -> None:
    with pytest.raises(UnreadableInput, match=message) as refused:
        load_in_memory(READER, data, tmp_path)
    assert refused.value.todo
    assert "standardcharges" in refused.value.message


@pytest.mark.parametrize("spaces", range(0, 4001, 250))
def test_a_long_number_is_refused_wherever_it_stands(tmp_path: Path, spaces: int) -> None:
    start = b" " * (stream.BUFFER_BYTES - len(WHOLE) - spaces)
    data = start + WHOLE.replace(b"1200.5", b"1" * 4301)
    with pytest.raises(UnreadableInput, match="a number is too long"):
        stream_all(data, tmp_path)


def stream_all(data: bytes, folder: Path) -> None:
    path = folder / "standardcharges"
    path.write_bytes(data)
    with stream.pieces(Source(path)) as (found, _):
        for _ in found:
            pass


def test_a_text_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "TOKEN_BYTES_LIMIT", 1 << 18)
    data = WHOLE.replace(b"PPO", b"x" * (1 << 20))
    with pytest.raises(UnreadableInput, match="one text or number has more than 262,144 bytes"):
        load_in_memory(HospitalJson(is_fast=False), data, tmp_path)


def test_an_element_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "VALUES_LIMIT", 100)
    data = as_json(document(item(*[payer() for _ in range(30)])))
    with pytest.raises(UnreadableInput, match="more than 100 values"):
        load_in_memory(READER, data, tmp_path)


@pytest.mark.parametrize(
    "head",
    [b"[]", b"{}", b'{"reporting_entity_name": "x", "in_network": []}', b"hospital_name,version"],
)
def test_other_files_are_not_taken_for_a_hospital_json(head: bytes) -> None:
    assert not READER.recognise(head)
