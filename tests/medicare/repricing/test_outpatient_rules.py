"""The rules of outpatient claim lines, P40 to P49, each with its cases; both ways must agree.

Rates are our own, in an Addendum B of 2025; the arithmetic stands in the tests.
"""

import pytest

from claim_lines import row
from facility_layouts import (
    OUTPATIENT,
    addendum_aa,
    addendum_b,
    addendum_bb,
    addendum_ff,
    amounts,
    apc_rates,
    both_ways,
    claims,
    lake_of,
)
from ipps_layouts import TABLE_3
from medicare_layouts import pprrvu

CODES = {
    # code: status, APC, rate
    "10001": ("J1", "5182", "1553.44"),
    "10002": ("J1", "5183", "3000.00"),
    "20001": ("T", "5181", "618.26"),
    "20002": ("T", "5072", "1500.01"),
    "20003": ("T", "1501", "4000.00"),
    "20004": ("T", "5072", "1500.01"),
    "30001": ("S", "5524", "300.00"),
    "40001": ("V", "5012", "130.00"),
    "50001": ("N", "", ""),
    "60001": ("Q1", "5733", "60.00"),
    "60002": ("Q1", "5734", "120.00"),
    "60003": ("Q2", "5163", "500.00"),
    "76705": ("Q3", "5522", "106.34"),
    "76770": ("Q3", "5522", "106.34"),
    "70450": ("Q3", "5522", "106.34"),
    "71250": ("Q3", "5522", "106.34"),
    "71260": ("Q3", "5571", "178.02"),
    "70551": ("Q3", "5523", "241.72"),
    "72148": ("Q3", "5523", "241.72"),
    "71045": ("Q3", "5521", "88.05"),
    "90832": ("Q3", "5823", "90.00"),
    "60005": ("Q4", "", ""),
    "80047": ("Q4", "", ""),
    "80048": ("A", "", ""),
    "70001": ("G", "9000", "0.472"),
    "70002": ("K", "9001", "1.995"),
    "70003": ("R", "9512", "182.00"),
    "70004": ("U", "2616", "17485.10"),
    "80001": ("S", "", ""),
    "96365": ("S", "5693", "200.00"),
    "99285": ("J2", "5025", "613.10"),
    "99283": ("J2", "5023", "276.89"),
    "99291": ("J2", "5041", "842.61"),
    "G0378": ("N", "", ""),
    "G0379": ("J2", "5025", "613.10"),
    "G0463": ("J2", "5012", "128.87"),
}
UNPAID = ("A", "B", "C", "D", "E1", "E2", "F", "H", "H1", "K1", "L", "M", "P", "Y")


@pytest.fixture(scope="module")
def hospital(tmp_path_factory):
    """A lake with Addendum B, a list of APC rates, wage indices, and two bilateral indicators."""
    rows = [(code, *cells) for code, cells in CODES.items()]
    rows += [(f"X000{n:X}", status, "", "") for n, status in enumerate(UNPAID)]
    sides = {"20001": "1", "20002": "0", "30001": "3"}
    rvus = (row(code, bilat=indicator) for code, indicator in sides.items())
    return lake_of(
        tmp_path_factory.mktemp("hospital"),
        addendum_b(*rows),
        addendum_b(("96365", "S", "5693", "200.00"), year=2026),
        addendum_ff(("20004", "J8", "5072", "900"), month="January 2025"),
        apc_rates(
            ("8011", "J2", "2647.73"),
            ("8004", "S", "306.50"),
            ("8005", "S", "224.55"),
            ("8006", "S", "435.12"),
            first="20250101",
        ),
        pprrvu(*rvus, year=2025, quarter="January", released="01/02/2025"),
        TABLE_3.replace(b"FY 2026", b"FY 2025"),
        CLFS_2025=b"hcpcs,rate\n80047,13.73\n80048,8.46\n",
    )


def lines(*codes, **same):
    """Lines of one claim: codes, or (code, cells)."""
    return [{**OUTPATIENT, **same, "code": code} if isinstance(code, str)
            else {**OUTPATIENT, **same, "code": code[0], **code[1]} for code in codes]  # fmt: skip


PAID = [
    # code, units, amount
    ("30001", "1", "300.00"),
    ("30001", "3", "900.00"),
    ("40001", "1", "130.00"),
    ("99285", "1", "613.10"),
    ("70001", "10", "4.72"),
    ("70002", "3", "5.99"),  # 1.995 x 3 = 5.985, half up
    ("70003", "2", "364.00"),
    ("70004", "1", "17485.10"),
    ("50001", "1", "0.00"),
]


