"""National facility rates of OPPS and ASC: the published ones, or a gap that says why."""

from datetime import date
from decimal import Decimal

import pytest

from ipps_layouts import TABLE_3
from medicare_layouts import pprrvu
from ratepress.core.errors import UsageError
from ratepress.core.facts import Fact, Gap
from ratepress.medicare.facility import facility_prices
from ratepress.medicare.repricing.plain import explain_lines

MARCH = date(2025, 3, 15)
JULY = date(2026, 7, 15)
ADDENDUM_B = (
    b"\tAddendum B.-- OPPS Payment by HCPCS Code for CY 2025\t\t\t\t\t\n"
    b"HCPCS Code\tShort Descriptor\t CI\t SI\t APC \tRelative Weight\tPayment Rate\n"
    b'32557\tOWN WORDS\t\tJ1\t5182\t17.4213\t"$1,553.44"\n'
    b"76942\tOWN WORDS\t\tN\t\t\t\n"
)
AA = (
    b"Addendum AA -- ASC Covered Surgical Procedures for CY 2026,,,,,,\n"
    b"HCPCS Code,,Short Descriptor,Subject to Multiple Procedure Discounting,"
    b"July 2026 Payment Indicator,July 2026 Payment Weight,July 2026 Payment Rate\n"
    b"32557,,OWN WORDS,Y,G2,11.5406,649.99\n"
)
EE = (
    b"Addendum EE -- Surgical Procedures to be Excluded from Payment in ASCs for CY 2026,\n"
    b"HCPCS Code,Short Descriptor\n00176,OWN WORDS\n"
)
FF = (
    b"Addendum FF -- ASC Device Offset Percentages for CY 2026,,,,,,,\n"
    b"HCPCS Code,,Short Descriptor,July 2026 Payment Indicator,July 2026 APC,"
    b"July 2026 OPPS Payment Rate,July 2026 Device Offset Percentage,"
    b"July 2026 Device Offset Amount / Device Portion\n"
    b"32557,,OWN WORDS,G2,5182,1209.84,0.2912,189.28\n"
)
APC = b"apc,statusIndicator,effectiveDate,paymentRate\n05182,J1,20260101,1608.25\n"


def test_the_opps_rate_is_that_of_addendum_b(lake, load_medicare):
    load_medicare(ADDENDUM_B)
    opps, asc = facility_prices(lake, "32557", MARCH)
    assert (opps.amount, opps.status, opps.apc) == (Decimal("1553.44"), "J1", "5182")
    assert isinstance(opps.result, Fact)
    assert (opps.result.rules, opps.substituted) == (("P11",), False)
    assert isinstance(asc.result, Gap)
    assert "no ASC Addenda" in asc.result.why


def test_a_packaged_code_has_a_gap_that_names_its_status(lake, load_medicare):
    load_medicare(ADDENDUM_B)
    packaged, _ = facility_prices(lake, "76942", MARCH)
    absent, _ = facility_prices(lake, "99999", MARCH)
    assert packaged.amount is None
    assert packaged.result.why == "no separate rate: status indicator N"
    assert absent.result.why == "99999 is not in Addendum B 2025A"


def test_without_addendum_b_the_apc_gives_the_rate_and_never_that_of_ff(lake, load_medicare):
    for file in (FF, APC):
        load_medicare(file)
    opps, _ = facility_prices(lake, "32557", JULY)
    assert (opps.amount, opps.status, opps.apc) == (Decimal("1608.25"), "J1", "5182")
    assert opps.result.rules == ("P00", "P12")  # The list is of January.
    assert len(opps.result.sources) == 2
    strict, _ = facility_prices(lake, "32557", JULY, strict=True)
    assert isinstance(strict.result, Gap)
    assert strict.amount is None
    other, _ = facility_prices(lake, "76942", JULY)
    assert "has no APC for 76942" in other.result.why


def test_the_asc_rate_is_that_of_addendum_aa_and_ee_excludes(lake, load_medicare):
    for file in (AA, EE):
        load_medicare(file)
    found = {code: facility_prices(lake, code, JULY)[1] for code in ("32557", "00176", "99999")}
    assert (found["32557"].amount, found["32557"].status) == (Decimal("649.99"), "G2")
    assert found["32557"].result.rules == ("P13",)
    assert "excludes 00176" in found["00176"].result.why
    assert found["99999"].result.why == "99999 is in none of ASC Addenda AA 2026C, EE 2026"
    substitute = facility_prices(lake, "32557", date(2026, 5, 1))[1]
    assert (substitute.amount, substitute.substituted) == (Decimal("649.99"), True)
    another_year = facility_prices(lake, "32557", MARCH)[1]
    assert isinstance(another_year.result, Gap)


