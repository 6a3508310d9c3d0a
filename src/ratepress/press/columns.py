"""A table without the columns in which no row says anything: nobody reads a column of dashes.

Asked of whole tables, before any row is left out. The data files keep every column.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ratepress.core.facts import Fact, Gap
from ratepress.dossier.model import Cell, DataTable

# A column of fewer gaps is dashes: their reason would be longer than they are.
_FEWEST = 3
_TENTH = "the section Not available"


def filled(table: DataTable) -> DataTable:
    """The table without empty columns, and without those of gaps, whose reason its note states.

    A row that is one gap over several columns says that it is, and keeps them.

    >>> from ratepress.dossier.model import Row
    >>> why = Gap("APC", "IPPS has none", "none")
    >>> made = filled(DataTable("t", "T", "System", ("APC",), (Row("IPPS", (why,)),) * 3))
    >>> made.columns, made.note
    ((), 'APC: not available in any row; IPPS has none.')
    """
    reasons = {at: _reason(table, at) for at in range(len(table.columns))}
    left = [at for at, reason in reasons.items() if reason is None]
    if len(left) == len(table.columns) or not table.rows:
        return table
    said = [
        f"{table.columns[at]}: not available in any row; {reason}."
        for at, reason in reasons.items()
        if reason
    ]
    return msgspec.structs.replace(
        table,
        columns=tuple(table.columns[at] for at in left),
        rows=tuple(
            msgspec.structs.replace(row, cells=tuple(row.cells[at] for at in left))
            for row in table.rows
        ),
        note=" ".join(filter(None, (table.note, *said))) or None,
    )


def _reason(table: DataTable, at: int) -> str | None:
    """Why a column is left out, empty where it has no cell at all; None where it stays."""
    cells = [row.cells[at] for row in table.rows]
    if any(isinstance(cell, Fact) for cell in cells):
        return None
    alone = [
        cell
        for row, cell in zip(table.rows, cells, strict=True)
        if isinstance(cell, Gap) and not _is_in_a_run(row.cells, at)
    ]
    if not alone:
        return None if any(cells) else ""
    if len(table.rows) < _FEWEST:
        return None
    reasons = {gap.why for gap in alone}
    return reasons.pop() if len(reasons) == 1 else f"{_TENTH} has the reasons"


def _is_in_a_run(cells: Sequence[Cell | None], at: int) -> bool:
    return cells[at] in (*cells[max(0, at - 1) : at], *cells[at + 1 : at + 2])
