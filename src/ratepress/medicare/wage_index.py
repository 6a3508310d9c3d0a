"""The wage index of a hospital or an area in a federal fiscal year. Rule P60.

From IPPS Tables 2 and 3, or the area table of CMS's pricer; tables `ipps_wage_hospitals` and
`ipps_wage_areas`. OPPS pays by the index of the fiscal year that has the number of its own year.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

import duckdb
import msgspec
import pyarrow as pa

from ratepress.core.decimals import EXACT
from ratepress.core.errors import MissingReferenceData
from ratepress.core.facts import Gap, SourceRef
from ratepress.medicare.parameters import value as parameter

IPPS_PAGE = "https://www.cms.gov/medicare/payment/prospective-payment-systems/acute-inpatient-pps"
"""Where CMS publishes the tables of each fiscal year's rule."""
_INDEX = Decimal("0.0001")
# The Social Security Administration numbers the states so; a CCN begins with the number.
_LETTERS = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ"
    " NM NY NC ND OH OK OR PA PR RI SC SD TN TX UT VT VI VA WA WV WI WY"
)
SSA_STATES = dict(enumerate(_LETTERS.split(), start=1))
_CODES = {letters: f"{number:02d}" for number, letters in SSA_STATES.items()}


class WageIndex(msgspec.Struct, frozen=True, kw_only=True):
    """A wage index and its capital geographic adjustment factor (GAF), both with four decimals.

    `area` is the CBSA, or the two digits of a rural area, whose index it is.
    """

    value: Decimal
    gaf: Decimal
    fiscal_year: int
    source: SourceRef
    area: str | None = None
    rules: tuple[str, ...] = ("P60",)


class _Area(msgspec.Struct, frozen=True):
    """One row of `ipps_wage_areas`; `state` is empty in the table of CMS's pricer."""

    cbsa: str
    state: str
    area_name: str | None
    wage_index: Decimal | None
    gaf: Decimal | None
    reclassified_wage_index: Decimal | None
    reclassified_gaf: Decimal | None
    rural_floor: Decimal | None
    content_id: str
    place: str

    @property
    def states(self) -> tuple[str, ...]:
        """The states that it lies in, by two letters."""
        name = (self.area_name or "").rpartition(", ")
        return (self.state,) if self.state else tuple(name[2].split("-"))


class _Hospital(msgspec.Struct, frozen=True):
    """One row of `ipps_wage_hospitals`."""

    ccn: str
    wage_index: Decimal | None
    transition_index: Decimal | None
    geographic_cbsa: str | None
    payment_cbsa: str | None
    content_id: str
    place: str


def fiscal_year(on: date) -> int:
    """The federal fiscal year of a day: from October it has the next year's number.

    >>> fiscal_year(date(2025, 10, 1)), fiscal_year(date(2025, 9, 30))
    (2026, 2025)
    """
    return on.year + (on.month >= 10)


@cache
def gaf_of(wage_index: Decimal) -> Decimal:
    """The capital GAF: the index to the power 0.6848, half up to four decimals (42 CFR 412.316).

    >>> gaf_of(Decimal("0.6556"))
    Decimal('0.7489')
    """
    exponent = parameter("ipps_capital_gaf_exponent", date(2019, 10, 1)).value
    return EXACT.power(wage_index, exponent).quantize(_INDEX, ROUND_HALF_UP, EXACT)


