"""What files call a code, in their own words: on a page only where its publisher chose so.

The lake keeps these texts as published and marks their columns as not to be passed on. Those of CPT
codes are the American Medical Association's.
"""

from __future__ import annotations

from typing import Any

from ratepress.core.facts import Fact
from ratepress.dossier.context import Context, count, file_refs
from ratepress.dossier.model import Cell, DataTable, Row

TABLE = "descriptions"
MOST = 12
"""So many texts of one kind of file stand on a page, those of most rows; the rest is counted."""
NOTICE = (
    "This edition shows how files describe codes, because its publisher chose so. The words for "
    "CPT codes are copyright of the American Medical Association, all rights reserved; ratepress "
    "gives no right to pass them on."
)
KINDS: dict[tuple[str, str], str] = {
    ("pfs_rvu", "description"): "Physician fee schedule",
    ("opps_codes", "description"): "Hospital outpatient schedule",
    ("asc_codes", "description"): "Schedule of surgical centers",
    ("asc_offsets", "description"): "Device offsets of surgical centers",
    ("coverage_codes", "description"): "Coverage documents",
    ("items", "name"): "Price files, name",
    ("items", "description"): "Price files, description",
    ("bundled_codes", "description"): "Price files, part of another item",
}
"""The columns that describe a code, and what their files are."""
_WITH_SYSTEM = ("items", "bundled_codes")


def descriptions(context: Context) -> DataTable:
    """The table of the texts that files have for a code; without rows unless they are to be shown.

    >>> import duckdb
    >>> from datetime import date
    >>> from ratepress.codes.argument import CodeRef
    >>> shut = Context(duckdb.connect(), CodeRef("cpt", "32557"), date(2026, 7, 15), "balanced")
    >>> descriptions(shut).rows
    ()
    """
    rows: list[Row] = []
    left = 0
    for (table, column), kind in KINDS.items() if context.with_descriptions else ():
        for one in _found(context, table, column):
            if one["rank"] == 1:
                left += max(one["n_texts"] - MOST, 0)
            sources = file_refs(
                (content_id, context.publishers[content_id]) for content_id in one["content_ids"]
            )
            text = Fact(one["text"], "text", sources=sources)
            cells: tuple[Cell | None, ...] = (text, count(one["n_rows"], sources, ()))
            rows.append(Row(kind, cells))
    more = f" {left:,} more texts have fewer rows." if left else ""
    return DataTable(
        TABLE,
        "What files call it, as published",
        "Kind of file",
        ("Description", "Rows"),
        tuple(rows),
        f"{NOTICE}{more}",
    )


def _found(context: Context, table: str, column: str) -> list[dict[str, Any]]:
    system, code = context.code
    if table in _WITH_SYSTEM:
        return context.rows(_of(table, column, "code_system = ? AND "), system, code)
    return context.rows(_of(table, column, ""), code) if system in ("cpt", "hcpcs") else []


def _of(table: str, column: str, where: str) -> str:
    """Each text once, those of most rows first, with the files that have it."""
    return (
        f"SELECT {column} AS text, count(*) AS n_rows, "  # noqa: S608 - names of our own
        "list(DISTINCT content_id ORDER BY content_id) AS content_ids, "
        "count(*) OVER (PARTITION BY code) AS n_texts, "
        f"row_number() OVER (PARTITION BY code ORDER BY count(*) DESC, {column}) AS rank "
        f"FROM {table} WHERE {where}code = ? AND trim({column}) <> '' GROUP BY code, {column} "
        f"QUALIFY rank <= {MOST} ORDER BY rank"
    )
