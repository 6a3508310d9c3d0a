"""A comparison of the user's rates (rule M10) as CSV, as a workbook and as one page."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from ratepress.core.rules import rule
from ratepress.market.compare import Comparison, Placed
from ratepress.press.html import render, style
from ratepress.press.text import spreadsheet
from ratepress.press.workbook import Cell, Column, Sheet, workbook

COLUMNS = tuple(name for name in Placed.__struct_fields__ if name != "is_headline")
_KINDS = {
    "rate": "dollars", "p25": "dollars", "median": "dollars", "p75": "dollars",
    "distance": "dollars", "opportunity": "dollars", "medicare_amount": "dollars",
    "volume": "count", "n_votes": "count", "line_no": "count",
    "percentile": "percent", "percent_of_median": "percent", "percent_of_medicare": "percent",
}  # fmt: skip
_WIDE = {"reason": 40, "method": 24, "payer": 24, "line_of_business": 18}


def as_csv(comparison: Comparison) -> str:
    """A row for each line in each of its keys; plain numbers, and text no spreadsheet computes.

    >>> from datetime import date
    >>> made = Comparison(as_of=date(2026, 7, 15), strength="balanced", line_of_business=None,
    ...     payer=None, n_lines=0, rows=())
    >>> as_csv(made)[:27]
    'line_no,code,modifiers,rate'
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*COLUMNS, "is_headline"))
    for row in comparison.rows:
        cells = [_plain(getattr(row, name)) for name in COLUMNS]
        writer.writerow([*cells, "yes" if row.is_headline else "no"])
    return out.getvalue()


def _plain(value: object) -> str:
    if value is None:
        return ""
    return (
        spreadsheet(value)
        if isinstance(value, str)
        else f"{value:f}"
        if isinstance(value, Decimal)
        else str(value)
    )


def as_workbook(comparison: Comparison) -> bytes:
    """Sheets: `Your rates` (the headline key of each line), `All keys`, `Notes`."""
    columns = tuple(
        Column(name.replace("_", " "), _KINDS.get(name, "text"), _WIDE.get(name, 12))
        for name in COLUMNS
    )
    first = [row for row in comparison.rows if row.is_headline or not row.n_votes]
    sheets = [
        Sheet("Your rates", columns, [_cells(row) for row in first]),
        Sheet("All keys", columns, [_cells(row) for row in comparison.rows]),
        Sheet("Notes", (Column("about", width=24), Column("note", width=100)), notes(comparison)),
    ]
    return workbook(sheets)


def _cells(row: Placed) -> list[Cell]:
    return [getattr(row, name) for name in COLUMNS]


def notes(comparison: Comparison) -> list[tuple[str, str]]:
    """What a reader of the numbers must know, as pairs of a label and a sentence."""
    m10 = rule("M10")
    return [
        ("As of", comparison.as_of.isoformat()),
        ("Ghost filter", comparison.strength),
        ("Line of business", comparison.line_of_business or "each one apart"),
        ("Payer", comparison.payer or "all payers"),
        ("Rule M10", m10.decides),
        ("Why", m10.why),
        ("Opportunity", f"sum over lines under market: ${comparison.opportunity:,.2f}"),
        *(
            (f"Opportunity, {name}", f"${amount:,.2f} of it")
            for name, amount in comparison.opportunity_by_class.items()
        ),
    ]


def as_page(comparison: Comparison) -> str:
    """One HTML page by itself, with its style inside: it can be sent as a file."""
    first = [row for row in comparison.rows if row.is_headline or not row.n_votes]
    counts = {
        name: sum(1 for row in first if row.standing == name) for name in ("under", "at", "above")
    }
    return render(
        "comparison.html.j2",
        comparison=comparison,
        first=first,
        counts=counts,
        n_compared=sum(counts.values()),
        notes=notes(comparison),
        css=style().decode(),
    )
