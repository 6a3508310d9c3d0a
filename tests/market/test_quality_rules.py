"""The quality rules one by one: a case on each side of every line that they draw.

Thresholds and words are those of the method, chapter 3. A rule answers `flagged`, `not assessed`,
or nothing.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from market_lakes import Described, Group, PfsRow, PriceFile, Rate
from market_reading import published
from market_strategies import PFS

AS_OF = date(2026, 7, 15)
CODE = ("cpt", "32557")
FILE = date(2026, 4, 1)


def outcomes(
    rule: str,
    *rates: Rate,
    versions: tuple[str | None, str | None] = ("3.0.0", "3"),
    pfs: tuple[PfsRow, ...] = (),
):
    """What `rule` says of the dollars or percentages of a hospital's prices."""
    hospital = PriceFile("h", FILE, rates, ("First Hospital", "GA"), versions=versions)
    codes = list(dict.fromkeys((rate.code_system, rate.code) for rate in rates))
    found = published(Described((hospital,), pfs), codes, AS_OF).flags
    return {f"{where[-3] or 0:.0f}": where[-1] for where in found if where[-2] == rule}


def price(amount: str, **fields) -> Rate:
    return Rate(dollars=Decimal(amount), **{"billing_class": "facility", **fields})


@pytest.mark.parametrize(
    ("amount", "percentage", "method", "expected"),
    [
        # The percentage was written into the dollars too.
        ("62.5", "62.5", "fee schedule", "flagged"),
        ("62.51", "62.5", "fee schedule", None),
        # A share of charges among dollars; 1.01 may be a dollar.
        ("0.357", None, "percent of total billed charges", "flagged"),
        ("1", None, "percentage", "flagged"),
        ("1.01", None, "percentage", None),
        ("0.357", None, "fee schedule", None),
    ],
)
def test_q03_percentage_where_dollars_are_claimed(amount, percentage, method, expected):
    stated = None if percentage is None else Decimal(percentage)
    found = outcomes("Q03", price(amount, percentage=stated, method=method))
    assert list(found.values()) == ([] if expected is None else [expected])


@pytest.mark.parametrize(("share", "is_flagged"), [("0.357", True), ("1", True), ("1.01", False)])
def test_q03_share_written_as_a_fraction(share, is_flagged):
    rate = Rate(statement="percentage", percentage=Decimal(share), price_unit="charges")
    assert bool(outcomes("Q03", rate)) is is_flagged


@pytest.mark.parametrize(("n_votes", "expected"), [(40, ["flagged"]), (39, [])])
def test_q05_needs_forty_votes(n_votes, expected):
    """All at 100 but one at 101: both quartiles are 100, so the fences are 100 too."""
    groups = tuple(Group(str(i), (("ein", f"9{i:02d}", "1"),)) for i in range(n_votes))
    rates = tuple(
        price("101" if i == 0 else "100", groups=(str(i),), places=("22",)) for i in range(n_votes)
    )
    payer = PriceFile("p", FILE, rates, groups=groups)
    found = published(Described((payer,)), [CODE], AS_OF).flags
    assert [where[-1] for where in found if where[-2] == "Q05"] == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ({}, {"900": "flagged"}),
        ({"dollars": Decimal("900.01")}, {}),
        ({"plan_name": "HMO"}, {}),
        ({"setting": "inpatient"}, {}),
        ({"line_of_business": "exchange"}, {}),
        ({"payer_name": "Cigna"}, {}),
    ],
)
def test_q06_per_diem_repeated_as_a_case_rate(day, expected):
    """A day and a case at 900 for the same plan, code, setting, class and line."""
    case = price("900", price_unit="case", method="case rate")
    per_diem = Rate(**{**case.__dict__, "price_unit": "day", "method": "per diem", **day})
    assert outcomes("Q06", case, per_diem) == expected


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ([date(2026, 7, 14)], "flagged"),
        ([date(2026, 7, 15)], None),
        ([date(2026, 7, 14), date(9999, 12, 31)], None),
        ([date(2026, 7, 14), None], "flagged"),
        ([None], "not assessed"),
    ],
)
def test_q07_expired_on_the_as_of_date(ends, expected):
    """Of repeats the latest end decides; a row without one says nothing."""
    found = outcomes("Q07", *(price("100", expires_on=end) for end in ends))
    assert found == ({} if expected is None else {"100": expected})


