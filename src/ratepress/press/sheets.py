"""A dossier as an Excel workbook: its facts, its gaps, notes, and the files it rests on.

A sheet `Facts` has the rows of the CSV with typed values; text stays text, and a code keeps its
leading zeros.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from ratepress.core.facts import Fact, Gap
from ratepress.dossier.model import Dossier, Profile, SourceFile
from ratepress.press.footnotes import Footnotes
from ratepress.press.listing import Listing
from ratepress.press.workbook import Cell, Column, Sheet, workbook

# A row of a table is as many rows here as it has cells, and most cells rest on what others do.
_LEAD = {"section": 12, "table": 20, "group": 24, "row": 36, "column": 24}
_PLACE = tuple(Column(head, width=width, repeats=True) for head, width in _LEAD.items())
_FACTS = (
    *_PLACE,
    Column("number", "number", 14),
    Column("text or code", width=40),
    Column("date", "date", 12),
    Column("unit", width=14, repeats=True),
    Column("as of", "date", 12, repeats=True),
    Column("rules", width=16, repeats=True),
    Column("sources", width=14, repeats=True),
    Column("note", width=40, repeats=True),
)
_RUNS = (4, 1, 3, 5)
"""The columns of `_FACTS` by what they say: the row, its column, the value, what it rests on."""
_GAPS = (*_PLACE, Column("what", width=44), Column("why", width=60), Column("filled by", width=60))
_SOURCES = (
    Column("no.", "count", 6),
    Column("label", width=44),
    Column("file", width=40),
    Column("publisher", width=32),
    Column("published", "date", 12),
    Column("read", "count", 12),
    Column("loaded", "count", 12),
    Column("set aside", "count", 12),
    Column("SHA-256", width=66),
    Column("address", width=60),
)


def document(
    dossier: Dossier | Profile,
    notes: Footnotes | None = None,
    listing: Listing | None = None,
) -> bytes:
    """The workbook of a dossier or profile: sheets `Facts`, `Not available`, `Notes`, `Sources`.

    The column `sources` of the first holds numbers of the last; `notes` and `listing` are those of
    the same dossier, where they are made already. The same tree gives the same bytes.

    >>> from datetime import date
    >>> empty = Dossier("cpt", "32557", "Chest drain", date(2026, 7, 15), "balanced", "1", (), ())
    >>> document(empty)[:2]
    b'PK'
    """
    notes = notes or Footnotes(dossier)
    listing = listing or Listing(dossier)
    bases = [_basis(fact, notes) for fact in listing.bases]
    facts: list[tuple[tuple[Cell, ...], ...]] = []
    gaps: list[tuple[Cell, ...]] = []
    for place, cells in listing.rows:
        lead = tuple([text or None for text in place])
        for column, cell, number in cells:
            if isinstance(cell, Gap):
                what, fill = cell.what, cell.which_source_would_fill_it
                gaps.append((*lead, column or None, what, cell.why, fill))
            else:
                facts.append((lead, (column or None,), _value(cell), bases[number]))
    return workbook(
        [
            Sheet("Facts", _FACTS, facts, _RUNS),
            Sheet("Not available", _GAPS, gaps),
            Sheet("Notes", (Column("about", width=24), Column("note", width=100)), _notes(dossier)),
            Sheet("Sources", _SOURCES, [_source(entry.number, entry.label, entry.file, entry.link)
                                        for entry in notes.entries]),
        ]
    )  # fmt: skip


def _value(fact: Fact) -> tuple[Cell, ...]:
    """The value as a number, as text, or as a date."""
    value = fact.value
    if isinstance(value, str):
        return None, value, None
    if isinstance(value, bool):
        return None, fact.text, None
    if isinstance(value, int | Decimal):
        return value, None, None
    return None, None, value


def _basis(fact: Fact, notes: Footnotes) -> tuple[Cell, ...]:
    """What a fact says beside its value."""
    listed = notes.numbers(fact.sources)
    return fact.unit, fact.as_of, _joined(fact.rules) or None, listed or None, fact.note


@lru_cache(1 << 13)
def _joined(rules: tuple[str, ...]) -> str:
    return " ".join(rules)


def _notes(dossier: Dossier | Profile) -> list[list[Cell]]:
    cited = next((s.sentences for s in dossier.sections if s.id == "sources"), ())
    tables = [table for section in dossier.sections for table in section.tables]
    made: list[list[Cell]] = [
        ["As of", dossier.as_of.isoformat()],
        ["Ghost filter", dossier.strength],
        ["Method", f"edition {dossier.method_version}"],
        ["Sources", "The column sources of the sheet Facts has the numbers of the sheet Sources."],
    ]
    if isinstance(dossier, Dossier):
        made.insert(0, ["Code", f"{dossier.system.upper()} {dossier.code}"])
    made += [["Cite as", sentence.text] for sentence in cited]
    made += [[table.title, table.note] for table in tables if table.note]
    return made


def _source(number: int, label: str, file: SourceFile | None, link: str | None) -> list[Cell]:
    if file is None:
        return [number, label, None, None, None, None, None, None, None, link]
    aside = sum(file.set_aside.values())
    return [
        number, label, file.name, file.publisher, file.published_on, file.read, file.loaded, aside,
        file.content_id, link or (file.origins[0] if file.origins else None),
    ]  # fmt: skip
