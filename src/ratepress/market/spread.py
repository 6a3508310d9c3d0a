"""Mean and spread of votes, within payers and between them; docs/method/decisions.md, M05.

Spread is a ratio of quartiles: prices differ by factors, and a ratio compares a visit with a stay.
It is of the published figures, so that it can be made again from the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from ratepress.core.decimals import CENT, EXACT, cents, percentile
from ratepress.market.confidence import minimum_votes


class Spread(NamedTuple):
    """Of one payer in one cell, or of all payers there (`spread_between`, `n_spread_payers`)."""

    spread_within: Decimal | None = None
    spread_between: Decimal | None = None
    n_spread_payers: int = 0


NO_SPREAD = Spread()


def mean(total: Decimal, n_votes: int) -> Decimal:
    """The sum of so many votes over their number, half up to the cent once.

    >>> mean(Decimal("200.01"), 2)
    Decimal('100.01')
    """
    return EXACT.divide(total, Decimal(n_votes)).quantize(CENT, ROUND_HALF_UP, EXACT)


def ratio(high: Decimal, low: Decimal) -> Decimal:
    """One figure over another, half up to two decimals.

    >>> ratio(Decimal("510.00"), Decimal("300.00"))
    Decimal('1.70')
    """
    return EXACT.divide(high, low).quantize(CENT, ROUND_HALF_UP, EXACT)


def spreads(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], Spread]:
    """By cell and payer (`key_id`, `payer_id`), and under payer id '' over all payers of a cell.

    `rows` have also n_weighted (M08), p25, p50 and p75. A payer has a spread where it has
    percentiles (rule M06), and a spread between payers wants as many payers as they want votes.
    """
    enough = minimum_votes()
    found: dict[tuple[str, str], Spread] = {}
    by_cell: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["payer_id"] and row["n_weighted"] >= enough and row["p25"] > 0:
            key_id = row["key_id"]
            found[key_id, row["payer_id"]] = Spread(ratio(row["p75"], row["p25"]))
            by_cell.setdefault(key_id, []).append(row)
    for key_id, payers in by_cell.items():
        within = [ratio(row["p75"], row["p25"]) for row in payers]
        medians = [row["p50"] for row in payers]
        low, high = (cents(percentile(medians, percent)) for percent in (25, 75))
        is_sample = len(payers) >= enough
        found[key_id, ""] = Spread(
            cents(percentile(within, 50)), ratio(high, low) if is_sample else None, len(payers)
        )
    return found