class WageIndices:
    """All indices of one fiscal year that a lake holds; `load` makes it."""

    def __init__(
        self, year: int, areas: Mapping[str, list[_Area]], hospitals: Mapping[str, _Hospital]
    ) -> None:
        self.fiscal_year = year
        self._areas = areas
        self._hospitals = hospitals
        try:
            low = parameter("ipps_low_wage_index_threshold", date(year - 1, 10, 1)).value
        except MissingReferenceData:  # The policy was in force from 2020 to 2024.
            low = Decimal(0)
        self._low = low

    @classmethod
    def load(cls, connection: duckdb.DuckDBPyConnection, year: int) -> WageIndices:
        """Those of a fiscal year; of several files the one with GAFs, then with most rows."""
        areas: dict[str, list[_Area]] = defaultdict(list)
        for row in connection.execute(_AREAS, [f"FY{year}"] * 2).fetchall():
            areas[row[0]].append(_Area(*row))
        found = connection.execute(_HOSPITALS, [f"FY{year}"] * 2).fetchall()
        return cls(year, areas, {row[0]: _Hospital(*row) for row in found})

    @property
    def ccns(self) -> tuple[str, ...]:
        """Every hospital that has a row."""
        return tuple(self._hospitals)

    @property
    def cbsas(self) -> tuple[str, ...]:
        """Every area that has a row."""
        return tuple(self._areas)

    def of(self, *, ccn: str | None = None, cbsa: str | None = None) -> WageIndex | Gap:
        """The index of a hospital, else of an area; or what is missing.

        A hospital's own row decides before the area; without one, its state decides which floor
        holds in an area that lies in several states.
        """
        hospital = self._hospitals.get(ccn or "")
        if hospital is not None:
            index = hospital.transition_index or hospital.wage_index
            area = hospital.payment_cbsa or hospital.geographic_cbsa
            if index is not None:
                return self._made(index, None, area, "2", hospital.content_id, hospital.place)
            if area is not None:
                return self._of_area(area, ccn, is_moved=hospital.payment_cbsa is not None)
        if cbsa:
            return self._of_area(cbsa, ccn)
        if ccn:
            return self._gap(f"hospital {ccn} has no row in Table 2, and no area is named")
        return self._gap("neither hospital nor area is named")

    def _of_area(self, cbsa: str, ccn: str | None, *, is_moved: bool = False) -> WageIndex | Gap:
        state = SSA_STATES.get(int(ccn[:2])) if ccn and ccn[:2].isdigit() else None
        found = {
            index.value: index
            for row in self._areas.get(cbsa, ())
            if row.state in ("", state) or state is None or not self._has(cbsa, state)
            for index in self._of_row(row, state, is_moved=is_moved)
        }
        if not found:
            return self._gap(f"area {cbsa} has no index of its own")
        if len(found) > 1:
            values = ", ".join(str(value) for value in sorted(found))
            return self._gap(f"area {cbsa} has an index for each of its states: {values}")
        return next(iter(found.values()))

    def _has(self, cbsa: str, state: str) -> bool:
        return any(row.state == state for row in self._areas[cbsa])

    def _of_row(self, row: _Area, state: str | None, *, is_moved: bool) -> list[WageIndex]:
        index, gaf = row.wage_index, row.gaf
        if is_moved and row.reclassified_wage_index is not None:
            index, gaf = row.reclassified_wage_index, row.reclassified_gaf
        if index is None:
            return []
        table = "3" if row.state else "of areas"
        if row.state or len(row.cbsa) == 2:
            return [self._made(index, gaf, row.cbsa, table, row.content_id, row.place)]
        floors = {self._floor(one) for one in ((state,) if state else row.states)}
        return [
            self._made(max(index, floor), None, row.cbsa, table, row.content_id, row.place)
            for floor in floors
        ]

    def _floor(self, state: str) -> Decimal:
        """The rural floor of a state, or its imputed one; 0 where it has none."""
        rows = self._areas.get(_CODES.get(state, ""), [])
        found = [row.rural_floor or row.wage_index for row in rows]
        return max((floor for floor in found if floor is not None), default=Decimal(0))

    def _made(
        self,
        index: Decimal,
        gaf: Decimal | None,
        area: str | None,
        table: str,
        content_id: str,
        place: str,
    ) -> WageIndex:
        raised = index
        if table != "2" and index < self._low:
            raised = EXACT.divide(index + self._low, Decimal(2))
        raised = raised.quantize(_INDEX, ROUND_HALF_UP, EXACT)
        source = SourceRef(
            f"CMS IPPS wage index table {table}, fiscal year {self.fiscal_year}",
            content_id,
            place,
            IPPS_PAGE,
        )
        published = gaf.quantize(_INDEX) if gaf is not None and raised == index else None
        return WageIndex(
            value=raised,
            gaf=published or gaf_of(raised),
            fiscal_year=self.fiscal_year,
            source=source,
            area=area,
        )

    def _gap(self, why: str) -> Gap:
        if not self._areas and not self._hospitals:
            why = f"no wage index of fiscal year {self.fiscal_year} is loaded"
        fill = f"IPPS Tables 2 and 3 of fiscal year {self.fiscal_year}, from {IPPS_PAGE}"
        return Gap("Medicare wage index", why, fill, ("P60",))


