"""Outpatient and ASC lines by CMS's own addenda, against the rates as the files state them."""

import csv
import random
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from claim_lines import table
from facility_layouts import ASC, OUTPATIENT, amounts, both_ways, lake_of
from ratepress.lake.store import Lake
from ratepress.medicare.repricing.run import reprice

pytestmark = pytest.mark.files
ADDENDUM_B = "opps/2025_NFRM_Addendum_B.redacted.txt"
JULY = "asc/2026/20260701"
UNPAID = {"A", "B", "C", "D", "E1", "E2", "F", "H", "H1", "K1", "L", "M", "P", "Y", "Q4"}


@pytest.fixture(scope="module")
def medicare(data_folder) -> Path:
    return data_folder / "medicare"


@pytest.fixture(scope="module")
def real(medicare, tmp_path_factory) -> Lake:
    names = (
        ADDENDUM_B,
        "opps/2025_NFRM_Addendum_A.11122024.txt",
        "opps/apc_rate_2026_clinical_transcribed.csv",
        *(f"{JULY}/{addendum}.redacted.csv" for addendum in ("AA", "BB", "EE", "FF")),
        "asc/wage_index_2026.csv",
        "asc/code_pairs_combined.csv",
    )
    files = [(medicare / name).read_bytes() for name in names]
    return lake_of(tmp_path_factory.mktemp("real"), *files)


def cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def published(path: Path, delimiter: str, encoding: str = "utf-8-sig"):
    """The rows below the header that starts with HCPCS Code."""
    with path.open(encoding=encoding, newline="") as text:
        rows = list(csv.reader(text, delimiter=delimiter))
    start = next(n for n, row in enumerate(rows) if row[:1] == ["HCPCS Code"])
    # In Addendum B one code drags a stray character along.
    cells = [[cell.strip("Ã¿\u00a0 ") for cell in row] for row in rows[start + 1 :] if row]
    return [[*row, "", "", "", ""] for row in cells if len(row[0]) == 5]


def money(cell: str) -> Decimal | None:
    text = cell.replace("$", "").replace(",", "").strip()
    return Decimal(text) if text and text != "." else None


def test_32557_with_its_guidance_pays_one_apc(real):
    found = both_ways(
        real,
        *({**OUTPATIENT, "date": "2026-07-15", "code": code} for code in ("32557", "76942")),
    )
    assert amounts(found) == ["1608.25", "0.00"]


def test_every_code_of_addendum_b_by_itself(real, medicare):
    """18,682 claims of one line: the published rate, 0.00 for N, or no amount, by the status."""
    rows = published(medicare / ADDENDUM_B, "\t", "cp1252")
    expected = {}
    for code, _, _, status, _, _, rate, *_ in rows:
        value = money(rate)
        if status == "N":
            expected[code] = Decimal("0.00")
        else:
            expected[code] = None if status in UNPAID or value is None else cents(value)
    lines = table(*({**OUTPATIENT, "claim_id": code, "code": code} for code in expected))
    found = {row["code"]: row["allowed_amount"] for row in reprice(real, lines).to_pylist()}
    assert len(found) == 18_682
    assert {code: found[code] for code in found if found[code] != expected[code]} == {}


def test_every_code_of_the_asc_addenda_by_itself(real, medicare):
    """National, and in Akron, Ohio (10420): half of the rate by its wage index."""
    with (medicare / "asc/wage_index_2026.csv").open(newline="") as text:
        index = next(Decimal(row[2]) for row in csv.reader(text) if row[0] == "10420")
    factor = index * Decimal("0.5") + Decimal("0.5")
    expected = {}
    for addendum in ("BB", "AA"):
        for row in published(medicare / JULY / f"{addendum}.redacted.csv", ","):
            indicator, rate = row[4].upper(), money(row[6])
            if indicator in ("N1", "L1", "D1"):
                expected[row[0]] = (Decimal("0.00"), Decimal("0.00"))
            elif rate is None:
                expected[row[0]] = (None, None)
            else:
                is_labor = indicator not in ("K2", "H2", "S2")
                expected[row[0]] = cents(rate), cents(rate * factor if is_labor else rate)
    codes = list(expected)
    for area, n in (("", 0), ("10420", 1)):
        lines = table(*({**ASC, "claim_id": code, "code": code, "cbsa": area} for code in codes))
        found = {row["code"]: row["allowed_amount"] for row in reprice(real, lines).to_pylist()}
        wrong = {code: found[code] for code in codes if found[code] != expected[code][n]}
        assert wrong == {}, len(wrong)
    assert len(codes) > 7_000


def test_claims_of_real_codes_at_random_agree_both_ways(real, medicare):
    codes = [row[0] for row in published(medicare / ADDENDUM_B, "\t", "cp1252")]
    surgical = [row[0] for row in published(medicare / JULY / "AA.redacted.csv", ",")]
    pick = random.Random(3).choice
    lines = []
    for n in range(150):
        for _ in range(2):
            same = {"claim_id": str(n // 2), "modifiers": pick(["", "", "", "50", "73", "59"])}
            lines.append({**OUTPATIENT, **same, "code": pick(codes)})
            lines.append({**ASC, **same, "code": pick(surgical), "cbsa": pick(["", "10420"])})
    found = both_ways(real, *lines)
    assert sum(line["status"] == "priced" for line in found) > len(lines) / 2
