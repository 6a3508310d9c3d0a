"""Numbers of sources, rules and gaps: in order of first appearance, each once."""

from __future__ import annotations

from datetime import date

from dossier_sample import HOSPITAL_ID, NOTE, PAYER_ID, PFS_ID, dossier
from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.dossier.model import Dossier, Labelled, Section
from ratepress.press.footnotes import Footnotes, is_editorial

FILE = SourceRef("EMORY UNIVERSITY", "a" * 64, "row 1")


def page(*cells: Fact | Gap) -> Dossier:
    section = Section("medicare", "M", facts=tuple(Labelled("x", cell) for cell in cells))
    return Dossier("cpt", "32557", "L", date(2026, 7, 15), "balanced", "1", (section,), ())


def fact(*sources: SourceRef, rules: tuple[str, ...] = ("M01",)) -> Fact:
    return Fact(1, "count", sources=sources, rules=rules)


def test_a_source_is_numbered_where_it_first_appears() -> None:
    second = SourceRef("Rule", link="https://example.org/")
    notes = Footnotes(page(fact(FILE), fact(second, FILE)))
    assert [(e.number, e.label) for e in notes.entries] == [(1, "EMORY UNIVERSITY"), (2, "Rule")]


def test_rows_of_one_file_share_its_number_and_are_listed() -> None:
    other = SourceRef("EMORY UNIVERSITY", "a" * 64, "row 2")
    notes = Footnotes(page(fact(FILE), fact(other)))
    (entry,) = notes.entries
    assert entry.shown_places == "row 1; row 2"


def test_a_long_list_of_rows_says_how_many_are_not_shown() -> None:
    rows = [SourceRef("E", "a" * 64, f"row {n}") for n in range(1, 101)]
    notes = Footnotes(page(*(fact(row) for row in rows)))
    shown, _, more = notes.entries[0].shown_places.rpartition("; and ")
    assert more == f"{100 - len(shown.split('; '))} more"
    assert 5 < len(shown.split("; ")) < 40


def test_a_marker_shows_three_sources_and_counts_the_others() -> None:
    sources = [SourceRef(f"S{n}") for n in range(5)]
    notes = Footnotes(page(fact(*sources)))
    marker = notes.marker([fact(*sources)])
    assert [r.number for r in marker.references] == [1, 2, 3]
    assert marker.more_sources == 2


def test_a_marker_shows_three_rules_and_counts_the_others() -> None:
    cell = fact(rules=("M06", "M01", "M02", "M05", "M04"))
    marker = Footnotes(page(cell)).marker([cell])
    assert [rule.id for rule in marker.rules] == ["M01", "M02", "M04"]
    assert marker.more_rules == 2


def test_gaps_of_one_reason_stand_together_and_keep_their_names() -> None:
    first = Gap("Outpatient", "not loaded", "Addendum B")
    again = Gap("Inpatient", "not loaded", "Addendum B")
    other = Gap("Units", "not loaded", "MUE")
    notes = Footnotes(page(first, other, again, first))
    assert [(g.anchor, g.missing) for g in notes.gaps] == [
        ("gap-1", ["Outpatient", "Inpatient"]),
        ("gap-2", ["Units"]),
    ]
    assert notes.gap(again).anchor == "gap-1"


def test_a_file_that_no_fact_cites_is_listed_too() -> None:
    entries = Footnotes(dossier()).entries
    files = {entry.file.content_id for entry in entries if entry.file}
    assert files == {HOSPITAL_ID, PAYER_ID, PFS_ID}


def test_a_link_that_is_no_web_address_is_dropped() -> None:
    notes = Footnotes(page(fact(SourceRef("x", link="javascript:alert(1)"))))
    assert notes.entries[0].link is None


def test_editorial_facts_are_known_by_their_source() -> None:
    assert is_editorial(Fact("words", "text", sources=(NOTE,)))
    assert not is_editorial(fact(FILE))
