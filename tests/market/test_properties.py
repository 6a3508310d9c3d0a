"""What must not change a number, and what must: properties that the method promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import market_oracle as oracle
import market_strategies as generated
from market_lakes import Described, PriceFile, Rate
from market_reading import lake_of, published
from ratepress.market.benchmark import BENCHMARK_SCHEMA, benchmark

PLAIN = tuple(Decimal(text) for text in ("100", "100.01", "250.505", "333.33", "1000", "71.81"))
"""Amounts that no rule flags without a fee schedule, before and after doubling."""
FRESH: tuple[date | None, ...] = (date(2026, 4, 1), date(2026, 7, 15))
QUANTILES = ("lowest", "p10", "p25", "p50", "p75", "p90", "highest")


def market(described: Described) -> oracle.Market:
    return published(described, generated.CODES, generated.AS_OF)


def without(statistics: dict[Any, dict[str, Any]], *names: str) -> dict[Any, dict[str, Any]]:
    return {
        where: {name: value for name, value in row.items() if name not in names}
        for where, row in statistics.items()
    }


@generated.examples(3)
@given(generated.lakes(dates=FRESH), st.data())
def test_a_file_stated_again_adds_rows_and_no_vote(
    described: Described, data: st.DataObject
) -> None:
    """The same prices of the same providers under another name and the same date (M03)."""
    again = replace(data.draw(st.sampled_from(described.files)), name="once more")
    before, after = market(described), market(replace(described, files=(*described.files, again)))
    assert without(after.statistics, "n_rows") == without(before.statistics, "n_rows")
    assert all(
        after.statistics[where]["n_rows"] >= row["n_rows"]
        for where, row in before.statistics.items()
    )


@generated.examples(3)
@given(generated.lakes(dates=FRESH), st.data())
def test_a_file_split_in_two_is_the_same_market(described: Described, data: st.DataObject) -> None:
    """Half of a file's prices in another file of the same date changes nothing at all.

    With the asked codes alone, for rule Q02 counts the other codes within one file.
    """
    files = list(described.files)
    number = data.draw(st.integers(0, len(files) - 1))
    asked = tuple(r for r in files[number].rates if (r.code_system, r.code) in generated.CODES)
    files[number] = whole = replace(files[number], rates=asked)
    before = market(replace(described, files=tuple(files)))
    at = data.draw(st.integers(0, len(asked)))
    files[number] = replace(whole, rates=asked[:at])
    files.append(replace(whole, name="rest", rates=asked[at:]))
    after = market(replace(described, files=tuple(files)))
    assert after.statistics == before.statistics
    assert after.votes == before.votes
    assert after.funnel == before.funnel


@generated.examples(3)
@given(generated.lakes(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing(described: Described, random: Any) -> None:
    """Neither the order of files nor that of rows, members, places or networks."""
    files = []
    for file in described.files:
        rates, groups = list(file.rates), list(file.groups)
        random.shuffle(rates)
        random.shuffle(groups)
        files.append(replace(file, rates=tuple(rates), groups=tuple(groups)))
    random.shuffle(files)
    before, after = market(described), market(replace(described, files=tuple(files)))
    assert after.statistics == before.statistics
    assert after.votes == before.votes
    assert after.funnel == before.funnel


@generated.examples(3)
@given(generated.lakes(amounts=PLAIN, dates=FRESH))
def test_doubling_every_price_doubles_every_percentile(described: Described) -> None:
    """Where no flag depends on the amount; the fee schedules are left out for that."""
    plain = charging(replace(described, pfs=(), facility_rates=()), 100_000)
    doubled = charging(plain, 200_000)
    doubled = replace(
        doubled,
        files=tuple(
            replace(file, rates=tuple(twice(rate) for rate in file.rates)) for file in doubled.files
        ),
    )
    before, after = market(plain), market(doubled)
    assert after.statistics.keys() == before.statistics.keys()
    for where, row in before.statistics.items():
        twin = after.statistics[where]
        assert twin["n_votes"] == row["n_votes"]
        assert twin["prices"] == [2 * price for price in row["prices"]]
        for name in QUANTILES:
            if row[name] is not None:  # Each is rounded once: to the cent, or not at all.
                assert abs(twin[name] - 2 * row[name]) <= Decimal("0.01")


def charging(described: Described, step: int) -> Described:
    """With gross charges of whole steps: a percentage of one is exact, and so doubles (M12)."""
    stated = {one.gross for file in described.files for one in file.charges} - {None}
    steps = {gross: Decimal(step * n) for n, gross in enumerate(sorted(stated), start=1)}
    return replace(
        described,
        files=tuple(
            replace(
                file,
                charges=tuple(replace(one, gross=steps.get(one.gross)) for one in file.charges),
            )
            for file in described.files
        ),
    )


def twice(rate: Rate) -> Rate:
    return rate if rate.dollars is None else replace(rate, dollars=2 * rate.dollars)


@generated.examples(3)
@given(generated.lakes())
def test_a_stricter_strength_never_adds_a_vote_and_the_funnel_adds_up(described: Described) -> None:
    found = market(described)
    voters = {
        strength: {row[1:5] for row in found.votes if row[0] == strength}
        for strength in oracle.STRENGTHS
    }
    assert voters["minimum"] >= voters["balanced"] >= voters["maximum"]
    keyed: dict[Any, set[int]] = {}
    for (_, system, code), row in found.funnel.items():
        parts = ("n_not_dollars", "n_repeats", "n_flagged", "n_counted")
        assert row["n_keyed_rows"] == sum(row[name] for name in parts)
        keyed.setdefault((system, code), set()).add(row["n_keyed_rows"])
    assert all(len(counts) == 1 for counts in keyed.values()), "one funnel at all three strengths"


@generated.examples(3)
@given(generated.lakes(), st.sampled_from(oracle.STRENGTHS))
def test_benchmark_gives_its_schema_and_the_oracles_rows(
    described: Described, strength: str
) -> None:
    """The Arrow table: schema, as-of date and strength in its metadata, one row a statistic."""
    expected = oracle.market(described, generated.CODES[:1], generated.AS_OF).statistics
    with lake_of(described) as lake:
        table = benchmark(lake, "32557", as_of=generated.AS_OF, strength=strength)
    assert table.schema.remove_metadata() == BENCHMARK_SCHEMA
    assert table.schema.metadata[b"as_of"] == b"2026-07-15"
    assert table.schema.metadata[b"strength"] == strength.encode()
    found = {}
    for row in table.to_pylist():
        key = tuple(row[name] for name in oracle.KEY)
        where = (strength, key, row["grain"], row["payer_id"], row["area_kind"], row["area"])
        found[where] = {name: row[name] for name in next(iter(expected.values()), {})}
    assert found == {where: row for where, row in expected.items() if where[0] == strength}


def test_two_keys_are_two_where_a_published_word_holds_a_bar() -> None:
    """A hospital may write anything as class and setting; the parts never run into each other."""
    rates = (
        Rate(dollars=Decimal(100), billing_class="a|b", setting="c"),
        Rate(dollars=Decimal(300), billing_class="a", setting="b|c"),
    )
    file = PriceFile("bars", date(2026, 4, 1), rates, ("First Hospital", "GA"))
    with lake_of(Described((file,))) as lake:
        table = benchmark(lake, "32557", as_of=generated.AS_OF)
    payers = [row for row in table.to_pylist() if row["grain"] == "payer"]
    assert sorted((row["billing_class"], row["p50"], row["prices"]) for row in payers) == [
        ("a", None, [Decimal(300)]),
        ("a|b", None, [Decimal(100)]),
    ]
