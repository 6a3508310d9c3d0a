"""The rules of claim lines, P15 to P34, each with its cases; both ways of pricing must agree.

Fees are stated in dollars: national amounts in a facility, release of July 2026.
"""

from decimal import Decimal

import pytest

from claim_lines import row, table
from medicare_layouts import gpci, pprrvu
from ratepress.core.errors import UsageError
from ratepress.medicare.repricing.plain import explain_lines
from ratepress.medicare.repricing.run import reprice

DRAIN = row("32557", work="3.04", pe="0.50", mp="0.33", mult="2", bilat="1", asst="1")
ENDOSCOPIES = (
    row("45378", "200.00", mult="2"),
    row("45385", "310.02", mult="3", base="45378"),
    row("45380", "275.12", mult="3", base="45378"),
    row("45384", "270.13", mult="3", base="45378"),
)


@pytest.fixture
def run(lake, load_medicare):
    """Prices lines over schedule rows both ways; (amount, status, rules) a line."""

    def run(rows, *lines):
        load_medicare(pprrvu(*rows))
        load_medicare(gpci())
        given = table(*lines)
        fast = [
            (r["allowed_amount"], r["status"], tuple(r["rules"].split()), r["reason"])
            for r in reprice(lake, given).to_pylist()
        ]
        slow = [
            (r.allowed_amount, r.status, r.rules, r.reason)
            for r in explain_lines(lake, given.to_pylist())
        ]
        assert [f[:3] for f in fast] == [s[:3] for s in slow]
        assert [f[3] for f in fast if f[1] != "priced"] == [s[3] for s in slow if s[1] != "priced"]
        return fast

    return run


def amounts(found):
    return [None if amount is None else str(amount) for amount, *_ in found]


def test_p18_modifier_50_pays_150_percent(run):
    """129.26 x 150% = 193.89."""
    (both,) = run([DRAIN], {"modifiers": "50"})
    assert (str(both[0]), both[1]) == ("193.89", "priced")
    assert "P18" in both[2]


@pytest.mark.parametrize(
    ("indicator", "expected"), [("1", ["125.00", "62.50"]), ("0", ["125.00", "0.00"]),
                                ("2", ["125.00", "0.00"]), ("3", ["125.00", "125.00"])],
)  # fmt: skip
def test_p18_right_and_left_on_two_lines(run, indicator, expected):
    """150%, 100%, 100% and 200% of 125.00 in all."""
    sides = [{"code": "20610", "modifiers": side} for side in ("RT", "LT")]
    found = run([row("20610", "125.00", bilat=indicator)], *sides)
    assert amounts(found) == expected


@pytest.mark.parametrize("indicator", ["0", "2"])
def test_p18_charges_of_both_sides_against_one_fee(run, indicator):
    """100 + 100 billed against 125: paid on 125."""
    sides = [{"code": "20610", "modifiers": side, "charge": "100"} for side in ("RT", "LT")]
    found = run([row("20610", "125.00", bilat=indicator)], *sides)
    assert amounts(found) == ["100.00", "25.00"]


def test_p18_does_not_apply_to_indicator_9(run):
    (line,) = run([row("71046", "10.00", bilat="9")], {"code": "71046", "modifiers": "50"})
    assert line[1:3] == ("not priced", ("P18",))


def test_p20_multiple_surgery(run):
    """1,043.48 + 50% of 1,010.60 + 50% of 922.90 = 1,043.48 + 505.30 + 461.45 = 2,010.23."""
    fees = {"11111": "922.90", "22222": "1043.48", "33333": "1010.60"}
    found = run([row(code, fee, mult="2") for code, fee in fees.items()],
                *({"code": code} for code in fees))  # fmt: skip
    assert amounts(found) == ["461.45", "1043.48", "505.30"]
    assert sum(amount for amount, *_ in found) == Decimal("2010.23")


def test_p20_the_sixth_is_by_report(run):
    """100 + 4 x 50 for five units; a sixth procedure has no amount."""
    rows = [row("11111", "100.00", mult="2"), row("22222", "10.00", mult="2")]
    found = run(rows, {"code": "11111", "units": "5"}, {"code": "22222"})
    assert amounts(found) == ["300.00", None]
    assert found[1][2] == ("P20",)