def wage_index(
    connection: duckdb.DuckDBPyConnection,
    on: date,
    *,
    cbsa: str | None = None,
    ccn: str | None = None,
    is_calendar: bool = False,
) -> WageIndex | Gap:
    """The index of a hospital (`ccn`), else of an area (`cbsa`), on a day; or why there is none.

    `is_calendar` takes the fiscal year that has the number of the calendar year, as OPPS does.
    The index of another year never answers.

    >>> from ratepress.lake.store import Lake
    >>> import tempfile, pathlib
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> with lake.connect() as connection:
    ...     wage_index(connection, date(2026, 1, 1), cbsa="10180").why
    'no wage index of fiscal year 2026 is loaded'
    """
    year = on.year if is_calendar else fiscal_year(on)
    return WageIndices.load(connection, year).of(ccn=ccn, cbsa=cbsa)


def register_wage_indices(connection: duckdb.DuckDBPyConnection, name: str, asked: str) -> None:
    """Makes the table `name` of the indices that the query `asked` names.

    `asked` gives `fiscal_year`, `ccn` and `cbsa`, as text, empty for none. The table has these,
    `wage_index`, `gaf` and `area`, or, where there is no index, `gap`, which says why.
    """
    rows = connection.execute(f"SELECT DISTINCT fiscal_year, ccn, cbsa FROM ({asked})").fetchall()  # noqa: S608 - our own query
    loaded = {year: WageIndices.load(connection, year) for year in {row[0] for row in rows}}
    found = []
    for year, ccn, cbsa in rows:
        index = loaded[year].of(ccn=ccn, cbsa=cbsa)
        values = (None, None, None, index.why) if isinstance(index, Gap) else (
            index.value, index.gaf, index.area, None
        )  # fmt: skip
        found.append(dict(zip(_REGISTERED.names, (year, ccn, cbsa, *values), strict=True)))
    connection.register(f"{name}_made", pa.Table.from_pylist(found, _REGISTERED))
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM {name}_made")  # noqa: S608 - our own name
    connection.unregister(f"{name}_made")


_REGISTERED = pa.schema(
    [
        ("fiscal_year", pa.int64()),
        ("ccn", pa.string()),
        ("cbsa", pa.string()),
        ("wage_index", pa.decimal128(7, 4)),
        ("gaf", pa.decimal128(7, 4)),
        ("area", pa.string()),
        ("gap", pa.string()),
    ]
)

# In the tables of CMS's pricer an area may change within the year: the last index stands.
_AREAS = """
WITH ranked AS (
  SELECT content_id, row_number() OVER (
    ORDER BY count(gaf) > 0 DESC, count(*) DESC, content_id DESC
  ) AS nth
  FROM ipps_wage_areas WHERE release = ? GROUP BY content_id
)
SELECT cbsa, state, area_name, wage_index, gaf, reclassified_wage_index, reclassified_gaf,
  rural_floor, content_id, place
FROM ipps_wage_areas
WHERE release = ? AND content_id IN (SELECT content_id FROM ranked WHERE nth = 1)
QUALIFY row_number() OVER (PARTITION BY cbsa, state ORDER BY effective_from DESC) = 1
ORDER BY cbsa, state
"""
_HOSPITALS = """
WITH ranked AS (
  SELECT content_id, row_number() OVER (ORDER BY count(*) DESC, content_id DESC) AS nth
  FROM ipps_wage_hospitals WHERE release = ? GROUP BY content_id
)
SELECT ccn, wage_index, transition_index, geographic_cbsa, payment_cbsa, content_id, place
FROM ipps_wage_hospitals
WHERE release = ? AND content_id IN (SELECT content_id FROM ranked WHERE nth = 1)
"""
