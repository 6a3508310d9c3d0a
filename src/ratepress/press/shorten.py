"""Which rows of a page's tables it shows: a page stays under 150 KB, its data files keep all.

The page has room for so many cells. Where its tables have more, the longest are cut to one same
length; nothing is cut from a page that has the room, and never the tables of which a reader looks
up one row. docs/method/decisions.md, "What a page shows".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from ratepress.core.facts import Fact
from ratepress.dossier.model import DataTable, Row

HEAVIEST = 150_000
"""A page weighs less, in bytes."""


class Room(NamedTuple):
    """What a page has room for.

    `cells` are those of the tables that may be cut, together, the head of a row counted as two;
    `fewest` is the number of rows that every table keeps; `strips` that of the strip charts.
    """

    cells: int
    fewest: int
    strips: int


ROOMS = (Room(1000, 5, 3), Room(500, 5, 3), Room(250, 3, 2), Room(50, 1, 1))
"""Each is tried where the page that the one before makes weighs too much."""
_VOTES = "Votes"
# What may be billed, how an amount is made, the clinical notes: a part of these helps nobody.
_WHOLE = (
    "modifiers",
    "indicators",
    "global-period",
    "family",
    "medicare-facility",
    "medicare-visit",
    "medicare-years",
    "arithmetic-",
    "notes-",
    "funnel",
    "flags",
)


@dataclass(frozen=True)
class Shown:
    """A table as the page has it; `of` is the number of rows where some were left out, else 0."""

    table: DataTable
    of: int = 0
    chosen: str = ""


def shorten(sections: Sequence[Sequence[DataTable]], room: Room = ROOMS[0]) -> list[list[Shown]]:
    """The tables of each section of a page, the longest of them cut where the page lacks the room.

    Kept are the first row of each group, then the rows with the most votes where a table counts
    votes, else those at the top. Their order stays.

    >>> one = DataTable("prices-commercial", "Prices", "Payer", (), tuple(
    ...     Row(str(n), ()) for n in range(2000)))
    >>> [(len(shown.table.rows), shown.of) for shown in shorten([[one]])[0]]
    [(500, 2000)]
    """
    most = _most([table for tables in sections for table in tables if not _is_whole(table)], room)
    return [[_shown(table, most) for table in tables] for tables in sections]


def _is_whole(table: DataTable) -> bool:
    return table.id.startswith(_WHOLE)


def _most(tables: Sequence[DataTable], room: Room) -> int:
    """The greatest length to which all tables are cut so that they have room together."""
    longest = max((len(table.rows) for table in tables), default=0)
    low, high = min(room.fewest, longest), longest
    while low < high:
        middle = (low + high + 1) // 2
        if sum(_weight(table) * min(middle, len(table.rows)) for table in tables) <= room.cells:
            low = middle
        else:
            high = middle - 1
    return low


def _weight(table: DataTable) -> int:
    return len(table.columns) + 2


def _shown(table: DataTable, most: int) -> Shown:
    # A row less and a line that says so would be no shorter.
    if _is_whole(table) or len(table.rows) <= most + 1:
        return Shown(table)
    kept = sorted(_order(table)[:most])
    rows = tuple(table.rows[at] for at in kept)
    chosen = "those with the most votes" if _VOTES in table.columns else "from the top"
    if table.rows[0].group is not None:
        chosen = f"the first of each group, then {chosen}"
    return Shown(msgspec.structs.replace(table, rows=rows), len(table.rows), chosen)


def _order(table: DataTable) -> list[int]:
    """The places of the rows, those to keep first."""
    firsts = {row.group: at for at, row in reversed(list(enumerate(table.rows)))}
    heads = {at for group, at in firsts.items() if group is not None}
    votes = table.columns.index(_VOTES) if _VOTES in table.columns else None
    return sorted(
        range(len(table.rows)),
        key=lambda at: (at not in heads, -_votes(table.rows[at], votes), at),
    )


def _votes(row: Row, at: int | None) -> int:
    cell = None if at is None else row.cells[at]
    return cell.value if isinstance(cell, Fact) and isinstance(cell.value, int) else 0