@pytest.mark.parametrize(
    ("system", "code", "modifiers", "billing_class", "is_flagged"),
    [
        ("ms-drg", "470", (), "professional", True),
        ("ms-drg", "470", (), "facility", False),
        ("apc", "5182", (), "professional", True),
        ("rc", "0361", (), "professional", True),
        ("cpt", "32557", (), "professional", False),
        ("cpt", "70551", ("26",), "facility", True),
        ("cpt", "70551", ("59", "26"), "facility", True),
        ("cpt", "70551", ("26",), "professional", False),
        ("cpt", "70551", ("TC",), "facility", False),
    ],
)
def test_q08_billing_class_wrong_for_the_code(system, code, modifiers, billing_class, is_flagged):
    rate = price("100", code_system=system, code=code, modifiers=modifiers,
                 billing_class=billing_class)  # fmt: skip
    assert bool(outcomes("Q08", rate)) is is_flagged


@pytest.mark.parametrize(
    ("system", "code", "modifiers", "expected"),
    [
        # Indicator 0: a physician's service, which has no professional part.
        ("cpt", "32557", ("26",), "flagged"),
        ("cpt", "32557", ("59", "26"), "flagged"),
        # 59 depends on the other line, 22 on the records.
        ("cpt", "32557", ("59",), None),
        ("cpt", "32557", ("22",), None),
        ("cpt", "32557", (), None),
        # Indicator 1: a test with both parts.
        ("cpt", "70551", ("26",), None),
        ("cpt", "70551", ("TC",), None),
        ("cpt", "70551", ("ZZ",), "not assessed"),
        ("cpt", "70551", ("ZZ", "50"), "flagged"),
        ("cpt", "43239", ("26",), "not assessed"),
        ("ms-drg", "470", ("26",), "not assessed"),
        ("local", "32557", ("26",), "not assessed"),
    ],
)
def test_q11_modifier_not_valid_for_the_code(system, code, modifiers, expected):
    """The release has 32557 and 70551; bilateral indicator 0 forbids 50."""
    rate = price("100", code_system=system, code=code, modifiers=modifiers)
    found = outcomes("Q11", rate, pfs=PFS)
    assert found == ({} if expected is None else {"100": expected})


def test_q11_a_hospitals_own_number_is_not_the_code_that_it_looks_like():
    own = price("100", code_system="local", modifiers=("26",))
    found = outcomes("Q11", own, price("200", modifiers=("26",)), pfs=PFS)
    assert found == {"100": "not assessed", "200": "flagged"}


def test_q11_is_not_assessed_without_a_release():
    assert outcomes("Q11", price("100", modifiers=("26",))) == {"100": "not assessed"}


@pytest.mark.parametrize(
    ("place", "setting", "billing_class", "is_flagged"),
    [
        ("11", "outpatient", "facility", True),
        ("11", "inpatient", "professional", True),
        ("11", "outpatient", "professional", False),
        ("22", "outpatient", "facility", False),
        (None, "outpatient", "facility", False),
        ("22", "contradictory", "facility", True),
    ],
)
def test_q12_place_or_setting_contradicts_the_class(place, setting, billing_class, is_flagged):
    """Place 11 is an office, 22 an outpatient hospital."""
    places = () if place is None else (place,)
    rate = price("100", places=places, setting=setting, billing_class=billing_class)
    assert bool(outcomes("Q12", rate)) is is_flagged


@pytest.mark.parametrize(
    ("declared", "detected", "expected"),
    [
        ("3.0.0", "3", None),
        ("v2.0", "2", None),
        ("2.0.0", "3", "flagged"),
        ("1.3.1", "2.x", "flagged"),
        (None, "3", "not assessed"),
        ("July", "3", "not assessed"),
        ("2.0.0", "legacy", "not assessed"),
    ],
)
def test_q13_declared_and_detected_version_differ(declared, detected, expected):
    found = outcomes("Q13", price("100"), versions=(declared, detected))
    assert found == ({} if expected is None else {"100": expected})
