"""Shares of the fee: the chapter on modifiers of one service. Rules P26 to P29, P72, P73, P75.

Of a knee replacement, as July 2026 has it: 19.11 work, 11.58 practice expense in a facility, 4.02
malpractice; global period 090 with shares 0.10, 0.69 and 0.21. (19.11 + 11.58 + 4.02) × 33.4009 =
1,159.345239, so the fee is 1,159.35.
"""

from datetime import date
from decimal import Decimal

import pytest

from medicare_layouts import pprrvu
from ratepress.core.facts import Gap
from ratepress.medicare.price import price
from ratepress.medicare.repricing.plain import explain_lines

JULY = date(2026, 7, 15)
KNEE = {
    "HCPCS": "27447",
    "WORK RVU": "19.11",
    "FACILITY PE RVU": "11.58",
    "MP RVU": "4.02",
    "FACILITY TOTAL": "34.71",
    "NON-FAC NA INDICATOR": "NA",
    "GLOB DAYS": "090",
    "PRE OP": "0.10",
    "INTRA OP": "0.69",
    "POST OP": "0.21",
    "ASST SURG": "2",
    "CO- SURG": "1",
    "TEAM SURG": "1",
}
THERAPY = {
    "HCPCS": "97110",
    "WORK RVU": "0.44",
    "FACILITY PE RVU": "0.41",
    "NON-FAC PE RVU": "0.41",
    "MP RVU": "0.02",
    "MULT PROC": "5",
    "PCTC IND": "7",
}


@pytest.fixture
def ask(lake, load_medicare):
    def ask(row, *modifiers, on=JULY, site="facility", year=2026, **question):
        quarter = "July" if year == 2026 else "October"
        load_medicare(pprrvu(row, year=year, quarter=quarter))
        (found,) = price(lake, row["HCPCS"], on, modifiers=modifiers, site=site, **question)
        return found

    return ask


# --- the global package: 54, 55, 56, 78 --------------------------------------------------------


@pytest.mark.parametrize(
    ("modifier", "amount"),
    [
        ("54", "915.89"),  # 1,159.35 × (0.10 + 0.69) = 915.8865
        ("55", "243.46"),  # × 0.21 = 243.4635
        ("56", "115.94"),  # × 0.10 = 115.935
        ("78", "799.95"),  # × 0.69 = 799.9515
    ],
)
def test_a_part_of_the_global_package_is_paid_by_its_share(ask, modifier, amount):
    paid = ask(KNEE, modifier)
    assert paid.amount == Decimal(amount)
    assert "P72" in paid.result.rules


def test_a_return_to_the_operating_room_pays_a_procedure_of_no_global_days_whole(ask):
    """The manual: codes of global period 000 have no pre-, intra- or postoperative values."""
    drain = {**KNEE, "GLOB DAYS": "000", "PRE OP": "0", "INTRA OP": "0", "POST OP": "0"}
    assert ask(drain, "78").amount == Decimal("1159.35")


@pytest.mark.parametrize(("modifier", "days"), [("54", "000"), ("78", "XXX"), ("55", "ZZZ")])
def test_a_code_without_a_package_has_no_part_of_one(ask, modifier, days):
    row = {**KNEE, "GLOB DAYS": days, "PRE OP": "0", "INTRA OP": "0", "POST OP": "0"}
    refused = ask(row, modifier)
    assert isinstance(refused.result, Gap)
    assert refused.result.rules == ("P72",)
    assert "divides no global package" in refused.result.why


def test_two_parts_at_once_contradict_each_other(ask):
    assert "54 and 55 contradict" in ask(KNEE, "54", "55").result.why


def test_both_sides_come_before_the_share_of_the_package(ask):
    """1,159.35 × 150% = 1,739.025, so 1,739.03; × 0.79 = 1,373.8337."""
    assert ask({**KNEE, "BILAT SURG": "1"}, "50", "54").amount == Decimal("1373.83")


# --- roles: 80, 81, 82, AS, 62, 66, and kinds of practitioner ----------------------------------


@pytest.mark.parametrize(
    ("modifiers", "provider_type", "amount", "rule"),
    [
        (["80"], None, "185.50", "P26"),  # 1,159.35 × 16% = 185.496
        (["81"], None, "185.50", "P26"),
        (["82"], None, "185.50", "P26"),
        (["80"], "PA", "157.67", "P29"),  # × 13.6% = 157.6716
        (["AS"], None, "157.67", "P26"),
        (["AS"], "np", "157.67", "P29"),  # The 85% once.
        (["62"], None, "724.59", "P27"),  # × 62.5% = 724.59375
        ([], "NP", "985.45", "P29"),  # × 85% = 985.4475
        ([], "CNS", "985.45", "P29"),
    ],
)
def test_a_role_has_its_share(ask, modifiers, provider_type, amount, rule):
    paid = ask(KNEE, *modifiers, provider_type=provider_type)
    assert paid.amount == Decimal(amount)
    assert rule in paid.result.rules


@pytest.mark.parametrize(
    ("column", "indicator", "modifier", "is_paid"),
    [
        ("ASST SURG", "0", "80", True),
        ("ASST SURG", "1", "80", False),
        ("ASST SURG", "9", "AS", False),
        ("CO- SURG", "2", "62", True),
        ("CO- SURG", "0", "62", False),
        ("CO- SURG", "9", "62", False),
        ("TEAM SURG", "2", "66", False),
        ("TEAM SURG", "0", "66", False),
    ],
)
def test_an_indicator_decides_whether_a_role_is_paid(ask, column, indicator, modifier, is_paid):
    found = ask({**KNEE, column: indicator}, modifier)
    assert (found.amount is not None) is is_paid


