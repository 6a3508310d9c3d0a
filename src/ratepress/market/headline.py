"""Which of several statistics is named first: docs/method/decisions.md, "The headline"."""

from __future__ import annotations

from collections.abc import Iterable

from ratepress.market.benchmark import Statistic

SHARE_OF_CHARGES = "percent of total billed charges"


def in_order(found: Iterable[Statistic]) -> list[Statistic]:
    """The statistic that is named first, first: the one with the most votes, then the most rows.

    Dollars that a hospital works out from its charges come behind prices that were agreed, however
    many they are.
    """
    return sorted(
        found, key=lambda s: (s.method == SHARE_OF_CHARGES, -s.n_votes, -s.n_rows, s.key_id)
    )


def best(found: Iterable[Statistic]) -> Statistic | None:
    """The statistic that is named first, or None of none."""
    return next(iter(in_order(found)), None)
