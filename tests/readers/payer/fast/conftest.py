"""A lake to read into, and documents as files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ratepress.lake.store import Lake

Save = Callable[[bytes], Path]


@pytest.fixture(scope="module")
def reading_lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return Lake.create(tmp_path_factory.mktemp("fast") / "lake")


@pytest.fixture(scope="module")
def save(tmp_path_factory: pytest.TempPathFactory) -> Save:
    path = tmp_path_factory.mktemp("documents") / "file.json"

    def write(raw: bytes) -> Path:
        path.write_bytes(raw)
        return path

    return write
