"""The market for one code: statistics by comparison key, with the prices behind them.

This is the Python twin of `ratepress benchmark`. The work is done by the SQL of `market/sql`;
here its results are suppressed where votes are few, compared with Medicare, and given a schema.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal

import duckdb
import pyarrow as pa

from ratepress.codes.argument import CodeRef, parse_code
from ratepress.core.errors import UsageError
from ratepress.core.sql_steps import tables_read
from ratepress.lake.schema import INT
from ratepress.lake.store import Lake
from ratepress.market.columns import BENCHMARK_SCHEMA
from ratepress.market.confidence import grade, minimum_votes
from ratepress.market.inputs import STRENGTHS, latest_date, register_inputs
from ratepress.market.localities import ASKED, ASKED_IN_AREAS, at_localities, run_localities
from ratepress.market.plan import plan_of, run_common_steps
from ratepress.market.registries import register_registries, small_table
from ratepress.market.spread import NO_SPREAD, mean, spreads
from ratepress.market.states import STATES
from ratepress.market.statistic import (
    COMPARISON_KEY,
    FEW,
    QUANTILES,
    Price,
    Statistic,
    percent_of,
    percent_of_medicare,
)
from ratepress.market.steps import DUCKDB, Engine
from ratepress.market.table import statistics_table
from ratepress.market.weights import UNWEIGHTED, WEIGHTED, weigh
from ratepress.medicare.amounts import system_amounts
from ratepress.readers.line_of_business import LINES

__all__ = [
    "BENCHMARK_SCHEMA", "COMPARISON_KEY", "DEFAULT_STRENGTH", "Price", "Statistic", "benchmark",
    "benchmark_table", "check_strength", "every_statistic", "flat_row",
    "percent_of", "percent_of_medicare", "run_lasting", "run_market", "schema_of", "statistics",
]  # fmt: skip

DEFAULT_STRENGTH = "balanced"
_NAMED_PAYERS = 50


def run_market(
    connection: duckdb.DuckDBPyConnection,
    codes: Sequence[CodeRef],
    as_of: date,
    areas: Sequence[str] = (),
    weights: str = UNWEIGHTED,
    engine: Engine = DUCKDB,
    strengths: Collection[str] = STRENGTHS,
    *,
    is_whole: bool = True,
    given: Collection[str] = (),
    read: Collection[str] = (),
) -> None:
    """Run the market's steps for `codes` on a lake's connection; results are temporary tables.

    `areas` are the kinds of area (state, cbsa, zip3) that have statistics of their own (M09), and
    `weights` is how votes may be weighted (M08): `votes` for not at all, `npis`, `utilisation`.
    Another engine than DuckDB made the connection too, and leaves there what `statistics` reads.
    `strengths` are those whose results are wanted: each is a third of the work. Where the run is
    not whole, only what `statistics` reads is made, and the tables that are `read` besides. Steps
    whose tables are `given` are not run.
    """
    plan = plan_of(strengths, weights, is_whole=is_whole, results=_results().union(read))
    register_inputs(
        connection, codes, as_of, system_amounts(connection, codes, as_of), plan.strengths
    )
    register_registries(connection, codes, as_of, areas, plan.weights)
    if not plan.has_outliers:
        connection.register("q05_left_out", small_table([], key_payer_no=INT, price_id=INT))
    left = [step for step in plan.steps if step.name not in given]
    engine.run(connection, left, plan.results, None if is_whole else plan.rests_on)
    if plan.weights:
        engine.run(connection, plan.weighing, tables_read(WEIGHTED))
    run_localities(connection, as_of, engine)


def run_lasting(
    connection: duckdb.DuckDBPyConnection,
    as_of: date,
    areas: Sequence[str] = (),
    weights: str = UNWEIGHTED,
    strengths: Collection[str] = STRENGTHS,
) -> frozenset[str]:
    """Run once what runs for other codes, that are not whole, have in common; its tables' names.

    They are what `run_market` may be `given` on this connection, with the same arguments.
    """
    plan = plan_of(strengths, weights, is_whole=False, results=_results())
    register_inputs(connection, [], as_of, [], plan.strengths)
    register_registries(connection, [], as_of, areas, plan.weights)
    return run_common_steps(connection, plan)


def _results() -> frozenset[str]:
    """The tables that are read once the steps have run."""
    return tables_read(_STATISTICS, _PRICES, _PAYERS, ASKED, ASKED_IN_AREAS)


def statistics(
    connection: duckdb.DuckDBPyConnection,
    code: CodeRef,
    strength: str = DEFAULT_STRENGTH,
    weights: str = UNWEIGHTED,
) -> list[Statistic]:
    """The statistics of one code after `run_market`, most votes first, then by key and payer.

    `weights` must have been named to `run_market` too.
    """
    return _statistics(connection, "AND k.code_system = ? AND k.code = ?", code, strength, weights)


def every_statistic(
    connection: duckdb.DuckDBPyConnection,
    strength: str = DEFAULT_STRENGTH,
    weights: str = UNWEIGHTED,
) -> list[Statistic]:
    """Those of every code that `run_market` was asked for, by system and code.

    They are read at once: to ask for each code reads all tables as often as there are codes.
    """
    return _statistics(connection, "", (), strength, weights)


def _statistics(
    connection: duckdb.DuckDBPyConnection,
    where: str,
    code: Sequence[str],
    strength: str,
    weights: str,
) -> list[Statistic]:
    check_strength(strength)
    cursor = connection.execute(_STATISTICS.format(where=where), [strength, *code])
    names = [column[0] for column in cursor.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    local = at_localities(connection, strength) if weights == UNWEIGHTED else {}
    if weights == UNWEIGHTED:
        for row in rows:
            row.update(n_weighted=row["n_votes"], total_weight=row["n_votes"])
    else:
        weigh(connection, rows, strength, weights)
    found = spreads(rows)
    for row in rows:
        row["at_locality"] = local.get((row["key_id"], row["grain"], row["payer_id"]))
        row.update(found.get((row["key_id"], row["payer_id"]), NO_SPREAD)._asdict())
    listed = _prices(connection, where, code, strength, weights)
    return [_statistic(row, listed) for row in rows]


def benchmark(
    lake: Lake,
    code: str,
    *,
    as_of: date | None = None,
    strength: str = DEFAULT_STRENGTH,
    payer: str | None = None,
    line_of_business: str | None = None,
    by: Sequence[str] = (),
    state: str | None = None,
    weights: str = UNWEIGHTED,
    engine: Engine = DUCKDB,
) -> pa.Table:
    """What payers pay for `code`: one row for each comparison key, area and grain.

    Columns are `BENCHMARK_SCHEMA`; `as_of` defaults to the newest date in the lake and stands in
    the table's schema metadata. `payer` is a payer id, and leaves out the all-payer grain; one
    that states no price of the code raises `UsageError`, which names those that do. `by` names
    kinds of area, `state`, `cbsa` or `zip3`: beside the nation each area has rows then, of the
    providers that practise there (M09). `state` gives that state's rows alone. `weights` gives
    each vote the weight of its NPIs (`npis`) or of what they billed of the code to Medicare
    (`utilisation`) in place of one vote a contract (M08). `engine` runs the SQL; the table is the
    same by each.

    >>> import tempfile, pathlib
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> benchmark(lake, "32557", as_of=date(2026, 7, 15)).num_rows
    0
    """
    wanted = parse_code(code)
    check_strength(strength)
    check_line(line_of_business)
    if state is not None and state.upper() not in STATES.values():
        raise UsageError("There is no such state", found=state, expected="two letters, as in TX")
    with engine.connect(lake) as connection:
        day = as_of or latest_date(connection)
        areas = [*by, "state"] if state is not None else by
        run_market(connection, [wanted], day, areas, weights, engine, [strength], is_whole=False)
        if payer is not None:
            check_payer(connection, code, payer)
        schema = schema_of(day, strength, weights)
        found = benchmark_table(connection, strength, weights, schema)
    wanted_values = {"payer_id": payer, "line_of_business": line_of_business}
    if state is not None:
        wanted_values.update(area_kind="state", area=state.upper())
    asked = {name: value for name, value in wanted_values.items() if value is not None}
    return _filtered(found, asked) if asked else found


def _filtered(table: pa.Table, asked: Mapping[str, str]) -> pa.Table:
    from pyarrow import compute  # Here, for most answers do without it.

    for name, value in asked.items():
        table = table.filter(compute.equal(table[name], value))
    return table


def benchmark_table(
    connection: duckdb.DuckDBPyConnection, strength: str, weights: str, schema: pa.Schema
) -> pa.Table:
    """The rows of `benchmark` for every code that `run_market` was asked for, not filtered."""
    check_strength(strength)
    if weights == UNWEIGHTED:
        return statistics_table(connection, strength, schema)
    found = every_statistic(connection, strength, weights)
    return pa.Table.from_pylist([flat_row(one) for one in found], schema=schema)


def schema_of(as_of: date, strength: str, weights: str) -> pa.Schema:
    """`BENCHMARK_SCHEMA` with the resolved arguments as its metadata."""
    resolved = {"as_of": as_of.isoformat(), "strength": strength, "weights": weights}
    return BENCHMARK_SCHEMA.with_metadata({**resolved, "method": "M01-M09 M12"})


def check_strength(strength: str) -> None:
    """`UsageError` unless `strength` is one of the three."""
    if strength not in STRENGTHS:
        raise UsageError(
            f"{strength!r} is no filter strength", expected=", ".join(STRENGTHS), todo="name one"
        )


def check_line(line_of_business: str | None) -> None:
    """`UsageError` unless a line of business is one, or None."""
    if line_of_business is not None and line_of_business not in LINES:
        raise UsageError(
            "There is no such line of business",
            found=line_of_business,
            expected=", ".join(LINES),
            todo="name one",
        )


def check_payer(connection: duckdb.DuckDBPyConnection, code: str, payer: str) -> None:
    """`UsageError` where others state prices of the codes that were run, and `payer` none.

    `code` is what they are called.
    """
    rows = connection.execute(_PAYERS).fetchall()
    known = [payer_id for (payer_id,) in rows]
    if known and payer not in known:
        more = f" and {len(known) - _NAMED_PAYERS:,} more" if len(known) > _NAMED_PAYERS else ""
        raise UsageError(
            f"No payer of that id states a price of {code}",
            found=payer,
            expected=", ".join(known[:_NAMED_PAYERS]) + more,
            todo=f"name one of these; `ratepress benchmark {code} --by payer` shows the names too",
        )


def _statistic(row: dict[str, object], listed: dict[tuple[str, str], list[Price]]) -> Statistic:
    fields = {name: row[name] for name in Statistic.__struct_fields__ if name in row}
    n_votes, n_entities = int(str(row["n_weighted"])), int(str(row["n_entities"]))
    few = n_votes < minimum_votes()
    fields["mean"] = (
        None if few else mean(Decimal(str(row["total"])), int(str(row["total_weight"])))
    )
    if few:
        fields.update(dict.fromkeys(FEW))
    whose = (str(row["key_id"]), str(row["payer_id"]))
    fields["prices"] = tuple(listed.get(whose, ())) if few else ()
    fields["confidence"] = grade(n_votes, n_entities, int(str(row["n_unresolved"])))
    return Statistic(**fields)  # type: ignore[arg-type]


def _prices(
    connection: duckdb.DuckDBPyConnection,
    where: str,
    code: Sequence[str],
    strength: str,
    weights: str,
) -> dict[tuple[str, str], list[Price]]:
    """The distinct prices where votes are few (M06), by cell and payer, and under payer id '' over
    all payers. Where all payers have few votes, each of them has.
    """
    # Of votes that have no weight too few may be left anywhere.
    few = _FEW.format(n=minimum_votes()) if weights == UNWEIGHTED else ""
    query = _PRICES.format(where=where, few=few)
    found: dict[tuple[str, str], list[Price]] = {}
    for key_id, *values in connection.execute(query, [strength, *code]).fetchall():
        price = Price(**dict(zip(Price.__struct_fields__, values, strict=True)))
        found.setdefault((key_id, price.payer_id), []).append(price)
        found.setdefault((key_id, ""), []).append(price)
    return found


def flat_row(statistic: Statistic) -> dict[str, object]:
    """A statistic as a row of `BENCHMARK_SCHEMA`."""
    row: dict[str, object] = {n: getattr(statistic, n) for n in statistic.__struct_fields__}
    row["confidence"] = statistic.confidence.grade
    row["confidence_reason"] = statistic.confidence.reason
    row["prices"] = [price.dollars for price in statistic.prices]
    for name in QUANTILES:
        row[f"{name}_pct_of_medicare"] = statistic.percent_at(name)
    row["medicare_basis"] = statistic.medicare_basis
    row["n_at_locality"] = statistic.n_at_locality
    return row


# `where` is ours, and its values are parameters.
_STATISTICS = """
SELECT k.* EXCEPT (key_no, key_id), s.key_id, c.area_kind, c.area, s.grain, s.payer_id, s.payer,
  r.n_rows, r.n_prices, s.n_votes, s.n_entities, s.n_payers, s.n_unresolved,
  coalesce(n.n_npis, 0) AS n_npis, s.n_hospitals, v.total, v.median_low, v.median_high,
  s.lowest, s.highest, s.p10, s.p25, s.p50, s.p75, s.p90
