"""The rules of ASC claim lines, P50 to P59, each with its cases; both ways must agree.

Rates are our own, in Addenda AA, BB, EE and FF of July 2026; the arithmetic stands in the tests.
"""

import pytest

from claim_lines import row
from facility_layouts import (
    ASC,
    addendum_aa,
    addendum_bb,
    addendum_ee,
    addendum_ff,
    amounts,
    asc_wages,
    both_ways,
    claims,
    code_pairs,
    lake_of,
)
from medicare_layouts import pprrvu

SURGICAL = {
    # code: multiple procedure flag, payment indicator, rate
    "10001": ("Y", "G2", "649.99"),
    "10002": ("Y", "A2", "1200.01"),
    "10003": ("N", "P3", "80.00"),
    "10004": ("Y", "J8", "20000.00"),
    "10005": ("Y", "P2", "100.00"),
    "10006": ("Y", "R2", "90.50"),
    "10007": ("N", "N1", ""),
    "10008": ("Y", "D2", "500.00"),
    "10009": ("Y", "G2", ""),
    "10010": ("Y", "J8", "9000.00"),
    "10011": ("Y", "D5", ""),
}
ANCILLARY = {
    "76942": ("N1", ""),
    "20001": ("Z2", "60.00"),
    "20002": ("Z3", "20.00"),
    "J0001": ("K2", "1.995"),
    "C2616": ("H2", "17485.10"),
    "A2001": ("S2", "127.14"),
    "90001": ("L1", ""),
    "C1601": ("J7", ""),
    "C1602": ("J7", ""),
    "V2785": ("F4", ""),
    "Q0001": ("k5", ""),
    "C9399": ("K7", ""),
    "Q1004": ("L6", ""),
    "X9999": ("Z9", ""),
}


@pytest.fixture(scope="module")
def center(tmp_path_factory):
    sides = {"10001": "1", "10002": "0"}
    return lake_of(
        tmp_path_factory.mktemp("center"),
        addendum_aa(*((code, *cells) for code, cells in SURGICAL.items())),
        addendum_bb(*((code, *cells) for code, cells in ANCILLARY.items())),
        addendum_ee("00176"),
        addendum_ff(("10001", "G2", "5182", "100.00"), ("10004", "J8", "5232", "15000.01")),
        asc_wages(("01", "0.6367"), ("41884", "1.7000")),
        code_pairs(
            ("C1601", "10001", "", "0.0049"),
            ("C1602", "10001", "", "0.2000"),
            ("C1601", "10002", "74", "0.5000"),
        ),
        pprrvu(*(row(code, bilat=indicator) for code, indicator in sides.items())),
    )


def lines(*codes, **same):
    """Lines of one claim: codes, or (code, cells)."""
    return [{**ASC, **same, "code": code} if isinstance(code, str)
            else {**ASC, **same, "code": code[0], **code[1]} for code in codes]  # fmt: skip


def check(center, *cases):
    """Claims beside their amounts; the lines of each claim, in both ways."""
    found = claims(center, *(given for given, _ in cases))
    assert [amounts(claim) for claim in found] == [expected for _, expected in cases]
    return found


def test_p50_payment_indicators_that_are_paid_or_packaged(center):
    """Surgical procedures, ancillary services and products by their rate; packaged ones at 0.00."""
    found = check(
        center,
        *((lines(code), [rate]) for code, (_, _, rate) in SURGICAL.items() if rate),
        (lines("10001", "10007", "76942", "90001"), ["649.99", "0.00", "0.00", "0.00"]),
        (lines("10001", ("20001", {"units": "2"}), "20002"), ["649.99", "120.00", "20.00"]),
        # 1.995 x 3 = 5.985, half up; 127.14 x 4 = 508.56
        (lines("10001", ("J0001", {"units": "3"})), ["649.99", "5.99"]),
        (lines("10001", "C2616", ("A2001", {"units": "4"})), ["649.99", "17485.10", "508.56"]),
    )
    assert all(line["rules"].startswith("P13 P50") for claim in found for line in claim)


def test_p50_payment_indicators_without_an_amount_say_what_they_are(center):
    codes = {"C1601": "J7", "V2785": "F4", "Q0001": "K5", "C9399": "K7", "Q1004": "L6",
             "10011": "D5"}  # fmt: skip
    for indicator, (line,) in zip(
        codes.values(), claims(center, *(lines(code) for code in codes)), strict=True
    ):
        assert (line["status"], line["rules"]) == ("not priced", "P50")
        assert line["reason"].endswith(f"(payment indicator {indicator})")


