"""Places of the body

No published file says the part of the body of a code. Its number does, by ranges that stand with
the code and are shown as editorial.
"""

import pytest

from coding_subjects import row, verdict

YES, IF, NO = "allowed", "conditional", "not allowed"


@pytest.mark.parametrize(
    ("code", "finger", "toe"),
    [("26055", IF, NO), ("28010", NO, IF), ("11730", IF, IF), ("10060", IF, IF), ("32557", NO, NO)],
)
def test_c23(code, finger, toe):
    """Codes of the hand may be on a finger, codes of the foot on a toe, and nails on both. The
    skin is everywhere, so it is conditional too. A chest drain is on neither.
    """
    assert {verdict(m, code) for m in ("FA", "F1", "F5", "F9")} == {finger}
    assert {verdict(m, code) for m in ("TA", "T1", "T5", "T9")} == {toe}


@pytest.mark.parametrize(
    ("code", "expected"), [("67800", YES), ("68761", YES), ("11440", IF), ("66984", NO)]
)
def test_c24(code, expected):
    """Each eyelid is a service of its own: E1 to E4 are allowed on codes of the lids and of their
    tear openings, may stand on the skin, and not on the lens.
    """
    assert {verdict(m, code) for m in ("E1", "E2", "E3", "E4")} == {expected}


@pytest.mark.parametrize(
    ("code", "expected"), [("92928", YES), ("C9600", YES), ("93458", NO), ("0234T", IF)]
)
def test_c25(code, expected):
    """LM, LD, LC, RC and RI name the coronary artery in which a service was done. Looking at them
    from outside does not take one, and a number that says nothing leaves it open.
    """
    assert {verdict(m, code) for m in ("LM", "LD", "LC", "RC", "RI")} == {expected}


def test_c36():
    """The kind of service is read from the number, in the chapters of the NCCI Policy Manual; the
    letter of a code must stand at the same place, so 0001U is a laboratory test and 0001T is not.
    """
    assert "laboratory" in row("91", "0001U").decided_by
    assert row("91", "0001U").verdict == IF
    assert row("91", "0001T").decided_by == "a code whose number says no kind of service"


def test_c37():
    """What hangs on a range of numbers says which range it is, and its source is marked as
    editorial.
    """
    found = row("E1", "67800")
    assert found.decided_by == "eyelids (67700 to 67999)"
    assert found.source.is_editorial
