"""A lake of the packaged examples, built once, for the tests of dossiers."""

from __future__ import annotations

from pathlib import Path

import pytest

from ratepress.lake.store import Lake
from ratepress.press.demo import example_files
from ratepress.readers.add import add


@pytest.fixture(scope="session")
def example_lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Every example file, read by the real readers."""
    lake = Lake.create(Path(tmp_path_factory.mktemp("examples")) / "lake")
    for path in example_files():
        add(lake, path)
    return lake
