"""The processes that write code pages: how much memory each takes, and what if it is too little."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ratepress.codes.argument import CodeRef
from ratepress.lake.store import Lake
from ratepress.press import crew
from ratepress.press.crew import Job, Maker

CODE = CodeRef("cpt", "32557")


@pytest.fixture
def job(tmp_path: Path) -> Job:
    Lake.create(tmp_path / "lake")
    return Job(
        lake=tmp_path / "lake", generation=0, as_of=date(2026, 7, 15), strength="balanced",
        out=tmp_path / "site",
    )  # fmt: skip


def _fail_times(monkeypatch: pytest.MonkeyPatch, times: int) -> list[str]:
    """Let DuckDB run out of memory so often; the limits it had at each try."""
    limits: list[str] = []
    real = crew.dossiers

    def dossiers(connection: duckdb.DuckDBPyConnection, *rest: Any, **named: Any) -> Iterator[Any]:
        ((limit,),) = connection.execute("SELECT current_setting('memory_limit')").fetchall()
        limits.append(limit)
        if len(limits) <= times:
            raise duckdb.OutOfMemoryException("too little")
        return real(connection, *rest, **named)

    monkeypatch.setattr(crew, "dossiers", dossiers)
    return limits


def test_a_batch_that_needs_more_memory_is_made_again_with_twice_as_much(
    monkeypatch: pytest.MonkeyPatch, job: Job
) -> None:
    limits = _fail_times(monkeypatch, 2)
    with Maker(job) as maker:
        assert [record.code for record in maker.make([CODE])] == ["32557"]
    assert (job.out or Path()).joinpath("code/cpt/32557/index.html").is_file()
    assert limits == ["95.3 MiB", "190.7 MiB", "381.4 MiB"]  # 100, 200 and 400 MB


def test_what_needs_more_than_half_of_the_machine_is_given_up(
    monkeypatch: pytest.MonkeyPatch, job: Job
) -> None:
    _fail_times(monkeypatch, 99)
    with Maker(job) as maker, pytest.raises(MemoryError, match="too little"):
        maker.make([CODE])


def test_a_batch_of_many_rates_may_take_more_from_the_start() -> None:
    about: dict[str, Any] = {"generation": 0, "as_of": date.min, "strength": "", "out": None}
    assert (
        Job(lake=Path(), **about).memory_mb
        < Job(lake=Path(), most_rates=200_000, **about).memory_mb
    )
