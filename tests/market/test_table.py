"""The table that is made by columns has the rows that are made one by one."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import market_strategies as generated
from market_lakes import Described
from market_reading import lake_of
from market_registry_strategies import EVERYTHING_NAMED
from ratepress.codes.argument import CodeRef
from ratepress.dossier.build import READ
from ratepress.lake.store import Lake
from ratepress.market import table
from ratepress.market.benchmark import (
    benchmark_table,
    every_statistic,
    flat_row,
    run_market,
    schema_of,
)
from ratepress.market.confidence import minimum_votes
from ratepress.market.inputs import STRENGTHS
from ratepress.market.registries import AREA_KINDS
from ratepress.market.spread import mean, spreads
from ratepress.market.weights import UNWEIGHTED

REFS = [CodeRef(*code) for code in generated.CODES]


def both(lake: Lake, strength: str, areas: tuple[str, ...]) -> tuple[pa.Table, list[object]]:
    """The table by columns, and the rows one by one."""
    schema = schema_of(generated.AS_OF, strength, UNWEIGHTED)
    with lake.connect() as connection:
        run_market(connection, REFS, generated.AS_OF, areas, strengths=[strength], is_whole=False)
        made = benchmark_table(connection, strength, UNWEIGHTED, schema)
        rows = [flat_row(one) for one in every_statistic(connection, strength)]
    return made, pa.Table.from_pylist(rows, schema=schema).to_pylist()


@pytest.mark.parametrize("strength", STRENGTHS)
def test_all_columns_of_a_lake_that_has_everything(strength: str) -> None:
    with lake_of(EVERYTHING_NAMED) as lake:
        found, rows = both(lake, strength, AREA_KINDS)
    assert found.to_pylist() == rows
    # What a column would be equal in without a value is no test of it.
    filled = [
        name
        for name in (
            "p50",
            "mean",
            "medicare_amount",
            "p90_pct_of_medicare",
            "n_npis",
            "n_hospitals",
        )
        if any(found[name].to_pylist())
    ]
    assert len(filled) == 6
    assert any(found["prices"].to_pylist())
    assert not all(found["prices"].to_pylist())
    assert {"nation", *AREA_KINDS} == set(found["area_kind"].to_pylist())


@generated.examples(8)
@given(generated.lakes(), st.sampled_from(STRENGTHS), st.booleans())
def test_any_lake(described: Described, strength: str, with_areas: bool) -> None:
    with lake_of(described) as lake:
        found, rows = both(lake, strength, AREA_KINDS if with_areas else ())
    assert found.to_pylist() == rows


AMOUNTS = st.decimals(Decimal("0.01"), Decimal("9999999999.99"), places=2)
ONES = st.tuples(st.integers(1, 9), AMOUNTS, AMOUNTS, AMOUNTS)


@generated.examples(60)
@given(st.lists(ONES, min_size=1, max_size=9))
def test_spreads_are_those_that_are_worked_out_one_by_one(
    payers: list[tuple[int, Decimal, Decimal, Decimal]],
) -> None:
    rows = [
        {"key_id": "k", "payer_id": str(n), "n_weighted": votes, "p25": p25, "p50": p50, "p75": p75}
        for n, (votes, p25, p50, p75) in enumerate(payers, 1)
    ]
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE figures (sample_id BIGINT, all_payers_id BIGINT, grain TEXT, "
            "n_votes BIGINT, p25 DECIMAL(18, 2), p50 DECIMAL(18, 2), p75 DECIMAL(18, 2))"
        )
        connection.executemany(
            "INSERT INTO figures VALUES (?, -1, 'payer', ?, ?, ?, ?)",
            [(n, *one) for n, one in enumerate(payers, 1)],
        )
        connection.execute(table._SPREADS.format(few=minimum_votes()))
        found = connection.execute(
            f"SELECT sample_id, {table._decimal('spread_within', 2)}, "
            f"{table._decimal('spread_between', 2)}, n_spread_payers FROM spreads"
        ).fetchall()
    expected = {
        -1 if whose == "" else int(whose): tuple(spread)
        for (_, whose), spread in spreads(rows).items()
    }
    assert {sample: tuple(spread) for sample, *spread in found} == expected


def mean_in_sql(total: str, n: int) -> Decimal:
    whole = table._whole("CAST($1 AS DECIMAL(38, 5))", 5)
    quotient = table._half_up(whole, "CAST($2 AS HUGEINT) * 1000")
    with duckdb.connect() as connection:
        rows = connection.execute(f"SELECT {table._decimal(quotient, 2)}", [total, n]).fetchall()
    found: Decimal = rows[0][0]
    return found


VOTES = st.decimals(Decimal("0.00001"), Decimal("99999999999.99999"), places=5)


@generated.examples(60)
@given(VOTES, st.integers(1, 10**6))
def test_a_mean_is_rounded_half_up_once(total: Decimal, n: int) -> None:
    assert mean_in_sql(str(total), n) == mean(total, n)


HALVES = [("0.01500", 1, "0.02"), ("0.04500", 3, "0.02"), ("0.01499", 1, "0.01")]


@pytest.mark.parametrize(("total", "n", "expected"), HALVES)
def test_halves_of_a_cent_go_up(total: str, n: int, expected: str) -> None:
    assert mean_in_sql(total, n) == Decimal(expected)


def test_a_run_makes_the_tables_that_are_read_besides_as_a_whole_run_does() -> None:
    """The dossiers' run: rows of each table are those of a run that makes and keeps everything."""
    found = []
    with lake_of(EVERYTHING_NAMED) as lake:
        for how in ({"is_whole": False, "read": READ}, {"is_whole": True}):
            with lake.connect() as connection:
                run_market(connection, REFS, generated.AS_OF, ("state",), **how)
                found.append({name: rows_of(connection, name) for name in sorted(READ)})
                held = connection.execute("SELECT table_name FROM duckdb_tables() WHERE temporary")
                found.append({name for (name,) in held.fetchall()})
    assert found[0] == found[2]
    assert all(found[0].values()), [name for name, rows in found[0].items() if not rows]
    assert {"eligible_prices", "set_voters"} <= found[3] - found[1]


def rows_of(connection: duckdb.DuckDBPyConnection, name: str) -> list[tuple[object, ...]]:
    """The rows of a table in some one order."""
    return sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
