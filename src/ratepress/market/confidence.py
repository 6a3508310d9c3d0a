"""Rule M06: how far a statistic can be trusted, and why, in words that a page prints."""

from __future__ import annotations

import msgspec

from ratepress.core.rules import rule


class Confidence(msgspec.Struct, frozen=True):
    """`grade` is `listed` (too few votes for percentiles), `thin`, `fair` or `good`."""

    grade: str
    reason: str


def grade(n_votes: int, n_entities: int, n_unresolved: int) -> Confidence:
    """The confidence in a statistic over `n_votes` votes of `n_entities` contracting entities.

    `n_unresolved` entities are provider groups whose TIN is unknown; where they are more than
    half, the grade is one lower, because two groups may be one contract.

    >>> grade(6, 1, 0)
    Confidence(grade='thin', reason='6 votes, from 1 contracting entity')
    """
    parameters = rule("M06").parameters
    minimum, thin, high = (
        int(parameters[name]) for name in ("minimum_votes", "thin_votes", "high_votes")
    )
    votes = f"{n_votes} vote{'' if n_votes == 1 else 's'}"
    if n_votes < minimum:
        return Confidence("listed", f"{votes}: under {minimum}, so the prices are listed")
    level = 0 if n_votes <= thin else 1 if n_votes < high else 2
    reason = f"{votes}, from {n_entities} contracting entit{'y' if n_entities == 1 else 'ies'}"
    if n_unresolved * 2 > n_entities:
        level = max(0, level - 1)
        reason += f"; {n_unresolved} of them known by provider group only"
    return Confidence(("thin", "fair", "good")[level], reason)


def minimum_votes() -> int:
    """Votes below which no percentile is published."""
    return int(rule("M06").parameters["minimum_votes"])