def test_p19_claims_of_a_day_count_together_for_one_patient_and_npi(run):
    rows = [row("11111", "100.00", mult="2"), row("22222", "10.00", mult="2")]
    one, other = {"code": "11111", "claim_id": "1"}, {"code": "22222", "claim_id": "2"}
    known = {"patient": "a", "npi": "1234567893"}
    assert amounts(run(rows, one, other)) == ["100.00", "10.00"]
    assert amounts(run(rows, {**one, **known}, {**other, **known})) == ["100.00", "5.00"]
    apart = run(rows, {**one, **known}, {**other, **known, "npi": "1999999992"})
    assert amounts(apart) == ["100.00", "10.00"]


def test_p19_says_where_the_day_is_not_assessed(run):
    found = run([DRAIN], {}, {"patient": "a"})
    assert [("P19" in line[2], "not assessed" in line[3]) for line in found] == [
        (True, True), (False, False)]  # fmt: skip


def test_p21_endoscopy_family(run):
    """310.02 + (275.12 - 200.00) + (270.13 - 200.00) = 455.27."""
    found = run(ENDOSCOPIES, {"code": "45380"}, {"code": "45384"}, {"code": "45385"})
    assert amounts(found) == ["75.12", "70.13", "310.02"]


def test_p21_the_base_code_is_part_of_its_family(run):
    found = run(ENDOSCOPIES, {"code": "45378"}, {"code": "45385"})
    assert amounts(found) == ["0.00", "310.02"]


def test_p21_a_family_ranks_as_one(run):
    """310.02 + 75.12 = 385.14 ranks above 350.00 (175.00) and below 400.00 (155.01 + 37.56)."""
    lower, higher = row("11111", "350.00", mult="2"), row("22222", "400.00", mult="2")
    family = ({"code": "45385"}, {"code": "45380"})
    assert amounts(run([*ENDOSCOPIES, lower, higher], {"code": "11111"}, *family)) == [
        "175.00", "310.02", "75.12"]  # fmt: skip
    assert amounts(run([*ENDOSCOPIES, lower, higher], {"code": "22222"}, *family)) == [
        "400.00", "155.01", "37.56"]  # fmt: skip


def parts(code, technical, professional, mult, **cells):
    whole = str(Decimal(technical) + Decimal(professional))
    return (
        row(code, whole, mult=mult, pctc="1", **cells),
        row(code, technical, mult=mult, mod="TC", pctc="1", **cells),
        row(code, professional, mult=mult, mod="26", pctc="1", **cells),
    )


@pytest.mark.parametrize(
    ("mult", "rule", "second"),
    [("4", "P22", "69.00"), ("6", "P24", "95.00"), ("7", "P25", "100.00")],
)
def test_p22_p24_p25_parts_of_tests(run, mult, rule, second):
    """200 + 60 in full; of 100 + 20: 50 + 19 imaging, 75 + 20 heart, 80 + 20 eye."""
    rows = (*parts("70000", "200.00", "60.00", mult), *parts("71000", "100.00", "20.00", mult))
    found = run(rows, {"code": "71000"}, {"code": "70000"})
    assert amounts(found) == [second, "260.00"]
    assert rule in found[0][2]
    assert rule not in found[1][2]


def test_p22_parts_are_ranked_apart(run):
    """The one technical part is in full; of the readings 60 in full and 95% of 20."""
    rows = (*parts("70000", "200.00", "60.00", "4"), *parts("71000", "100.00", "20.00", "4"))
    found = run(rows, {"code": "71000"}, {"code": "70000", "modifiers": "26"})
    assert amounts(found) == ["119.00", "60.00"]


def test_p23_therapy(run):
    """Units of (1 + 1) x 33.4009 = 66.80 and (1 + 0.5) x 33.4009 = 50.10 (50.10135)."""
    rows = [row("97110", work="1.00", pe="1.00", mult="5"),
            row("97140", work="1.00", pe="0.50", mult="5")]  # fmt: skip
    # 66.80 + 50.10; and (1 + 0.25) x 33.4009 = 41.75 (41.751125).
    found = run(rows, {"code": "97110", "units": "2"}, {"code": "97140"})
    assert amounts(found) == ["116.90", "41.75"]


