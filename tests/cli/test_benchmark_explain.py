"""`ratepress benchmark --explain`: the published rows behind each vote."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from cli_calls import Call
from market_lakes import Charge, Described, PriceFile, Rate, write

SHARE = Rate(statement="percentage", percentage=Decimal("40"), price_unit="charges")
RATES = (Rate(dollars=Decimal(100)), Rate(dollars=Decimal(100), plan_name="HMO"), SHARE)
FILE = PriceFile(
    "h", date(2026, 4, 1), RATES, ("Mercy", "GA"), charges=(Charge(Decimal(1000)),), npis=("2",)
)


def test_each_row_stands_with_its_file_and_place(call: Call, tmp_path: Path) -> None:
    root = write(tmp_path / "lake", Described((FILE,))).root
    data = call("benchmark", "32557", "--lake", root, "--explain", "--json").json["data"]
    found = {(one["statement"], one["place"], len(one["npis"])) for one in data["explain"]}
    assert found == {("dollar", "row 2", 1), ("dollar", "row 3", 1), ("derived dollar", "row 4", 1)}
    shown = call("benchmark", "32557", "--lake", root, "--explain").out
    assert "2 rows, 1 prices, 1 votes" in shown
    assert "40% of 1,000.00 (charge 0)" in shown
