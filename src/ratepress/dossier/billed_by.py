"""Which specialties billed a code to Medicare, as the utilisation file of providers counts them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.dossier.context import Context, count
from ratepress.dossier.model import Cell, DataTable, Row

_MOST = 12
_WHAT = "Specialties that bill it"
_FILE = "Medicare Physician & Other Practitioners, by Provider and Service"


def billed_by(context: Context) -> DataTable | Gap:
    """Specialties by their providers, those with the most first; a Gap where no file has the code.

    Several years of the file are not added up: the newest that has the code speaks.
    """
    found = context.rows(_BY_SPECIALTY, context.code.code)
    if not found:
        if context.rows(_IS_LOADED):
            return Gap(
                _WHAT,
                "no row of the utilisation file that is loaded names it; rows of ten patients or "
                "fewer are not published",
                f"{_FILE}, of another year",
            )
        return Gap(_WHAT, "no utilisation file by provider is loaded", _FILE)
    newest = found[0]["content_id"]
    rows = [row for row in found if row["content_id"] == newest]
    source = (SourceRef(str(rows[0]["publisher"]), newest),)
    total = sum(row["n_providers"] for row in rows)
    left = len(rows) - _MOST
    note = "Providers with more than ten Medicare patients of this code in the year of the file."
    if left > 0:
        note += f" {left:,} more {'specialty bills' if left == 1 else 'specialties bill'} it."
    return DataTable(
        "billed-by",
        "Specialties that billed it to Medicare",
        "Specialty, as Medicare names it",
        ("Providers", "Of all", "Services"),
        tuple(
            Row(row["provider_type"] or "not stated", _cells(row, total, source))
            for row in rows[:_MOST]
        ),
        note,
    )


def _cells(row: dict[str, Any], total: int, source: tuple[SourceRef, ...]) -> tuple[Cell, ...]:
    share = Decimal(row["n_providers"] * 100) / Decimal(total)
    services = Decimal(row["n_services"] or 0).quantize(Decimal(1), ROUND_HALF_UP)
    return (
        count(row["n_providers"], source, ()),
        Fact(share.quantize(Decimal("0.1"), ROUND_HALF_UP), "%", sources=source),
        count(int(services), source, ()),
    )


# One provider has a row for each kind of place.
_BY_SPECIALTY = """
SELECT u.content_id, c.publisher, u.provider_type, count(DISTINCT u.npi) AS n_providers,
  sum(u.n_services) AS n_services
FROM utilisation u JOIN contents c ON c.content_id = u.content_id
WHERE u.code = ?
GROUP BY u.content_id, c.publisher, c.release, c.published_on, u.provider_type
ORDER BY c.release DESC NULLS LAST, c.published_on DESC NULLS LAST, u.content_id,
  n_providers DESC, u.provider_type
"""
_IS_LOADED = "SELECT 1 AS is_loaded FROM utilisation LIMIT 1"
