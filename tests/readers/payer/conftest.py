"""Reads a payer document into the rows it becomes, without a commit."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from ratepress.lake.store import Lake
from ratepress.readers.base import Header, Tally
from ratepress.readers.payer import InNetworkJson
from ratepress.readers.source import Source


@dataclass
class Loaded:
    """What one file became: its header, its rows by table, and its reconciliation."""

    header: Header
    tally: Tally
    tables: dict[str, list[dict[str, Any]]]

    def rows(self, table: str) -> list[dict[str, Any]]:
        return self.tables.get(table, [])

    @property
    def problems(self) -> dict[tuple[str, str], int]:
        return {(p["rule_id"], p["subject"]): p["count"] for p in self.tally.problem_rows()}

    @property
    def aside(self) -> dict[str, tuple[int, str]]:
        return {s.reason: (s.count, s.first_place) for s in self.tally.reconcile("test")}


Load = Callable[[Any], Loaded]


@pytest.fixture(scope="module")
def load(tmp_path_factory: pytest.TempPathFactory) -> Load:
    """Reads a path, bytes, or a value written as JSON."""
    folder = tmp_path_factory.mktemp("payer")
    lake = Lake.create(folder / "lake")

    def read(document: Any) -> Loaded:
        path = document
        if not isinstance(document, Path):
            path = folder / "file.json"
            raw = document if isinstance(document, bytes) else json.dumps(document).encode()
            path.write_bytes(raw)
        source, tally = Source(path), Tally()
        with lake.writer(source.content_id) as out:
            header = InNetworkJson().read(source, out, tally)
            out.finish()
            tables = {
                file.stem: pq.read_table(file).drop(["content_id"]).to_pylist()
                for file in out.folder.glob("*.parquet")
            }
        tally.reconcile(path.name)
        return Loaded(header, tally, tables)

    return read


def price(**keys: Any) -> dict[str, Any]:
    """A complete price object of version 2, changed by `keys`; None takes a key away."""
    return _changed(
        {
            "negotiated_type": "negotiated",
            "negotiated_rate": 123.45,
            "expiration_date": "9999-12-31",
            "service_code": ["11"],
            "billing_class": "professional",
            "setting": "outpatient",
        },
        keys,
    )


def item(*rates: Any, **keys: Any) -> dict[str, Any]:
    """A complete item holding these elements of `negotiated_rates`."""
    return _changed(
        {
            "negotiation_arrangement": "ffs",
            "name": "Chest tube",
            "billing_code_type": "CPT",
            "billing_code_type_version": "2026",
            "billing_code": "32557",
            "description": "our own label",
            "negotiated_rates": list(rates),
        },
        keys,
    )


def rate(*prices: Any, **keys: Any) -> dict[str, Any]:
    """One element of `negotiated_rates` that refers to group 1."""
    return _changed({"provider_references": [1], "negotiated_prices": list(prices)}, keys)


def group(**keys: Any) -> dict[str, Any]:
    """One provider reference of version 2."""
    entity = {
        "npi": [1234567893],
        "tin": {"type": "ein", "value": "12-3456789", "business_name": "West Clinic"},
    }
    return _changed(
        {"provider_group_id": 1, "network_name": ["West PPO"], "provider_groups": [entity]}, keys
    )


def document(*items: Any, **keys: Any) -> dict[str, Any]:
    """A complete in-network file of version 2."""
    return _changed(
        {
            "reporting_entity_name": "West Health",
            "reporting_entity_type": "health insurance issuer",
            "last_updated_on": "2026-09-01",
            "version": "2.2.0",
            "provider_references": [group()],
            "in_network": list(items),
        },
        keys,
    )


def _changed(value: dict[str, Any], keys: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in (value | keys).items() if v is not None}


@pytest.fixture(scope="session")
def make() -> Any:
    """The builders above, by name."""

    class Make:
        pass

    for builder in (price, item, rate, group, document):
        setattr(Make, builder.__name__, staticmethod(builder))
    return Make
