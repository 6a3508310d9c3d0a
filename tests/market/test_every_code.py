"""The benchmark of every code at once is that of each code, one after the other."""

from __future__ import annotations

import os
import signal
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import market_strategies as generated
from market_lakes import Described, write
from market_reading import lake_of
from market_registry_strategies import EVERYTHING_NAMED
from ratepress.core.errors import RatepressError, UsageError
from ratepress.lake.store import Lake
from ratepress.market import every_code
from ratepress.market.benchmark import benchmark
from ratepress.market.every_code import batches, benchmark_all


def one_by_one(lake: Lake, step: int = 1, **asked: object) -> pa.Table:
    """Own benchmarks of each `step`th code, in the order in which all stand in the file."""
    with lake.connect() as connection:
        codes = connection.execute(
            "SELECT DISTINCT code_system, code FROM rates "
            "WHERE code_system IS NOT NULL AND code IS NOT NULL ORDER BY 1, 2"
        ).fetchall()
    assert codes
    return pa.concat_tables(
        [benchmark(lake, f"{system}:{code}", **asked) for system, code in codes[::step]]  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    "asked", [{"strength": "maximum", "weights": "npis"}, {"by": ("state", "zip3")}], ids=str
)
def test_every_row_is_that_of_the_code_alone(tmp_path: Path, asked: dict[str, object]) -> None:
    lake = write(tmp_path / "lake", EVERYTHING_NAMED)
    asked = {"as_of": generated.AS_OF, **asked}
    out = tmp_path / "all.parquet"
    made = benchmark_all(lake, out, rates_a_batch=40, **asked)  # type: ignore[arg-type]
    found = pq.read_table(out)
    alone = one_by_one(lake, 7, **asked)
    assert found.schema.metadata == alone.schema.metadata
    compared = {(row["code_system"], row["code"]) for row in alone.to_pylist()}
    assert len(compared) > 5
    rows = [r for r in found.to_pylist() if (r["code_system"], r["code"]) in compared]
    assert rows == alone.to_pylist()
    assert found.num_rows == made.n_rows > 10


@generated.examples(2)
@given(generated.lakes(), st.integers(1, 40))
def test_any_lake_in_any_batches(described: Described, rates_a_batch: int) -> None:
    with lake_of(described) as lake:
        stated = [(rate.code_system, rate.code) for file in described.files for rate in file.rates]
        coded = [one for one in stated if one[0] is not None]
        out = lake.root.parent / "all.parquet"
        made = benchmark_all(lake, out, as_of=generated.AS_OF, rates_a_batch=rates_a_batch)
        assert (made.n_codes, made.n_rates) == (len(set(coded)), len(coded))
        assert made.n_uncoded == len(stated) - len(coded)
        if coded:
            alone = one_by_one(lake, as_of=generated.AS_OF)
            assert pq.read_table(out).to_pylist() == alone.to_pylist()


def test_several_processes_write_the_bytes_of_one(tmp_path: Path) -> None:
    lake = write(tmp_path / "lake", EVERYTHING_NAMED)
    seen: list[tuple[int, int]] = []
    for jobs in (1, 2):
        made = benchmark_all(
            lake,
            tmp_path / f"{jobs}.parquet",
            as_of=generated.AS_OF,
            by=("state",),
            rates_a_batch=100,
            jobs=jobs,
            watch=lambda done, every: seen.append((done, every)),
        )
        assert made.n_rows > 10
    assert (tmp_path / "1.parquet").read_bytes() == (tmp_path / "2.parquet").read_bytes()
    half = len(seen) // 2
    assert half > 1
    assert seen[:half] == seen[half:]
    assert seen[-1][0] == seen[-1][1] == made.n_rates


def test_a_process_that_is_killed_is_told_and_leaves_what_stood_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = write(tmp_path / "lake", EVERYTHING_NAMED)
    out = tmp_path / "all.parquet"
    out.write_bytes(b"before")
    monkeypatch.setattr(every_code, "_make", kill_me)
    with pytest.raises(RatepressError, match="ended from outside"):
        benchmark_all(lake, out, as_of=generated.AS_OF, rates_a_batch=100, jobs=2)
    assert out.read_bytes() == b"before"
    assert {path.name for path in tmp_path.iterdir()} == {"all.parquet", "lake"}


def kill_me(_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@given(st.lists(st.integers(0, 20)), st.integers(1, 30))
def test_batches_keep_every_code_once_in_order_and_their_bound(sizes: list[int], most: int) -> None:
    counted = [("cpt", str(n), size) for n, size in enumerate(sizes)]
    made = list(batches(counted, most))
    assert [one for batch in made for one in batch] == counted
    for batch in made:
        assert len(batch) == 1 or sum(n for _, _, n in batch) <= most
    for one, following in pairwise(made):
        assert sum(n for _, _, n in one) + following[0][2] > most


def test_a_failure_half_way_leaves_what_stood_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = write(tmp_path / "lake", EVERYTHING_NAMED)
    out = tmp_path / "all.parquet"
    out.write_bytes(b"before")
    seen = 0

    def failing(*words: object, **named: object) -> list[object]:
        nonlocal seen
        seen += 1
        if seen == 2:
            raise MemoryError
        return real(*words, **named)  # type: ignore[arg-type, return-value]

    real = every_code.benchmark_table
    monkeypatch.setattr(every_code, "benchmark_table", failing)
    with pytest.raises(MemoryError):
        benchmark_all(lake, out, as_of=generated.AS_OF, rates_a_batch=1)
    assert out.read_bytes() == b"before"
    assert {path.name for path in tmp_path.iterdir()} == {"all.parquet", "lake"}


def test_no_folder_and_no_such_strength_are_said_before_any_work(tmp_path: Path) -> None:
    lake = write(tmp_path / "lake", EVERYTHING_NAMED)
    with pytest.raises(UsageError, match="no such folder"):
        benchmark_all(lake, tmp_path / "none/all.parquet")
    with pytest.raises(UsageError, match="no filter strength"):
        benchmark_all(lake, tmp_path / "all.parquet", strength="strict")
