"""The oracle: votes and the figures made of them (M02, M05 to M09)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from market_oracle_model import PERCENTS, Market, Price, half_up, median, percentile
from market_registry_oracle import Voter


def statistics(
    found: Market,
    strength: str,
    counted: list[Price],
    of_medicare: dict[tuple[str, ...], Decimal | None],
    cells: Callable[[Price, Voter], set[tuple[str, str]]],
) -> None:
    ballots: dict[Any, list[Price]] = defaultdict(list)
    for price in counted:
        for voter in price.voters_at(strength):
            for cell in cells(price, voter):
                ballots[(price.key, cell), price.payer, voter].append(price)
    votes: dict[Any, list[tuple[Any, Any, Fraction]]] = defaultdict(list)
    behind: dict[Any, dict[int, Price]] = defaultdict(dict)
    for ((key, cell), payer, voter), prices in ballots.items():
        # "Several prices of one voter collapse to their median", the mean of the two middle ones.
        dollars, middle = [Fraction(price.dollars) for price in prices], median(prices)
        for grain in (("payer", *payer), ("all payers", "", "All payers")):
            votes[key, cell, grain].append((payer, voter, middle))
            behind[key, cell, grain].update({id(price): price for price in prices})
        spread = (min(dollars), max(dollars), len(prices), sum(len(p.rows) for p in prices))
        if cell == ("nation", ""):
            found.votes[strength, key, payer[0], voter[0], voter[1], middle, *spread] += 1
    for (key, cell, grain), those in votes.items():
        mine = list(behind[key, cell, grain].values())
        medicare = of_medicare[key]
        found.statistics[(strength, key, *grain[:2], *cell)] = {
            "payer": grain[2],
            "medicare_amount": medicare,
            **figures(those, mine, medicare),
        }


def figures(
    votes: list[tuple[Any, Any, Fraction]], prices: list[Price], medicare: Decimal | None
) -> dict[str, Any]:
    entities = {(kind, who) for _, (_, kind, who), _ in votes}
    unresolved = {who for kind, who in entities if kind == "provider group"}
    dollars = sorted(vote for _, _, vote in votes)
    n = len(votes)
    row: dict[str, Any] = {
        "n_rows": sum(len(price.rows) for price in prices),
        "n_prices": len(prices),
        "n_votes": n,
        "n_entities": len(entities),
        "n_payers": len({payer for payer, _, _ in votes}),
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
        published = None if n < 3 else half_up(percentile(dollars, percent), 2)
        row[f"p{percent}"] = published
        share = None
        if published is not None and medicare:
            share = half_up(100 * Fraction(published) / Fraction(medicare), 1)
        row[f"p{percent}_pct_of_medicare"] = share
    return row


def grade(n_votes: int, is_mostly_unresolved: bool) -> str:
    if n_votes < 3:
        return "listed"
    level = 0 if n_votes <= 10 else 1 if n_votes <= 29 else 2
    return ("thin", "fair", "good")[max(0, level - is_mostly_unresolved)]
