"""The dossier as an Excel workbook: its facts and gaps, what to mind, and its source files."""

from __future__ import annotations

from decimal import Decimal

from ratepress.core.facts import Gap
from ratepress.dossier.model import Cell as DossierCell
from ratepress.dossier.model import Dossier
from ratepress.press.csv import placed, sources_text
from ratepress.press.text import spreadsheet
from ratepress.press.workbook import Cell, Column, Sheet, workbook

_FACTS = (
    Column("section", width=12), Column("table", width=16), Column("group", width=24),
    Column("row", width=32), Column("column", width=24), Column("value", "number", 18),
    Column("unit", width=14), Column("as of", "date"), Column("note", width=32),
    Column("rules", width=18), Column("sources", width=48), Column("not available", width=32),
    Column("why", width=40), Column("would be filled by", width=40),
)  # fmt: skip
_FILES = (
    Column("file", width=36), Column("publisher", width=32), Column("kind", width=24),
    Column("release"), Column("published on", "date"), Column("read", "count"),
    Column("loaded", "count"), Column("set aside", width=24), Column("SHA-256", width=66),
)  # fmt: skip


def document(dossier: Dossier) -> bytes:
    """The workbook of a dossier, for the place `code/<system>/<code>.xlsx`.

    Sheets: `Facts` (a row for each fact or gap, in the order of the page), `Notes`, `Sources`.
    Codes are text and numbers are numbers. `UsageError` where the extra `xlsx` is not installed.

    >>> from datetime import date
    >>> empty = Dossier("cpt", "32557", "Chest drain", date(2026, 7, 15), "balanced", "1", (), ())
    >>> document(empty)[:2]
    b'PK'
    """
    facts = [
        [*(spreadsheet(part) for part in place), *_cells(cell)]
        for section in dossier.sections
        for place, cell in placed(section)
    ]
    notes = (Column("about", width=24), Column("note", width=100))
    return workbook(
        [
            Sheet("Facts", _FACTS, facts),
            Sheet("Notes", notes, _notes(dossier)),
            Sheet("Sources", _FILES, _files(dossier)),
        ]
    )


def _cells(cell: DossierCell) -> list[Cell]:
    if isinstance(cell, Gap):
        words = (cell.what, cell.why, cell.which_source_would_fill_it)
        return [None, None, None, None, " ".join(cell.rules), None, *map(spreadsheet, words)]
    value = cell.value
    is_number = isinstance(value, (Decimal, int)) and not isinstance(value, bool)
    return [
        value if is_number else spreadsheet(cell.text),
        cell.unit,
        cell.as_of,
        spreadsheet(cell.note or "") or None,
        " ".join(cell.rules),
        spreadsheet(sources_text(cell)),
        None,
        None,
        None,
    ]


def _notes(dossier: Dossier) -> list[list[Cell]]:
    return [
        ["Code", f"{dossier.system.upper()} {dossier.code}"],
        ["What it is", spreadsheet(dossier.label)],
        ["As of", dossier.as_of.isoformat()],
        ["Filter strength", dossier.strength],
        ["Method", f"Ratepress method, edition {dossier.method_version}"],
        ["Rules", "Each rule by its number: `ratepress explain RULE`"],
    ]


def _files(dossier: Dossier) -> list[list[Cell]]:
    return [
        [
            spreadsheet(file.name),
            spreadsheet(file.publisher),
            file.kind,
            file.release,
            file.published_on,
            file.read,
            file.loaded,
            ", ".join(f"{spreadsheet(rule)}: {n:,}" for rule, n in file.set_aside.items()),
            file.content_id,
        ]
        for file in dossier.sources
    ]
