"""Real hospital files held to their template, against counts made with csv and json alone.

CMS's own validator calls the four real files valid; the derived ones were made from them.
"""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pytest

from ratepress.readers.hospital.conformance.check import hold
from ratepress.readers.hospital.conformance.findings import Finding
from ratepress.readers.source import Source

REAL = "price_files/hpt_real_v3/lkowalcz__hospital-price-history"
DERIVED = "price_files/derived/lkowalcz__hospital-price-history"
pytestmark = pytest.mark.files


def counts(path: Path) -> dict[tuple[str, str], int]:
    return {key: one.count for key, one in hold(Source(path)).counted.items()}


@pytest.mark.parametrize(
    "name",
    ["emory-university-hospital.csv.gz", "adventhealth-orlando.json.gz", "marthas-vineyard.csv"],
)
def test_a_real_file_that_is_valid_is_clean(data_folder: Path, name: str) -> None:
    assert counts(data_folder / REAL / name) == {}


def test_the_22_payers_of_md_anderson_without_a_plan_are_told_in_all_nine_columns(
    data_folder: Path,
) -> None:
    path = data_folder / REAL / "md-anderson_wide_excerpt.csv.gz"
    assert counts(path) == {("F434", "item headers"): 22 * 9}
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as text:
        headers = list(csv.reader(text))[2]
    found: list[Finding] = []
    hold(Source(path), each=found.append)
    # A charge has four parts when it names payer and plan, any other element three.
    parts = [(h, h.count("|") + 1, h.startswith("standard_charge|")) for h in headers]
    endings = ("negotiated_dollar", "negotiated_percentage", "negotiated_algorithm", "methodology")
    lacking = {h for h, n, is_charge in parts if is_charge and n == 3 and h.endswith(endings)}
    starts = ("median_amount|", "10th_", "90th_", "count|", "additional_payer_notes|")
    lacking |= {h for h, n, _ in parts if n == 2 and h.startswith(starts)}
    assert {one.column for one in found} == lacking


def test_percentages_without_an_estimate_are_those_of_a_plain_count(data_folder: Path) -> None:
    path = data_folder / DERIVED / "adventhealth_as_v2.2.0.json.gz"
    payers = [
        payer
        for item in json.loads(gzip.decompress(path.read_bytes()))["standard_charge_information"]
        for charge in item["standard_charges"]
        for payer in charge.get("payers_information", ())
    ]
    lacking = sum(
        ("standard_charge_percentage" in payer or "standard_charge_algorithm" in payer)
        and "standard_charge_dollar" not in payer
        and "estimated_amount" not in payer
        for payer in payers
    )
    assert lacking > 1_000
    assert counts(path) == {("F426", "estimated_amount"): lacking}


def test_a_csv_of_2_2_declares_2_0_0(data_folder: Path) -> None:
    path = data_folder / DERIVED / "marthas-vineyard_as_v2.2.0_tall.csv.gz"
    assert counts(path) == {("F441", "version"): 1}


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_the_heads_of_real_files_lack_nothing_but_rows(data_folder: Path, ending: str) -> None:
    """Eighteen heads as published in 2026; the rows were cut off."""
    folder = data_folder / "price_files/hpt_headers/lkowalcz__hospital-price-history"
    told = {key for path in folder.glob(f"*.{ending}") for key in counts(path)}
    rows = ("F409", "rows") if ending == "csv" else ("F411", "standard_charge_information")
    assert told == {rows}
