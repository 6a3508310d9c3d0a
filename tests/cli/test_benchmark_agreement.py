"""`ratepress benchmark --agreement`, and what the page says of it (M11)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cli_calls import Call
from market_lakes import Described, Group, PriceFile, Rate, write
from ratepress.dossier.build import build
from ratepress.lake.store import Lake

DAY = date(2026, 4, 1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A hospital prices four plans' lines; Aetna's file names it and states three of them: to the
    cent, 9% and 25% over."""
    lines = ("commercial", "exchange", "medicare advantage", "self-pay")
    ours = tuple(Rate(dollars=Decimal(100), line_of_business=line) for line in lines)
    theirs = tuple(
        Rate(dollars=Decimal(amount), line_of_business=line, groups=("mercy",))
        for amount, line in zip(("100", "109", "125"), lines, strict=False)
    )
    groups = (Group("mercy", (("ein", "581", "2"),)),)
    files = (
        PriceFile("h", DAY, ours, ("Mercy", "GA"), npis=("2",)),
        PriceFile("p", DAY, theirs, groups=groups, publisher="Aetna"),
    )
    return write(tmp_path / "lake", Described(files)).root


def test_pairs_and_counts_of_both_kinds_of_file(call: Call, root: Path) -> None:
    data = call("benchmark", "32557", "--lake", root, "--agreement", "--json").json["data"]
    assert sorted(row["band"] for row in data["rows"]) == ["exact", "further apart", "within 10%"]
    (one,) = data["summaries"]
    assert (one["n_hospital"], one["n_matched"]) == (4, 3)
    assert one["bands"] == {"exact": 1, "within 10%": 1, "within 20%": 0, "further apart": 1}


def test_people_read_the_shares_first(call: Call, root: Path) -> None:
    """One of three to the cent, two of three within 10% and within 20%."""
    shown = call("benchmark", "32557", "--lake", root, "--agreement").out
    assert "3 of 4 prices of hospital files stand in a payer's file too" in shown
    assert "of 3 pairs 33.3% agree to the cent, 66.7% within 10%, 66.7% within 20%" in shown
    none = call("benchmark", "70551", "--lake", root, "--agreement").out
    assert "no price stands both" in none


def test_the_page_has_the_counts_the_sentence_and_no_gap(root: Path) -> None:
    (page,) = build(Lake.open(root), ["32557"], as_of=DAY)
    section = page.section("benchmarks")
    (table,) = (table for table in section.tables if table.id == "agreement-counts")
    assert [cell.value for cell in table.rows[0].cells] == [4, 3, 3, 1, 1, 0, 1]
    assert any("33.3% agree to the cent" in one.text for one in section.sentences)
    assert not [gap for gap in section.gaps if gap.what.startswith("Agreement")]
