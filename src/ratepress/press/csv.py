"""The dossier as one long table: a row for each fact or gap, safe to open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.dossier.model import Cell, Dossier, Profile, Section, StripChart
from ratepress.press.text import spreadsheet

COLUMNS = (
    "section", "table", "group", "row", "column", "value", "unit", "as_of", "note", "rules",
    "sources", "gap", "gap_reason", "gap_filled_by",
)  # fmt: skip
_KEPT = 1 << 13
_NUMBERS = frozenset({"USD", "% of Medicare", "%", "count", "index", "USD per RVU", "days"})


Lead = tuple[str, str, str, str]
"""Section, table, group and row."""
Place = tuple[str, str, str, str, str]
"""The same and the column."""


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
    fields = _Fields()
    for section in dossier.sections:
        for lead, cells in stretches(section):
            place = ",".join(map(_quoted, lead))
            lines += [f"{place},{_quoted(column)},{fields.of(cell)}" for column, cell in cells]
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


def placed(section: Section) -> Iterator[tuple[Place, Cell]]:
    """Every fact and gap of a section with its place: section, table, group, row, column."""
    for lead, cells in stretches(section):
        for column, cell in cells:
            yield (*lead, column), cell


def stretches(section: Section) -> Iterator[tuple[Lead, list[tuple[str, Cell]]]]:
    """The same by row, for the place of a row is written once for its cells: section, table, group
    and row, then the cells with their columns.
    """
    for labelled in section.facts:
        yield (section.id, "", "", labelled.label), [("", labelled.cell)]
    # Other kinds of chart draw the cells of a table, which follow.
    for chart in (one for one in section.charts if isinstance(one, StripChart)):
        if chart.reference:
            lead = (section.id, chart.id, "", chart.reference.label)
            yield lead, [("", chart.reference.cell)]
        for strip in chart.strips:
            yield (section.id, chart.id, strip.label, ""), [("n", strip.n)]
            for mark in strip.marks:
                yield (section.id, chart.id, strip.label, mark.label), [("price", mark.fact)]
            quantiles: list[tuple[str, Cell]] = [(one.label, one.cell) for one in strip.quantiles]
            yield (section.id, chart.id, strip.label, ""), quantiles
    for table in section.tables:
        for row in table.rows:
            cells = zip(table.columns, row.cells, strict=True)
            yield (
                (section.id, table.id, row.group or "", row.label),
                [(column, cell) for column, cell in cells if cell is not None],
            )
    yield (section.id, "", "", ""), [("", gap) for gap in section.gaps]


class _Fields:
    """The fields after the place, ready for the line.

    Most facts have their sources, their rules and their day in common with another fact.
    """

    def __init__(self) -> None:
        self._sources: dict[tuple[SourceRef, ...], str] = {}

    def of(self, cell: Cell) -> str:
        """Those of one cell."""
        if isinstance(cell, Gap):
            words = map(_quoted, (cell.what, cell.why, cell.which_source_would_fill_it))
            return f",,,,{_rules(cell.rules)},,{','.join(words)}"
        sources = self._sources.get(cell.sources)
        if sources is None:
            sources = self._sources[cell.sources] = _field(spreadsheet(sources_text(cell)))
        day = _day(cell.as_of) if cell.as_of else ""
        note = _quoted(cell.note) if cell.note else ""
        return f"{_value(cell)},{cell.unit},{day},{note},{_rules(cell.rules)},{sources},,,"


@lru_cache(_KEPT)
def _rules(rules: tuple[str, ...]) -> str:
    return _field(" ".join(rules))


@lru_cache(_KEPT)
def _day(day: date) -> str:
    return day.isoformat()


def _value(fact: Fact) -> str:
    """A number is written as it is: the apostrophe would turn a negative one into text."""
    value = fact.value
    if isinstance(value, str):
        return _quoted(value)
    if fact.unit in _NUMBERS:
        return f"{value}"
    return _quoted(fact.text if isinstance(value, bool) else f"{value}")


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
