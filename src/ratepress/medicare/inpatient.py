"""What Medicare pays a hospital for a stay of one MS-DRG, before the hospital's own figures.

Rules P81 (operating and capital, IPPS). Teaching, poor patients, outliers, transfers and the like
need the hospital and the stay: they are in `reprice`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import duckdb
import msgspec

from ratepress.core.decimals import EXACT, cents
from ratepress.core.errors import MissingReferenceData
from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.lake.queries import first_row
from ratepress.medicare.facility import FacilityPrice
from ratepress.medicare.formula import Step, plain
from ratepress.medicare.parameters import Used, used
from ratepress.medicare.wage_index import IPPS_PAGE, fiscal_year
from ratepress.medicare.wages import Area, find_area, parse_cbsa

_RULES = ("P81",)
_WEIGHTS = """
WITH loaded AS (
  SELECT content_id FROM ipps_drgs WHERE $day BETWEEN effective_from AND effective_until
  GROUP BY content_id ORDER BY count(*) DESC, content_id DESC LIMIT 1
)
SELECT drg, weight, place, content_id, release, effective_from, effective_until
FROM ipps_drgs
WHERE content_id IN (SELECT content_id FROM loaded)
  AND drg IN (SELECT unnest($drgs::VARCHAR[]))
"""
_NAMES = ("ipps_labor_amount", "ipps_nonlabor_amount", "ipps_capital_rate")
_LOW_NAMES = ("ipps_low_labor_amount", "ipps_low_nonlabor_amount", "ipps_capital_rate")


class Weight(msgspec.Struct, frozen=True):
    """The relative weight of one MS-DRG, with the table of the fiscal year that states it."""

    drg: str
    weight: Decimal
    place: str
    content_id: str
    release: str
    effective_from: date
    effective_until: date

    @property
    def source(self) -> SourceRef:
        label = f"CMS IPPS Table 5, {self.release}"
        return SourceRef(label, self.content_id, self.place, IPPS_PAGE)


def weights(
    connection: duckdb.DuckDBPyConnection, drgs: Sequence[str], on: date
) -> dict[str, Weight]:
    """The weights of DRGs on a day, by DRG: those of its fiscal year, never of another."""
    asked = {"day": on, "drgs": list(drgs)}
    rows = connection.execute(_WEIGHTS, asked).fetchall()
    return {row[0]: Weight(*row) for row in rows if row[1] is not None}


def drg_price(
    connection: duckdb.DuckDBPyConnection, drg: str, on: date, *, cbsa: str | None = None
) -> FacilityPrice:
    """The operating and capital payment of a stay of `drg` (three digits) on a day.

    National, with every index 1, or with the hospital wage index of the area `cbsa`. Raises
    `UsageError` for a malformed area.

    >>> from ratepress.lake.store import Lake
    >>> import tempfile, pathlib
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> drg_price(lake.connect(), "470", date(2026, 1, 15)).result.why
    'no IPPS Table 5 of fiscal year 2026 is loaded'
    """
    asked = FacilityPrice(
        system="IPPS",
        code=drg,
        on=on,
        result=Gap("", "", ""),
        area="national" if cbsa is None else parse_cbsa(cbsa),
    )
    found = weights(connection, [drg], on).get(drg)
    if found is None:
        return _without(asked, _why_no_weight(connection, drg, on))
    area = None if cbsa is None else find_area(connection, "IPPS", asked.area, on)
    if isinstance(area, Gap):
        gap = _gap(asked, area.why, area.which_source_would_fill_it)
        return msgspec.structs.replace(asked, result=gap, release=found.release)
    try:
        steps, parameters = stay_steps(found.weight, on, area)
    except MissingReferenceData as missing:
        return _without(asked, missing.message)
    sources = [found.source, *([] if area is None else [area.source])]
    sources += [SourceRef(c.title, link=c.link) for one in parameters for c in one.citations]
    amount = steps[-1].value
    return msgspec.structs.replace(
        asked,
        result=Fact(amount, "USD", on, tuple(dict.fromkeys(sources)), _RULES),
        amount=amount,
        steps=steps,
        parameters=parameters,
        release=found.release,
        effective_from=found.effective_from,
        effective_until=found.effective_until,
        notes=(
            "IPPS: before what depends on the hospital and the stay: teaching, poor patients,"
            " outliers, transfers, quality (rule P81).",
        ),
    )


def stay_steps(
    weight: Decimal, on: date, area: Area | None = None
) -> tuple[tuple[Step, ...], tuple[Used, ...]]:
    """The arithmetic of a stay of a weight, to its total; every index is 1 without an area.

    Raises `MissingReferenceData` where the amounts of the fiscal year are not known.
    """
    is_low = area is not None and area.wage_index <= 1
    labor, other, capital = parameters = tuple(
        used(name, on) for name in (_LOW_NAMES if is_low else _NAMES)
    )
    index = Decimal(1) if area is None else area.wage_index
    gaf = Decimal(1) if area is None or area.gaf is None else area.gaf
    base = EXACT.add(EXACT.multiply(labor.value, index), other.value)
    operating = cents(EXACT.multiply(base, weight))
    adjusted = cents(EXACT.multiply(capital.value, gaf))  # In cents before the weight (rule P62).
    capital_paid = cents(EXACT.multiply(adjusted, weight))
    amounts = f"({plain(labor.value)} × {plain(index)} + {plain(other.value)})"
    return (
        Step("Operating", f"{amounts} × weight {plain(weight)}", operating, is_rounded=True),
        Step(
            "Capital",
            f"{plain(capital.value)} × GAF {plain(gaf)} × weight {plain(weight)}",
            capital_paid,
            is_rounded=True,
        ),
        Step(
            "Operating and capital",
            f"{plain(operating)} + {plain(capital_paid)}",
            operating + capital_paid,
        ),
    ), parameters


def _why_no_weight(connection: duckdb.DuckDBPyConnection, drg: str, on: date) -> str:
    loaded = first_row(
        connection,
        "SELECT count(*) FROM ipps_drgs WHERE ? BETWEEN effective_from AND effective_until",
        [on],
    )
    year = fiscal_year(on)
    if not loaded or not loaded[0]:
        return f"no IPPS Table 5 of fiscal year {year} is loaded"
    return f"MS-DRG {drg} has no weight in IPPS Table 5 of fiscal year {year}"


def _without(asked: FacilityPrice, why: str) -> FacilityPrice:
    fill = f"IPPS Tables 1 and 5 of fiscal year {fiscal_year(asked.on)}, from {IPPS_PAGE}"
    return msgspec.structs.replace(asked, result=_gap(asked, why, fill))


def _gap(asked: FacilityPrice, why: str, fill: str) -> Gap:
    return Gap(f"Medicare inpatient payment (IPPS) for MS-DRG {asked.code}", why, fill, _RULES)
