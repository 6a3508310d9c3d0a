"""The service of a lake of the examples, in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from ratepress.lake.store import Lake
from ratepress.service.app import application

LOCAL = "http://localhost"


@pytest.fixture(scope="session")
def client(examples: Path) -> Iterator[TestClient]:
    """Asks a service of the examples; what it keeps is kept over the tests."""
    with TestClient(application(Lake.open(examples)), base_url=LOCAL) as asking:
        yield asking
