"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ratepress.lake.store import Lake

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of real files; a test that needs it is marked `files` and skipped without it."""
    folder = Path(os.environ.get("RATEPRESS_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "MANIFEST.tsv").is_file():
        pytest.skip(f"the real files are not at {folder}; set RATEPRESS_DATA to where they are")
    return folder


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A new, empty lake."""
    return Lake.create(tmp_path / "lake")