def test_p50_excluded_unknown_and_unrated_codes(center):
    found = both_ways(center, *lines("00176", "99999", "X9999", "10009"))
    assert [line["reason"] for line in found] == [
        "excluded from payment in an ASC (Addendum EE)",
        "the code is in none of ASC Addenda AA, BB and EE of 2026",
        "payment indicator Z9 is not known",
        "payment indicator G2, but no rate is published",
    ]
    assert {line["rules"] for line in found} == {"P50"}


def test_p51_the_wage_index_adjusts_half(center):
    """0.5 x 0.6367 + 0.5 = 0.81835: 649.99 gives 531.92 (531.9193...), 60.00 gives 49.10 (49.101).

    Drugs, brachytherapy and skin substitutes are not adjusted. 0.5 x 1.7 + 0.5 = 1.35.
    """
    ((service, *_), _, _) = check(
        center,
        (
            lines("10001", "20001", "J0001", "C2616", "A2001", cbsa="01"),
            ["531.92", "49.10", "2.00", "17485.10", "127.14"],
        ),
        (lines("10001", cbsa="41884"), ["877.49"]),  # 877.4865
        (lines("10001", "J0001", "10007", cbsa="99999"), [None, "2.00", "0.00"]),
    )
    assert "P51" in service["rules"]


def test_p51_says_where_the_rate_is_national_or_the_index_missing(center):
    national, missing = both_ways(center, *lines("10001", ("10003", {"cbsa": "99999"})))
    assert national["reason"] == "national unadjusted rate: no cbsa"
    assert (missing["rules"], missing["reason"]) == (
        "P51", "no ASC wage index of the year is loaded for CBSA 99999")  # fmt: skip


def test_p52_multiple_procedures(center):
    """The highest in full, all others at 50%; procedures flagged N are neither."""
    found = check(
        center,
        (lines("10001", "10002"), ["325.00", "1200.01"]),  # 324.995, half up
        (lines("10001", "10002", "10003"), ["325.00", "1200.01", "80.00"]),
        (lines(("10001", {"units": "2"})), ["974.99"]),  # 649.99 + 325.00
        (lines(("10001", {"units": "2"}), "10002"), ["650.00", "1200.01"]),  # 2 x 325.00
        (lines("10001", ("10002", {"date": "2026-07-16"})), ["649.99", "1200.01"]),
        (lines("10001", ("10002", {"claim_id": "2"})), ["649.99", "1200.01"]),
        (lines("10001", "20001"), ["649.99", "60.00"]),
    )
    assert ["P52" in line["rules"] for line in found[0]] == [True, False]


def test_p53_both_sides_are_two_procedures(center):
    """On two lines, as two units, or by modifier 50: 649.99 + 325.00 = 974.99 in all."""
    found = check(
        center,
        (lines(("10001", {"modifiers": "RT"}), ("10001", {"modifiers": "LT"})),
         ["649.99", "325.00"]),
        (lines(("10001", {"modifiers": "50"})), ["974.99"]),
        (lines(("10001", {"modifiers": "RT LT"})), ["974.99"]),
        (lines(("10003", {"modifiers": "50"})), ["160.00"]),  # not discounted
        (lines(("10002", {"modifiers": "50"})), ["1200.01"]),  # bilateral indicator 0
        (lines("10002", ("10001", {"modifiers": "50"})), ["1200.01", "650.00"]),
    )  # fmt: skip
    assert "two lines or two units are asked for" in found[1][0]["reason"]
    assert ["P53" in claim[0]["rules"] for claim in found] == [
        False, True, True, True, False, False]  # fmt: skip


def test_p54_discontinued_and_reduced_procedures(center):
    """Half, and neither ranked nor reduced further; 74 is paid in full.

    73 takes the device portion off first: (20,000.00 - 15,000.01) x 50% = 2,499.995.
    """
    check(
        center,
        (lines(("10001", {"modifiers": "73"})), ["325.00"]),
        (lines(("10001", {"modifiers": "52"})), ["325.00"]),
        (lines(("10001", {"modifiers": "74"})), ["649.99"]),
        (lines("10001", ("10002", {"modifiers": "73"})), ["649.99", "600.01"]),  # 600.005
        (lines(("10004", {"modifiers": "73"})), ["2500.00"]),
        (lines(("10004", {"modifiers": "52"})), ["10000.00"]),
        (lines(("10010", {"modifiers": "73"})), [None]),  # no row in FF
        (lines(("10010", {"modifiers": "52"})), ["4500.00"]),
    )


