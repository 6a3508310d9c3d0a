"""Where a payer's file and a hospital's file state one price of the code: the pairs of rule M11."""

from __future__ import annotations

from typing import Any

from ratepress.core.facts import Fact, SourceRef
from ratepress.dossier.context import Context, dollars, file_refs
from ratepress.dossier.model import DataTable, Row

HOSPITAL, PAYER = "Hospital file", "Payer file"


def agreement_table(context: Context) -> DataTable:
    """One row a pair of prices, by hospital; no rows where no hospital is named by a payer."""
    rows = context.rows(_PAIRS, context.strength, context.code.system, context.code.code)
    files = _files(context) if rows else {}
    return DataTable(
        "agreement",
        "One price in two files: the hospital's and the payer's",
        "Payer and service",
        (HOSPITAL, PAYER, "Apart"),
        tuple(_row(context, row, files) for row in rows),
        "Medians of each side's prices for one hospital, payer and service.",
    )


_Files = dict[tuple[str, str, str], tuple[SourceRef, ...]]


def _row(context: Context, row: dict[str, Any], files: _Files) -> Row:
    whose = row["hospital_id"], row["payer_id"]
    hospital, payer = (files.get((side, *whose), ()) for side in ("hospital", "payer"))
    words = (row["payer"], row["billing_class"], row["setting"], row["modifiers"])
    label = ", ".join(part for part in words if part and part != "not stated")
    both = (*hospital, *payer)
    return Row(
        label,
        (
            dollars(row["hospital_dollars"], hospital, ("M11",), context.as_of),
            dollars(row["payer_dollars"], payer, ("M11",), context.as_of),
            Fact(row["band"], "text", context.as_of, both, ("M11",)),
        ),
        group=row["hospital"],
    )


def _files(context: Context) -> _Files:
    """By side, hospital and payer: the files whose prices of the code count."""
    found: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for row in context.rows(_FILES, context.strength, context.code.system, context.code.code):
        whose = (row["published_by"], row["hospital_id"], row["payer_id"])
        found.setdefault(whose, []).append((row["content_id"], row["publisher"]))
    return {whose: file_refs(named) for whose, named in found.items()}


_PAIRS = """
SELECT a.hospital_id, a.payer_id, a.payer, a.modifiers, a.hospital_class AS billing_class,
  a.hospital_setting AS setting, a.hospital_dollars, a.payer_dollars, a.band,
  coalesce(h.publisher, a.hospital_id) AS hospital
FROM agreement a
LEFT JOIN (
  SELECT hospital_id, min(publisher) AS publisher FROM counted_prices
  WHERE published_by = 'hospital' GROUP BY hospital_id
) h ON h.hospital_id = a.hospital_id
WHERE a.strength = ? AND a.code_system = ? AND a.code = ?
ORDER BY ALL
"""
_FILES = """
SELECT DISTINCT p.published_by, p.hospital_id, p.payer_id, c.content_id, c.publisher
FROM stated_prices p
JOIN counted_prices c ON c.price_id = p.price_id AND c.strength = p.strength
WHERE p.strength = ? AND p.code_system = ? AND p.code = ?
ORDER BY ALL
"""
