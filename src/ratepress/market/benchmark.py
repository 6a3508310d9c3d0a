"""The market for one code: statistics by comparison key, with the prices behind them.

This is the Python twin of `ratepress benchmark`. The work is done by the SQL of `market/sql`;
here its results are suppressed where votes are few, compared with Medicare, and given a schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import duckdb
import msgspec
import pyarrow as pa

from ratepress.codes.argument import CodeRef, parse_code
from ratepress.core.decimals import EXACT
from ratepress.core.errors import UsageError
from ratepress.core.sql_steps import tables_read
from ratepress.lake.schema import INT, MONEY, TEXT
from ratepress.lake.store import Lake
from ratepress.market.confidence import Confidence, grade, minimum_votes
from ratepress.market.inputs import STRENGTHS, latest_date, register_inputs
from ratepress.market.registries import register_registries
from ratepress.market.steps import DUCKDB, Engine, steps
from ratepress.medicare.amounts import system_amounts

DEFAULT_STRENGTH = "balanced"
_NAMED_PAYERS = 50
_QUANTILES = ("p10", "p25", "p50", "p75", "p90")
COMPARISON_KEY = (
    "code_system", "code", "modifiers", "line_of_business", "billing_class", "setting", "site",
    "arrangement", "statement", "price_unit", "method", "drug_unit",
)  # fmt: skip
"""The columns of a comparison key (rule M01)."""


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """One distinct published price that counts: its dollars, who states it, and where.

    `n_rows` is how many published rows state exactly this price for the same providers.
    """

    dollars: Decimal
    payer_id: str
    payer: str
    payer_name: str
    plan_name: str
    publisher: str
    published_on: date | None
    content_id: str
    place: str
    n_rows: int


class Statistic(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison key over one payer, or over all payers (`grain`), in one area (M09).

    `area_kind` is `nation`, or the kind of the area that `area` names: state, cbsa, zip3.

    Percentiles are dollars, and None under three votes (rule M06), where `prices` lists what was
    published. `medicare_amount`, in dollars by `medicare_system` (`PFS`, `OPPS`, `ASC`, `IPPS`,
    `CLFS`), is None where rule M07 gives no comparison; `facility_kind` is empty for what is no
    facility price. `n_rows` are rows as published, `n_prices` distinct prices, `n_votes` one a
    contract; `lowest` and `highest` are votes.
    """

    key_id: str
    code_system: str
    code: str
    modifiers: str
    line_of_business: str
    billing_class: str
    setting: str
    site: str
    arrangement: str
    statement: str
    price_unit: str
    method: str
    drug_unit: str
    area_kind: str
    area: str
    grain: str
    payer_id: str
    payer: str
    n_rows: int
    n_prices: int
    n_votes: int
    n_entities: int
    n_payers: int
    lowest: Decimal
    highest: Decimal
    p10: Decimal | None
    p25: Decimal | None
    p50: Decimal | None
    p75: Decimal | None
    p90: Decimal | None
    facility_kind: str
    medicare_system: str | None
    medicare_amount: Decimal | None
    medicare_site: str | None
    confidence: Confidence
    prices: tuple[Price, ...]

    def percent_of_medicare(self, dollars: Decimal | None) -> Decimal | None:
        """`dollars` in percent of this key's Medicare amount; None where there is none."""
        if dollars is None or not self.medicare_amount:
            return None
        return percent_of_medicare(dollars, self.medicare_amount)


def percent_of_medicare(dollars: Decimal, medicare_amount: Decimal) -> Decimal:
    """Rule M07: dollars over Medicare's amount in percent, half up to one decimal.

    >>> percent_of_medicare(Decimal("494.88"), Decimal("129.26"))
    Decimal('382.9')
    """
    return percent_of(dollars, medicare_amount)


def percent_of(dollars: Decimal, whole: Decimal) -> Decimal:
    """`dollars` in percent of `whole`, half up to one decimal.

    >>> percent_of(Decimal(1), Decimal(3))
    Decimal('33.3')
    """
    share = EXACT.divide(EXACT.multiply(dollars, Decimal(100)), whole)
    return share.quantize(Decimal("0.1"), ROUND_HALF_UP, EXACT)


