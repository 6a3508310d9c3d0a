"""Small contents put into a lake without a reader, and hospital files of any length, for tests."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from ratepress.lake.manifest import Content, Observation
from ratepress.lake.store import Lake

SEEN_AT = datetime(2026, 9, 1, 12, tzinfo=UTC)
_GENERAL = {
    "hospital_name": "",
    "last_updated_on": "2026-04-01",
    "version": "3.0.0",
    "location_name": "Main",
    "hospital_address": "12 Main Street",
    "license_number|CA": "50056",
    "type_2_npi": "1234567893",
    "To the best of its knowledge and belief, this hospital has included all applicable standard "
    "charge information": "true",
    "attester_name": "Leigh Attester",
}
_COLUMNS = (
    "description",
    "code|1",
    "code|1|type",
    "setting",
    "standard_charge|gross",
    "standard_charge|discounted_cash",
    "payer_name",
    "plan_name",
    "standard_charge|negotiated_dollar",
    "standard_charge|methodology",
    "standard_charge|min",
    "standard_charge|max",
)


def content_id(name: str) -> str:
    """The id of a content whose bytes are its name."""
    return sha256(name.encode()).hexdigest()


def content(name: str, rows: Mapping[str, int], /, **changed: Any) -> Content:
    """A content that reconciles: as many rows read and loaded as its tables have."""
    said: dict[str, Any] = {
        "content_id": content_id(name),
        "kind": "made",
        "publisher": name,
        "bytes": len(name),
        "reader_version": "1",
        "row_is": "one row",
        "read": sum(rows.values()),
        "loaded": sum(rows.values()),
        "rows": dict(rows),
        "published_on": date(2026, 9, 1),
    }
    return Content(**{**said, **changed})


def sighting(name: str, origin: str = "") -> Observation:
    """A sighting of the content of that name."""
    return Observation(
        content_id=content_id(name), origin=origin or f"/files/{name}", retrieved_at=SEEN_AT
    )


def npis(count: int) -> list[dict[str, object]]:
    """Rows of `hospital_npis`, the smallest table that has a key."""
    return [{"npi": f"{1_000_000_000 + number}"} for number in range(count)]


def put(
    lake: Lake,
    name: str,
    tables: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    **changed: Any,
) -> bool:
    """Stage and commit a content with these rows, or three of `hospital_npis`."""
    tables = {"hospital_npis": npis(3)} if tables is None else tables
    with lake.writer(content_id(name)) as out:
        for table, rows in tables.items():
            out.add_many(table, rows)
        staged = out.finish()
        made = content(name, out.rows, **changed)
        return lake.commit(made, staged, out.folder, sighting(name))


def names(lake: Lake) -> list[str]:
    """The names of the contents of a lake, in order."""
    return [c.publisher for c in lake.manifest().contents]


def hospital_csv(path: Path, rows: int, hospital: str = "West Mercy Hospital") -> Path:
    """A tall hospital file of so many payer rows, ten of each item; all of them load."""
    with path.open("w", newline="", encoding="utf-8") as handle:
        out = csv.writer(handle)
        out.writerow([*_GENERAL])
        out.writerow([*{**_GENERAL, "hospital_name": hospital}.values()])
        out.writerow(_COLUMNS)
        for number in range(rows):
            item, payer = divmod(number, 10)
            code = (f"Service {item}", f"{10000 + item}", "CPT")
            price = (f"Payer {payer}", "PPO", f"{900 + number % 600}.50", "fee schedule")
            out.writerow((*code, "outpatient", "4000", "2000", *price, "900", "1500"))
    return path
