"""A benchmark is the same whether or not the lake was optimized, in whole or in part."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from lake_rows import content_id, put
from ratepress.core.rules import rule
from ratepress.lake import optimize as module
from ratepress.lake.optimize import optimize
from ratepress.lake.store import Lake
from ratepress.market.benchmark import benchmark

AS_OF = date(2026, 9, 1)
# Rule Q02, third part: 25 codes of five families, and half of the payer's codes.
REPEATED, OTHERS = 25, 25


def price_file(dollars: int, *, repeated: int = REPEATED) -> dict[str, list[dict[str, Any]]]:
    """A hospital's file in which one amount stands for so many codes, beside 25 of their own."""
    amounts = [Decimal(dollars)] * repeated + [Decimal(1000 + n) for n in range(OTHERS)]
    codes = [f"{10_000 + 1_000 * n}" for n in range(len(amounts))]
    one = {"place": "row 1", "code_system": "cpt"}
    rate = {
        **one, "payer_name": "Aetna", "plan_name": None, "line_of_business": "commercial",
        "statement": "dollar", "price_unit": "service", "billing_class": "facility",
        "setting": "outpatient", "place_set_id": "", "modifier_set_id": "",
    }  # fmt: skip
    return {
        "hospitals": [{"hospital_name": f"Hospital {dollars}", "license_state": "GA"}],
        "items": [{**one, "item_id": n, "code": code} for n, code in enumerate(codes)],
        "rates": [
            {**rate, "rate_id": n, "item_id": n, "code": code, "dollars": amount}
            for n, (code, amount) in enumerate(zip(codes, amounts, strict=True))
        ],
    }


def result(lake: Lake, code: str = "10000") -> pa.Table:
    return benchmark(lake, code, as_of=AS_OF)


@pytest.fixture
def prices(lake: Lake) -> Lake:
    """Three files: only the first states one amount for half of its codes."""
    put(lake, "a", price_file(500))
    put(lake, "b", price_file(700, repeated=REPEATED - 1))
    put(lake, "c", price_file(900, repeated=1))
    return lake


def test_an_amount_for_half_of_all_codes_is_left_out_before_and_after(prices: Lake) -> None:
    """25 of 50 codes are half; 24 of 49 are too few codes. So 700 and 900 count, and 500 not."""
    before = result(prices)
    assert before.column("n_rows").to_pylist()[0] == 2
    assert before.column("lowest").to_pylist()[0] == 700
    optimize(prices)
    assert result(prices).equals(before)
    assert prices.manifest().content(content_id("a")).rows["amount_spreads"] == 2  # type: ignore[union-attr]


def test_what_landed_after_optimizing_is_looked_through_as_well(prices: Lake) -> None:
    optimize(prices)
    put(prices, "d", price_file(300))
    put(prices, "e", price_file(800, repeated=1))
    before = result(prices)
    assert before.column("n_rows").to_pylist()[0] == 3
    optimize(prices)
    assert result(prices).equals(before)


def test_a_file_removed_and_added_again_is_looked_through_again(prices: Lake) -> None:
    before = result(prices)
    optimize(prices)
    prices.remove(content_id("a"))
    put(prices, "a", price_file(500))
    assert result(prices).equals(before)


def test_rule_q02_asks_for_no_less_than_what_is_kept() -> None:
    limits = rule("Q02").parameters
    assert int(limits["min_codes"]) >= module.KEPT_CODES
    assert int(limits["min_share_percent"]) >= module.KEPT_SHARE_PERCENT


def test_every_file_is_looked_through(prices: Lake) -> None:
    optimize(prices)
    with prices.connect() as connection:
        counted = connection.execute("SELECT DISTINCT content_id FROM amount_spreads").fetchall()
    assert {one for (one,) in counted} == {content_id(name) for name in "abc"}