def test_p40_statuses_that_are_paid_by_their_rate_or_packaged(hospital):
    """Rate x units, rounded once; N is priced at 0.00, for it is paid with other services."""
    found = claims(hospital, *(lines((code, {"units": units})) for code, units, _ in PAID))
    assert [amounts(claim) for claim in found] == [[expected] for *_, expected in PAID]
    assert all(claim[0]["rules"].startswith("P11 P40") for claim in found)


def test_p40_statuses_without_an_amount_say_what_they_are(hospital):
    found = claims(hospital, *(lines(f"X000{n:X}") for n in range(len(UNPAID))))
    for status, (line,) in zip(UNPAID, found, strict=True):
        assert (line["status"], line["rules"]) == ("not priced", "P40")
        assert line["reason"].endswith(f"(status {status})")


def test_p40_a_status_without_a_published_rate(hospital):
    (line,) = both_ways(hospital, *lines("80001"))
    assert line["reason"] == "status indicator S, but no rate is published"


def test_p41_lines_count_together_by_claim_and_t_by_day(hospital):
    """On one day 1,500.01 + 309.13; on two days, or two claims, both in full."""
    together, days, apart = claims(
        hospital,
        lines("20001", "20002"),
        lines("20001", ("20002", {"date": "2025-02-04"})),
        lines("20001", ("20002", {"claim_id": "2"})),
    )
    assert amounts(together) == ["309.13", "1500.01"]
    assert amounts(days) == amounts(apart) == ["618.26", "1500.01"]


def test_p42_the_wage_index_adjusts_60_percent(hospital):
    """0.6 x 0.6556 + 0.4 = 0.79336; x 300.00 = 238.008; x 1,553.44 = 1,232.437..."""
    (service, drug), first = claims(
        hospital, lines("30001", "70003", cbsa="01"), lines("10001", cbsa="01")
    )
    assert amounts([service, drug]) == ["238.01", "182.00"]
    assert ("P42" in service["rules"], "P42" in drug["rules"]) == (True, False)
    assert amounts(first) == ["1232.44"]


def test_p42_without_an_index_for_the_area_there_is_no_amount(hospital, by_apc):
    (nothing_loaded,) = both_ways(by_apc, *lines("32557", cbsa="01", date="2026-07-15"))
    assert nothing_loaded["reason"] == "no wage index of fiscal year 2026 is loaded"
    line, drug = both_ways(hospital, *lines("30001", "70003", cbsa="10180"))
    assert (line["status"], line["rules"]) == ("not priced", "P42")
    assert amounts([drug]) == ["182.00"]


def test_p42_without_a_cbsa_the_rate_is_national_and_says_so(hospital):
    (line,) = both_ways(hospital, *lines("30001"))
    assert line["reason"] == "national unadjusted rate: no cbsa"


def test_p43_one_comprehensive_payment_for_the_claim(hospital):
    """The highest J1 is paid, once whatever its units; all other services are packaged."""
    found = both_ways(
        hospital,
        *lines("10001", ("10002", {"units": "2"}), "20002", "30001", "60005", "70002", "70003"),
    )
    assert amounts(found) == ["0.00", "3000.00", "0.00", "0.00", "0.00", "0.00", "0.00"]
    assert all("P43" in line["rules"] for line in found)
    assert "complexity adjustment not assessed" in found[1]["reason"]
    assert "unless Addendum J excludes it" in found[5]["reason"]


def test_p43_what_the_comprehensive_payment_leaves_out(hospital):
    """Pass-through drugs, brachytherapy and new technology are paid beside it."""
    found = both_ways(hospital, *lines("10001", "70001", "70004", "20003", "X0000"))
    assert amounts(found) == ["1553.44", "0.47", "17485.10", "4000.00", None]
    assert ["P43" in line["rules"] for line in found] == [True, False, False, False, False]


def test_p43_another_claim_is_not_packaged(hospital):
    found = both_ways(hospital, *lines("10001", ("30001", {"claim_id": "2"})))
    assert amounts(found) == ["1553.44", "300.00"]


OBSERVED = [
    # visit, hours, what else is on the claim, amounts
    (("99285", {}), "8", (), ["2647.73", "0.00"]),
    (("99285", {}), "7", (), ["613.10", "0.00"]),
    (("99285", {"date": "2025-02-02"}), "8", (), ["2647.73", "0.00"]),
    (("99285", {"date": "2025-02-04"}), "8", (), ["613.10", "0.00"]),
    (("G0379", {"date": "2025-02-02"}), "8", (), ["613.10", "0.00"]),
    (("99285", {}), "24", ("30001", "99283"), ["2647.73", "0.00", "0.00", "0.00"]),
    (("99285", {}), "8", ("20001",), ["613.10", "0.00", "618.26"]),
    (("99285", {}), "8", ("10001",), ["0.00", "0.00", "1553.44"]),
]


