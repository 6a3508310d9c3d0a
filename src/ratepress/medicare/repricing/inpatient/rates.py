"""What every hospital of a fiscal year is paid by: amounts, weights, rates. Rules P61, P62, P64."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import msgspec

from ratepress.core.errors import MissingReferenceData
from ratepress.core.facts import SourceRef
from ratepress.medicare.parameters import value as parameter

BURN_DRGS = ("927", "928", "929", "933", "934", "935")


class Rates(msgspec.Struct, frozen=True):
    """The parameters of one fiscal year, dollars and shares of 1; None where it is not known."""

    fiscal_year: int
    capital_rate: Decimal | None
    fixed_loss: Decimal | None
    labor_share: Decimal | None
    low_labor_share: Decimal
    outlier_share: Decimal
    burn_outlier_share: Decimal
    dsh_part: Decimal
    hac_share: Decimal


class Weight(msgspec.Struct, frozen=True):
    """One DRG of one fiscal year: its weight, and whether transfers to post-acute care count."""

    drg: str
    weight: Decimal
    is_post_acute: bool
    source: SourceRef


def rates(year: int) -> Rates:
    """The parameters of a fiscal year."""
    on = date(year, 1, 1)

    def share(name: str) -> Decimal:
        return parameter(name, on).value / 100

    return Rates(
        year,
        _known("ipps_capital_rate", on),
        _known("ipps_fixed_loss", on),
        None if (one := _known("ipps_labor_share_percent", on)) is None else one / 100,
        share("ipps_low_labor_share_percent"),
        share("ipps_outlier_percent"),
        share("ipps_burn_outlier_percent"),
        share("ipps_dsh_percent"),
        share("ipps_hac_percent"),
    )


def _known(name: str, on: date) -> Decimal | None:
    try:
        return parameter(name, on).value
    except MissingReferenceData:
        return None


def table_number(*, is_low: bool, has_quality: bool, has_ehr: bool) -> int:
    """Which of the pricer's eight tables pays: 1 to 8.

    `is_low`: a wage index of 1 or less. `has_quality`: quality data were submitted. `has_ehr`: a
    meaningful user of electronic records.

    >>> table_number(is_low=True, has_quality=True, has_ehr=True)
    3
    """
    return 1 + 2 * is_low + (not has_quality) + 4 * (not has_ehr)


def amounts(connection: duckdb.DuckDBPyConnection, year: int) -> dict[int, tuple[Decimal, Decimal]]:
    """The labor and other standardized amount by table number.

    From a loaded file of the year; an undated one counts where its first table states the year's
    full update. Without a file the full update alone is known, tables 1 and 3.
    """
    on = date(year, 1, 1)
    found: dict[int, tuple[Decimal, Decimal]] = {}
    for number, low in ((1, ""), (3, "low_")):
        labor, other = (_known(f"ipps_{low}{kind}_amount", on) for kind in ("labor", "nonlabor"))
        if labor is not None and other is not None:
            found[number] = (labor, other)
    files: dict[tuple[bool, str], dict[int, tuple[Decimal, Decimal]]] = {}
    for content_id, release, number, labor, other in connection.execute(
        _AMOUNTS, [f"FY{year}"]
    ).fetchall():
        file = files.setdefault((release != "undated", content_id), {})
        file[int(number)] = (labor, other)
    for is_dated, content_id in sorted(files):
        file = files[is_dated, content_id]
        if is_dated or (1 in found and file.get(1) == found[1]):
            found |= file
    return found


_AMOUNTS = """
SELECT content_id, release, substr(table_number, 4), CAST(labor AS DECIMAL(12, 2)),
  CAST(nonlabor AS DECIMAL(12, 2))
FROM ipps_amounts
WHERE release IN (?, 'undated') AND scope = 'nat' AND large_urban = '1'
  AND labor < 100000 AND nonlabor < 100000 AND regexp_full_match(table_number, 'tab[1-8]')
ORDER BY content_id
"""


def weights(connection: duckdb.DuckDBPyConnection, year: int) -> dict[str, Weight]:
    """The weight of each DRG; of several files of the year the one with most rows."""
    rows = connection.execute(_WEIGHTS, [f"FY{year}"]).fetchall()
    label = f"CMS IPPS MS-DRG weights, fiscal year {year}"
    return {
        drg: Weight(drg, weight, post in ("Y", "Yes"), SourceRef(label, content_id, place))
        for drg, weight, post, content_id, place in rows
    }


_WEIGHTS = """
SELECT drg, CAST(weight AS DECIMAL(8, 4)), is_post_acute, content_id, place
FROM ipps_drgs
WHERE release = $1 AND weight < 100 AND content_id IN (
  SELECT content_id FROM ipps_drgs WHERE release = $1
  GROUP BY content_id ORDER BY count(*) DESC, content_id DESC LIMIT 1
)
"""
