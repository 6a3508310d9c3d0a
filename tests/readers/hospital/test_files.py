"""Real hospital files: what the readers load equals what plain csv and json count in them.

Expected totals are those of the field notes (Emory 201,397 payer rows and 33,777 charge-only
rows, AdventHealth 136,292 payer entries) or counted here without the reader.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import ijson
import pytest

from hospital_files import Loaded, load
from hospital_twin import COUNTED, json_twin, notes_of, rates_of, tall_twin
from ratepress.core.errors import RatepressError
from ratepress.lake.store import Lake
from ratepress.readers.add import add
from ratepress.readers.hospital import HospitalJson, HospitalTallCsv

REAL = "price_files/hpt_real_v3/lkowalcz__hospital-price-history"
DERIVED = "price_files/derived/lkowalcz__hospital-price-history"
EXAMPLES = "price_files/hpt_examples/CMSgov__hospital-price-transparency"
READERS = (HospitalJson(), HospitalTallCsv())

pytestmark = pytest.mark.files


@pytest.fixture(scope="module")
def emory(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    lake = Lake.create(tmp_path_factory.mktemp("emory") / "lake")
    return load(HospitalTallCsv(), data_folder / REAL / "emory-university-hospital.csv.gz", lake)


@pytest.fixture(scope="module")
def emory_rows(data_folder: Path) -> list[dict[str, str]]:
    path = data_folder / REAL / "emory-university-hospital.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        rows = list(csv.reader(text))
    return [dict(zip(rows[2], row, strict=True)) for row in rows[3:]]


def test_emory_reconciles(emory: Loaded) -> None:
    assert (emory.tally.read, emory.tally.loaded) == (235_174, 235_174)
    assert len(emory["rates"]) + len(emory["modifier_notes"]) == 201_397
    assert len(emory["modifier_notes"]) == 234
    assert emory.tally.read - len(emory["rates"]) - len(emory["modifier_notes"]) == 33_777


def test_emory_has_the_rates_of_each_payer_plan_and_methodology(
    emory: Loaded, emory_rows: list[dict[str, str]]
) -> None:
    published = Counter(
        (row["payer_name"], row["plan_name"], row["standard_charge|methodology"])
        for row in emory_rows
        if row["payer_name"] and row["code|1"]
    )
    loaded = Counter((r["payer_name"], r["plan_name"], r["method"]) for r in emory["rates"])
    assert loaded == published


def test_emorys_dollars_sum_to_the_cent(emory: Loaded, emory_rows: list[dict[str, str]]) -> None:
    column = "standard_charge|negotiated_dollar"
    published = sum((Decimal(row[column]) for row in emory_rows if row[column]), Decimal(0))
    loaded = sum((r["dollars"] for r in emory["rates"] if r["dollars"] is not None), Decimal(0))
    assert loaded == published
    assert published > 10**6


def test_emorys_charges_sum_to_the_cent(emory: Loaded, emory_rows: list[dict[str, str]]) -> None:
    """Gross and cash stand on charge-only rows there, each on one row of its own."""
    for column, name in (("gross", "gross"), ("cash", "discounted_cash")):
        cells = [row[f"standard_charge|{name}"] for row in emory_rows if not row["payer_name"]]
        published = Counter(Decimal(cell).quantize(Decimal("0.0001")) for cell in cells if cell)
        loaded = {row[column] for row in emory["charges"] if row[column] is not None}
        assert loaded == set(published)


def test_emory_states_19_prices_of_32557(emory: Loaded) -> None:
    lines = Counter(r["line_of_business"] for r in emory["rates"] if r["code"] == "32557")
    assert lines == {"commercial": 8, "medicare advantage": 7, "exchange": 4}


def test_emorys_revenue_codes_have_four_digits(emory: Loaded) -> None:
    codes = [c for c in emory["item_codes"] if c["code_system"] == "rc"]
    assert {"361"} <= {c["published_code"] for c in codes}
    assert {len(c["code"]) for c in codes} == {4}


def test_emorys_place_is_the_row_of_the_file(
    emory: Loaded, emory_rows: list[dict[str, str]]
) -> None:
    for rate in emory["rates"][:: len(emory["rates"]) // 50]:
        row = emory_rows[int(rate["place"].removeprefix("row ")) - 4]
        assert (rate["payer_name"], rate["plan_name"]) == (row["payer_name"], row["plan_name"])
        assert rate["published_type"] in row.values()


def test_marthas_vineyard_equals_its_twin(data_folder: Path, lake: Lake) -> None:
    path = data_folder / REAL / "marthas-vineyard.csv"
    loaded = load(HospitalTallCsv(), path, lake)
    twin = tall_twin(path.read_bytes())
    assert twin.read == loaded.tally.read == loaded.tally.loaded == 10_452
    assert rates_of(loaded) == twin.rates
    assert len(loaded["items"]) == len(twin.items)
    assert len(loaded["charges"]) == len(twin.charges)
    assert not {rule for rule, _ in loaded.problems} & COUNTED


def test_marthas_vineyard_is_windows_1252_and_states_prices_two_ways(
    data_folder: Path, lake: Lake
) -> None:
    path = data_folder / REAL / "marthas-vineyard.csv"
    loaded = load(HospitalTallCsv(), path, lake)
    (problem,) = [p for p in loaded["problems"] if p["rule_id"] == "F003"]
    data = path.read_bytes()
    offset = int(problem["first_place"].removeprefix("byte ").replace(",", ""))
    data[:offset].decode("utf-8")  # All before it is UTF-8, and it is not.
    with pytest.raises(UnicodeDecodeError):
        data[: offset + 4].decode("utf-8")
    both = [r for r in loaded["rates"] if r["dollars"] is not None and r["percentage"] is not None]
    assert len(both) == 9_826
    assert {r["statement"] for r in both} == {"dollar"}


def test_a_bare_drg_is_not_an_ms_drg(data_folder: Path, lake: Lake) -> None:
    loaded = load(HospitalTallCsv(), data_folder / REAL / "marthas-vineyard.csv", lake)
    drg = [c for c in loaded["item_codes"] if c["published_type"] == "DRG"]
    assert drg
    assert {c["code_system"] for c in drg} == {"drg"}
    assert not [r for r in loaded["rates"] if r["code_system"] == "ms-drg"]


def test_adventhealth_equals_its_twin(data_folder: Path, lake: Lake) -> None:
    path = data_folder / REAL / "adventhealth-orlando.json.gz"
    loaded = load(HospitalJson(), path, lake)
    twin = json_twin(gzip.decompress(path.read_bytes()))
    assert len(loaded["rates"]) == len(twin.rates) == 136_292
    assert len(loaded["items"]) == 21_567
    assert len(loaded["charges"]) == 23_864
    assert loaded.tally.read == loaded.tally.loaded == twin.read == 136_292 + 12_875 + 74
    assert rates_of(loaded) == twin.rates
    assert notes_of(loaded) == twin.notes
    lines = {r["line_of_business"] for r in loaded["rates"] if r["code"] == "32557"}
    assert lines
    assert "commercial" not in lines
    assert not loaded["problems"]


def test_derived_v2_files_are_detected_as_v2_and_hold_estimates(
    data_folder: Path, lake: Lake
) -> None:
    path = data_folder / DERIVED / "marthas-vineyard_as_v2.2.0_tall.csv.gz"
    loaded = load(HospitalTallCsv(), path, lake)
    data = gzip.decompress(path.read_bytes())
    rows = list(csv.DictReader(io.StringIO(data.decode(), newline="").readlines()[2:]))
    estimates = [Decimal(row["estimated_amount"]) for row in rows if row["estimated_amount"]]
    stated = [r["estimated_amount"] for r in loaded["allowed"]]
    assert sum(e for e in stated if e is not None) == sum(estimates)
    assert (loaded.header.declared_version, loaded.header.detected_version) == ("2.2.0", "2")
    path = data_folder / DERIVED / "adventhealth_as_v2.2.0.json.gz"
    loaded = load(HospitalJson(), path, lake)
    root = json.loads(gzip.decompress(path.read_bytes()))
    items = root["standard_charge_information"]
    charges = [charge for item in items for charge in item["standard_charges"]]
    payers = sum(len(charge.get("payers_information", [])) for charge in charges)
    assert len(loaded["rates"]) == payers > 0
    assert loaded.header.detected_version == "2"


def test_the_cms_examples_of_both_layouts_say_the_same(data_folder: Path, lake: Lake) -> None:
    """CMS publishes one made-up hospital in both; only its modifiers have no price in JSON."""
    csv_file = load(
        HospitalTallCsv(), data_folder / EXAMPLES / "V3.0.0_Tall_CSV_Format_Example.csv", lake
    )
    json_file = load(HospitalJson(), data_folder / EXAMPLES / "v3_json_format_example.json", lake)
    columns = ("payer_name", "plan_name", "code_system", "code", "setting", "statement", "dollars")
    columns += ("percentage", "algorithm", "method", "price_unit", "line_of_business")

    def said(loaded: Loaded) -> Counter[tuple[object, ...]]:
        coded = [rate for rate in loaded["rates"] if rate["code"]]
        return Counter(tuple(rate[column] for column in columns) for rate in coded)

    assert said(csv_file) == said(json_file)
    assert sum(said(csv_file).values()) == 39
    assert [n[:1] + n[2:6] for n in notes_of(csv_file)] == [
        n[:1] + n[2:6] for n in notes_of(json_file)
    ]
    assert csv_file["hospital_npis"] == [
        row | {"content_id": csv_file["hospital_npis"][0]["content_id"]}
        for row in json_file["hospital_npis"]
    ]


def test_no_small_published_file_ends_in_a_traceback(data_folder: Path, lake: Lake) -> None:
    """Each either reconciles, or is refused with what to do."""
    folders = ("hpt_validator_fixtures", "hpt_peer_fixtures", "hpt_headers", "hpt_template")
    folders += ("hpt_schema", "hpt_examples", "hpt_real_v2_excerpt")
    loaded = 0
    refused = {}
    for folder in folders:
        for path in sorted((data_folder / "price_files" / folder).rglob("*.*")):
            try:
                content = add(lake, path).content
            except RatepressError as error:
                refused[path.name] = error.todo
            else:
                assert content.read == content.loaded + sum(s.count for s in content.set_aside)
                loaded += 1
    assert loaded > 40
    assert refused
    assert all(refused.values())


JSON_FOLDERS = (
    "hpt_examples", "hpt_headers", "hpt_peer_fixtures", "hpt_schema", "hpt_validator_fixtures",
)  # fmt: skip
NOT_READ = {
    "sample-empty.json": "not a kind of file",
    "sample-invalid.json": r"a comma is missing \(byte 101\)",
}
"""The published JSON files that are no JSON or are empty; others without prices are named below."""


def rows_of_json(root: Any) -> int:
    """The rows of docs/reference/rows-hospital.md, counted by the standard library alone."""
    rows = 0
    for item in root["standard_charge_information"]:
        for charge in item["standard_charges"]:
            rows += len(charge.get("payers_information") or [0])
    for modifier in root.get("modifier_information", []):
        rows += len(modifier.get("modifier_payer_information") or [0])
    return rows


def test_every_published_json_file_is_read_or_refused_for_a_reason(
    data_folder: Path, lake: Lake
) -> None:
    n_read = 0
    refused = {}
    for folder in JSON_FOLDERS:
        for path in sorted((data_folder / "price_files" / folder).rglob("*.json")):
            try:
                content = add(lake, path).content
            except RatepressError as error:
                refused[path.name] = str(error)
                continue
            assert content.read == rows_of_json(json.loads(path.read_text("utf-8-sig"))), path.name
            assert content.read == content.loaded
            n_read += 1
    assert n_read == 54 - 15
    for name, reason in NOT_READ.items():
        assert re.search(reason, refused.pop(name))
    # Heads of real files without their prices, and the schemas themselves.
    assert {name.rpartition("_")[2] for name in refused} == {"header.json", "schema.json"}
    assert len(refused) == 8 + 5
    assert all("there is no standard charge in it" in why for why in refused.values())


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (f"{REAL}/adventhealth-orlando.json.gz", "fast"),
        (f"{REAL}/adventhealth-orlando.json.gz", "plain"),
        (f"{DERIVED}/adventhealth_as_v2.2.0.json.gz", "fast"),
    ],
)
def test_payer_entries_by_payer_and_methodology(
    data_folder: Path, lake: Lake, path: str, kind: str
) -> None:
    """What ijson counts in the file is what was loaded and set aside."""
    published: Counter[tuple[str, str]] = Counter()
    dollars = Decimal(0)
    entries = "standard_charge_information.item.standard_charges.item.payers_information.item"
    with gzip.open(data_folder / path) as stream:
        for entry in ijson.items(stream, entries):
            published[entry["payer_name"].strip(), entry["methodology"]] += 1
            dollars += entry.get("standard_charge_dollar", 0)
    loaded = load(HospitalJson(is_fast=kind == "fast"), data_folder / path, lake)
    assert Counter((r["payer_name"], r["method"]) for r in loaded["rates"]) == published
    assert loaded.tally.reconcile("x") == ()
    assert sum(r["dollars"] for r in loaded["rates"] if r["dollars"] is not None) == dollars
