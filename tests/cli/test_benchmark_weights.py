"""`ratepress benchmark --weights` (M08)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cli_calls import Call
from market_lakes import Described, PriceFile, Rate, write


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Three payers' prices at a hospital of one NPI, one at a hospital of three, one of none."""
    three = tuple(
        Rate(dollars=Decimal(amount), payer_name=name)
        for amount, name in ((100, "Aetna"), (200, "Cigna"), (300, "Humana"))
    )
    files = (
        PriceFile("a", date(2026, 4, 1), three, ("Peach", "GA"), npis=("1",)),
        PriceFile("b", date(2026, 4, 1), (Rate(dollars=Decimal(900)),), ("Cod", "MA"),
                  npis=("2", "3", "4")),
        PriceFile("c", date(2026, 4, 1), (Rate(dollars=Decimal(5)),), ("Pine", "ME")),
    )  # fmt: skip
    return write(tmp_path / "lake", Described(files)).root


def test_each_vote_weighs_as_many_npis_as_stand_behind_it(call: Call, lake: Path) -> None:
    """100, 200, 300, 900, 900, 900: the median lies half way from 300 to 900, the mean is 550."""
    done = call("benchmark", "32557", "--lake", lake, "--weights", "npis", "--json")
    (row,) = done.json["data"]["rows"]
    assert done.json["data"]["weights"] == "npis"
    assert (row["n_votes"], row["n_weighted"], row["total_weight"]) == (5, 4, 6)
    assert (row["p50"], row["mean"], row["lowest"]) == ("600.00", "550.00", "5.00000")


def test_the_answer_says_how_votes_were_weighed(call: Call, lake: Path) -> None:
    shown = call("benchmark", "32557", "--lake", lake, "--weights", "npis").out
    assert "weighted by npis (M08)" in shown
    assert "4 of 5" in shown
    plain = call("benchmark", "32557", "--lake", lake)
    assert "weighted" not in plain.out


def test_without_utilisation_data_no_vote_has_weight_and_nothing_is_published(
    call: Call, lake: Path
) -> None:
    done = call("benchmark", "32557", "--lake", lake, "--weights", "utilisation", "--json")
    (row,) = done.json["data"]["rows"]
    assert (row["n_votes"], row["n_weighted"], row["p50"], row["mean"]) == (5, 0, None, None)


def test_an_unknown_weighting_is_refused_with_those_that_are(call: Call, lake: Path) -> None:
    done = call("benchmark", "32557", "--lake", lake, "--weights", "beds")
    assert done.code == 2
    assert "votes, npis, utilisation" in done.err
