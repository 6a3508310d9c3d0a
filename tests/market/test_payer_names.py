"""Payers by the names that real files give them, and Blue Cross Blue Shield by state.

The names are those of the four hospital files whose payers and plans are judged beside
`tests/readers/test_line_of_business.py`; each was given its payer by reading it.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratepress.lake.store import Lake
from ratepress.market.payers import PayerIdentity, identify, is_licensee, unknown
from ratepress.market.states import STATES

JUDGED = Path(__file__).parents[1] / "readers" / "lines_of_business_judged.csv"
STATE = {
    "emory-university-hospital": "GA",
    "adventhealth-orlando": "FL",
    "marthas-vineyard": "MA",
    "md-anderson": "TX",
}
# Every payer name of the four files: what it begins with, in lower case, and who that is.
READ = {
    "adventhealth castcare disney": "castcare",
    "aetna": "aetna",
    "allegiance": "allegiance",
    "ambetter health": "ambetter",
    "amerigroup": "amerigroup",
    "avmed": "avmed",
    "beijingst.lucia": "beijing-st-lucia",
    "caresource": "caresource",
    "carelon": "carelon",
    "centene": "centene",
    "chickasaw_nation_": "chickasaw-nation",
    "cigna": "cigna",
    "clover health": "clover",
    "commonwealth care alliance": "commonwealth-care-alliance",
    "community care plan": "community-care-plan",
    "danish_health_authority_": "danish-health-authority",
    "devoted health": "devoted",
    "driscoll_medicaid_": "driscoll",
    "embassyofqatar": "embassy-of-qatar",
    "emergingtherapysolutions": "emerging-therapy",
    "first health": "first-health",
    "freedom health": "freedom",
    "generic medicare replacement": "medicare-replacement-unnamed",
    "harvard pilgrim": "harvard-pilgrim",
    "health first health plans": "health-first",
    "healthsmart": "healthsmart",
    "humana": "humana",
    "interlink": "interlink",
    "international commercial": "international-commercial",
    "kaiser": "kaiser",
    "kelseycare_": "kelseycare",
    "longevity health plan": "longevity",
    "magellan health": "magellan",
    "masshealth": "masshealth",
    "medicare": "medicare",
    "memorialhermannhealth": "memorial-hermann",
    "mgb health plan": "mgb-health-plan",
    "molina healthcare": "molina",
    "multiplan": "multiplan",
    "ontarioministriesofhealth": "ontario-health",
    "optimum healthcare": "optimum",
    "optum": "optum",
    "oscar": "oscar",
    "peach state health plan": "peach-state",
    "phcs": "multiplan",
    "private healthcare systems ppo": "multiplan",
    "promptpay_": "patient",
    "saudiarmedforces": "saudi-armed-forces",
    "simply healthcare": "simply",
    "sonder health plans": "sonder",
    "sunshine state health plan": "sunshine-state",
    "texaschildrens": "texas-childrens",
    "tricare": "tricare",
    "tufts health plan": "tufts",
    "uae_medical_": "uae-doh",
    "uaepoliceattache": "uae-police",
    "united healthcare": "unitedhealthcare",
    "unitedhealthcare": "unitedhealthcare",
    "upmc": "upmc",
    "ut_care_": "ut-care",
    "va community care network": "va-ccn",
    "vacare": "va-ccn",
    "wellcare": "wellcare",
    "wellsense": "wellsense",
    "world_trade_center_": "wtc-health-program",
}
# A bare name, by the hospital's state.
BLUE = {"GA": "anthem-ga", "FL": "florida-blue", "MA": "bcbs-ma", "TX": "bcbs-tx"}


def names_of_real_files() -> set[tuple[str, str]]:
    with JUDGED.open(encoding="utf-8", newline="") as text:
        return {(STATE[row["hospital"]], row["payer"]) for row in csv.DictReader(text)}


def test_every_payer_of_four_real_files_is_who_it_was_read_to_be() -> None:
    wrong = {}
    for state, name in names_of_real_files():
        lower = name.lower()
        if lower.startswith(("bcbs", "blue")):
            expected = BLUE[state]
        else:
            start = max((s for s in READ if lower.startswith(s)), key=len, default="")
            expected = READ.get(start, f"nobody read {name}")
        if identify(name, state).payer_id != expected:
            wrong[state, name] = expected
    assert wrong == {}


def test_no_payer_of_the_real_files_is_unknown() -> None:
    assert unknown(name for _, name in names_of_real_files()) == []


@pytest.mark.parametrize("postal", sorted(set(STATES.values())))
def test_each_state_has_a_licensee_and_a_bare_name_never_names_another_states(postal: str) -> None:
    found = identify("Bcbs", postal)
    assert is_licensee(found.payer_id)
    assert found.payer_id == "bcbs-unspecified" or found.evidence == f"the licensee of {postal}"


def test_a_state_with_several_licensees_names_them() -> None:
    """The association's list: one company in most states, several in these."""
    several = {state for state in STATES.values() if "licensees in" in blue(state).evidence}
    assert several == {"CA", "ID", "KS", "MO", "NY", "PA", "VA", "WA"}
    assert blue("PA").evidence == "3 licensees in PA, capital-blue, highmark-pa, independence"


