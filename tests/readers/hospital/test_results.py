"""Every published hospital CSV: what became of it, and counts made with the csv module alone."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections import Counter
from pathlib import Path

import pytest

from hospital_files import Loaded, load
from hospital_results import PINNED, files, result
from ratepress.lake.store import Lake
from ratepress.readers.base import Tally
from ratepress.readers.hospital import HospitalTallCsv, HospitalWideCsv
from ratepress.readers.hospital.columns import item_columns

pytestmark = pytest.mark.files
REAL = "price_files/hpt_real_v3/lkowalcz__hospital-price-history"
DERIVED = "price_files/derived/lkowalcz__hospital-price-history"
PAYER_COLUMNS = re.compile(
    r"payer_name|plan_name|standard_charge\|(negotiated_.*|methodology)|median_amount|count"
    r"|estimated_amount|.0th_percentile"
)


def test_every_published_file_is_read_or_refused_as_pinned(data_folder: Path) -> None:
    """`python tests/hospital_results.py DATA_FOLDER` prints the table, `--write` renews it."""
    with PINNED.open(encoding="utf-8", newline="") as text:
        pinned = {row["file"]: row for row in csv.DictReader(text)}
    found = {row["file"]: row for row in map(result, files(data_folder))}
    assert found == pinned
    for row in found.values():
        assert bool(row["refused"]) != bool(row["read"])


def _cells(path: Path) -> list[list[str]]:
    """Item headers and data rows, as the csv module has them."""
    data = path.read_bytes()
    data = gzip.decompress(data) if path.suffix == ".gz" else data
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    return list(csv.reader(io.StringIO(text, newline="")))[2:]


def _loaded_by_payer(loaded: Loaded) -> Counter[tuple[str, str]]:
    return Counter((rate["payer_name"], rate["method"] or "") for rate in loaded["rates"])


@pytest.mark.parametrize(
    ("name", "rows", "aside"),
    [
        (f"{REAL}/emory-university-hospital.csv.gz", 201_397, 234),
        (f"{REAL}/marthas-vineyard.csv", 10_452, 0),
        (f"{DERIVED}/marthas-vineyard_as_v2.2.0_tall.csv.gz", 10_452, 0),
    ],
)
def test_tall_payer_rows_are_rates_by_payer_and_methodology(
    data_folder: Path, lake: Lake, name: str, rows: int, aside: int
) -> None:
    """Of Emory's, 234 name a modifier alone, without code and price: they are notes."""
    header, *records = _cells(data_folder / name)
    names = [cell.strip().lower() for cell in header]
    counted: Counter[tuple[str, str]] = Counter()
    notes = 0
    for record in records:
        row = {key: cell.strip() for key, cell in zip(names, record, strict=True)}
        if not any(cell for key, cell in row.items() if PAYER_COLUMNS.fullmatch(key)):
            continue
        if row["modifiers"] and not any(
            row[f"code|{n}"] for n in (1, 2, 3, 4) if f"code|{n}" in row
        ):
            notes += 1
            continue
        counted[row["payer_name"], row["standard_charge|methodology"].lower()] += 1
    assert (sum(counted.values()), notes) == (rows - aside, aside)
    loaded = load(HospitalTallCsv(), data_folder / name, lake)
    assert _loaded_by_payer(loaded) == counted
    assert len(loaded["modifier_notes"]) == notes


def test_each_dollar_cell_of_md_anderson_is_a_rate(data_folder: Path, lake: Lake) -> None:
    """33,689 of them, of which 4,259 stand under headers without a plan."""
    path = data_folder / REAL / "md-anderson_wide_excerpt.csv.gz"
    header, *records = _cells(path)
    counted: Counter[tuple[str, str]] = Counter()
    without_plan = 0
    for record in records:
        cells = {key.lower(): cell for key, cell in zip(header, record, strict=True)}
        for name in header:
            *_, last = name.split("|")
            if last.lower() != "negotiated_dollar" or not cells[name.lower()].strip():
                continue
            block = name[len("standard_charge|") : -len("|negotiated_dollar")]
            method = cells[f"standard_charge|{block}|methodology".lower()].lower()
            counted[block.split("|")[0].strip(), method] += 1
            without_plan += "|" not in block
    assert (sum(counted.values()), without_plan) == (33_689, 4_259)
    loaded = load(HospitalWideCsv(), path, lake)
    assert _loaded_by_payer(loaded) == counted
    assert sum(rate["plan_name"] is None for rate in loaded["rates"]) == 4_259
    assert len({(r["payer_name"], r["plan_name"]) for r in loaded["rates"]}) <= 140
    # Plans by setting stand on rows that say both: none is left without its setting.
    narrowed = [r for r in loaded["rates"] if r["scope_evidence"]]
    assert {r["setting"] for r in narrowed} == {"inpatient", "outpatient"}
    assert len(narrowed) == 15_520 + 12_662


def test_the_two_layouts_of_the_cms_example_state_the_same_rates(
    data_folder: Path, lake: Lake
) -> None:
    """CMS publishes one made-up hospital in both."""
    folder = data_folder / "price_files/hpt_examples/CMSgov__hospital-price-transparency"
    said = []
    for reader, layout in ((HospitalTallCsv(), "Tall"), (HospitalWideCsv(), "Wide")):
        loaded = load(reader, folder / f"V3.0.0_{layout}_CSV_Format_Example.csv", lake)
        columns = ("code", "setting", "statement", "dollars", "percentage", "algorithm", "method")
        said.append(
            Counter(
                (r["payer_name"].replace("_", " "), *(r[column] for column in columns))
                for r in loaded["rates"]
            )
        )
    assert said[0] == said[1]
    assert sum(said[0].values()) == 45


@pytest.mark.parametrize(
    ("name", "unread"),
    [
        ("baptist-hospital-miami", []),
        ("baylor-university-medical", []),
        ("boston-medical-center", []),
        ("denver-health", []),
        ("emory-university-hospital", []),
        ("jackson-memorial", []),
        ("jefferson-tjuh", []),
        ("michigan-medicine", []),
        ("parkland", ["additional_generic_notes_with_LPP"]),
        ("uab-hospital", []),
    ],
)
def test_the_columns_of_real_headers_are_known(
    data_folder: Path, name: str, unread: list[str]
) -> None:
    folder = data_folder / "price_files/hpt_headers/lkowalcz__hospital-price-history"
    header = _cells(folder / f"{name}_header.csv")[0]
    columns = item_columns(name, header, "row 3", Tally())
    named = [column for column in columns.read_as if column.header]
    assert [column.header for column in named if column.field is None] == unread
