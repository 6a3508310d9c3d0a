"""A dossier's table as a page shows it: units in the heads, one source column, gaps run together.

Presentation only: no value is computed here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence, Set
from functools import lru_cache
from itertools import chain, groupby

import msgspec

from ratepress.core.facts import Fact, SourceRef
from ratepress.core.rules import Rule
from ratepress.dossier.model import Cell, DataTable, Row
from ratepress.press.footnotes import Footnotes, GapGroup, Marker, rules_of
from ratepress.press.shorten import Shown

_UNMARKED = Marker()
_KEPT = 1 << 13
# As many columns as stand beside their row heads only in smaller type.
_DENSE = 8
# Texts this long need a column of some width on a phone.
_WORDS, _PASSAGE = 24, 60
# As many rows as a sheet of paper keeps together.
_SHORT = 12
# A run of equal gaps this long is one cell with its reason in words; a shorter one is dashes.
_RUN = 3
# Cells of one source that are as many have its number in their head, once.
_ALIKE = 3
# Groups that are on average smaller than this stand in the row's own head.
_OWN_HEAD = 3
_MOST_RULES_IN_A_ROW = 2
_BEFORE_AN_AMOUNT = re.compile(r"(?<=:|o) (?=[\d,]+\.\d\d\b)")
_NUMBER = re.compile(r"[-+$]*[\d,]*\.?\d+%?\Z")
_NUMERIC_UNITS = frozenset(
    {"USD", "% of Medicare", "%", "count", "RVU", "index", "USD per RVU", "days"}
)
_UNIT_HEADS = {"USD": "$", "% of Medicare": "%", "%": "%"}
VERDICTS = frozenset({"allowed", "conditional", "not allowed"})


class Column(msgspec.Struct, frozen=True, gc=False):
    """A head: its words, the unit its cells leave out, whether they are numbers or long texts."""

    head: str
    unit: str
    is_number: bool
    is_in_dense_table: bool = False
    marker: Marker = _UNMARKED
    width: str = ""


class CellView(msgspec.Struct, frozen=True, gc=False):
    """One `td`: the text of a fact, or a gap over `span` columns, or nothing."""

    kind: str
    text: str = ""
    is_number: bool = False
    note: str = ""
    tip: str = ""
    marker: Marker = _UNMARKED
    gap: GapGroup | None = None
    span: int = 1


_NOTHING = CellView("none")


class RowView(msgspec.Struct, frozen=True, gc=False):
    """One `tr` with its head and, where the table has that column, its sources."""

    head: str
    note: str
    group: str
    cells: tuple[CellView, ...]
    marker: Marker
    link: str = ""


class Group(msgspec.Struct, frozen=True, gc=False):
    """Rows under one heading; `heading` is empty where the rows carry it themselves."""

    heading: str
    rows: tuple[RowView, ...]


class TableView(msgspec.Struct, frozen=True, gc=False):
    """A table ready for its template."""

    id: str
    title: str
    stub: str
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    note: str
    has_source_column: bool
    marker: Marker
    rules: tuple[Rule, ...]
    is_dense: bool
    is_short: bool
    of: int = 0
    chosen: str = ""

    @property
    def style(self) -> str:
        """The classes of the table: which of its columns are numbers, the heads' the first."""
        numbers = [f"n{at}" for at, column in enumerate(self.columns, 2) if column.is_number]
        return " ".join(["dense"] * self.is_dense + numbers)

    @property
    def n_rows(self) -> int:
        """The number of rows that the page shows; `of` is that of all where some are left out."""
        return sum(len(group.rows) for group in self.groups)


