"""Settings, drugs, tests and notices

These need a facility, a plan of therapy, a drug or a machine.
"""

from datetime import date

import pytest

from coding_subjects import row, verdict

YES, IF, NO = "allowed", "conditional", "not allowed"


def test_c19():
    """A code of status J is anesthesia. It takes AA and QZ, which pay the whole, and QK, QX and
    QY, which pay half to the one who directs and half to the one who is directed. No other code
    takes any of them.
    """
    assert [verdict(m, "00100", status="J") for m in ("AA", "QZ")] == [YES, YES]
    for modifier in ("QK", "QX", "QY"):
        assert "50% of base units and time" in row(modifier, "00100", status="J").effect
    for modifier in ("AA", "AD", "QK", "QX", "QY", "QZ", "QS", "23"):
        assert verdict(modifier, "32557", status="A") == NO


@pytest.mark.parametrize(("status", "expected"), [("J1", IF), ("T", IF), ("C", NO), ("A", NO)])
def test_c22(status, expected):
    """73 and 74 belong to facilities, for a procedure that OPPS pays: status J1, S, T or packaged.
    Stopped before anesthesia half of the rate is paid, stopped after it the whole. A code that is
    for inpatients only (C) has no outpatient procedure to stop.
    """
    assert [verdict(m, opps_status=status) for m in ("73", "74")] == [expected, expected]
    assert "50% of the facility's rate" in row("73", opps_status="J1").effect


@pytest.mark.parametrize(("status", "expected"), [("J1", IF), ("N", IF), ("A", NO), ("C", NO)])
def test_c28(status, expected):
    """PO and PN say that a hospital's service was given off its campus. They stand on what OPPS
    pays or packages; PN pays 40% of the rate.
    """
    assert [verdict(m, opps_status=status) for m in ("PO", "PN")] == [expected, expected]
    assert "40% of the OPPS rate" in row("PN", opps_status="J1").effect


@pytest.mark.parametrize(
    ("indicator", "expected"), [("0", IF), ("1", IF), ("2", IF), ("3", NO), ("5", NO), ("7", NO)]
)
def test_c26(indicator, expected):
    """GC says that a resident took part under a teaching physician. It needs a physician's part:
    a technical part (PC/TC indicator 3), a service incident to a physician's (5) and therapy (7)
    have none.
    """
    assert verdict("GC", pctc_indicator=indicator) == expected


@pytest.mark.parametrize(("code", "expected"), [("J1100", IF), ("Q5101", IF), ("32557", NO)])
def test_c29(code, expected):
    """Of a drug from a single-dose container, the part thrown away is billed with JW, and JZ says
    that there was none. J codes are drugs; Q codes may be.
    """
    assert [verdict(m, code) for m in ("JW", "JZ")] == [expected, expected]


@pytest.mark.parametrize(("code", "expected"), [("80053", IF), ("0001U", IF), ("32557", NO)])
def test_c30(code, expected):
    """QW stands on a test of the list of waived tests, which is not loaded, and 90 on one that was
    sent away. Only laboratory tests take them.
    """
    assert [verdict(m, code) for m in ("QW", "90")] == [expected, expected]


def test_c31():
    """The release marks therapy by multiple procedure indicator 5 or PC/TC indicator 7. Such a code
    takes GP, GO, GN, CQ, CO and KX; an assistant's share is 85% from 2022 on, and all before.
    """
    therapy = {"multiple_procedure": "5", "pctc_indicator": "7"}
    for modifier in ("GP", "GO", "GN", "CQ", "CO", "KX"):
        assert verdict(modifier, "97110", **therapy) == IF
        assert verdict(modifier, "32557") == NO
    assert "85% of the fee" in row("CQ", "97110", **therapy).effect
    assert "100% of the fee" in row("CQ", "97110", date(2021, 12, 31), **therapy).effect


def test_c32():
    """CT stands on CT scans, which are ranges of numbers. FX and FY stand on other images with a
    technical part, but not on MRI, ultrasound or nuclear medicine: they pay 80% and 90% of the
    technical part. FY was 93% until 2022.
    """
    image = {"pctc_indicator": "1"}
    assert [verdict(m, "70450", **image) for m in ("CT", "FX")] == [IF, NO]
    assert [verdict(m, "71046", **image) for m in ("CT", "FX")] == [NO, IF]
    assert [verdict(m, "70551", **image) for m in ("CT", "FX", "FY")] == [NO, NO, NO]
    assert verdict("FX", "77427", pctc_indicator="0") == NO
    assert "80%" in row("FX", "71046", **image).effect
    assert "90%" in row("FY", "71046", **image).effect
    assert "93%" in row("FY", "71046", date(2022, 12, 31), **image).effect


@pytest.mark.parametrize(("code", "expected"), [("45385", IF), ("32557", NO), ("43239", NO)])
def test_c33(code, expected):
    """PT says that a screening of the bowel became a treatment, so it stands on operations of the
    bowel alone.
    """
    assert verdict("PT", code) == expected


@pytest.mark.parametrize("modifier", ["GA", "GX", "GY", "GZ"])
def test_c34(modifier):
    """GA, GX, GY and GZ tell who bears a denial. Whether one is likely is a question of the case,
    so every code takes them on condition.
    """
    assert {verdict(modifier, code) for code in ("32557", "99213", "J1100")} == {IF}


def test_c38():
    """JZ is in use since 2023: on a claim of 31 December 2022 it is not allowed, whatever the
    code, and the row says since when it is.
    """
    found = row("JZ", "J1100", date(2022, 12, 31))
    assert (found.verdict, found.rule, found.decided_by) == (NO, "C38", "in use since 2023-01-01")
    assert verdict("JZ", "J1100", date(2023, 1, 1)) == IF


def test_c11():
    """The register holds every modifier once, with its kind and the document that defines it, and
    each has one table that decides it. Of those that may bypass an edit, the policy manual names
    the anatomical ones, 24, 25, 57, 58, 78, 79, 27, 59, 91 and XE, XS, XP, XU.
    """
    from ratepress.coding.register import register
    from ratepress.coding.verdicts import decisions

    decided = [m for d in decisions() for m in d.modifiers]
    assert sorted(decided) == sorted(register())
    assert all(m.cited.link for m in register().values())
    bypassing = {m.modifier for m in register().values() if m.bypasses_edits}
    anatomical = {m.modifier for m in register().values() if m.kind == "anatomical"}
    others = {"24", "25", "57", "58", "78", "79", "27", "59", "91", "XE", "XS", "XP", "XU"}
    assert bypassing == anatomical | others
    assert len(anatomical) == 2 + 4 + 10 + 10 + 5
