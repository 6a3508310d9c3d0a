"""The mark of a file that was cut stands wherever the file is named."""

from __future__ import annotations

import json
from pathlib import Path

from cli_calls import Call
from ratepress.lake.sources import sources
from ratepress.lake.store import Lake
from ratepress.lake.verify import verify

PLAN = {"plan_name": "Gold", "plan_id": "1", "plan_id_type": "hios", "plan_market_type": "group"}
STRUCTURE = {
    "reporting_plans": [PLAN],
    "in_network_files": [{"description": "rates", "location": "https://x.example/a"}],
}
INDEX = {"reporting_entity_name": "West", "reporting_structure": [STRUCTURE] * 3}


def test_the_mark_stands_wherever_the_file_is_named(lake: Lake, tmp_path: Path, call: Call) -> None:
    path = tmp_path / "index.json"
    path.write_bytes(json.dumps(INDEX).encode()[:-9])
    assert call("add", path, "--lake", lake.root).code == 3
    said = call("add", path, "--lake", lake.root, "--salvage")
    assert said.code == 0
    assert "incomplete" in said.out
    (listed,) = sources(lake)
    assert listed.incomplete_at is not None
    assert "the file ends at byte" in listed.incomplete_at
    assert verify(lake).incomplete == (listed.content_id,)
    for command in ("sources", "verify"):
        assert "ncomplete" in call(command, "--lake", lake.root).out
    connection = lake.connect()
    assert connection.sql("SELECT incomplete_at FROM contents").fetchall() == [
        (listed.incomplete_at,)
    ]
    found = connection.sql("SELECT severity, first_place FROM problems WHERE rule_id = 'F010'")
    assert found.fetchall() == [("error", listed.incomplete_at)]
