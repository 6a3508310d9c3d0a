"""The oracle: votes and the figures made of them (M02, M05 to M09)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import comb
from typing import Any

from market_oracle_model import PERCENTS, Market, Price, half_up, median, percentile
from market_registry_oracle import Voter

Cell = tuple[str, str]
"""Kind of area and area."""


@dataclass(frozen=True)
class Vote:
    """One vote in one cell, with what stands behind it."""

    payer: tuple[str, str]
    voter: Voter
    dollars: Fraction
    npis: frozenset[str]
    weight: int = 1
    local: Decimal | None = None
    """Medicare's amount at the voter's locality, where it is known."""


def statistics(
    found: Market,
    strength: str,
    counted: list[Price],
    of_medicare: dict[tuple[str, ...], Decimal | None],
    cells: Callable[[Price, Voter], set[Cell]],
    npis: Callable[[Price, Voter, Cell], set[str]],
    weigh: Callable[[Any, frozenset[str]], int] | None = None,
    local: Callable[[Any, Voter, list[Price]], Decimal | None] = lambda *_: None,
) -> None:
    ballots: dict[Any, list[Price]] = defaultdict(list)
    for price in counted:
        for voter in price.voters_at(strength):
            for cell in cells(price, voter):
                ballots[(price.key, cell), price.payer, voter].append(price)
    votes: dict[Any, list[Vote]] = defaultdict(list)
    behind: dict[Any, dict[int, Price]] = defaultdict(dict)
    for ((key, cell), payer, voter), prices in ballots.items():
        # "Several prices of one voter collapse to their median", the mean of the two middle ones.
        dollars, middle = [Fraction(price.dollars) for price in prices], median(prices)
        mates = frozenset().union(*(npis(price, voter, cell) for price in prices))
        for grain in (("payer", *payer), ("all payers", "", "All payers")):
            weight = weigh(key, mates) if weigh else 1
            votes[key, cell, grain].append(
                Vote(
                    payer,
                    voter,
                    middle,
                    mates,
                    weight,
                    None if weigh else local(key, voter, prices),
                )
            )
            behind[key, cell, grain].update({id(price): price for price in prices})
        range_of = (min(dollars), max(dollars), len(prices), sum(len(p.rows) for p in prices))
        if cell == ("nation", ""):
            found.votes[strength, key, payer[0], voter[0], voter[1], middle, *range_of] += 1
    made = {}
    for (key, cell, grain), those in votes.items():
        mine = list(behind[key, cell, grain].values())
        medicare = of_medicare[key]
        made[strength, key, *grain[:2], *cell] = {
            "payer": grain[2],
            "medicare_amount": medicare,
            **figures(those, mine, medicare, is_weighted=weigh is not None),
        }
    for where, row in made.items():
        mates = (made[other] for other in made if other[4:] == where[4:] and other[1] == where[1])
        found.statistics[where] = row | spread(row, mates if where[2] == "all payers" else None)


def figures(
    votes: list[Vote], prices: list[Price], medicare: Decimal | None, *, is_weighted: bool
) -> dict[str, Any]:
    entities = {vote.voter[1:] for vote in votes}
    unresolved = {who for kind, who in entities if kind == "provider group"}
    dollars = sorted(vote.dollars for vote in votes)
    # M08: "a vote of weight w stands for w equal votes; one without weight does not count".
    n = len([vote for vote in votes if vote.weight])
    counted = sorted(vote.dollars for vote in votes for _ in range(vote.weight))
    row: dict[str, Any] = {
        "n_rows": sum(len(price.rows) for price in prices),
        "n_prices": len(prices),
        "n_votes": len(votes),
        "n_at_locality": len([vote for vote in votes if vote.local]),
        "n_weighted": n,
        "total_weight": len(counted),
        "n_entities": len(entities),
        "n_payers": len({vote.payer for vote in votes}),
        "n_npis": len(frozenset().union(*(vote.npis for vote in votes))),
        "n_hospitals": len([who for kind, who in entities if kind == "hospital"]),
        # "The mean is the sum of the votes over their number, rounded half up to the cent once".
        "mean": None if n < 3 else half_up(sum(counted, Fraction()) / len(counted), 2),
        **interval([] if is_weighted else dollars),
        # "Lowest and highest are votes, as the percentiles are".
        "lowest": half_up(dollars[0], 5),
        "highest": half_up(dollars[-1], 5),
        # "confidence": "under 3 votes `listed`, 3 to 10 `thin`, 11 to 29 `fair`, 30 and more
        # `good`"; "the grade falls where such groups are more than half".
        "confidence": grade(n, 2 * len(unresolved) > len(entities)),
        # "Under 3 votes: no percentiles; the published prices themselves are listed".
        "prices": sorted(price.dollars for price in prices) if n < 3 else [],
    }
    for percent in PERCENTS:
        published = None if n < 3 else half_up(percentile(counted, percent), 2)
        row[f"p{percent}"] = published
        share = None
        if published is not None and any(vote.local for vote in votes):
            # "The percentiles are of the votes' own percents, each rounded … to six decimals".
            percents = sorted(
                Fraction(half_up(100 * vote.dollars / Fraction(vote.local or medicare), 6))
                for vote in votes
            )
            share = half_up(percentile(percents, percent), 1)
        elif published is not None and medicare:
            share = half_up(100 * Fraction(published) / Fraction(medicare), 1)
        row[f"p{percent}_pct_of_medicare"] = share
    return row


def interval(dollars: list[Fraction]) -> dict[str, Decimal | None]:
    """M05: "from ten votes on the 95% bootstrap interval of the median, over all resamples"."""
    if len(dollars) < 10:
        return {"median_low": None, "median_high": None}
    low = low_rank(len(dollars))
    return {
        "median_low": half_up(dollars[low - 1], 5), "median_high": half_up(dollars[-low], 5),
    }  # fmt: skip


@cache
def low_rank(n: int) -> int:
    """ "The lowest vote v such that at least one in forty resamples has a lower middle vote of at
    most v": at least half of n draws are then among the k lowest votes."""
    half = (n + 1) // 2
    for k in range(1, n):
        among = (comb(n, j) * k**j * (n - k) ** (n - j) for j in range(half, n + 1))
        if Fraction(sum(among), n**n) >= Fraction(1, 40):
            return k
    raise AssertionError


