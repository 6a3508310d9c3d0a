"""National facility rates of OPPS and ASC: the published ones, or a gap that says why."""

from datetime import date
from decimal import Decimal

from ratepress.core.facts import Fact, Gap
from ratepress.medicare.facility import facility_prices

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
