"""P60 to P66, inpatient stays: each rule with its cases, the arithmetic by hand in the comment.

Fiscal 2021 has Bakersfield's index at California's rural floor, 1.2753, with a GAF of 1.1812, and
Alabama's at 0.7570 (0.8264). MS-DRG 470 weighs 1.9000 in 2021 and 1.9289 in 2026.
"""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

from ipps_layouts import (
    COBOL_AREAS,
    COBOL_DRGS,
    COBOL_RATES,
    HOSPITAL,
    TABLE_2,
    TABLE_5,
    providers,
)
from ratepress.lake.store import Lake
from ratepress.medicare.repricing.plain import explain_lines
from ratepress.medicare.repricing.run import reprice
from ratepress.readers.add import add

STAY = {
    "claim_type": "inpatient",
    "claim_id": "1",
    "date": "2021-03-01",
    "code": "",
    "modifiers": "",
    "units": "1",
    "pos": "21",
    "drg": "470",
    "cbsa": "",
    "ccn": "",
    "charge": "",
}
RECORDS = (
    {**HOSPITAL, "providerCcn": "050001"},
    {**HOSPITAL, "providerCcn": "050002", "uncompensatedCareAmount": "321.09"},
    {
        **HOSPITAL,
        "providerCcn": "050003",
        "hrrParticipantIndicator": "1",
        "hrrAdjustment": "0.98",
        "vbpParticipantIndicator": "Y",
        "vbpAdjustment": "1.0045",
        "lowVolumeAdjustmentFactor": "0.10",
        "temporaryReliefIndicator": "Y",
        "hacReductionParticipantIndicator": "Y",
    },
    {**HOSPITAL, "providerCcn": "050004", "hrrParticipantIndicator": "1", "hrrAdjustment": "0.5"},
    {**HOSPITAL, "providerCcn": "050005", "waiverIndicator": "Y"},
    {**HOSPITAL, "providerCcn": "050006", "terminationDate": "20210301"},
    {**HOSPITAL, "providerCcn": "050007", "newHospital": "Y", "providerType": "16"},
    {
        "providerCcn": "010001",
        "effectiveDate": "20201001",
        "providerType": "00",
        "internsToBedsRatio": "0",
        "bedSize": "50",
        "hospitalQualityIndicator": "",
        "cbsaActualGeographicLocation": "01",
    },
    {
        "providerCcn": "020001",
        "effectiveDate": "20201001",
        "providerType": "00",
        "costOfLivingAdjustment": "1.25",
        "hospitalQualityIndicator": "1",
        "cbsaActualGeographicLocation": "12540",
    },
    {
        "providerCcn": "050009",
        "effectiveDate": "20201001",
        "providerType": "00",
        "specialPaymentIndicator": "1",
        "specialWageIndex": "1.1929",
        "hospitalQualityIndicator": "1",
    },
)


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    folder = tmp_path_factory.mktemp("inpatient")
    lake = Lake.create(folder / "lake")
    files = {
        "CBSA212.txt": COBOL_AREAS,
        "DRGSX211.cpy": COBOL_DRGS,
        "RATEX213.cpy": COBOL_RATES,
        "table2.txt": TABLE_2,
        "table5.txt": TABLE_5,
        "providers.csv": providers(*RECORDS),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
        add(lake, folder / name)
    return lake


@pytest.fixture(scope="module")
def price(lake):
    def of(*lines):
        full = [{**STAY, **line} for line in lines]
        fast = reprice(lake, pa.Table.from_pylist(full)).to_pylist()
        slow = explain_lines(lake, full)
        found = [(r["allowed_amount"], r["status"], r["rules"], r["reason"]) for r in fast]
        assert found == [
            (one.allowed_amount, one.status, " ".join(one.rules), one.reason) for one in slow
        ]
        return found

    return of


@pytest.mark.parametrize(
    ("line", "amount", "rules"),
    [
        # (4,456.72 + 2,295.89) x 1.9289 = 13,025.11; 524.15 x 1.9289 = 1,011.03.
        ({"date": "2026-01-15"}, "14036.14", "P61 P62 P66"),
        # 6,752.61 x 0.7612 = 5,140.09 by the capped weight; 524.15 x 0.7612 = 398.98.
        ({"date": "2026-01-15", "drg": "313"}, "5539.07", "P61 P62 P66"),
        # Index 1.8, above 1: (4,456.72 x 1.8 + 2,295.89) x 1.9289 = 19,902.36.
        # GAF 1.4956: 524.15 x 1.4956 = 783.92; x 1.9289 = 1,512.10.
        ({"date": "2026-01-15", "ccn": "050008"}, "21414.46", "P60 P61 P62 P66"),
        # (4,071.57 x 1.2753 + 1,889.74) x 1.9 = 13,456.21; 550.69 x 1.9 = 1,046.31.
        ({"cbsa": "12540"}, "14502.52", "P60 P61 P62 P66"),
        # 62% at 1 and below: (3,696.01 x 0.7570 + 2,265.30) x 1.9 = 9,620.04;
        # 385.28 x 1.9 = 732.03.
        ({"cbsa": "01"}, "10352.07", "P60 P61 P62 P66"),
    ],
)
def test_p61_p62_operating_and_capital_by_weight_and_wage_index(price, line, amount, rules):
    ((found, status, by, _),) = price(line)
    assert (found, status, by) == (Decimal(amount), "priced", rules)


def test_p61_a_hospital_without_quality_data_has_the_reduced_update(price):
    # Table 4: (3,674.36 x 0.7570 + 2,252.02) x 1.9 = 9,563.67; 732.03 of capital.
    ((found, _, rules, reason),) = price({"ccn": "010001"})
    assert (found, rules) == (Decimal("10295.70"), "P60 P61 P62 P63 P66")
    assert "outlier not assessed" in reason


def test_p61_cost_of_living_raises_the_other_share_in_alaska_alone(price):
    # (4,071.57 x 1.1806 + 1,889.74 x 1.25) x 1.9 = 13,621.23. GAF 1.1204; capital cost of living
    # 0.3152 x 0.25 + 1 = 1.079: 522.34 x 1.9 x 1.079 = 1,070.85.
    ((found, *_),) = price({"ccn": "020001"})
    assert found == Decimal("14692.08")


def test_p60_the_special_index_of_the_record_pays(price):
    # (4,071.57 x 1.1929 + 1,889.74) x 1.9 = 12,818.76; GAF 1.1284: 526.07 x 1.9 = 999.53.
    ((found, _, rules, _),) = price({"ccn": "050009", "cbsa": "01"})
    assert (found, rules) == (Decimal("13818.29"), "P60 P61 P62 P63 P66")


@pytest.mark.parametrize(
    ("ccn", "amount"),
    [
        # 13,456.21; teaching 1.35 x (1.25^0.405 - 1) = 0.127686562: 1,718.18; for the poor
        # 0.0588 + 0.825 x (0.35 - 0.202) = 0.1809, a quarter of it: 608.56. Capital 1,046.31;
        # e^(0.2822 x 0.2) - 1 = 0.058063528: 60.75; e^(0.2025 x 0.35) - 1 = 0.0734: 76.80.
        ("050001", "16966.81"),
        # And 321.09 of uncompensated care.
        ("050002", "17287.90"),
    ],
)
def test_p63_teaching_and_the_poor(price, ccn, amount):
    ((found, _, rules, _),) = price({"ccn": ccn})
    assert (found, rules) == (Decimal(amount), "P60 P61 P62 P63 P66")


@pytest.mark.parametrize(
    ("charge", "amount", "is_outlier"),
    [
        # Cost 62,500 and 5,000. Fixed loss 29,064 x (0.683 x 1.2753 + 0.317) x 0.925925926 =
        # 31,971.20; threshold 13,456.21 x 1.172911562 + 31,971.20 = 47,754.14; 80% of the rest
        # 11,796.69. Capital: 29,064 x 1.1812 x 0.074074074 + 1,183.86 = 3,726.86; 1,018.52.
        ("250000", "29782.02", True),
        # 40,000 and 3,200 are below the thresholds.
        ("160000", "16966.81", False),
    ],
)
def test_p64_an_outlier_is_paid_four_fifths_of_what_it_costs_beyond(
    price, charge, amount, is_outlier
):
    ((found, _, rules, reason),) = price({"ccn": "050001", "charge": charge})
    assert found == Decimal(amount)
    assert ("P64" in rules.split()) is is_outlier
    assert "outlier not assessed" not in reason


def test_p65_quality_programs_and_low_volume_change_what_is_paid(price):
    # Of 13,456.21: readmissions -2% = -269.12, value-based +0.45% = 60.55. Low volume 10% of
    # 16,966.81 = 1,696.68. 18,454.92 less 1% = 184.55.
    ((found, _, rules, _),) = price({"ccn": "050003"})
    assert (found, rules) == (Decimal("18270.37"), "P60 P61 P62 P63 P65 P66")
    assert price({"ccn": "050004"})[0][1:3] == ("not priced", "P65")


def test_p66_a_stay_is_paid_once(price):
    lines = (
        {"charge": "100000", "ccn": "050001"},
        {"charge": "150000", "ccn": "050001", "drg": ""},
        {"claim_id": "2", "ccn": "050001"},
    )
    found = price(*lines)
    # The charges of both lines make the outlier of P64's case.
    assert [one[0] for one in found] == [Decimal("29782.02"), Decimal("0.00"), Decimal("16966.81")]
    assert found[1][2:] == ("P66", "part of the stay: paid with its first line")


@pytest.mark.parametrize(
    ("line", "status", "rule", "reason"),
    [
        ({"drg": "999"}, "not priced", "P61", "MS-DRG 999 has no weight in the release"),
        ({"drg": "47O"}, "invalid", "P15", "drg is no MS-DRG of three digits"),
        ({"drg": ""}, "invalid", "P15", "drg is empty"),
        ({"ccn": "5001"}, "invalid", "P15", "ccn has not six letters or digits"),
        ({"cbsa": "1254"}, "invalid", "P15", "cbsa has neither two nor five digits"),
        ({"date": "2021-10-01"}, "not priced", "P61", "no MS-DRG weights of fiscal year 2022 are"),
        ({"ccn": "050005"}, "not priced", "P66", "paid under the waiver of its state"),
        ({"ccn": "050006"}, "not priced", "P66", "the hospital is terminated on that day"),
        ({"charge": "999999999.99", "units": "2"}, "priced", "P61", "national amount"),
    ],
)
def test_lines_without_an_amount_say_why(price, line, status, rule, reason):
    ((_, found, rules, why),) = price(line)
    assert (found, rules.split()[0]) == (status, rule)
    assert reason in why


def test_two_drgs_in_one_stay_are_not_guessed_at(price):
    found = price({}, {"drg": "871"})
    assert {one[1:] for one in found} == {
        ("invalid", "P15", "the lines of the stay name several MS-DRGs")
    }


def test_a_new_hospital_has_no_capital_and_a_sole_community_hospital_a_rate_of_its_own(price):
    # 13,456.21 + 1,718.18 + 608.56, and no capital.
    ((found, _, _, reason),) = price({"ccn": "050007"})
    assert found == Decimal("15782.95")
    assert "the rate of the hospital's own is not assessed" in reason


def test_a_zero_that_a_spreadsheet_dropped_is_put_back(price):
    assert price({"drg": "3"})[0][0] == price({"drg": "003"})[0][0]


def test_the_trace_shows_every_part_and_its_sources(lake):
    (one,) = explain_lines(lake, [{**STAY, "ccn": "050001", "charge": "250000"}])
    steps = {step.label: step.value for step in one.steps}
    assert steps["operating federal amount"] == Decimal("13456.205119900")
    assert steps["indirect medical education"] == Decimal("1718.18")
    assert steps["outlier"] == Decimal("12815.21")
    assert steps["payment"] == one.allowed_amount
    assert [source.label for source in one.sources] == [
        "CMS IPPS MS-DRG weights, fiscal year 2021",
        "CMS IPPS wage index table of areas, fiscal year 2021",
        "CMS inpatient provider-specific file, record of 2020-10-01",
    ]
