"""IPPS of one DRG by itself: weight, amounts, area and the fiscal year. Rule P81."""

from datetime import date
from decimal import Decimal

import pytest

from ipps_layouts import TABLE_3
from ratepress.core.errors import UsageError
from ratepress.core.facts import Gap
from ratepress.medicare.inpatient import drg_price
from ratepress.medicare.quote import quote
from ratepress.medicare.repricing.plain import explain_lines

JULY = date(2026, 7, 15)
TABLE_5 = (
    b"TABLE 5.--LIST OF MEDICARE SEVERITY DIAGNOSIS-RELATED GROUPS (MS-DRGS)-FY 2026 Final Rule\n"
    b"MS-DRG\tFY 2026 Final Post-Acute DRG\tFY 2026 Final Special Pay DRG\tMDC\tTYPE"
    b"\tMS-DRG Title\tWeights Before Cap\tWeights - 10% Cap Applied\tGeometric mean LOS"
    b"\tArithmetic mean LOS\n"
    b"470\tYes\tNo\t08\tSURG\tOWN WORDS\t1.9289\t1.9289\t1.7\t2.1\n"
    b"998\tNo\tNo\t\t**\tOWN WORDS\t\t\t.\t.\n"
)


@pytest.fixture
def ask(lake, load_medicare):
    load_medicare(TABLE_5, "t5.txt")

    def ask(drg="470", on=JULY, cbsa=None):
        with lake.connect() as connection:
            return drg_price(connection, drg, on, cbsa=cbsa)

    return ask


def test_a_stay_is_its_weight_times_the_national_amounts(ask):
    """(4,456.72 + 2,295.89) × 1.9289 = 13,025.109; 524.15 × 1.9289 = 1,011.033."""
    paid = ask()
    assert [step.value for step in paid.steps] == [
        Decimal("13025.11"), Decimal("1011.03"), Decimal("14036.14")
    ]  # fmt: skip
    assert (paid.amount, paid.release) == (Decimal("14036.14"), "FY2026")
    assert paid.result.rules == ("P81",)
    assert [one.value for one in paid.parameters] == [
        Decimal("4456.72"), Decimal("2295.89"), Decimal("524.15")
    ]  # fmt: skip


def test_an_area_of_low_wages_has_the_labor_share_of_statute(ask, load_medicare):
    """(4,186.62 × 0.6556 + 2,565.99) × 1.9289 = 10,243.88; 524.15 × 0.7489 = 392.54; 757.17."""
    load_medicare(TABLE_3, "t3.txt")
    paid = ask(cbsa="01")
    operating = (Decimal("4186.62") * Decimal("0.6556") + Decimal("2565.99")) * Decimal("1.9289")
    assert [step.value for step in paid.steps] == [
        round(operating, 2), Decimal("757.17"), round(operating, 2) + Decimal("757.17")
    ]  # fmt: skip


@pytest.mark.parametrize("cbsa", ["01", "04"])
def test_a_drg_in_an_area_is_a_stay_without_a_hospital(ask, lake, load_medicare, cbsa):
    """What `reprice` pays a claim of the stay whose hospital is not known."""
    load_medicare(TABLE_3, "t3.txt")
    line = {"claim_id": "1", "date": "2026-07-15", "claim_type": "inpatient", "drg": "470",
            "cbsa": cbsa, "units": "1", "pos": "21"}  # fmt: skip
    (stay,) = explain_lines(lake, [line])
    assert ask(cbsa=cbsa).amount == stay.allowed_amount
    assert stay.allowed_amount is not None


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ({"on": date(2025, 9, 30)}, "no IPPS Table 5 of fiscal year 2025"),
        ({"on": date(2026, 10, 1)}, "no IPPS Table 5 of fiscal year 2027"),
        ({"drg": "001"}, "MS-DRG 001 has no weight"),
        ({"drg": "998"}, "MS-DRG 998 has no weight"),
        ({"cbsa": "10420"}, "no wage index of fiscal year 2026"),
    ],
)
def test_what_is_missing_is_said(ask, question, why):
    refused = ask(**question)
    assert isinstance(refused.result, Gap)
    assert why in refused.result.why


def test_a_drg_is_asked_by_its_system(ask, lake):
    (paid,) = quote(lake, "ms-drg:470", JULY).facility
    assert (paid.system, paid.amount) == ("IPPS", Decimal("14036.14"))
    for code, system in (("32557", "ipps"), ("ms-drg:470", "opps")):
        with pytest.raises(UsageError, match="does not pay by"):
            quote(lake, code, JULY, systems=[system])