def test_p44_comprehensive_observation(hospital):
    """Eight hours, a visit that day or the day before, no T then and no J1: APC 8011 for all."""
    found = claims(
        hospital,
        *(lines(visit, ("G0378", {"units": n}), *also) for visit, n, also, _ in OBSERVED),
    )
    assert [amounts(claim) for claim in found] == [expected for *_, expected in OBSERVED]
    assert ["P44" in claim[0]["rules"] for claim in found] == [
        expected[0] == "2647.73" for *_, expected in OBSERVED]  # fmt: skip


def test_p44_without_the_rate_of_8011_there_is_no_amount(lake, load_medicare):
    load_medicare(addendum_b(("99285", "J2", "5025", "613.10"), ("G0378", "N", "", "")))
    visit, hours = both_ways(lake, *lines("99285", ("G0378", {"units": "9"})))
    assert (amounts([visit, hours]), visit["rules"]) == ([None, "0.00"], "P44")


PACKAGED = [
    # codes of a claim, amounts
    (["60001"], ["60.00"]),
    (["60001", "30001"], ["0.00", "300.00"]),
    (["60001", "40001"], ["0.00", "130.00"]),
    (["60001", "99283"], ["0.00", "276.89"]),
    (["60001", "20001"], ["0.00", "618.26"]),
    (["60001", "60002"], ["0.00", "120.00"]),  # the highest of several
    (["60001", "60003"], ["0.00", "500.00"]),  # Q2 is paid, as a procedure
    (["60001", "50001", "70002"], ["60.00", "0.00", "2.00"]),
    (["60003", "30001"], ["500.00", "300.00"]),
    (["60003", "20001"], ["0.00", "618.26"]),
    (["60005", "30001"], ["0.00", "300.00"]),
    (["60005", "60001"], ["0.00", "60.00"]),
    (["60005", "70002"], [None, "2.00"]),
    (["60005"], [None]),
]


def test_p45_conditional_packaging(hospital):
    """Q1 by S, T or V on the claim; Q2 by T; Q4 by any service; else paid, the highest once."""
    found = claims(hospital, *(lines(*codes) for codes, _ in PACKAGED))
    assert [amounts(claim) for claim in found] == [expected for _, expected in PACKAGED]
    assert all("P45" in claim[0]["rules"] for claim in found)


def test_p45_counts_the_claim_whatever_the_day_and_pays_one_unit(hospital):
    days, units = claims(
        hospital,
        lines("60001", ("30001", {"date": "2025-02-04"})),
        lines(("60001", {"units": "3"})),
    )
    assert (amounts(days), amounts(units)) == (["0.00", "300.00"], ["60.00"])


def test_p45_tests_by_themselves_are_paid_by_the_laboratory_fee_schedule(hospital):
    """Q4 with nothing that packages it, and A, at 13.73 and 8.46; packaged, or left out, else."""
    alone, beside, comprehensive = claims(
        hospital,
        lines(("80047", {"units": "2"}), "80048", cbsa="01"),
        lines("80047", "80048", "30001"),
        lines("80047", "80048", "10001"),
    )
    assert amounts(alone) == ["27.46", "8.46"]
    assert [line["rules"] for line in alone] == ["P11 P40 P45 P82", "P11 P40 P82"]
    assert amounts(beside) == ["0.00", "8.46", "300.00"]
    assert amounts(comprehensive) == ["0.00", None, "1553.44"]


COMPOSITES = [
    # codes of a claim and day, amounts: 8004 ultrasound 306.50, 8005 CT 224.55, 8006 CT with
    # contrast 435.12; 8007 has no rate here
    (["76705"], ["106.34"]),
    (["76705", "76770"], ["306.50", "0.00"]),
    ([("76705", {"units": "2"})], ["306.50"]),
    (["70450", "71250"], ["224.55", "0.00"]),
    (["70450", "71260"], ["0.00", "435.12"]),  # on the line with the highest rate
    (["70450", "76705"], ["106.34", "106.34"]),  # two families
    (["70450", "71250", "30001"], ["224.55", "0.00", "300.00"]),
    (["70450", "71250", "10001"], ["0.00", "0.00", "1553.44"]),  # comprehensive
    (["70450", ("71250", {"date": "2025-02-04"})], ["106.34", "106.34"]),
    (["70551", "72148"], [None, "0.00"]),
    (["71045", "71045"], ["88.05", "88.05"]),  # no family of composites
    (["71045", "99291"], ["0.00", "842.61"]),  # part of critical care
    ([("71045", {"modifiers": "59"}), "99291"], ["88.05", "842.61"]),
    (["70450", "99291"], ["106.34", "842.61"]),
    (["90832"], ["90.00"]),
    (["90832", "90832"], [None, None]),
]


