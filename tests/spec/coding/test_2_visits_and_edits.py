"""Visits, edits and distinct services

A visit beside a procedure, and two services that an edit bundles.
"""

import pytest

from coding_subjects import row, verdict

IF, NO = "conditional", "not allowed"


@pytest.mark.parametrize("modifier", ["24", "25", "57"])
def test_c14(modifier):
    """24, 25 and 57 take a visit out of a procedure's package, so they stand on the visit: 99213
    may carry them, and 32557 never does. Of a code whose number says no kind of service, such as
    G0101, it is not known.
    """
    assert verdict(modifier, "99213", global_days="XXX") == IF
    assert verdict(modifier, "32557") == NO
    assert verdict(modifier, "G0101") == IF


def test_c14_decided_by():
    """What decides is the range of numbers: 99202 to 99499 are visits, and so are 92002 to 92014
    and the preventive visits among the G codes.
    """
    assert "99202 to 99499" in row("25", "99213").decided_by
    assert [verdict("25", code) for code in ("92012", "G0439")] == [IF, IF]


def test_c18_an_edit_that_may_be_bypassed():
    """59 and the four modifiers XE, XS, XP and XU say that an edit does not fit the case. One edit
    of bypass indicator 1 that names the code, in either column, makes them conditional.
    """
    for pair in (("32557", "76942", "1"), ("32551", "32557", "1")):
        found = row("59", pairs=(pair, ("32557", "32556", "0")))
        assert found.verdict == IF
        assert "1 pair of bypass indicator 1" in found.decided_by
    assert {verdict(m, pairs=(("32557", "76942", "1"),)) for m in ("XE", "XS", "XP", "XU")} == {IF}


def test_c18_nothing_to_bypass():
    """Where every edit has indicator 0, no modifier helps; where no edit names the code, there is
    nothing to bypass. An edit of indicator 9 is not in use and counts as none.
    """
    assert verdict("59", pairs=(("32557", "32556", "0"),)) == NO
    assert verdict("59", pairs=()) == NO
    assert verdict("59", pairs=(("32557", "77002", "9"),)) == NO


def test_c39():
    """Where no release of edits is loaded, the verdict on 59 is conditional and says that it was
    not assessed. So it is with the outpatient status, which decides 73 and PO.
    """
    for modifier in ("59", "73", "PO"):
        found = row(modifier)
        assert (found.verdict, found.rule) == (IF, "C39")
        assert found.effect.startswith("Not assessed")


@pytest.mark.parametrize("modifier", ["27", "AI", "FS"])
def test_c35(modifier):
    """27, AI and FS say how a patient was seen in a facility. Visits take them; no other service
    does.
    """
    assert verdict(modifier, "99223") == IF
    assert verdict(modifier, "32557") == NO


@pytest.mark.parametrize(
    ("code", "expected"), [("90834", IF), ("99213", IF), ("32557", NO), ("80053", NO)]
)
def test_c27(code, expected):
    """A service by telehealth must be on Medicare's list, which is not loaded, so the answer is
    conditional. Operations, laboratory tests, images, anesthesia and drugs are never telehealth.
    """
    assert [verdict(m, code) for m in ("95", "93", "GT", "FQ")] == [expected] * 4


def test_c27_images():
    """An image is told from radiation treatment by its PC/TC indicator: 1 has a technical part,
    which needs the machine and the patient in one place.
    """
    assert verdict("95", "70551", pctc_indicator="1") == NO
    assert verdict("95", "77427", pctc_indicator="0") == IF