def blue(state: str) -> PayerIdentity:
    return identify("Blue Cross Blue Shield", state)


def test_anthem_is_the_licensee_of_fourteen_states() -> None:
    """Elevance Health holds the licences of fourteen states."""
    stated = {state: identify("Anthem", state).payer_id for state in STATES.values()}
    ours = {state for state, payer_id in stated.items() if payer_id != "anthem-unspecified"}
    assert " ".join(sorted(ours)) == "CA CO CT GA IN KY ME MO NH NV NY OH VA WI"
    for state in ours:
        assert identify("Anthem BCBS", state).payer_id == f"anthem-{state.lower()}"


@pytest.mark.parametrize(
    ("written", "state", "payer_id"),
    [
        ("Anthem", "FL", "anthem-unspecified"),
        ("Anthem", None, "anthem-unspecified"),
        ("Anthem Blue Cross", None, "anthem-ca"),
        ("Anthem Blue Cross", "NY", "anthem-ny"),
        ("Blue Cross", "CA", "anthem-ca"),
        ("Blue Shield", "CA", "blue-shield-ca"),
        ("Blue Cross", "ID", "blue-cross-id"),
        ("Blue Shield", "WA", "regence-wa"),
        ("Highmark", "DE", "highmark-de"),
        ("Highmark", "PA", "highmark-pa"),
        ("Regence", "UT", "regence-ut"),
        ("BCBS of Alabama", "GA", "bcbs-al"),
        ("BCBS AL PPO", "GA", "bcbs-al"),
        ("Blue Cross & Blue Shield of Mississippi", None, "bcbs-ms"),
        ("BCBS of New York", None, "bcbs-unspecified"),
        ("Blue Cross Blue Shield of Kansas City", "MO", "bcbs-kc"),
        ("BCBS MA PPO", "GA", "anthem-ga"),  # Medicare Advantage
        ("BCBS MA PPO", "MA", "bcbs-ma"),  # Massachusetts
        ("BCBS of MA", "GA", "bcbs-ma"),
        (
            "Blue Cross and Blue Shield of Illinois, a Division of Health Care Service Corporation",
            None,
            "bcbs-il",
        ),
        ("Healthfirst", "NY", "healthfirst-ny"),
        ("Health First", "FL", "health-first"),
    ],
)
def test_the_state_tells_licensees_of_one_name_apart(
    written: str, state: str | None, payer_id: str
) -> None:
    assert identify(written, state).payer_id == payer_id


@pytest.mark.parametrize(
    ("written", "payer_id"),
    [
        ("Aetna Medicare HMO", "aetna"),
        ("CIGNA OPEN ACCESS PLUS", "cigna"),
        ("Molina Healthcare of Ohio, Inc.", "molina"),
        ("United Health Care", "unitedhealthcare"),
        ("Humana Military", "tricare"),
        ("Medicare Outpatient", "medicare"),
        ("Medicare Advantage", "medicare-replacement-unnamed"),
        ("Medicaid HMO", "medicaid-managed-unnamed"),
    ],
)
def test_a_product_behind_a_name_changes_the_payer_only_of_a_programme(
    written: str, payer_id: str
) -> None:
    assert identify(written).payer_id == payer_id


