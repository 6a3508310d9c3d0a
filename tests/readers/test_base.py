"""Tallies that are counted apart and put together."""

from __future__ import annotations

from ratepress.readers.base import Tally


def test_a_later_tally_adds_its_counts_and_keeps_the_first_places() -> None:
    first, later = Tally(), Tally()
    first.read, first.loaded = 3, 2
    first.set_aside("F104", "a")
    first.problem("F100", "tin", "a", "1")
    later.read, later.loaded = 4, 2
    for place in ("b", "c"):
        later.set_aside("F104", place)
        later.problem("F100", "tin", place, "2")
        later.problem("F113", "expiration_date", place, "x" * 300)
    later.again("F113", "expiration_date", 5)
    first.absorb(later)
    assert (first.read, first.loaded) == (7, 4)
    assert [(a.reason, a.count, a.first_place) for a in first.reconcile("x")] == [("F104", 3, "a")]
    assert [
        (p["rule_id"], p["count"], p["first_place"], len(p["sample"])) for p in first.problem_rows()
    ] == [("F100", 3, "a", 1), ("F113", 7, "b", 200)]
    assert first.counts() == {("F100", "tin"): 3, ("F113", "expiration_date"): 7}
