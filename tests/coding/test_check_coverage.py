"""Rule C84: diagnoses against coverage documents, by hand and against a plain reading at random."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budget import some
from claim_lines import row, table
from coverage_layouts import articles, linked, mcd
from medicare_layouts import gpci, pprrvu
from ratepress.coding.claims.run import CheckedLine, check_lines
from ratepress.lake.store import Lake
from ratepress.readers.add import add

FIRST = date(2026, 7, 1)
GEORGIA, ALABAMA = "10212-01", "10112-00"
LOCALITIES = (
    ("10112", "AL", "00", "ALABAMA", "1.000", "0.9", "0.6"),
    ("10212", "GA", "01", "ATLANTA, GA", "1.000", "1.0", "0.9"),
)


def who(number: str) -> dict[str, str]:
    return {"contractor_id": number, "contractor_type_id": "12", "contractor_version": "1"}


def tables(made: list[dict[str, Any]]) -> Iterator[tuple[str, bytes]]:
    """The download's tables of articles, each with lists and the contractor of a state."""
    yield from articles(made).items()
    held = [
        (one, {"GA": "1", "AL": "2", "part": "3"}[one["state"]]) for one in made if one["state"]
    ]
    yield (
        "e.csv",
        mcd(
            "article_x_contractor",
            *(linked("article", one["id"], str(one["version"]), **who(n)) for one, n in held),
        ),
    )
    yield "f.csv", mcd("contractor", *(who(n) | {"contractor_bus_name": n} for n in "123"))
    yield "g.csv", mcd("contractor_jurisdiction", who("1") | {"state_id": "11"},
                       who("2") | {"state_id": "12"}, who("3") | {"state_id": "13"})  # fmt: skip
    yield "h.csv", mcd("state_lookup", {"state_id": "11", "state_abbrev": "GA"},
                       {"state_id": "12", "state_abbrev": "AL"},
                       {"state_id": "13", "state_abbrev": "XN"})  # fmt: skip
    yield "rvu.csv", pprrvu(*(row(code, "10.00") for code in ("32550", "32557")))
    yield "gpci.csv", gpci(*LOCALITIES)


def checked(
    made: list[dict[str, Any]], *lines: dict[str, str], more: dict[str, bytes] | None = None
) -> tuple[CheckedLine, ...]:
    with tempfile.TemporaryDirectory() as name:
        lake = Lake.create(Path(name) / "lake")
        for file, data in (*tables(made), *(more or {}).items()):
            if file in (more or {}) or data.count(b"\n") > 1:  # A table without rows is none.
                (Path(name) / file).write_bytes(data)
                add(lake, Path(name) / file)
        return check_lines(lake, table(*lines))[0]


def document(number: str = "50001", **more: Any) -> dict[str, Any]:
    plain = {"version": 1, "first": FIRST, "until": None, "state": "", "codes": {"32557"},
             "covered": {"J90"}, "excluded": set()}  # fmt: skip
    return {"id": number, **plain, **more}


def line(diagnoses: str, **more: str) -> dict[str, str]:
    return {"claim_id": f"of {diagnoses}", "diagnoses": diagnoses, "locality": GEORGIA, **more}


def found(one: CheckedLine) -> list[tuple[str, str]]:
    return [(f.case, f.verdict) for f in one.findings if f.rule == "C84"]


def test_one_covered_diagnosis_is_enough_and_points_and_case_do_not_matter() -> None:
    lines = [line("J90"), line("j90 R05.9"), line("R059"), line("")]
    covered, among, other, none = checked([document()], *lines)
    assert found(covered) == found(among) == found(none) == []
    assert "C84" not in covered.rules + covered.not_assessed
    assert found(other) == [("diagnosis-not-listed", "review")]
    assert "C84" in none.not_assessed
    finding = next(f for f in other.findings if f.rule == "C84")
    assert finding.reason == (
        "Article A50001 version 1 covers 32557 for the diagnoses that it lists, and R059 is not"
        " among them. No loaded file says in which states it holds."
    )
    assert (finding.carc, finding.rarc) == (("50",), ("N115",))


def test_an_excluded_diagnosis_is_named_unless_another_is_covered() -> None:
    made = [document(excluded={"R05.9"}), document("50002", covered=set(), excluded={"J91.0"})]
    first, second, third = checked(made, line("R05.9"), line("R05.9 J90"), line("J91.0"))
    assert found(first) == [("diagnosis-excluded", "review")]
    assert first.findings[0].reason.startswith(
        "Article A50001 version 1 lists R059 among the diagnoses that do not support 32557."
    )
    assert found(second) == []
    # Each document answers for itself: 50001 does not list it.
    assert set(found(third)) == {
        ("diagnosis-excluded", "review"), ("diagnosis-not-listed", "review"),
    }  # fmt: skip


def test_a_list_of_exclusions_alone_says_nothing_of_other_diagnoses() -> None:
    made = [document(covered=set(), excluded={"R05.9"})]
    assert found(checked(made, line("K35.80"))[0]) == []


def test_a_code_that_no_document_names_and_a_day_before_all_are_not_judged() -> None:
    other_code, before = checked(
        [document()], line("R05.9", code="32550"), line("R05.9", date="2026-06-30")
    )
    assert found(other_code) == found(before) == []
    assert "C84" in other_code.not_assessed


