"""Where each figure of a benchmark comes from: its published rows, with file and place.

The counts beside a figure are counted again from these rows, so that each of them can be checked:
rows, prices, votes, NPIs, and for a derived dollar (M12) the gross charge.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb
import pyarrow as pa

from ratepress.codes.argument import CodeRef, parse_code
from ratepress.lake.store import Lake
from ratepress.market.benchmark import DEFAULT_STRENGTH, check_strength, run_market
from ratepress.market.inputs import latest_date


def trace(
    lake: Lake,
    code: str,
    *,
    as_of: date | None = None,
    strength: str = DEFAULT_STRENGTH,
    by: Sequence[str] = (),
) -> pa.Table:
    """The published rows behind each vote of `benchmark`, one row for each row and voter.

    Join with the benchmark's rows on `key_id` (and `payer_id` for the grain of one payer). Columns:
    the cell, the voter (network, kind, entity) with its vote in dollars, its NPIs and the rules
    that flagged its price; then the row as published: dollars, percentage, payer and plan,
    publisher, date, origin (path or URL), content_id and place in the file. `gross` is the charge
    of a derived dollar, and `gross_place` where it stands. `as_of`, `strength` and `by` are those
    of `benchmark`.

    >>> import tempfile, pathlib
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> trace(lake, "32557", as_of=date(2026, 7, 15)).num_rows
    0
    """
    check_strength(strength)
    wanted = parse_code(code)
    with lake.connect() as connection:
        day = as_of or latest_date(connection)
        run_market(connection, [wanted], day, by)
        table = _rows(connection, wanted, strength)
    return table.replace_schema_metadata({"as_of": day.isoformat(), "strength": strength})


def _rows(connection: duckdb.DuckDBPyConnection, code: CodeRef, strength: str) -> pa.Table:
    """After `run_market`, on its connection."""
    asked = {"strength": strength, "system": code.system, "code": code.code}
    return connection.sql(_ROWS, params=asked).to_arrow_table()


_SAME_PRICE = """
  r.key_id = d.key_id AND r.payer_id = d.payer_id AND r.published_by = d.published_by
  AND r.hospital_id = d.hospital_id AND r.dollars IS NOT DISTINCT FROM d.dollars
  AND q.providers IS NOT DISTINCT FROM p.providers
"""
_ROWS = f"""
WITH stated AS (
  SELECT key_id, content_id, rate_id, payer_id, payer_name, plan_name, published_by, hospital_id,
    provider_set_id, dollars, percentage, publisher, published_on, place
  FROM keyed_rates
  UNION ALL
  SELECT key_id, content_id, rate_id, payer_id, payer_name, plan_name, published_by, hospital_id,
    provider_set_id, dollars, percentage, publisher, published_on, place
  FROM derived_rates
),
repeats AS (
  SELECT d.price_id, r.*
  FROM distinct_prices d
  LEFT JOIN set_providers p
    ON p.content_id = d.content_id AND p.provider_set_id = d.provider_set_id
  JOIN stated r ON r.key_id = d.key_id AND r.payer_id = d.payer_id
  LEFT JOIN set_providers q
    ON q.content_id = r.content_id AND q.provider_set_id = r.provider_set_id
  WHERE {_SAME_PRICE}
),
npis AS (
  SELECT strength, key_id, payer_id, network, entity_kind, entity,
    list(npi ORDER BY npi) AS npis
  FROM vote_npis GROUP BY ALL
),
rules AS (
  SELECT price_id, list(DISTINCT rule_id ORDER BY rule_id) AS flags
  FROM flags WHERE outcome = 'flagged' GROUP BY price_id
),
origins AS (
  SELECT content_id, min(origin) AS origin FROM observations GROUP BY content_id
),
grosses AS (
  SELECT g.hospital_id, g.code_system, g.code, c.gross, min(c.place) AS place
  FROM gross_charges g
  JOIN charges c ON c.code_system = g.code_system AND c.code = g.code AND c.gross = g.gross
  JOIN hospital_identities y ON y.content_id = c.content_id AND y.hospital_id = g.hospital_id
  GROUP BY ALL
)
SELECT
  b.key_id, c.area_kind, c.area, k.line_of_business, k.billing_class, k.setting, k.site,
  k.modifiers, k.method, k.statement, b.payer_id, b.payer, b.network, b.entity_kind, b.entity,
  v.dollars AS vote, coalesce(n.npis, []) AS npis, coalesce(f.flags, []) AS flags,
  b.price_id, r.dollars, r.percentage, r.payer_name, r.plan_name, r.publisher, r.published_on,
  o.origin, r.content_id, r.place,
  m.lowest_gross AS gross, h.place AS gross_place
FROM ballots b
JOIN votes v USING (strength, key_id, payer_id, network, entity_kind, entity)
LEFT JOIN npis n USING (strength, key_id, payer_id, network, entity_kind, entity)
JOIN cells c ON c.cell_id = b.key_id
JOIN comparison_keys k ON k.key_id = c.key_id
JOIN repeats r ON r.price_id = b.price_id
LEFT JOIN rules f ON f.price_id = b.price_id
LEFT JOIN origins o ON o.content_id = r.content_id
LEFT JOIN derived_ranges m
  ON k.statement = 'derived dollar' AND m.content_id = r.content_id AND m.rate_id = r.rate_id
  AND md5(concat_ws('|', 'derived dollar', m.key_id)) = r.key_id
LEFT JOIN grosses h
  ON h.hospital_id = r.hospital_id AND h.code_system = k.code_system AND h.code = k.code
  AND h.gross = m.lowest_gross
WHERE b.strength = $strength AND k.code_system = $system AND k.code = $code
ORDER BY c.area_kind = 'nation' DESC, c.area_kind, c.area, k.line_of_business, k.billing_class,
  k.setting, k.site, k.modifiers, k.method, b.key_id, b.payer_id, b.network, b.entity_kind,
  b.entity, v.dollars, r.dollars, r.content_id, r.rate_id
"""  # noqa: S608 - our own names
