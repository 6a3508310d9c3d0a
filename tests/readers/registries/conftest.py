"""Reading one registry file into a lake of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ratepress.lake.manifest import Content
from ratepress.lake.store import Lake
from ratepress.readers.add import add

Rows = list[dict[str, object]]


class Read:
    """What a lake has after one file."""

    def __init__(self, lake: Lake, content: Content) -> None:
        self.lake = lake
        self.content = content

    def rows(self, table: str, order: str = "ALL") -> Rows:
        """The rows of a table, without the content id."""
        with self.lake.connect() as connection:
            cursor = connection.execute(
                f"SELECT * EXCLUDE (content_id) FROM {table} ORDER BY {order}"
            )
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def problems(self) -> dict[tuple[str, str], tuple[int, str]]:
        """Count and first place of each deviation, by rule and subject."""
        found = self.rows("problems")
        return {
            (str(r["rule_id"]), str(r["subject"])): (int(str(r["count"])), str(r["first_place"]))
            for r in found
        }

    def aside(self) -> dict[str, tuple[int, str]]:
        return {one.reason: (one.count, one.first_place) for one in self.content.set_aside}


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Read]:
    """Reads bytes as a file of a name."""

    def reading(data: bytes, name: str = "file.csv") -> Read:
        path = tmp_path / name
        path.write_bytes(data)
        lake = Lake.create(tmp_path / f"lake of {name}")
        return Read(lake, add(lake, path).content)

    return reading