def test_p46_composites(hospital):
    """Two units of one imaging family on a day are paid one composite APC."""
    found = claims(hospital, *(lines(*codes) for codes, _ in COMPOSITES))
    assert [amounts(claim) for claim in found] == [expected for _, expected in COMPOSITES]
    ruled = [claim[0]["rules"] for claim in found if claim[-1]["code"] != "10001"]
    assert all("P46" in rules for rules in ruled)
    assert found[9][0]["reason"] == "APC 8007 has no rate in a list of APC rates"


def test_p46_a_composite_is_adjusted_by_wages(hospital):
    """224.55 x (0.6 x 0.6556 + 0.4) = 178.148..."""
    (line, _) = both_ways(hospital, *lines("70450", "71250", cbsa="01"))
    assert (amounts([line]), line["rules"]) == (["178.15"], "P11 P40 P42 P46")


DISCOUNTED = [
    # 50% of 618.26 = 309.13; 50% of 1,500.01 = 750.005, half up
    ([("20001", {"units": "2"})], ["927.39"]),
    ([("20001", {"units": "2"}), "20002"], ["618.26", "1500.01"]),
    (["20002", "20002"], ["1500.01", "750.01"]),
    (["20001", "30001", "40001"], ["618.26", "300.00", "130.00"]),
]


def test_p47_procedures_of_status_t(hospital):
    """The one with the highest rate in full, all others and all further units at 50%."""
    found = claims(hospital, *(lines(*codes) for codes, _ in DISCOUNTED))
    assert [amounts(claim) for claim in found] == [expected for _, expected in DISCOUNTED]


MODIFIED = [
    # code, modifiers, amount, whether rule P48 decided
    ("20001", "50", "927.39", True),  # 150% of 618.26
    ("20001", "RT LT", "927.39", True),
    ("20001", "RT", "618.26", False),
    ("20002", "50", "1500.01", False),  # bilateral indicator 0: no second side
    ("30001", "50", "600.00", True),  # not discounted: both sides in full
    ("10001", "50", "1553.44", False),  # one comprehensive payment
    ("20001", "73", "309.13", True),
    ("20001", "52", "309.13", True),
    ("20001", "74", "618.26", False),
    ("20001", "50 73", "309.13", True),
    ("30001", "52", "150.00", True),
    ("30001", "50 52", "300.00", True),
    ("10001", "73", "776.72", True),
    ("60001", "52", "30.00", True),
    ("70003", "52", "182.00", False),
    ("20001", "59", "618.26", False),
    ("20001", "XS", "618.26", False),
]


def test_p48_both_sides_and_discontinued_procedures(hospital):
    found = claims(hospital, *(lines((code, {"modifiers": m})) for code, m, *_ in MODIFIED))
    assert [amounts(claim) for claim in found] == [[expected] for *_, expected, _ in MODIFIED]
    assert ["P48" in claim[0]["rules"] for claim in found] == [ruled for *_, ruled in MODIFIED]


def test_p48_second_place_and_terminated_ranks(hospital):
    """75% and 25% of 618.26 behind 1,500.01; a discontinued 1,500.01 ranks as 750.005."""
    both, ended, ranked = claims(
        hospital,
        lines(("20001", {"modifiers": "50"}), "20002"),
        lines(("20001", {"modifiers": "73"}), "20002"),
        lines("20001", ("20002", {"modifiers": "73"})),
    )
    assert amounts(both) == ["463.70", "1500.01"]  # 463.695
    assert amounts(ended) == ["154.57", "1500.01"]  # 154.565
    assert amounts(ranked) == ["309.13", "750.01"]


def test_p48_a_device_intensive_procedure_before_anesthesia(hospital):
    (ended,), (later,) = claims(
        hospital,
        lines(("20004", {"modifiers": "73"})),
        lines(("20004", {"modifiers": "74"})),
    )
    assert (amounts([ended, later]), ended["rules"]) == ([None, "1500.01"], "P48")


DEPARTMENTS = [
    # code, modifiers, day, amount
    ("30001", "PN", "2025-02-03", "120.00"),  # 40% of 300.00
    ("10001", "PN", "2025-02-03", "621.38"),  # 40% of 1,553.44 = 621.376
    ("G0463", "PN", "2025-02-03", "51.55"),
    ("G0463", "PO", "2025-02-03", "51.55"),  # 40% of 128.87 = 51.548
    ("30001", "PO", "2025-02-03", "300.00"),
    ("96365", "PO", "2025-02-03", "200.00"),
    ("96365", "PO", "2026-02-03", "80.00"),  # from 2026
    ("70002", "PN", "2025-02-03", "2.00"),
    ("70003", "PN", "2025-02-03", None),
]