# --- areas, modifiers and units of one line: rules P78 and P80 -----------------------------------

B_2026 = (
    b"\tAddendum B.-- OPPS Payment by HCPCS Code for CY 2026\t\t\t\t\t\n"
    b"HCPCS Code\tShort Descriptor\t CI\t SI\t APC \tRelative Weight\tPayment Rate\n"
    b'32557\tOWN WORDS\t\tJ1\t5182\t17.4213\t"$1,608.25"\n'
    b"32555\tOWN WORDS\t\tT\t5181\t7.1\t$664.77\n"
    b"71046\tOWN WORDS\t\tS\t5521\t1.0\t$100.01\n"
)
AA_MORE = AA + (
    b"32555,,OWN WORDS,N,G2,5.0,331.29\n"
    b"33249,,OWN WORDS,N,J8,400.0,30000.00\n"
    b"J1100,,OWN WORDS,N,K2,1.0,10.00\n"
)
FF_DEVICE = FF + b"33249,,OWN WORDS,J8,5232,33000.00,0.8000,24000.00\n"
WAGES = b'CBSA,CBSA Name,WI26\n10420,"Akron, OH",0.8254\n'


def ask(lake, system, code, on=JULY, **question):
    return facility_prices(lake, code, on, **question)[("OPPS", "ASC").index(system)]


@pytest.fixture
def facilities(load_medicare):
    for file in (B_2026, AA_MORE, EE, FF_DEVICE, WAGES):
        load_medicare(file)
    rows = [
        {"HCPCS": "32557", "BILAT SURG": "1"},
        {"HCPCS": "32555", "BILAT SURG": "1"},
        {"HCPCS": "71046", "BILAT SURG": "0"},
        {"HCPCS": "33249", "BILAT SURG": "9"},
    ]
    load_medicare(pprrvu(*rows))


def test_the_asc_wage_index_adjusts_half_of_the_rate(facilities, lake):
    """649.99 × (50% × 0.8254 + 50%) = 593.245873."""
    paid = ask(lake, "ASC", "32557", cbsa="10420")
    assert (paid.amount, paid.area) == (Decimal("593.25"), "10420")
    assert {"P13", "P51", "P80"} <= set(paid.result.rules)
    (labor,) = paid.parameters
    assert (labor.value, labor.until) == (Decimal(50), None)
    assert "42 CFR 416.172" in labor.citations[0].title


def test_opps_takes_the_hospital_index_of_its_own_year_and_adjusts_60_percent(
    facilities, lake, load_medicare
):
    """Table 3 gives rural Alabama 0.6556 for fiscal 2026: 1,608.25 × (60% × 0.6556 + 40%)."""
    load_medicare(TABLE_3, "t3.txt")
    for on in (JULY, date(2026, 11, 15)):  # To the end of the year, past the fiscal one.
        paid = ask(lake, "OPPS", "32557", on, cbsa="01")
        assert paid.amount == Decimal("1275.92")  # 643.30 + 632.621
        assert {"P42", "P78"} <= set(paid.result.rules)


def test_a_device_intensive_rate_is_adjusted_whole(facilities, lake):
    """The exceptions of 42 CFR 416.172(c) are drugs and the like: 30,000 × 0.9127 = 27,381."""
    assert ask(lake, "ASC", "33249", cbsa="10420").amount == Decimal("27381.00")


def test_a_drug_has_no_labor(facilities, lake):
    paid = ask(lake, "ASC", "J1100", cbsa="10420")
    assert paid.amount == Decimal("10.00")
    assert "P51" not in paid.result.rules
    assert any("holds no labor" in note for note in paid.notes)


def test_an_area_that_is_not_known_is_a_gap_and_a_malformed_one_an_error(facilities, lake):
    assert "no area 99999" in ask(lake, "ASC", "32557", cbsa="99999").result.why
    opps = ask(lake, "OPPS", "32557", cbsa="10420").result
    assert opps.why == "no wage index of fiscal year 2026 is loaded"
    assert "IPPS Tables 2 and 3" in opps.which_source_would_fill_it
    with pytest.raises(UsageError, match="no CBSA"):
        ask(lake, "ASC", "32557", cbsa="Akron")


