"""Rule M06: the grade of a sample and the words for it (docs/method/decisions.md)."""

from __future__ import annotations

import pytest

from ratepress.market.confidence import grade, minimum_votes


@pytest.mark.parametrize(
    ("n_votes", "expected"),
    [(0, "listed"), (1, "listed"), (2, "listed"), (3, "thin"), (10, "thin"), (11, "fair"),
     (29, "fair"), (30, "good"), (5000, "good")],
)  # fmt: skip
def test_the_grade_follows_the_number_of_votes(n_votes: int, expected: str) -> None:
    assert grade(n_votes, max(n_votes, 1), 0).grade == expected


@pytest.mark.parametrize(
    ("n_votes", "n_entities", "n_unresolved", "expected"),
    [
        (30, 10, 5, "good"),  # half is not more than half
        (30, 10, 6, "fair"),
        (11, 10, 10, "thin"),
        (3, 3, 3, "thin"),  # nothing is under thin but the list
        (2, 2, 2, "listed"),
    ],
)
def test_entities_known_by_group_alone_lower_the_grade_where_they_are_more_than_half(
    n_votes: int, n_entities: int, n_unresolved: int, expected: str
) -> None:
    found = grade(n_votes, n_entities, n_unresolved)
    assert found.grade == expected
    assert ("known by provider group only" in found.reason) == (
        n_votes >= 3 and 2 * n_unresolved > n_entities
    )


def test_the_reason_counts_in_plain_words() -> None:
    assert grade(1, 1, 0).reason == "1 vote: under 3, so the prices are listed"
    assert grade(6, 1, 0).reason == "6 votes, from 1 contracting entity"
    assert grade(30, 12, 7).reason == (
        "30 votes, from 12 contracting entities; 7 of them known by provider group only"
    )


def test_percentiles_need_three_votes() -> None:
    assert minimum_votes() == 3
