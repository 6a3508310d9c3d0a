"""`ratepress optimize`, and `add` that calls it when enough has landed."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli_calls import Call
from lake_rows import hospital_csv
from ratepress.lake import files
from ratepress.lake.store import Lake


def shared_tables(lake: Path) -> set[str]:
    return {file.table for file in Lake.open(lake).manifest().files if file.is_shared}


def two(tmp_path: Path) -> list[Path]:
    return [hospital_csv(tmp_path / f"{n}.csv", 5, f"Hospital {n}") for n in "ab"]


def test_optimize_says_what_it_rewrote(call: Call, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    call("add", *two(tmp_path), "--lake", lake)
    assert shared_tables(lake) == set()
    done = call("optimize", "--lake", lake, "--json")
    rates = next(t for t in done.json["data"]["tables"] if t["table"] == "rates")
    assert rates == {"table": "rates", "rows": 10, "files_before": 2, "files_after": 1}
    assert call("verify", "--lake", lake).code == 0
    again = call("optimize", "--lake", lake)
    assert again.out.strip() == "Nothing to rewrite."


def test_optimize_of_no_lake_is_an_error(call: Call, tmp_path: Path) -> None:
    assert call("optimize", "--lake", tmp_path / "none").code == 2


@pytest.mark.parametrize(("option", "is_sorted"), [((), True), (("--no-optimize",), False)])
def test_add_sorts_the_lake_when_enough_has_landed(
    call: Call,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    option: tuple[str, ...],
    *,
    is_sorted: bool,
) -> None:
    monkeypatch.setattr(files, "DUE_FILES", 2)
    done = call("add", *two(tmp_path), *option, "--lake", tmp_path / "lake")
    assert done.code == 0
    assert ("rates" in shared_tables(tmp_path / "lake")) is is_sorted
