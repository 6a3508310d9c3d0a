"""Procedures

These decide modifiers of procedures by the global period and by the kind of service.
"""

from decimal import Decimal

import pytest

from coding_subjects import row, verdict

YES, IF, NO = "allowed", "conditional", "not allowed"


@pytest.mark.parametrize(
    ("days", "expected"),
    [("000", IF), ("010", IF), ("090", IF), ("MMM", NO), ("XXX", NO), ("YYY", IF), ("ZZZ", NO)],
)
def test_c12(days, expected):
    """Modifier 22, far more work than usual, needs a global period of 0, 10 or 90 days, and a
    report: the contractor decides what more is paid. A diagnostic test (XXX), an add-on code
    (ZZZ) or a maternity package (MMM) does not take it.
    """
    assert verdict("22", global_days=days) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [("32557", IF), ("70551", IF), ("80053", IF), ("99213", NO), ("00100", NO), ("J1100", NO)],
)
def test_c13(code, expected):
    """Modifier 52 says that less was done. Medicare does not take it on a visit, for a shorter
    visit has a code of its own; anesthesia is paid by time and a drug by units. Everything else
    is priced by report.
    """
    assert verdict("52", code) == expected


@pytest.mark.parametrize("days", ["000", "010", "090", "MMM", "XXX", "YYY", "ZZZ"])
def test_c15(days):
    """Modifier 56, the care before alone, is never allowed: Medicare pays it with the operation,
    which is the share that modifier 54 pays.
    """
    assert verdict("56", global_days=days) == NO


def test_c16_in_another_period():
    """In the global period of another procedure, 58 (planned or wider) and 79 (another reason)
    are paid in full. They are conditional, for it takes that other procedure. A service to which
    the global concept does not apply needs none of them.
    """
    for modifier in ("58", "79"):
        assert verdict(modifier, global_days="090") == IF
        assert "paid in full" in row(modifier, global_days="090").effect
    assert [verdict(m, global_days="XXX") for m in ("58", "78", "79")] == [NO, NO, NO]


def test_c16_return_to_the_operating_room():
    """Modifier 78 pays the share for care during alone. Total knee replacement, 27447, has shares
    of 10, 69 and 21 in a hundred, so its return is paid 69% of the fee. A procedure of 0 days has
    no shares and is paid in full.
    """
    shares = dict(zip(("preoperative_share", "intraoperative_share", "postoperative_share"),
                      map(Decimal, ("0.10", "0.69", "0.21")), strict=True))  # fmt: skip
    assert "69% of the fee" in row("78", "27447", global_days="090", **shares).effect
    assert "paid in full" in row("78", "32557", global_days="000").effect


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("32557", (IF, IF, NO)),
        ("70551", (IF, IF, NO)),
        ("80053", (NO, NO, IF)),
        ("99213", (NO, NO, NO)),
        ("J1100", (NO, NO, NO)),
    ],
)
def test_c17(code, expected):
    """A procedure or image that is done again on the day carries 76 or 77. A laboratory test
    carries 91. A visit is not done again, and of a drug more units are billed.
    """
    assert tuple(verdict(m, code) for m in ("76", "77", "91")) == expected


def test_c20():
    """Modifier 47, anesthesia by the physician who operates, is never allowed: Medicare pays it
    as part of the operation.
    """
    assert [verdict("47", code) for code in ("32557", "00100", "99213")] == [NO, NO, NO]


@pytest.mark.parametrize(("code", "expected"), [("32557", IF), ("11042", NO), ("70551", NO)])
def test_c21(code, expected):
    """Modifier 63, an infant of under 4 kg, belongs to operations numbered from 20000 on. The
    skin is not among them, nor is anything but surgery.
    """
    assert verdict("63", code) == expected
