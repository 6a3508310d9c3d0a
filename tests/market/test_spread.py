"""Mean, spread and the bootstrap interval of the median, by hand, by simulation and by counting."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from math import comb

import duckdb
import pytest

from market_lakes import Described, Group, PriceFile, Rate
from market_reading import lake_of
from ratepress.market.benchmark import benchmark
from ratepress.market.inputs import median_ranks
from ratepress.market.spread import spreads
from ratepress.market.steps import steps

DAY = date(2026, 4, 1)


def rows_of(**by_payer: tuple[str, ...]) -> dict[str, dict]:
    """The rows of 32557 by payer, where each payer has one contract for each price."""
    groups, rates = [], []
    for payer, prices in by_payer.items():
        for number, dollars in enumerate(prices):
            name = f"{payer}{number}"
            groups.append(Group(name, (("ein", name, str(len(groups) + 1)),)))
            rates.append(Rate(dollars=Decimal(dollars), payer_name=payer, groups=(name,)))
    file = PriceFile("p", DAY, tuple(rates), groups=tuple(groups))
    with lake_of(Described((file,))) as lake:
        table = benchmark(lake, "32557", as_of=DAY)
    return {row["payer"]: row for row in table.to_pylist()}


def test_the_mean_is_the_sum_over_the_number_half_up_once() -> None:
    """100 + 100 + 100.05 = 300.05, over three 100.01666…; of two votes nothing is published."""
    found = rows_of(Aetna=("100", "100", "100.05"), Cigna=("5", "6"))
    assert found["Aetna"]["mean"] == Decimal("100.02")
    assert found["Cigna"]["mean"] is None


def test_spread_within_and_between_three_payers() -> None:
    """Quartiles 150 and 250, 300 and 300, 350 and 1,050: within 1.67, 1 and 3, of which the median
    is 1.67. Medians 200, 300 and 700: quartiles 250 and 500."""
    found = rows_of(
        Aetna=("100", "200", "300"), Cigna=("300", "300", "300"), Humana=("0.02", "700", "1400")
    )
    within = {payer: row["spread_within"] for payer, row in found.items()}
    assert within == {
        "Aetna": Decimal("1.67"), "Cigna": Decimal("1.00"), "Humana": Decimal("3.00"),
        "All payers": Decimal("1.67"),
    }  # fmt: skip
    everybody = found["All payers"]
    assert (everybody["spread_between"], everybody["n_spread_payers"]) == (Decimal("2.00"), 3)


def test_two_payers_have_no_spread_between_them() -> None:
    found = rows_of(Aetna=("100", "200", "300"), Cigna=("100", "100", "100"), Humana=("1", "2"))
    everybody = found["All payers"]
    assert (everybody["spread_between"], everybody["n_spread_payers"]) == (None, 2)
    assert spreads([]) == {}


def test_counts_of_npis_and_hospitals_stand_beside_each_figure() -> None:
    """Two contracts of one NPI, and one of two; a hospital votes by its own file."""
    groups = (
        Group("a", (("ein", "581", "1"),)),
        Group("b", (("ein", "582", "1"),)),
        Group("c", (("ein", "583", "2"), ("ein", "583", "3"), ("ein", "583", "0"))),
    )
    rates = tuple(Rate(dollars=Decimal(100), groups=(group.group_id,)) for group in groups)
    hospital = PriceFile("h", DAY, (Rate(dollars=Decimal(90)),), ("Mercy", "GA"), npis=("4",))
    with lake_of(Described((PriceFile("p", DAY, rates, groups=groups), hospital))) as lake:
        (row,) = (
            r for r in benchmark(lake, "32557", as_of=DAY).to_pylist() if r["grain"] == "payer"
        )
    assert [row[n] for n in ("n_votes", "n_npis", "n_hospitals")] == [4, 4, 1]


def test_the_interval_begins_at_ten_votes() -> None:
    """Ten votes: 2 and 9 of them, for at least five of ten draws are among the lowest two with
    probability 0.0328, and among the lowest one with 0.0016."""
    ten = tuple(str(100 + i) for i in range(10))
    found = rows_of(Aetna=ten, Cigna=ten[:9])
    assert [found["Aetna"][name] for name in ("median_low", "median_high")] == [101, 108]
    assert found["Cigna"]["median_low"] is None


def ranks_in_sql(n: int) -> tuple[int, int]:
    """The ranks at which the interval of n votes ends, by the step's own text."""
    (step,) = (step for step in steps() if step.name == "vote_sums")
    with duckdb.connect() as connection:
        connection.register("median_ranks", median_ranks())
        connection.execute(
            "CREATE TABLE ordered_amounts AS SELECT 1 AS sample_id, 1 AS n_votes, "
            "i AS first_place, i AS last_place, "
            f"CAST({n} AS BIGINT) AS n_sample_votes, CAST(i AS DECIMAL(24, 5)) AS dollars "
            f"FROM range(1, {n} + 1) t(i)"
        )
        found = connection.execute(f"SELECT median_low, median_high FROM ({step.sql})").fetchone()
    assert found is not None
    return found[0], found[1]


@pytest.mark.parametrize("n", [*range(10, 60), 115, 116, 117, 118, 411, 999, 1000])
def test_the_interval_is_that_of_all_resamples(n: int) -> None:
    """The lowest rank that the lower middle of n draws reaches with one chance in forty; the draws
    that are at most rank k are binomial, counted here in whole numbers."""
    half = (n + 1) // 2

    def chances(k: int) -> int:
        return sum(comb(n, j) * k**j * (n - k) ** (n - j) for j in range(half, n + 1))

    low, high = ranks_in_sql(n)
    assert 40 * chances(int(low)) >= n**n > 40 * chances(int(low) - 1)
    assert high == n + 1 - low


@pytest.mark.parametrize(("n", "low"), [(1001, 469), (1002, 470), (2500, 1201), (10000, 4902)])
def test_beyond_the_table_the_normal_limit_holds(n: int, low: int) -> None:
    """k is at most (n + 1 - 1.96 √n) / 2: 469.99, 470.47, 1201.5 and 4902.5."""
    assert ranks_in_sql(n) == (low, n + 1 - low)


@pytest.mark.parametrize("n", [25, 60, 1200])
def test_a_bootstrap_with_a_seed_ends_near_it(n: int) -> None:
    """Two thousand resamples, drawn: within a rank, and a few of 1,200."""
    draw = random.Random(n)
    middles = sorted(sorted(draw.choices(range(1, n + 1), k=n))[(n - 1) // 2] for _ in range(2000))
    low, _ = ranks_in_sql(n)
    assert abs(middles[49] - low) <= 1 + n // 400
