"""What the market's code makes of a lake, in the shape of the oracle's answer."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb

import market_oracle as oracle
from market_lakes import Described, write
from ratepress.codes.argument import CodeRef
from ratepress.lake.store import Lake
from ratepress.market.benchmark import Statistic, run_market, statistics

_KEYED = "JOIN comparison_keys k USING (key_id)"
_KEY = ", ".join(f"k.{name}" for name in oracle.KEY)
_FUNNEL = ("n_keyed_rows", "n_not_dollars", "n_repeats", "n_flagged", "n_counted")


@contextmanager
def lake_of(described: Described) -> Iterator[Lake]:
    """The lake of a description, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        yield write(Path(folder) / "lake", described)


def published(
    described: Described,
    codes: Sequence[tuple[str, str]],
    as_of: date,
    areas: Sequence[str] = (),
    weights: str = "votes",
) -> oracle.Market:
    """The market of a description, by the code under test."""
    refs = [CodeRef(*code) for code in codes]
    with lake_of(described) as lake, lake.connect(threads=1) as connection:
        run_market(connection, refs, as_of, areas, weights)
        return read(connection, refs, weights)


def read(
    connection: duckdb.DuckDBPyConnection, refs: Sequence[CodeRef], weights: str = "votes"
) -> oracle.Market:
    """The results of `run_market` on a connection, every column that has a meaning of its own."""
    found = oracle.Market(Counter(), {}, Counter(), Counter(), {})
    stated = {row[:2] for row in _rows(connection, "SELECT code_system, code FROM funnel")}
    for strength in oracle.STRENGTHS:
        for ref in (ref for ref in refs if ref in stated):
            for one in statistics(connection, ref, strength, weights):
                key = tuple(getattr(one, name) for name in oracle.KEY)
                where = (strength, key, one.grain, one.payer_id, one.area_kind, one.area)
                assert where not in found.statistics, "two rows of one key and grain"
                found.statistics[where] = _columns(one)
    for row in _rows(connection, _VOTES):
        strength, key, rest = row[0], row[1:13], row[13:]
        found.votes[(strength, key, *rest[:3], *map(Fraction, rest[3:6]), *rest[6:])] += 1
    for row in _rows(connection, _FLAGS):
        found.flags[row[:12], *row[12:]] += 1
    for row in _rows(
        connection, f"SELECT strength, code_system, code, {', '.join(_FUNNEL)} FROM funnel"
    ):
        found.funnel[row[:3]] = dict(zip(_FUNNEL, row[3:], strict=True))
    for row in _rows(connection, _VOTER_FLAGS):
        found.voter_flags[row[:12], *row[12:]] += 1
    for row in _rows(connection, _LOCALITIES):
        found.localities[row[:12], *row[12:]] += 1
    for row in _rows(connection, _VOTER_FUNNEL):
        found.voter_funnel[row[:3]] = dict(zip(_VOTERS, row[3:], strict=True))
    for row in _rows(connection, _PUBLISHED):
        found.published[row[:3]] = row[3]
    return found


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
    return found


def _columns(one: Statistic) -> dict[str, Any]:
    columns = {
        name: getattr(one, name)
        for name in (
            "payer", "n_rows", "n_prices", "n_votes", "n_entities", "n_payers", "lowest",
            "highest", "medicare_amount", "p10", "p25", "p50", "p75", "p90", "mean", "median_low",
            "median_high", "n_npis", "n_hospitals", "spread_within", "spread_between",
            "n_spread_payers", "n_weighted", "total_weight", "n_at_locality",
        )
    }  # fmt: skip
    for percent in oracle.PERCENTS:
        columns[f"p{percent}_pct_of_medicare"] = one.percent_at(f"p{percent}")
    columns["confidence"] = one.confidence.grade
    columns["prices"] = [price.dollars for price in one.prices]
    return columns


_VOTES = f"""
SELECT v.strength, {_KEY}, v.payer_id, v.network, v.entity_kind, v.dollars, v.lowest, v.highest,
  v.n_prices, v.n_rows
FROM votes v {_KEYED}
"""
_FLAGS = f"""
SELECT {_KEY}, p.payer_id, p.dollars, f.rule_id, f.outcome
FROM flags f JOIN distinct_prices p USING (price_id) {_KEYED}
"""
_VOTER_FLAGS = f"""
SELECT {_KEY}, p.payer_id, p.dollars, v.network, v.entity_kind, f.rule_id, f.outcome
FROM voter_flags f JOIN voters v USING (voter_id)
JOIN distinct_prices p USING (price_id) {_KEYED}
"""
_LOCALITIES = f"""
SELECT {_KEY}, p.payer_id, p.dollars, v.network, v.entity_kind, l.mac, l.locality
FROM voter_localities l JOIN voters v USING (voter_id)
JOIN distinct_prices p USING (price_id) {_KEYED}
"""
_VOTERS = ("n_voters", "n_left_out", "n_of_flagged_prices", "n_ballots")
_VOTER_FUNNEL = f"SELECT strength, code_system, code, {', '.join(_VOTERS)} FROM voter_funnel"
_PUBLISHED = "SELECT code_system, code, standing, count(*) FROM published_rates GROUP BY ALL"
