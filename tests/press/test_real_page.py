"""The page of 32557 from real files: its prices are the files' own, by line of business."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ratepress.lake.store import Lake
from ratepress.press.publish import Published, publish
from ratepress.readers.add import add
from site_texts import text_of

pytestmark = pytest.mark.files

HOSPITAL = (
    "price_files/hpt_real_v3/lkowalcz__hospital-price-history/emory-university-hospital.csv.gz"
)
SCHEDULE = (
    "medicare/pfs/PPRRVU2026_Jul_nonQPP.redacted.csv",
    "medicare/pfs/GPCI2026.csv",
)


@pytest.fixture(scope="module")
def made(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The page of one hospital and one fee schedule."""
    folder = tmp_path_factory.mktemp("real")
    lake = Lake.create(folder / "lake")
    for name in (HOSPITAL, *SCHEDULE):
        add(lake, data_folder / name)
    return publish(lake, ["32557"], folder / "site", as_of=date(2026, 7, 15))


@pytest.fixture(scope="module")
def in_the_file(data_folder: Path) -> list[dict[str, str]]:
    """The rows of the hospital's own file that are 32557 with a price, read by csv alone."""
    with gzip.open(data_folder / HOSPITAL, "rt", encoding="utf-8-sig", newline="") as handle:
        lines = csv.reader(handle)
        next(lines), next(lines)
        head = next(lines)
        codes = [
            at for at, name in enumerate(head) if name.startswith("code|") and name[5:].isdigit()
        ]
        found = []
        for line in lines:
            row = dict(zip(head, line, strict=False))
            if (
                "32557" in (line[at].strip() for at in codes)
                and row["standard_charge|negotiated_dollar"]
            ):
                found.append(row)
    return found


def listed(made: Published, line_of_business: str) -> list[Decimal]:
    """The published prices of one line of business in the page's CSV."""
    (path,) = (path for path in made.files if path.name == "32557.csv")
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    table = f"prices-{line_of_business}"
    return [Decimal(r["value"]) for r in rows if r["table"] == table and r["column"] == "Price"]


def test_the_page_lists_each_price_of_the_file_once(
    made: Published, in_the_file: list[dict[str, str]]
) -> None:
    """Emory states 19 prices for 32557: 8 commercial, 7 Medicare Advantage and 4 exchange."""
    stated = Counter(Decimal(row["standard_charge|negotiated_dollar"]) for row in in_the_file)
    by_line = {
        line: listed(made, line) for line in ("commercial", "medicare-advantage", "exchange")
    }
    assert {line: len(prices) for line, prices in by_line.items()} == {
        "commercial": 8,
        "medicare-advantage": 7,
        "exchange": 4,
    }
    cent = Decimal("0.01")
    assert Counter(p for prices in by_line.values() for p in prices) == Counter(
        {amount.quantize(cent): n for amount, n in stated.items()}
    )


def test_the_page_states_the_payers_medicare_and_the_verdict_on_26(made: Published) -> None:
    page = made.pages[0].read_text("utf-8")
    wanted = ("Aetna", "Cigna", "UnitedHealthcare", "Humana", "Kaiser", "647.98", "129.26")
    assert [name for name in wanted if name not in page] == []
    assert "not allowed" in page
    assert "235,174 read = 235,174 loaded + 0 set aside" in page


def test_the_page_weighs_under_a_hundred_and_fifty_kilobytes(made: Published) -> None:
    assert made.pages[0].stat().st_size < 150_000


def test_no_description_of_the_hospitals_file_stands_on_the_page(
    made: Published, in_the_file: list[dict[str, str]]
) -> None:
    """Item descriptions are often the code set's own words, and those are not ours to print."""
    said = {row["description"].strip().lower() for row in in_the_file}
    texts = [text_of(path).lower() for path in made.files if "32557" in str(path)]
    assert said
    assert [words for words in said for text in texts if words in text] == []
