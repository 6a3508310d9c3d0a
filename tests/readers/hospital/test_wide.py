"""The wide CSV, fact by fact: blocks, names without a plan, what is shared, what is counted."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from hospital_files import COLUMNS, ROW, load_in_memory, tall, wide
from ratepress.core.errors import UnreadableInput
from ratepress.readers.hospital import HospitalTallCsv, HospitalWideCsv

READER = HospitalWideCsv()
DOLLARS = "standard_charge|Aetna|PPO|negotiated_dollar"
METHOD = "standard_charge|Aetna|PPO|methodology"
FOUR = tuple(
    f"standard_charge|Aetna|PPO|{last}"
    for last in (
        "negotiated_dollar",
        "negotiated_percentage",
        "negotiated_algorithm",
        "methodology",
    )
)


def test_each_payer_and_plan_of_a_row_is_one_rate(tmp_path: Path) -> None:
    row = {DOLLARS: "1200.50", METHOD: "Case Rate", "count|Aetna|PPO": "0"}
    row |= {"standard_charge|Cigna|HMO|negotiated_percentage": "70"}
    row |= {"additional_payer_notes|Cigna|HMO": "of charges"}
    loaded = load_in_memory(READER, wide(row), tmp_path)
    said = ("payer_name", "plan_name", "statement", "dollars", "percentage", "price_unit", "note")
    assert [tuple(rate[name] for name in said) for rate in loaded["rates"]] == [
        ("Aetna", "PPO", "dollar", Decimal("1200.5"), None, "case", None),
        ("Cigna", "HMO", "percentage", None, Decimal(70), "charges", "of charges"),
    ]
    # The fifteen columns before the first payer's are those of items and charges.
    assert [rate["place"] for rate in loaded["rates"]] == [
        "row 4 column 15",
        "row 4 column 18",
    ]
    assert [row["count"] for row in loaded["allowed"]] == ["0"]
    assert len(loaded["items"]) == len(loaded["charges"]) == 1
    assert (loaded.tally.read, loaded.tally.loaded) == (2, 2)


def test_a_row_without_any_payer_is_a_charge_line(tmp_path: Path) -> None:
    loaded = load_in_memory(READER, wide({}, also=FOUR), tmp_path)
    assert loaded["rates"] == []
    assert (loaded.tally.read, len(loaded["charges"]), loaded.problems) == (1, 1, {})


def test_blocks_that_differ_by_case_are_one(tmp_path: Path) -> None:
    row = {DOLLARS: "5", METHOD.lower(): "per diem"}
    loaded = load_in_memory(READER, wide(row, also=FOUR[:3]), tmp_path)
    (rate,) = loaded["rates"]
    assert (rate["payer_name"], rate["method"], rate["dollars"]) == ("Aetna", "per diem", 5)
    assert loaded.problems == {("F243", "payer and plan"): 1}


def test_one_spelling_of_payer_and_plan_is_no_deviation(tmp_path: Path) -> None:
    loaded = load_in_memory(READER, wide({DOLLARS: "5", METHOD: "per diem"}, also=FOUR), tmp_path)
    assert loaded.problems == {}


def test_a_header_without_a_plan_is_loaded_and_counted_once(tmp_path: Path) -> None:
    row = {f"standard_charge|Some_Rate|{name.split('|')[-1]}": "" for name in FOUR}
    row["standard_charge|Some_Rate|negotiated_dollar"] = "7"
    loaded = load_in_memory(READER, wide(row), tmp_path)
    (rate,) = loaded["rates"]
    assert (rate["payer_name"], rate["plan_name"], rate["dollars"]) == ("Some_Rate", None, 7)
    (problem,) = loaded["problems"]
    assert (problem["rule_id"], problem["count"]) == ("F230", 1)
    assert problem["first_place"] == "row 3 column 15"


def test_a_pipe_in_a_name_loses_no_part_of_it(tmp_path: Path) -> None:
    loaded = load_in_memory(
        READER, wide({"standard_charge|Aetna|PPO|Gold|negotiated_dollar": "7"}), tmp_path
    )
    (rate,) = loaded["rates"]
    assert (rate["payer_name"], rate["plan_name"]) == ("Aetna", "PPO|Gold")
    assert loaded.problems["F232", "plan_name"] == 1
    assert ("F230", "plan_name") not in loaded.problems


@pytest.mark.parametrize(
    ("header", "rule"),
    [
        ("standard_charge|[payer_name]|[plan_name]|negotiated_dollar", True),
        ("standard_charge|Payer Name Inc|Plan|negotiated_dollar", False),
    ],
)
def test_a_placeholder_left_in_a_header_is_counted(
    tmp_path: Path, header: str, *, rule: bool
) -> None:
    loaded = load_in_memory(READER, wide({header: "7"}), tmp_path)
    assert len(loaded["rates"]) == 1
    assert (("F231", "payer_name") in loaded.problems) is rule


def test_a_code_placeholder_is_read_as_the_first_code(tmp_path: Path) -> None:
    data = tall(ROW).replace(b"code|1,code|1|type", b"code|[i],code|[i]|type")
    loaded = load_in_memory(HospitalTallCsv(), data, tmp_path)
    assert loaded["rates"][0]["code"] == "32557"
    assert loaded.problems == {("F231", "code|[i]"): 1, ("F231", "code|[i]|type"): 1}


def test_a_payer_that_lacks_a_column_of_the_template_is_counted(tmp_path: Path) -> None:
    loaded = load_in_memory(READER, wide({DOLLARS: "1"}), tmp_path)
    missing = {key: n for key, n in loaded.problems.items() if key[0] == "F217"}
    assert missing == {("F217", name.replace("Aetna|PPO|", "")): 1 for name in FOUR[1:]}


def test_the_second_of_two_columns_of_one_field_is_not_read(tmp_path: Path) -> None:
    data = tall(ROW, columns=[*COLUMNS[:11], *FOUR, *FOUR[:1], *COLUMNS[20:22]])
    loaded = load_in_memory(READER, data, tmp_path)
    assert loaded.problems["F218", "standard_charge|negotiated_dollar"] == 1
    unread = [c["header"] for c in loaded["hospital_columns"] if c["read_as"] is None]
    assert unread == [DOLLARS]


def test_what_each_column_was_read_as_is_kept(tmp_path: Path) -> None:
    loaded = load_in_memory(READER, wide({DOLLARS: "1", "mine": "x"}), tmp_path)
    read_as = {c["header"]: (c["read_as"], c["payer_name"]) for c in loaded["hospital_columns"]}
    assert read_as["description"] == ("description", None)
    assert read_as[DOLLARS] == ("standard_charge|negotiated_dollar", "Aetna")
    assert read_as["mine"] == (None, None)
    assert loaded.problems["F006", "mine"] == 1


def test_a_modifier_has_a_note_for_each_payer(tmp_path: Path) -> None:
    row = {"modifiers": "50", "description": "Bilateral"} | dict.fromkeys(
        ("code|1", "code|1|type", "code|2", "code|2|type"), ""
    )
    row |= dict.fromkeys([c for c in COLUMNS if "standard_charge" in c], "")
    row |= {"additional_payer_notes|Aetna|PPO": "as stated", "count|Cigna|HMO": "0"}
    loaded = load_in_memory(READER, wide({DOLLARS: "1"}, row), tmp_path)
    notes = [(n["payer_name"], n["plan_name"], n["note"]) for n in loaded["modifier_notes"]]
    assert notes == [("Aetna", "PPO", "as stated"), ("Cigna", "HMO", None)]
    assert len(loaded["rates"]) == 1
    assert loaded.tally.read == 3


def test_a_file_may_name_payers_in_cells_and_in_headers(tmp_path: Path) -> None:
    data = tall(ROW | {DOLLARS: "9"}, columns=[*COLUMNS, *FOUR])
    loaded = load_in_memory(READER, data, tmp_path)
    assert [(r["dollars"], r["place"]) for r in loaded["rates"]] == [
        (Decimal("1200.5"), "row 4"),
        (Decimal(9), "row 4 column 25"),
    ]


def test_a_wide_file_without_a_code_column_is_refused(tmp_path: Path) -> None:
    data = wide({DOLLARS: "1"}).replace(b"code|1,code|1|type", b"a,b")
    with pytest.raises(UnreadableInput, match=r"code[|]1.*row 3"):
        load_in_memory(READER, data, tmp_path)


def test_a_row_too_long_is_set_aside_whole(tmp_path: Path) -> None:
    data = wide({DOLLARS: "1"}) + wide({DOLLARS: "1"}).splitlines()[-1] + b",,x\n"
    loaded = load_in_memory(READER, data, tmp_path)
    (aside,) = loaded.tally.reconcile("x")
    assert (aside.reason, aside.count, len(loaded["rates"])) == ("F202", 1, 1)