def test_p55_devices_without_cost_or_with_credit(center):
    """FB takes the device portion off, FC half of it: 4,999.99; 20,000 - 7,500.005 = 12,499.995.

    Other procedures have no device portion, whatever FF states for them.
    """
    found = check(
        center,
        (lines(("10004", {"modifiers": "FB"})), ["4999.99"]),
        (lines(("10004", {"modifiers": "FC"})), ["12500.00"]),
        # before wages: 4,999.99 x 0.81835 = 4,091.741...
        (lines(("10004", {"modifiers": "FB"}), cbsa="01"), ["4091.74"]),
        (lines(("10001", {"modifiers": "FB"})), ["649.99"]),
        (lines(("10004", {"modifiers": "FB"}), "10010"), ["2500.00", "9000.00"]),  # 2,499.995
        (lines(("10010", {"modifiers": "FB"})), [None]),
    )
    assert (found[0][0]["rules"], found[5][0]["rules"]) == ("P13 P50 P55", "P55")


def test_p56_pass_through_devices_replace_a_share_of_the_rate(center):
    """649.99 x (1 - 0.0049) = 646.805..., x (1 - 0.2) = 519.992; of two devices the higher."""
    found = check(
        center,
        (lines("10001", "C1601"), ["646.81", None]),
        (lines("10001", "C1601", "C1602"), ["519.99", None, None]),
        (lines("10002", "C1601"), ["1200.01", None]),  # the pair asks for modifier 74
        (lines(("10002", {"modifiers": "74"}), "C1601"), ["600.01", None]),  # 600.005
        (lines("10001", ("C1602", {"claim_id": "2"})), ["649.99", None]),
        (lines("10001", ("C1602", {"date": "2026-07-16"})), ["649.99", None]),
    )
    assert ["P56" in claim[0]["rules"] for claim in found] == [
        True, True, False, True, False, False]  # fmt: skip


def test_p57_ancillary_services_need_a_procedure_of_the_day(center):
    beside, alone = claims(center, lines("10001", "20001"), lines("20001"))
    assert "P57" not in beside[1]["rules"]
    assert "P57" in alone[0]["rules"]
    assert alone[0]["reason"].startswith("paid only with a covered procedure of the day")


def test_p58_the_lower_charge(center):
    (lower, higher) = claims(
        center, lines(("10001", {"charge": "500"})), lines(("10001", {"charge": "700"}))
    )
    assert amounts([*lower, *higher]) == ["500.00", "649.99"]
    assert ["P58" in line["rules"] for line in (*lower, *higher)] == [True, False]


def test_p59_the_rate_in_the_area_is_in_cents_and_then_reduced(center):
    """649.99 x (1 - 0.2) = 519.992; x 0.81835 = 425.535..., 425.54; half of it 212.77.

    Two units of 100.00 x 0.81835 = 81.835: 81.84 + 40.92 = 122.76, and not 1.5 x 81.835 = 122.75.
    """
    check(
        center,
        (lines("10001", "C1602", "10002", cbsa="01"), ["212.77", None, "982.03"]),
        (lines(("10005", {"units": "2"}), cbsa="01"), ["122.76"]),
    )


def test_p15_what_an_asc_line_cannot_state(center):
    wrong = ({"cbsa": "123"}, {"modifiers": "73 74"}, {"modifiers": "FB FC"})
    for (line,) in claims(center, *(lines(("10001", cells)) for cells in wrong)):
        assert (line["status"], line["rules"]) == ("invalid", "P15")


def test_p09_modifiers_that_are_not_modelled(center):
    line, packaged = both_ways(
        center, *lines(("10001", {"modifiers": "PN"}), ("76942", {"modifiers": "ZZ"}))
    )
    assert (line["rules"], line["reason"]) == ("P09", "modifier pricing not modelled: PN")
    assert amounts([packaged]) == ["0.00"]


def test_p00_a_year_without_a_release_and_one_that_stands_in(center):
    (missing,), (later,) = claims(
        center,
        lines(("10001", {"date": "2025-07-15"})),
        lines(("10001", {"date": "2026-11-02"})),
    )
    assert (missing["rules"], missing["reason"]) == (
        "P00", "no ASC Addenda AA and BB of 2025 are loaded")  # fmt: skip
    assert later["rules"] == "P00 P13 P50"
    assert "release 2026C stands in for the one in force" in later["reason"]
