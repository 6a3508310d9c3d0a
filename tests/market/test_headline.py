"""Which benchmark a page names first."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from market_lakes import Described, PriceFile, Rate
from market_reading import lake_of
from ratepress.codes.argument import parse_code
from ratepress.market.benchmark import Statistic, run_market, statistics
from ratepress.market.headline import SHARE_OF_CHARGES, best


def test_agreed_prices_come_before_dollars_of_a_share_of_charges() -> None:
    """However many of the latter there are; among equals, votes decide and then rows."""
    code = parse_code("32557")
    file = PriceFile("h", date(2026, 4, 1), (Rate(dollars=Decimal(5)),), ("First Hospital", "GA"))
    with lake_of(Described((file,))) as lake, lake.connect() as connection:
        run_market(connection, [code], date(2026, 7, 15))
        one = statistics(connection, code, "balanced")[0]

    def made(method: str, votes: int, rows: int) -> Statistic:
        return msgspec.structs.replace(one, method=method, n_votes=votes, n_rows=rows)

    share, few, many = made(SHARE_OF_CHARGES, 9, 9), made("fee schedule", 3, 3), made("other", 3, 4)
    assert best([share, few]) == few
    assert best([share, few, many]) == many
    assert best([share]) == share
    assert best([]) is None
