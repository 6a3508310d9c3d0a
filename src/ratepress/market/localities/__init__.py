"""Percent of Medicare at each voter's own locality, after the market's steps. Rule M07.

The physician fee schedule has localities; facilities are paid by the wages of their area (OPPS,
ASC, IPPS). A voter whose place is not known, or for which no indices of the year are loaded, is
compared with the national amount, and each figure says how many of its votes were placed.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import duckdb

from ratepress.core.errors import RatepressError
from ratepress.core.sql_steps import load_steps
from ratepress.lake.schema import MONEY, TEXT
from ratepress.market.registries import small_table
from ratepress.market.statistic import QUANTILES, AtLocality
from ratepress.market.steps import DUCKDB, Engine
from ratepress.medicare.area_amounts import area_amounts
from ratepress.medicare.pfs import amounts
from ratepress.medicare.rows import find_locality


def run_localities(
    connection: duckdb.DuckDBPyConnection, as_of: date, engine: Engine = DUCKDB
) -> None:
    """Run the steps of this package after those of the market; results are temporary tables."""
    columns = dict.fromkeys(("medicare_system", "code", "modifier", "site", "place"), TEXT)
    rows = _amounts(connection, as_of) + _in_areas(connection, as_of)
    connection.register("locality_amounts", small_table(rows, **columns, amount=MONEY))
    engine.run(connection, load_steps("ratepress.market.localities"), ["locality_percents"])


def at_localities(
    connection: duckdb.DuckDBPyConnection, strength: str
) -> dict[tuple[str, str, str], AtLocality]:
    """By cell, grain and payer, where a vote is at a locality; after `run_localities`."""
    rows = connection.execute(
        "SELECT s.key_id, s.grain, s.payer_id, p.* EXCLUDE (sample_id)"
        " FROM locality_percents p JOIN samples s USING (sample_id) WHERE s.strength = ?",
        [strength],
    ).fetchall()
    return {
        (key_id, grain, payer_id): AtLocality(n, dict(zip(QUANTILES, percents, strict=True)))
        for key_id, grain, payer_id, n, *percents in rows
    }


def _amounts(connection: duckdb.DuckDBPyConnection, as_of: date) -> list[tuple[object, ...]]:
    """The amounts of the codes that are priced at a voter's locality, there."""
    asked: dict[tuple[str, str], list[str]] = defaultdict(list)
    for mac, locality, code in connection.execute(ASKED).fetchall():
        asked[mac, locality].append(code)
    found: list[tuple[object, ...]] = []
    for (mac, locality), codes in asked.items():
        try:
            place = find_locality(connection, f"{mac}-{locality}", as_of)
        except RatepressError:  # No indices of the year: national.
            continue
        found += [
            ("PFS", row.code, row.modifier, row.site, f"{mac}-{locality}", row.amount)
            for row in amounts(connection, codes, as_of, place)
        ]
    return found


def _in_areas(connection: duckdb.DuckDBPyConnection, as_of: date) -> list[tuple[object, ...]]:
    """The amounts of the facilities' codes in the areas in which a voter is."""
    asked = connection.execute(ASKED_IN_AREAS).fetchall()
    codes = {(system, code) for system, code, _ in asked}
    cbsas = {cbsa for _, _, cbsa in asked}
    return [
        (one.system, one.code, "", "facility", one.cbsa, one.amount)
        for one in area_amounts(connection, codes, cbsas, as_of)
    ]


ASKED = """
SELECT DISTINCT l.mac, l.locality, k.code
FROM voter_localities l
JOIN prices d USING (price_id)
JOIN comparison_keys k USING (key_no)
WHERE k.medicare_system = 'PFS'
ORDER BY ALL
"""
ASKED_IN_AREAS = """
SELECT DISTINCT k.medicare_system, k.code, l.cbsa
FROM voter_labor_areas l
JOIN prices d USING (price_id)
JOIN comparison_keys k USING (key_no)
WHERE k.medicare_system IN ('OPPS', 'ASC', 'IPPS')
ORDER BY ALL
"""