def run_market(
    connection: duckdb.DuckDBPyConnection,
    codes: Sequence[CodeRef],
    as_of: date,
    areas: Sequence[str] = (),
    engine: Engine = DUCKDB,
) -> None:
    """Run the market's steps for `codes` on a lake's connection; results are temporary tables.

    `areas` are the kinds of area (state, cbsa, zip3) that have statistics of their own (M09).
    Another engine than DuckDB made the connection too, and leaves there what `statistics` reads.
    """
    register_inputs(connection, codes, as_of, system_amounts(connection, codes, as_of))
    register_registries(connection, codes, as_of, areas)
    engine.run(connection, steps(), tables_read(_STATISTICS, _PRICES, _PAYERS))


def statistics(
    connection: duckdb.DuckDBPyConnection, code: CodeRef, strength: str = DEFAULT_STRENGTH
) -> list[Statistic]:
    """The statistics of one code after `run_market`, most votes first, then by key and payer."""
    check_strength(strength)
    cursor = connection.execute(_STATISTICS, [strength, code.system, code.code])
    names = [column[0] for column in cursor.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    listed = _prices(connection, code, strength)
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
    engine: Engine = DUCKDB,
) -> pa.Table:
    """What payers pay for `code`: one row for each comparison key, area and grain.

    Columns are `BENCHMARK_SCHEMA`; `as_of` defaults to the newest date in the lake and stands in
    the table's schema metadata. `payer` is a payer id, and leaves out the all-payer grain; one
    that states no price of the code raises `UsageError`, which names those that do. `by` names
    kinds of area, `state`, `cbsa` or `zip3`: beside the nation each area has rows then, of the
    providers that practise there (M09). `state` gives that state's rows alone. `engine` runs the
    SQL; the table is the same by each.

    >>> import tempfile, pathlib
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> benchmark(lake, "32557", as_of=date(2026, 7, 15)).num_rows
    0
    """
    wanted = parse_code(code)
    with engine.connect(lake) as connection:
        day = as_of or latest_date(connection)
        areas = [*by, "state"] if state is not None else by
        run_market(connection, [wanted], day, areas, engine)
        if payer is not None:
            _check_payer(connection, code, payer)
        found = statistics(connection, wanted, strength)
    rows = [
        _flat(s)
        for s in found
        if (payer is None or s.payer_id == payer)
        and (line_of_business is None or s.line_of_business == line_of_business)
        and (state is None or (s.area_kind, s.area) == ("state", state.upper()))
    ]
    metadata = {"as_of": day.isoformat(), "strength": strength, "method": "M01-M07 M09"}
    return pa.Table.from_pylist(rows, schema=BENCHMARK_SCHEMA.with_metadata(metadata))


def check_strength(strength: str) -> None:
    """`UsageError` unless `strength` is one of the three."""
    if strength not in STRENGTHS:
        raise UsageError(
            f"{strength!r} is no filter strength", expected=", ".join(STRENGTHS), todo="name one"
        )


def _check_payer(connection: duckdb.DuckDBPyConnection, code: str, payer: str) -> None:
    """`UsageError` where others state prices of the only code that was run, and `payer` none."""
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
    n_votes, n_entities = int(str(row["n_votes"])), int(str(row["n_entities"]))
    few = n_votes < minimum_votes()
    if few:
        fields.update(dict.fromkeys(_QUANTILES))
    whose = (str(row["key_id"]), str(row["payer_id"]))
    fields["prices"] = tuple(listed.get(whose, ())) if few else ()
    fields["confidence"] = grade(n_votes, n_entities, int(str(row["n_unresolved"])))
    return Statistic(**fields)  # type: ignore[arg-type]