FROM statistics s
JOIN vote_sums v ON v.sample_id = s.sample_id
LEFT JOIN npi_counts n ON n.sample_id = s.sample_id
JOIN cells c ON c.cell_id = s.key_id
JOIN comparison_keys k ON k.key_no = c.key_no
JOIN row_counts r ON r.sample_id = s.sample_id
WHERE s.strength = ? {where}
ORDER BY k.code_system, k.code,
  c.area_kind = 'nation' DESC, c.area_kind, c.area, s.grain, s.n_votes DESC,
  k.line_of_business, k.billing_class, k.setting, k.site, k.modifiers, k.method, s.key_id, s.payer
"""
_PAYERS = "SELECT DISTINCT s.payer_id FROM prices d JOIN speakers s USING (speaker_no) ORDER BY 1"
_PRICES = """
SELECT p.key_id, b.dollars, r.payer_id, r.payer, r.payer_name, r.plan_name, r.publisher,
  r.published_on, r.content_id, r.place, b.n_rows
FROM cell_prices b
JOIN cell_payers p ON p.cell_payer_id = b.cell_payer_id
JOIN cells c ON c.cell_id = p.key_id
JOIN comparison_keys k ON k.key_no = c.key_no
{few}
JOIN prices d ON d.price_id = b.price_id
JOIN published_rates r ON r.rate_no = d.rate_no
WHERE p.strength = ? {where}
ORDER BY p.key_id, b.dollars, r.payer_id, r.content_id, r.rate_id
"""
_FEW = """
JOIN statistics f ON f.sample_id = b.cell_payer_id AND f.n_votes < {n}
"""
