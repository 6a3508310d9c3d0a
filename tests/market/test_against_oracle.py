"""The market's SQL equals the oracle on every column, over generated lakes (rules M01 to M07)."""

from __future__ import annotations

from hypothesis import given

import market_oracle as oracle
import market_strategies as generated
from market_lakes import Described
from market_reading import published


@generated.examples(40)
@given(generated.lakes())
def test_every_column_is_the_oracles(described: Described) -> None:
    """Votes, statistics at both grains, flags, funnel and the counts of published rows."""
    expected = oracle.market(described, generated.CODES, generated.AS_OF)
    actual = published(described, generated.CODES, generated.AS_OF)
    assert actual.published == expected.published
    assert actual.funnel == expected.funnel
    assert actual.flags == expected.flags
    assert actual.votes == expected.votes
    assert actual.statistics == expected.statistics
