"""The dossier as one long table: a row for each fact or gap, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import NamedTuple

from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.dossier.model import Cell, Dossier, Profile, Section, StripChart
from ratepress.press.text import spreadsheet

COLUMNS = (
    "section", "table", "group", "row", "column", "value", "unit", "as_of", "note", "rules",
    "sources", "gap", "gap_reason", "gap_filled_by",
)  # fmt: skip
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
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for section in dossier.sections:
        for place, cell in placed(section):
            writer.writerow([*map(spreadsheet, place), *_fields(cell)])
    return out.getvalue().encode("utf-8", "backslashreplace")


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


def _fields(cell: Cell) -> list[str]:
    if isinstance(cell, Gap):
        words = (cell.what, cell.why, cell.which_source_would_fill_it)
        return ["", "", "", "", " ".join(cell.rules), "", *map(spreadsheet, words)]
    return [
        _value(cell),
        cell.unit,
        cell.as_of.isoformat() if cell.as_of else "",
        spreadsheet(cell.note or ""),
        " ".join(cell.rules),
        spreadsheet(sources_text(cell)),
        "",
        "",
        "",
    ]


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