def view(whole: DataTable | Shown, notes: Footnotes) -> TableView:
    """What the template prints for a table, or for the rows of it that a page has room for.

    Raises `ValueError` where a row has not one cell for each column.
    """
    shown = whole if isinstance(whole, Shown) else Shown(whole)
    table = shown.table
    for row in table.rows:
        if len(row.cells) != len(table.columns):
            raise ValueError(f"table {table.id}: a row has {len(row.cells)} cells")
    table = _said_once(table)
    is_dense = len(table.columns) >= _DENSE
    columns: list[Column] = []
    for at, head in enumerate(table.columns):
        facts = _facts([row.cells[at] for row in table.rows])
        like_the_last = bool(columns) and columns[-1].is_number
        columns.append(_column(head, facts, is_number=like_the_last, is_dense=is_dense))
    of_rows = [_facts(row.cells) for row in table.rows]
    shared = of_rows
    usual: list[Set[int] | None] = [None] * len(of_rows)
    rule_sets = {rules for facts in of_rows if (rules := _rule_ids(facts))}
    rules_vary = (
        len(rule_sets) > 1
        and max(map(len, rule_sets)) <= _MOST_RULES_IN_A_ROW
        and not any(few < many for few in rule_sets for many in rule_sets)
    )
    # In most tables no cell has sources of its own.
    if len({_names(sources) for sources in _cited(of_rows)}) > 1:
        shared = list(map(_shared, of_rows))
        of_base = [{id(fact) for fact in base} for base in shared]
        columns = [
            msgspec.structs.replace(
                column, marker=_common([row.cells[at] for row in table.rows], of_base, notes)
            )
            for at, column in enumerate(columns)
        ]
        usual = list(of_base)
    cited = [facts for facts in shared if any(fact.sources for fact in facts)]
    sources_vary = len(set(map(_sources, cited))) > 1
    has_source_column = sources_vary or rules_vary
    rows = [
        RowView(
            row.label,
            said(row.note, row.label, row.group),
            row.group or "",
            _cells(row, columns, ids, notes, table.note or ""),
            _row_marker(base, notes, sources=sources_vary, rules=rules_vary)
            if has_source_column
            else _UNMARKED,
            row.link or "",
        )
        for row, base, ids in zip(table.rows, shared, usual, strict=True)
    ]
    return TableView(
        table.id,
        table.title,
        table.stub,
        tuple(columns),
        _groups(rows),
        table.note or "",
        has_source_column,
        _UNMARKED if sources_vary or not cited else notes.marker(cited[0], with_rules=False),
        rules_of(cell for row in table.rows for cell in row.cells if cell is not None),
        is_dense,
        len(rows) <= _SHORT,
        shown.of,
        shown.chosen,
    )


def _row_marker(facts: Sequence[Fact], notes: Footnotes, *, sources: bool, rules: bool) -> Marker:
    """What stands in the last column of a row: of sources and rules those that vary by row."""
    marker = notes.marker(facts, with_rules=rules)
    return marker if sources else msgspec.structs.replace(marker, references=(), more_sources=0)


def _said_once(table: DataTable) -> DataTable:
    """The table without its columns of long words that are the same in every row.

    What they say stands once, in the note.
    """
    same = [at for at in range(len(table.columns)) if _is_same(table.rows, at)]
    if not same:
        return table
    left = [at for at in range(len(table.columns)) if at not in same]
    said = [f"{table.columns[at]} in every row: {_facts([table.rows[0].cells[at]])[0].text}."
            for at in same]  # fmt: skip
    return msgspec.structs.replace(
        table,
        columns=tuple(table.columns[at] for at in left),
        rows=tuple(
            msgspec.structs.replace(row, cells=tuple(row.cells[at] for at in left))
            for row in table.rows
        ),
        note=" ".join(filter(None, (table.note, *said))),
    )


def _is_same(rows: Sequence[Row], at: int) -> bool:
    facts = _facts([row.cells[at] for row in rows])
    return (
        len(rows) == len(facts) >= _ALIKE
        and (facts[0].unit, facts[0].note) == ("text", None)
        and len(facts[0].text) > _WORDS
        and len({(fact.text, fact.note) for fact in facts}) == 1
        and all(
            _sources([fact]) <= _sources(_facts([*row.cells[:at], *row.cells[at + 1 :]]))
            for row, fact in zip(rows, facts, strict=True)
        )
    )


def _facts(cells: Sequence[Cell | None]) -> list[Fact]:
    return [cell for cell in cells if isinstance(cell, Fact)]


def _cited(of_rows: Sequence[Sequence[Fact]]) -> set[tuple[SourceRef, ...]]:
    return {fact.sources for facts in of_rows for fact in facts if fact.sources}


def _sources(facts: Sequence[Fact]) -> frozenset[str]:
    return frozenset().union(*map(_names, {fact.sources for fact in facts}))


@lru_cache(_KEPT)
def _names(sources: tuple[SourceRef, ...]) -> frozenset[str]:
    return frozenset(source.content_id or source.label for source in sources)


def _rule_ids(facts: Sequence[Fact]) -> frozenset[str]:
    return frozenset(chain.from_iterable({fact.rules for fact in facts}))


def _shared(facts: list[Fact]) -> list[Fact]:
    """The facts of a row that rest on its most common sources."""
    counts = Counter(_names(fact.sources) for fact in facts if fact.sources)
    if len(counts) < 2:
        return facts
    usual = counts.most_common(1)[0][0]
    return [fact for fact in facts if not fact.sources or _names(fact.sources) == usual]


