"""Percentages of charges for which a hospital states several gross charges: the range (M12)."""

from __future__ import annotations

from ratepress.core.facts import Fact, SourceRef
from ratepress.dossier.context import Context, dollars
from ratepress.dossier.model import DataTable, Row
from ratepress.dossier.words import line_title


def charge_ranges(context: Context) -> DataTable:
    """What each such percentage comes to at the lowest and at the highest gross charge."""
    rows = []
    for row in context.rows(_RANGES, context.code.system, context.code.code):
        source = (SourceRef(row["publisher"], row["content_id"], row["place"]),)
        day = row["published_on"] or context.as_of
        cells = (
            Fact(row["plan_name"] or "not stated", "text", day, source),
            Fact(row["percentage"].normalize(), "%", day, source, ("M12",)),
            Fact(row["n_gross"], "count", day, source, ("M12",)),
            dollars(row["lowest"], source, ("M12",), day),
            dollars(row["highest"], source, ("M12",), day),
        )
        rows.append(Row(row["payer"], cells, group=line_title(row["line_of_business"])))
    return DataTable(
        "charge-ranges",
        "Percentages of charges with several gross charges",
        "Payer",
        ("Plan, as published", "Percentage", "Gross charges", "Lowest", "Highest"),
        tuple(rows),
        "The hospital states several gross charges for the service, so that no one price follows; "
        "these have no vote.",
    )


_RANGES = """
SELECT DISTINCT k.payer, k.plan_name, k.line_of_business, k.percentage, k.publisher, k.content_id,
  k.published_on, k.place, d.n_gross, d.lowest, d.highest
FROM derived_ranges d
JOIN keyed_rates k USING (rate_no, key_no)
WHERE d.n_gross > 1 AND k.code_system = ? AND k.code = ?
ORDER BY ALL
"""