def test_p49_departments_off_the_campus(hospital):
    found = claims(
        hospital,
        *(lines((code, {"modifiers": m, "date": day})) for code, m, day, _ in DEPARTMENTS),
    )
    assert [amounts(claim) for claim in found] == [[expected] for *_, expected in DEPARTMENTS]


def test_p09_modifiers_that_are_not_modelled(hospital):
    others = ("FB", "FX", "CT", "JG", "ZZ")
    found = claims(
        hospital, *(lines(("30001", {"modifiers": m}), ("60001", {"modifiers": m})) for m in others)
    )
    for modifier, (line, packaged) in zip(others, found, strict=True):
        why = f"modifier pricing not modelled: {modifier}"
        assert (line["rules"], line["reason"]) == ("P09", why)
        assert amounts([packaged]) == ["0.00"]


def test_p15_what_an_outpatient_line_cannot_state(hospital):
    wrong = ({"cbsa": "123"}, {"modifiers": "73 74"}, {"modifiers": "PN PO"})
    for (line,) in claims(hospital, *(lines(("30001", cells)) for cells in wrong)):
        assert (line["status"], line["rules"]) == ("invalid", "P15")


def test_p00_a_year_without_a_release(hospital):
    (line,), (later,) = claims(
        hospital,
        lines(("30001", {"date": "2023-02-03"})),
        lines(("30001", {"date": "2025-07-15"})),
    )
    assert (line["rules"], line["reason"]) == ("P00", "no OPPS Addendum B of 2023 is loaded")
    assert amounts([later]) == ["300.00"]
    assert later["rules"].startswith("P00 P11")
    assert "release 2025A stands in for the one in force" in later["reason"]


def test_p00_a_year_before_the_parameters(lake, load_medicare):
    load_medicare(addendum_b(("30001", "S", "5524", "300.00"), year=2019))
    (line,) = both_ways(lake, *lines(("30001", {"date": "2019-02-03"})))
    assert line["reason"] == "no OPPS parameters of 2019 are known"


def test_p11_a_code_that_addendum_b_does_not_have(hospital):
    (line,) = both_ways(hospital, *lines("99999"))
    assert (line["rules"], line["reason"]) == (
        "P11", "the code is not in OPPS Addendum B of 2025")  # fmt: skip


@pytest.fixture(scope="module")
def by_apc(tmp_path_factory):
    """July 2026 without Addendum B: APCs by Addendum FF."""
    return lake_of(
        tmp_path_factory.mktemp("by_apc"),
        addendum_ff(
            ("32557", "G2", "5182", "0"),
            ("32555", "G2", "5181", "0"),
            ("32999", "G2", "5999", "0"),
            ("64999", "N1", "", ""),
        ),
        apc_rates(("5182", "J1", "1608.25"), ("5181", "T", "640.00")),
        addendum_aa(("32557", "Y", "G2", "649.99"), ("64999", "N", "N1", "")),
        addendum_bb(("76942", "N1", ""), ("71046", "Z3", "20.00"), ("J0001", "K2", "5")),
    )


def test_p12_one_apc_for_the_service_with_its_guidance(by_apc):
    """32557 with 76942 pays one APC 5182: 1,608.25."""
    found = both_ways(by_apc, *lines("32557", "76942", date="2026-07-15"))
    assert amounts(found) == ["1608.25", "0.00"]
    assert found[0]["rules"] == "P00 P12 P40 P43"
    assert "no Addendum B of the year is loaded" in found[0]["reason"]


def test_p12_what_the_asc_addenda_tell_of_codes_without_an_apc(by_apc):
    """Packaged by N1 beside a J1 or T; a paid service only beside a J1; a drug never."""
    cases = [
        (["32557", "71046", "64999", "J0001", "99999"], ["1608.25", "0.00", "0.00", None, None]),
        (["32555", "76942", "71046"], ["640.00", "0.00", None]),
        (["76942"], [None]),
        (["32999"], [None]),
    ]
    found = claims(by_apc, *(lines(*codes, date="2026-07-15") for codes, _ in cases))
    assert [amounts(claim) for claim in found] == [expected for _, expected in cases]
    unpriced = [line for claim in found for line in claim if line["status"] == "not priced"]
    assert {line["rules"] for line in unpriced} == {"P12"}