@pytest.mark.parametrize(
    ("system", "code", "modifier", "amount"),
    [
        ("OPPS", "32557", "73", "804.13"),  # 1,608.25 × 50% = 804.125
        ("OPPS", "32557", "52", "804.13"),
        ("OPPS", "32557", "74", "1608.25"),
        ("ASC", "32557", "73", "325.00"),  # 649.99 × 50% = 324.995
        ("ASC", "32557", "52", "325.00"),
        ("ASC", "32557", "74", "649.99"),
        ("ASC", "33249", "73", "3000.00"),  # The device stays in its box: 6,000 × 50%.
        ("ASC", "33249", "74", "30000.00"),
    ],
)
def test_an_interrupted_procedure(facilities, lake, system, code, modifier, amount):
    paid = ask(lake, system, code, modifiers=[modifier])
    assert paid.amount == Decimal(amount)
    if modifier != "74":
        assert {"OPPS": "P78", "ASC": "P80"}[system] in paid.result.rules


@pytest.mark.parametrize(
    ("system", "code", "modifiers", "amount"),
    [
        ("OPPS", "32555", ["50"], "997.16"),  # T: 664.77 × 150%
        ("OPPS", "32555", ["RT", "LT"], "997.16"),
        ("OPPS", "32555", ["RT"], "664.77"),
        ("OPPS", "32557", ["50"], "1608.25"),  # J1: one payment for the claim
        ("OPPS", "71046", ["50"], "100.01"),  # bilateral indicator 0
        ("ASC", "32557", ["50"], "974.99"),  # discounted: 649.99 × 150%
        ("ASC", "33249", ["50"], "30000.00"),  # bilateral indicator 9
        ("ASC", "32555", ["50"], "662.58"),  # not discounted: 331.29 × 2
    ],
)
def test_both_sides(facilities, lake, system, code, modifiers, amount):
    assert ask(lake, system, code, modifiers=modifiers).amount == Decimal(amount)


@pytest.mark.parametrize(
    ("system", "code", "amount"),
    [
        ("OPPS", "32555", "1329.54"),  # T: 664.77 × (1 + 2 × 50%)
        ("OPPS", "71046", "300.03"),
        ("OPPS", "32557", "1608.25"),
        ("ASC", "32557", "1299.99"),  # 649.99 + 2 × 325.00, each in cents
        ("ASC", "J1100", "30.00"),
    ],
)
def test_three_units(facilities, lake, system, code, amount):
    assert ask(lake, system, code, units=3).amount == Decimal(amount)


@pytest.mark.parametrize(
    ("code", "modifiers", "why"),
    [
        ("33249", ["73", "74"], "contradict"),
        ("32557", ["73", "74"], "contradict"),
        ("32557", ["26"], "not modelled: 26"),
    ],
)
def test_a_modifier_without_an_amount_has_a_reason(facilities, lake, code, modifiers, why):
    system = "ASC" if code == "33249" else "OPPS"
    refused = ask(lake, system, code, modifiers=modifiers)
    assert refused.amount is None
    assert why in refused.result.why


def test_every_step_leads_to_the_amount(facilities, lake):
    """50% × 0.8254 + 50% = 0.9127; 649.99 × 0.9127 = 593.25 in the area; × 50% = 296.63."""
    paid = ask(lake, "ASC", "32557", cbsa="10420", modifiers=["73"])
    assert [step.value for step in paid.steps] == [
        Decimal("649.99"), Decimal("0.9127"), Decimal("593.25"), Decimal("296.63")
    ]  # fmt: skip
    assert paid.amount == Decimal("296.63")
    assert [one.value for one in paid.parameters] == [Decimal(50), Decimal(50)]
    assert any("ASC wage index" in source.label for source in paid.result.sources)


@pytest.mark.parametrize("modifiers", [(), ("73",), ("50",), ("52",), ("74",)])
@pytest.mark.parametrize(("system", "claim_type", "pos"), [("OPPS", "outpatient", "22"),
                                                           ("ASC", "asc", "24")])  # fmt: skip
def test_a_code_by_itself_is_a_claim_of_one_line(
    facilities, lake, system, claim_type, pos, modifiers
):
    line = {"claim_id": "1", "date": "2026-07-15", "code": "32557", "units": "1", "pos": pos,
            "claim_type": claim_type, "modifiers": " ".join(modifiers)}  # fmt: skip
    (repriced,) = explain_lines(lake, [line])
    assert ask(lake, system, "32557", modifiers=modifiers).amount == repriced.allowed_amount
    assert repriced.allowed_amount is not None
