"""Prices by state, in the comparison key that is stated in the most states (rule M09)."""

from __future__ import annotations

from ratepress.dossier.context import HEADLINE_LINE, Context, is_plain, key_words
from ratepress.dossier.market_tables import COLUMNS, statistic_cells
from ratepress.dossier.model import DataTable, Row
from ratepress.market.benchmark import Statistic
from ratepress.market.headline import in_order


def state_table(context: Context) -> DataTable:
    """One row a state, by postal code; no rows where no commercial voter has a place.

    Of the plain commercial keys it is the one with a median in the most states; of several, the
    one that a page would name first.
    """
    keys = in_order(
        s for s in context.over_all_payers if s.line_of_business == HEADLINE_LINE and is_plain(s)
    )
    found = [(one, context.in_states(one)) for one in keys]
    key, states = max(found, key=lambda one: _medians(one[1]), default=(None, []))
    words = "" if key is None else key_words(key)
    return DataTable(
        "by-state",
        "By state of the providers",
        "State",
        COLUMNS,
        tuple(Row(one.area, statistic_cells(context, one)) for one in states),
        f"Prices for {words}. A contract whose providers are in several states votes in each.",
    )


def _medians(states: list[Statistic]) -> int:
    return sum(one.p50 is not None for one in states)