@pytest.mark.parametrize(
    "written",
    ["United Concordia", "Horizon Therapeutics", "Blue Distinction", "Aetna Street Clinic", "PPO"],
)
def test_a_name_that_only_begins_like_a_payer_is_unknown(written: str) -> None:
    assert not identify(written, "GA").is_known


def test_every_row_of_the_register_has_a_kind_and_every_state_alias_a_payer() -> None:
    folder = resources.files("ratepress.market")
    rows = list(csv.DictReader((folder / "payers.csv").read_text("utf-8").splitlines()))
    kinds = {row["kind"] for row in rows}
    assert kinds == {
        "insurer", "licensee", "network", "government", "patient", "medical group",
    }  # fmt: skip
    known = {row["payer_id"]: row for row in rows}
    for row in rows:
        assert bool(row["bcbs_states"]) <= (row["kind"] == "licensee"), row
    local = csv.DictReader((folder / "payer_aliases.csv").read_text("utf-8").splitlines())
    for row in local:
        for state in row["states"].split():
            assert state in STATES.values()
            assert identify(row["alias"], state).payer_id == row["payer_id"]
            assert row["payer_id"] in known


@given(st.sampled_from(sorted(names_of_real_files())), st.text(max_size=8))
def test_punctuation_and_numbers_in_brackets_decide_nothing(
    named: tuple[str, str], noise: str
) -> None:
    state, name = named
    tail = "".join(c for c in noise if not (c.isascii() and c.isalnum()) and c not in "[]&'")
    expected = identify(name, state).payer_id
    assert identify(f"{name}{tail} [12345]", state).payer_id == expected


NAMED = Path(__file__).parent / "payers_judged.csv"
"""Every payer that a file of the collection names, by the hospital's state, judged by hand."""


def judged() -> list[dict[str, str]]:
    with NAMED.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def test_265_of_345_names_are_payers_of_the_register_and_the_rest_are_none_for_a_reason() -> None:
    """Of the rest 55 are Californian medical groups and hospitals, which take a plan's risk and
    are each a payer of its own; 17 were made for examples; 8 nobody could identify."""
    rows = judged()
    assert len({(row["state"], row["payer_name"]) for row in rows}) == len(rows) == 345
    assert len([row for row in rows if row["payer_id"]]) == 265
    assert Counter(row["why_unknown"] for row in rows if not row["payer_id"]) == {
        "a medical group or hospital at risk": 55,
        "made for an example": 17,
        "not identified": 8,
    }


@pytest.mark.parametrize("row", judged(), ids=lambda row: f"{row['state']} {row['payer_name']}")
def test_each_name_is_the_payer_it_was_judged_to_be(row: dict[str, str]) -> None:
    found = identify(row["payer_name"], row["state"] or None)
    assert found.is_known is bool(row["payer_id"])
    if row["payer_id"]:
        assert found.payer_id == row["payer_id"]
        assert not row["why_unknown"]


@pytest.mark.files
def test_every_payer_of_the_real_lake_and_of_the_heads_of_files_was_judged(
    real_lake: Lake, data_folder: Path
) -> None:
    """Wide headers name payers in their columns, JSON heads in what they say of modifiers."""
    known = {row["payer_name"] for row in judged()}
    with real_lake.connect() as connection:
        rows = connection.execute("SELECT DISTINCT payer_name FROM rates").fetchall()
    named = {name for (name,) in rows if name}
    for path in sorted((data_folder / "price_files/hpt_headers").rglob("*_header.*")):
        text = path.read_text("utf-8", errors="replace")
        columns = re.findall(r"additional_payer_notes\|([^|\",]+)\|[^|\",]+", text)
        objects = re.findall(r'"payer_name": *"((?:[^"\\]|\\.)*)"', text)
        named |= {name.strip() for name in columns}
        named |= {json.loads(f'"{name}"') for name in objects}
    assert len(named) > 200
    assert named - known == set()
