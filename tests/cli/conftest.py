"""Commands run in this process as the console script runs them, and a lake of the examples."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli_calls import Call, Done
from ratepress.cli.app import app
from ratepress.cli.run import run
from ratepress.lake.store import Lake
from ratepress.readers.add import add

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Runs one command line; `RATEPRESS_LAKE` is not set."""
    monkeypatch.delenv("RATEPRESS_LAKE", raising=False)

    def run_line(*words: object) -> Done:
        capsys.readouterr()
        code = run(app, [str(word) for word in words])
        return Done(code, *capsys.readouterr())

    return run_line


@pytest.fixture(scope="session")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a lake of all example files; tests leave it as it is."""
    lake = Lake.create(tmp_path_factory.mktemp("examples") / "lake")
    for path in sorted(EXAMPLES.iterdir()):
        if path.suffix in (".csv", ".json", ".gz"):
            add(lake, path)
    return lake.root
