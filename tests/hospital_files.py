"""Small hospital files in the CMS layouts, and what a reader makes of them, for tests."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from ratepress.lake.store import Lake
from ratepress.lake.tables import TABLES
from ratepress.lake.writer import LakeWriter, as_schema
from ratepress.readers.base import Header, Reader, Tally
from ratepress.readers.hospital.csv_file import read_in_columns, read_plainly
from ratepress.readers.source import Source

STATEMENT = (
    "To the best of its knowledge and belief, this hospital has included all applicable standard "
    "charge information"
)
GENERAL = {
    "hospital_name": "West Mercy Hospital",
    "last_updated_on": "2026-04-01",
    "version": "3.0.0",
    "location_name": "West Mercy Hospital|West Mercy Surgical Center",
    "hospital_address": "12 Main Street, Fullerton, CA|23 Ocean Ave, San Jose, CA",
    "license_number|CA": "50056",
    "type_2_npi": "0000000001|0000000002",
    STATEMENT: "true",
    "attester_name": "Leigh Attester",
}
COLUMNS = (
    "description",
    "code|1",
    "code|1|type",
    "code|2",
    "code|2|type",
    "modifiers",
    "setting",
    "drug_unit_of_measurement",
    "drug_type_of_measurement",
    "standard_charge|gross",
    "standard_charge|discounted_cash",
    "payer_name",
    "plan_name",
    "standard_charge|negotiated_dollar",
    "standard_charge|negotiated_percentage",
    "standard_charge|negotiated_algorithm",
    "median_amount",
    "10th_percentile",
    "90th_percentile",
    "count",
    "standard_charge|min",
    "standard_charge|max",
    "standard_charge|methodology",
    "additional_generic_notes",
)
_OF_TALL = frozenset((*COLUMNS[11:20], "standard_charge|methodology"))
# One payer's row of a code, stating dollars; a test changes what it is about.
ROW = {
    "description": "Drainage with tube",
    "code|1": "32557",
    "code|1|type": "HCPCS",
    "code|2": "361",
    "code|2|type": "RC",
    "setting": "outpatient",
    "standard_charge|gross": "4000",
    "standard_charge|discounted_cash": "2000",
    "payer_name": "Aetna",
    "plan_name": "PPO",
    "standard_charge|negotiated_dollar": "1200.50",
    "standard_charge|min": "900",
    "standard_charge|max": "1500",
    "standard_charge|methodology": "fee schedule",
}


def tall(
    *rows: Mapping[str, str],
    general: Mapping[str, str] = GENERAL,
    columns: Sequence[str] = COLUMNS,
) -> bytes:
    """A tall CSV in UTF-8 with the given rows; columns that a row does not name are blank."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(general)
    out.writerow(general.values())
    out.writerow(columns)
    for row in rows:
        out.writerow([row.get(column, "") for column in columns])
    return text.getvalue().encode()


def wide(
    *rows: Mapping[str, str],
    general: Mapping[str, str] = GENERAL,
    also: Sequence[str] = (),
) -> bytes:
    """A wide CSV; its payers are those that the rows and `also` name."""
    payers = dict.fromkeys([*also, *(name for row in rows for name in row if name not in COLUMNS)])
    columns = [name for name in COLUMNS if name not in _OF_TALL]
    base = {name: value for name, value in ROW.items() if name in columns}
    return tall(*(base | row for row in rows), general=general, columns=[*columns, *payers])


