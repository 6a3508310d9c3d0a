"""The list of sources: one record for each content, with where it was seen."""

from __future__ import annotations

from lake_rows import content_id, put, sighting
from ratepress.lake.manifest import SetAside
from ratepress.lake.sources import sources
from ratepress.lake.store import Lake


def test_a_source_is_listed_with_its_reconciliation_by_reason(lake: Lake) -> None:
    aside = (SetAside("F001", 4, "row 9"), SetAside("F014", 1, "row 12"))
    put(lake, "a", read=8, loaded=3, set_aside=aside)
    (found,) = sources(lake)
    assert (found.content_id, found.read, found.loaded) == (content_id("a"), 8, 3)
    assert found.set_aside == {"F001": 4, "F014": 1}
    assert found.first_places == {"F001": "row 9", "F014": "row 12"}
    assert found.rows == {"hospital_npis": 3}
    assert found.read == found.loaded + sum(found.set_aside.values())


def test_an_origin_is_listed_once_and_every_sighting_is_counted(lake: Lake) -> None:
    put(lake, "a")
    for origin in ("https://example.org/a", "/files/a"):
        lake.observe(sighting("a", origin))
    (found,) = sources(lake)
    assert found.origins == ("/files/a", "https://example.org/a")
    assert found.n_observations == 3


def test_sources_are_in_the_order_in_which_they_were_added(lake: Lake) -> None:
    for name in ("b", "a", "c"):
        put(lake, name)
    assert [found.publisher for found in sources(lake)] == ["b", "a", "c"]