def test_two_roles_contradict_each_other(ask):
    assert "62 and 80 contradict" in ask(KNEE, "62", "80").result.why


# --- by report -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("modifier", "rule"), [("22", "P73"), ("52", "P17"), ("66", "P28"), ("73", "P17")]
)
def test_what_the_contractor_prices_has_a_reason_and_no_amount(ask, modifier, rule):
    refused = ask(KNEE, modifier)
    assert refused.amount is None
    assert refused.result.rules == (rule,)


@pytest.mark.parametrize("modifier", ["59", "25", "RT", "GP", "76"])
def test_a_modifier_that_says_where_or_when_leaves_the_fee(ask, modifier):
    assert ask(KNEE, modifier).amount == Decimal("1159.35")


# --- therapy assistants: CQ, CO ------------------------------------------------------------------


def test_therapy_by_an_assistant_pays_85_percent(ask):
    """(0.44 + 0.41 + 0.02) × 33.4009 = 29.058783; 29.06 × 85% = 24.701."""
    paid = ask(THERAPY, "CQ", site="nonfacility")
    assert paid.amount == Decimal("24.70")
    assert "P75" in paid.result.rules
    (factor, assistant) = paid.parameters
    assert (factor.value, assistant.value) == (Decimal("33.4009"), Decimal(85))
    assert assistant.citations


def test_a_service_that_is_no_therapy_takes_no_therapy_assistant(ask):
    refused = ask(KNEE, "CO")
    assert refused.result.rules == ("P75",)
    assert "27447 is none" in refused.result.why


# --- equipment: FX, FY, CT -----------------------------------------------------------------------


def test_an_xray_on_film_pays_80_percent_of_its_technical_part(ask):
    """(0.00 + 4.00 + 0.01) × 33.4009 = 133.937609, so 133.94; × 80% = 107.152."""
    row = {"HCPCS": "71046", "MOD": "TC", "WORK RVU": "0.00", "NON-FAC PE RVU": "4.00",
           "MP RVU": "0.01", "PCTC IND": "1", "MULT PROC": "0"}  # fmt: skip
    paid = ask(row, "TC", "FX", site="nonfacility")
    assert paid.amount == Decimal("107.15")
    assert "P90" in paid.result.rules
    assert "P76" not in paid.result.rules


def test_a_service_without_a_technical_part_takes_no_film(ask):
    assert ask(KNEE, "FX").result.rules == ("P90",)


# --- units ---------------------------------------------------------------------------------------


def test_units_of_therapy_halve_the_practice_expense_of_all_but_one(ask):
    """29.06, and twice 22.21: (0.44 + 0.205 + 0.02) × 33.4009 = 22.2115985."""
    paid = ask(THERAPY, units=3, site="nonfacility")
    assert paid.amount == Decimal("73.48")
    assert {"P23", "P76"} <= set(paid.result.rules)


def test_units_of_a_procedure_are_procedures(ask):
    """Indicator 2: 1,159.35 + 579.68 (1,159.35 × 50% = 579.675)."""
    assert ask(KNEE, units=2).amount == Decimal("1739.03")


def test_units_of_a_service_without_a_reduction_multiply(ask):
    assert ask({**KNEE, "MULT PROC": "0"}, units=3).amount == Decimal("3478.05")


def test_a_sixth_procedure_is_by_report_in_units_too(ask):
    refused = ask(KNEE, units=6)
    assert refused.result.rules == ("P20",)


# --- one arithmetic ------------------------------------------------------------------------------


@pytest.mark.parametrize("provider_type", [None, "PA"])
@pytest.mark.parametrize("site", ["facility", "nonfacility"])
@pytest.mark.parametrize(
    "modifiers", [(), ("50",), ("RT", "LT"), ("62",), ("80",), ("AS",), ("50", "62"), ("59",)]
)
def test_one_unit_is_what_reprice_pays_a_line_of_one(ask, lake, modifiers, site, provider_type):
    one = ask(
        {**KNEE, "NON-FAC NA INDICATOR": ""}, *modifiers, site=site, provider_type=provider_type
    )
    line = {
        "claim_id": "1",
        "date": "2026-07-15",
        "code": "27447",
        "modifiers": " ".join(modifiers),
        "units": "1",
        "pos": "22" if site == "facility" else "11",
        "provider_type": provider_type or "",
    }
    (repriced,) = explain_lines(lake, [line])
    assert one.amount == repriced.allowed_amount
    assert one.amount is not None


# --- shown apart ---------------------------------------------------------------------------------


def test_what_is_shown_apart_leaves_the_amount_as_it_is(ask):
    """1,159.35: × 95% = 1,101.38; × 115% = 1,266.59; × 80% = 927.48, less 2% = 908.93."""
    paid = ask(KNEE)
    assert paid.amount == Decimal("1159.35")
    assert paid.apart.nonparticipating_amount == Decimal("1101.38")
    assert paid.apart.limiting_charge == Decimal("1266.59")
    assert paid.apart.medicare_payment == Decimal("908.93")
    assert paid.apart.sequestration == Decimal("18.55")
