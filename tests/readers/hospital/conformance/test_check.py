"""Which template a file is held to, what hostile files do, and that memory stays bounded."""

from __future__ import annotations

import json
import tracemalloc
from datetime import date
from pathlib import Path

import pytest

from hospital_files import COLUMNS, GENERAL, ROW, STATEMENT, as_json, document, item, payer, tall
from ratepress.readers.hospital.conformance import csv_columns, csv_file
from ratepress.readers.hospital.conformance.check import Claims, hold
from ratepress.readers.hospital.conformance.csv_file import delimiter_of
from ratepress.readers.hospital.conformance.findings import MOST_SUBJECTS, Finding, Findings
from ratepress.readers.hospital.conformance.same_fact import same_fact
from ratepress.readers.hospital.conformance.template import ATTESTATION
from ratepress.readers.inspect import inspect
from ratepress.readers.source import Source

V3 = {key: value for key, value in GENERAL.items() if key != STATEMENT} | {ATTESTATION: "true"}
Version = tuple[int, int, int]


@pytest.mark.parametrize(
    ("claims", "version"),
    [
        # What is declared, where the elements do not gainsay it.
        (Claims("3.0.0", "3"), (3, 0, 0)),
        (Claims("2.2.1", "2"), (2, 2, 1)),
        (Claims("2.1.0", "2", date(2026, 6, 1)), (2, 1, 0)),
        (Claims("3.0.1", "3"), (3, 0, 0)),
        # Elements of version 3 under the number 2, and the other way.
        (Claims("2.0.0", "3"), (3, 0, 0)),
        (Claims("3.0.0", "2", date(2025, 3, 1)), (2, 2, 0)),
        # 2.0.0 is declared by every 2: the date tells which conditions were in force.
        (Claims("2.0.0", "2", date(2024, 6, 30)), (2, 0, 0)),
        (Claims("2.0.0", "2", date(2024, 7, 1)), (2, 1, 0)),
        (Claims("2.0", "2", date(2024, 12, 31)), (2, 1, 0)),
        (Claims("2.0.0", "2", date(2025, 1, 1)), (2, 2, 0)),
        (Claims("2.0.0", "2", date(2026, 2, 1)), (2, 2, 0)),
        # Elements of 2.2 before its day: hospitals that were early.
        (Claims("2.0.0", "2", date(2024, 7, 1), is_later=True), (2, 2, 0)),
        (Claims("2.1.0", "2", date(2024, 7, 1), is_later=True), (2, 1, 0)),
        (Claims("2.0.0", "2", date(2024, 6, 1), is_later=True), (2, 0, 0)),
        # Neither version nor elements: the date alone.
        (Claims("July", None, date(2026, 1, 1)), (3, 0, 0)),
        (Claims(None, None, date(2024, 8, 1)), (2, 1, 0)),
        (Claims(), (2, 0, 0)),
    ],
)
def test_the_template_of_a_file(claims: Claims, version: Version) -> None:
    assert claims.template == version


def held(data: bytes, folder: Path, name: str = "standardcharges") -> Findings:
    path = folder / name
    path.write_bytes(data)
    return hold(Source(path))


def test_the_template_is_found_in_the_head_where_no_reader_could_say(tmp_path: Path) -> None:
    newer = tall(ROW, general=V3)
    assert held(newer, tmp_path).version == (3, 0, 0)
    older = newer.replace(b"location_name", b"hospital_location").replace(b"3.0.0", b"2.0.0")
    older = older.replace(b"type_2_npi,", b"x,").replace(b"attester_name", b"y")
    older = older.replace(b"this hospital has", b"the hospital has")
    for name in (b"median_amount", b"10th_percentile", b"90th_percentile", b"count"):
        older = older.replace(b"," + name + b",", b",z,")
    assert held(older, tmp_path).version == (2, 2, 0)  # Dated 2026.
    made = document(item(payer()), version="2.1.0")
    for key in ("location_name", "type_2_npi", "attestation"):
        del made[key]
    assert held(as_json(made | {"hospital_location": ["x"]}), tmp_path).version == (2, 1, 0)


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_what_separates_the_cells_is_seen_in_the_headers(delimiter: str) -> None:
    row = delimiter.join(("hospital_name", "version", "code|1|type"))
    assert delimiter_of(row.encode(), "utf-8") == delimiter


# --- hostile and broken files ------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b",", b"\n\n\n", b"\xef\xbb\xbf", b'"', b"hospital_name,version", b"{", b"[", b"[]", b"{}",
        b"\x00" * 100, b'{"standard_charge_information": [1, [], null, "x", {}]}',
        b'{"standard_charge_information": [{"standard_charges": [{"payers_information": [[]]}]}]}',
        b'{"modifier_information": 3, "version": [], "attestation": 1, "location_name": {}}',
        tall(general=V3), tall({}, general={"a": "b"}), b"\xff\xfe\x00\xd8" * 9,
        tall(ROW, general=V3, columns=("code|9999", "code|0", "code|1|type", "", "", "|||")),
    ],
)  # fmt: skip
def test_any_bytes_are_answered_with_findings(tmp_path: Path, data: bytes) -> None:
    assert held(data, tmp_path).counted