def _common(cells: Sequence[Cell | None], usual: Sequence[Set[int]], notes: Footnotes) -> Marker:
    """The marker that a head carries for its cells, where all of them would carry the same."""
    marked = [
        cell
        for cell, base in zip(cells, usual, strict=True)
        if isinstance(cell, Fact) and cell.sources and id(cell) not in base
    ]
    if len(marked) < _ALIKE or len({_names(fact.sources) for fact in _facts(cells)}) > 1:
        return _UNMARKED
    return notes.marker(marked, with_rules=False)


def _column(head: str, facts: Sequence[Fact], *, is_number: bool, is_dense: bool) -> Column:
    """A head over `facts`; where there are none, `is_number` says how its gaps align."""
    units = {fact.unit for fact in facts}
    symbol = _UNIT_HEADS.get(next(iter(units)), "") if len(units) == 1 else ""
    texts = [fact.text for fact in facts]
    if facts:
        is_number = units <= _NUMERIC_UNITS or all(
            fact.unit in _NUMERIC_UNITS or _NUMBER.match(text) or text == "NA"
            for fact, text in zip(facts, texts, strict=True)
        )
    longest = max(map(len, texts), default=0)
    # A place in a file has no spaces: it breaks wherever it must, and needs no width.
    is_words = not is_number and any(" " in text for text in texts if len(text) > _WORDS)
    width = "w long" if longest > _PASSAGE else "w" if longest > _WORDS else ""
    width = width if is_words else ""
    unit = "" if symbol and symbol in head else symbol
    return Column(head, unit, is_number, is_dense, width=width)


def _bare(fact: Fact, text: str, column: Column) -> str:
    """The text of a fact without the sign that the head of its column states already."""
    if fact.unit == "USD" and column.unit == "$":
        return text.replace("$", "", 1)
    if fact.unit in ("%", "% of Medicare") and (column.unit == "%" or "%" in column.head):
        return text.removesuffix("%")
    return text


def _cells(
    row: Row, columns: Sequence[Column], usual: Set[int] | None, notes: Footnotes, below: str
) -> tuple[CellView, ...]:
    made: list[CellView] = []
    at = 0
    while at < len(row.cells):
        cell, first = row.cells[at], at
        at += 1
        if isinstance(cell, Fact):
            made.append(_fact_cell(cell, columns[first], row, usual, notes, below))
        elif cell is None:
            made.append(_NOTHING)
        else:
            while at < len(row.cells) and row.cells[at] == cell:
                at += 1
            group = notes.gap(cell)
            if at - first >= _RUN:
                made.append(CellView("reason", cell.why, gap=group, span=at - first))
            else:
                made += [
                    CellView("gap", cell.why, c.is_number, gap=group) for c in columns[first:at]
                ]
    return tuple(made)


def _fact_cell(
    fact: Fact,
    column: Column,
    row: Row,
    usual: Set[int] | None,
    notes: Footnotes,
    below: str,
) -> CellView:
    """The cell of a fact; `usual` has the ids of those whose sources the row states, None: all.

    What stands in the note `below` the table is not said again in a cell.
    """
    text = fact.text
    note = ""
    if fact.note and fact.note not in below:
        note = said(_held(fact.note), text, row.label, row.group)
    is_word = fact.unit in ("text", "code") and column.is_in_dense_table
    is_usual = usual is None or bool(column.marker) or not fact.sources or id(fact) in usual
    return CellView(
        _kind(fact),
        _bare(fact, text, column),
        column.is_number,
        note="" if is_word else note,
        tip=note if is_word else "",
        marker=_UNMARKED if is_usual else notes.marker([fact], with_rules=False),
    )


def _held(note: str) -> str:
    """A note whose amounts stay with the word before them: `95%: 1.00` over `to 2.00`."""
    return _BEFORE_AN_AMOUNT.sub("\u00a0", note)


def _kind(fact: Fact) -> str:
    if fact.unit == "text" and fact.value in VERDICTS:
        return "verdict"
    return "date" if fact.unit == "date" else "fact"


def said(note: str | None, *shown: str | None) -> str:
    """A note, unless it only repeats what stands beside it: `published as Aetna` at Aetna.

    >>> said("published as Aetna", "Aetna"), said("published as Bcbs", "Anthem")
    ('', 'published as Bcbs')
    """
    if not note:
        return ""
    name = note.removeprefix("payer ").removeprefix("published as ").casefold()
    return "" if name in {text.casefold() for text in shown if text} else note


def _groups(rows: Sequence[RowView]) -> tuple[Group, ...]:
    runs = [(name, tuple(run)) for name, run in groupby(rows, key=lambda row: row.group)]
    if len(rows) >= _OWN_HEAD * len(runs):
        return tuple(Group(name, run) for name, run in runs)
    return (Group("", tuple(rows)),) if rows else ()