@pytest.mark.parametrize(
    ("modifiers", "kind", "expected"),
    [("80", "", "160.00"), ("82", "", "160.00"), ("AS", "", "136.00"), ("AS", "PA", "136.00"),
     ("80", "NP", "136.00"), ("62", "", "625.00"), ("", "NP", "850.00"), ("", "", "1000.00")],
)  # fmt: skip
def test_p26_p27_p29_shares(run, modifiers, kind, expected):
    """16%, 85% of 16%, 62.5% and 85% of 1,000.00."""
    rows = [row("11111", "1000.00", mult="2", asst="2", co="2")]
    found = run(rows, {"code": "11111", "modifiers": modifiers, "provider_type": kind})
    assert amounts(found) == [expected]


@pytest.mark.parametrize(
    ("modifiers", "rule"),
    [("80", "P26"), ("62", "P27"), ("66", "P28"), ("52", "P17"), ("53", "P17"), ("73", "P17"),
     ("26", "P05"), ("ZZ", "P09")],
)  # fmt: skip
def test_modifiers_that_leave_no_amount(run, modifiers, rule):
    (line,) = run([DRAIN], {"modifiers": modifiers})
    assert line[:3] == (None, "not priced", (rule,))


def test_p30_non_participants_and_p32_sequestration(run, lake):
    """95% of 129.26 = 122.80; 115% of this 141.22; 80% is 98.24, less 2% 96.28 (96.2752)."""
    line = {"participating": "no"}
    assert amounts(run([DRAIN], line)) == ["122.80"]
    (shown,) = explain_lines(lake, table(line).to_pylist())
    assert (shown.limiting_charge, shown.medicare_payment) == (Decimal("141.22"), Decimal("96.28"))


def test_p31_the_lower_charge(run):
    found = run([DRAIN], {"charge": "100"}, {"claim_id": "2", "charge": "500"})
    assert amounts(found) == ["100.00", "129.26"]
    assert ["P31" in line[2] for line in found] == [True, False]


@pytest.mark.parametrize(
    "cells",
    [{"claim_id": " "}, {"date": "2026-02-30"}, {"date": "7/15/2026"}, {"code": "325"},
     {"units": "0"}, {"units": "1.5"}, {"units": "-1"}, {"pos": "98"}, {"pos": ""},
     {"locality": "10112"}, {"charge": "1e5"}, {"qp": "maybe"}, {"modifiers": "5"},
     {"modifiers": "26 TC"}, {"modifiers": "62 80"}, {"claim_type": "dental"},
     {"participating": "x"}],
)  # fmt: skip
def test_p15_bad_lines_come_back(run, cells):
    found = run([DRAIN], {}, cells, {"claim_id": "2"})
    assert amounts(found) == ["129.26", None, "129.26"]
    assert found[1][1:3] == ("invalid", ("P15",))
    assert found[1][3]


def test_p16_each_type_of_claim_has_its_own_payment_system(run):
    kinds = ("", "professional", "outpatient", "asc")
    found = run([DRAIN], *({"claim_type": kind, "claim_id": kind or "0"} for kind in kinds))
    assert amounts(found) == ["129.26", "129.26", None, None]
    assert [line[3] for line in found[2:]] == [
        "no OPPS Addendum B of 2026 is loaded",
        "no ASC Addenda AA and BB of 2026 are loaded",
    ]


@pytest.mark.parametrize(
    ("cells", "rule"),
    [({"status": "J"}, "P36"), ({"status": "C"}, "P03"), ({"mult": "1"}, "P20")],
)
def test_rows_that_have_no_amount(run, cells, rule):
    (line,) = run([row("11111", "10.00", **cells)], {"code": "11111"})
    assert line[:3] == (None, "not priced", (rule,))


def test_a_table_without_its_columns_is_refused(lake):
    with pytest.raises(UsageError, match="no file of claim lines"):
        reprice(lake, table({}).drop_columns(["pos"]))
