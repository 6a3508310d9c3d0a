"""The line of business of a price, by names and by market type (rules M01 and F007)."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratepress.readers.line_of_business import LINES, UNSTATED, of_market_type, of_plan


def rows(name: str) -> list[dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


JUDGED = [tuple(row.values()) for row in rows("judged_lines.csv")]
"""Payers and plans of real hospitals' files and some made ones, judged by one person."""
ALL = [tuple(row.values()) for row in rows("lines_of_business_judged.csv")]
"""Every payer and plan of four real hospitals' files, judged by another: hospital and the same."""


@pytest.mark.parametrize(("payer_name", "plan_name", "line"), JUDGED)
def test_the_line_is_the_one_that_a_person_reads_from_the_names(
    payer_name: str, plan_name: str, line: str
) -> None:
    found, evidence = of_plan(payer_name, plan_name or None)
    assert found == line
    assert (evidence is None) == (line == "unknown"), "every decision names what decided it"


@pytest.mark.parametrize(("hospital", "payer_name", "plan_name", "line"), ALL)
def test_every_payer_and_plan_of_four_hospitals_has_the_line_judged_by_hand(
    hospital: str, payer_name: str, plan_name: str, line: str
) -> None:
    assert of_plan(payer_name, plan_name)[0] == line


def test_two_who_judged_apart_judged_alike() -> None:
    others = {row[1:3]: row[3] for row in ALL}
    both = [(row, others[row[:2]]) for row in JUDGED if row[:2] in others]
    assert len(both) > 100
    assert all(row[2] == line for row, line in both)


def test_the_judged_names_hold_every_line() -> None:
    assert {line for _, _, line in JUDGED} == set(LINES)


@given(st.sampled_from(JUDGED), st.integers(0, 99999), st.booleans())
def test_case_white_space_and_account_numbers_decide_nothing(
    judged: tuple[str, str, str], number: int, is_upper: bool
) -> None:
    payer_name, plan_name, line = judged
    if is_upper and not re.search("[a-z][A-Z]", payer_name + plan_name):  # EmbassyofQatar
        payer_name, plan_name = payer_name.upper(), plan_name.upper()
    assert of_plan(f"  {payer_name} [{number}] ", plan_name.replace(" ", "  "))[0] == line


@given(st.text(max_size=600), st.none() | st.text(max_size=600))
def test_any_names_at_all_give_a_known_line(payer_name: str, plan_name: str | None) -> None:
    line, evidence = of_plan(payer_name, plan_name)
    assert line in LINES
    assert (evidence is None) == (line == "unknown")


@pytest.mark.parametrize("name", ["[" * 100_000, "(" * 100_000, "medicare " * 100_000, "\x00", "é"])
def test_a_hostile_name_is_answered_and_quickly(name: str) -> None:
    assert of_plan(name, name)[0] in LINES


@pytest.mark.parametrize(
    ("market_type", "expected"),
    [
        ("group", ("commercial", "plan_market_type group")),
        (" Individual ", ("exchange", "plan_market_type individual")),
        (None, ("unknown", UNSTATED)),
        ("", ("unknown", UNSTATED)),
        ("large", ("unknown", "plan_market_type large")),
    ],
)
def test_a_payer_file_is_judged_by_its_market_type_alone(
    market_type: str | None, expected: tuple[str, str]
) -> None:
    assert of_market_type(market_type) == expected


@given(st.none() | st.text(max_size=300))
def test_any_market_type_gives_a_line_and_a_short_reason(market_type: str | None) -> None:
    line, evidence = of_market_type(market_type)
    assert line in LINES
    assert evidence is not None
    assert len(evidence) <= 60
