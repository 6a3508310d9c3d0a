"""`trace`: every count beside a figure is counted again from the rows it names."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import example, given

import market_registry_strategies as named
import market_strategies as generated
from market_lakes import Charge, Described, PriceFile, Rate
from market_reading import lake_of
from ratepress.market.benchmark import benchmark
from ratepress.market.registries import AREA_KINDS
from ratepress.market.trace import trace

AS_OF = generated.AS_OF


@generated.examples(4)
@given(named.lakes())
@example(named.EVERYTHING_NAMED)
def test_each_count_is_that_of_the_traced_rows(described: Described) -> None:
    """Rows, prices, votes, entities, payers, NPIs, hospitals, lowest and highest, in each area."""
    with lake_of(described) as lake:
        shown = benchmark(lake, "32557", as_of=AS_OF, by=AREA_KINDS).to_pylist()
        traced = trace(lake, "32557", as_of=AS_OF, by=AREA_KINDS).to_pylist()
    behind: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for one in traced:
        behind[one["key_id"], ""].append(one)
        behind[one["key_id"], one["payer_id"]].append(one)
    assert set(behind) == {(row["key_id"], row["payer_id"]) for row in shown}
    for row in shown:
        those = behind[row["key_id"], row["payer_id"]]
        voters = {(o["payer_id"], o["network"], o["entity_kind"], o["entity"]): o for o in those}
        # One row may state prices of several lines, which are several keys; of one key it is one.
        assert len({(o["content_id"], o["place"]) for o in those}) == row["n_rows"]
        assert len({o["price_id"] for o in those}) == row["n_prices"]
        assert len(voters) == row["n_votes"]
        assert len({(who[2], who[3]) for who in voters}) == row["n_entities"]
        assert len({who[0] for who in voters}) == row["n_payers"]
        assert len({npi for o in those for npi in o["npis"]}) == row["n_npis"]
        assert len({w[3] for w in voters if w[2] == "hospital"}) == row["n_hospitals"]
        votes = [o["vote"] for o in voters.values()]
        assert (min(votes), max(votes)) == (row["lowest"], row["highest"])


def test_a_derived_dollar_names_its_percentage_and_its_gross_charge() -> None:
    rate = Rate(statement="percentage", percentage=Decimal(40), price_unit="charges")
    file = PriceFile(
        "h", date(2026, 4, 1), (rate,), ("Mercy", "GA"), charges=(Charge(Decimal(1000)),)
    )
    with lake_of(Described((file,))) as lake:
        (row,) = trace(lake, "32557", as_of=AS_OF).to_pylist()
    names = ("dollars", "percentage", "gross", "gross_place", "place", "flags", "origin")
    assert [row[name] for name in names] == [
        Decimal(400), Decimal(40), Decimal(1000), "charge 0", "row 2", ["M12"], "test",
    ]  # fmt: skip


def test_the_place_is_that_of_every_repeat_and_not_of_the_newest_alone() -> None:
    rate = Rate(dollars=Decimal(100))
    file = PriceFile("h", date(2026, 4, 1), (rate, replace(rate, plan_name="HMO")), ("Mercy", "GA"))
    with lake_of(Described((file,))) as lake:
        rows = trace(lake, "32557", as_of=AS_OF).to_pylist()
    assert [(row["plan_name"], row["place"]) for row in rows] == [
        ("PPO", "row 2"),
        ("HMO", "row 3"),
    ]
