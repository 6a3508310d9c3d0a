"""Who a published payer name is: the register, its aliases, and the names it does not know."""

from __future__ import annotations

import csv
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratepress.market.payers import (
    BCBS_UNSPECIFIED,
    NAME_LIMIT,
    NATIONAL,
    identify,
    is_licensee,
    missing_national,
    unknown,
)

_TEXT = (resources.files("ratepress.market") / "payers.csv").read_text("utf-8")
REGISTER = list(csv.DictReader(_TEXT.splitlines()))
ALIASES = [
    (alias, row["payer_id"])
    for row in REGISTER
    for alias in (row["name"], *row["aliases"].split("|"))
]
STATES = sorted({state for row in REGISTER for state in row["bcbs_states"].split()})
# Each of these states has one Blue Cross Blue Shield company, or several (BCBSA member list).
ONE = {"GA": "anthem-ga", "FL": "florida-blue", "MA": "bcbs-ma", "TX": "bcbs-tx", "MD": "carefirst"}
SEVERAL = ("CA", "NY", "PA", "ID", "WA", "MO", "KS")
BARE = (
    "Bcbs",
    "BLUE CROSS BLUE SHIELD [110001]",
    "Blue Cross & Blue Shield",
    "BlueCrossBlueShield",
)


@pytest.mark.parametrize(("alias", "payer_id"), ALIASES)
def test_every_name_of_the_register_means_its_payer_in_any_case(alias: str, payer_id: str) -> None:
    for written in (alias, alias.upper(), f" {alias} [1001]", f"{alias}, Inc."):
        found = identify(written)
        assert (found.payer_id, found.is_known) == (payer_id, True)


def test_no_alias_stands_for_two_payers_and_no_id_twice() -> None:
    meant: dict[str, set[str]] = {}
    for alias, payer_id in ALIASES:
        meant.setdefault(alias.lower(), set()).add(payer_id)
    assert {alias: ids for alias, ids in meant.items() if len(ids) > 1} == {}
    assert len({row["payer_id"] for row in REGISTER}) == len(REGISTER)


@pytest.mark.parametrize(
    ("written", "payer_id"),
    [
        ("AETNA [1001]", "aetna"),
        ("Unitedhealthcare", "unitedhealthcare"),
        ("UNITED HEALTHCARE ALTERNATE [1020]", "unitedhealthcare"),
        ("CIGNA ALTERNATE [1018]", "cigna"),
        ("HARVARD PILGRIM ALTERNATE [120002]", "harvard-pilgrim"),
        ("MASSHEALTH [3001]", "masshealth"),
        ("Va Community Care Network", "va-ccn"),
        ("Private Healthcare Systems Ppo", "multiplan"),
        ("PHCS MULTIPLAN [1022]", "multiplan"),
        ("CareFirst BlueCross BlueShield", "carefirst"),
        ("Ambetter Health", "ambetter"),
        ("MEDICARE [2001]", "medicare"),
    ],
)
def test_the_spellings_of_real_files_are_known(written: str, payer_id: str) -> None:
    assert identify(written).payer_id == payer_id


@pytest.mark.parametrize("written", BARE)
def test_a_bare_blue_cross_is_the_one_licensee_of_the_hospitals_state(written: str) -> None:
    for state, payer_id in ONE.items():
        assert identify(written, state).payer_id == payer_id
        assert identify(written, state.lower()).payer_id == payer_id
    for state in (*SEVERAL, None, "", "XX"):
        found = identify(written, state)
        assert (found.payer_id, found.is_known) == (BCBS_UNSPECIFIED, True)


def test_a_state_decides_nothing_for_another_name() -> None:
    assert identify("Aetna", "GA") == identify("Aetna")
    assert identify("Blue Cross Blue Shield of Texas", "GA").payer_id == "bcbs-tx"


def test_an_unknown_name_passes_through_with_its_white_space_folded() -> None:
    found = identify("  Acme   Health\tPlan ")
    assert (found.name, found.is_known, found.parent) == ("Acme Health Plan", False, None)
    assert found.payer_id.startswith("x-acme-health-plan-")


@pytest.mark.parametrize(
    "name", ["", "   ", "\x00", "é" * 5000, "A" * 100_000, "[" * 50_000, "\ud800"]
)
def test_a_hostile_or_empty_name_has_an_identity_that_fits_a_page(name: str) -> None:
    found = identify(name)
    assert 0 < len(found.name) <= NAME_LIMIT
    assert found.payer_id.isascii()
    assert len(found.payer_id) <= 80


def test_long_names_that_differ_at_their_ends_are_two_payers() -> None:
    assert identify("A" * 5000 + "1").payer_id != identify("A" * 5000 + "2").payer_id


@given(st.text(), st.none() | st.sampled_from(STATES) | st.text(max_size=4))
def test_any_name_has_one_stable_identity(name: str, state: str | None) -> None:
    found = identify(name, state)
    identify.cache_clear()
    assert identify(name, state) == found
    assert found.payer_id
    assert found.name.strip() == found.name != ""
    assert found.evidence


@given(st.text(min_size=1), st.text(min_size=1))
def test_two_unknown_names_are_never_one_payer(one: str, other: str) -> None:
    ids = {name: identify(name) for name in (one, other)}
    if one != other and not any(found.is_known for found in ids.values()):
        assert ids[one].payer_id != ids[other].payer_id


def test_unknown_lists_what_the_register_does_not_know() -> None:
    assert unknown(["Zeta", "Aetna", "Acme", "Acme"]) == ["Acme", "Zeta"]


@pytest.mark.parametrize(
    "row", [row for row in REGISTER if row["bcbs_states"]], ids=lambda r: r["payer_id"]
)
def test_every_company_with_a_licence_area_is_a_licensee(row: dict[str, str]) -> None:
    assert is_licensee(row["payer_id"])


def test_national_payers_that_were_not_found_are_named_and_any_licensee_answers_for_bcbs() -> None:
    names = [name for _, name in NATIONAL]
    assert missing_national([]) == names
    assert missing_national(["carefirst"]) == [name for key, name in NATIONAL if key != "bcbs"]
    assert missing_national([key for key, _ in NATIONAL if key != "bcbs"]) == [
        dict(NATIONAL)["bcbs"]
    ]
    assert not is_licensee("aetna")
    assert not is_licensee("no-such-payer")
