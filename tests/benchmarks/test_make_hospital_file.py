"""The large hospital files that the benchmark makes have the shape that it says they have."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from types import ModuleType

import pytest

from benchmark_scripts import script
from ratepress.lake.store import Lake
from ratepress.readers.add import add


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    return script("make_hospital_file")


def test_the_wide_file_has_the_columns_of_a_real_one(
    maker: ModuleType, lake: Lake, tmp_path: Path
) -> None:
    priced = maker.make(tmp_path / "wide.csv", "wide", 60, 1)
    with (tmp_path / "wide.csv").open(encoding="utf-8", newline="") as text:
        rows = list(csv.reader(text))
    assert {len(row) for row in rows} == {1_277}
    blocks = {re.sub(r".*?\|(.*)\|.*", r"\1", c).lower() for c in rows[2] if "negotiated_dol" in c}
    assert (len(blocks), sum("|" not in block for block in blocks)) == (140, 22)
    content = add(lake, tmp_path / "wide.csv").content
    assert content.kind == "hospital-wide-csv"
    assert content.rows["rates"] == priced
    counts = dict(lake.connect().sql("SELECT rule_id, count FROM problems").fetchall())
    assert (counts["F230"], counts["F243"]) == (22, 2)


def test_the_tall_file_has_a_payer_in_most_rows(
    maker: ModuleType, lake: Lake, tmp_path: Path
) -> None:
    priced = maker.make(tmp_path / "tall.csv", "tall", 500, 1)
    content = add(lake, tmp_path / "tall.csv").content
    assert (content.kind, content.read) == ("hospital-tall-csv", 500)
    assert content.rows["rates"] == priced > 400
    assert lake.connect().sql("SELECT rule_id FROM problems").fetchall() == []


def test_a_seed_gives_the_same_bytes(maker: ModuleType, tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        maker.make(tmp_path / name, "wide", 5, seed)
    a, b, c = ((tmp_path / name).read_bytes() for name in "abc")
    assert a == b != c
