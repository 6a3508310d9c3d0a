"""The table of `benchmark`, made by columns.

A row here is what `benchmark.flat_row` makes of a `Statistic`. It is made for all rows at once,
because all codes of a large lake have millions of them. The tests hold the two to be equal.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from ratepress.lake.schema import INT, TEXT
from ratepress.market.confidence import grade, minimum_votes
from ratepress.market.registries import small_table
from ratepress.market.statistic import QUANTILES


def statistics_table(
    connection: duckdb.DuckDBPyConnection, strength: str, schema: pa.Schema
) -> pa.Table:
    """The rows of every code that `run_market` was asked for, of votes that weigh the same.

    They are in the order of `every_statistic`; `schema` is that of `benchmark`.
    """
    connection.execute(_FIGURES, [strength])
    _grade(connection)
    few = minimum_votes()
    connection.execute(_SPREADS.format(few=few))
    connection.execute(_LISTED.format(few=few))
    # DuckDB casts, for Arrow's own cast loads a module that takes as long as all of DuckDB.
    columns = ", ".join(f"CAST({field.name} AS {_type(field.type)})" for field in schema)
    found = connection.sql(f"SELECT {columns} FROM ({_TABLE.format(few=few)})")  # noqa: S608 - ours
    return pa.table(found.to_arrow_table().columns, schema=schema)


def _type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"{_type(kind.value_type)}[]"
    if pa.types.is_decimal(kind):
        return f"DECIMAL({kind.precision}, {kind.scale})"
    return {TEXT: "VARCHAR", INT: "BIGINT"}[kind]


def _grade(connection: duckdb.DuckDBPyConnection) -> None:
    """Rule M06 says a few thousand different things of all rows: it is asked once for each."""
    counts = connection.execute(
        "SELECT DISTINCT n_votes, n_entities, n_unresolved FROM figures ORDER BY ALL"
    ).fetchall()
    graded = [(*row, *_words(*row)) for row in counts]
    names = ("n_votes", "n_entities", "n_unresolved")
    connection.register(
        "grades",
        small_table(graded, **dict.fromkeys(names, INT), confidence=TEXT, confidence_reason=TEXT),
    )


def _words(n_votes: int, n_entities: int, n_unresolved: int) -> tuple[str, str]:
    found = grade(n_votes, n_entities, n_unresolved)
    return found.grade, found.reason


def _half_up(numerator: str, denominator: str) -> str:
    """A quotient of whole numbers above zero, rounded half up; all amounts that count are."""
    return f"((2 * ({numerator}) + ({denominator})) // (2 * ({denominator})))"


def _whole(amount: str, places: int) -> str:
    """A decimal of so many places as a whole number of its last place."""
    return f"CAST(CAST({amount} AS DECIMAL(38, {places})) * {10**places} AS HUGEINT)"


def _decimal(whole: str, places: int) -> str:
    """A whole number of the last place as a decimal of so many places."""
    unit = f"CAST(0.{'1'.zfill(places)} AS DECIMAL({places}, {places}))"
    return f"CAST(CAST({whole} AS DECIMAL(18, 0)) * {unit} AS DECIMAL(18, {places}))"


def _between(percent: int, values: str) -> str:
    """Rule M05 over a sorted list of whole numbers, rounded half up to one."""
    position = f"(len({values}) - 1) * {percent}"
    low = f"{values}[{position} // 100 + 1]"
    high = f"{values}[least({position} // 100 + 2, len({values}))]"
    return _half_up(f"{low} * 100 + ({high} - {low}) * ({position} % 100)", "100")


def _percent(quantile: str) -> str:
    """Rule M07: of the voters' own where one is at a locality, else of the national amount."""
    national = _half_up(f"{_whole(f'f.{quantile}', 4)} * 1000", _whole("k.medicare_amount", 4))
    return f"""
  CASE
    WHEN f.n_votes < {{few}} OR NOT k.medicare_amount > 0 THEN NULL
    WHEN l.sample_id IS NOT NULL THEN CAST(l.{quantile} AS DECIMAL(18, 1))
    ELSE {_decimal(national, 1)}
  END AS {quantile}_pct_of_medicare"""


def _if_many(expression: str, name: str) -> str:
    return f"CASE WHEN f.n_votes >= {{few}} THEN {expression} END AS {name}"


