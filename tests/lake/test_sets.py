"""Ids of sets: the same members give the same id, and other members another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ratepress.lake.sets import READABLE_LIMIT, set_id

MEMBERS = st.lists(st.text(alphabet=st.sampled_from("ab|\\#0"), max_size=30), max_size=6)


@given(MEMBERS, st.randoms())
def test_order_and_repeats_do_not_matter(members: list[str], random: object) -> None:
    again = members * 2
    random.shuffle(again)  # type: ignore[attr-defined]
    assert set_id(again) == set_id(members)


@given(MEMBERS, MEMBERS)
def test_other_members_have_another_id(one: list[str], other: list[str]) -> None:
    """The set of the empty member alone is the empty set: a file states no such member."""
    if set(one) - {""} != set(other) - {""}:
        assert set_id(one) != set_id(other)


@given(MEMBERS)
def test_an_id_is_short(members: list[str]) -> None:
    assert len(set_id(members)) <= READABLE_LIMIT


def test_a_member_that_looks_like_a_hash_is_hashed_itself() -> None:
    assert set_id(["#1"]).startswith("#")
    assert set_id(["#1"]) != "#1"