def spread(row: dict[str, Any], payers: Iterable[dict[str, Any]] | None) -> dict[str, Any]:
    """M05: "p75 over p25 of one payer's votes"; over all payers the median of theirs, and "p75
    over p25 of the medians of the payers that have percentiles, where three have"."""
    if payers is None:
        within = None if row["p25"] is None else over(row["p75"], row["p25"])
        return {"spread_within": within, "spread_between": None, "n_spread_payers": 0}
    those = [one for one in payers if one["payer"] != "All payers" and one["p25"] is not None]
    ratios = sorted(Fraction(over(one["p75"], one["p25"])) for one in those)
    medians = sorted(Fraction(one["p50"]) for one in those)
    between = None
    if len(those) >= 3:
        between = over(*(half_up(percentile(medians, percent), 2) for percent in (75, 25)))
    return {
        "spread_within": half_up(percentile(ratios, 50), 2) if ratios else None,
        "spread_between": between,
        "n_spread_payers": len(those),
    }


def over(high: Decimal, low: Decimal) -> Decimal:
    return half_up(Fraction(high) / Fraction(low), 2)


def grade(n_votes: int, is_mostly_unresolved: bool) -> str:
    if n_votes < 3:
        return "listed"
    level = 0 if n_votes <= 10 else 1 if n_votes <= 29 else 2
    return ("thin", "fair", "good")[max(0, level - is_mostly_unresolved)]
