"""The market's SQL equals the oracle on every column, over generated lakes (rules M01 to M07)."""

from __future__ import annotations

from hypothesis import example, given

import market_oracle as oracle
import market_strategies as generated
from market_everything import EVERYTHING
from market_lakes import Described
from market_reading import published


@generated.examples(10)
@given(generated.lakes())
@example(EVERYTHING)
def test_every_column_is_the_oracles(described: Described) -> None:
    """Votes, statistics at both grains, flags, funnel and the counts of published rows."""
    expected = oracle.market(described, generated.CODES, generated.AS_OF)
    actual = published(described, generated.CODES, generated.AS_OF)
    assert actual.published == expected.published
    assert actual.funnel == expected.funnel
    assert actual.flags == expected.flags
    assert actual.votes == expected.votes
    assert actual.statistics == expected.statistics


def test_the_lake_made_by_hand_holds_every_outcome() -> None:
    """Each rule flags something in it, each grade and each kind of voter is there."""
    found = oracle.market(EVERYTHING, generated.CODES, generated.AS_OF)
    outcomes = {where[-2:] for where in found.flags}
    assert outcomes == {
        (rule, outcome)
        for rule in oracle.LEFT_OUT_AT
        for outcome in ("flagged", "not assessed")
        if outcome == "flagged" or rule in ("Q04", "Q07", "Q08", "Q09", "Q11", "Q13", "Q14")
    } - {("Q09", "flagged")}  # That wants a registry: test_registry_oracle.
    grades = {row["confidence"] for row in found.statistics.values()}
    assert grades == {"listed", "thin", "fair", "good"}
    assert {vote[4] for vote in found.votes} == {"TIN", "provider group", "hospital"}
    standings = {standing for _, _, standing in found.published}
    assert standings == {"current", "after the as-of date", "replaced by a newer file"}
