"""Ghost rates, unresolved providers and geography: the SQL equals the oracle on every column."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

import market_oracle as oracle
import market_registry_strategies as named
import market_strategies as generated
from market_lakes import Described
from market_reading import published
from market_registries import NO_REGISTRY
from ratepress.market.registries import AREA_KINDS, WEIGHTS


@generated.examples(5)
@given(named.lakes())
@example(named.EVERYTHING_NAMED)
def test_every_column_is_the_oracles(described: Described) -> None:
    """Flags of voters, funnels, Medicare localities, and statistics in the nation and each area."""
    expected = oracle.market(described, generated.CODES, generated.AS_OF, areas=AREA_KINDS)
    actual = published(described, generated.CODES, generated.AS_OF, AREA_KINDS)
    assert actual.voter_flags == expected.voter_flags
    assert actual.flags == expected.flags
    assert actual.funnel == expected.funnel
    assert actual.voter_funnel == expected.voter_funnel
    assert actual.localities == expected.localities
    assert actual.votes == expected.votes
    assert actual.statistics == expected.statistics


@generated.examples(3)
@given(named.lakes(), st.sampled_from(WEIGHTS))
@example(named.EVERYTHING_NAMED, "npis")
@example(named.EVERYTHING_NAMED, "utilisation")
def test_weighted_votes_are_the_oracles(described: Described, weights: str) -> None:
    """M08, in the nation and in states."""
    expected = oracle.market(
        described, generated.CODES, generated.AS_OF, areas=("state",), weights=weights
    )
    actual = published(described, generated.CODES, generated.AS_OF, ("state",), weights)
    assert actual.statistics == expected.statistics


def test_the_lake_made_by_hand_holds_every_outcome() -> None:
    found = oracle.market(
        named.EVERYTHING_NAMED, generated.CODES, generated.AS_OF, areas=AREA_KINDS
    )
    assert {where[-2:] for where in found.voter_flags} == {
        ("Q08", "flagged"), ("Q08", "not assessed"), ("Q09", "flagged"), ("Q09", "not assessed"),
        ("Q10", "flagged"),
    }  # fmt: skip
    assert {where[-2] for where in found.statistics} == {"nation", *AREA_KINDS}
    assert found.localities
    assert any(row["n_left_out"] for row in found.voter_funnel.values())


@generated.examples(4)
@given(named.lakes())
def test_stricter_filters_add_no_voter_funnels_add_up_and_areas_change_no_nation(
    described: Described,
) -> None:
    found = published(described, generated.CODES, generated.AS_OF)
    for row in found.voter_funnel.values():
        parts = ("n_left_out", "n_of_flagged_prices", "n_ballots")
        assert row["n_voters"] == sum(row[name] for name in parts)
    for row in found.funnel.values():
        parts = ("n_not_dollars", "n_repeats", "n_flagged", "n_counted")
        assert row["n_keyed_rows"] == sum(row[name] for name in parts)
    voters = {
        strength: {row[1:5] for row in found.votes if row[0] == strength}
        for strength in oracle.STRENGTHS
    }
    assert voters["minimum"] >= voters["balanced"] >= voters["maximum"]
    placed = published(described, generated.CODES, generated.AS_OF, AREA_KINDS)
    nation = {where: row for where, row in placed.statistics.items() if where[-2] == "nation"}
    assert nation == found.statistics
    for where, row in placed.statistics.items():
        whole = nation[(*where[:-2], "nation", "")]
        assert row["n_votes"] <= whole["n_votes"]
        assert row["n_prices"] <= whole["n_prices"]


@generated.examples(3)
@given(named.lakes())
def test_a_registry_that_is_gone_assesses_nothing_and_finds_nobody_a_ghost(
    described: Described,
) -> None:
    """Without registry and utilisation Q09 is `not assessed` for every voter of a payer's price."""
    bare = replace(described, registries=NO_REGISTRY)
    found = published(bare, generated.CODES, generated.AS_OF)
    ghosts: dict[Any, int] = {}
    for where, n in found.voter_flags.items():
        if where[-2] == "Q09":
            ghosts[where[-1]] = ghosts.get(where[-1], 0) + n
    assert set(ghosts) <= {"not assessed"}
    expected = oracle.market(bare, generated.CODES, generated.AS_OF)
    assert found.votes == expected.votes
