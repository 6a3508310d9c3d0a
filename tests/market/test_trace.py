"""From a statistic back to the rows of files: every count can be counted again from the trace."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import market_oracle as oracle
import market_registry_strategies as named
import market_strategies as generated
from market_lakes import Charge, Described, Group, PriceFile, Rate
from market_reading import lake_of
from ratepress.cli.trace_view import lines_of
from ratepress.lake.store import Lake
from ratepress.market.registries import AREA_KINDS
from ratepress.market.trace import Trace, trace

FIRST = PriceFile(
    "first",
    date(2026, 4, 1),
    (
        Rate(dollars=Decimal(100)),
        Rate(dollars=Decimal("200.01"), plan_name="HMO"),
        Rate(dollars=Decimal(100), plan_name="EPO"),
        Rate(dollars=Decimal("0.01"), payer_name="Cigna"),
        Rate(dollars=Decimal(300), line_of_business="exchange"),
    ),
    ("First Hospital", "GA"),
    origins=("/home/me/first.csv",),
)


def by_line(lake: Lake, **asked: object) -> dict[str, Trace]:
    found = trace(lake, "32557", as_of=generated.AS_OF, **asked)  # type: ignore[arg-type]
    return {one.key["line_of_business"]: one for one in found.traces}


def test_a_vote_names_its_prices_and_each_price_all_rows_that_state_it() -> None:
    """By hand: rows 2 and 4 state $100, row 3 $200.01; their payer votes with the median once."""
    with lake_of(Described((FIRST,))) as lake:
        commercial = by_line(lake)["commercial"]
    (vote,) = commercial.votes
    assert (vote.payer_id, vote.entity_kind, vote.dollars) == (
        "aetna", "hospital", Decimal("150.005"),
    )  # fmt: skip
    stated = [(p.dollars, [(r.file, r.place, r.plan_name) for r in p.rows]) for p in vote.prices]
    assert stated == [
        (Decimal(100), [("first.csv", "row 2", "PPO"), ("first.csv", "row 4", "EPO")]),
        (Decimal("200.01"), [("first.csv", "row 3", "HMO")]),
    ]
    assert commercial.n_rows == 3


def test_a_price_without_a_vote_stands_with_the_rule_that_leaves_it_out() -> None:
    """Rule Q02: 0.01 is a placeholder."""
    with lake_of(Described((FIRST,))) as lake:
        (left_out,) = by_line(lake)["commercial"].left_out
    assert (left_out.payer_id, left_out.rules) == ("cigna", ("Q02",))
    assert [row.place for row in left_out.rows] == ["row 5"]


def test_a_key_without_any_vote_stands_there_too() -> None:
    only = replace(FIRST, rates=FIRST.rates[3:4])
    with lake_of(Described((only,))) as lake:
        commercial = by_line(lake)["commercial"]
    assert (commercial.statistic, commercial.votes) == (None, ())
    assert [price.rules for price in commercial.left_out] == [("Q02",)]


def test_one_payer_and_one_line_alone() -> None:
    with lake_of(Described((FIRST,))) as lake:
        assert set(by_line(lake, payer="aetna")) == {"commercial", "exchange"}
        assert by_line(lake, payer="aetna")["commercial"].left_out == ()
        assert set(by_line(lake, payer="cigna")) == {"commercial"}
        assert set(by_line(lake, line_of_business="exchange")) == {"exchange"}


def test_a_price_of_two_contracts_is_two_votes_and_its_row_is_counted_once() -> None:
    groups = tuple(Group(g, (("ein", tin, "1447290158"),)) for g, tin in (("1", "11"), ("2", "22")))
    rate = Rate(dollars=Decimal(80), groups=("1", "2"))
    file = PriceFile("payer", date(2026, 4, 1), (rate,), groups=groups)
    with lake_of(Described((file,))) as lake:
        found = by_line(lake, strength="minimum")["commercial"]
    assert [(vote.entity_kind, vote.entity) for vote in found.votes] == [
        ("TIN", "ein 11"),
        ("TIN", "ein 22"),
    ]
    assert found.n_rows == 1


@generated.examples(6)
@given(generated.lakes(), st.sampled_from(oracle.STRENGTHS))
def test_every_count_of_every_line_can_be_counted_again(
    described: Described, strength: str
) -> None:
    """Against the oracle: votes, prices, rows, the median of each vote, and the median of votes."""
    expected = oracle.market(described, generated.CODES[:1], generated.AS_OF).statistics
    with lake_of(described) as lake:
        traces = trace(lake, "32557", as_of=generated.AS_OF, strength=strength).traces
    with_votes = {tuple(one.key.values()): one for one in traces if one.votes}
    wanted = {
        where[1]: row
        for where, row in expected.items()
        if where[0] == strength and where[2] == "all payers"
    }
    assert set(with_votes) == set(wanted)
    for key, one in with_votes.items():
        prices = {id(p.rows): p for vote in one.votes for p in vote.prices}
        counted = {"n_votes": len(one.votes), "n_prices": len(prices), "n_rows": one.n_rows}
        assert counted == {name: wanted[key][name] for name in counted}
        for vote in one.votes:
            assert vote.dollars == median(price.dollars for price in vote.prices)
        for price in prices.values():
            assert {row.dollars for row in price.rows} == {price.dollars}
    assert all(price.rules for one in traces for price in one.left_out)


@generated.examples(3)
@given(named.lakes())
@example(named.EVERYTHING_NAMED)
def test_npis_hospitals_and_ends_can_be_counted_again_in_each_area(described: Described) -> None:
    """The counts beside a statistic over all payers, from the votes that the trace names."""
    with lake_of(described) as lake:
        found = trace(lake, "32557", as_of=generated.AS_OF, by=AREA_KINDS)
    for one in (one for one in found.traces if one.statistic is not None):
        shown = one.statistic
        assert len({npi for vote in one.votes for npi in vote.npis}) == shown.n_npis
        hospitals = {vote.entity for vote in one.votes if vote.entity_kind == "hospital"}
        assert len(hospitals) == shown.n_hospitals
        dollars = [vote.dollars for vote in one.votes]
        assert (min(dollars), max(dollars)) == (shown.lowest, shown.highest)
        assert one.n_rows == shown.n_rows
        for vote in one.votes:
            ordered = sorted(price.dollars for price in vote.prices)
            middle = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
            assert vote.dollars == middle


def test_a_derived_dollar_names_its_percentage_and_its_gross_charge() -> None:
    """Rule M12: 40% of 1,000."""
    rate = Rate(statement="percentage", percentage=Decimal(40), price_unit="charges")
    file = replace(FIRST, rates=(rate,), charges=(Charge(Decimal(1000)),), npis=("2",))
    with lake_of(Described((file,))) as lake:
        found = trace(lake, "32557", as_of=generated.AS_OF)
    (one,) = found.traces
    ((vote,), ((row,),)) = (one.votes, [p.rows for p in one.votes[0].prices])
    assert one.key["statement"] == "derived dollar"
    assert (row.place, row.dollars, row.percentage, row.gross) == ("row 2", 400, 40, 1000)
    assert len(vote.npis) == 1
    text = "\n".join(lines_of(found))
    assert "$400.00 (40% of $1,000.00)  first.csv row 2: Aetna, PPO" in text
    assert "first hospital, GA, 1 NPI" in text


@pytest.mark.files
def test_each_row_of_emory_that_a_benchmark_names_states_that_price(
    real_lake: Lake, data_folder: Path
) -> None:
    """Opened by csv alone at the row that the trace names: 8 commercial, 7 MA, 4 exchange rows."""
    raw = (
        data_folder / "price_files/hpt_real_v3/lkowalcz__hospital-price-history"
        "/emory-university-hospital.csv.gz"
    )
    with gzip.open(raw, "rt", encoding="utf-8", newline="") as text:
        lines = list(csv.reader(text))
    column = {name: number for number, name in enumerate(lines[2])}
    counted: Counter[str] = Counter()
    for one in trace(real_lake, "32557", as_of=date(2026, 7, 15)).traces:
        for row in {r for vote in one.votes for price in vote.prices for r in price.rows}:
            if not row.file.startswith("emory"):
                continue
            cells = lines[int(row.place.removeprefix("row ")) - 1]
            assert (row.payer_name, row.plan_name) == (
                cells[column["payer_name"]], cells[column["plan_name"]],
            )  # fmt: skip
            assert row.dollars == Decimal(cells[column["standard_charge|negotiated_dollar"]])
            assert "32557" in cells
            counted[one.key["line_of_business"]] += 1
    assert counted == {"commercial": 8, "medicare advantage": 7, "exchange": 4}