def document(*items: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """A v3 JSON document with the given items."""
    return {
        "hospital_name": "West Mercy Hospital",
        "last_updated_on": "2026-04-01",
        "version": "3.0.0",
        "location_name": ["West Mercy Hospital"],
        "hospital_address": ["12 Main Street, Fullerton, CA"],
        "license_information": {"state": "CA", "license_number": "50056"},
        "attestation": {
            "attestation": STATEMENT,
            "confirm_attestation": True,
            "attester_name": "Leigh Attester",
        },
        "type_2_npi": ["0000000001"],
        "standard_charge_information": list(items),
    } | changes


def item(*payers: Any, **charge: Any) -> dict[str, Any]:
    """One JSON item with one charge line and its payers."""
    line: dict[str, Any] = {"setting": "outpatient", "gross_charge": 4000} | charge
    if payers:
        line["payers_information"] = list(payers)
    return {
        "description": "Drainage with tube",
        "code_information": [{"code": "32557", "type": "HCPCS"}, {"code": "361", "type": "RC"}],
        "standard_charges": [line],
    }


def payer(**changes: Any) -> dict[str, Any]:
    """One JSON payer entry that states dollars."""
    return {
        "payer_name": "Aetna",
        "plan_name": "PPO",
        "methodology": "fee schedule",
        "standard_charge_dollar": 1200.5,
    } | changes


def as_json(value: object) -> bytes:
    """The document as bytes."""
    return json.dumps(value).encode()


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a reader made of one file: its tables as rows, and its counts."""

    header: Header
    tally: Tally
    tables: dict[str, list[dict[str, Any]]]

    def __getitem__(self, table: str) -> list[dict[str, Any]]:
        return self.tables.get(table, [])

    def rows_of(self, table: str) -> list[dict[str, Any]]:
        """The rows of a table in the order of its key."""
        key = TABLES[table].key
        return sorted(self[table], key=lambda row: [str(row[c]).zfill(9) for c in key])

    @property
    def problems(self) -> dict[tuple[str, str], int]:
        """How often each rule was met, by rule and subject."""
        return {(p["rule_id"], p["subject"]): p["count"] for p in self["problems"]}


class MemoryWriter:
    """Keeps rows as the lake's tables would hold them, without files: for many small examples."""

    def __init__(self) -> None:
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self.content_id = "0"

    @property
    def rows(self) -> dict[str, int]:
        return {name: len(rows) for name, rows in self._rows.items()}

    def batch(self, table: str, batch: pa.RecordBatch, *, is_sorted: bool = False) -> None:
        assert batch.schema == TABLES[table].arrow
        self._rows.setdefault(table, []).extend(batch.to_pylist())

    def encoded(
        self, table: str, schema: pa.Schema, batch: pa.RecordBatch, *, is_sorted: bool = False
    ) -> None:
        assert schema.names == TABLES[table].arrow.names
        batch = as_schema(batch, TABLES[table].arrow)
        self._rows.setdefault(table, []).extend(batch.to_pylist())

    def discard(self) -> None:
        self._rows.clear()

    def add(self, table: str, /, **row: Any) -> None:
        self._rows.setdefault(table, []).append(row | {"content_id": "0"})

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        found = {}
        for name, rows in self._rows.items():
            schema = TABLES[name].arrow
            assert {key for row in rows for key in row} <= set(schema.names)
            batch = pa.RecordBatch.from_pylist(rows, schema=schema)
            for column in schema:
                assert column.nullable or not batch.column(column.name).null_count, column
            keys = [tuple(row.get(k) for k in TABLES[name].key) for row in rows]
            assert len(set(keys)) == len(keys), name
            found[name] = batch.to_pylist()
        return found


def load_in_memory(
    reader: Reader, data: bytes, folder: Path, name: str = "standardcharges"
) -> Loaded:
    """The rows that a reader leaves of `data`, checked against the declared tables."""
    return _load_in_memory(reader.read, data, folder, reader, name)


def load_plainly(data: bytes, folder: Path) -> Loaded:
    """The same of a hospital CSV, row by row."""
    return _load_in_memory(read_plainly, data, folder)


def load_in_columns(data: bytes, folder: Path, window_bytes: int) -> Loaded:
    """The same in columns, in windows of so many bytes; plainly where that must be."""

    def read(source: Source, out: LakeWriter, tally: Tally) -> Header:
        counted = Tally()
        header = read_in_columns(source, out, counted, window_bytes)
        if header is not None:
            tally.absorb(counted)
            return header
        out.discard()
        return read_plainly(source, out, tally)

    return _load_in_memory(read, data, folder)


def _load_in_memory(
    read: Callable[[Source, LakeWriter, Tally], Header],
    data: bytes,
    folder: Path,
    reader: Reader | None = None,
    name: str = "standardcharges",
) -> Loaded:
    path = folder / name
    path.write_bytes(data)
    source = Source(path)
    assert reader is None or reader.recognise(source.head)
    tally = Tally()
    out = MemoryWriter()
    header = read(source, cast("LakeWriter", out), tally)
    for row in tally.problem_rows():
        out.add("problems", **row)
    tally.reconcile(source.name)
    return Loaded(header, tally, out.tables())


def load(reader: Reader, path: Path, lake: Lake) -> Loaded:
    """Read one file and give back every row that it left."""
    source = Source(path)
    assert reader.recognise(source.head)
    tally = Tally()
    with lake.writer(source.content_id) as out:
        header = reader.read(source, out, tally)
        out.add_many("problems", tally.problem_rows())
        files = out.finish()
        tables = {f.table: pq.read_table(out.folder / f.path).to_pylist() for f in files}
    tally.reconcile(source.name)
    return Loaded(header, tally, tables)


def load_bytes(reader: Reader, data: bytes, lake: Lake) -> Loaded:
    """The same for bytes that stand in no file yet."""
    path = lake.root.parent / "standardcharges"
    path.write_bytes(data)
    return load(reader, path, lake)
