"""The facts and gaps of a dossier in one list: what CSV and workbook write, a row for each.

Most facts have all but their value in common with another fact, and each form writes that once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ratepress.core.facts import Fact, Gap
from ratepress.dossier.model import Cell, Dossier, Profile, Section, StripChart

Lead = tuple[str, str, str, str]
"""Section, table, group and row."""
Place = tuple[str, str, str, str, str]
"""The same and the column."""
NONE = -1
"""The number of a gap, which rests on nothing."""


class Listing:
    """The rows of a dossier or profile, in the order of its page.

    `rows` has the place of each, and its cells: the column, the cell, and a number. `bases` has
    for each number a fact of it: all facts of a number have unit, day, note, rules and sources in
    common.

    >>> from ratepress.dossier.model import DataTable, Row
    >>> table = DataTable("t", "T", "", ("n", "m"), (Row("a", (Fact(1, "count", rules=("M02",)),
    ...                   Fact(2, "count", rules=("M02",)))),))
    >>> made = Listing(Dossier("cpt", "1", "", date(2026, 7, 15), "balanced", "1",
    ...                        (Section("s", "S", tables=(table,)),), ()))
    >>> [(column, number) for _, cells in made.rows for column, _, number in cells]
    [('n', 0), ('m', 0)]
    """

    def __init__(self, dossier: Dossier | Profile) -> None:
        self.bases: list[Fact] = []
        self.rows: list[tuple[Lead, list[tuple[str, Cell, int]]]] = []
        numbers: dict[tuple[str, date | None, str | None, tuple[str, ...], int], int] = {}
        for section in dossier.sections:
            for lead, cells in stretches(section):
                row: list[tuple[str, Cell, int]] = []
                for column, cell in cells:
                    if isinstance(cell, Gap):
                        row.append((column, cell, NONE))
                        continue
                    # The dossier holds its sources; to compare them takes longer than all the rest.
                    basis = (cell.unit, cell.as_of, cell.note, cell.rules, id(cell.sources))
                    number = numbers.get(basis)
                    if number is None:
                        number = numbers[basis] = len(self.bases)
                        self.bases.append(cell)
                    row.append((column, cell, number))
                self.rows.append((lead, row))


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
