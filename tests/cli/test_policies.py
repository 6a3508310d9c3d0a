"""`ratepress policies`: what a policy says on a day, and what changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli_calls import Call
from ratepress.lake.store import Lake
from ratepress.readers.add import add
from registers import NEW, OLD, register


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A lake with one register of two versions."""
    lake = Lake.create(tmp_path / "lake")
    (tmp_path / "register.csv").write_bytes(register(OLD, NEW))
    add(lake, tmp_path / "register.csv")
    return lake.root


def test_the_version_of_the_day_is_told(call: Call, folder: Path) -> None:
    done = call("policies", "32557", "--date", "2025-06-01", "--lake", folder)
    assert done.code == 0
    assert "covered with criteria" in done.out
    assert "not covered" not in done.out
    data = call("policies", "32557", "--date", "2026-06-01", "--lake", folder, "--json").json
    assert [one["stance"] for one in data["data"]["policies"]] == ["not covered"]


def test_changes_are_told_with_both_values(call: Call, folder: Path) -> None:
    done = call("policies", "--changes", "--lake", folder, "--json").json
    assert {one["field"]: (one["before"], one["after"]) for one in done["data"]["changes"]}[
        "codes"
    ] == ("cpt:32550", "ms-drg:470")
    none = call("policies", "99213", "--changes", "--lake", folder)
    assert "No policy stands in the lake in two states" in none.out


def test_without_a_policy_the_gap_is_told(call: Call, folder: Path) -> None:
    done = call("policies", "32550", "--date", "2026-06-01", "--lake", folder)
    assert "has none in force on 2026-06-01 that names 32550" in done.out


def test_a_code_without_a_date_is_wrong_usage(call: Call, folder: Path) -> None:
    assert call("policies", "32550", "--lake", folder).code == 2


def test_a_wrong_register_is_refused_with_its_row_and_column(call: Call, tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_bytes(register(OLD.replace(",no,", ",perhaps,")))
    done = call("add", tmp_path / "register.csv", "--lake", tmp_path / "lake")
    assert done.code == 3
    assert "row 2, column prior_authorisation" in done.err
    assert "one of: yes, no, unknown" in done.err