def test_a_header_of_very_many_columns_is_counted_and_not_kept(tmp_path: Path) -> None:
    names = [f"standard_charge|p{n}|x|negotiated_dollar" for n in range(3_000)]
    found = held(tall(ROW, general=V3, columns=(*COLUMNS[:11], *names)), tmp_path)
    assert found.counted["F405", "count"].count == 3_000
    assert len(found.counted) < 40


def test_a_header_beyond_all_measure_is_not_taken_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_columns, "MOST_COLUMNS", len(COLUMNS))
    assert held(tall(ROW, general=V3), tmp_path).counted == {}
    found = held(tall(ROW, general=V3, columns=(*COLUMNS, "x")), tmp_path).counted
    assert set(found) == {("F410", "item headers"), ("F410", "rows")}


def test_a_file_from_before_the_templates_is_told_so_once(tmp_path: Path) -> None:
    old = b"Procedure,CPT,Gross,Aetna PPO,Cigna\nDrain,32557,4000,1200,1300\n"
    found = held(old * 5, tmp_path).counted
    assert {(rule, found[rule, of].count) for rule, of in found} == {
        ("F400", 1), ("F419", 1), ("F410", 1),
    }  # fmt: skip


def test_subjects_beyond_a_limit_are_counted_together() -> None:
    found = Findings((3, 0, 0))
    for n in range(MOST_SUBJECTS + 5):
        found.add("F411", str(n), "root", expected="a value")
    assert len(found.counted) == MOST_SUBJECTS + 1
    assert found.counted["F411", "(others)"].count == 5


def test_memory_does_not_grow_with_rows_or_findings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_file, "_MOST_BLOCK_ROWS", 1_000)
    faulty = ROW | {"setting": "x", "standard_charge|methodology": "y"}
    lines = tall(faulty, general=V3).splitlines(keepends=True)
    path = tmp_path / "standardcharges.csv"
    peaks = []
    for n in (4_000, 16_000):
        path.write_bytes(b"".join(lines[:3]) + lines[3] * n)
        tracemalloc.start()
        counted = hold(Source(path)).counted
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert counted["F412", "setting"].count == n
    assert peaks[1] < 1.3 * peaks[0]


def test_a_long_value_is_cut_in_what_is_told(tmp_path: Path) -> None:
    found = held(tall(ROW | {"setting": "x" * 5_000}, general=V3), tmp_path)
    assert len(found.counted["F412", "setting"].first.value) == 200


# --- in inspect ---------------------------------------------------------------------------------


def test_inspect_tells_the_finding_with_cell_column_and_what_was_expected(tmp_path: Path) -> None:
    path = tmp_path / "standardcharges.csv"
    path.write_bytes(tall(ROW, ROW | {"setting": "Office"}, general=V3))
    found = inspect(path)
    (told,) = [d for d in found.deviations if d.rule_id == "F412"]
    assert (told.cell, told.column, told.sample, told.count) == ("G5", "setting", "Office", 1)
    assert told.expected == "one of both, inpatient, outpatient"
    assert (found.schema_version, found.grade) == ("3.0.0", "C")
    # What add counts is there too, and names the rule that states the same.
    (read,) = [d for d in found.deviations if d.rule_id == "F210"]
    assert (read.same_as, read.subject) == ("F412", "setting")


def test_inspect_hands_on_every_finding_with_the_name_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(document(item(payer(methodology="?"), payer(methodology="!")))))
    told: list[tuple[str, Finding]] = []
    inspect(path, each=lambda name, one: told.append((name, one)))
    assert [(n, o.value) for n, o in told if o.rule_id == "F412"][:2] == [
        ("a.json", "?"), ("a.json", "!"),
    ]  # fmt: skip


def test_a_file_that_its_reader_refuses_is_held_to_its_template_all_the_same(
    tmp_path: Path,
) -> None:
    path = tmp_path / "standardcharges.csv"
    path.write_bytes(tall(general=V3))
    found = inspect(path)
    assert found.grade == "F"
    assert [d.rule_id for d in found.deviations] == ["F409"]


def test_another_version_may_be_named_and_a_payers_version_is_none(tmp_path: Path) -> None:
    path = tmp_path / "standardcharges.csv"
    path.write_bytes(tall(ROW, general=V3))
    assert inspect(path, against="2.2.1").schema_version == "2.2.1"
    assert inspect(path, against="1.3.1").schema_version == "3.0.0"


@pytest.mark.parametrize(
    ("rule_id", "subject", "met", "same"),
    [
        ("F004", "code", ("F412", "code|type"), "F412"),
        ("F004", "code", ("F412", "setting"), None),
        ("F205", "standard_charge|gross", ("F414", "standard_charge|gross"), "F414"),
        ("F205", "standard_charge|gross", ("F414", "standard_charge|min"), None),
        ("F215", "attestation", ("F411", "affirmation"), "F411"),
        ("F215", "attestation", ("F411", "version"), None),
        ("F221", "row", ("F421", "standard_charge|gross"), "F421"),
        ("F230", "plan_name", ("F434", "item headers"), "F434"),
        ("F262", "JSON", ("F416", "JSON"), "F416"),
        ("F202", "row", ("F412", "row"), None),
    ],
)
def test_a_deviation_names_the_rule_of_its_template_only_where_it_is_one_fact(
    rule_id: str, subject: str, met: tuple[str, str], same: str | None
) -> None:
    assert same_fact(rule_id, subject, [met]) == same
