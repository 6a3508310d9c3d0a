"""`ratepress benchmark --engine`: what it refuses. What it gives: tests/cluster/test_engine.py."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cli_calls import Call


def test_without_pyspark_the_command_says_what_to_install(
    call: Call, examples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pyspark", "pyspark.errors", "pyspark.sql"):
        monkeypatch.setitem(sys.modules, name, None)
    words = ("benchmark", "32557", "--lake", examples, "--engine", "spark")
    done = call(*words)
    assert (done.code, done.out) == (2, "")
    assert 'pip install "ratepress[spark]"' in " ".join(done.err.split())
    assert call(*words, "--json").json["error"]["code"] == "usage"


@pytest.mark.parametrize(
    ("words", "todo"),
    [(("--engine", "hive"), "duckdb, spark"), (("--engine", "spark", "--explain"), "--explain")],
)
def test_an_engine_that_is_none_or_cannot_explain_is_refused(
    call: Call, examples: Path, words: tuple[str, ...], todo: str
) -> None:
    done = call("benchmark", "32557", "--lake", examples, *words)
    assert done.code == 2
    assert todo in " ".join(done.err.split())
