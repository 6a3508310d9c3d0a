"""`ratepress inspect`: text for people, JSON for programs, exit code 3 for what cannot be read."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from cli_calls import Call
from hospital_files import ROW, tall

INDEX = {
    "reporting_entity_name": "West\u001b[31m",
    "reporting_entity_type": "issuer",
    "reporting_structure": [
        {
            "reporting_plans": [{"plan_name": "Gold", "plan_id": "1", "plan_id_type": "hios",
                                 "plan_market_type": "Group"}],
            "in_network_files": [{"description": "rates", "location": "http://x.example/a"}],
        }
    ],
}  # fmt: skip


@pytest.fixture
def index(tmp_path: Path) -> Path:
    path = tmp_path / "index.json"
    path.write_text(json.dumps(INDEX))
    return path


def test_inspect_for_people_tells_kind_grade_versions_and_rules(call: Call, index: Path) -> None:
    said = call("inspect", index)
    assert said.code == 0
    assert "index.json: payer-table-of-contents, grade C" in said.out
    assert "2 read, 2 loaded" in said.out
    assert "held to schema 1.6.2" in said.out
    for rule_id in ("F136", "F150", "F152", "F154"):
        assert rule_id in said.out
    assert "\u001b" not in said.out


def test_inspect_as_json_has_every_deviation(call: Call, index: Path) -> None:
    (file,) = call("inspect", index, "--json").json["data"]["files"]
    told = {(d["rule_id"], d["subject"]): d["count"] for d in file["deviations"]}
    assert told == {
        ("F136", "location"): 1, ("F150", "version"): 1,
        ("F152", "plan_market_type"): 1, ("F154", "location"): 1,
    }  # fmt: skip
    place = "reporting_structure[0].in_network_files[0]"
    assert {d["first_place"] for d in file["deviations"] if d["subject"] == "location"} == {place}
    assert (file["grade"], file["refused"]) == ("C", None)


def test_another_schema_may_be_named(call: Call, index: Path) -> None:
    said = call("inspect", index, "--schema", "1.0.0", "--json")
    (file,) = said.json["data"]["files"]
    assert {d["rule_id"] for d in file["deviations"]} == {"F136", "F152"}
    assert call("inspect", index, "--schema", "9").code == 2


def test_a_file_that_cannot_be_read_is_3_and_the_others_are_told(call: Call, index: Path) -> None:
    cut = index.parent / "cut.json"
    cut.write_bytes(index.read_bytes()[:-5])
    said = call("inspect", cut, index)
    assert said.code == 3
    assert "cut.json: payer-table-of-contents, grade F" in said.out
    assert "index.json: payer-table-of-contents, grade C" in said.out
    assert "not valid JSON" in said.err
    as_json = call("inspect", cut, index, "--json")
    assert as_json.code == 3
    assert [file["grade"] for file in as_json.json["data"]["files"]] == ["F", "C"]


def test_what_was_not_assessed_is_said(call: Call, tmp_path: Path) -> None:
    """A file of rates cannot show whether its providers do what they are priced for."""
    path = tmp_path / "rates.json"
    path.write_text('{"reporting_entity_name": "West", "in_network": []}')
    assert "not assessed: Whether the providers do what they are priced for" in (
        " ".join(call("inspect", path).out.split())
    )
    (file,) = call("inspect", path, "--json").json["data"]["files"]
    (gap,) = file["not_assessed"]
    assert set(gap) == {"type", "what", "why", "which_source_would_fill_it"}
    assert gap["type"] == "gap"


def test_the_findings_of_hospital_files_are_listed_in_a_csv(call: Call, tmp_path: Path) -> None:
    row = ROW | {"setting": '=cmd|"/c calc"!A1'}
    file, listing = tmp_path / "hospital.csv", tmp_path / "findings.csv"
    file.write_bytes(tall(ROW, row, row))
    said = call("inspect", file, "--list", listing)
    assert said.code == 0
    assert "F412" in said.out
    # The reader's own rule for the same fact is named beside it and not told a second time.
    assert "add counts  F412 as F210" in " ".join(said.out.split("\n"))
    told = list(csv.DictReader(listing.read_text("utf-8").splitlines()))
    settings = [one for one in told if one["rule"] == "F412"]
    assert [(one["file"], one["cell"], one["column"]) for one in settings] == [
        ("hospital.csv", "G5", "setting"), ("hospital.csv", "G6", "setting"),
    ]  # fmt: skip
    # A spreadsheet must not take a cell of a stranger's for a formula.
    assert all(one["value"].startswith("'=") for one in settings)


def test_a_listing_that_cannot_be_written_is_an_error(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "hospital.csv"
    file.write_bytes(tall(ROW))
    said = call("inspect", file, "--list", tmp_path / "none" / "findings.csv", "--json")
    assert (said.code, said.json["error"]["code"]) == (3, "unreadable-input")


def test_a_template_may_be_named(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "hospital.csv"
    file.write_bytes(tall(ROW))
    said = call("inspect", file, "--schema", "2.2.1")
    assert "held to schema 2.2.1" in said.out
    assert call("inspect", file, "--schema", "3.1.0").code == 2
