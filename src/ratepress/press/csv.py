"""The dossier as one long table: a row for each fact or gap, safe to open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.dossier.model import Cell, Dossier, Profile, Section, StripChart
from ratepress.press.text import spreadsheet

COLUMNS = (
    "section", "table", "group", "row", "column", "value", "unit", "as_of", "note", "rules",
    "sources", "gap", "gap_reason", "gap_filled_by",
)  # fmt: skip
_KEPT = 1 << 13
_NUMBERS = frozenset({"USD", "% of Medicare", "%", "count", "index", "USD per RVU", "days"})


class _Place(NamedTuple):
    section: str
    table: str = ""
    group: str = ""
    row: str = ""
    column: str = ""


def document(dossier: Dossier | Profile) -> bytes:
    """The CSV of a dossier, for the place `code/<system>/<code>.csv`, in the order of the page.

    Values are plain (`647.98`, no sign or separator) with their unit beside them; sources are
    `label, place [SHA-256]`, several apart by ` | `. Text that a spreadsheet could take for a
    formula is led by an apostrophe.

    >>> from datetime import date
    >>> empty = Dossier("cpt", "32557", "Chest drain", date(2026, 7, 15), "balanced", "1", (), ())
    >>> document(empty)[:19]
    b'section,table,group'
    """
    lines = [",".join(COLUMNS)]
    sources: dict[tuple[SourceRef, ...], str] = {}
    for section in dossier.sections:
        for place, cell in placed(section):
            lines.append(",".join([*map(_quoted, place), _fields(cell, sources)]))
    lines.append("")
    return "\n".join(lines).encode("utf-8", "backslashreplace")


@lru_cache(_KEPT)
def _quoted(text: str) -> str:
    """A text as a field: safe in a spreadsheet, in quotation marks where CSV needs them."""
    return _field(spreadsheet(text))


def _field(text: str) -> str:
    if "," in text or '"' in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def placed(section: Section) -> Iterator[tuple[_Place, Cell]]:
    """Every fact and gap of a section with its place: section, table, group, row, column."""
    for labelled in section.facts:
        yield _Place(section.id, row=labelled.label), labelled.cell
    # Other kinds of chart draw the cells of a table, which follow.
    for chart in (one for one in section.charts if isinstance(one, StripChart)):
        if chart.reference:
            place = _Place(section.id, chart.id, row=chart.reference.label)
            yield place, chart.reference.cell
        for strip in chart.strips:
            yield _Place(section.id, chart.id, strip.label, "", "n"), strip.n
            for mark in strip.marks:
                yield _Place(section.id, chart.id, strip.label, mark.label, "price"), mark.fact
            for one in strip.quantiles:
                yield _Place(section.id, chart.id, strip.label, "", one.label), one.cell
    for table in section.tables:
        for row in table.rows:
            for column, cell in zip(table.columns, row.cells, strict=True):
                if cell is not None:
                    place = _Place(section.id, table.id, row.group or "", row.label, column)
                    yield place, cell
    for gap in section.gaps:
        yield _Place(section.id), gap


def _fields(cell: Cell, written: dict[tuple[SourceRef, ...], str]) -> str:
    """The fields after the place, ready for the line; `written` remembers those of sources."""
    rules = _field(" ".join(cell.rules))
    if isinstance(cell, Gap):
        words = map(_quoted, (cell.what, cell.why, cell.which_source_would_fill_it))
        return f",,,,{rules},,{','.join(words)}"
    sources = written.get(cell.sources)
    if sources is None:
        sources = written[cell.sources] = _field(spreadsheet(sources_text(cell)))
    day = cell.as_of.isoformat() if cell.as_of else ""
    note = _quoted(cell.note) if cell.note else ""
    return f"{_field(_value(cell))},{cell.unit},{day},{note},{rules},{sources},,,"


def _value(fact: Fact) -> str:
    """A number is written as it is: the apostrophe would turn a negative one into text."""
    if fact.unit in _NUMBERS and not isinstance(fact.value, str):
        return f"{fact.value}"
    if isinstance(fact.value, bool):
        return fact.text
    return spreadsheet(f"{fact.value}")


def sources_text(fact: Fact) -> str:
    """The sources of a fact: `label, place [SHA-256]`, several apart by ` | `."""
    return " | ".join(map(_source, fact.sources))


def _source(source: SourceRef) -> str:
    words = ", ".join(part for part in (source.label, source.place) if part)
    return (
        f"{words} [{source.content_id or source.link}]"
        if source.content_id or source.link
        else words
    )
