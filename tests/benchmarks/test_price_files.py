"""The files that the benchmark makes are files that ratepress reads whole."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from benchmark_scripts import script
from ratepress.lake.store import Lake
from ratepress.readers.add import add


@pytest.fixture(scope="module")
def price_files() -> ModuleType:
    return script("price_files")


def test_every_rate_of_the_payer_file_is_loaded(
    price_files: ModuleType, lake: Lake, tmp_path: Path
) -> None:
    price_files.payer_file(tmp_path / "payer.json.gz", 1, 300)
    content = add(lake, tmp_path / "payer.json.gz").content
    assert content.kind.startswith("payer-in-network")
    assert content.rows["rates"] == 300
    assert content.set_aside == ()


def test_every_row_of_the_hospital_file_is_loaded(
    price_files: ModuleType, lake: Lake, tmp_path: Path
) -> None:
    price_files.hospital_file(tmp_path / "hospital.csv", 1, 90)
    content = add(lake, tmp_path / "hospital.csv").content
    assert content.kind == "hospital-tall-csv"
    assert content.rows["rates"] == 90
    assert content.set_aside == ()
    # Three codes of forty plans each: the last one has ten.
    assert content.rows["items"] == 3


def test_the_files_hold_no_fault_that_a_rule_would_count(
    price_files: ModuleType, lake: Lake, tmp_path: Path
) -> None:
    # Enough rates that each of the provider groups is used by one.
    price_files.payer_file(tmp_path / "payer.json.gz", 1, 2_000)
    price_files.hospital_file(tmp_path / "hospital.csv", 1, 90)
    for name in ("payer.json.gz", "hospital.csv"):
        add(lake, tmp_path / name)
    found = lake.connect().sql("SELECT rule_id, subject, sample FROM problems").fetchall()
    assert found == []


def test_a_seed_gives_the_same_bytes(price_files: ModuleType, tmp_path: Path) -> None:
    price_files.hospital_file(tmp_path / "a.csv", 5, 50)
    price_files.hospital_file(tmp_path / "b.csv", 5, 50)
    price_files.hospital_file(tmp_path / "c.csv", 6, 50)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert (tmp_path / "a.csv").read_bytes() != (tmp_path / "c.csv").read_bytes()