def test_the_document_of_another_state_is_left_out_and_without_a_state_all_are_read() -> None:
    made = [document(state="GA"), document("50002", state="AL", covered={"R05.9"})]
    here, there, nowhere, neither = checked(
        made,
        line("R05.9"),
        line("R05.9", claim_id="al", locality=ALABAMA),
        line("R05.9", claim_id="no", locality=""),
        line("K35.80", claim_id="k", locality=""),
    )
    assert found(here) == [("diagnosis-not-listed", "review")]
    assert found(there) == []
    # What one contractor covers and another does not depends on where it was.
    assert found(nowhere) == found(neither) == [("diagnosis-not-listed", "review")]
    reasons = [
        next(f.reason for f in one.findings if f.rule == "C84") for one in (nowhere, neither)
    ]
    for reason in reasons:
        assert "A50001 version 1 covers" in reason
        assert "It holds in GA, and the line does not say where" in reason
    assert [reason.endswith(" 1 more coverage documents say the same.") for reason in reasons] == [
        False, True,
    ]  # fmt: skip


def test_a_document_of_a_part_of_a_state_is_asked_everywhere() -> None:
    """Such a part has an abbreviation of its own, which no locality has."""
    made = [document(state="part")]
    here, there = checked(made, line("R05.9"), line("R05.9", claim_id="al", locality=ALABAMA))
    assert found(here) == found(there) == [("diagnosis-not-listed", "review")]


def test_a_copy_that_states_diagnoses_by_code_is_asked_too() -> None:
    copy = {"32557": {"covered": ["J90"], "lcdIds": ["L30001"], "notCovered": ["R05.9"]}}
    more = {"copy.json": json.dumps(copy).encode()}
    lines = [line("J90"), line("R05.9"), line("K35.80"), line("J90", code="32550")]
    covered, excluded, other, unnamed = checked([], *lines, more=more)
    assert found(covered) == []
    assert "C84" not in covered.not_assessed
    assert found(excluded) == [("diagnosis-excluded", "review")]
    assert found(other) == [("diagnosis-not-listed", "review")]
    assert "C84" in unnamed.not_assessed
    assert other.findings[0].reason.startswith("A copy of coverage lists covers 32557")


@pytest.mark.parametrize("kind", ["inpatient", "outpatient"])
def test_outpatient_lines_are_judged_and_inpatient_ones_are_not(kind: str) -> None:
    (one,) = checked([document()], line("R05.9", claim_type=kind, drg="470", ccn="110010"))
    assert bool(found(one)) is (kind == "outpatient")
    assert ("C84" in one.not_assessed) is (kind == "inpatient")


DAYS = st.integers(0, 20).map(lambda n: FIRST + timedelta(days=n))
DOCUMENTS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from(("50001", "50002", "50003")),
            "version": st.integers(1, 12),
            "first": DAYS,
            "until": st.none() | DAYS,
            "state": st.sampled_from(("", "GA", "AL", "part")),
            "codes": st.sets(st.sampled_from(("32550", "32557"))),
            "covered": st.sets(st.sampled_from(("J90", "J91.0"))),
            "excluded": st.sets(st.sampled_from(("J90", "R05.9"))),
        }
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda one: (one["id"], one["version"]),
)
LINES = st.lists(
    st.fixed_dictionaries(
        {
            "claim_id": st.just("1"),
            "date": DAYS.map(str),
            "code": st.sampled_from(("32550", "32557")),
            "diagnoses": st.lists(
                st.sampled_from(("J90", "J91.0", "J910", "R05.9", "K35.80", "x")), max_size=3
            ).map(" ".join),
            "locality": st.sampled_from((GEORGIA, ALABAMA, "", "99999-99")),
        }
    ),
    min_size=5,
    max_size=40,
)


def plainly(made: list[dict[str, Any]], one: dict[str, str]) -> set[str]:
    """The cases of a line by the words of C84, document by document."""
    on, state = date.fromisoformat(one["date"]), {GEORGIA: "GA", ALABAMA: "AL"}.get(one["locality"])
    highest: dict[str, dict[str, Any]] = {}
    for version in made:
        holds = version["first"] <= on <= (version["until"] or date.max)
        had = highest.get(version["id"])
        # A version without codes in the lake cannot say that it names none.
        if version["codes"] and holds and (had is None or version["version"] > had["version"]):
            highest[version["id"]] = version
    read = [
        version
        for version in highest.values()
        if one["code"] in version["codes"]
        and (state is None or version["state"] in ("", "part", state))
    ]
    # `x` has not the form of a code (C86).
    stated = {d.replace(".", "").upper() for d in one["diagnoses"].split()} - {"X"}
    cases = set()
    for version in read if stated else ():
        covered, excluded = (
            {d.replace(".", "") for d in version[name]} for name in ("covered", "excluded")
        )
        if stated & (covered - excluded):
            continue
        if stated & excluded:
            cases.add("diagnosis-excluded")
        elif covered:
            cases.add("diagnosis-not-listed")
    return cases


@settings(max_examples=some(4), deadline=None, suppress_health_check=list(HealthCheck))
@given(DOCUMENTS, LINES)
def test_both_ways_agree(made: list[dict[str, Any]], lines: list[dict[str, str]]) -> None:
    for one, answer in zip(lines, checked(made, *lines), strict=True):
        assert {case for case, _ in found(answer)} == plainly(made, one), one
