"""`ratepress benchmark --all --out`."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from cli_calls import Call
from ratepress.lake.store import Lake
from ratepress.market.benchmark import benchmark


def test_every_code_of_the_examples_stands_in_the_file(
    call: Call, examples: Path, tmp_path: Path
) -> None:
    out = tmp_path / "all.parquet"
    done = call("benchmark", "--all", "--out", out, "--lake", examples, "--json")
    rows = pq.read_table(out).to_pylist()
    assert done.json["data"]["n_rows"] == len(rows)
    alone = benchmark(Lake.open(examples), "32557").to_pylist()
    assert alone
    assert [row for row in rows if row["code"] == "32557"] == alone


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--all"],
        ["32557", "--jobs", "2"],
        ["--out", "all.parquet"],
        ["32557", "--all", "--out", "all.parquet"],
        ["--all", "--out", "all.parquet", "--state", "GA"],
        ["--all", "--out", "all.parquet", "--explain"],
        ["--all", "--out", "all.parquet", "--engine", "spark"],
    ],
    ids=" ".join,
)
def test_what_does_not_go_together_is_refused(call: Call, examples: Path, words: list[str]) -> None:
    done = call("benchmark", *words, "--lake", examples)
    assert done.code == 2
    assert "--all" in done.err
    assert not Path("all.parquet").exists()
