"""The registry of what is modelled: whole records, no rule forgotten, bad ones refused."""

import msgspec
import pytest

from ratepress.core.rules import registry
from ratepress.medicare.modelled import Part, lines_of, modelled

PARTS = [part for system in modelled() for part in system.parts]
WHOLE = {
    "part": "Both sides",
    "state": "modelled",
    "rules": ["P07"],
    "since": "2020-01-01",
    "where": ["price"],
    "verified": "by hand",
}


def test_every_rule_of_payment_stands_in_the_registry():
    """A rule that no part names would be applied without a word of how far it is verified."""
    named = {rule_id for part in PARTS for rule_id in part.rules}
    assert {rule_id for rule_id in registry() if rule_id[0] == "P"} - named == set()


def test_each_payment_system_says_what_is_not_modelled():
    for system in modelled():
        assert any(part.state != "modelled" for part in system.parts), system.name
        names = [part.part for part in system.parts]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("left_out", ["rules", "since", "where", "verified"])
def test_a_modelled_part_without_what_it_rests_on_is_refused(left_out):
    msgspec.convert(WHOLE, Part)
    with pytest.raises(msgspec.ValidationError, match="are wanted"):
        msgspec.convert({k: v for k, v in WHOLE.items() if k != left_out}, Part)


@pytest.mark.parametrize("state", ["in part", "by report", "not modelled"])
def test_a_part_that_is_not_whole_says_what_is_missing(state):
    with pytest.raises(msgspec.ValidationError, match="a note says"):
        msgspec.convert({**WHOLE, "state": state}, Part)
    msgspec.convert({**WHOLE, "state": state, "note": "not this"}, Part)


def test_a_rule_that_is_not_there_is_refused():
    with pytest.raises(msgspec.ValidationError, match="no rule P99X"):
        msgspec.convert({**WHOLE, "rules": ["P99X"]}, Part)


def test_every_part_prints_with_its_state():
    said = "\n".join(lines_of(modelled()))
    for part in PARTS:
        assert f"  {part.state}: {part.part}\n" in f"{said}\n"
