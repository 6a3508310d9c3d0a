"""Every rule has an id of its family, a reason, a source, and something that applies it."""

from __future__ import annotations

import pytest

from ratepress.core.errors import UsageError
from ratepress.core.rules import FAMILIES, Rule, registry, resolve_applied_by, rule, severities


@pytest.mark.parametrize("record", registry().values(), ids=lambda r: r.id)
def test_what_applies_a_rule_exists(record: Rule) -> None:
    assert resolve_applied_by(record.applied_by)


@pytest.mark.parametrize("record", registry().values(), ids=lambda r: r.id)
def test_a_rule_says_what_it_decides_why_and_from_where(record: Rule) -> None:
    assert len(record.decides) > 20
    assert len(record.why) > 20
    assert record.source.title
    assert (record.severity is not None) == (record.id[0] == "F")
    # Q13 is shown, and keeps no price out at any strength: the method, chapter 3.
    assert bool(record.strengths) == (record.id[0] == "Q" and record.id != "Q13")


def test_a_rule_is_found_in_any_case() -> None:
    assert rule(" m05 ").id == "M05"


def test_an_unknown_rule_names_its_neighbours() -> None:
    with pytest.raises(UsageError, match="Q01, Q02"):
        rule("Q99")


@pytest.mark.parametrize("wanted", ["Z9", "", "9", "\x1b[31m"])
def test_a_rule_of_no_family_names_the_families_and_not_every_rule(wanted: str) -> None:
    with pytest.raises(UsageError) as raised:
        rule(wanted)
    for family in FAMILIES:
        assert f"{family} (" in str(raised.value.expected)
    assert not any(rule_id in str(raised.value) for rule_id in registry())


def test_severities_are_those_of_the_records() -> None:
    assert severities() == {rule_id: record.severity for rule_id, record in registry().items()}
