"""Payers of hospital JSON: Arrow's columns are those that objects give, or are not taken."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec import Raw

from ratepress.readers.hospital.json_fast import payers
from ratepress.readers.hospital.json_fast.numbers import Odd
from ratepress.readers.hospital.json_fast.payers import Payers, payers_of
from ratepress.readers.hospital.json_fast.shapes import ABSENT


def raws(*lines: str) -> list[Raw]:
    return [Raw(line.encode()) if line else ABSENT for line in lines]


def told(found: Payers) -> Any:
    """All that is known of each row, and of all; an absent text is as null."""
    named = [[text or None for text in found.templates[at]] for at in found.template.tolist()]
    amounts = [
        (a.scaled.tolist(), a.has_value.tolist(), [(rule, rows.tolist()) for rule, rows in a.met])
        for a in found.amounts
    ]
    samples = [[a.sample(rows[0]) for _, rows in a.met] for a in found.amounts]
    counts = [found.counts[at] for at in found.count.tolist()]
    return (
        *(found.per_line.tolist(), named, counts, amounts, samples),
        *(found.n_keys, sorted(found.met)),
    )


TAKEN = {
    "lines with payers, with none, null and absent": (
        '[{"payer_name": "A", "plan_name": "P"}, {"payer_name": "B"}]',
        "[]",
        "null",
        "",
        '[{"payer_name": "A", "plan_name": "P"}]',
    ),
    "numbers in all their forms": (
        '[{"standard_charge_dollar": 1200.50}, {"standard_charge_dollar": 1e3}]',
        '[{"standard_charge_percentage": 70.123456}, {"median_amount": 7}]',
        '[{"median_amount": 99999999999999.9999}, {"median_amount": 1E13}, {}]',
    ),
    "zero, less and nine nines": (
        '[{"median_amount": 5}, {"median_amount": 0.00}, {"median_amount": -3.10}]',
        '[{"median_amount": -0}, {"median_amount": 999999999.5}]',
    ),
    "keys that state null": ('[{"count": null, "median_amount": null, "payer_name": "A"}]',),
    "marks and backslashes in texts": (
        r'[{"payer_name": "a\": \\", "plan_name": "\\\\", "count": " 12 "}]',
    ),
    "white space everywhere": ('[\n{ "payer_name"\n:\n"A" ,\r\n"count" : "11"\t} , {} ]',),
    "characters with escapes": (r'[{"payer_name": "\u00e9\ud83d\ude00\u2019"}]',),
    "a text like the end of a key": ('[{"payer_name": ": x", "plan_name": " :"}]',),
}
LEFT = {
    "a number too fine": '[{"standard_charge_dollar": 1.23456}]',
    "a number of too many digits": '[{"standard_charge_dollar": 12345678901234567890}]',
    "a number too large by its places": '[{"standard_charge_dollar": 100000000000000}]',
    "a number too small by its places": '[{"median_amount": -100000000000000}]',
    "a number larger than 64 bits": '[{"median_amount": 18446744073709552}]',
    "a share too large": '[{"standard_charge_percentage": 1e12}]',
    "an escaped key that states null": r'[{"payer_nam\u0065": null}]',
    "a text like a key beside a null": '[{"payer_name": ":a", "plan_name": null}]',
}
REFUSED = {
    "a number as text": '[{"standard_charge_dollar": "12.50"}]',
    "a number as text beside a null": '[{"standard_charge_dollar": "12", "count": null}]',
    "as many texts like keys as numbers as text": '[{"payer_name": ":", "median_amount": "1"}]',
    "a text as number": '[{"payer_name": 7}]',
    "an unknown key": '[{"mine": 7}]',
    "null in place of a payer": "[null]",
    "an object": '{"payer_name": "A"}',
}


@pytest.mark.parametrize("what", TAKEN)
def test_the_columns_of_arrow_are_those_of_objects(what: str) -> None:
    lines = raws(*TAKEN[what])
    found = payers._by_arrow(lines)
    assert found is not None
    assert told(found) == told(payers._by_objects(lines))


@pytest.mark.parametrize("what", LEFT)
def test_what_arrow_would_read_otherwise_is_left_to_objects(what: str) -> None:
    lines = raws(LEFT[what])
    assert payers._by_arrow(lines) is None
    assert told(payers_of(lines)) == told(payers._by_objects(lines))


@pytest.mark.parametrize("what", REFUSED)
def test_another_type_is_refused_by_both(what: str) -> None:
    lines = raws(REFUSED[what])
    assert payers._by_arrow(lines) is None
    with pytest.raises((msgspec.ValidationError, Odd)):
        payers_of(lines)


def test_a_key_that_stands_twice_is_counted_twice() -> None:
    """So the items have fewer keys than their text, and are read one by one."""
    lines = raws(
        '[{"payer_name": "A", "payer_name": "B"}, {"median_amount": 1, "median_amount": 2}]'
    )
    assert payers._by_arrow(lines) is None
    assert payers_of(lines).n_keys == 2


def test_the_columns_are_what_is_written() -> None:
    found = payers_of(
        raws(
            '[{"payer_name": "A", "standard_charge_dollar": 0.00, "count": "12"}, {"count": "12"}]'
        )
    )
    assert told(found)[:3] == ([2], [["A", *[None] * 4], [None] * 5], ["12", "12"])
    dollars = found.amounts[0]
    assert (dollars.scaled.tolist(), dollars.has_value.tolist()) == ([0, 0], [True, False])
    assert [(rule, rows.tolist()) for rule, rows in dollars.met] == [("F205", [0])]
    assert dollars.sample(0) == "0.00"
    assert (found.n_keys, sorted(found.met)) == (
        4,
        ["count", "payer_name", "standard_charge_dollar"],
    )
