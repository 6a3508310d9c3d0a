"""Commands run in this process as the console script runs them."""

from __future__ import annotations

import pytest

from cli_calls import Call, Done
from ratepress.cli.app import app
from ratepress.cli.run import run


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Runs one command line; `RATEPRESS_LAKE` is not set."""
    monkeypatch.delenv("RATEPRESS_LAKE", raising=False)

    def run_line(*words: object) -> Done:
        capsys.readouterr()
        code = run(app, [str(word) for word in words])
        return Done(code, *capsys.readouterr())

    return run_line
