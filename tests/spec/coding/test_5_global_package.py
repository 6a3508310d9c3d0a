"""The global package

Which days, visits and procedures are paid in the fee of a code, and what opens it.
"""

from datetime import date
from decimal import Decimal

import pytest

from coding_subjects import subject
from ratepress.coding.global_period import global_period


@pytest.mark.parametrize(
    ("days", "first", "last", "n"),
    [
        ("000", date(2026, 7, 15), date(2026, 7, 15), 1),
        ("010", date(2026, 7, 15), date(2026, 7, 25), 11),
        ("090", date(2026, 7, 14), date(2026, 10, 13), 92),
        ("XXX", None, None, None),
        ("ZZZ", None, None, None),
    ],
)
def test_c40(days, first, last, n):
    """A procedure of 0 days is the day itself; of 10 days, the day and ten after, 11 in all; of 90
    days, the day before, the day and ninety after, 92 in all. A major operation of 15 July 2026
    ends on 13 October. Where the concept does not apply, there are no days.
    """
    found = global_period(subject(global_days=days))
    assert (found.first_on, found.last_on, found.n_days) == (first, last, n)


def test_c41():
    """In the package of a major operation are the visits of recovery and care of complications
    that needs no operating room; a return to it is apart, and so is the visit at which the
    operation was decided. The parts of the fee are those of the release.
    """
    found = global_period(
        subject(
            "27447",
            global_days="090",
            preoperative_share=Decimal("0.10"),
            intraoperative_share=Decimal("0.69"),
            postoperative_share=Decimal("0.21"),
        )
    )
    assert any("recovery" in words for words in found.included)
    assert "a return to the operating room" in found.apart
    assert "the visit at which the operation was decided" in found.apart
    assert found.shares == {"care before": "10%", "care during": "69%", "care after": "21%"}


@pytest.mark.parametrize(
    ("days", "opened_by"),
    [
        ("000", ["25", "78", "79"]),
        ("010", ["24", "25", "58", "78", "79"]),
        ("090", ["24", "25", "57", "58", "78", "79"]),
        ("XXX", ["25"]),
        ("ZZZ", []),
        ("MMM", []),
    ],
)
def test_c42(days, opened_by):
    """A minor procedure includes the decision for it, so 57 opens the package of a major one alone.
    24 and 58 need days after; 25, 78 and 79 also open the one day of a minor procedure.
    """
    found = global_period(subject(global_days=days))
    assert [one.modifier for one in found.opened_by] == opened_by
    assert all(one.meaning and one.when for one in found.opened_by)
