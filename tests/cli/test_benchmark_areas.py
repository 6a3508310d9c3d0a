"""`ratepress benchmark` by area, and of one state."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cli_calls import Call
from market_lakes import Described, PriceFile, Rate, write


@pytest.fixture
def two_hospitals(tmp_path: Path) -> Path:
    """Three payers' prices in Georgia and one in Massachusetts."""
    georgia = tuple(
        Rate(dollars=Decimal(amount), payer_name=name)
        for amount, name in ((100, "Aetna"), (200, "Cigna"), (300, "Humana"))
    )
    files = (
        PriceFile("ga", date(2026, 4, 1), georgia, ("Peach", "GA"),
                  addresses=("1 A St, Atlanta, GA 30322",)),
        PriceFile("ma", date(2026, 4, 1), (Rate(dollars=Decimal(900)),), ("Cod", "MA")),
    )  # fmt: skip
    return write(tmp_path / "lake", Described(files)).root


def rows(call: Call, lake: Path, *words: str) -> list[tuple[object, ...]]:
    done = call("benchmark", "32557", "--lake", lake, *words, "--json")
    assert done.code == 0, done.err
    return [(r["area_kind"], r["area"], r["n_votes"], r["p50"]) for r in done.json["data"]["rows"]]


def test_without_an_area_there_is_the_nation_alone(call: Call, two_hospitals: Path) -> None:
    assert rows(call, two_hospitals) == [("nation", "", 4, "250.00")]


def test_by_state_each_state_stands_beside_the_nation(call: Call, two_hospitals: Path) -> None:
    found = rows(call, two_hospitals, "--by", "state,zip3")
    assert found == [
        ("nation", "", 4, "250.00"),
        ("state", "GA", 3, "200.00"),
        ("state", "MA", 1, None),
        ("zip3", "303", 3, "200.00"),
    ]
    shown = call("benchmark", "32557", "--lake", two_hospitals, "--by", "state").out
    assert "state GA" in shown
    assert "state MA" in shown


def test_one_state_alone_by_payer_too(call: Call, two_hospitals: Path) -> None:
    assert rows(call, two_hospitals, "--state", "ga") == [("state", "GA", 3, "200.00")]
    found = rows(call, two_hospitals, "--state", "MA", "--by", "payer")
    assert [row[:3] for row in found] == [("state", "MA", 1), ("state", "MA", 1)]
    assert rows(call, two_hospitals, "--state", "TX") == []


def test_a_kind_of_area_that_is_none_is_refused_with_those_that_are(
    call: Call, two_hospitals: Path
) -> None:
    done = call("benchmark", "32557", "--lake", two_hospitals, "--by", "county")
    assert done.code == 2
    assert "state, cbsa, zip3" in done.err


def test_explain_opens_each_line_into_votes_and_rows(call: Call, two_hospitals: Path) -> None:
    shown = call("benchmark", "32557", "--lake", two_hospitals, "--state", "GA", "--explain").out
    assert "  3 rows, 3 prices, 3 votes, median $200.00\n  $100.00  Aetna, hospital" in shown
    assert "      $100.00  test row 2: Aetna, PPO\n" in shown
    done = call(
        "benchmark", "32557", "--lake", two_hospitals, "--state", "MA", "--explain", "--json"
    )
    (one,) = done.json["data"]["traces"]
    assert (one["area"], one["votes"][0]["prices"][0]["rows"][0]["dollars"]) == ("MA", "900.0000")