def _prices(
    connection: duckdb.DuckDBPyConnection, code: CodeRef, strength: str
) -> dict[tuple[str, str], list[Price]]:
    """The distinct prices of each key, by payer and (under payer id '') over all payers."""
    cursor = connection.execute(_PRICES, [strength, code.system, code.code])
    found: dict[tuple[str, str], list[Price]] = {}
    for key_id, *values in cursor.fetchall():
        price = Price(**dict(zip(Price.__struct_fields__, values, strict=True)))
        found.setdefault((key_id, price.payer_id), []).append(price)
        found.setdefault((key_id, ""), []).append(price)
    return found


def _flat(statistic: Statistic) -> dict[str, object]:
    row: dict[str, object] = {n: getattr(statistic, n) for n in statistic.__struct_fields__}
    row["confidence"] = statistic.confidence.grade
    row["confidence_reason"] = statistic.confidence.reason
    row["prices"] = [price.dollars for price in statistic.prices]
    for name in _QUANTILES:
        dollars = getattr(statistic, name)
        row[f"{name}_pct_of_medicare"] = statistic.percent_of_medicare(dollars)
    return row


_STATISTICS = """
SELECT k.* EXCEPT (key_id), s.key_id, c.area_kind, c.area, s.grain, s.payer_id, s.payer, r.n_rows,
  r.n_prices, s.n_votes, s.n_entities, s.n_payers, s.n_unresolved,
  s.lowest, s.highest, s.p10, s.p25, s.p50, s.p75, s.p90
FROM statistics s
JOIN cells c ON c.cell_id = s.key_id
JOIN comparison_keys k ON k.key_id = c.key_id
JOIN row_counts r
  ON r.strength = s.strength AND r.key_id = s.key_id AND r.grain = s.grain
  AND r.payer_id = s.payer_id
WHERE s.strength = ? AND k.code_system = ? AND k.code = ?
ORDER BY c.area_kind = 'nation' DESC, c.area_kind, c.area, s.grain, s.n_votes DESC,
  k.line_of_business, k.billing_class, k.setting, k.site, k.modifiers, k.method, s.key_id, s.payer
"""
_PAYERS = "SELECT DISTINCT payer_id FROM distinct_prices ORDER BY 1"
_PRICES = """
SELECT b.key_id, c.dollars, c.payer_id, c.payer, c.payer_name, c.plan_name, c.publisher,
  c.published_on, c.content_id, c.place, c.n_rows
FROM (SELECT DISTINCT strength, key_id, price_id FROM ballots) b
JOIN counted_prices c ON c.strength = b.strength AND c.price_id = b.price_id
JOIN comparison_keys k ON k.key_id = c.key_id
WHERE c.strength = ? AND k.code_system = ? AND k.code = ?
ORDER BY b.key_id, c.dollars, c.payer_id, c.content_id, c.rate_id
"""
_PERCENT = pa.decimal128(18, 1)
_CENTS = pa.decimal128(18, 2)
_VOTE = pa.decimal128(19, 5)  # the mean of two prices has a digit more than they
BENCHMARK_SCHEMA = pa.schema(
    [
        pa.field(name, TEXT)
        for name in ("key_id", *COMPARISON_KEY, "area_kind", "area", "grain", "payer_id", "payer")
    ]
    + [pa.field(n, INT) for n in ("n_rows", "n_prices", "n_votes", "n_entities", "n_payers")]
    + [pa.field(name, _VOTE) for name in ("lowest", "highest")]
    + [pa.field(name, _CENTS) for name in _QUANTILES]
    + [pa.field("facility_kind", TEXT), pa.field("medicare_system", TEXT)]
    + [pa.field("medicare_amount", MONEY), pa.field("medicare_site", TEXT)]
    + [pa.field(f"{name}_pct_of_medicare", _PERCENT) for name in _QUANTILES]
    + [pa.field("confidence", TEXT), pa.field("confidence_reason", TEXT)]
    + [pa.field("prices", pa.list_(MONEY))]
)
"""The columns of `benchmark`: the comparison key (M01), the area (M09), the grain, counts, dollars,
percent of Medicare, confidence, and under three votes the prices themselves."""