_MEAN = _decimal(_half_up(_whole("f.total", 5), "CAST(f.n_votes AS HUGEINT) * 1000"), 2)
_FIGURES = """
CREATE OR REPLACE TEMP TABLE figures AS
SELECT
  s.*, coalesce(p.all_payers_id, s.sample_id) AS all_payers_id, r.n_rows, r.n_prices,
  coalesce(n.n_npis, 0) AS n_npis, v.total, v.median_low, v.median_high
FROM statistics s
JOIN vote_sums v ON v.sample_id = s.sample_id
JOIN row_counts r ON r.sample_id = s.sample_id
LEFT JOIN npi_counts n ON n.sample_id = s.sample_id
LEFT JOIN cell_payers p ON p.cell_payer_id = s.sample_id
WHERE s.strength = ?
"""
# Ratios of cents, in hundredths: of one payer's quartiles, and over its payers of each cell.
_SPREADS = f"""
CREATE OR REPLACE TEMP TABLE spreads AS
WITH within AS (
  SELECT
    sample_id, all_payers_id, {_whole("p50", 2)} AS median,
    {_half_up(f"100 * {_whole('p75', 2)}", _whole("p25", 2))} AS ratio
  FROM figures
  WHERE grain = 'payer' AND n_votes >= {{few}} AND p25 > 0
),
cells AS (
  SELECT all_payers_id, list_sort(list(ratio)) AS ratios, list_sort(list(median)) AS medians
  FROM within
  GROUP BY all_payers_id
)
SELECT sample_id, ratio AS spread_within, NULL AS spread_between, 0 AS n_spread_payers
FROM within
UNION ALL
SELECT
  all_payers_id, {_between(50, "ratios")},
  CASE WHEN len(medians) >= {{few}} THEN
    {_half_up(f"100 * {_between(75, 'medians')}", _between(25, "medians"))}
  END,
  len(medians)
FROM cells
"""  # noqa: S608 - expressions of our own
# Where all payers of a cell have few votes together, each of them has.
_LISTED = """
CREATE OR REPLACE TEMP TABLE listed AS
WITH prices_of AS (
  SELECT f.sample_id, f.all_payers_id, c.dollars
  FROM cell_prices c
  JOIN figures f ON f.sample_id = c.cell_payer_id AND f.n_votes < {few}
)
SELECT sample_id, list(dollars ORDER BY dollars) AS prices FROM prices_of GROUP BY sample_id
UNION ALL
SELECT all_payers_id, list(dollars ORDER BY dollars) FROM prices_of GROUP BY all_payers_id
"""
_TABLE = f"""
SELECT
  f.key_id, k.code_system, k.code, k.modifiers, k.line_of_business, k.billing_class, k.setting,
  k.site, k.arrangement, k.statement, k.price_unit, k.method, k.drug_unit, c.area_kind, c.area,
  f.grain, f.payer_id, f.payer, f.n_rows, f.n_prices, f.n_votes, f.n_entities, f.n_payers, f.n_npis,
  f.n_hospitals, f.n_votes AS n_weighted, f.n_votes AS total_weight, f.lowest, f.highest,
  {", ".join(_if_many(f"f.{name}", name) for name in QUANTILES)},
  {_if_many(_MEAN, "mean")},
  {_if_many("f.median_low", "median_low")}, {_if_many("f.median_high", "median_high")},
  {_decimal("s.spread_within", 2)} AS spread_within,
  {_decimal("s.spread_between", 2)} AS spread_between,
  coalesce(s.n_spread_payers, 0) AS n_spread_payers,
  k.facility_kind, k.medicare_system, k.medicare_amount, k.medicare_site,
  CASE
    WHEN NOT k.medicare_amount > 0 OR k.medicare_amount IS NULL THEN NULL
    WHEN l.sample_id IS NULL THEN 'nation'
    ELSE 'localities'
  END AS medicare_basis,
  coalesce(l.n_at_locality, 0) AS n_at_locality,
  {", ".join(map(_percent, QUANTILES))},
  g.confidence, g.confidence_reason,
  CASE WHEN f.n_votes < {{few}} THEN p.prices ELSE [] END AS prices
FROM figures f
JOIN cells c ON c.cell_id = f.key_id
JOIN comparison_keys k ON k.key_no = c.key_no
JOIN grades g
  ON g.n_votes = f.n_votes AND g.n_entities = f.n_entities AND g.n_unresolved = f.n_unresolved
LEFT JOIN spreads s ON s.sample_id = f.sample_id
LEFT JOIN listed p ON p.sample_id = f.sample_id
LEFT JOIN locality_percents l ON l.sample_id = f.sample_id
ORDER BY k.code_system, k.code,
  c.area_kind = 'nation' DESC, c.area_kind, c.area, f.grain, f.n_votes DESC,
  k.line_of_business, k.billing_class, k.setting, k.site, k.modifiers, k.method, f.key_id, f.payer
"""  # noqa: S608 - expressions of our own
