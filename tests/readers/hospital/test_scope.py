"""Setting and class from the names of plans: where they narrow, and where they contradict."""

from __future__ import annotations

from pathlib import Path

import pytest

from hospital_files import COLUMNS, ROW, load_in_memory, tall
from ratepress.readers.hospital import HospitalTallCsv
from ratepress.readers.hospital.scope import scope, words_of


@pytest.mark.parametrize(
    ("payer", "plan", "expected"),
    [
        ("Aetna", "HMO_Outpatient", ("outpatient", None)),
        ("Aetna", "PPO Out-Patient", ("outpatient", None)),
        ("Aetna", "Professional_MLP", (None, "professional")),
        ("Aetna", "Inpatient and outpatient", (None, None)),
        ("Aetna", "IP", (None, None)),
        ("Aetna", "Professionals", (None, None)),
        ("Professional Benefit Administrators", "PPO", (None, None)),
        ("UT_CARE_ Inpatient_Rate", "", ("inpatient", None)),
        ("MemorialHermannHealth", "Inpatient_Pediatric", ("inpatient", None)),
    ],
)
def test_whole_words_of_the_plan_count(
    payer: str, plan: str, expected: tuple[str | None, str | None]
) -> None:
    assert words_of(payer, plan) == expected


@pytest.mark.parametrize(
    ("row", "setting", "rule"),
    [
        ("both", "inpatient", "F234"),
        (None, "inpatient", "F234"),
        ("inpatient", "inpatient", None),
        ("outpatient", "contradictory", "F233"),
        ("emergency", "emergency", None),
    ],
)
def test_the_plans_setting_narrows_or_contradicts_its_row(
    row: str | None, setting: str, rule: str | None
) -> None:
    found = scope(row, None, "Aetna", "HMO_Inpatient")
    assert (found.setting, found.setting_rule) == (setting, rule)
    assert (found.evidence is None) == (rule is None)


def test_a_contradictory_price_is_loaded_with_its_words(tmp_path: Path) -> None:
    rows = [ROW | {"plan_name": plan, "billing_class": "facility"} for plan in ("Inpatient", "PPO")]
    rows.append(ROW | {"plan_name": "Professional", "billing_class": "both"})
    data = tall(*rows, columns=[*COLUMNS, "billing_class"])
    loaded = load_in_memory(HospitalTallCsv(), data, tmp_path)
    said = ("setting", "billing_class", "scope_evidence")
    assert [tuple(rate[name] for name in said) for rate in loaded["rates"]] == [
        ("contradictory", "facility", "row says outpatient, plan says inpatient"),
        ("outpatient", "facility", None),
        ("outpatient", "professional", "plan says professional"),
    ]
    # The charge line keeps what the row says.
    assert {charge["setting"] for charge in loaded["charges"]} == {"outpatient"}
    assert loaded.problems == {("F233", "setting"): 1, ("F234", "billing_class"): 1}


@pytest.mark.parametrize(
    ("changes", "is_counted"),
    [
        ({"standard_charge|methodology": "Percent of Total Billed Charges"}, True),
        ({"standard_charge|methodology": "fee schedule"}, False),
        (
            {
                "standard_charge|methodology": "percent of total billed charges",
                "standard_charge|negotiated_percentage": "60",
            },
            False,
        ),
    ],
)
def test_dollars_of_a_share_of_charges_are_counted(
    tmp_path: Path, changes: dict[str, str], *, is_counted: bool
) -> None:
    loaded = load_in_memory(HospitalTallCsv(), tall(ROW | changes), tmp_path)
    assert loaded["rates"][0]["statement"] == "dollar"
    assert (("F235", "standard_charge|methodology") in loaded.problems) is is_counted
